//! Dialogue acts: what a person does with a message, before anything is searched. Pure.
//!
//! A dialogue act is small talk, a request for something that the program has besides quotes (a
//! briefing, the source of a quote, help, a list of articles), or a question. A message is a
//! request only if every word of it belongs to the request: "summary" is one, "summary of the
//! treaty" asks for a briefing on a topic, and "link between Iran and Iraq" is a question.

mod article_request;
mod filters;
mod framing;
mod mentions;
mod pattern;
mod phrases;
mod request;
mod small_talk;

pub use article_request::{ArticleRequest, article_request};
pub use filters::{FilterKind, TypedFilter, find_filters, without_filters};
pub use framing::{asking_parts, asks};
pub use mentions::addresses_another;
pub use request::{Request, request};
pub use small_talk::{SmallTalk, small_talk};

//! Telegram messages: answers, briefings, sections, lists and uploads. Pure.
//!
//! Invariants: a parsed message has at most 4096 UTF-16 code units; all text is escaped; a quote
//! without its markup equals the quoted text, character for character.

mod action;
mod answer;
mod article_list;
mod brief;
mod changes;
mod citation;
mod context;
mod doctor;
mod html;
pub mod imports;
mod message;
mod numbers;
mod quote_buttons;
mod section_pages;
mod source;
#[cfg(test)]
mod tests;
mod text;
pub mod uploads;

pub use action::{Action, RequiredRole, SharedPage, StartPayload, Vote};
pub use answer::{authors, context, nothing_found, quote, quotes};
pub use article_list::article_list;
pub use brief::{brief, briefs, topic_brief};
pub use changes::{Changes, MAX_ARTICLES, changes, watch_hit};
pub use citation::{citation, whole_citation};
pub use context::{RenderContext, Surface};
pub use doctor::doctor;
pub use html::{escape, line_with_time, without_times};
pub use message::{Button, Effect, MAX_LABEL_CHARS, Message, person_answer, plain};
pub use numbers::{Numbers, Sender, not_allowed, numbers};
pub use quote_buttons::{menu_buttons, quote_buttons};
pub use section_pages::{
    article, articles, byline_list, languages, page_of, paged, paged_articles, section,
};
pub use source::source;
pub use text::{section_title, truncate, utf16_len};

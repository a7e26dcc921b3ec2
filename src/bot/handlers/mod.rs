//! Handlers of updates, by kind of input or feature.
//!
//! A handler maps the context and its input to a `Reply`; `dispatch` sends it. Only answers to
//! callback, inline and guest queries, files, look-ups of members and the self-diagnosis go to
//! Telegram directly, by `send::single_attempt`.

pub mod ask_person;
pub mod callback;
pub mod channel_post;
pub mod command;
pub mod dispatch;
pub mod doctor;
pub mod feedback;
pub mod guest;
pub mod help;
pub mod import;
pub mod inline;
pub mod intent;
pub mod language;
pub mod last_quote;
pub mod membership;
pub mod message;
pub mod prefetch;
pub mod privacy;
pub mod private_answers;
pub mod private_page;
pub mod question;
pub mod request;
pub mod shelf;
pub mod suggestions;
pub mod upload;
pub mod whoami;

//! Updates from Telegram: long polling, webhook, journal, and one queue per chat and topic.

pub mod conflict;
mod fields;
pub mod handler;
pub mod journal;
mod offset;
mod placeholder;
pub mod polling;
pub mod queue;
pub mod redact;
mod route;
pub mod update;
pub mod webhook;

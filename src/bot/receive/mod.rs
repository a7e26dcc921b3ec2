//! Updates from Telegram: long polling, webhook, journal, and one queue per chat and topic.

pub mod conflict;
pub mod handler;
pub mod journal;
pub mod origin;
pub mod polling;
pub mod queue;
pub mod update;
pub mod webhook;

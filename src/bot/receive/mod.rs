//! Updates from Telegram: long polling, webhook, journal, and one queue per chat and topic.

pub mod chat_queues;
pub mod conflict;
mod fields;
pub mod handler;
pub mod ingest;
mod offset;
mod placeholder;
pub mod polling;
mod queue_route;
pub mod strip_personal_data;
pub mod update;
pub mod webhook;

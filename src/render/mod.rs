//! Rendering of answers, briefings and sections: Telegram HTML, terminal text, JSON. Pure.

pub mod json;
pub mod messages;
pub mod telegram;
pub mod terminal;

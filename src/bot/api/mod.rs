//! The Bot API: client, methods, error classes and the bot's profile.

pub mod client;
pub mod error;
pub mod methods;
pub mod webhook_state;

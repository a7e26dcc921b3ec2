//! The Bot API: client, methods, error classes and the bot's profile.
//!
//! This folder is the only user of HTTP requests, and uses no other part of the bot than leaf
//! modules.

pub mod client;
pub mod diagnosis;
pub mod edit;
pub mod ephemeral;
pub mod error;
pub mod get_updates;
pub mod guest;
pub mod inline;
pub mod keyboard;
pub mod methods;
pub mod profile;
pub mod response;
pub mod route;
pub mod target;
pub mod text;
pub mod update_batch;
mod url;
pub mod webhook;

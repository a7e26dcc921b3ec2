//! An answer to something to look at. Pure.

pub mod json;
pub mod messages;
pub mod telegram;
pub mod terminal;

//! An answer to something to look at. Pure.

pub mod json;
pub mod telegram;
pub mod terminal;
pub mod words;

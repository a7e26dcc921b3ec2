//! The one test binary: each module protects one use.

mod architecture;
mod bot;
mod bot_api;
mod buttons;
mod cli;
mod corpus;
mod fake_bot_api;
mod groups;
mod inline;
mod licences;
mod operator;
mod questions;
mod quotes;
mod talk;

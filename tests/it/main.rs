//! The one test binary: each module protects one use.

mod architecture;
mod bot;
mod buttons;
mod cli;
mod corpus;
mod fake_bot_api;
mod groups;
mod inline;
mod licences;
mod operator;
mod quotes;
mod talk;

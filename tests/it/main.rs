//! The one test binary: each module protects one use.

mod architecture;
mod bot;
mod buttons;
mod cli;
mod corpus;
mod fake_bot_api;
mod inline;
mod licences;
mod quotes;
mod talk;

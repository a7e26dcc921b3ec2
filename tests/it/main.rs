//! The one test binary: each module protects one use.

mod access;
mod architecture;
mod attempts;
mod bot;
mod bot_api;
mod brief;
mod brief_talk;
mod buttons;
mod cli;
mod contracts;
mod corpus;
mod deployment;
mod evaluation;
mod fake_bot_api;
#[cfg(unix)]
mod faults;
mod groups;
mod hostile;
#[cfg(feature = "model")]
mod hub;
mod inline;
mod licences;
#[cfg(unix)]
mod links;
mod living;
mod load;
mod logs;
#[cfg(feature = "model")]
mod meaning;
#[cfg(feature = "model")]
mod model;
mod monitor;
mod operator;
mod picture;
mod post;
mod privacy;
mod questions;
mod quotes;
mod schedules;
mod scopes;
mod server;
mod shelf;
mod store;
mod talk;
#[cfg(feature = "model")]
mod tiny_model;
mod watches;
mod webhook;

/// Says what is not checked here, past the harness, which swallows what a test prints.
fn skipped(what: &str) {
    use std::io::Write;
    // Nobody is there to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

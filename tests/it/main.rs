//! The integration tests, in one binary: each module tests one feature.

mod access;
mod answer_language;
mod architecture;
mod attempts;
mod bot_api;
mod bound_folders;
mod brief;
mod briefings;
mod buttons;
mod cli;
mod contracts;
mod conversation;
mod corpus;
mod corpus_changes;
mod deliveries;
mod deployment;
mod discussions;
mod doctor;
mod embedding;
mod evaluation;
mod fake_bot_api;
#[cfg(unix)]
mod faults;
mod filters;
mod groups;
mod guests;
mod help_requests;
mod hostile;
mod hub;
mod imports;
mod inline;
mod languages;
mod licences;
#[cfg(unix)]
mod links;
mod load;
mod logs;
mod model_files;
mod monitor;
mod notations;
mod operator;
mod picture;
mod privacy;
mod private_answers;
mod private_pages;
mod proxy;
mod questions;
mod quotes;
mod refresh;
mod schedule_words;
mod schedules;
mod server;
mod shelves;
mod store;
mod talk;
mod tester;
mod tidy;
mod tiny_model;
mod uploads;
mod views;
mod watches;
mod web_server;
mod webhook;

/// Reports a check that is skipped, past the harness, which swallows the output of tests.
fn skipped(what: &str) {
    use std::io::Write;
    // Standard error may be closed.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

//! Faults of the real binary: kills, outages, refusals, a full disk, destroyed files.
//!
//! `cargo test` does a few rounds of killing. More of them, the same ones again, and more
//! questions:
//!
//! ```text
//! VERBATIM_FAULT_ROUNDS=200 VERBATIM_FAULT_SEED=7 cargo test --test it faults::random_kills
//! VERBATIM_FAULT_QUESTIONS=10000 cargo test --test it faults::flood
//! VERBATIM_FAULT_EDITS=200 cargo test --test it faults::memory
//! ```
//!
//! Each test says at its end what it saw, also where it passes.

pub mod child;
mod corpus;
mod disk;
mod flood;
mod health;
mod index;
mod memory;
mod network;
mod persons;
mod proxy;
mod random_kills;
mod stop;

use std::fmt::Display;
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::fake_bot_api::FakeBotApi;

/// Reports a measurement, past the harness, which swallows the output of tests.
fn report(what: impl Display) {
    // Standard error may be closed.
    let _ = writeln!(std::io::stderr(), "FAULTS: {what}");
}

/// Returns a number from the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("it is a number"))
}

/// Returns the seed of this run, which differs each time unless `VERBATIM_FAULT_SEED` is set.
fn seed() -> u64 {
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.subsec_nanos());
    number("VERBATIM_FAULT_SEED").unwrap_or_else(|| u64::from(clock()))
}

/// Runs a test with two threads, so that the test and Telegram run concurrently.
fn in_telegram(test: impl AsyncFnOnce(&FakeBotApi)) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let telegram = FakeBotApi::start();
        test(&telegram).await;
    });
}

const ASKED: &str = "When does a neap tide happen?";
const ANSWER: &str = "A neap tide happens";
/// The reply while the index is rebuilt.
const REBUILDING: &str = "I am reloading the articles. Please ask again in a few minutes.";

/// Asks a question, whose answer must be the next message.
async fn answers(telegram: &FakeBotApi) {
    let answer = telegram.private().send(ASKED).await;
    assert!(answer.text.starts_with(ANSWER), "{answer}");
}

/// Asks until a question is answered, by a bot that was started after another one was killed, or
/// whose index is rebuilt. Only two kinds of messages may come before the answer: replies to the
/// last two questions before the kill, and apologies for the rebuilding.
async fn answers_in_the_end(telegram: &FakeBotApi) {
    let mut question = telegram.private().post(ASKED);
    let first = question.id;
    let mut again = 0;
    loop {
        let shown = telegram.next_message().await;
        if shown.reply_to < Some(first) {
            again += 1;
            assert!(again <= 2, "{shown}");
            continue;
        }
        assert_eq!(shown.reply_to, Some(question.id), "{shown}");
        if shown.text != REBUILDING {
            return assert!(shown.text.starts_with(ANSWER), "{shown}");
        }
        question = telegram.private().post(ASKED);
    }
}

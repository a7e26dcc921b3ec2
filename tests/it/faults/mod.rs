//! The real binary under faults: killed, cut off, refused, out of room, with its files destroyed.
//!
//! `cargo test` does a few rounds of killing. More of them, the same ones again, and more
//! questions:
//!
//! ```text
//! VERBATIM_FAULT_ROUNDS=200 VERBATIM_FAULT_SEED=7 cargo test --test it faults::rounds
//! VERBATIM_FAULT_QUESTIONS=10000 cargo test --test it faults::flood
//! VERBATIM_FAULT_EDITS=200 cargo test --test it faults::memory
//! ```
//!
//! Each test says at its end what it saw, also where it passes.

mod cable;
mod child;
mod corpus;
mod disk;
mod flood;
mod health;
mod index;
mod memory;
mod network;
mod rounds;
mod stop;

use std::fmt::Display;
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::fake_bot_api::FakeBotApi;

/// Says what was seen, past the harness, which swallows what a test prints.
fn report(what: impl Display) {
    // Nobody is there to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "FAULTS: {what}");
}

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("it is a number"))
}

/// The seed of this run: another one each time, unless it is given.
fn seed() -> u64 {
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.subsec_nanos());
    number("VERBATIM_FAULT_SEED").unwrap_or_else(|| u64::from(clock()))
}

/// Numbers that follow from a seed (splitmix64, Steele et al., OOPSLA 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.roll() % bound
    }

    fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        let count = things.len().max(1) as u64;
        things.get(self.below(count) as usize)
    }
}

/// Two threads, so that what the test does and what Telegram does go on side by side.
fn in_telegram(test: impl AsyncFnOnce(&FakeBotApi)) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let telegram = FakeBotApi::start().await;
        test(&telegram).await;
    });
}

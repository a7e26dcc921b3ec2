#![no_main]

#[path = "../checks/mod.rs"]
#[allow(dead_code)]
mod checks;
#[path = "../../tests/it/fake_bot_api/html.rs"]
#[allow(dead_code)]
mod html;

use std::time::{Duration, Instant};

/// A sanitized build with assertions is about ten times as slow as a release.
const MOST: Duration = Duration::from_secs(10);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let start = Instant::now();
    checks::question::check(bytes);
    assert!(start.elapsed() < MOST, "it takes too long");
});

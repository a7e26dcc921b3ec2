#![no_main]

#[path = "../checks/mod.rs"]
#[allow(dead_code)]
mod checks;
#[path = "../../tests/it/fake_bot_api/html.rs"]
#[allow(dead_code)]
mod html;

use std::time::{Duration, Instant};

/// Maximum time of an input. A build with sanitizer and assertions is about ten times slower than a
/// release build.
const MAX_TIME: Duration = Duration::from_secs(10);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let start = Instant::now();
    checks::question::check(bytes);
    assert!(start.elapsed() < MAX_TIME, "the check takes too long");
});

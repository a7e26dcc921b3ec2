#![no_main]

#[path = "../checks/mod.rs"]
#[allow(dead_code)]
mod checks;
#[path = "../../tests/it/fake_bot_api/html.rs"]
#[allow(dead_code)]
mod html;

use verbatim::import::FetchedKind;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::import::check_as(FetchedKind::Pdf, bytes));

//! Properties of arbitrary bytes. Each fuzz target runs one of these checks, and the test `hostile`
//! runs all of them.
//!
//! A check panics if a property does not hold, and reads and writes no file. The crate that
//! includes this module must have the module `html`, the parser of Telegram's HTML of the tests.

pub mod import;
pub mod markdown;
pub mod payload;
pub mod question;
pub mod telegram;

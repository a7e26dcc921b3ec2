//! What must hold for any bytes at all. Each fuzz target and the test `hostile` runs one of these.
//!
//! They panic where something does not hold; none of them reads or writes a file. Whoever has them brings
//! `html`, the reader of Telegram's HTML of the tests.

pub mod markdown;
pub mod payload;
pub mod question;
pub mod telegram;

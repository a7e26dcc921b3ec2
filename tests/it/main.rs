//! The one test binary: each module protects one use.

mod bot;
mod fake_bot_api;

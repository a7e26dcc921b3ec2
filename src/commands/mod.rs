//! What the subcommands do: effects around the library. Only `main` knows them.

pub mod brief;
pub mod health;
pub mod library;
pub mod measure;
pub mod model;
pub mod store;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;

/// What exit codes mean.
pub const ANSWERED: u8 = 0;
pub const NOTHING_FOUND: u8 = 1;
pub const TROUBLE: u8 = 2;

/// An exit code, or what went wrong.
pub type Outcome = Result<u8, Box<dyn Error>>;

/// Says something beside the answer; whoever closed standard error misses it.
pub fn tell(what: impl Display) {
    let _ = writeln!(io::stderr(), "verbatim: {what}");
}

/// Writes the log to standard error from now on.
pub fn log(level: &str) {
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call, in a test of this process, keeps the first.
    let is_coloured = io::stderr().is_terminal() && !verbatim::config::no_color();
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(is_coloured)
        .with_writer(io::stderr)
        .try_init();
}

//! What the subcommands do: effects around the library. Only `main` knows them.

pub mod brief;
pub mod health;
pub mod library;
pub mod measure;
pub mod model;
pub mod progress;
pub mod repl;
pub mod serve;
pub mod store;
pub mod webhook;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use tracing::{Level, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use verbatim::config::{LogFormat, seen_from_here};

/// What exit codes mean.
pub const ANSWERED: u8 = 0;
pub const NOTHING_FOUND: u8 = 1;
pub const TROUBLE: u8 = 2;
/// Trouble that may pass by itself, so that it is worth starting again (`EX_TEMPFAIL` of sysexits.h).
pub const TROUBLE_FOR_NOW: u8 = 75;

/// An exit code, or what went wrong.
pub type Outcome = CommandResult<u8>;

/// What was wanted, or what went wrong.
pub type CommandResult<T> = Result<T, Box<dyn Error>>;

/// Prints a notice to standard error, as a line of the log where that has an object a line.
pub fn print_notice(what: impl Display) {
    let what = seen_from_here(&what.to_string());
    match logs_objects() {
        true => tracing::warn!("{what}"),
        false => write_notice(what),
    }
}

/// Prints why the program ends to standard error, as [`print_notice`] does.
pub fn print_failure(error: impl Display) {
    let error = seen_from_here(&error.to_string());
    match logs_objects() {
        true => tracing::error!("{error}"),
        false => write_notice(error),
    }
}

fn write_notice(what: impl Display) {
    // Without a standard error, nobody reads it.
    let _ = writeln!(io::stderr(), "verbatim: {what}");
}

/// The format of the log, once it is written.
static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// Returns whether a notice can be an object of the log. Where the level of the log hides it, it cannot.
fn logs_objects() -> bool {
    FORMAT.get() == Some(&LogFormat::Json) && tracing::enabled!(Level::WARN)
}

/// Writes the log to standard error from now on.
pub fn log(level: &str, format: LogFormat) {
    let filter = level.parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let is_coloured = io::stderr().is_terminal() && !verbatim::config::no_color();
    let lines = tracing_subscriber::fmt::layer().with_ansi(is_coloured).with_writer(io::stderr);
    let _ = FORMAT.set(format);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    // A second call, in a test of this process, keeps the first.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(lines.with_filter(filter_fn(may_be_logged)))
        .try_init();
}

/// Whether a line may be logged, whatever the operator wants to see. What other crates tell below warnings
/// is not in our hands, and they get addresses with the token in them, names and questions.
fn may_be_logged(line: &Metadata<'_>) -> bool {
    *line.level() <= Level::WARN || line.target().starts_with(env!("CARGO_CRATE_NAME"))
}

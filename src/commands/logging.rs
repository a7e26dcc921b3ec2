//! The log on standard error, and notices to the person who runs a subcommand.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use tracing::{Level, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use verbatim::config::{LogFormat, no_color, relative_paths};

/// The format of the log, once the log is initialized.
static FORMAT: OnceLock<LogFormat> = OnceLock::new();

/// Initializes the log: lines of at least `level` go to standard error.
pub fn init_logging(level: &str, format: LogFormat) {
    let filter = level.parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    let is_coloured = io::stderr().is_terminal() && !no_color();
    let lines = tracing_subscriber::fmt::layer().with_ansi(is_coloured).with_writer(io::stderr);
    let _ = FORMAT.set(format);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    // A second call in the same process keeps the first log.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(lines.with_filter(filter_fn(may_be_logged)))
        .try_init();
}

/// Prints a notice to standard error. If the log is JSON, the notice is a line of the log.
pub fn print_notice(notice: impl Display) {
    let notice = relative_paths(&notice.to_string());
    match log_is_json() {
        true => tracing::warn!("{notice}"),
        false => write_line(notice),
    }
}

/// Prints the error that ends the program to standard error, in the form of [`print_notice`].
pub fn print_error(error: impl Display) {
    let error = relative_paths(&error.to_string());
    match log_is_json() {
        true => tracing::error!("{error}"),
        false => write_line(error),
    }
}

fn write_line(line: impl Display) {
    // If standard error is closed, the line has no reader.
    let _ = writeln!(io::stderr(), "verbatim: {line}");
}

/// Returns whether a notice can be a line of a JSON log, which is false where the level of the log
/// hides warnings.
fn log_is_json() -> bool {
    FORMAT.get() == Some(&LogFormat::Json) && tracing::enabled!(Level::WARN)
}

/// Returns whether a line may be logged at any level that the operator can set. Below warnings,
/// other crates may log addresses that contain the token, names and questions.
fn may_be_logged(line: &Metadata<'_>) -> bool {
    *line.level() <= Level::WARN || line.target().starts_with(env!("CARGO_CRATE_NAME"))
}

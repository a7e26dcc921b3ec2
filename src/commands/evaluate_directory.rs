//! `verbatim evaluate` on a directory of articles: prints figures that need no judged questions.

use std::io::{self, Write};

use verbatim::config::{Config, LogFormat};
use verbatim::evaluate::testbed;
use verbatim::evaluate::unjudged::{self, Failure};

use super::logging::init_logging;
use super::outcome::{Outcome, SUCCESS};
use super::output::OutputFormat;
use super::progress::ProgressReporter;

/// Error of an option for a directory with a file of judged questions.
pub const NEEDS_DIRECTORY: &str = "`--failures` and `--sample` need a directory of articles\nhint: give the directory instead of the file";

/// Maximum number of questions of each kind.
const SAMPLE: usize = 400;

/// Options of the evaluation of a directory.
#[derive(Debug, Clone, Copy)]
pub struct DirectoryOptions {
    /// Whether each failure is printed.
    pub failures: bool,
    /// Maximum number of questions of each kind.
    pub sample: Option<usize>,
}

/// Asks questions that are made from the corpus of the configuration. Prints the failures, if they
/// are wanted, and the figures.
pub fn evaluate(config: &Config, options: DirectoryOptions, format: OutputFormat) -> Outcome {
    init_logging("warn", LogFormat::Text);
    let scratch = testbed::scratch_dir(&config.data)?;
    let mut reporter = ProgressReporter::new("articles");
    let report = |progress| reporter.report(progress);
    let sample = options.sample.unwrap_or(SAMPLE);
    let measured = unjudged::measure(&config.corpus, scratch.path(), sample, report)?;
    drop(reporter);
    scratch.close()?;
    let mut out = io::stdout().lock();
    let failures = measured.failures.iter().filter(|_| options.failures);
    match format {
        OutputFormat::Json => {
            for failure in failures {
                writeln!(out, "{}", serde_json::to_string(failure)?)?;
            }
            writeln!(out, "{}", serde_json::to_string(&measured.figures)?)?;
        }
        OutputFormat::Text => {
            for line in failures.map(Failure::line) {
                writeln!(out, "{line}")?;
            }
            write!(out, "{}", measured.figures.table())?;
        }
    }
    Ok(SUCCESS)
}

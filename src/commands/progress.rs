//! Progress of long work: a bar on a terminal, otherwise a line per second.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use tracing::Level;

use verbatim::index::Progress;

use super::logging::print_notice;

/// Interval between reports. Shorter work is not reported.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
const STYLE: &str = "{bar:40} {pos}/{len} {msg}, {eta} left";

/// Reports progress until it is dropped.
pub struct ProgressReporter {
    /// The plural noun of the items that are counted.
    noun: &'static str,
    bar: Option<ProgressBar>,
    last_report: Instant,
}

impl ProgressReporter {
    /// Starts to report on items with the plural noun `noun`.
    pub fn new(noun: &'static str) -> ProgressReporter {
        ProgressReporter { noun, bar: None, last_report: Instant::now() }
    }

    /// Updates the progress, and reports it at most once per interval. Never stops the work.
    pub fn report(&mut self, Progress { done, all }: Progress) -> ControlFlow<()> {
        if let Some(bar) = &self.bar {
            bar.set_length(all);
            bar.set_position(done);
        }
        if self.last_report.elapsed() >= REPORT_INTERVAL {
            let elapsed = self.last_report.elapsed();
            self.last_report = Instant::now();
            let bar = self.bar.get_or_insert_with(|| {
                bar(self.noun, all).with_position(done).with_elapsed(elapsed)
            });
            // indicatif hides the bar where standard error is not a terminal.
            if bar.is_hidden() {
                match tracing::enabled!(Level::INFO) {
                    true => tracing::info!(done, all, "{} are done", self.noun),
                    false => print_notice(format!("{done} of {all} {} are done", self.noun)),
                }
            }
        }
        ControlFlow::Continue(())
    }
}

impl Drop for ProgressReporter {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(noun: &'static str, all: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template(STYLE).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(all).with_style(style).with_message(noun)
}

//! How far long work is: a bar on a terminal, elsewhere a line a second.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use tracing::Level;

use verbatim::index::Progress;

use super::print_notice;

/// What is over sooner is not told.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
const STYLE: &str = "{bar:40} {pos}/{len} {msg}, {eta} left";

/// Tells how many of `what` are done, until it is dropped.
pub struct ProgressReporter {
    what: &'static str,
    bar: Option<ProgressBar>,
    last: Instant,
}

impl ProgressReporter {
    pub fn of(what: &'static str) -> ProgressReporter {
        ProgressReporter { what, bar: None, last: Instant::now() }
    }

    /// To be called as often as there is progress.
    pub fn tell(&mut self, Progress { done, all }: Progress) -> ControlFlow<()> {
        if let Some(bar) = &self.bar {
            bar.set_length(all);
            bar.set_position(done);
        }
        if self.last.elapsed() >= REPORT_INTERVAL {
            let elapsed = self.last.elapsed();
            self.last = Instant::now();
            let bar = self.bar.get_or_insert_with(|| {
                bar(self.what, all).with_position(done).with_elapsed(elapsed)
            });
            // Where it is not drawn, somebody reads lines.
            if bar.is_hidden() {
                match tracing::enabled!(Level::INFO) {
                    true => tracing::info!(done, all, "{} are done", self.what),
                    false => print_notice(format!("{done} of {all} {} are done", self.what)),
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

fn bar(what: &'static str, all: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template(STYLE).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(all).with_style(style).with_message(what)
}

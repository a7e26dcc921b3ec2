//! Progress of long work.

use std::ops::ControlFlow;

/// The progress of long work, in steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Number of finished steps.
    pub done: u64,
    /// Number of all steps.
    pub all: u64,
}

/// Ignores progress and never cancels the work.
pub fn no_progress(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

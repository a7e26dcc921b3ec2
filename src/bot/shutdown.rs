//! Graceful shutdown: updates in progress are finished, new ones stay in the journal.

use std::time::Duration;

/// Maximum time for which a stopping bot works on updates in progress. Process supervisors usually
/// kill after 10 s.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(9);

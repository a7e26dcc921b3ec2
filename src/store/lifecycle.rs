//! Start, pruning and end of a run of the bot.

use std::sync::atomic::Ordering;

use super::counters::{self, ENDED, REWRITTEN, STARTS};
use super::database::Store;
use super::erasure::Owed;
use super::error::StoreError;
use super::{
    answers, changes, deliveries, feedback, files, forget, help_requests, journal, uploads,
};

/// Time in seconds for which questions and answers, completed updates and votes are kept. Within
/// this time Telegram may send an update again, and readers can edit a question.
pub(super) const KEPT_SECONDS: i64 = 7 * DAY_SECONDS;
const DAY_SECONDS: i64 = 24 * 60 * 60;

impl Store {
    /// Counts a start of the bot. Returns the number of starts.
    pub fn count_start(&self) -> Result<i64, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let starts = counters::get(&transaction, STARTS)?.unwrap_or(0) + 1;
        counters::set(&transaction, STARTS, starts)?;
        let has_ended = counters::remove(&transaction, ENDED)?;
        transaction.commit()?;
        self.is_after_crash.store(starts > 1 && !has_ended, Ordering::Relaxed);
        Ok(starts)
    }

    /// Returns whether the run before the last counted start was killed or crashed.
    pub fn is_after_crash(&self) -> bool {
        self.is_after_crash.load(Ordering::Relaxed)
    }

    /// Records a clean end of the bot, and erases all deleted rows from the files.
    pub fn end(&self) -> Result<(), StoreError> {
        let mut connection = self.lock();
        self.ensure_in_place(&mut connection)?;
        counters::set(&connection, ENDED, 1)?;
        self.finish_erasure(&connection)
    }

    /// Removes rows that are older than `/privacy` promises or are not needed any more, and erases
    /// them from the files: from the log at once, and once a day by rewriting the whole file.
    pub fn prune(&self, now: i64) -> Result<(), StoreError> {
        let connection = self.lock();
        let oldest = now - KEPT_SECONDS;
        let before = connection.total_changes();
        journal::prune(&connection, oldest)?;
        answers::prune(&connection, oldest)?;
        feedback::prune(&connection, oldest)?;
        forget::prune(&connection, oldest)?;
        deliveries::prune(&connection, oldest)?;
        changes::prune(&connection, now)?;
        uploads::prune(&connection, now)?;
        help_requests::prune(&connection, now)?;
        files::remove_aside(&self.path, Some(oldest));
        if connection.total_changes() == before {
            return Ok(());
        }
        let rewritten = counters::get(&connection, REWRITTEN)?.unwrap_or(0);
        // A clock that was set back must not delay this for long.
        let is_due = (now - rewritten).abs() >= DAY_SECONDS;
        if is_due {
            counters::set(&connection, REWRITTEN, now)?;
        }
        self.erase(&connection, if is_due { Owed::File } else { Owed::Log }, None);
        Ok(())
    }
}

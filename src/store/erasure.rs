//! Erasure: of what is deleted, no byte is left in the files of the store.
//!
//! `secure_delete` overwrites a deleted row where it is, but SQLite moves rows between pages and leaves
//! copies in unused space, and the write-ahead log has pages as they were. So the file is written again
//! as a whole and the log is cut to nothing. What cannot be done at once, since another program reads the
//! store or a large file was written again just before, stays owed until [`Store::maintain`].

use std::collections::HashSet;
use std::sync::{MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::counters::{REWRITTEN, set, setting};
use super::{Store, StoreError, files, schema};

/// What is still to be erased.
#[derive(Debug, Default)]
pub(super) struct Erasure {
    /// The updates whose end is to be erased, too: those that asked for it.
    after: HashSet<i64>,
    owed: Owed,
    /// When the file was last written again.
    rewritten: Option<Instant>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Owed {
    #[default]
    Nothing,
    /// The log is to be emptied.
    Log,
    /// The file is to be written again, then the log is to be emptied.
    File,
}

/// A file below this size is written again within a moment.
const SMALL_BYTES: u64 = 16 * 1024 * 1024;
/// A larger file is not written again before this time is over.
const REWRITE_EVERY: Duration = Duration::from_secs(60);
const DAY_SECONDS: i64 = 24 * 60 * 60;

impl Store {
    /// Does what is due: puts files that were removed back in their place, and erases what is owed.
    pub fn maintain(&self) -> Result<(), StoreError> {
        let mut connection = self.lock();
        self.keep_in_place(&mut connection)?;
        self.try_to_erase(&connection);
        Ok(())
    }

    /// Erases what was deleted; `request` is the update that asked for it, whose own end is erased, too.
    pub(super) fn erase(&self, connection: &Connection, request: Option<i64>) {
        {
            let mut erasure = self.erasure();
            erasure.owed = Owed::File;
            erasure.after.extend(request);
        }
        self.try_to_erase(connection);
    }

    /// Empties the log if one of these updates, which are done, has asked for an erasure.
    pub(super) fn erase_after(&self, connection: &Connection, done: &[i64]) {
        {
            let mut erasure = self.erasure();
            if erasure.after.is_empty() || !done.iter().any(|id| erasure.after.contains(id)) {
                return;
            }
            erasure.after.retain(|id| !done.contains(id));
            erasure.owed = erasure.owed.max(Owed::Log);
        }
        self.try_to_erase(connection);
    }

    /// Empties the log if rows were removed, and writes the file again if that was long ago.
    pub(super) fn erase_daily(
        &self,
        connection: &Connection,
        has_removed: bool,
        now: i64,
    ) -> Result<(), StoreError> {
        if !has_removed {
            return Ok(());
        }
        let rewritten = setting(connection, REWRITTEN)?.unwrap_or(0);
        // A clock that was set back must not keep it from being written for long.
        let is_due = (now - rewritten).abs() >= DAY_SECONDS;
        if is_due {
            set(connection, REWRITTEN, now)?;
        }
        let owed = if is_due { Owed::File } else { Owed::Log };
        {
            let mut erasure = self.erasure();
            erasure.owed = erasure.owed.max(owed);
        }
        self.try_to_erase(connection);
        Ok(())
    }

    /// Erases what is owed, whatever it takes, and empties the log.
    pub(super) fn erase_at_the_end(&self, connection: &Connection) -> Result<(), StoreError> {
        let owed = std::mem::take(&mut *self.erasure()).owed;
        match owed {
            Owed::File => schema::rewrite(connection)?,
            Owed::Log | Owed::Nothing => schema::empty_log(connection)?,
        };
        self.restamp();
        Ok(())
    }

    fn try_to_erase(&self, connection: &Connection) {
        let mut erasure = self.erasure();
        if erasure.owed == Owed::Nothing {
            return;
        }
        let is_soon = erasure.rewritten.is_some_and(|at| at.elapsed() < REWRITE_EVERY);
        let may_rewrite = !is_soon || files::bytes(&self.path) < SMALL_BYTES;
        let erased = match erasure.owed {
            Owed::File if may_rewrite => {
                erasure.rewritten = Some(Instant::now());
                schema::rewrite(connection)
            }
            Owed::File | Owed::Log | Owed::Nothing => schema::empty_log(connection),
        };
        erasure.owed = match (erased, erasure.owed) {
            (Ok(true), Owed::File) if !may_rewrite => Owed::File,
            (Ok(true), _) => Owed::Nothing,
            (Ok(false), Owed::File) if may_rewrite => Owed::Log,
            (Ok(false), owed) => owed,
            (Err(error), owed) => {
                tracing::warn!(%error, "deleted rows could not be erased yet; it is tried again");
                owed
            }
        };
        drop(erasure);
        self.restamp();
    }

    /// Remembers the files as they are now, since their lengths have shrunk by this program's own work.
    pub(super) fn restamp(&self) {
        let mut stamps = self.stamps();
        if let Some(known) = stamps.as_mut() {
            known.shrink(&self.path);
        }
    }

    fn erasure(&self) -> MutexGuard<'_, Erasure> {
        self.erasure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

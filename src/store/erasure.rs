//! Erasure: no byte of deleted rows stays in the files of the store.
//!
//! `secure_delete` overwrites a deleted row where it is, but SQLite moves rows between pages and
//! leaves copies in unused space, and the write-ahead log has earlier versions of pages. So the
//! whole file is rewritten and the log is truncated. Work that cannot be done at once stays owed,
//! because another program reads the store, or because a large file was rewritten a moment ago.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{files, schema};
use crate::ids::UpdateId;

/// Erasure that is still owed.
#[derive(Debug, Default)]
pub(super) struct Erasure {
    /// Updates that asked for an erasure, and whose own bodies must be erased when they are
    /// done.
    requests: HashSet<UpdateId>,
    owed: Owed,
    /// When the file was rewritten last.
    rewritten: Option<Instant>,
}

/// Amount of work that an erasure needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owed {
    #[default]
    Nothing,
    /// The log must be truncated.
    Log,
    /// The file must be rewritten, and then the log must be truncated.
    File,
}

/// Size in bytes below which rewriting the file takes only a moment.
const SMALL_BYTES: u64 = 16 * 1024 * 1024;
/// Minimum interval between rewrites of a larger file.
const REWRITE_INTERVAL: Duration = Duration::from_secs(60);

impl Erasure {
    /// Adds work to what is owed.
    pub fn owe(&mut self, owed: Owed) {
        self.owed = self.owed.max(owed);
    }

    /// Remembers an update that asked for an erasure.
    pub fn add_request(&mut self, update: Option<UpdateId>) {
        self.requests.extend(update);
    }

    /// Owes the log if one of these completed updates has asked for an erasure. Returns whether
    /// that is so.
    pub fn complete_requests(&mut self, completed: &[UpdateId]) -> bool {
        if self.requests.is_empty() || !completed.iter().any(|id| self.requests.contains(id)) {
            return false;
        }
        self.requests.retain(|id| !completed.contains(id));
        self.owe(Owed::Log);
        true
    }

    /// Does what is owed, as far as it can be done now.
    pub fn run(&mut self, connection: &Connection, path: &Path) {
        if self.owed == Owed::Nothing {
            return;
        }
        let is_recent = self.rewritten.is_some_and(|at| at.elapsed() < REWRITE_INTERVAL);
        let may_rewrite = !is_recent || files::bytes(path) < SMALL_BYTES;
        let erased = match self.owed {
            Owed::File if may_rewrite => {
                self.rewritten = Some(Instant::now());
                schema::rewrite(connection)
            }
            Owed::File | Owed::Log | Owed::Nothing => schema::truncate_log(connection),
        };
        self.owed = match (erased, self.owed) {
            (Ok(true), Owed::File) if !may_rewrite => Owed::File,
            (Ok(true), _) => Owed::Nothing,
            (Ok(false), Owed::File) if may_rewrite => Owed::Log,
            (Ok(false), owed) => owed,
            (Err(error), owed) => {
                tracing::warn!(%error, "deleted rows could not be erased yet; the bot tries again");
                owed
            }
        };
    }

    /// Does what is owed without a limit, and truncates the log.
    pub fn finish(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        match std::mem::take(self).owed {
            Owed::File => schema::rewrite(connection)?,
            Owed::Log | Owed::Nothing => schema::truncate_log(connection)?,
        };
        Ok(())
    }
}

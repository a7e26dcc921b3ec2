//! Numbers of which the store has one each.

use std::sync::atomic::Ordering;

use rusqlite::{Connection, OptionalExtension, params};

use super::{Store, StoreError};

/// The stamp of the corpus when all of its stock was last taken, or 1; nothing before the first time.
pub(super) const STOCK_TAKEN: &str = "stock_taken";
/// The id of the last change that all watches were held against.
pub(super) const WATCHED_UP_TO: &str = "watched_up_to";

/// When the file was last written again as a whole, in Unix seconds.
pub(super) const REWRITTEN: &str = "rewritten";
/// How often the bot was started.
const STARTS: &str = "starts";
/// There since the last run ended by itself.
const ENDED: &str = "ended";

impl Store {
    /// Counts a start of the bot, and says how many there were with it.
    pub fn count_start(&self) -> Result<i64, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let starts = setting(&transaction, STARTS)?.unwrap_or(0) + 1;
        set(&transaction, STARTS, starts)?;
        let has_ended = setting(&transaction, ENDED)?.is_some();
        transaction.execute("DELETE FROM settings WHERE name = ?", [ENDED])?;
        transaction.commit()?;
        self.is_after_crash.store(starts > 1 && !has_ended, Ordering::Relaxed);
        Ok(starts)
    }

    /// Returns whether the run before the start that was counted last was killed, or ended by a crash.
    pub fn is_after_crash(&self) -> bool {
        self.is_after_crash.load(Ordering::Relaxed)
    }

    /// Notes that this run of the bot ends by itself, and leaves nothing in the files that was deleted.
    pub fn end(&self) -> Result<(), StoreError> {
        let mut connection = self.lock();
        self.keep_in_place(&mut connection)?;
        set(&connection, ENDED, 1)?;
        self.erase_at_the_end(&connection)
    }
}

pub(super) fn setting(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached("SELECT value FROM settings WHERE name = ?")?;
    select.query_row([name], |row| row.get(0)).optional()
}

pub(super) fn set(connection: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)")?
        .execute(params![name, value])?;
    Ok(())
}

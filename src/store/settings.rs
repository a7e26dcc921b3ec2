//! Numbers of which the store has one each.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Store, StoreError};

/// The stamp of the corpus when all of its stock was last taken, or 1; nothing before the first time.
pub(super) const STOCK_TAKEN: &str = "stock_taken";
/// The id of the last change that all watches were held against.
pub(super) const WATCHED_UP_TO: &str = "watched_up_to";

/// How often the bot was started.
const STARTS: &str = "starts";

impl Store {
    /// Counts a start of the bot, and says how many there were with it.
    pub fn count_start(&self) -> Result<i64, StoreError> {
        let connection = self.lock();
        let starts = setting(&connection, STARTS)?.unwrap_or(0) + 1;
        set(&connection, STARTS, starts)?;
        Ok(starts)
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

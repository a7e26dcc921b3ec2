//! Named numbers of the store, in the table `settings`.

use rusqlite::{Connection, OptionalExtension, params};

/// Stamp of the corpus whose article versions were recorded last.
pub(super) const VERSIONS_STAMP: &str = "stock_taken";
/// Id of the last change that was matched against all watches.
pub(super) const LAST_MATCHED_CHANGE: &str = "watched_up_to";
/// When the whole file was rewritten last, in Unix seconds.
pub(super) const REWRITTEN: &str = "rewritten";
/// Number of starts of the bot.
pub(super) const STARTS: &str = "starts";
/// Set by a clean end of the bot, and removed by the next start.
pub(super) const ENDED: &str = "ended";

/// Returns the number with this name, if it was set.
pub(super) fn get(connection: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached("SELECT value FROM settings WHERE name = ?")?;
    select.query_row([name], |row| row.get(0)).optional()
}

/// Sets a number.
pub(super) fn set(connection: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)")?
        .execute(params![name, value])?;
    Ok(())
}

/// Removes a number. Returns whether it was set.
pub(super) fn remove(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    Ok(connection.execute("DELETE FROM settings WHERE name = ?", [name])? > 0)
}

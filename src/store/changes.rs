//! The change log in the store.
//!
//! Invariant: the id of a change is greater than that of every earlier change, also of those that
//! were pruned.

use std::sync::Arc;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, Transaction, params};

use super::change_log::{ArticleChange, Change, ChangeKind, MergedChanges, merge_changes};
use super::database::Store;
use super::error::StoreError;
use super::ids::{article_from_sql, article_to_sql, passages_from_sql, passages_to_sql};

/// Time for which changes are kept, in seconds. A briefing can report changes of this time, also
/// after the chat was paused.
const KEPT_SECONDS: i64 = 60 * 24 * 60 * 60;

impl Store {
    /// Returns the changes with greater ids, oldest first.
    pub fn changes_since(&self, id: i64) -> Result<Vec<Change>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, article, title, kind, passages, lost, at, file FROM changes
             WHERE id > ? ORDER BY id",
        )?;
        Ok(select.query_map([id], change)?.collect::<Result<_, _>>()?)
    }

    /// Returns the id of the last change and the merged changes with ids greater than `seen`.
    /// Without such changes the id is `seen`. The last result is cached.
    pub fn article_changes_since(
        &self,
        seen: i64,
    ) -> Result<(i64, Arc<Vec<ArticleChange>>), StoreError> {
        let newest = self.newest_change()?;
        let cached = self.merged_changes.lock().clone();
        if let Some(merged) = cached.filter(|merged| (merged.seen, merged.last) == (seen, newest)) {
            return Ok((merged.last, merged.articles));
        }
        let changes = self.changes_since(seen)?;
        let last = changes.last().map_or(seen, |change| change.id);
        let articles = Arc::new(merge_changes(&changes));
        let merged = MergedChanges { seen, last, articles: Arc::clone(&articles) };
        *self.merged_changes.lock() = Some(merged);
        Ok((last, articles))
    }

    /// Returns the id of the last change, or 0.
    pub fn newest_change(&self) -> Result<i64, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached("SELECT coalesce(max(id), 0) FROM changes")?;
        Ok(select.query_row([], |row| row.get(0))?)
    }
}

/// Adds a change to the log. Returns its id.
pub(super) fn insert(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<i64> {
    let article = article_to_sql(change.article);
    let lost = i64::try_from(change.lost).unwrap_or(i64::MAX);
    let passages = passages_to_sql(&change.passages);
    transaction
        .prepare_cached(
            "INSERT INTO changes (article, title, kind, passages, lost, at, file)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .insert(params![article, change.title, change.kind, passages, lost, change.at, change.file])
}

/// Reads a row of `changes`.
fn change(row: &Row<'_>) -> rusqlite::Result<Change> {
    let (passages, lost): (Vec<u8>, i64) = (row.get(4)?, row.get(5)?);
    Ok(Change {
        id: row.get(0)?,
        article: article_from_sql(row.get(1)?),
        title: row.get(2)?,
        kind: row.get(3)?,
        passages: passages_from_sql(&passages),
        lost: usize::try_from(lost).unwrap_or(0),
        at: row.get(6)?,
        file: row.get(7)?,
    })
}

/// Removes old changes, except the last, whose id marks how far the log has come.
pub(super) fn prune(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM changes WHERE at < ? AND id < (SELECT max(id) FROM changes)",
        [now - KEPT_SECONDS],
    )?;
    Ok(())
}

impl ToSql for ChangeKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            ChangeKind::Added => "came",
            ChangeKind::Changed => "changed",
            ChangeKind::Removed => "gone",
        }))
    }
}

impl FromSql for ChangeKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "came" => Ok(ChangeKind::Added),
            "changed" => Ok(ChangeKind::Changed),
            "gone" => Ok(ChangeKind::Removed),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

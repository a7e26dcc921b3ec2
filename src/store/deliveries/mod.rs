//! Deliveries: messages that go out without a question, as an outbox.
//!
//! A delivery is a briefing of a schedule or a quote for a watch. It is claimed in the transaction
//! that moves the schedule on or notes the match, so that it exists once. It is marked as sending
//! directly before its request, and finished after the response. After a crash, a claimed delivery
//! was certainly not sent, and one that was sending may have arrived: its state becomes unknown,
//! once, and it is not sent again. Each change of a state is on the disk when the method returns.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::database::Store;
use super::error::StoreError;
use super::ids::{ScheduleId, WatchId, article_to_sql};
use crate::corpus::article::ArticleId;
use crate::ids::MessageId;

/// Identity of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryKey {
    /// A briefing, with the time at which the schedule was due, in Unix seconds.
    Briefing { schedule: ScheduleId, due: i64 },
    /// A quote of an article that matched a watch.
    Quote { watch: WatchId, article: ArticleId },
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// When the briefing was due, or the article matched, in Unix seconds.
    pub due: i64,
    pub state: DeliveryState,
    /// Id of the message that was sent.
    pub message: Option<MessageId>,
    /// When the delivery was claimed, or finished, in Unix seconds.
    pub at: i64,
}

/// State of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Nothing was sent yet.
    Claimed,
    /// The request was sent, and its response has not arrived.
    Sending,
    Sent,
    /// There was nothing to send.
    NothingNew,
    /// Telegram refused the message, or the chat is not allowed.
    Rejected,
    /// The message could not be sent in time.
    Expired,
    /// The request was sent, and its response was lost.
    Unknown,
}

/// Columns that [`delivery`] reads.
pub(super) const COLUMNS: &str = "d.due, d.state, d.message, d.at";
const SET_SEEN: &str = "UPDATE schedules SET seen = max(seen, ?) WHERE id = ?";

impl Store {
    /// Claims briefings, each given as (schedule, due time, next due time), and moves their
    /// schedules on, in one transaction. Returns for each briefing whether it must be sent: not if
    /// the schedule has ended, has another due time, or the briefing was claimed before.
    pub fn claim(
        &self,
        briefings: &[(ScheduleId, i64, i64)],
        now: i64,
    ) -> Result<Vec<bool>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let mut claimed = Vec::with_capacity(briefings.len());
        for (schedule, due, next) in briefings {
            let moved = transaction
                .prepare_cached("UPDATE schedules SET due = ? WHERE id = ? AND due = ?")?
                .execute([*next, schedule.0, *due])?;
            // A schedule also moves on where a clock that was set back makes a briefing due again.
            let is_new = moved > 0
                && transaction
                    .prepare_cached(
                        "INSERT OR IGNORE INTO deliveries (schedule, due, state, at) VALUES (?, ?, ?, ?)",
                    )?
                    .execute(params![schedule.0, due, DeliveryState::Claimed, now])?
                    > 0;
            claimed.push(is_new);
        }
        transaction.commit()?;
        Ok(claimed)
    }

    /// Returns a delivery, if it was claimed and its schedule or watch still exists.
    pub fn delivery(&self, key: DeliveryKey) -> Result<Option<Delivery>, StoreError> {
        let connection = self.lock();
        let (condition, [owner, item]) = key.condition();
        let sql = format!("SELECT {COLUMNS} FROM deliveries d WHERE {condition}");
        let mut select = connection.prepare_cached(&sql)?;
        Ok(select.query_row([owner, item], |row| delivery(row, 0)).optional()?)
    }

    /// Marks a claimed delivery as sending, directly before its request. Returns whether it was
    /// claimed.
    pub fn attempt(&self, key: DeliveryKey) -> Result<bool, StoreError> {
        Ok(mark(&self.lock(), key, DeliveryState::Claimed, DeliveryState::Sending)?)
    }

    /// Marks a delivery that was sending as claimed, since its request certainly did not arrive.
    pub fn retract(&self, key: DeliveryKey) -> Result<(), StoreError> {
        mark(&self.lock(), key, DeliveryState::Sending, DeliveryState::Claimed)?;
        Ok(())
    }

    /// Records the final state of a delivery that is claimed or sending, with the id of its
    /// message. `seen` is the id of the last change that a briefing reported.
    pub fn finish(
        &self,
        key: DeliveryKey,
        state: DeliveryState,
        message: Option<MessageId>,
        seen: Option<i64>,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let from = [DeliveryState::Claimed, DeliveryState::Sending];
        conclude(&transaction, key, from, state, message, now)?;
        if let (Some(seen), DeliveryKey::Briefing { schedule, .. }) = (seen, key) {
            transaction.execute(SET_SEEN, [seen, schedule.0])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Records that a briefing whose state was unknown was shown to the chat. `seen` is the id of
    /// the last change that it reported.
    pub fn resolve_unknown(
        &self,
        schedule: ScheduleId,
        due: i64,
        seen: i64,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let key = DeliveryKey::Briefing { schedule, due };
        let from = [DeliveryState::Unknown, DeliveryState::Sending];
        if conclude(&transaction, key, from, DeliveryState::Sent, None, now)? {
            transaction.execute(SET_SEEN, [seen, schedule.0])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Returns the briefings that are claimed or sending, oldest first.
    pub fn unfinished_briefings(&self) -> Result<Vec<DeliveryKey>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT schedule, due FROM deliveries
             WHERE state IN ('claimed', 'attempted') AND schedule IS NOT NULL ORDER BY due, schedule",
        )?;
        let rows = select.query_map([], |row| {
            Ok(DeliveryKey::Briefing { schedule: ScheduleId(row.get(0)?), due: row.get(1)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl DeliveryKey {
    /// Returns the SQL condition for the row, and the values of its parameters 1 and 2.
    fn condition(self) -> (&'static str, [i64; 2]) {
        match self {
            DeliveryKey::Briefing { schedule, due } => {
                ("schedule = ?1 AND due = ?2", [schedule.0, due])
            }
            DeliveryKey::Quote { watch, article } => {
                ("watch = ?1 AND article = ?2", [watch.0, article_to_sql(article)])
            }
        }
    }
}

/// Reads [`COLUMNS`], which begin at column `first`.
pub(super) fn delivery(row: &Row<'_>, first: usize) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        due: row.get(first)?,
        state: row.get(first + 1)?,
        message: row.get(first + 2)?,
        at: row.get(first + 3)?,
    })
}

/// Changes the state of a delivery from `from` to `to`. Returns whether it had the state `from`.
fn mark(
    connection: &Connection,
    key: DeliveryKey,
    from: DeliveryState,
    to: DeliveryState,
) -> rusqlite::Result<bool> {
    let (condition, [owner, item]) = key.condition();
    let sql = format!("UPDATE deliveries SET state = ?3 WHERE {condition} AND state = ?4");
    let updated = connection.prepare_cached(&sql)?.execute(params![owner, item, to, from])?;
    Ok(updated > 0)
}

/// Changes the state of a delivery to a final one. Returns whether it had a state of `from`.
fn conclude(
    connection: &Connection,
    key: DeliveryKey,
    from: [DeliveryState; 2],
    to: DeliveryState,
    message: Option<MessageId>,
    now: i64,
) -> rusqlite::Result<bool> {
    let (condition, [owner, item]) = key.condition();
    let sql = format!(
        "UPDATE deliveries SET state = ?3, message = ?4, at = ?5 WHERE {condition} AND state IN (?6, ?7)"
    );
    let row = params![owner, item, to, message, now, from[0], from[1]];
    Ok(connection.prepare_cached(&sql)?.execute(row)? > 0)
}

/// Removes finished briefings from before `oldest` (Unix seconds), except the last of each
/// schedule. Quotes stay, since an article matches a watch once.
pub(super) fn prune(connection: &Connection, oldest: i64) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM deliveries
         WHERE schedule IS NOT NULL AND at < ? AND state NOT IN ('claimed', 'attempted')
         AND due < (SELECT max(due) FROM deliveries other WHERE other.schedule = deliveries.schedule)",
        [oldest],
    )?;
    Ok(())
}

// The stored strings are a format: they keep older names of the states.
impl ToSql for DeliveryState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            DeliveryState::Claimed => "claimed",
            DeliveryState::Sending => "attempted",
            DeliveryState::Sent => "sent",
            DeliveryState::NothingNew => "nothing_new",
            DeliveryState::Rejected => "refused",
            DeliveryState::Expired => "missed",
            DeliveryState::Unknown => "unsure",
        }))
    }
}

impl FromSql for DeliveryState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "claimed" => Ok(DeliveryState::Claimed),
            "attempted" => Ok(DeliveryState::Sending),
            "sent" => Ok(DeliveryState::Sent),
            "nothing_new" => Ok(DeliveryState::NothingNew),
            "refused" => Ok(DeliveryState::Rejected),
            "missed" => Ok(DeliveryState::Expired),
            "unsure" => Ok(DeliveryState::Unknown),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

#[cfg(test)]
mod tests;

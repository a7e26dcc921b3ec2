//! The journal of updates.
//!
//! Invariants: an update is on the disk before [`Store::journal`] returns. It stays pending until
//! its reply was sent, and [`Store::complete`] records that together with the place of the reply.
//! Of a completed update only the id is kept, so that it is recognized if Telegram sends it again.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::answers::{self, AnswerRecord};
use super::database::Store;
use super::error::StoreError;
use super::ids::OrZero;
use crate::ids::{ChatId, TopicId, UpdateId, UserId};

/// Queue of an update. Updates of one queue are processed in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UpdateQueue {
    /// Updates of a chat, or of one of its topics.
    Chat { chat: ChatId, topic: Option<TopicId> },
    /// Updates of a user that belong to no chat.
    User(UserId),
    /// Updates whose chat and user are not known.
    #[default]
    Unknown,
}

/// An update that was received and not completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingUpdate {
    pub id: UpdateId,
    pub queue: UpdateQueue,
    /// In Unix seconds.
    pub received_at: i64,
    /// JSON of the update.
    pub body: String,
}

/// Maximum number of completed updates that are kept. Telegram sends only updates again that were
/// not confirmed, which are far fewer.
const MAX_COMPLETED: u32 = 20_000;

impl Store {
    /// Writes updates to the journal, in one transaction, except those that it knows. Returns the
    /// ids of the new ones, in order.
    pub fn journal(&self, updates: &[PendingUpdate]) -> Result<Vec<UpdateId>, StoreError> {
        let mut connection = self.lock();
        self.ensure_open(&mut connection)?;
        let new = insert(&mut connection, updates)?;
        // The updates are only safe in a file that the next run of the bot finds.
        if let Err(error) = self.ensure_in_place(&mut connection) {
            // Telegram sends them again, and then they must be new. If this fails, the next run has
            // them.
            let _ = remove(&mut connection, &new);
            return Err(error);
        }
        Ok(new)
    }

    /// Returns the pending updates, by id.
    pub fn pending(&self) -> Result<Vec<PendingUpdate>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, chat, thread, received_at, body FROM updates WHERE body IS NOT NULL ORDER BY id",
        )?;
        let rows = select.query_map([], read_update)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns an update, if it is pending.
    pub fn pending_update(&self, id: UpdateId) -> Result<Option<PendingUpdate>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, chat, thread, received_at, body FROM updates WHERE id = ? AND body IS NOT NULL",
        )?;
        Ok(select.query_row([id], read_update).optional()?)
    }

    /// Completes an update that has had its reply, or needs none, and records its answer.
    pub fn complete(&self, id: UpdateId, answer: Option<&AnswerRecord>) -> Result<(), StoreError> {
        self.complete_all([(id, answer)])
    }

    /// Completes several updates in one transaction.
    pub fn complete_all<'a>(
        &self,
        updates: impl IntoIterator<Item = (UpdateId, Option<&'a AnswerRecord>)>,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        self.ensure_open(&mut connection)?;
        let mut ids = Vec::new();
        let transaction = connection.transaction()?;
        for (id, answer) in updates {
            ids.push(id);
            let found = close(&transaction, id)?;
            // A question that was forgotten before its reply was sent leaves no answer.
            if let (Some(answer), Found::Pending | Found::Nothing) = (answer, found) {
                answers::insert(&transaction, answer)?;
            }
        }
        transaction.commit()?;
        self.erase_requests(&connection, &ids);
        self.ensure_in_place(&mut connection)
    }

    /// Counts an attempt to process an update. Returns the number of earlier attempts.
    pub fn count_attempt(&self, id: UpdateId) -> Result<i64, StoreError> {
        let connection = self.lock();
        let attempts: Option<i64> = connection
            .prepare_cached(
                "UPDATE updates SET attempts = attempts + 1 WHERE id = ? RETURNING attempts",
            )?
            .query_row([id], |row| row.get(0))
            .optional()?;
        Ok(attempts.map_or(0, |attempts| attempts - 1))
    }

    /// Returns the pending updates with attempts, each with the number of attempts.
    pub fn attempts(&self) -> Result<Vec<(UpdateId, i64)>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, attempts FROM updates WHERE body IS NOT NULL AND attempts > 0",
        )?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Sets the number of attempts of an update, if it is pending.
    pub fn set_attempts(&self, id: UpdateId, attempts: i64) -> Result<(), StoreError> {
        let connection = self.lock();
        connection
            .prepare_cached("UPDATE updates SET attempts = ? WHERE id = ? AND body IS NOT NULL")?
            .execute(params![attempts, id])?;
        Ok(())
    }
}

impl UpdateQueue {
    /// Returns the values of the columns `chat` and `thread`. Without a chat, `chat` is 0 and
    /// `thread` has the user, or 0.
    fn to_columns(self) -> (i64, i64) {
        match self {
            UpdateQueue::Chat { chat, topic } => {
                (chat.get(), topic.map_or(0, |topic| i64::from(topic.get())))
            }
            UpdateQueue::User(user) => (0, user.get()),
            UpdateQueue::Unknown => (0, 0),
        }
    }

    /// Reads the columns `chat` and `thread`, which begin at column `first`.
    fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        if let OrZero(Some(chat)) = row.get(first)? {
            let OrZero(topic) = row.get(first + 1)?;
            return Ok(UpdateQueue::Chat { chat, topic });
        }
        let OrZero(user) = row.get(first + 1)?;
        Ok(user.map_or(UpdateQueue::Unknown, UpdateQueue::User))
    }
}

/// State of an update before it was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Pending,
    /// It was closed before.
    Closed,
    /// The journal does not have it.
    Nothing,
}

/// Marks an update as completed. Keeps its id and the time of receipt.
fn close(transaction: &Transaction<'_>, id: UpdateId) -> rusqlite::Result<Found> {
    // After an UPDATE, SQLite would keep the page of the body with next to nothing in it.
    let known: Option<(i64, bool)> = transaction
        .prepare_cached("DELETE FROM updates WHERE id = ? RETURNING received_at, body IS NOT NULL")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((received_at, is_pending)) = known else { return Ok(Found::Nothing) };
    transaction
        .prepare_cached("INSERT INTO updates (id, chat, thread, received_at) VALUES (?, 0, 0, ?)")?
        .execute(params![id, received_at])?;
    Ok(if is_pending { Found::Pending } else { Found::Closed })
}

/// Inserts updates that the journal does not know. Returns their ids.
fn insert(
    connection: &mut Connection,
    updates: &[PendingUpdate],
) -> rusqlite::Result<Vec<UpdateId>> {
    let transaction = connection.transaction()?;
    let mut new = Vec::new();
    {
        let mut insert = transaction.prepare_cached(
            "INSERT OR IGNORE INTO updates (id, chat, thread, received_at, body) VALUES (?, ?, ?, ?, ?)",
        )?;
        for update in updates {
            let (chat, thread) = update.queue.to_columns();
            let row = params![update.id, chat, thread, update.received_at, update.body];
            if insert.execute(row)? > 0 {
                new.push(update.id);
            }
        }
    }
    transaction.commit()?;
    Ok(new)
}

/// Removes updates from the journal.
fn remove(connection: &mut Connection, ids: &[UpdateId]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for id in ids {
        transaction.execute("DELETE FROM updates WHERE id = ?", [id])?;
    }
    transaction.commit()
}

/// Reads a row of `updates`.
fn read_update(row: &Row<'_>) -> rusqlite::Result<PendingUpdate> {
    Ok(PendingUpdate {
        id: row.get(0)?,
        queue: UpdateQueue::read(row, 1)?,
        received_at: row.get(3)?,
        body: row.get(4)?,
    })
}

/// Removes completed updates that were received before `oldest` (Unix seconds), and the oldest of
/// too many.
pub(super) fn prune(connection: &Connection, oldest: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM updates WHERE body IS NULL AND received_at < ?", [oldest])?;
    connection.execute(
        "DELETE FROM updates WHERE body IS NULL AND id NOT IN
         (SELECT id FROM updates ORDER BY received_at DESC, id DESC LIMIT ?)",
        [MAX_COMPLETED],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Outcome, lifecycle};
    use super::*;
    use crate::ids::MessageId;

    const CHAT: ChatId = ChatId::new(7);
    const SUPERGROUP: ChatId = ChatId::new(-100);
    const QUESTION: MessageId = MessageId::new(10);
    const ANSWER: MessageId = MessageId::new(11);

    fn ids(numbers: &[i64]) -> Vec<UpdateId> {
        numbers.iter().copied().map(UpdateId::new).collect()
    }

    fn update(id: i64) -> PendingUpdate {
        PendingUpdate {
            id: UpdateId::new(id),
            queue: UpdateQueue::Chat { chat: CHAT, topic: None },
            received_at: 100,
            body: format!("{{\"update_id\":{id}}}"),
        }
    }

    #[test]
    fn journal_keeps_an_update_pending_until_it_is_completed() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.journal(&[update(1), update(2)]).unwrap(), ids(&[1, 2]));
        let answered = AnswerRecord {
            chat: CHAT,
            question: QUESTION,
            answer: Some(ANSWER),
            text: "why".into(),
            context: "Who is it? why".into(),
            asker: Some(UserId::new(7)),
            quotes: Vec::new(),
            outcome: Outcome::Other,
            at: 100,
        };
        store.complete(UpdateId::new(1), Some(&answered)).unwrap();
        drop(store);

        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.pending().unwrap(), [update(2)]);
        assert_eq!(store.journal(&[update(1), update(2), update(3)]).unwrap(), ids(&[3]));
        assert_eq!(store.answer_to(CHAT, QUESTION).unwrap().as_ref(), Some(&answered));
        store.move_chat(CHAT, SUPERGROUP).unwrap();
        assert_eq!(
            store.question_of(SUPERGROUP, ANSWER).unwrap().map(|answered| answered.question),
            Some(QUESTION)
        );
        store.prune(100 + lifecycle::KEPT_SECONDS + 1).unwrap();
        assert_eq!(store.answer_to(SUPERGROUP, QUESTION).unwrap(), None);
        assert_eq!(store.pending().unwrap().len(), 2);
    }

    #[test]
    fn journal_keeps_the_queue_of_an_update() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let topic = Some(TopicId::new(3));
        let queues = [
            (UpdateQueue::Chat { chat: CHAT, topic: None }, (7, 0)),
            (UpdateQueue::Chat { chat: SUPERGROUP, topic }, (-100, 3)),
            (UpdateQueue::User(UserId::new(9_000_000_000)), (0, 9_000_000_000)),
            (UpdateQueue::Unknown, (0, 0)),
        ];
        for (id, (queue, columns)) in (1..).zip(queues) {
            store.journal(&[PendingUpdate { queue, ..update(id) }]).unwrap();
            let pending = store.pending_update(UpdateId::new(id)).unwrap().unwrap();
            assert_eq!(pending.queue, queue);
            let sql = "SELECT chat, thread FROM updates WHERE id = ?";
            let stored: (i64, i64) =
                store.lock().query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            assert_eq!(stored, columns);
        }
        // A topic out of range does not hide the other updates.
        store.lock().execute("UPDATE updates SET thread = 3000000000 WHERE id = 2", []).unwrap();
        assert_eq!(store.pending().unwrap().len(), 4);
    }

    #[test]
    fn journal_counts_attempts_until_they_are_reset() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        store.count_start().unwrap();
        assert!(!store.is_after_crash(), "there was no run before the first start");
        store.journal(&[update(1)]).unwrap();
        let [id, unknown] = [1, 7].map(UpdateId::new);
        assert_eq!([store.count_attempt(id).unwrap(), store.count_attempt(id).unwrap()], [0, 1]);
        drop(store);

        let store = Store::open(data.path()).unwrap();
        store.count_start().unwrap();
        assert!(store.is_after_crash());
        assert_eq!(store.count_attempt(id).unwrap(), 2);
        store.set_attempts(id, 0).unwrap();
        assert_eq!(store.count_attempt(id).unwrap(), 0);
        assert_eq!(store.count_attempt(unknown).unwrap(), 0, "there is no such update");
        store.end().unwrap();
        drop(store);

        let store = Store::open(data.path()).unwrap();
        store.count_start().unwrap();
        assert!(!store.is_after_crash());
    }
}

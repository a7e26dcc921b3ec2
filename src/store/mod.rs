//! What must survive a restart, in one SQLite file.
//!
//! Invariants: an update is on the disk before [`Store::journal`] returns; it is waiting until its
//! reply is out, and [`Store::done`] marks that together with the reply's place. Times are Unix
//! seconds and come from the caller. A file that cannot be read is kept aside, never deleted.

mod chats;
mod error;
mod feedback;
mod ids;
mod news;
mod numbers;
mod runs;
mod schedules;
mod schema;
mod settings;
mod transfer;
mod uploads;
mod watches;

pub use error::StoreError;
pub use feedback::{Gap, Tallies, Vote};
pub use ids::{ScheduleId, UploadId, WatchId};
pub use news::{Change, ChangeKind, Content, Stock};
pub use numbers::Added;
pub use runs::{Run, RunState};
pub use schedules::{NewSchedule, Scheduled};
pub use transfer::{ExportError, ImportError, RowCounts, export, import};
pub use uploads::Upload;
pub use watches::{NewHit, Watch, WatchHit};

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// The open store. One connection: its work is short, and its order is the journal's order.
pub struct Store {
    path: PathBuf,
    connection: Mutex<Connection>,
}

/// An update as it came, not dealt with yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journalled {
    pub id: i64,
    pub chat: i64,
    /// 0 without a topic.
    pub thread: i64,
    pub received_at: i64,
    /// The update's JSON.
    pub body: String,
}

/// Which message answers which question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub chat: i64,
    pub question: i32,
    pub answer: i32,
    /// What was asked; empty for a command.
    pub text: String,
    /// What a question that follows it up is read with: more than the text where it follows up
    /// another itself.
    pub context: String,
    /// Who asked; 0 for a command.
    pub asker: i64,
    pub outcome: Outcome,
    pub at: i64,
}

/// What became of a question, to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    Refused {
        /// Whether the operator's list gets the question.
        is_recorded: bool,
    },
    /// It was no question, or that is not known any more.
    Other,
}

const FILE: &str = "verbatim.sqlite";
/// How long done updates are known, should Telegram hand them out again, and answers can be edited.
const KEPT_SECONDS: i64 = 7 * 24 * 60 * 60;
/// Of these the newest at most. Telegram hands out again only what was not confirmed: far less.
const MAX_DONE: u32 = 20_000;
/// About 100 MB.
const MAX_ANSWERS: u32 = 200_000;

impl Store {
    /// Opens the store in the directory `data`, making it when missing. A corrupt file is put
    /// aside with one log line.
    pub fn open(data: &Path) -> Result<Store, StoreError> {
        let path = data.join(FILE);
        let connection = Mutex::new(open_or_begin_anew(&path)?);
        Ok(Store { path, connection })
    }

    /// Puts the file aside, if it is corrupt, and begins anew, with one log line.
    pub fn mend(&self) -> Result<(), StoreError> {
        let mut connection = self.lock();
        // Closes the file, or it would be moved under an open connection.
        *connection = Connection::open_in_memory()?;
        *connection = open_or_begin_anew(&self.path)?;
        Ok(())
    }

    /// Writes updates down, in one transaction; those already known are left as they are. Gives
    /// the ids of the new ones, in order.
    pub fn journal(&self, updates: &[Journalled]) -> Result<Vec<i64>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let mut new = Vec::new();
        {
            let mut insert = transaction.prepare_cached(
                "INSERT OR IGNORE INTO updates (id, chat, thread, received_at, body) VALUES (?, ?, ?, ?, ?)",
            )?;
            for update in updates {
                let row =
                    params![update.id, update.chat, update.thread, update.received_at, update.body];
                if insert.execute(row)? > 0 {
                    new.push(update.id);
                }
            }
        }
        transaction.commit()?;
        Ok(new)
    }

    /// The updates that wait for their reply, in the order of their ids.
    pub fn waiting(&self) -> Result<Vec<Journalled>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, chat, thread, received_at, body FROM updates WHERE body IS NOT NULL ORDER BY id",
        )?;
        let rows = select.query_map([], journalled)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One update, if it still waits.
    pub fn update(&self, id: i64) -> Result<Option<Journalled>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, chat, thread, received_at, body FROM updates WHERE id = ? AND body IS NOT NULL",
        )?;
        Ok(select.query_row([id], journalled).optional()?)
    }

    /// The update has had its reply, or needs none.
    pub fn done(&self, id: i64, answered: Option<&Answered>) -> Result<(), StoreError> {
        self.all_done([(id, answered)])
    }

    /// The same for many, in one transaction.
    pub fn all_done<'a>(
        &self,
        done: impl IntoIterator<Item = (i64, Option<&'a Answered>)>,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for (id, answered) in done {
            close(&transaction, id)?;
            if let Some(answered) = answered {
                keep(&transaction, answered)?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// The answer to the question in this message.
    pub fn answer_to(&self, chat: i64, question: i32) -> Result<Option<Answered>, StoreError> {
        self.answered(
            "SELECT chat, question, answer, text, context, asker, at FROM answers WHERE chat = ? AND question = ?",
            chat,
            question,
        )
    }

    /// The question that this message of the bot answers.
    pub fn question_of(&self, chat: i64, answer: i32) -> Result<Option<Answered>, StoreError> {
        self.answered(
            "SELECT chat, question, answer, text, context, asker, at FROM answers WHERE chat = ? AND answer = ?",
            chat,
            answer,
        )
    }

    /// Forgets what nobody can come back to.
    pub fn prune(&self, now: i64) -> Result<(), StoreError> {
        let connection = self.lock();
        let oldest = now - KEPT_SECONDS;
        connection
            .execute("DELETE FROM updates WHERE body IS NULL AND received_at < ?", [oldest])?;
        connection.execute(
            "DELETE FROM updates WHERE body IS NULL AND id NOT IN
             (SELECT id FROM updates ORDER BY received_at DESC, id DESC LIMIT ?)",
            [MAX_DONE],
        )?;
        connection.execute("DELETE FROM answers WHERE at < ?", [oldest])?;
        connection.execute(
            "DELETE FROM answers WHERE at < (SELECT at FROM answers ORDER BY at DESC LIMIT 1 OFFSET ?)",
            [MAX_ANSWERS],
        )?;
        connection.execute("DELETE FROM votes WHERE at < ?", [oldest])?;
        runs::prune(&connection, oldest)?;
        news::prune(&connection, now)?;
        uploads::prune(&connection, now)?;
        Ok(())
    }

    fn answered(&self, sql: &str, chat: i64, message: i32) -> Result<Option<Answered>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(sql)?;
        let row = select.query_row(params![chat, message], |row| {
            Ok(Answered {
                chat: row.get(0)?,
                question: row.get(1)?,
                answer: row.get(2)?,
                text: row.get(3)?,
                context: row.get(4)?,
                asker: row.get(5)?,
                outcome: Outcome::Other,
                at: row.get(6)?,
            })
        });
        Ok(row.optional()?)
    }

    /// A panic elsewhere leaves no half transaction: SQLite rolls it back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Marks an update as done.
fn close(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    // Not updated: SQLite would keep the page that the body was on, with next to nothing in it.
    let waiting: Option<(i64, i64, i64)> = transaction
        .prepare_cached("DELETE FROM updates WHERE id = ? RETURNING chat, thread, received_at")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    if let Some((chat, thread, received_at)) = waiting {
        transaction
            .prepare_cached(
                "INSERT INTO updates (id, chat, thread, received_at) VALUES (?, ?, ?, ?)",
            )?
            .execute([id, chat, thread, received_at])?;
    }
    Ok(())
}

/// Keeps what was answered, and counts it.
fn keep(transaction: &Transaction<'_>, answered: &Answered) -> rusqlite::Result<()> {
    // A chat that was answered is there again, whoever missed that it came back.
    transaction.prepare_cached("DELETE FROM paused WHERE chat = ?")?.execute([answered.chat])?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO answers (chat, question, answer, text, context, asker, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![answered.chat, answered.question, answered.answer, answered.text, answered.context, answered.asker, answered.at])?;
    let mut count = transaction.prepare_cached(feedback::COUNT)?;
    match answered.outcome {
        Outcome::Answered => drop(count.execute(params!["answered", 1])?),
        Outcome::Refused { is_recorded } => {
            count.execute(params!["refused", 1])?;
            if is_recorded {
                let row = params![answered.asker, answered.text, false, answered.at];
                transaction.prepare_cached(feedback::RECORD)?.execute(row)?;
            }
        }
        Outcome::Other => {}
    }
    Ok(())
}

fn open_or_begin_anew(path: &Path) -> Result<Connection, StoreError> {
    match schema::open_sound(path) {
        Err(StoreError::Sqlite { error, .. }) if schema::is_corrupt(&error) => {
            let aside = schema::put_aside(path);
            tracing::error!(
                %error,
                aside = %aside.display(),
                "the store was corrupt and is put aside; schedules and questions in hand are lost"
            );
            schema::open(path)
        }
        other => other,
    }
}

fn journalled(row: &rusqlite::Row<'_>) -> rusqlite::Result<Journalled> {
    Ok(Journalled {
        id: row.get(0)?,
        chat: row.get(1)?,
        thread: row.get(2)?,
        received_at: row.get(3)?,
        body: row.get(4)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(id: i64) -> Journalled {
        Journalled {
            id,
            chat: 7,
            thread: 0,
            received_at: 100,
            body: format!("{{\"update_id\":{id}}}"),
        }
    }

    #[test]
    fn an_update_waits_until_it_is_done_and_comes_once() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.journal(&[update(1), update(2)]).unwrap(), [1, 2]);
        let answered = Answered {
            chat: 7,
            question: 10,
            answer: 11,
            text: "why".into(),
            context: "Who is it? why".into(),
            asker: 7,
            outcome: Outcome::Other,
            at: 100,
        };
        store.done(1, Some(&answered)).unwrap();
        drop(store);

        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.waiting().unwrap(), [update(2)]);
        assert_eq!(store.journal(&[update(1), update(2), update(3)]).unwrap(), [3]);
        assert_eq!(store.answer_to(7, 10).unwrap().as_ref(), Some(&answered));
        store.move_chat(7, -100).unwrap();
        assert_eq!(
            store.question_of(-100, 11).unwrap().map(|answered| answered.question),
            Some(10)
        );
        store.prune(100 + KEPT_SECONDS + 1).unwrap();
        assert_eq!(store.answer_to(-100, 10).unwrap(), None);
        assert_eq!(store.waiting().unwrap().len(), 2);
    }

    #[test]
    fn a_corrupt_store_is_put_aside() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(
            data.path().join(FILE),
            "this is no database, whatever it is called".repeat(50),
        )
        .unwrap();
        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.journal(&[update(1)]).unwrap(), [1]);
        assert!(data.path().join("verbatim.sqlite.broken-1").exists());
    }

    #[test]
    fn a_store_that_was_cut_off_is_put_aside() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join(FILE);
        let store = Store::open(data.path()).unwrap();
        store.journal(&[update(1)]).unwrap();
        drop(store);
        let length = std::fs::metadata(&path).unwrap().len();
        std::fs::File::options().write(true).open(&path).unwrap().set_len(length / 2).unwrap();
        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.journal(&[update(2)]).unwrap(), [2]);
        assert!(data.path().join("verbatim.sqlite.broken-1").exists());
    }

    #[test]
    fn a_store_that_breaks_while_it_is_open_is_mended_and_a_sound_one_is_left_alone() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        store.journal(&[update(1)]).unwrap();
        store.mend().unwrap();
        assert_eq!(store.waiting().unwrap(), [update(1)]);
        *store.lock() = Connection::open_in_memory().unwrap();
        std::fs::write(data.path().join(FILE), "no database".repeat(1000)).unwrap();
        store.mend().unwrap();
        assert_eq!(store.waiting().unwrap(), []);
        assert!(data.path().join("verbatim.sqlite.broken-1").exists());
    }

    #[test]
    fn a_later_store_is_left_alone() {
        let data = tempfile::tempdir().unwrap();
        Store::open(data.path()).unwrap().lock().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(Store::open(data.path()), Err(StoreError::Newer { version: 99, .. })));
    }
}

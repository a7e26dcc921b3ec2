//! What must survive a restart, in one SQLite file.
//!
//! Invariants: an update is on the disk before [`Store::journal`] returns; it is waiting until its
//! reply is out, and [`Store::done`] marks that together with the reply's place. Times are Unix
//! seconds and come from the caller. A file that cannot be read is put aside for as long as what people
//! asked is kept, or until somebody has their words forgotten. Nobody but the owner can read the files.
//! Files that are removed, replaced or cut while they are open are noticed before an update counts as
//! journalled, and are written again from what is open.

mod changes;
mod chats;
mod counters;
mod deliveries;
mod display_number;
mod erasure;
mod error;
mod feedback;
mod files;
mod forget;
mod ids;
mod schedules;
mod schema;
mod transfer;
mod uploads;
mod watches;

pub use changes::{ArticleVersion, Change, ChangeKind, Content};
pub use deliveries::{DeliveryState, Run};
pub use display_number::Added;
pub use error::StoreError;
pub use feedback::{AnswerVote, Gap, Tallies};
pub use files::Displacement;
pub use ids::{ScheduleId, UploadId, WatchId};
pub use schedules::{NewSchedule, Scheduled};
pub use transfer::{ExportError, ImportError, RowCounts, export, import};
pub use uploads::Upload;
pub use watches::{NewHit, Watch, WatchHit};

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use erasure::Erasure;
use files::Stamps;

/// The open store. One connection: its work is short, and its order is the journal's order.
pub struct Store {
    path: PathBuf,
    connection: Mutex<Connection>,
    /// The files of the connection; `None` while it has none. Locked after the connection.
    stamps: Mutex<Option<Stamps>>,
    /// Locked after the connection.
    erasure: Mutex<Erasure>,
    is_after_crash: AtomicBool,
}

/// An update as it came, not dealt with yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingUpdate {
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
pub struct AnswerRecord {
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
    /// aside with one log line, and so is what is left of a store that was removed or emptied.
    pub fn open(data: &Path) -> Result<Store, StoreError> {
        let path = data.join(FILE);
        files::tighten(data);
        take_part(&path);
        report_missing(&path);
        let connection = open_or_recreate(&path)?;
        let stamps = Stamps::read(&path).map_err(|error| displaced(&path, None, error))?;
        Ok(Store {
            path,
            connection: Mutex::new(connection),
            stamps: Mutex::new(Some(stamps)),
            erasure: Mutex::default(),
            is_after_crash: AtomicBool::new(false),
        })
    }

    /// Puts the file aside, if it is corrupt, and begins anew, with one log line.
    pub fn recover(&self) -> Result<(), StoreError> {
        self.reopen(&mut self.lock())
    }

    /// Closes the connection and opens what is at the store's path.
    fn reopen(&self, connection: &mut Connection) -> Result<(), StoreError> {
        let mut stamps = self.stamps();
        *stamps = None;
        // Closes the file, or it would be moved under an open connection.
        *connection = Connection::open_in_memory()?;
        take_part(&self.path);
        *connection = open_or_recreate(&self.path)?;
        let read = Stamps::read(&self.path);
        *stamps = Some(read.map_err(|error| displaced(&self.path, None, error))?);
        Ok(())
    }

    /// Reports why the store cannot be relied on, if it cannot: a failing file, or one that is not at its
    /// path any more. Changes nothing.
    pub fn check(&self) -> Result<(), StoreError> {
        let connection = self.lock();
        connection.query_row("SELECT min(due) FROM schedules", [], |_| Ok(()))?;
        let mut stamps = self.stamps();
        let Some(known) = stamps.as_mut() else {
            return Err(displaced(&self.path, None, io::ErrorKind::NotFound.into()));
        };
        match known.displaced(&self.path) {
            Some((path, how)) => Err(displaced(&path, Some(how), io::ErrorKind::NotFound.into())),
            None => Ok(()),
        }
    }

    /// Returns once the files of the connection are those at the store's path. Files that were removed,
    /// replaced or cut are written again from the connection, which still has them, with one log line.
    /// An error if that cannot be done now.
    fn keep_in_place(&self, connection: &mut Connection) -> Result<(), StoreError> {
        // Not in one expression with the work, or the lock would be held across it.
        let known = self.stamps().as_mut().map(|stamps| stamps.displaced(&self.path));
        match known {
            Some(None) => Ok(()),
            Some(Some((path, how))) => self.restore(connection, &path, how),
            None => self.reopen(connection),
        }
    }

    /// Opens what is at the store's path if an attempt to do so has failed before.
    fn open_again(&self, connection: &mut Connection) -> Result<(), StoreError> {
        let is_open = self.stamps().is_some();
        if is_open { Ok(()) } else { self.reopen(connection) }
    }

    /// Writes the store again from its connection, and opens what was written.
    fn restore(
        &self,
        connection: &mut Connection,
        path: &Path,
        how: Displacement,
    ) -> Result<(), StoreError> {
        let data = self.path.parent().unwrap_or(Path::new(""));
        let failed = |error| displaced(path, Some(how), error);
        let part = files::part(&self.path);
        files::make_private_directory(data).map_err(failed)?;
        files::remove(&part).and_then(|()| files::make_private(&part)).map_err(failed)?;
        let file = path.display();
        let name = part.to_string_lossy();
        if let Err(error) = connection.execute("VACUUM INTO ?", [&*name]) {
            let _ = files::remove(&part);
            let error = StoreError::from(error);
            if !error.is_source_lost() {
                return Err(displaced(path, Some(how), io::Error::other(error.to_string())));
            }
            // A store that is empty now would be taken for a new one.
            if files::bytes(&self.path) == 0 {
                *self.stamps() = None;
                *connection = Connection::open_in_memory()?;
                files::put_aside(&self.path);
            }
            self.reopen(connection)?;
            tracing::error!(
                %file,
                %error,
                "a file of the store {how} while the bot runs, and what it held is lost: updates in \
                 hand, schedules and watches since the store was last whole; an export can be read in \
                 with `verbatim store import` while the bot is stopped"
            );
            return Ok(());
        }
        let whole = std::fs::File::open(&part).and_then(|part| part.sync_all());
        whole.map_err(failed)?;
        let mut stamps = self.stamps();
        *stamps = None;
        // SQLite removes the files with the names of its own companions when it closes them.
        *connection = Connection::open_in_memory()?;
        let is_other = how == Displacement::Replaced && path == self.path;
        let aside = (is_other && files::bytes(path) > 0).then(|| files::put_aside(&self.path));
        files::remove_companions(&self.path)
            .and_then(|()| std::fs::rename(&part, &self.path))
            .map_err(failed)?;
        // Where directories cannot be synced, nothing more can be done for the rename.
        let _ = std::fs::File::open(data).and_then(|data| data.sync_all());
        *connection = schema::open_sound(&self.path)?;
        *stamps = Some(Stamps::read(&self.path).map_err(failed)?);
        match aside {
            None => tracing::error!(
                %file,
                "a file of the store {how} while the bot runs; the store is written again, and nothing \
                 is lost; stop the bot before its data is moved or removed"
            ),
            Some(aside) => tracing::error!(
                %file,
                aside = %aside.display(),
                "a file of the store {how} while the bot runs; the other file is put aside, the store is \
                 written again, and nothing is lost; stop the bot before its data is replaced"
            ),
        }
        Ok(())
    }

    /// Writes updates down, in one transaction; those already known are left as they are. Gives
    /// the ids of the new ones, in order.
    pub fn journal(&self, updates: &[PendingUpdate]) -> Result<Vec<i64>, StoreError> {
        let mut connection = self.lock();
        self.open_again(&mut connection)?;
        let new = insert(&mut connection, updates)?;
        // Only now it is certain that the updates are in a file that the next run finds.
        if let Err(error) = self.keep_in_place(&mut connection) {
            // They come again, and must be new then. If this fails, too, they stay for the next run.
            let _ = remove_updates(&mut connection, &new);
            return Err(error);
        }
        Ok(new)
    }

    /// The updates that wait for their reply, in the order of their ids.
    pub fn pending(&self) -> Result<Vec<PendingUpdate>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, chat, thread, received_at, body FROM updates WHERE body IS NOT NULL ORDER BY id",
        )?;
        let rows = select.query_map([], journalled)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One update, if it still waits.
    pub fn update(&self, id: i64) -> Result<Option<PendingUpdate>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, chat, thread, received_at, body FROM updates WHERE id = ? AND body IS NOT NULL",
        )?;
        Ok(select.query_row([id], journalled).optional()?)
    }

    /// The update has had its reply, or needs none.
    pub fn complete(&self, id: i64, answered: Option<&AnswerRecord>) -> Result<(), StoreError> {
        self.complete_all([(id, answered)])
    }

    /// The same for many, in one transaction.
    pub fn complete_all<'a>(
        &self,
        done: impl IntoIterator<Item = (i64, Option<&'a AnswerRecord>)>,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        self.open_again(&mut connection)?;
        let mut ids = Vec::new();
        let transaction = connection.transaction()?;
        for (id, answered) in done {
            ids.push(id);
            let closed = close(&transaction, id)?;
            // Of what was forgotten before its reply was out, nothing is kept.
            if let (Some(answered), Closed::Now | Closed::Unknown) = (answered, closed) {
                keep(&transaction, answered)?;
            }
        }
        transaction.commit()?;
        self.erase_after(&connection, &ids);
        self.keep_in_place(&mut connection)
    }

    /// Counts that an update is begun, and returns how often it was begun before.
    pub fn count_attempt(&self, id: i64) -> Result<i64, StoreError> {
        let connection = self.lock();
        let attempts: Option<i64> = connection
            .prepare_cached(
                "UPDATE updates SET attempts = attempts + 1 WHERE id = ? RETURNING attempts",
            )?
            .query_row([id], |row| row.get(0))
            .optional()?;
        Ok(attempts.map_or(0, |attempts| attempts - 1))
    }

    /// The updates that wait and count as begun, with how often.
    pub fn begun(&self) -> Result<Vec<(i64, i64)>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, attempts FROM updates WHERE body IS NOT NULL AND attempts > 0",
        )?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Sets how often an update counts as begun, if it still waits.
    pub fn set_attempts(&self, id: i64, attempts: i64) -> Result<(), StoreError> {
        let connection = self.lock();
        connection
            .prepare_cached("UPDATE updates SET attempts = ? WHERE id = ? AND body IS NOT NULL")?
            .execute([attempts, id])?;
        Ok(())
    }

    /// The answer to the question in this message.
    pub fn answer_to(&self, chat: i64, question: i32) -> Result<Option<AnswerRecord>, StoreError> {
        self.answered(
            "SELECT chat, question, answer, text, context, asker, at FROM answers WHERE chat = ? AND question = ?",
            chat,
            question,
        )
    }

    /// The question that this message of the bot answers.
    pub fn question_of(&self, chat: i64, answer: i32) -> Result<Option<AnswerRecord>, StoreError> {
        self.answered(
            "SELECT chat, question, answer, text, context, asker, at FROM answers WHERE chat = ? AND answer = ?",
            chat,
            answer,
        )
    }

    /// Removes what nobody can come back to, and what is older than people are told. The log is emptied
    /// then, and once a day the file is written again, so that nothing is left in its free space.
    pub fn prune(&self, now: i64) -> Result<(), StoreError> {
        let connection = self.lock();
        let oldest = now - KEPT_SECONDS;
        let before = connection.total_changes();
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
        forget::prune(&connection, oldest)?;
        deliveries::prune(&connection, oldest)?;
        changes::prune(&connection, now)?;
        uploads::prune(&connection, now)?;
        files::remove_aside(&self.path, Some(oldest));
        let has_removed = connection.total_changes() > before;
        self.erase_daily(&connection, has_removed, now)
    }

    fn answered(
        &self,
        sql: &str,
        chat: i64,
        message: i32,
    ) -> Result<Option<AnswerRecord>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(sql)?;
        let row = select.query_row(params![chat, message], |row| {
            Ok(AnswerRecord {
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

    fn stamps(&self) -> MutexGuard<'_, Option<Stamps>> {
        self.stamps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What closing an update has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    /// It waited until now.
    Now,
    /// It was closed before.
    Before,
    /// The journal does not have it.
    Unknown,
}

/// Marks an update as done. Only its id is kept, to know it again, and when it came.
fn close(transaction: &Transaction<'_>, id: i64) -> rusqlite::Result<Closed> {
    // Not updated: SQLite would keep the page that the body was on, with next to nothing in it.
    let known: Option<(i64, bool)> = transaction
        .prepare_cached("DELETE FROM updates WHERE id = ? RETURNING received_at, body IS NOT NULL")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((received_at, has_waited)) = known else { return Ok(Closed::Unknown) };
    transaction
        .prepare_cached("INSERT INTO updates (id, chat, thread, received_at) VALUES (?, 0, 0, ?)")?
        .execute([id, received_at])?;
    Ok(if has_waited { Closed::Now } else { Closed::Before })
}

/// Inserts updates that are not known yet, and returns their ids.
fn insert(connection: &mut Connection, updates: &[PendingUpdate]) -> rusqlite::Result<Vec<i64>> {
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

fn remove_updates(connection: &mut Connection, ids: &[i64]) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    for id in ids {
        transaction.execute("DELETE FROM updates WHERE id = ?", [id])?;
    }
    transaction.commit()
}

/// Returns the error of a file that is not what the store has open, and of why it stays so.
fn displaced(path: &Path, how: Option<Displacement>, error: io::Error) -> StoreError {
    StoreError::Displaced { path: path.to_owned(), how, error }
}

/// Gives a store that was written again its name, if that was cut off and there is no other; removes it
/// otherwise.
fn take_part(path: &Path) {
    let part = files::part(path);
    let taken = match part.exists() && files::bytes(path) == 0 {
        true => files::remove_companions(path).and_then(|()| std::fs::rename(&part, path)),
        false => files::remove(&part),
    };
    if let Err(error) = taken {
        tracing::error!(file = %part.display(), %error, "a store that was written again cannot be used");
    }
}

/// Logs that a store was here and is not any more. What is left of it is put aside, since SQLite removes
/// the log of a file that has nothing in it.
fn report_missing(path: &Path) {
    let log = files::bytes(&files::companion(path, files::COMPANIONS[0]));
    if files::bytes(path) > 0 || (log == 0 && !path.exists()) {
        return;
    }
    let aside = (log > 0).then(|| files::put_aside(path));
    let aside = aside.map(|aside| aside.display().to_string());
    tracing::error!(
        file = %path.display(),
        aside,
        "the store is empty or missing, though there was one: schedules, watches, languages and updates \
         in hand are lost, and a new store is begun; an export can be read in with \
         `verbatim store import` while the bot is stopped"
    );
}

/// Keeps what was answered, and counts it.
fn keep(transaction: &Transaction<'_>, answered: &AnswerRecord) -> rusqlite::Result<()> {
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
                let asker = answered.asker;
                let row = params![asker, answered.text, false, answered.at, answered.chat, asker];
                transaction.prepare_cached(feedback::RECORD)?.execute(row)?;
            }
        }
        Outcome::Other => {}
    }
    Ok(())
}

fn open_or_recreate(path: &Path) -> Result<Connection, StoreError> {
    match schema::open_sound(path) {
        Err(StoreError::Sqlite { error, .. }) if schema::is_corrupt(&error) => {
            let aside = files::put_aside(path);
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

fn journalled(row: &rusqlite::Row<'_>) -> rusqlite::Result<PendingUpdate> {
    Ok(PendingUpdate {
        id: row.get(0)?,
        chat: row.get(1)?,
        thread: row.get(2)?,
        received_at: row.get(3)?,
        body: row.get(4)?,
    })
}

#[cfg(test)]
mod tests;

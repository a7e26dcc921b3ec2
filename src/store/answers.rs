//! Answers: which message of the bot answers which question.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::database::Store;
use super::error::StoreError;
use super::feedback;
use super::ids::OrZero;
use crate::ids::{ChatId, MessageId, UserId};

/// A question with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRecord {
    pub chat: ChatId,
    /// Message that asks.
    pub question: MessageId,
    /// Message that answers; `None` if its id is not known.
    pub answer: Option<MessageId>,
    /// Text of the question; empty for a command.
    pub text: String,
    /// Text with which a follow-up question is read: the question, and the questions that it
    /// follows.
    pub context: String,
    /// User who asked; `None` for a command.
    pub asker: Option<UserId>,
    pub outcome: Outcome,
    /// Encoded cursor of the quotes that the answer shows; empty if it shows none.
    pub quotes: Vec<u8>,
    /// In Unix seconds.
    pub at: i64,
}

/// Outcome of a question, for the tallies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    Refused {
        /// Whether the operator's list of unanswered questions gets the question.
        is_recorded: bool,
    },
    /// The message was no question, or the outcome is not known any more.
    Other,
}

/// Maximum number of answers that are kept, about 100 MB.
const MAX_ANSWERS: u32 = 200_000;
const COLUMNS: &str = "chat, question, answer, text, context, asker, at, quotes";

impl Store {
    /// Returns the answer to the question in this message.
    pub fn answer_to(
        &self,
        chat: ChatId,
        question: MessageId,
    ) -> Result<Option<AnswerRecord>, StoreError> {
        self.answer_record("question", chat, question)
    }

    /// Returns the question that this message of the bot answers.
    pub fn question_of(
        &self,
        chat: ChatId,
        answer: MessageId,
    ) -> Result<Option<AnswerRecord>, StoreError> {
        self.answer_record("answer", chat, answer)
    }

    /// Returns the newest answer in a chat that shows a quote.
    pub fn last_quoted(&self, chat: ChatId) -> Result<Option<AnswerRecord>, StoreError> {
        let condition = "chat = ? AND length(quotes) > 0 ORDER BY question DESC LIMIT 1";
        self.answer_where(condition, params![chat])
    }

    /// Records the quotes that a message of the bot shows now.
    pub fn set_quotes(
        &self,
        chat: ChatId,
        answer: MessageId,
        quotes: &[u8],
    ) -> Result<(), StoreError> {
        let sql = "UPDATE answers SET quotes = ? WHERE chat = ? AND answer = ?";
        self.lock().prepare_cached(sql)?.execute(params![quotes, chat, answer])?;
        Ok(())
    }

    /// Records an answer that was posted as that of a guest query. The answer of a group is kept,
    /// so that the message is not answered again; in a private chat of two people the bot has no
    /// message to remember, and only the outcome is counted.
    pub fn record_guest_answer(
        &self,
        record: &AnswerRecord,
        is_private: bool,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        if !is_private {
            insert_row(&transaction, record)?;
        }
        count_outcome(&transaction, record)?;
        transaction.commit()?;
        Ok(())
    }

    /// Returns the record in which `column` has the id of this message.
    fn answer_record(
        &self,
        column: &str,
        chat: ChatId,
        message: MessageId,
    ) -> Result<Option<AnswerRecord>, StoreError> {
        self.answer_where(&format!("chat = ? AND {column} = ?"), params![chat, message])
    }

    /// Returns the first record for which a condition in SQL holds.
    fn answer_where(
        &self,
        condition: &str,
        values: impl rusqlite::Params,
    ) -> Result<Option<AnswerRecord>, StoreError> {
        let connection = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM answers WHERE {condition}");
        let mut select = connection.prepare_cached(&sql)?;
        let row = select.query_row(values, |row| {
            Ok(AnswerRecord {
                chat: row.get(0)?,
                question: row.get(1)?,
                answer: row.get::<_, OrZero<_>>(2)?.0,
                text: row.get(3)?,
                context: row.get(4)?,
                asker: row.get::<_, OrZero<_>>(5)?.0,
                outcome: Outcome::Other,
                at: row.get(6)?,
                quotes: row.get(7)?,
            })
        });
        Ok(row.optional()?)
    }
}

/// Inserts an answer and counts its outcome.
pub(super) fn insert(transaction: &Transaction<'_>, record: &AnswerRecord) -> rusqlite::Result<()> {
    // The bot can write to a chat that was answered, even if the update that said so was missed.
    transaction.prepare_cached("DELETE FROM paused WHERE chat = ?")?.execute([record.chat])?;
    insert_row(transaction, record)?;
    count_outcome(transaction, record)
}

fn insert_row(transaction: &Transaction<'_>, record: &AnswerRecord) -> rusqlite::Result<()> {
    let AnswerRecord { chat, question, answer, text, context, asker, at, quotes, .. } = record;
    let (answer, asker) = (OrZero(*answer), OrZero(*asker));
    let sql = format!("INSERT OR REPLACE INTO answers ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    let row = params![chat, question, answer, text, context, asker, at, quotes];
    transaction.prepare_cached(&sql)?.execute(row)?;
    Ok(())
}

/// Counts the outcome of a question, and records the question if it was refused.
fn count_outcome(transaction: &Transaction<'_>, record: &AnswerRecord) -> rusqlite::Result<()> {
    let AnswerRecord { chat, text, asker, outcome, at, .. } = record;
    let asker = OrZero(*asker);
    match outcome {
        Outcome::Answered => feedback::count(transaction, "answered", 1),
        Outcome::Refused { is_recorded } => {
            feedback::count(transaction, "refused", 1)?;
            if *is_recorded {
                let row = params![asker, text, false, at, chat, asker];
                transaction.prepare_cached(feedback::INSERT_GAP)?.execute(row)?;
            }
            Ok(())
        }
        Outcome::Other => Ok(()),
    }
}

/// Removes answers from before `oldest` (Unix seconds), and the oldest of too many.
pub(super) fn prune(connection: &Connection, oldest: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM answers WHERE at < ?", [oldest])?;
    connection.execute(
        "DELETE FROM answers WHERE at < (SELECT at FROM answers ORDER BY at DESC LIMIT 1 OFFSET ?)",
        [MAX_ANSWERS],
    )?;
    Ok(())
}

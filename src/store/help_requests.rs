//! Help requests: questions that their askers sent to a person, and where the answers go.
//!
//! A request has no text. Its number is in the message to the person, so that a reply to the
//! message finds its way back, also if the message was sent twice because of a crash.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::database::Store;
use super::error::StoreError;
use super::feedback;
use super::ids::OrZero;
use crate::ids::{ChatId, MessageId, TopicId, UserId};

/// A question that was sent to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpRequest {
    /// Number in the message to the person; 0 before the request is recorded.
    pub number: i64,
    /// Chat, topic and message of the question.
    pub chat: ChatId,
    pub topic: Option<TopicId>,
    pub question: MessageId,
    pub asker: UserId,
    /// Code of the asker's language.
    pub language: String,
    /// Chat that the question is sent to.
    pub help_chat: ChatId,
    pub is_sent: bool,
    /// Newest answer of a person, and the message that delivered it.
    pub answer: Option<MessageId>,
    pub delivered: Option<MessageId>,
    /// In Unix seconds.
    pub at: i64,
}

/// Time in seconds for which a request is kept, so that a person can answer it.
const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;
const COLUMNS: &str = "number, chat, thread, question, asker, language, help_chat, is_sent, answer,
    delivered, at";

impl Store {
    /// Records a request, unless there is one for the same question. Returns the request as it is
    /// recorded, with its number.
    pub fn add_help_request(&self, request: &HelpRequest) -> Result<HelpRequest, StoreError> {
        let connection = self.lock();
        let sql = format!(
            "INSERT OR IGNORE INTO help_requests ({COLUMNS})
             VALUES (NULL, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)"
        );
        let HelpRequest { chat, topic, question, asker, language, help_chat, at, .. } = request;
        let row = params![chat, OrZero(*topic), question, asker, language, help_chat, at];
        connection.execute(&sql, row)?;
        let sql = format!("SELECT {COLUMNS} FROM help_requests WHERE chat = ? AND question = ?");
        Ok(connection.query_row(&sql, params![chat, question], request_of_row)?)
    }

    /// Records that a request was sent to a chat, and counts it.
    pub fn set_help_sent(&self, number: i64, help_chat: ChatId) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let sql =
            "UPDATE help_requests SET is_sent = 1, help_chat = ? WHERE number = ? AND NOT is_sent";
        if transaction.execute(sql, params![help_chat, number])? > 0 {
            feedback::count(&transaction, "sent_to_person", 1)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Returns the request with this number that was sent to this chat.
    pub fn help_request(
        &self,
        help_chat: ChatId,
        number: i64,
    ) -> Result<Option<HelpRequest>, StoreError> {
        let connection = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM help_requests WHERE help_chat = ? AND number = ?");
        let mut select = connection.prepare_cached(&sql)?;
        Ok(select.query_row(params![help_chat, number], request_of_row).optional()?)
    }

    /// Records the answer of a person and the message that delivered it. Counts the first answer to
    /// a request.
    pub fn set_help_answer(
        &self,
        number: i64,
        answer: MessageId,
        delivered: Option<MessageId>,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let answered = "SELECT 1 FROM help_requests WHERE number = ? AND answer = 0";
        if transaction.prepare(answered)?.exists([number])? {
            feedback::count(&transaction, "answered_by_person", 1)?;
        }
        transaction.execute(
            "UPDATE help_requests SET answer = ?, delivered = ? WHERE number = ?",
            params![answer, OrZero(delivered), number],
        )?;
        transaction.commit()?;
        Ok(())
    }
}

fn request_of_row(row: &Row<'_>) -> rusqlite::Result<HelpRequest> {
    Ok(HelpRequest {
        number: row.get(0)?,
        chat: row.get(1)?,
        topic: row.get::<_, OrZero<_>>(2)?.0,
        question: row.get(3)?,
        asker: row.get(4)?,
        language: row.get(5)?,
        help_chat: row.get(6)?,
        is_sent: row.get(7)?,
        answer: row.get::<_, OrZero<_>>(8)?.0,
        delivered: row.get::<_, OrZero<_>>(9)?.0,
        at: row.get(10)?,
    })
}

/// Removes requests that are too old to be answered at `now` (Unix seconds).
pub(super) fn prune(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM help_requests WHERE at < ?", [now - KEPT_SECONDS])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_request_connects_a_question_with_its_answer_until_it_is_forgotten() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let [group, supergroup, helpers] = [-5, -1005, -9].map(ChatId::new);
        let [question, answer, delivered] = [1, 3, 4].map(MessageId::new);
        let request = HelpRequest {
            number: 0,
            chat: group,
            topic: Some(TopicId::new(8)),
            question,
            asker: UserId::new(7),
            language: "fa".into(),
            help_chat: helpers,
            is_sent: false,
            answer: None,
            delivered: None,
            at: 100,
        };
        let added = store.add_help_request(&request).unwrap();
        assert_eq!(added, HelpRequest { number: added.number, ..request.clone() });
        for _ in 0..2 {
            // A request that is sent again after a crash counts once.
            assert_eq!(store.add_help_request(&request).unwrap().number, added.number);
            store.set_help_sent(added.number, helpers).unwrap();
            store.set_help_answer(added.number, answer, Some(delivered)).unwrap();
        }
        let found = store.help_request(helpers, added.number).unwrap().unwrap();
        assert!(found.is_sent && found.answer == Some(answer));
        assert_eq!(store.help_request(group, added.number).unwrap(), None);
        let tallies = store.tallies().unwrap();
        assert_eq!((tallies.sent_to_person, tallies.answered_by_person), (1, 1));
        store.move_chat(group, supergroup).unwrap();
        let moved = store.help_request(helpers, added.number).unwrap().unwrap();
        assert_eq!((moved.chat, moved.delivered), (supergroup, Some(delivered)));
        store.forget(UserId::new(7), None).unwrap();
        assert_eq!(store.help_request(helpers, added.number).unwrap(), None);
        // The number of a forgotten request is not used again.
        let again = store.add_help_request(&request).unwrap().number;
        assert!(again > added.number);
        store.prune(100 + KEPT_SECONDS + 1).unwrap();
        assert_eq!(store.help_request(helpers, again).unwrap(), None);
    }
}

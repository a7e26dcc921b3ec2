//! Feedback: tallies of answers and votes, and gaps, which are questions without a helpful answer.
//!
//! Tallies have no names. The text of a gap is only kept if the operator records gaps.

use rusqlite::{Connection, OptionalExtension, params};

use super::database::Store;
use super::erasure::Owed;
use super::error::StoreError;
use super::ids::OrZero;
use crate::ids::{ChatId, MessageId, UserId};

/// Numbers of answers, refusals and votes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tallies {
    pub answered: u64,
    pub refused: u64,
    pub good: u64,
    pub bad: u64,
    /// Questions that were sent to a person, and those of them that the person answered.
    pub sent_to_person: u64,
    pub answered_by_person: u64,
}

/// A question that was refused, or whose answer got a bad vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Text of the question when it was last asked.
    pub text: String,
    pub count: u64,
    /// In Unix seconds.
    pub last_at: i64,
}

/// A user's vote on an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerVote {
    pub chat: ChatId,
    /// Message that answers.
    pub message: MessageId,
    /// `None` if the user is not known.
    pub user: Option<UserId>,
    pub is_good: bool,
    /// In Unix seconds.
    pub at: i64,
}

/// SQL that inserts a gap. Parameters: the person who asked or voted, the text, whether it is a
/// vote, the time, the chat, and the person who asked.
pub(super) const INSERT_GAP: &str =
    "INSERT INTO gaps (asker, text, is_vote, at, chat, author) VALUES (?, ?, ?, ?, ?, ?)";

impl Store {
    /// Counts a vote, which replaces an earlier vote of the same person. Returns whether the vote
    /// is new or different. With a bad vote, `question` is recorded as a gap.
    pub fn vote(&self, vote: AnswerVote, question: Option<&str>) -> Result<bool, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let name = |is_good| if is_good { "good" } else { "bad" };
        let user = OrZero(vote.user);
        let key = params![vote.chat, vote.message, user];
        let before: Option<bool> = transaction
            .prepare_cached(
                "SELECT is_good FROM votes WHERE chat = ? AND message = ? AND person = ?",
            )?
            .query_row(key, |row| row.get(0))
            .optional()?;
        if before == Some(vote.is_good) {
            return Ok(false);
        }
        if let Some(before) = before {
            count(&transaction, name(before), -1)?;
        }
        count(&transaction, name(vote.is_good), 1)?;
        transaction.execute(
            "INSERT OR REPLACE INTO votes (chat, message, person, is_good, at) VALUES (?, ?, ?, ?, ?)",
            params![vote.chat, vote.message, user, vote.is_good, vote.at],
        )?;
        if let Some(question) = question.filter(|_| !vote.is_good) {
            let author: Option<OrZero<UserId>> = transaction
                .prepare_cached("SELECT asker FROM answers WHERE chat = ? AND answer = ?")?
                .query_row(params![vote.chat, vote.message], |row| row.get(0))
                .optional()?;
            let row = params![user, question, true, vote.at, vote.chat, author];
            transaction.execute(INSERT_GAP, row)?;
        }
        transaction.commit()?;
        Ok(true)
    }

    /// Returns the tallies.
    pub fn tallies(&self) -> Result<Tallies, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached("SELECT name, number FROM tallies")?;
        let mut tallies = Tallies::default();
        for row in
            select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?
        {
            let (name, number) = row?;
            let number = number.max(0) as u64;
            match name.as_str() {
                "answered" => tallies.answered = number,
                "refused" => tallies.refused = number,
                "good" => tallies.good = number,
                "bad" => tallies.bad = number,
                "sent_to_person" => tallies.sent_to_person = number,
                "answered_by_person" => tallies.answered_by_person = number,
                _ => {}
            }
        }
        Ok(tallies)
    }

    /// Returns at most `limit` gaps, most frequent first, then newest first.
    pub fn gaps(&self, limit: usize) -> Result<Vec<Gap>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT text, count(*), at, max(id) FROM gaps GROUP BY lower(trim(text))
             ORDER BY count(*) DESC, max(id) DESC LIMIT ?",
        )?;
        let rows = select.query_map([limit as i64], |row| {
            let count: i64 = row.get(1)?;
            Ok(Gap { text: row.get(0)?, count: count.max(0) as u64, last_at: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Removes all gaps, and erases them from the files.
    pub fn clear_gaps(&self) -> Result<(), StoreError> {
        let connection = self.lock();
        connection.execute("DELETE FROM gaps", [])?;
        self.erase(&connection, Owed::File, None);
        Ok(())
    }
}

/// Adds `change` to a tally, which does not become negative.
pub(super) fn count(connection: &Connection, name: &str, change: i64) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO tallies (name, number) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET number = max(0, number + excluded.number)",
    )?;
    insert.execute(params![name, change])?;
    Ok(())
}

/// Removes votes from before `oldest` (Unix seconds).
pub(super) fn prune(connection: &Connection, oldest: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM votes WHERE at < ?", [oldest])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_count_once_for_each_person_and_gaps_are_sorted_by_frequency() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let vote = |user, is_good| AnswerVote {
            chat: ChatId::new(1),
            message: MessageId::new(2),
            user: Some(UserId::new(user)),
            is_good,
            at: 100,
        };
        assert!(store.vote(vote(7, true), None).unwrap());
        assert!(!store.vote(vote(7, true), None).unwrap());
        assert!(store.vote(vote(7, false), Some("Why? ")).unwrap());
        assert!(store.vote(vote(8, false), Some("why?")).unwrap());
        assert!(store.vote(vote(9, false), Some("when?")).unwrap());
        let expected = Tallies { bad: 3, ..Tallies::default() };
        assert_eq!(store.tallies().unwrap(), expected);
        let gaps: Vec<_> =
            store.gaps(10).unwrap().into_iter().map(|gap| (gap.text, gap.count)).collect();
        assert_eq!(gaps[0].1, 2);
        assert_eq!(gaps[1], ("when?".to_owned(), 1));
        store.forget(UserId::new(9), None).unwrap();
        assert!(store.gaps(10).unwrap().iter().all(|gap| gap.text != "when?"));
        store.clear_gaps().unwrap();
        assert_eq!(store.gaps(10).unwrap(), []);
    }
}

//! What readers thought of answers, and what was asked in vain.
//!
//! Tallies count without names. Texts of questions are kept only where the operator records them.

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};

/// How often what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tallies {
    pub answered: u64,
    pub refused: u64,
    pub good: u64,
    pub bad: u64,
}

/// A question that found nothing or whose answer was not helpful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// As it was last asked.
    pub text: String,
    pub count: u64,
    /// In Unix seconds.
    pub last_at: i64,
}

/// One person's opinion of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerVote {
    pub chat: i64,
    pub message: i32,
    pub person: i64,
    pub is_good: bool,
    pub at: i64,
}

pub(super) const COUNT: &str = "INSERT INTO tallies (name, number) VALUES (?, ?) \
     ON CONFLICT (name) DO UPDATE SET number = max(0, number + excluded.number)";
/// Records a question with who asked or voted, the chat, and who asked.
pub(super) const RECORD: &str =
    "INSERT INTO gaps (asker, text, is_vote, at, chat, author) VALUES (?, ?, ?, ?, ?, ?)";

impl Store {
    /// Counts a vote; a second one of the same person takes the place of the first. Says whether
    /// it changed anything. `question` is recorded with a bad one.
    pub fn vote(&self, vote: AnswerVote, question: Option<&str>) -> Result<bool, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let name = |is_good| if is_good { "good" } else { "bad" };
        let key = params![vote.chat, vote.message, vote.person];
        let before: Option<bool> = transaction
            .prepare_cached(
                "SELECT is_good FROM votes WHERE chat = ? AND message = ? AND person = ?",
            )?
            .query_map(key, |row| row.get(0))?
            .next()
            .transpose()?;
        if before == Some(vote.is_good) {
            return Ok(false);
        }
        if let Some(before) = before {
            transaction.execute(COUNT, params![name(before), -1])?;
        }
        transaction.execute(COUNT, params![name(vote.is_good), 1])?;
        transaction.execute(
            "INSERT OR REPLACE INTO votes (chat, message, person, is_good, at) VALUES (?, ?, ?, ?, ?)",
            params![vote.chat, vote.message, vote.person, vote.is_good, vote.at],
        )?;
        if let Some(question) = question.filter(|_| !vote.is_good) {
            let author: Option<i64> = transaction
                .prepare_cached("SELECT asker FROM answers WHERE chat = ? AND answer = ?")?
                .query_row(params![vote.chat, vote.message], |row| row.get(0))
                .optional()?;
            let row = params![vote.person, question, true, vote.at, vote.chat, author];
            transaction.execute(RECORD, row)?;
        }
        transaction.commit()?;
        Ok(true)
    }

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
                _ => {}
            }
        }
        Ok(tallies)
    }

    /// What was asked in vain, most frequent first, then newest.
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

    pub fn clear_gaps(&self) -> Result<(), StoreError> {
        let connection = self.lock();
        connection.execute("DELETE FROM gaps", [])?;
        self.erase(&connection, None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn votes_count_once_a_person_and_what_was_in_vain_is_listed_by_frequency() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let vote = |person, is_good| AnswerVote { chat: 1, message: 2, person, is_good, at: 100 };
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
        store.forget(9, None).unwrap();
        assert!(store.gaps(10).unwrap().iter().all(|gap| gap.text != "when?"));
        store.clear_gaps().unwrap();
        assert_eq!(store.gaps(10).unwrap(), []);
    }
}

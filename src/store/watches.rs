//! Words that a chat waits for, and the articles that answered them.
//!
//! Invariant: a watch hits an article once for ever. A hit is marked like a [`Run`](super::Run): claimed,
//! attempted, and what became of it.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::ids::WatchId;
use super::news::{article, number};
use super::numbers::{self, Added};
use super::settings::{self, WATCHED_UP_TO, setting};
use super::{RunState, Store, StoreError, chats};
use crate::corpus::article::{ArticleId, PassageId};

/// What a chat wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    pub id: WatchId,
    /// What people type: unique in its chat and topic, from 1.
    pub number: u32,
    pub chat: i64,
    /// 0 without a topic.
    pub thread: i64,
    pub words: String,
}

/// An article that has come and answers a watch, and the passage that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewHit {
    pub watch: WatchId,
    pub article: ArticleId,
    pub passage: PassageId,
}

/// A hit of which the chat is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchHit {
    pub hit: NewHit,
    /// How many more articles have hit at the same time, and are not quoted.
    pub more: u32,
    pub chat: i64,
    pub thread: i64,
    pub words: String,
    pub state: RunState,
    /// Whether the bot is kept from writing to its chat.
    pub is_paused: bool,
}

const COLUMNS: &str = "id, number, chat, thread, words";

impl Store {
    /// Adds a watch, unless its chat and topic has `most` already, or one of these words.
    pub fn add_watch(
        &self,
        chat: i64,
        thread: i64,
        words: &str,
        most: usize,
        now: i64,
    ) -> Result<Added<WatchId>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let there = of_topic(&transaction, chat, thread)?;
        let same = |known: &&Watch| numbers::are_same_words(&known.words, words);
        if let Some(known) = there.iter().find(same) {
            return Ok(Added::Already { id: known.id, number: known.number });
        }
        if there.len() >= most {
            return Ok(Added::Full);
        }
        chats::make(&transaction, chat)?;
        let number = numbers::free(there.iter().map(|known| known.number));
        transaction.execute(
            "INSERT INTO watches (chat, thread, number, words, at) VALUES (?, ?, ?, ?, ?)",
            params![chat, thread, number, words, now],
        )?;
        let id = WatchId(transaction.last_insert_rowid());
        transaction.commit()?;
        Ok(Added::New { id, number })
    }

    /// The watches of a chat and topic, by number.
    pub fn watches(&self, chat: i64, thread: i64) -> Result<Vec<Watch>, StoreError> {
        Ok(of_topic(&self.lock(), chat, thread)?)
    }

    /// Every watch of every chat.
    pub fn all_watches(&self) -> Result<Vec<Watch>, StoreError> {
        let connection = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM watches ORDER BY id");
        let mut select = connection.prepare_cached(&sql)?;
        Ok(select.query_map([], watch)?.collect::<Result<_, _>>()?)
    }

    /// Ends a watch; says whether there was one of this number.
    pub fn remove_watch(&self, chat: i64, thread: i64, number: u32) -> Result<bool, StoreError> {
        let removed = self.lock().execute(
            "DELETE FROM watches WHERE chat = ? AND thread = ? AND number = ?",
            params![chat, thread, number],
        )?;
        Ok(removed > 0)
    }

    /// Ends all watches of a chat and topic; says how many there were.
    pub fn remove_watches(&self, chat: i64, thread: i64) -> Result<usize, StoreError> {
        let sql = "DELETE FROM watches WHERE chat = ? AND thread = ?";
        Ok(self.lock().execute(sql, [chat, thread])?)
    }

    /// The id of the last change that all watches were held against; 0 if none was.
    pub fn watched_up_to(&self) -> Result<i64, StoreError> {
        Ok(setting(&self.lock(), WATCHED_UP_TO)?.unwrap_or(0))
    }

    /// All watches were held against the changes up to `up_to`, and these have hit. A watch that has
    /// ended meanwhile, or has hit the article before, is left out. The first hits of a watch, at most
    /// `quoted`, are to be told; the others are counted.
    pub fn note_hits(
        &self,
        up_to: i64,
        hits: &[NewHit],
        quoted: u32,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let mut counts: HashMap<WatchId, u32> = HashMap::new();
        let mut last: HashMap<WatchId, ArticleId> = HashMap::new();
        for NewHit { watch, article, passage } in hits {
            let before = counts.get(watch).copied().unwrap_or(0);
            let state = if before < quoted { RunState::Claimed } else { RunState::NothingNew };
            let inserted = transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO hits (watch, article, passage, more, state, at)
                     SELECT id, ?2, ?3, 0, ?4, ?5 FROM watches WHERE id = ?1",
                )?
                .execute(params![
                    watch.0,
                    number(*article),
                    passage_number(*passage),
                    state,
                    now
                ])?;
            if inserted > 0 {
                counts.insert(*watch, before + 1);
                if before < quoted {
                    last.insert(*watch, *article);
                }
            }
        }
        for (watch, article) in last {
            let more = counts.get(&watch).map_or(0, |count| count.saturating_sub(quoted));
            transaction
                .prepare_cached("UPDATE hits SET more = ? WHERE watch = ? AND article = ?")?
                .execute(params![more, watch.0, number(article)])?;
        }
        let before = setting(&transaction, WATCHED_UP_TO)?.unwrap_or(0);
        settings::set(&transaction, WATCHED_UP_TO, before.max(up_to))?;
        transaction.commit()?;
        Ok(())
    }

    /// The hits that were noted or attempted and not finished, oldest first.
    pub fn open_hits(&self) -> Result<Vec<WatchHit>, StoreError> {
        let connection = self.lock();
        let sql = format!(
            "{HITS} WHERE h.state IN ('claimed', 'attempted') ORDER BY h.at, h.watch, h.more"
        );
        let mut select = connection.prepare_cached(&sql)?;
        Ok(select.query_map([], watch_hit)?.collect::<Result<_, _>>()?)
    }

    /// One hit, as it is now.
    pub fn hit(&self, watch: WatchId, article: ArticleId) -> Result<Option<WatchHit>, StoreError> {
        let connection = self.lock();
        let sql = format!("{HITS} WHERE h.watch = ? AND h.article = ?");
        let mut select = connection.prepare_cached(&sql)?;
        Ok(select.query_row([watch.0, number(article)], watch_hit).optional()?)
    }

    /// Marks a hit that was noted, directly before its request goes out. `false` if there is none
    /// (any more).
    pub fn attempt_hit(&self, watch: WatchId, article: ArticleId) -> Result<bool, StoreError> {
        let marked = self.lock().execute(
            "UPDATE hits SET state = ? WHERE watch = ? AND article = ? AND state = ?",
            params![RunState::Attempted, watch.0, number(article), RunState::Claimed],
        )?;
        Ok(marked > 0)
    }

    /// Marks an attempted hit as noted again, since its request certainly did not arrive.
    pub fn retract_hit(&self, watch: WatchId, article: ArticleId) -> Result<(), StoreError> {
        self.lock().execute(
            "UPDATE hits SET state = ? WHERE watch = ? AND article = ? AND state = ?",
            params![RunState::Claimed, watch.0, number(article), RunState::Attempted],
        )?;
        Ok(())
    }

    /// Marks what became of a hit.
    pub fn finish_hit(
        &self,
        watch: WatchId,
        article: ArticleId,
        state: RunState,
        now: i64,
    ) -> Result<(), StoreError> {
        self.lock().execute(
            "UPDATE hits SET state = ?, at = ? WHERE watch = ? AND article = ?",
            params![state, now, watch.0, number(article)],
        )?;
        Ok(())
    }
}

fn of_topic(connection: &Connection, chat: i64, thread: i64) -> rusqlite::Result<Vec<Watch>> {
    let sql =
        format!("SELECT {COLUMNS} FROM watches WHERE chat = ? AND thread = ? ORDER BY number");
    let mut select = connection.prepare_cached(&sql)?;
    select.query_map([chat, thread], watch)?.collect()
}

const HITS: &str =
    "SELECT h.watch, h.article, h.passage, h.more, w.chat, w.thread, w.words, h.state,
         EXISTS (SELECT 1 FROM paused WHERE paused.chat = w.chat)
     FROM hits h JOIN watches w ON w.id = h.watch";

/// Reads [`HITS`].
fn watch_hit(row: &Row<'_>) -> rusqlite::Result<WatchHit> {
    let hit = NewHit {
        watch: WatchId(row.get(0)?),
        article: article(row.get(1)?),
        passage: PassageId::from_u64(row.get::<_, i64>(2)?.cast_unsigned()),
    };
    Ok(WatchHit {
        hit,
        more: row.get(3)?,
        chat: row.get(4)?,
        thread: row.get(5)?,
        words: row.get(6)?,
        state: row.get(7)?,
        is_paused: row.get(8)?,
    })
}

fn passage_number(passage: PassageId) -> i64 {
    passage.to_u64().cast_signed()
}

/// Reads [`COLUMNS`].
fn watch(row: &Row<'_>) -> rusqlite::Result<Watch> {
    Ok(Watch {
        id: WatchId(row.get(0)?),
        number: numbers::read(row.get(1)?),
        chat: row.get(2)?,
        thread: row.get(3)?,
        words: row.get(4)?,
    })
}

/// Moves the watches of a chat to another that has a row already. Of two that are the same, the one
/// there stays, with the hits of both.
pub(super) fn move_to(transaction: &Transaction<'_>, from: i64, to: i64) -> rusqlite::Result<()> {
    let mut select = transaction.prepare("SELECT DISTINCT thread FROM watches WHERE chat = ?")?;
    let threads: Vec<i64> =
        select.query_map([from], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for thread in threads {
        for moving in of_topic(transaction, from, thread)? {
            let there = of_topic(transaction, to, thread)?;
            let same = |known: &&Watch| numbers::are_same_words(&known.words, &moving.words);
            match there.iter().find(same) {
                Some(known) => {
                    let sql = "UPDATE OR IGNORE hits SET watch = ? WHERE watch = ?";
                    transaction.execute(sql, [known.id.0, moving.id.0])?;
                    transaction.execute("DELETE FROM watches WHERE id = ?", [moving.id.0])?;
                }
                None => {
                    let taken = there.iter().map(|known| known.number);
                    let number = numbers::kept_if_free(moving.number, taken);
                    let sql = "UPDATE watches SET chat = ?, number = ? WHERE id = ?";
                    transaction.execute(sql, params![to, number, moving.id.0])?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(store: &Store, chat: i64, words: &str) -> WatchId {
        match store.add_watch(chat, 0, words, 3, 10).unwrap() {
            Added::New { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    fn numbers(store: &Store, chat: i64) -> Vec<(u32, String)> {
        let all = store.watches(chat, 0).unwrap().into_iter();
        all.map(|watch| (watch.number, watch.words)).collect()
    }

    fn named(all: &[(u32, &str)]) -> Vec<(u32, String)> {
        all.iter().map(|(number, words)| (*number, (*words).to_owned())).collect()
    }

    fn hits(all: &[(WatchId, ArticleId)]) -> Vec<NewHit> {
        let passage = PassageId::from_u64(u64::MAX);
        all.iter()
            .map(|(watch, article)| NewHit { watch: *watch, article: *article, passage })
            .collect()
    }

    fn open(store: &Store) -> Vec<(i64, String, RunState)> {
        let hits = store.open_hits().unwrap().into_iter();
        hits.map(|hit| (hit.chat, hit.words, hit.state)).collect()
    }

    #[test]
    fn watches_have_numbers_and_a_limit() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let id = added(&store, 7, "Water rights");
        let again = store.add_watch(7, 0, "water  RIGHTS", 3, 10).unwrap();
        assert_eq!(again, Added::Already { id, number: 1 });
        added(&store, 7, "rye");
        added(&store, 7, "oats");
        assert_eq!(store.add_watch(7, 0, "barley", 3, 10).unwrap(), Added::Full);
        assert!(matches!(store.add_watch(7, 5, "rye", 3, 10), Ok(Added::New { number: 1, .. })));
        assert!(store.remove_watch(7, 0, 2).unwrap() && !store.remove_watch(7, 0, 2).unwrap());
        added(&store, 7, "barley");
        assert_eq!(numbers(&store, 7), named(&[(1, "Water rights"), (2, "barley"), (3, "oats")]));
        assert_eq!(store.all_watches().unwrap().len(), 4);
        assert_eq!(store.remove_watches(7, 0).unwrap(), 3);
        store.forget(7).unwrap();
        assert_eq!(store.all_watches().unwrap(), []);
    }

    #[test]
    fn an_article_hits_once_for_ever() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let [rye, oats] = ["rye", "oats"].map(|words| added(&store, 7, words));
        let article = ArticleId::from_u64(u64::MAX);
        assert_eq!(store.watched_up_to().unwrap(), 0);
        store.note_hits(5, &hits(&[(rye, article), (oats, article)]), 9, 20).unwrap();
        assert_eq!(store.watched_up_to().unwrap(), 5);
        assert_eq!(store.open_hits().unwrap()[0].hit.article, article);
        assert!(store.attempt_hit(rye, article).unwrap());
        assert!(!store.attempt_hit(rye, article).unwrap());
        drop(store);

        let store = Store::open(data.path()).unwrap();
        let expected =
            [(7, "rye".to_owned(), RunState::Attempted), (7, "oats".to_owned(), RunState::Claimed)];
        assert_eq!(open(&store), expected);
        store.pause(7, 30).unwrap();
        assert!(store.open_hits().unwrap()[0].is_paused);
        store.finish_hit(rye, article, RunState::Unsure, 31).unwrap();
        assert!(store.remove_watch(7, 0, 2).unwrap());
        assert_eq!(open(&store), []);
        // The article changes later; one of the watches is gone.
        store.note_hits(4, &hits(&[(rye, article), (oats, article)]), 9, 40).unwrap();
        assert_eq!(open(&store), []);
        assert_eq!(store.watched_up_to().unwrap(), 5);
    }

    #[test]
    fn of_many_hits_the_first_are_quoted_and_the_others_counted() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let rye = added(&store, 7, "rye");
        let all: Vec<_> = (0..10).map(|number| (rye, ArticleId::from_u64(number))).collect();
        store.note_hits(1, &hits(&all[..1]), 3, 20).unwrap();
        store.finish_hit(rye, all[0].1, RunState::Sent, 21).unwrap();
        store.note_hits(2, &hits(&all), 3, 30).unwrap();
        let open: Vec<_> = store
            .open_hits()
            .unwrap()
            .iter()
            .map(|hit| (hit.hit.article.to_u64(), hit.more))
            .collect();
        assert_eq!(open, [(1, 0), (2, 0), (3, 6)]);
        assert_eq!(store.hit(rye, all[3].1).unwrap().map(|hit| hit.more), Some(6));
        store.note_hits(3, &hits(&all), 3, 40).unwrap();
        assert_eq!(store.open_hits().unwrap().len(), 3);
    }

    #[test]
    fn a_chat_that_moves_keeps_its_watches_and_what_they_have_hit() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let [rye, oats] = ["rye", "oats"].map(|words| added(&store, -5, words));
        let [barley, same] = ["barley", "Oats"].map(|words| added(&store, -1005, words));
        let [a, b] = [1, 2].map(ArticleId::from_u64);
        store
            .note_hits(1, &hits(&[(rye, a), (oats, a), (oats, b), (same, b), (barley, b)]), 9, 20)
            .unwrap();
        store.finish_hit(oats, a, RunState::Sent, 21).unwrap();
        store.finish_hit(same, b, RunState::Sent, 21).unwrap();
        store.move_chat(-5, -1005).unwrap();
        assert_eq!(numbers(&store, -1005), named(&[(1, "barley"), (2, "Oats"), (3, "rye")]));
        assert_eq!(open(&store).len(), 2);
        store.note_hits(2, &hits(&[(same, a)]), 9, 30).unwrap();
        assert_eq!(open(&store).len(), 2);
    }
}

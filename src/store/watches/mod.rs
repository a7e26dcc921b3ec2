//! Words that a chat waits for, and the articles that answered them.
//!
//! Invariant: a watch hits an article once for ever. A hit is marked like a [`Run`](super::Run): claimed,
//! attempted, and what became of it.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::changes::{article, number};
use super::counters::{self, WATCHED_UP_TO, setting};
use super::display_number::{self, Added};
use super::ids::WatchId;
use super::{DeliveryState, Store, StoreError, chats};
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
    pub state: DeliveryState,
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
        let same = |known: &&Watch| display_number::are_same_words(&known.words, words);
        if let Some(known) = there.iter().find(same) {
            return Ok(Added::Already { id: known.id, number: known.number });
        }
        if there.len() >= most {
            return Ok(Added::Full);
        }
        chats::make(&transaction, chat)?;
        let number = display_number::free(there.iter().map(|known| known.number));
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
            let state =
                if before < quoted { DeliveryState::Claimed } else { DeliveryState::NothingNew };
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
        counters::set(&transaction, WATCHED_UP_TO, before.max(up_to))?;
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
            params![DeliveryState::Sending, watch.0, number(article), DeliveryState::Claimed],
        )?;
        Ok(marked > 0)
    }

    /// Marks an attempted hit as noted again, since its request certainly did not arrive.
    pub fn retract_hit(&self, watch: WatchId, article: ArticleId) -> Result<(), StoreError> {
        self.lock().execute(
            "UPDATE hits SET state = ? WHERE watch = ? AND article = ? AND state = ?",
            params![DeliveryState::Claimed, watch.0, number(article), DeliveryState::Sending],
        )?;
        Ok(())
    }

    /// Marks what became of a hit.
    pub fn finish_hit(
        &self,
        watch: WatchId,
        article: ArticleId,
        state: DeliveryState,
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
        number: display_number::read(row.get(1)?),
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
            let same = |known: &&Watch| display_number::are_same_words(&known.words, &moving.words);
            match there.iter().find(same) {
                Some(known) => {
                    let sql = "UPDATE OR IGNORE hits SET watch = ? WHERE watch = ?";
                    transaction.execute(sql, [known.id.0, moving.id.0])?;
                    transaction.execute("DELETE FROM watches WHERE id = ?", [moving.id.0])?;
                }
                None => {
                    let taken = there.iter().map(|known| known.number);
                    let number = display_number::kept_if_free(moving.number, taken);
                    let sql = "UPDATE watches SET chat = ?, number = ? WHERE id = ?";
                    transaction.execute(sql, params![to, number, moving.id.0])?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! Watches: subjects that a chat waits for, and the articles that matched them.
//!
//! Invariant: an article matches a watch at most once. Each match is a
//! [delivery](super::deliveries).

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::chats;
use super::counters::{self, LAST_MATCHED_CHANGE};
use super::database::Store;
use super::deliveries::{DeliveryKey, DeliveryState};
use super::display_number::{self, Added};
use super::error::StoreError;
use super::ids::{
    OrZero, WatchId, article_from_sql, article_to_sql, passage_from_sql, passage_to_sql,
};
use crate::corpus::article::{ArticleId, PassageId};
use crate::ids::{ChatId, TopicId};

/// A subject that a chat waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    pub id: WatchId,
    /// Number by which people refer to the watch in its chat and topic, from 1.
    pub number: u32,
    pub chat: ChatId,
    /// `None` outside of topics.
    pub topic: Option<TopicId>,
    pub subject: String,
}

/// An article that answers the subject of a watch, and the passage to quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchMatch {
    pub watch: WatchId,
    pub article: ArticleId,
    pub passage: PassageId,
}

/// The content and the state of a quote's delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchQuote {
    pub passage: PassageId,
    /// Number of further articles that matched at the same time and are not quoted.
    pub more: u32,
    pub chat: ChatId,
    /// `None` outside of topics.
    pub topic: Option<TopicId>,
    /// Subject of the watch.
    pub subject: String,
    pub state: DeliveryState,
}

/// Columns that [`watch`] reads.
const COLUMNS: &str = "id, number, chat, thread, words";

impl Store {
    /// Adds a watch, unless its chat and topic has `max` watches, or one with this subject.
    pub fn add_watch(
        &self,
        chat: ChatId,
        topic: Option<TopicId>,
        subject: &str,
        max: usize,
        now: i64,
    ) -> Result<Added<WatchId>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let existing = of_topic(&transaction, chat, topic)?;
        let is_same = |known: &&Watch| display_number::are_same_words(&known.subject, subject);
        if let Some(same) = existing.iter().find(is_same) {
            return Ok(Added::Already { id: same.id, number: same.number });
        }
        if existing.len() >= max {
            return Ok(Added::Full);
        }
        chats::insert_if_missing(&transaction, chat)?;
        let number = display_number::smallest_free(existing.iter().map(|known| known.number));
        transaction.execute(
            "INSERT INTO watches (chat, thread, number, words, at) VALUES (?, ?, ?, ?, ?)",
            params![chat, OrZero(topic), number, subject, now],
        )?;
        let id = WatchId(transaction.last_insert_rowid());
        transaction.commit()?;
        Ok(Added::New { id, number })
    }

    /// Returns the watches of a chat and topic, by number.
    pub fn watches(&self, chat: ChatId, topic: Option<TopicId>) -> Result<Vec<Watch>, StoreError> {
        Ok(of_topic(&self.lock(), chat, topic)?)
    }

    /// Returns the watches of all chats.
    pub fn all_watches(&self) -> Result<Vec<Watch>, StoreError> {
        let connection = self.lock();
        let sql = format!("SELECT {COLUMNS} FROM watches ORDER BY id");
        let mut select = connection.prepare_cached(&sql)?;
        Ok(select.query_map([], watch)?.collect::<Result<_, _>>()?)
    }

    /// Ends a watch. Returns whether there was one with this number.
    pub fn remove_watch(
        &self,
        chat: ChatId,
        topic: Option<TopicId>,
        number: u32,
    ) -> Result<bool, StoreError> {
        let removed = self.lock().execute(
            "DELETE FROM watches WHERE chat = ? AND thread = ? AND number = ?",
            params![chat, OrZero(topic), number],
        )?;
        Ok(removed > 0)
    }

    /// Ends all watches of a chat and topic. Returns how many there were.
    pub fn remove_watches(
        &self,
        chat: ChatId,
        topic: Option<TopicId>,
    ) -> Result<usize, StoreError> {
        let sql = "DELETE FROM watches WHERE chat = ? AND thread = ?";
        Ok(self.lock().execute(sql, params![chat, OrZero(topic)])?)
    }

    /// Returns the id of the last change that was matched against all watches, or 0.
    pub fn last_matched_change(&self) -> Result<i64, StoreError> {
        Ok(counters::get(&self.lock(), LAST_MATCHED_CHANGE)?.unwrap_or(0))
    }

    /// Records that all watches were matched against the changes up to `last_change`, and claims a
    /// quote for each match. Matches of a watch that has ended, and of articles that matched
    /// before, are ignored. Of each watch, the first `max_quotes` matches are to be sent and the
    /// others are counted.
    pub fn record_matches(
        &self,
        last_change: i64,
        matches: &[WatchMatch],
        max_quotes: u32,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let mut counts: HashMap<WatchId, u32> = HashMap::new();
        let mut last_quoted: HashMap<WatchId, ArticleId> = HashMap::new();
        for WatchMatch { watch, article, passage } in matches {
            let count = counts.entry(*watch).or_default();
            let is_quoted = *count < max_quotes;
            let state = if is_quoted { DeliveryState::Claimed } else { DeliveryState::NothingNew };
            let passage = passage_to_sql(*passage);
            let inserted = transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO deliveries (watch, article, passage, more, due, state, at)
                     SELECT id, ?2, ?3, 0, ?5, ?4, ?5 FROM watches WHERE id = ?1",
                )?
                .execute(params![watch.0, article_to_sql(*article), passage, state, now])?;
            if inserted > 0 {
                *count += 1;
                if is_quoted {
                    last_quoted.insert(*watch, *article);
                }
            }
        }
        for (watch, article) in last_quoted {
            let more = counts.get(&watch).map_or(0, |count| count.saturating_sub(max_quotes));
            transaction
                .prepare_cached("UPDATE deliveries SET more = ? WHERE watch = ? AND article = ?")?
                .execute(params![more, watch.0, article_to_sql(article)])?;
        }
        let before = counters::get(&transaction, LAST_MATCHED_CHANGE)?.unwrap_or(0);
        counters::set(&transaction, LAST_MATCHED_CHANGE, before.max(last_change))?;
        transaction.commit()?;
        Ok(())
    }

    /// Returns the quotes that are claimed or sending, oldest first, without those of paused chats.
    pub fn unfinished_quotes(&self) -> Result<Vec<DeliveryKey>, StoreError> {
        let connection = self.lock();
        // The quote that counts the others is sent after them.
        let mut select = connection.prepare_cached(
            "SELECT d.watch, d.article FROM deliveries d JOIN watches w ON w.id = d.watch
             WHERE d.state IN ('claimed', 'attempted') AND w.chat NOT IN (SELECT chat FROM paused)
             ORDER BY d.due, d.watch, d.more, d.article",
        )?;
        let rows = select.query_map([], |row| {
            let watch = WatchId(row.get(0)?);
            Ok(DeliveryKey::Quote { watch, article: article_from_sql(row.get(1)?) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns the quote of an article for a watch, unless the watch has ended.
    pub fn watch_quote(
        &self,
        watch: WatchId,
        article: ArticleId,
    ) -> Result<Option<WatchQuote>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT d.passage, d.more, w.chat, w.thread, w.words, d.state
             FROM deliveries d JOIN watches w ON w.id = d.watch WHERE d.watch = ? AND d.article = ?",
        )?;
        let quote = select.query_row([watch.0, article_to_sql(article)], |row| {
            Ok(WatchQuote {
                passage: passage_from_sql(row.get(0)?),
                more: row.get(1)?,
                chat: row.get(2)?,
                topic: row.get::<_, OrZero<_>>(3)?.0,
                subject: row.get(4)?,
                state: row.get(5)?,
            })
        });
        Ok(quote.optional()?)
    }
}

/// Returns the watches of a chat and topic, by number.
fn of_topic(
    connection: &Connection,
    chat: ChatId,
    topic: Option<TopicId>,
) -> rusqlite::Result<Vec<Watch>> {
    let sql =
        format!("SELECT {COLUMNS} FROM watches WHERE chat = ? AND thread = ? ORDER BY number");
    let mut select = connection.prepare_cached(&sql)?;
    select.query_map(params![chat, OrZero(topic)], watch)?.collect()
}

/// Reads [`COLUMNS`].
fn watch(row: &Row<'_>) -> rusqlite::Result<Watch> {
    Ok(Watch {
        id: WatchId(row.get(0)?),
        number: display_number::from_sql(row.get(1)?),
        chat: row.get(2)?,
        topic: row.get::<_, OrZero<_>>(3)?.0,
        subject: row.get(4)?,
    })
}

/// Moves the watches of a chat to another chat, which must have a row. If that chat has the same
/// watch, it keeps its own, with the quotes of both.
pub(super) fn move_to(
    transaction: &Transaction<'_>,
    from: ChatId,
    to: ChatId,
) -> rusqlite::Result<()> {
    let mut select = transaction.prepare("SELECT DISTINCT thread FROM watches WHERE chat = ?")?;
    let topics: Vec<OrZero<TopicId>> =
        select.query_map([from], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for OrZero(topic) in topics {
        for moving in of_topic(transaction, from, topic)? {
            let existing = of_topic(transaction, to, topic)?;
            let is_same =
                |known: &&Watch| display_number::are_same_words(&known.subject, &moving.subject);
            match existing.iter().find(is_same) {
                Some(same) => {
                    let sql = "UPDATE OR IGNORE deliveries SET watch = ? WHERE watch = ?";
                    transaction.execute(sql, [same.id.0, moving.id.0])?;
                    transaction.execute("DELETE FROM watches WHERE id = ?", [moving.id.0])?;
                }
                None => {
                    let taken = existing.iter().map(|known| known.number);
                    let number = display_number::keep_if_free(moving.number, taken);
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

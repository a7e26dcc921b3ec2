//! What changed in the corpus, so that each reader can be told what is new since the last time.
//!
//! Invariant: what is known of the corpus and the changes that led to it are written in one transaction (the
//! first stock has none); a change's id is greater than that of every change before, also of those forgotten.

use std::collections::{HashMap, HashSet};

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::counters::{self, STOCK_TAKEN, setting};
use super::{Store, StoreError};
use crate::corpus::article::{ArticleId, PassageId};

/// An article that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleVersion {
    pub article: ArticleId,
    /// Relative to the corpus directory.
    pub file: String,
    /// Another one for every other content of the file.
    pub hash: String,
}

/// What is in an article that is not known as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub title: String,
    /// In the article's order.
    pub passages: Vec<PassageId>,
}

/// What happened to one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Ascending in time.
    pub id: i64,
    pub article: ArticleId,
    /// As it was last.
    pub title: String,
    pub kind: ChangeKind,
    /// Those that are new, in the article's order; of one that is gone all that it had.
    pub passages: Vec<PassageId>,
    /// How many passages are gone.
    pub lost: usize,
    /// When it was noticed, in Unix seconds.
    pub at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Came,
    Changed,
    Gone,
}

/// How long changes are known: longer than between two briefings of a reader who was away for a while.
const KEPT_SECONDS: i64 = 60 * 24 * 60 * 60;
const PASSAGE_BYTES: usize = 8;
/// Of stock of which something is missing; earlier versions wrote it, whatever the corpus was.
const NO_STAMP: i64 = 1;

impl Store {
    /// The articles that are not known as they are now.
    pub fn outdated(&self, stock: &[ArticleVersion]) -> Result<Vec<ArticleId>, StoreError> {
        Ok(differing(&self.lock(), stock)?.into_iter().map(|item| item.article).collect())
    }

    /// The stamp of the corpus when stock was last taken, if all of it was: while it is the same, there is
    /// nothing to take. `None` before the first time.
    pub fn versions_stamp(&self) -> Result<Option<i64>, StoreError> {
        Ok(setting(&self.lock(), STOCK_TAKEN)?)
    }

    /// Takes articles for known before stock is taken for the first time, so that an archive can be written
    /// down in parts and nobody waits long for the store. Later it does nothing.
    pub fn seed_versions(&self, articles: &[(&ArticleVersion, Content)]) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        if setting(&transaction, STOCK_TAKEN)?.is_none() {
            for (item, content) in articles {
                write_down(&transaction, item, content)?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Takes `stock` for all articles that there are, and writes down what came, changed and is gone
    /// since the last time. The first time, everything becomes known and nothing is a change. `stamp` is
    /// another one for every other stock.
    ///
    /// `contents` has those of the articles that are [`differing`](Store::differing); one that is
    /// missing stays as it is known until the next time. Where only the front matter of an article is
    /// another, that is no change.
    pub fn record_versions(
        &self,
        stock: &[ArticleVersion],
        contents: &HashMap<ArticleId, Content>,
        stamp: i64,
        now: i64,
    ) -> Result<Vec<Change>, StoreError> {
        let there = stock.iter().map(|item| item.article).collect();
        self.record_versions_of(&there, stock, contents, stamp, now)
    }

    /// Takes stock like [`Store::take_stock`], with the ids of all articles and with those articles that may be
    /// [`differing`](Store::differing): an archive has no room in memory for all of its stock.
    pub fn record_versions_of(
        &self,
        there: &HashSet<ArticleId>,
        stock: &[ArticleVersion],
        contents: &HashMap<ArticleId, Content>,
        stamp: i64,
        now: i64,
    ) -> Result<Vec<Change>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let is_first = setting(&transaction, STOCK_TAKEN)?.is_none();
        let differing = differing(&transaction, stock)?;
        let (mut changes, is_whole) = write_differing(&transaction, differing, contents, now)?;
        let gone = known_articles(&transaction, |article| !there.contains(&article))?;
        changes.extend(remove(&transaction, gone, now)?);
        if is_first {
            changes.clear();
        }
        write_changes(&transaction, &mut changes, is_whole.then_some(stamp))?;
        transaction.commit()?;
        Ok(changes)
    }

    /// Writes down what came, changed and is gone like [`Store::take_stock`], without a look at the articles that
    /// have not changed: `stock` has only those that may have, `gone` those that may be gone. `before` is the stamp
    /// of the stock from which they differ. Returns `None`, with nothing written, if that is not the stock that was
    /// taken last.
    pub fn record_some_versions(
        &self,
        (before, stamp): (i64, i64),
        stock: &[ArticleVersion],
        gone: &[ArticleId],
        contents: &HashMap<ArticleId, Content>,
        now: i64,
    ) -> Result<Option<Vec<Change>>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        if before == NO_STAMP || setting(&transaction, STOCK_TAKEN)? != Some(before) {
            return Ok(None);
        }
        let differing = differing(&transaction, stock)?;
        let (mut changes, is_whole) = write_differing(&transaction, differing, contents, now)?;
        changes.extend(remove(&transaction, gone.to_vec(), now)?);
        write_changes(&transaction, &mut changes, is_whole.then_some(stamp))?;
        transaction.commit()?;
        Ok(Some(changes))
    }

    /// The changes after that of this id, oldest first.
    pub fn changes_since(&self, id: i64) -> Result<Vec<Change>, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached(
            "SELECT id, article, title, kind, passages, lost, at FROM changes WHERE id > ? ORDER BY id",
        )?;
        Ok(select.query_map([id], change)?.collect::<Result<_, _>>()?)
    }

    /// The id of the last change; 0 if there was none.
    pub fn newest_change(&self) -> Result<i64, StoreError> {
        let connection = self.lock();
        let mut select = connection.prepare_cached("SELECT coalesce(max(id), 0) FROM changes")?;
        Ok(select.query_row([], |row| row.get(0))?)
    }
}

/// `None` where an article has no passage more or less than before.
fn difference(
    article: ArticleId,
    before: Option<&[PassageId]>,
    content: &Content,
    now: i64,
) -> Option<Change> {
    let passages = &content.passages;
    let kind = if before.is_some() { ChangeKind::Changed } else { ChangeKind::Came };
    let old: HashSet<_> = before.unwrap_or_default().iter().collect();
    let now_there: HashSet<_> = passages.iter().collect();
    let new: Vec<_> = passages.iter().filter(|passage| !old.contains(passage)).copied().collect();
    let lost = old.difference(&now_there).count();
    let is_change = kind == ChangeKind::Came || !new.is_empty() || lost > 0;
    is_change.then(|| Change {
        id: 0,
        article,
        title: content.title.clone(),
        kind,
        passages: new,
        lost,
        at: now,
    })
}

/// Returns the articles of `stock` that are not known as they are now.
fn differing<'a>(
    connection: &Connection,
    stock: &'a [ArticleVersion],
) -> rusqlite::Result<Vec<&'a ArticleVersion>> {
    let mut select = connection.prepare_cached("SELECT hash FROM articles WHERE article = ?")?;
    let mut differing = Vec::new();
    for item in stock {
        let known: Option<String> =
            select.query_row([number(item.article)], |row| row.get(0)).optional()?;
        if known.as_ref() != Some(&item.hash) {
            differing.push(item);
        }
    }
    Ok(differing)
}

/// Returns the ids of the known articles that `is_wanted` accepts.
fn known_articles(
    connection: &Connection,
    is_wanted: impl Fn(ArticleId) -> bool,
) -> rusqlite::Result<Vec<ArticleId>> {
    let mut select = connection.prepare_cached("SELECT article FROM articles")?;
    let known = select.query_map([], |row| Ok(article(row.get(0)?)))?;
    known.filter(|id| id.as_ref().is_ok_and(|id| is_wanted(*id)) || id.is_err()).collect()
}

/// Writes down articles that are not known as they are. Returns their changes, and whether there was the content
/// of each.
fn write_differing<'a>(
    transaction: &Transaction<'_>,
    differing: impl IntoIterator<Item = &'a ArticleVersion>,
    contents: &HashMap<ArticleId, Content>,
    now: i64,
) -> rusqlite::Result<(Vec<Change>, bool)> {
    let (mut changes, mut is_whole) = (Vec::new(), true);
    for item in differing {
        let Some(content) = contents.get(&item.article) else {
            is_whole = false;
            continue;
        };
        let before = known_passages(transaction, item.article)?;
        write_down(transaction, item, content)?;
        changes.extend(difference(item.article, before.as_deref(), content, now));
    }
    Ok((changes, is_whole))
}

/// Writes changes down, which get their ids, with the stamp of the stock after them; `None` if something of it is
/// missing.
fn write_changes(
    transaction: &Transaction<'_>,
    changes: &mut [Change],
    stamp: Option<i64>,
) -> rusqlite::Result<()> {
    for change in changes {
        change.id = insert(transaction, change)?;
    }
    counters::set(transaction, STOCK_TAKEN, stamp.unwrap_or(NO_STAMP))?;
    Ok(())
}

fn known_passages(
    transaction: &Transaction<'_>,
    article: ArticleId,
) -> rusqlite::Result<Option<Vec<PassageId>>> {
    let mut select =
        transaction.prepare_cached("SELECT passages FROM articles WHERE article = ?")?;
    let bytes: Option<Vec<u8>> =
        select.query_row([number(article)], |row| row.get(0)).optional()?;
    Ok(bytes.map(|bytes| from_bytes(&bytes)))
}

fn write_down(
    transaction: &Transaction<'_>,
    item: &ArticleVersion,
    content: &Content,
) -> rusqlite::Result<()> {
    let passages = to_bytes(&content.passages);
    let row = params![number(item.article), item.file, content.title, item.hash, passages];
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO articles (article, file, title, hash, passages) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(row)?;
    Ok(())
}

/// Removes articles from what is known, if they are; returns their changes, by file.
fn remove(
    transaction: &Transaction<'_>,
    gone: Vec<ArticleId>,
    now: i64,
) -> rusqlite::Result<Vec<Change>> {
    let mut delete = transaction
        .prepare_cached("DELETE FROM articles WHERE article = ? RETURNING file, title, passages")?;
    let mut removed = Vec::new();
    for article in gone {
        let change = delete.query_row([number(article)], |row| {
            let (file, passages): (String, Vec<u8>) = (row.get(0)?, row.get(2)?);
            let change = Change {
                id: 0,
                article,
                title: row.get(1)?,
                kind: ChangeKind::Gone,
                passages: from_bytes(&passages),
                lost: passages.len() / PASSAGE_BYTES,
                at: now,
            };
            Ok((file, change))
        });
        removed.extend(change.optional()?);
    }
    removed.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(removed.into_iter().map(|(_, change)| change).collect())
}

fn insert(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<i64> {
    let lost = i64::try_from(change.lost).unwrap_or(i64::MAX);
    let passages = to_bytes(&change.passages);
    transaction
        .prepare_cached(
            "INSERT INTO changes (article, title, kind, passages, lost, at) VALUES (?, ?, ?, ?, ?, ?)",
        )?
        .insert(params![number(change.article), change.title, change.kind, passages, lost, change.at])
}

fn change(row: &Row<'_>) -> rusqlite::Result<Change> {
    let (passages, lost): (Vec<u8>, i64) = (row.get(4)?, row.get(5)?);
    Ok(Change {
        id: row.get(0)?,
        article: article(row.get(1)?),
        title: row.get(2)?,
        kind: row.get(3)?,
        passages: from_bytes(&passages),
        lost: usize::try_from(lost).unwrap_or(0),
        at: row.get(6)?,
    })
}

/// Forgets old changes, but never the last: the next id is counted from it.
pub(super) fn prune(connection: &Connection, now: i64) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM changes WHERE at < ? AND id < (SELECT max(id) FROM changes)",
        [now - KEPT_SECONDS],
    )?;
    Ok(())
}

/// SQLite's integers are signed: the bits are the same.
pub(super) fn number(article: ArticleId) -> i64 {
    article.to_u64().cast_signed()
}

pub(super) fn article(number: i64) -> ArticleId {
    ArticleId::from_u64(number.cast_unsigned())
}

fn to_bytes(passages: &[PassageId]) -> Vec<u8> {
    passages.iter().flat_map(|passage| passage.to_u64().to_be_bytes()).collect()
}

fn from_bytes(bytes: &[u8]) -> Vec<PassageId> {
    let (whole, _) = bytes.as_chunks::<PASSAGE_BYTES>();
    whole.iter().map(|bytes| PassageId::from_u64(u64::from_be_bytes(*bytes))).collect()
}

impl ToSql for ChangeKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            ChangeKind::Came => "came",
            ChangeKind::Changed => "changed",
            ChangeKind::Gone => "gone",
        }))
    }
}

impl FromSql for ChangeKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "came" => Ok(ChangeKind::Came),
            "changed" => Ok(ChangeKind::Changed),
            "gone" => Ok(ChangeKind::Gone),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock(file: &str, hash: &str) -> ArticleVersion {
        ArticleVersion { article: ArticleId::of_file(file), file: file.into(), hash: hash.into() }
    }

    fn content(file: &str, passages: &[u64]) -> Content {
        let title = file.trim_end_matches(".md").to_uppercase();
        Content { title, passages: ids(passages) }
    }

    fn ids(numbers: &[u64]) -> Vec<PassageId> {
        numbers.iter().map(|number| PassageId::from_u64(*number)).collect()
    }

    /// Takes stock of files with their hashes and passages, and tells the changes.
    fn take(store: &Store, files: &[(&str, &str, &[u64])], now: i64) -> Vec<String> {
        let all: Vec<_> = files.iter().map(|(file, hash, _)| stock(file, hash)).collect();
        let differing = store.outdated(&all).unwrap();
        let passages = files
            .iter()
            .map(|(file, _, passages)| (ArticleId::of_file(file), content(file, passages)))
            .filter(|(article, _)| differing.contains(article))
            .collect();
        let before = store.newest_change().unwrap();
        let changes = store.record_versions(&all, &passages, now, now).unwrap();
        assert_eq!(store.changes_since(before).unwrap(), changes);
        assert_eq!(store.outdated(&all).unwrap(), []);
        let tell = |change: &Change| {
            let new: Vec<_> = change.passages.iter().map(|passage| passage.to_u64()).collect();
            format!("{} {:?} {new:?} -{}", change.title, change.kind, change.lost)
        };
        changes.iter().map(tell).collect()
    }

    #[test]
    fn what_becomes_known_in_parts_is_no_news() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        let all = [stock("a.md", "1"), stock("b.md", "1")];
        store.seed_versions(&[(&all[0], content("a.md", &[1]))]).unwrap();
        assert_eq!(store.outdated(&all).unwrap(), [all[1].article]);
        assert_eq!(store.versions_stamp().unwrap(), None);
        let none: [&str; 0] = [];
        assert_eq!(take(&store, &[("a.md", "2", &[1, 2]), ("b.md", "1", &[7])], 10), none);
        assert_eq!(store.versions_stamp().unwrap(), Some(10));
        store.seed_versions(&[(&stock("a.md", "3"), content("a.md", &[1, 2, 3]))]).unwrap();
        let changed = take(&store, &[("a.md", "3", &[1, 2, 3]), ("b.md", "1", &[7])], 20);
        assert_eq!(changed, ["A Changed [3] -0"]);
    }

    #[test]
    fn what_came_changed_and_is_gone_is_told_once() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        assert_eq!(store.newest_change().unwrap(), 0);
        let none: [&str; 0] = [];
        assert_eq!(take(&store, &[("a.md", "1", &[1, 2]), ("b.md", "1", &[u64::MAX])], 10), none);
        assert_eq!(take(&store, &[("a.md", "1", &[]), ("b.md", "1", &[])], 20), none);
        assert_eq!(
            take(&store, &[("c.md", "1", &[7, 6]), ("a.md", "2", &[3, 1, 4])], 30),
            ["C Came [7, 6] -0", "A Changed [3, 4] -1", "B Gone [18446744073709551615] -1"]
        );
        // Only the front matter, or the order.
        assert_eq!(take(&store, &[("c.md", "2", &[6, 7]), ("a.md", "2", &[])], 40), none);
        assert_eq!(
            take(&store, &[("c.md", "3", &[6]), ("a.md", "2", &[]), ("b.md", "1", &[])], 50),
            ["C Changed [] -1", "B Came [] -0"]
        );
        assert_eq!(store.newest_change().unwrap(), 5);
        assert_eq!(store.changes_since(3).unwrap().len(), 2);
    }

    #[test]
    fn stock_taken_in_part_is_the_same_as_all_of_it() {
        let (data, whole_data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = Store::open(data.path()).unwrap();
        let whole = Store::open(whole_data.path()).unwrap();
        let before: [(&str, &str, &[u64]); 3] =
            [("a.md", "1", &[1]), ("b.md", "1", &[2, 3]), ("c.md", "1", &[4])];
        take(&store, &before, 10);
        take(&whole, &before, 10);
        let part = |between, hash: &str| {
            let item = stock("b.md", hash);
            let contents = HashMap::from([(item.article, content("b.md", &[3, 5]))]);
            let gone = [ArticleId::of_file("c.md"), ArticleId::of_file("never.md")];
            store.record_some_versions(between, &[item], &gone, &contents, 20).unwrap()
        };
        assert_eq!(part((9, 20), "2"), None, "another stock was taken before");
        assert_eq!(store.versions_stamp().unwrap(), Some(10));
        let after: [(&str, &str, &[u64]); 2] = [("a.md", "1", &[1]), ("b.md", "2", &[3, 5])];
        take(&whole, &after, 20);
        let changes = part((10, 20), "2").unwrap();
        assert_eq!(changes, whole.changes_since(0).unwrap());
        assert_eq!(store.changes_since(0).unwrap(), changes);
        assert_eq!(store.versions_stamp().unwrap(), Some(20));
        let all: Vec<_> = after.iter().map(|(file, hash, _)| stock(file, hash)).collect();
        assert_eq!(store.outdated(&all).unwrap(), []);
        // With the content of an article missing, the next stock is of all.
        let item = stock("a.md", "2");
        let between = (20, 30);
        let nothing = HashMap::new();
        assert_eq!(
            store.record_some_versions(between, &[item], &[], &nothing, 30).unwrap(),
            Some(vec![])
        );
        assert_ne!(store.versions_stamp().unwrap(), Some(30));
        assert_eq!(store.record_some_versions((1, 40), &[], &[], &nothing, 40).unwrap(), None);
    }

    #[test]
    fn an_article_whose_passages_are_missing_waits_for_the_next_time() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        take(&store, &[("a.md", "1", &[1])], 10);
        let changed = [stock("a.md", "2")];
        assert_eq!(store.record_versions(&changed, &HashMap::new(), 2, 20).unwrap(), []);
        assert_ne!(store.versions_stamp().unwrap(), Some(2));
        assert_eq!(store.outdated(&changed).unwrap(), [changed[0].article]);
        assert_eq!(take(&store, &[("a.md", "2", &[1, 2])], 30), ["A Changed [2] -0"]);
    }

    #[test]
    fn old_changes_are_forgotten_and_their_ids_not_used_again() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        take(&store, &[], 10);
        take(&store, &[("a.md", "1", &[1])], 20);
        take(&store, &[("a.md", "2", &[2])], 30);
        store.prune(30 + KEPT_SECONDS + 1).unwrap();
        assert_eq!(store.changes_since(0).unwrap().len(), 1);
        assert_eq!(store.newest_change().unwrap(), 2);
        take(&store, &[("a.md", "3", &[3])], 40);
        assert_eq!(store.newest_change().unwrap(), 3);
    }

    #[test]
    fn thousands_of_articles_are_one_pass() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).unwrap();
        take(&store, &[], 10);
        let all: Vec<_> = (0..5000).map(|n| stock(&format!("{n}.md"), "1")).collect();
        let passages = all
            .iter()
            .map(|item| (item.article, content(&item.file, &[item.article.to_u64()])))
            .collect();
        let changes = store.record_versions(&all, &passages, 2, 20).unwrap();
        let came: Vec<_> = changes.iter().map(|change| change.article).collect();
        assert_eq!(came, all.iter().map(|item| item.article).collect::<Vec<_>>());
        let gone = store.record_versions(&all[..1], &HashMap::new(), 3, 30).unwrap();
        assert_eq!((gone.len(), gone[0].kind), (4999, ChangeKind::Gone));
    }
}

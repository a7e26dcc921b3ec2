//! Versions of the articles that the store knows, from which it learns what has changed.
//!
//! Invariant: the known versions and the changes that led to them are written in one transaction.
//! The first versions are no changes.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::change_log::{Change, ChangeKind};
use super::changes;
use super::counters::{self, VERSIONS_STAMP};
use super::database::Store;
use super::error::StoreError;
use super::ids::{article_from_sql, article_to_sql, passages_from_sql, passages_to_sql};
use crate::corpus::article::{ArticleId, PassageId};

/// The current version of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleVersion {
    pub article: ArticleId,
    /// Path relative to the corpus directory.
    pub file: String,
    /// Hash of the file's content.
    pub hash: String,
}

/// Content of a version, from which its change is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub title: String,
    /// In the article's order.
    pub passages: Vec<PassageId>,
}

/// Stamp of incomplete versions. Earlier versions of this program always wrote this stamp.
const INCOMPLETE: i64 = 1;

impl Store {
    /// Returns the articles whose current version is not known.
    pub fn outdated(&self, versions: &[ArticleVersion]) -> Result<Vec<ArticleId>, StoreError> {
        Ok(outdated(&self.lock(), versions)?.into_iter().map(|version| version.article).collect())
    }

    /// Returns the stamp of the corpus whose versions were recorded last. With the same stamp
    /// nothing has changed. `None` before the first record; a stamp of no corpus if the last record
    /// was incomplete.
    pub fn versions_stamp(&self) -> Result<Option<i64>, StoreError> {
        Ok(counters::get(&self.lock(), VERSIONS_STAMP)?)
    }

    /// Writes versions before the first record, so that a large corpus can be written in parts and
    /// other tasks do not wait long for the store. Does nothing after the first record.
    pub fn seed_versions(&self, versions: &[(&ArticleVersion, Content)]) -> Result<(), StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        if counters::get(&transaction, VERSIONS_STAMP)?.is_none() {
            for (version, content) in versions {
                write(&transaction, version, content)?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Records the versions of all articles with the stamp of the corpus. Returns the changes since
    /// the last record; the first record has none.
    ///
    /// `contents` has the content of each [outdated](Store::outdated) article. An article without
    /// content stays outdated. A change of the front matter alone does not
    /// count.
    pub fn record_versions(
        &self,
        versions: &[ArticleVersion],
        contents: &HashMap<ArticleId, Content>,
        stamp: i64,
        now: i64,
    ) -> Result<Vec<Change>, StoreError> {
        let existing = versions.iter().map(|version| version.article).collect();
        self.record_versions_of(&existing, versions, contents, stamp, now)
    }

    /// Records versions like [`Store::record_versions`], given the ids of all existing articles and
    /// the versions of those that may be outdated: the versions of a large corpus do not fit into
    /// memory.
    pub fn record_versions_of(
        &self,
        existing: &HashSet<ArticleId>,
        versions: &[ArticleVersion],
        contents: &HashMap<ArticleId, Content>,
        stamp: i64,
        now: i64,
    ) -> Result<Vec<Change>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let is_first = counters::get(&transaction, VERSIONS_STAMP)?.is_none();
        let (mut found, is_complete) = write_outdated(&transaction, versions, contents, now)?;
        let gone = known_articles(&transaction, |article| !existing.contains(&article))?;
        found.extend(remove(&transaction, &gone, now)?);
        if is_first {
            found.clear();
        }
        write_changes(&transaction, &mut found, is_complete.then_some(stamp))?;
        transaction.commit()?;
        Ok(found)
    }

    /// Records versions like [`Store::record_versions`], given only the articles that may have
    /// changed and those that may have been removed since the record with the stamp `before`.
    /// Returns `None`, and writes nothing, if the last record has another stamp.
    pub fn record_some_versions(
        &self,
        (before, stamp): (i64, i64),
        versions: &[ArticleVersion],
        gone: &[ArticleId],
        contents: &HashMap<ArticleId, Content>,
        now: i64,
    ) -> Result<Option<Vec<Change>>, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let last = counters::get(&transaction, VERSIONS_STAMP)?;
        if before == INCOMPLETE || last != Some(before) {
            return Ok(None);
        }
        let (mut found, is_complete) = write_outdated(&transaction, versions, contents, now)?;
        found.extend(remove(&transaction, gone, now)?);
        write_changes(&transaction, &mut found, is_complete.then_some(stamp))?;
        transaction.commit()?;
        Ok(Some(found))
    }
}

/// Compares the passages of an article with those that were known. Returns `None` if they are the
/// same.
fn difference(
    version: &ArticleVersion,
    before: Option<&[PassageId]>,
    content: &Content,
    now: i64,
) -> Option<Change> {
    let passages = &content.passages;
    let kind = if before.is_some() { ChangeKind::Changed } else { ChangeKind::Added };
    let old: HashSet<_> = before.unwrap_or_default().iter().collect();
    let current: HashSet<_> = passages.iter().collect();
    let new: Vec<_> = passages.iter().filter(|passage| !old.contains(passage)).copied().collect();
    let lost = old.difference(&current).count();
    let is_change = kind == ChangeKind::Added || !new.is_empty() || lost > 0;
    is_change.then(|| Change {
        id: 0,
        article: version.article,
        title: content.title.clone(),
        file: Some(version.file.clone()),
        kind,
        passages: new,
        lost,
        at: now,
    })
}

/// Returns the versions that are not known.
fn outdated<'a>(
    connection: &Connection,
    versions: &'a [ArticleVersion],
) -> rusqlite::Result<Vec<&'a ArticleVersion>> {
    let mut select = connection.prepare_cached("SELECT hash FROM articles WHERE article = ?")?;
    let mut outdated = Vec::new();
    for version in versions {
        let known: Option<String> =
            select.query_row([article_to_sql(version.article)], |row| row.get(0)).optional()?;
        if known.as_ref() != Some(&version.hash) {
            outdated.push(version);
        }
    }
    Ok(outdated)
}

/// Returns the known articles that `is_wanted` accepts.
fn known_articles(
    connection: &Connection,
    is_wanted: impl Fn(ArticleId) -> bool,
) -> rusqlite::Result<Vec<ArticleId>> {
    let mut select = connection.prepare_cached("SELECT article FROM articles")?;
    let known = select.query_map([], |row| Ok(article_from_sql(row.get(0)?)))?;
    known.filter(|id| id.as_ref().is_ok_and(|id| is_wanted(*id)) || id.is_err()).collect()
}

/// Writes the versions that are not known. Returns the changes, and whether each had its content.
fn write_outdated(
    transaction: &Transaction<'_>,
    versions: &[ArticleVersion],
    contents: &HashMap<ArticleId, Content>,
    now: i64,
) -> rusqlite::Result<(Vec<Change>, bool)> {
    let (mut changes, mut is_complete) = (Vec::new(), true);
    for version in outdated(transaction, versions)? {
        let Some(content) = contents.get(&version.article) else {
            is_complete = false;
            continue;
        };
        let before = known_passages(transaction, version.article)?;
        write(transaction, version, content)?;
        changes.extend(difference(version, before.as_deref(), content, now));
    }
    Ok((changes, is_complete))
}

/// Adds changes to the log, sets their ids, and writes the stamp of the versions after them, which
/// is `None` if they are incomplete.
fn write_changes(
    transaction: &Transaction<'_>,
    changes: &mut [Change],
    stamp: Option<i64>,
) -> rusqlite::Result<()> {
    for change in changes {
        change.id = changes::insert(transaction, change)?;
    }
    counters::set(transaction, VERSIONS_STAMP, stamp.unwrap_or(INCOMPLETE))
}

/// Returns the passages of the known version of an article.
fn known_passages(
    transaction: &Transaction<'_>,
    article: ArticleId,
) -> rusqlite::Result<Option<Vec<PassageId>>> {
    let mut select =
        transaction.prepare_cached("SELECT passages FROM articles WHERE article = ?")?;
    let bytes: Option<Vec<u8>> =
        select.query_row([article_to_sql(article)], |row| row.get(0)).optional()?;
    Ok(bytes.map(|bytes| passages_from_sql(&bytes)))
}

/// Writes one version, in place of the known one.
fn write(
    transaction: &Transaction<'_>,
    version: &ArticleVersion,
    content: &Content,
) -> rusqlite::Result<()> {
    let (article, passages) = (article_to_sql(version.article), passages_to_sql(&content.passages));
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO articles (article, file, title, hash, passages)
             VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![article, version.file, content.title, version.hash, passages])?;
    Ok(())
}

/// Removes the versions of those of these articles that are known. Returns the changes, in the
/// order of the files.
fn remove(
    transaction: &Transaction<'_>,
    gone: &[ArticleId],
    now: i64,
) -> rusqlite::Result<Vec<Change>> {
    let mut delete = transaction
        .prepare_cached("DELETE FROM articles WHERE article = ? RETURNING file, title, passages")?;
    let mut removed = Vec::new();
    for article in gone {
        let change = delete.query_row([article_to_sql(*article)], |row| {
            let (file, passages): (String, Vec<u8>) = (row.get(0)?, row.get(2)?);
            let passages = passages_from_sql(&passages);
            let change = Change {
                id: 0,
                article: *article,
                title: row.get(1)?,
                file: Some(file.clone()),
                kind: ChangeKind::Removed,
                lost: passages.len(),
                passages,
                at: now,
            };
            Ok((file, change))
        });
        removed.extend(change.optional()?);
    }
    removed.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(removed.into_iter().map(|(_, change)| change).collect())
}

#[cfg(test)]
mod tests;

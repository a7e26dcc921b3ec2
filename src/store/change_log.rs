//! Changes of articles, and what several of them are together. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::corpus::article::{ArticleId, PassageId};

/// One change of one article, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Ascending in time.
    pub id: i64,
    pub article: ArticleId,
    /// Title after the change; of a removed article, its last title.
    pub title: String,
    /// Path relative to the corpus directory. `None` if it was not recorded.
    pub file: Option<String>,
    pub kind: ChangeKind,
    /// Added passages, in the article's order; of a removed article, all that it had.
    pub passages: Vec<PassageId>,
    /// Number of removed passages.
    pub lost: usize,
    /// When the change was noticed, in Unix seconds.
    pub at: i64,
}

/// Kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Added,
    Changed,
    Removed,
}

/// All changes of one article in a period, as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleChange {
    pub article: ArticleId,
    /// Title at the end of the period; of a removed article, its last title.
    pub title: String,
    /// Path relative to the corpus directory. `None` if it was not recorded.
    pub file: Option<String>,
    pub kind: ChangeKind,
    /// Added passages; of a removed article, those that it had.
    pub passages: Vec<PassageId>,
}

/// Merged changes of one period. Many schedules have reported the same changes, so the next one
/// needs the same period.
#[derive(Debug, Clone)]
pub(super) struct MergedChanges {
    /// Id of the last change before the period.
    pub seen: i64,
    /// Id of the last change of the period.
    pub last: i64,
    pub articles: Arc<Vec<ArticleChange>>,
}

/// Merges changes, given oldest first, into one entry for each article, in the order of their last
/// changes. An article that was added and removed again is left out, and so is one that only has
/// another file name.
pub fn merge_changes(changes: &[Change]) -> Vec<ArticleChange> {
    let mut by_article: HashMap<ArticleId, (usize, ArticleChange)> = HashMap::new();
    for (position, change) in changes.iter().enumerate() {
        let next = ArticleChange {
            article: change.article,
            title: change.title.clone(),
            file: change.file.clone(),
            kind: change.kind,
            passages: change.passages.clone(),
        };
        let merged = match by_article.remove(&change.article) {
            None => Some(next),
            Some((_, earlier)) => merge(earlier, next),
        };
        if let Some(merged) = merged {
            by_article.insert(change.article, (position, merged));
        }
    }
    let mut merged: Vec<_> = by_article.into_values().collect();
    merged.sort_by_key(|(position, _)| *position);
    without_renamed(merged.into_iter().map(|(_, change)| change).collect())
}

/// Merges two successive changes of an article. Returns `None` if they cancel each other out.
fn merge(earlier: ArticleChange, later: ArticleChange) -> Option<ArticleChange> {
    use ChangeKind::{Added, Changed, Removed};
    let not_in = |known: &[PassageId], passages: &[PassageId]| -> Vec<PassageId> {
        let known: HashSet<_> = known.iter().collect();
        passages.iter().filter(|passage| !known.contains(passage)).copied().collect()
    };
    match (earlier.kind, later.kind) {
        (Added, Removed) => None,
        (Added | Changed, Added | Changed) => {
            let new = not_in(&earlier.passages, &later.passages);
            let passages = [earlier.passages, new].concat();
            Some(ArticleChange { kind: earlier.kind, passages, ..later })
        }
        (Changed | Removed, Removed) => Some(later),
        (Removed, Added | Changed) => {
            let passages = not_in(&earlier.passages, &later.passages);
            (!passages.is_empty()).then_some(ArticleChange { kind: Changed, passages, ..later })
        }
    }
}

/// Removes pairs of a removed and an added article with the same title and number of passages: the
/// id of an article is that of its file name, so a renamed file is such a pair.
fn without_renamed(changes: Vec<ArticleChange>) -> Vec<ArticleChange> {
    let name = |change: &ArticleChange| (change.title.clone(), change.passages.len());
    let mut removed: HashMap<_, usize> = HashMap::new();
    let mut added = removed.clone();
    for change in &changes {
        match change.kind {
            ChangeKind::Removed => *removed.entry(name(change)).or_default() += 1,
            ChangeKind::Added => *added.entry(name(change)).or_default() += 1,
            ChangeKind::Changed => {}
        }
    }
    let pairs = |name: &(String, usize)| {
        let count = |side: &HashMap<_, usize>| side.get(name).copied().unwrap_or(0);
        count(&removed).min(count(&added))
    };
    let mut left: HashMap<_, [usize; 2]> = HashMap::new();
    let mut is_kept = |change: &ArticleChange| {
        let side = match change.kind {
            ChangeKind::Removed => 0,
            ChangeKind::Added => 1,
            ChangeKind::Changed => return true,
        };
        let name = name(change);
        let pairs = pairs(&name);
        let left = left.entry(name).or_insert([pairs; 2]);
        let is_of_pair = left[side] > 0;
        left[side] -= usize::from(is_of_pair);
        !is_of_pair
    };
    changes.into_iter().filter(|change| is_kept(change)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks what changes, each given as (file, kind, passages), are merged to.
    fn check(changes: &[(&str, ChangeKind, &[u64])], expected: &[(&str, ChangeKind, &[u64])]) {
        let ids = |numbers: &[u64]| numbers.iter().map(|n| PassageId::from_u64(*n)).collect();
        let change = |(file, kind, passages): &(&str, ChangeKind, &[u64])| Change {
            id: 0,
            article: ArticleId::of_file(file),
            title: file.trim_matches(|c: char| c.is_ascii_digit()).to_owned(),
            file: Some((*file).to_owned()),
            kind: *kind,
            passages: ids(passages),
            lost: 0,
            at: 0,
        };
        let changes: Vec<_> = changes.iter().map(change).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(change)
            .map(|change| (change.article, change.kind, change.passages))
            .collect();
        let merged = merge_changes(&changes).into_iter();
        let merged: Vec<_> =
            merged.map(|change| (change.article, change.kind, change.passages)).collect();
        assert_eq!(merged, expected);
    }

    #[test]
    fn merge_changes_has_one_entry_for_an_article() {
        use ChangeKind::{Added, Changed, Removed};
        check(
            &[("a", Added, &[1, 2]), ("b", Removed, &[9])],
            &[("a", Added, &[1, 2]), ("b", Removed, &[9])],
        );
        check(&[("a", Added, &[1]), ("a", Changed, &[2])], &[("a", Added, &[1, 2])]);
        check(
            &[("a", Changed, &[1]), ("b", Changed, &[5]), ("a", Changed, &[2, 1])],
            &[("b", Changed, &[5]), ("a", Changed, &[1, 2])],
        );
        check(&[("a", Added, &[1]), ("a", Removed, &[1])], &[]);
        check(&[("a", Changed, &[1]), ("a", Removed, &[1, 2])], &[("a", Removed, &[1, 2])]);
        check(&[("a", Removed, &[1, 2]), ("a", Added, &[1, 2])], &[]);
        check(&[("a", Removed, &[1]), ("a", Added, &[1, 2])], &[("a", Changed, &[2])]);
    }

    #[test]
    fn merge_changes_leaves_out_renamed_articles() {
        use ChangeKind::{Added, Removed};
        check(&[("a1", Added, &[3, 4]), ("a2", Removed, &[1, 2])], &[]);
        check(
            &[("a1", Removed, &[1]), ("b", Added, &[7]), ("a2", Added, &[2])],
            &[("b", Added, &[7])],
        );
        check(
            &[("a1", Removed, &[1]), ("a2", Added, &[2, 3])],
            &[("a1", Removed, &[1]), ("a2", Added, &[2, 3])],
        );
    }
}

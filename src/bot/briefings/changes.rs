//! What happened to the articles between two moments, from what happened one after the other. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::corpus::article::{ArticleId, PassageId};
use crate::store::{Change, ChangeKind};

/// What happened to one article, all in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleChange {
    pub article: ArticleId,
    /// As it was last.
    pub title: String,
    pub kind: ChangeKind,
    /// Those that are new, or gone with the article.
    pub passages: Vec<PassageId>,
}

/// What is known to have happened between two changes.
#[derive(Debug, Clone)]
pub struct CachedChanges {
    pub seen: i64,
    pub upto: i64,
    pub news: Arc<Vec<ArticleChange>>,
}

/// Sums up changes, oldest first: one entry for an article, in the order in which they last changed. What
/// came and went again is no news, nor is what only has another file name now.
pub fn merge_changes(changes: &[Change]) -> Vec<ArticleChange> {
    let mut by_article: HashMap<ArticleId, (usize, ArticleChange)> = HashMap::new();
    for (position, change) in changes.iter().enumerate() {
        let next = ArticleChange {
            article: change.article,
            title: change.title.clone(),
            kind: change.kind,
            passages: change.passages.clone(),
        };
        let all = match by_article.remove(&change.article) {
            None => Some(next),
            Some((_, before)) => after(before, next),
        };
        if let Some(all) = all {
            by_article.insert(change.article, (position, all));
        }
    }
    let mut all: Vec<_> = by_article.into_values().collect();
    all.sort_by_key(|(position, _)| *position);
    without_moves(all.into_iter().map(|(_, news)| news).collect())
}

/// What two things that happened to an article are together.
fn after(before: ArticleChange, next: ArticleChange) -> Option<ArticleChange> {
    use ChangeKind::{Came, Changed, Gone};
    let all = |before: Vec<PassageId>, next: Vec<PassageId>| {
        let known: HashSet<_> = before.iter().copied().collect();
        let new = next.into_iter().filter(|passage| !known.contains(passage));
        before.iter().copied().chain(new).collect()
    };
    match (before.kind, next.kind) {
        (Came, Gone) => None,
        (Came | Changed, Came | Changed) => Some(ArticleChange {
            kind: before.kind,
            passages: all(before.passages, next.passages),
            ..next
        }),
        (Changed | Gone, Gone) => Some(next),
        (Gone, Came | Changed) => {
            let known: HashSet<_> = before.passages.into_iter().collect();
            let new: Vec<_> =
                next.passages.iter().filter(|passage| !known.contains(passage)).copied().collect();
            (!new.is_empty()).then_some(ArticleChange { kind: Changed, passages: new, ..next })
        }
    }
}

/// An article that went while another of the same title and length came is the same one.
fn without_moves(all: Vec<ArticleChange>) -> Vec<ArticleChange> {
    let name = |news: &ArticleChange| (news.title.clone(), news.passages.len());
    let mut gone: HashMap<_, usize> = HashMap::new();
    let mut came = gone.clone();
    for news in &all {
        match news.kind {
            ChangeKind::Gone => *gone.entry(name(news)).or_default() += 1,
            ChangeKind::Came => *came.entry(name(news)).or_default() += 1,
            ChangeKind::Changed => {}
        }
    }
    // As many as have moved are left out on both sides.
    let moved = |name: &(String, usize)| {
        let count = |side: &HashMap<_, usize>| side.get(name).copied().unwrap_or(0);
        count(&gone).min(count(&came))
    };
    let mut left: HashMap<_, [usize; 2]> = HashMap::new();
    let mut is_news = |news: &ArticleChange| {
        let side = match news.kind {
            ChangeKind::Gone => 0,
            ChangeKind::Came => 1,
            ChangeKind::Changed => return true,
        };
        let name = name(news);
        let moved = moved(&name);
        let left = left.entry(name).or_insert([moved; 2]);
        let is_moved = left[side] > 0;
        left[side] -= usize::from(is_moved);
        !is_moved
    };
    all.into_iter().filter(|news| is_news(news)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Changes as `file kind passages`, and the news in the same form.
    fn check(changes: &[(&str, ChangeKind, &[u64])], expected: &[(&str, ChangeKind, &[u64])]) {
        let ids = |numbers: &[u64]| numbers.iter().map(|n| PassageId::from_u64(*n)).collect();
        let change = |(file, kind, passages): &(&str, ChangeKind, &[u64])| Change {
            id: 0,
            article: ArticleId::of_file(file),
            title: file.trim_matches(|c: char| c.is_ascii_digit()).to_owned(),
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
        let news = merge_changes(&changes).into_iter();
        let news: Vec<_> = news.map(|news| (news.article, news.kind, news.passages)).collect();
        assert_eq!(news, expected);
    }

    #[test]
    fn what_happened_to_an_article_is_told_once() {
        use ChangeKind::{Came, Changed, Gone};
        check(
            &[("a", Came, &[1, 2]), ("b", Gone, &[9])],
            &[("a", Came, &[1, 2]), ("b", Gone, &[9])],
        );
        check(&[("a", Came, &[1]), ("a", Changed, &[2])], &[("a", Came, &[1, 2])]);
        check(
            &[("a", Changed, &[1]), ("b", Changed, &[5]), ("a", Changed, &[2, 1])],
            &[("b", Changed, &[5]), ("a", Changed, &[1, 2])],
        );
        check(&[("a", Came, &[1]), ("a", Gone, &[1])], &[]);
        check(&[("a", Changed, &[1]), ("a", Gone, &[1, 2])], &[("a", Gone, &[1, 2])]);
        check(&[("a", Gone, &[1, 2]), ("a", Came, &[1, 2])], &[]);
        check(&[("a", Gone, &[1]), ("a", Came, &[1, 2])], &[("a", Changed, &[2])]);
    }

    #[test]
    fn another_file_name_is_no_news() {
        use ChangeKind::{Came, Gone};
        check(&[("a1", Came, &[3, 4]), ("a2", Gone, &[1, 2])], &[]);
        check(&[("a1", Gone, &[1]), ("b", Came, &[7]), ("a2", Came, &[2])], &[("b", Came, &[7])]);
        check(
            &[("a1", Gone, &[1]), ("a2", Came, &[2, 3])],
            &[("a1", Gone, &[1]), ("a2", Came, &[2, 3])],
        );
    }
}

//! Filters of articles by folder, author, tag and date of publication. Pure.
//!
//! A filter is a conjunction: an article passes if it is in none of the hidden folders and meets a
//! criterion of every clause. The empty filter lets every article pass.

use std::cell::OnceCell;
use std::sync::Arc;

use super::analyzer;
use super::article_summary::ArticleSummary;
use super::articles_file::RecordHead;
use crate::corpus::Folder;

/// A filter of articles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ArticleFilter {
    /// Folders whose articles do not pass.
    hidden: Vec<Folder>,
    /// An article must meet a criterion of each clause.
    clauses: Vec<Vec<Criterion>>,
}

/// A property that an article has or has not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Criterion {
    Folder(Folder),
    /// One of the authors, as [`folded_name`].
    Author(String),
    /// One of the tags, as [`folded_name`].
    Tag(String),
    /// Every day that the date of publication may mean is this day or a later one.
    From(Day),
    /// Every day that the date of publication may mean is before this day.
    Before(Day),
}

/// A day, as `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(String);

impl ArticleFilter {
    /// Returns the filter that keeps back the articles of some folders.
    pub fn without(mut hidden: Vec<Folder>) -> ArticleFilter {
        hidden.sort();
        ArticleFilter { hidden, clauses: Vec::new() }
    }

    /// Adds a clause: an article must meet one of the criteria, too. Adds nothing without criteria.
    pub fn and_any_of(mut self, criteria: Vec<Criterion>) -> ArticleFilter {
        if !criteria.is_empty() && !self.clauses.contains(&criteria) {
            self.clauses.push(criteria);
        }
        self
    }

    /// Returns whether every article passes.
    pub fn is_empty(&self) -> bool {
        self.hidden.is_empty() && self.clauses.is_empty()
    }

    /// Returns whether the article with this head passes. `read` returns the whole summary, which
    /// is needed for authors and tags.
    pub fn passes(
        &self,
        head: &RecordHead<'_>,
        read: impl FnOnce() -> Option<Arc<ArticleSummary>>,
    ) -> bool {
        if self.is_hidden(head.file) {
            return false;
        }
        let (summary, mut read) = (OnceCell::new(), Some(read));
        self.clauses.iter().all(|clause| {
            clause.iter().any(|criterion| {
                if let Criterion::Author(_) | Criterion::Tag(_) = criterion
                    && let Some(read) = read.take()
                {
                    // The cell is empty, since `read` is taken once.
                    let _ = summary.set(read());
                }
                criterion.is_met(head, summary.get().and_then(Option::as_deref))
            })
        })
    }

    /// Returns whether an article that was removed would certainly pass. Only its file is known.
    pub fn passes_by_file(&self, file: &str) -> bool {
        let is_met = |criterion: &Criterion| match criterion {
            Criterion::Folder(folder) => folder.contains(file),
            Criterion::Author(_)
            | Criterion::Tag(_)
            | Criterion::From(_)
            | Criterion::Before(_) => false,
        };
        !self.is_hidden(file) && self.clauses.iter().all(|clause| clause.iter().any(is_met))
    }

    fn is_hidden(&self, file: &str) -> bool {
        self.hidden.iter().any(|folder| folder.contains(file))
    }
}

impl Criterion {
    fn is_met(&self, head: &RecordHead<'_>, summary: Option<&ArticleSummary>) -> bool {
        let has =
            |names: &[String], wanted: &str| names.iter().any(|name| folded_name(name) == wanted);
        match self {
            Criterion::Folder(folder) => folder.contains(head.file),
            Criterion::Author(author) => {
                summary.is_some_and(|summary| has(&summary.authors, author))
            }
            Criterion::Tag(tag) => summary.is_some_and(|summary| has(&summary.tags, tag)),
            Criterion::From(day) => {
                head.published.and_then(Day::first_of).is_some_and(|first| first >= *day)
            }
            Criterion::Before(day) => {
                head.published.and_then(Day::last_of).is_some_and(|last| last < *day)
            }
        }
    }
}

impl Day {
    /// Returns the first day of a date: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    pub fn first_of(date: &str) -> Option<Day> {
        Day::of(date, "01-01")
    }

    /// Returns the last day of a date, or a later day of the same month.
    fn last_of(date: &str) -> Option<Day> {
        Day::of(date, "12-31")
    }

    /// Returns the day of a date whose missing parts are those of `rest`.
    fn of(date: &str, rest: &str) -> Option<Day> {
        let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        match date.len() {
            4 if is_date => Some(Day(format!("{date}-{rest}"))),
            7 if is_date => Some(Day(format!("{date}-{}", &rest[3..]))),
            10 if is_date => Some(Day(date.to_owned())),
            _ => None,
        }
    }
}

/// Returns one form for all spellings of the name of an author, a tag or a folder.
pub fn folded_name(name: &str) -> String {
    let words: Vec<_> = analyzer::words(name).into_iter().map(|word| word.folded).collect();
    match words.is_empty() {
        true => name.trim().to_lowercase(),
        false => words.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns whether an article of a file, a date, an author and a tag passes.
    fn passes(filter: &ArticleFilter, file: &str, published: Option<&str>) -> bool {
        let head = RecordHead {
            file,
            stamp: None,
            id: crate::corpus::article::ArticleId::of_file(file),
            title: "",
            published,
            modified: 0,
            language: "en",
        };
        let summary = ArticleSummary {
            id: head.id,
            file: file.to_owned(),
            hash: crate::corpus::ContentHash::of(b""),
            modified: 0,
            title: String::new(),
            title_stems: Vec::new(),
            published: published.map(str::to_owned),
            authors: vec!["Ada Móon".to_owned()],
            tags: vec!["Sea-Level".to_owned()],
            sections: 1,
        };
        filter.passes(&head, || Some(Arc::new(summary)))
    }

    fn folder(path: &str) -> Folder {
        Folder::new(path).expect("the path names a folder")
    }

    #[test]
    fn article_filter_is_a_conjunction_of_alternatives() {
        let filter = |clauses: &[&[Criterion]]| {
            clauses
                .iter()
                .fold(ArticleFilter::default(), |filter, clause| filter.and_any_of(clause.to_vec()))
        };
        let (water, sea) = (Criterion::Folder(folder("water")), Criterion::Folder(folder("sea")));
        let (ada, ben) = (Criterion::Author("ada moon".into()), Criterion::Author("ben".into()));
        let tag = |name: &str| Criterion::Tag(folded_name(name));
        let check = |clauses: &[&[&Criterion]], expected| {
            let owned = |clause: &&[&Criterion]| clause.iter().copied().cloned().collect();
            let owned: Vec<Vec<Criterion>> = clauses.iter().map(owned).collect();
            let clauses: Vec<_> = owned.iter().map(Vec::as_slice).collect();
            assert_eq!(passes(&filter(&clauses), "water/a.md", None), expected, "{clauses:?}");
        };
        check(&[], true);
        check(&[&[]], true);
        check(&[&[&water]], true);
        check(&[&[&sea]], false);
        check(&[&[&sea, &water]], true);
        check(&[&[&sea, &ada]], true);
        check(&[&[&water], &[&ada]], true);
        check(&[&[&water], &[&ben]], false);
        check(&[&[&tag("sea level")]], true);
        check(&[&[&tag("sea")]], false);
        let hidden = ArticleFilter::without(vec![folder("water")]);
        assert!(!passes(&hidden.clone().and_any_of(vec![water]), "water/a.md", None));
        assert!(passes(&hidden, "waters/a.md", None));
        assert!(!hidden.passes_by_file("water/a/b.md") && hidden.passes_by_file("a.md"));
    }

    #[test]
    fn article_filter_compares_all_days_that_a_date_may_mean() {
        let check = |from: Option<&str>, before: Option<&str>, published, expected| {
            let day = |date: &str| Day::first_of(date).expect("a date");
            let from = from.map(|date| Criterion::From(day(date)));
            let before = before.map(|date| Criterion::Before(day(date)));
            let filter = ArticleFilter::default()
                .and_any_of(from.into_iter().collect())
                .and_any_of(before.into_iter().collect());
            let found = passes(&filter, "a.md", published);
            assert_eq!(found, expected, "{filter:?} {published:?}");
        };
        check(Some("2026-01"), None, Some("2026-01-01"), true);
        check(Some("2026-01"), None, Some("2025-12-31"), false);
        check(Some("2026-01"), None, Some("2026-01"), true);
        check(Some("2026-01"), None, Some("2026"), true);
        check(Some("2026-02"), None, Some("2026"), false);
        check(Some("2026-01-15"), None, Some("2026-01"), false);
        check(None, Some("2026-02"), Some("2026-01"), true);
        check(None, Some("2026-02"), Some("2026-02-01"), false);
        check(None, Some("2026-02"), Some("2026"), false);
        check(None, Some("2027"), Some("2026"), true);
        check(Some("2026-01"), Some("2026-02"), Some("2026-01-31"), true);
        check(Some("2026"), None, None, false);
        check(None, Some("2026"), None, false);
        check(Some("2026"), None, Some("July 2026"), false);
    }
}

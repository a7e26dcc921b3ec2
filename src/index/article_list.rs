//! Lists of article summaries in several orders.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use super::article_summary::{ArticleSummary, IndexedArticle};
use super::articles_file::{ArticlesFile, RecordHead};
use super::catalog::Catalog;
use crate::corpus::article::ArticleId;

/// Minimum number of files whose equal times are no coincidence.
const MIN_ALIKE: usize = 5;
/// Maximum time between the first and the last file of a copy, in seconds.
const MAX_COPY_SECONDS: i64 = 60;
/// One file in this number may be older, and one newer, than the copy.
const OUTLIERS_SHARE: usize = 20;

/// Articles in some order. Each summary is read from the index when it is requested.
#[derive(Clone)]
pub struct Articles {
    source: Arc<Source>,
    /// Article numbers in the source.
    order: Arc<[u32]>,
}

/// The articles by number: first those of the articles file, then those changed since.
struct Source {
    base: ArticlesFile,
    delta: Vec<Arc<IndexedArticle>>,
}

/// The articles of a generation of the index, or some of them. Each order is computed on first use.
pub struct ArticleList {
    catalog: Catalog,
    /// Ids of the articles in the list. `None` for all articles of the catalog.
    only: Option<Arc<FxHashSet<ArticleId>>>,
    by_title: OnceLock<Articles>,
    newest: OnceLock<Articles>,
}

impl Source {
    fn head(&self, number: u32) -> Option<RecordHead<'_>> {
        let number = number as usize;
        match number.checked_sub(self.base.len()) {
            None => self.base.head(number),
            Some(position) => self.delta.get(position).map(|indexed| RecordHead::of(indexed)),
        }
    }

    fn article(&self, number: u32) -> Option<Arc<ArticleSummary>> {
        let number = number as usize;
        match number.checked_sub(self.base.len()) {
            None => self.base.article(number).map(|indexed| indexed.article),
            Some(position) => self.delta.get(position).map(|indexed| Arc::clone(&indexed.article)),
        }
    }
}

impl Articles {
    /// Returns the number of articles.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Returns the article at a position. Returns `None` after the last one, or if its record is
    /// damaged.
    pub fn get(&self, position: usize) -> Option<Arc<ArticleSummary>> {
        self.source.article(*self.order.get(position)?)
    }

    /// Returns the first article.
    pub fn first(&self) -> Option<Arc<ArticleSummary>> {
        self.iter().next()
    }

    /// Returns the articles in order. Skips damaged records.
    pub fn iter(&self) -> impl Iterator<Item = Arc<ArticleSummary>> {
        self.order.iter().filter_map(|number| self.source.article(*number))
    }
}

impl Default for Articles {
    /// Returns the empty list.
    fn default() -> Articles {
        Articles::from_iter([])
    }
}

impl FromIterator<Arc<ArticleSummary>> for Articles {
    fn from_iter<I: IntoIterator<Item = Arc<ArticleSummary>>>(articles: I) -> Articles {
        let indexed = |article| {
            let (stamp, language, aliases) = (None, String::new(), Vec::new());
            Arc::new(IndexedArticle { stamp, language, aliases, article })
        };
        let delta: Vec<_> = articles.into_iter().map(indexed).collect();
        let order = (0..).take(delta.len()).collect();
        Articles { source: Arc::new(Source { base: ArticlesFile::default(), delta }), order }
    }
}

impl ArticleList {
    /// Returns the list of the articles in `catalog`.
    pub fn new(catalog: &Catalog) -> ArticleList {
        let catalog = catalog.clone();
        ArticleList { catalog, only: None, by_title: OnceLock::new(), newest: OnceLock::new() }
    }

    /// Returns the list of the articles with these ids.
    pub fn restricted(&self, only: Arc<FxHashSet<ArticleId>>) -> ArticleList {
        ArticleList { only: Some(only), ..ArticleList::new(&self.catalog) }
    }

    /// Returns the catalog, which also has the articles that are not in the list.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Returns the number of articles.
    pub fn count(&self) -> usize {
        self.only.as_ref().map_or_else(|| self.catalog.len(), |only| only.len())
    }

    /// Returns the id of an arbitrary article.
    pub fn any_id(&self) -> Option<ArticleId> {
        self.heads().next().map(|head| head.id)
    }

    /// Returns the article of a file, a path within the corpus.
    pub fn of_file(&self, file: &str) -> Option<Arc<ArticleSummary>> {
        let found = self.catalog.get(file).filter(|indexed| self.has(indexed.article.id));
        found.map(|indexed| Arc::clone(&indexed.article))
    }

    fn has(&self, id: ArticleId) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&id))
    }

    fn heads(&self) -> impl Iterator<Item = RecordHead<'_>> {
        self.catalog.heads().filter(|head| self.has(head.id))
    }

    /// Returns the articles by title, then by path.
    pub fn by_title(&self) -> &Articles {
        self.by_title.get_or_init(|| {
            let source = self.source();
            let key = |number: u32| {
                let head = source.head(number)?;
                Some((head.title, head.file, number))
            };
            let is_listed =
                |number: &u32| source.head(*number).is_some_and(|head| self.has(head.id));
            let numbers = self.numbers().into_iter();
            let mut keys: Vec<_> = match self.only {
                None => numbers.filter_map(key).collect(),
                Some(_) => numbers.filter(is_listed).filter_map(key).collect(),
            };
            keys.sort_unstable();
            let order = keys.into_iter().map(|(_, _, number)| number).collect();
            Articles { order, source: Arc::new(source) }
        })
    }

    /// Returns the first `limit` titles of [`Self::by_title`] without sorting all articles.
    pub fn first_titles(&self, limit: usize) -> Vec<String> {
        let mut first = BinaryHeap::new();
        for head in self.heads() {
            first.push((head.title, head.file));
            if first.len() > limit {
                first.pop();
            }
        }
        first.into_sorted_vec().into_iter().map(|(title, _)| title.to_owned()).collect()
    }

    /// Returns the articles by date, newest first. Articles without a date follow, by the
    /// modification time of their files, or by title if these times say nothing.
    pub fn newest(&self) -> &Articles {
        self.newest.get_or_init(|| {
            let Articles { source, order } = self.by_title().clone();
            let mut order = order.to_vec();
            let has_times = !self.catalog.is_checkout && !are_alike(&source, &order);
            order.sort_by_cached_key(|number| {
                let head = source.head(*number);
                let published = head.and_then(|head| head.published).and_then(date);
                Reverse((published, head.filter(|_| has_times).map(|head| head.modified)))
            });
            Articles { source, order: order.into() }
        })
    }

    /// Returns the articles by number.
    fn source(&self) -> Source {
        let (base, delta) = self.catalog.parts();
        Source { base: base.clone(), delta: delta.values().flatten().cloned().collect() }
    }

    /// Returns the numbers of all articles in [`Self::source`], in arbitrary order.
    fn numbers(&self) -> Vec<u32> {
        let (base, delta) = self.catalog.parts();
        let mut replaced: Vec<_> = delta.keys().filter_map(|file| base.find(file).ok()).collect();
        replaced.sort_unstable();
        let mut replaced = replaced.into_iter().peekable();
        let kept = (0..base.len()).filter(|at| replaced.next_if_eq(at).is_none());
        let new = (base.len()..).take(delta.values().flatten().count());
        // Tantivy limits an index to fewer than 2^32 entries, and each article has one.
        kept.chain(new).filter_map(|number| u32::try_from(number).ok()).collect()
    }
}

/// Returns whether nearly all files have the same time, as after a copy or a checkout.
fn are_alike(source: &Source, order: &[u32]) -> bool {
    let times = order.iter().filter_map(|number| source.head(*number));
    let mut times: Vec<_> = times.map(|head| head.modified).collect();
    times.sort_unstable();
    let outliers = times.len() / OUTLIERS_SHARE;
    let inner = &times[outliers..times.len() - outliers];
    match inner {
        [first, .., last] => inner.len() >= MIN_ALIKE && last - first <= MAX_COPY_SECONDS,
        _ => false,
    }
}

/// Year, month and day. A missing month or day is 0.
type Date = (u32, u32, u32);

/// Parses the date at the start of a text: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
fn date(text: &str) -> Option<Date> {
    let digits = |text: &str| -> Option<u32> {
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
    };
    let text = text.trim();
    let year = digits(text.get(..4)?)?;
    let part = |at: usize| {
        let part = text.get(at..at + 3)?.strip_prefix('-')?;
        digits(part)
    };
    let month = part(4).filter(|month| (1..=12).contains(month));
    let day = month.and(part(7)).filter(|day| (1..=31).contains(day));
    Some((year, month.unwrap_or(0), day.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_is_parsed_up_to_its_last_valid_part() {
        let check = |text, expected| assert_eq!(date(text), expected, "{text}");
        check("2025-07-14", Some((2025, 7, 14)));
        check("2025-07-14T08:00:00Z", Some((2025, 7, 14)));
        check(" 2025-07", Some((2025, 7, 0)));
        check("2025", Some((2025, 0, 0)));
        check("2025-13-40", Some((2025, 0, 0)));
        check("July 2025", None);
        check("20é5", None);
        check("", None);
    }
}

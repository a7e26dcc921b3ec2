//! The articles as they are listed, known without reading any.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::analysis::WordId;
use super::articles_file::{ArticlesFile, Head};
use super::catalog::Catalog;
use crate::corpus::ContentHash;
use crate::corpus::article::ArticleId;

/// An article as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleSummary {
    pub id: ArticleId,
    /// Relative to the corpus directory, with `/` between its parts.
    pub file: String,
    pub hash: ContentHash,
    /// When the file was last modified, in Unix seconds.
    pub modified: i64,
    pub title: String,
    /// The stems of its words, in the article's language.
    pub title_stems: Vec<WordId>,
    /// As the front matter has it.
    pub published: Option<String>,
    /// Whether it says who wrote it.
    pub is_signed: bool,
    pub sections: usize,
}

/// All articles in some order. An article is read from the index's own files when it is asked for.
#[derive(Clone)]
pub struct Articles {
    source: Arc<Source>,
    /// Numbers of the articles in the source.
    order: Arc<[u32]>,
}

/// The articles by number: first those of the articles file, then those that have changed since.
struct Source {
    written: ArticlesFile,
    changed: Vec<Arc<ArticleSummary>>,
}

/// All articles in the orders that are asked for, each made when it first is.
pub struct ArticleList {
    catalog: Catalog,
    by_title: OnceLock<Articles>,
    newest: OnceLock<Articles>,
}

impl Source {
    fn head(&self, number: u32) -> Option<Head<'_>> {
        let number = number as usize;
        match number.checked_sub(self.written.len()) {
            None => self.written.head(number),
            Some(changed) => self.changed.get(changed).map(|article| Head::of(article, None)),
        }
    }

    fn article(&self, number: u32) -> Option<Arc<ArticleSummary>> {
        let number = number as usize;
        match number.checked_sub(self.written.len()) {
            None => self.written.article(number).map(|indexed| indexed.article),
            Some(changed) => self.changed.get(changed).cloned(),
        }
    }
}

impl Articles {
    /// Returns the number of articles.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Returns whether there are no articles.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Returns the article at a position; `None` after the last one, or if the index is damaged there.
    pub fn get(&self, position: usize) -> Option<Arc<ArticleSummary>> {
        self.source.article(*self.order.get(position)?)
    }

    /// Returns the first article.
    pub fn first(&self) -> Option<Arc<ArticleSummary>> {
        self.iter().next()
    }

    /// Returns the articles one by one, without those at which the index is damaged.
    pub fn iter(&self) -> impl Iterator<Item = Arc<ArticleSummary>> {
        self.order.iter().filter_map(|number| self.source.article(*number))
    }
}

impl FromIterator<Arc<ArticleSummary>> for Articles {
    fn from_iter<I: IntoIterator<Item = Arc<ArticleSummary>>>(articles: I) -> Articles {
        let changed: Vec<_> = articles.into_iter().collect();
        let order = (0..).take(changed.len()).collect();
        Articles { source: Arc::new(Source { written: ArticlesFile::default(), changed }), order }
    }
}

impl ArticleList {
    pub fn of(catalog: &Catalog) -> ArticleList {
        ArticleList { catalog: catalog.clone(), by_title: OnceLock::new(), newest: OnceLock::new() }
    }

    /// Returns the number of articles.
    pub fn count(&self) -> usize {
        self.catalog.len()
    }

    /// Returns the id of some article.
    pub fn some_id(&self) -> Option<ArticleId> {
        self.catalog.heads().next().map(|head| head.id)
    }

    /// The article of this file.
    pub fn of_file(&self, file: &str) -> Option<Arc<ArticleSummary>> {
        self.catalog.get(file).map(|indexed| Arc::clone(&indexed.article))
    }

    pub fn by_title(&self) -> &Articles {
        self.by_title.get_or_init(|| {
            let source = self.source();
            let key = |number: u32| {
                let head = source.head(number)?;
                Some((head.title, head.file, number))
            };
            let mut keys: Vec<_> = self.numbers().into_iter().filter_map(key).collect();
            keys.sort_unstable();
            let order = keys.into_iter().map(|(_, _, number)| number).collect();
            Articles { order, source: Arc::new(source) }
        })
    }

    /// Returns the titles of the first articles of [`Listing::by_title`], at most `most`, without sorting all.
    pub fn first_titles(&self, most: usize) -> Vec<String> {
        let mut first = BinaryHeap::new();
        for head in self.catalog.heads() {
            first.push((head.title, head.file));
            if first.len() > most {
                first.pop();
            }
        }
        first.into_sorted_vec().into_iter().map(|(title, _)| title.to_owned()).collect()
    }

    /// The newest first; those without a date last, the file that was modified last first.
    pub fn newest(&self) -> &Articles {
        self.newest.get_or_init(|| {
            let Articles { source, order } = self.by_title().clone();
            let mut order = order.to_vec();
            order.sort_by_cached_key(|number| {
                let head = source.head(*number);
                let published = head.and_then(|head| head.published).and_then(date);
                Reverse((published, head.map(|head| head.modified)))
            });
            Articles { source, order: order.into() }
        })
    }

    fn source(&self) -> Source {
        let (written, changed) = self.catalog.parts();
        let changed = changed.values().flatten().map(|indexed| Arc::clone(&indexed.article));
        Source { written: written.clone(), changed: changed.collect() }
    }

    /// Returns the numbers of all articles in [`Listing::source`], in no order.
    fn numbers(&self) -> Vec<u32> {
        let (written, changed) = self.catalog.parts();
        let mut replaced: Vec<_> =
            changed.keys().filter_map(|file| written.find(file).ok()).collect();
        replaced.sort_unstable();
        let mut replaced = replaced.into_iter().peekable();
        let kept = (0..written.len()).filter(|at| replaced.next_if_eq(at).is_none());
        let new = (written.len()..).take(changed.values().flatten().count());
        // An index has fewer than 2^32 articles, since each has an entry.
        kept.chain(new).filter_map(|number| u32::try_from(number).ok()).collect()
    }
}

/// A day, a month or a year: what is left out is 0.
type Date = (u32, u32, u32);

/// The date that a text begins with, as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
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
    fn a_date_is_read_as_far_as_it_goes() {
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

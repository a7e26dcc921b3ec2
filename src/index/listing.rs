//! The articles as they are listed, known without reading any.

use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::analysis::WordId;
use super::catalog::Catalog;
use crate::corpus::ContentHash;
use crate::corpus::article::ArticleId;

/// An article as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedArticle {
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

/// All articles, in some order.
pub type Articles = Arc<[Arc<ListedArticle>]>;

/// All articles in the orders that are asked for, each made when it first is.
pub struct Listing {
    by_file: Articles,
    by_title: OnceLock<Articles>,
    newest: OnceLock<Articles>,
}

impl Listing {
    pub fn of(catalog: &Catalog) -> Listing {
        Listing {
            by_file: catalog.files.values().map(|file| Arc::clone(&file.article)).collect(),
            by_title: OnceLock::new(),
            newest: OnceLock::new(),
        }
    }

    pub fn by_file(&self) -> &Articles {
        &self.by_file
    }

    /// The article of this file.
    pub fn of_file(&self, file: &str) -> Option<&Arc<ListedArticle>> {
        let found = self.by_file.binary_search_by(|article| article.file.as_str().cmp(file));
        found.ok().map(|at| &self.by_file[at])
    }

    pub fn by_title(&self) -> &Articles {
        self.by_title.get_or_init(|| {
            let mut articles = self.by_file.to_vec();
            articles.sort_by(|a, b| (&a.title, &a.file).cmp(&(&b.title, &b.file)));
            articles.into()
        })
    }

    /// The newest first; those without a date last, the file that was modified last first.
    pub fn newest(&self) -> &Articles {
        self.newest.get_or_init(|| {
            let mut articles = self.by_title().to_vec();
            articles.sort_by_cached_key(|article| {
                Reverse((article.published.as_deref().and_then(date), article.modified))
            });
            articles.into()
        })
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

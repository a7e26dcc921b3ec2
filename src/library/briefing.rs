//! The library's door to briefings: of an article, and on a topic.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};

use lru::LruCache;

use super::{Library, LibraryError, cut};
use crate::answer::Answer;
use crate::brief::{self, Brief, OnTopic, TopicBrief};
use crate::corpus::ContentHash;
use crate::corpus::article::{ArticleId, Outline, Passage};
use crate::index::analyzer::Language;
use crate::index::{IndexError, View};

/// Where the sentences on a topic are looked for.
const TOPIC_HITS: usize = 24;

/// A day, a month or a year: what is left out is 0.
type Date = (u32, u32, u32);

/// An article with all of its passages, in the file's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    pub article: Arc<Outline>,
    pub passages: Vec<Arc<Passage>>,
}

impl Library {
    /// The briefing of an article; `None` when the corpus has no such article (any more). One that was made
    /// lately is not made again: many readers want the same.
    pub fn brief(&self, id: ArticleId) -> Result<Option<Arc<Brief>>, LibraryError> {
        let view = self.index.view();
        let listed = view.listed().iter().find(|listed| listed.id == id);
        let Some(key) = listed.map(|listed| (id, listed.hash)) else { return Ok(None) };
        if let Some(known) = self.briefs().get(&key) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(Whole { article, passages }) = self.whole(id)? else { return Ok(None) };
        let language = Language::of_code(&self.language_of(&article));
        let brief = Arc::new(brief::brief(&article, &passages, &language));
        self.briefs().put(key, Arc::clone(&brief));
        Ok(Some(brief))
    }

    fn briefs(&self) -> MutexGuard<'_, LruCache<(ArticleId, ContentHash), Arc<Brief>>> {
        self.briefs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An article with its text; `None` when the corpus has no such article (any more).
    pub fn whole(&self, id: ArticleId) -> Result<Option<Whole>, LibraryError> {
        self.read(|view| {
            let Some(article) = view.outline(id)? else { return Ok(None) };
            let passages = passages_of(view, &article)?;
            Ok(Some(Whole { article, passages }))
        })
    }

    /// Every article, the newest first; those without a date last, the file that was modified last first.
    pub fn newest(&self) -> Result<Vec<Arc<Outline>>, LibraryError> {
        self.read(|view| {
            let listed = view.listed().iter();
            let modified: HashMap<_, _> =
                listed.map(|listed| (listed.id, listed.modified)).collect();
            let mut articles = view.outlines()?;
            articles.sort_by_key(|article| {
                let date = article.published.as_deref().and_then(date);
                Reverse((date, modified.get(&article.id).copied()))
            });
            Ok(articles)
        })
    }

    /// The key sentences on a topic. What is refused as a question is refused here.
    pub fn brief_on(&self, topic: &str) -> Result<OnTopic, LibraryError> {
        let found = match self.ask(topic, None)? {
            Answer::Found(found) => found,
            otherwise => return Ok(OnTopic::Otherwise(otherwise)),
        };
        let (_, findings) = self.study(cut(topic), None, TOPIC_HITS)?;
        let language_of = |article: &Outline| Language::of_code(&self.language_of(article));
        let excerpts = brief::on_topic(&findings, language_of);
        Ok(match excerpts.is_empty() {
            true => OnTopic::Otherwise(Answer::Found(found)),
            false => OnTopic::Found(TopicBrief { excerpts, corrected: found.corrected }),
        })
    }
}

/// All passages of an article, in the file's order.
fn passages_of(view: &View<'_>, article: &Outline) -> Result<Vec<Arc<Passage>>, IndexError> {
    let mut passages = Vec::new();
    for section in &article.sections {
        let stored = view.passages_of(section.id)?;
        passages.extend(stored.iter().map(|stored| Arc::clone(&stored.passage)));
    }
    Ok(passages)
}

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

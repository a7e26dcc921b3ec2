//! The library's door to briefings: of an article, and on a topic.

use std::sync::{Arc, MutexGuard, PoisonError};

use lru::LruCache;

use super::{Library, LibraryError, cut};
use crate::answer::Answer;
use crate::brief::{self, Brief, OnTopic, TopicBrief};
use crate::corpus::ContentHash;
use crate::corpus::article::{ArticleId, Outline, Passage};
use crate::index::analyzer::Language;
use crate::index::{Articles, IndexError, Snapshot};

/// Where the sentences on a topic are looked for.
const TOPIC_HITS: usize = 24;

/// An article with all of its passages, in the file's order.
#[derive(Debug, Clone, PartialEq)]
pub struct FullArticle {
    pub article: Arc<Outline>,
    pub passages: Vec<Arc<Passage>>,
}

impl Library {
    /// The briefing of an article; `None` when the corpus has no such article (any more). One that was made
    /// lately is not made again: many readers want the same.
    pub fn brief(&self, id: ArticleId) -> Result<Option<Arc<Brief>>, LibraryError> {
        let listed = self.read(|view| {
            let outline = view.outline(id)?;
            Ok(outline.and_then(|outline| view.articles().of_file(&outline.file)))
        })?;
        let Some(key) = listed.map(|listed| (id, listed.hash)) else { return Ok(None) };
        if let Some(known) = self.briefs().get(&key) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(FullArticle { article, passages }) = self.full_article(id)? else {
            return Ok(None);
        };
        let language = Language::of_code(&self.language_of(&article));
        let brief = Arc::new(brief::brief(&article, &passages, &language));
        self.briefs().put(key, Arc::clone(&brief));
        Ok(Some(brief))
    }

    fn briefs(&self) -> MutexGuard<'_, LruCache<(ArticleId, ContentHash), Arc<Brief>>> {
        self.briefs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An article with its text; `None` when the corpus has no such article (any more).
    pub fn full_article(&self, id: ArticleId) -> Result<Option<FullArticle>, LibraryError> {
        self.read(|view| {
            let Some(article) = view.outline(id)? else { return Ok(None) };
            let passages = passages_of(view, &article)?;
            Ok(Some(FullArticle { article, passages }))
        })
    }

    /// Every article, the newest first; those without a date last, the file that was modified last first.
    pub fn newest(&self) -> Articles {
        self.index.snapshot().articles().newest().clone()
    }

    /// The key sentences on a topic. What is refused as a question is refused here.
    pub fn brief_on(&self, topic: &str) -> Result<OnTopic, LibraryError> {
        let found = match self.ask(topic, None)? {
            Answer::Found(found) => found,
            otherwise => return Ok(OnTopic::Otherwise(otherwise)),
        };
        let (_, findings) = self.search(cut(topic), None, TOPIC_HITS)?;
        let language_of = |article: &Outline| Language::of_code(&self.language_of(article));
        let excerpts = brief::on_topic(&findings, language_of);
        Ok(match excerpts.is_empty() {
            true => OnTopic::Otherwise(Answer::Found(found)),
            false => OnTopic::Found(TopicBrief { excerpts, corrected: found.corrected }),
        })
    }
}

/// All passages of an article, in the file's order.
fn passages_of(view: &Snapshot<'_>, article: &Outline) -> Result<Vec<Arc<Passage>>, IndexError> {
    let mut passages = Vec::new();
    for section in &article.sections {
        let stored = view.section_passages(section.id)?;
        passages.extend(stored.iter().map(|stored| Arc::clone(&stored.passage)));
    }
    Ok(passages)
}

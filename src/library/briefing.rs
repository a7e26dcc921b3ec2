//! Briefings of articles, with a cache, and the quotes of new passages.

use std::collections::HashSet;
use std::sync::Arc;

use quick_cache::sync::Cache;

use super::reading::FullArticle;
use crate::answer::Excerpt;
use crate::brief::{self, Brief};
use crate::corpus::ContentHash;
use crate::corpus::article::{ArticleId, Outline, PassageId};
use crate::index::language::Language;

/// The new passages of one article, in quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct NewQuotes {
    pub article: Arc<Outline>,
    /// By descending confidence if words were searched, else in reading order. Empty if text was
    /// only removed.
    pub excerpts: Vec<Excerpt>,
}

/// The recent briefings, by the content of their article.
pub struct BriefCache(Cache<(ArticleId, ContentHash), Arc<Brief>>);

/// Number of cached briefings of some kilobytes each. Many readers ask for the same briefing.
const CACHED_BRIEFS: usize = 64;
/// Maximum number of quotes of one article.
pub const MAX_NEW_QUOTES: usize = 3;

impl BriefCache {
    /// Creates an empty cache.
    pub fn new() -> BriefCache {
        BriefCache(Cache::new(CACHED_BRIEFS))
    }

    /// Returns the briefing of an article with this content, from the cache or from the text that
    /// `load` returns. Returns `None` if `load` does.
    pub fn get_or_create<E>(
        &self,
        id: ArticleId,
        hash: ContentHash,
        load: impl FnOnce() -> Result<Option<(FullArticle, Language)>, E>,
    ) -> Result<Option<Arc<Brief>>, E> {
        let cached = self.0.get_or_insert_with(&(id, hash), || {
            let (FullArticle { article, passages }, language) =
                load().map_err(Some)?.ok_or(None)?;
            Ok(Arc::new(brief::brief(&article, &passages, &language)))
        });
        match cached {
            Ok(brief) => Ok(Some(brief)),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }
}

/// Returns the key sentences of the `new` passages of an article, or `None` if none of the passages
/// exists. If `new` is empty, text was only removed, and there are no quotes.
pub fn new_quotes(
    FullArticle { article, passages }: FullArticle,
    new: &[PassageId],
    language: &Language,
) -> Option<NewQuotes> {
    let new: HashSet<_> = new.iter().collect();
    let is_new = |id: PassageId| new.contains(&id);
    if !new.is_empty() && !passages.iter().any(|passage| is_new(passage.id)) {
        return None;
    }
    let excerpts = brief::key_sentences(&article, &passages, language, is_new, MAX_NEW_QUOTES);
    Some(NewQuotes { article, excerpts })
}

//! The library's door to what is new in articles.

use std::collections::HashSet;
use std::sync::Arc;

use super::{FullArticle, Library, LibraryError};
use crate::answer::Excerpt;
use crate::brief;
use crate::corpus::article::{ArticleId, Outline, PassageId};
use crate::index::analyzer::Language;

/// What is new in one article, in the article's words.
#[derive(Debug, Clone, PartialEq)]
pub struct NewQuotes {
    pub article: Arc<Outline>,
    /// In reading order where no words were asked for, else strongest first. Empty where text has only gone.
    pub excerpts: Vec<Excerpt>,
}

/// The most quotes of one article.
const MAX_QUOTES: usize = 3;

impl Library {
    /// The ids of an article's passages, in the file's order, without reading any; `None` when the corpus has no
    /// such article (any more).
    pub fn passage_ids(&self, article: ArticleId) -> Result<Option<Vec<PassageId>>, LibraryError> {
        self.read(|view| view.passage_ids(article))
    }

    /// The quotes that tell what is new in an article of which these passages are `new`; of those that answer
    /// `words` if there are any. `None` when the article is gone, when it has nothing on the words, or when
    /// passages that were new have gone again.
    pub fn new_quotes(
        &self,
        article: ArticleId,
        new: &[PassageId],
        words: &str,
    ) -> Result<Option<NewQuotes>, LibraryError> {
        let Some(FullArticle { article, passages }) = self.full_article(article)? else {
            return Ok(None);
        };
        if !words.is_empty() {
            let mut excerpts = self.answers_within(words, new)?;
            excerpts.truncate(MAX_QUOTES);
            return Ok((!excerpts.is_empty()).then_some(NewQuotes { article, excerpts }));
        }
        let ids: HashSet<_> = new.iter().collect();
        let is_new = |id: PassageId| ids.contains(&id);
        if !new.is_empty() && !passages.iter().any(|passage| is_new(passage.id)) {
            return Ok(None);
        }
        let language = Language::of_code(&self.language_of(&article));
        let excerpts = brief::key_sentences(&article, &passages, &language, is_new, MAX_QUOTES);
        Ok(Some(NewQuotes { article, excerpts }))
    }
}

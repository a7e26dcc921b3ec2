//! Outcome of a message: quotes, bylines, articles, small talk, a request or a refusal.

use std::sync::Arc;

use super::article_list::ArticleList;
use super::excerpt::{Excerpt, Place};
use crate::corpus::article::Outline;
use crate::dialogue::{FilterKind, Request, SmallTalk};
use crate::index::language::Language;

/// Maximum number of excerpts of an answer.
pub const MAX_EXCERPTS: usize = 3;
/// Maximum number of nearest sections of a refusal.
pub const MAX_NEAREST: usize = 3;

/// Outcome of one message.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Quotes that answer.
    Found(Found),
    /// Refusal: no excerpt is good enough.
    NothingFound(NothingFound),
    /// Articles whose authors the question asks for, if no sentence names them.
    Byline(Bylines),
    /// Articles that the message asks for by their front matter.
    Articles(ArticleList),
    /// Greeting, thanks, farewell or acknowledgement. Nothing was searched.
    SmallTalk(SmallTalk),
    /// Request for something other than a quote. Nothing was searched.
    Request(Request),
    /// A question without terms.
    Empty,
}

impl Answer {
    /// Returns the answer; a refusal without the languages of the articles.
    pub fn without_language_hint(self) -> Answer {
        match self {
            Answer::NothingFound(nothing) => {
                Answer::NothingFound(NothingFound { languages: None, ..nothing })
            }
            Answer::Found(_)
            | Answer::Byline(_)
            | Answer::Articles(_)
            | Answer::SmallTalk(_)
            | Answer::Request(_)
            | Answer::Empty => self,
        }
    }

    /// Returns the answer with the filters of its search. `is_as_typed` is whether the reader typed
    /// them like this, so that only a refusal names them.
    pub fn with_filters(mut self, filters: String, is_as_typed: bool) -> Answer {
        let shown = (!is_as_typed).then(|| filters.clone());
        match &mut self {
            Answer::Found(found) => found.filters = shown,
            Answer::NothingFound(nothing) => nothing.filters = Some(filters),
            Answer::Articles(list) => list.filters = shown,
            Answer::Byline(bylines) => bylines.filters = shown,
            Answer::SmallTalk(_) | Answer::Request(_) | Answer::Empty => {}
        }
        self
    }
}

/// Quotes that answer, the strongest first, or one for each of several questions, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// One to `MAX_EXCERPTS` quotes that do not overlap.
    pub excerpts: Vec<Excerpt>,
    /// Question of each excerpt, as typed and possibly truncated, if the message has several with
    /// an answer; otherwise empty.
    pub questions: Vec<String>,
    pub corrected: Vec<Correction>,
    /// Articles whose authors the question asks for, unless the quotes name all of them.
    pub bylines: Vec<Arc<Outline>>,
    /// Languages of the question and of the quotes, if the first quote is in another.
    pub languages: Option<LanguageMismatch>,
    /// Those of several questions that have no answer, as typed, possibly truncated.
    pub unanswered: Vec<String>,
    /// Filters of the search, if the reader did not type them like this.
    pub filters: Option<String>,
}

/// Articles whose front matter names their authors.
#[derive(Debug, Clone, PartialEq)]
pub struct Bylines {
    /// One to three articles.
    pub articles: Vec<Arc<Outline>>,
    /// Those of several questions that have no answer, as in [`Found`].
    pub unanswered: Vec<String>,
    /// Filters of the search, as in [`Found`].
    pub filters: Option<String>,
}

/// Refusal, with the words that the corpus lacks and the sections nearest to the question.
#[derive(Debug, Clone, PartialEq)]
pub struct NothingFound {
    /// Words of the question, as typed, that the corpus does not have.
    pub missing: Vec<String>,
    /// Up to `MAX_NEAREST` sections, best first; empty if none is near.
    pub nearest: Vec<Place>,
    pub corrected: Vec<Correction>,
    /// Languages of the question and of all articles, if no article is in that of the question and
    /// no sentence model reads the question.
    pub languages: Option<LanguageMismatch>,
    /// Filters of the search, if there are any.
    pub filters: Option<String>,
    /// Reason why nothing was searched, if a filter leaves no article.
    pub unmatched: Option<UnmatchedFilter>,
}

/// Reason why filters leave no article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnmatchedFilter {
    /// No article has this folder, author or tag.
    UnknownName {
        kind: FilterKind,
        typed: String,
        /// Some names that articles have, those of most articles first.
        known: Vec<String>,
    },
    /// The text after the colon is not a date, or may mean several.
    NotADate { typed: String },
    /// Each filter has articles, but no article passes all of them.
    NoArticle { filters: String },
}

impl UnmatchedFilter {
    /// Returns the name or date that was typed, or the filters.
    pub fn text(&self) -> &str {
        match self {
            UnmatchedFilter::UnknownName { typed, .. } | UnmatchedFilter::NotADate { typed } => {
                typed
            }
            UnmatchedFilter::NoArticle { filters } => filters,
        }
    }
}

impl NothingFound {
    /// Returns the refusal of a search whose filters leave no article.
    pub fn unmatched(filter: UnmatchedFilter) -> NothingFound {
        NothingFound {
            missing: Vec::new(),
            nearest: Vec::new(),
            corrected: Vec::new(),
            languages: None,
            filters: None,
            unmatched: Some(filter),
        }
    }
}

/// Languages of a question and of articles in other languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageMismatch {
    pub question: Language,
    /// Distinct languages of the articles; the first is another than that of the question.
    pub articles: Vec<Language>,
}

impl LanguageMismatch {
    /// Returns the languages of a question and of articles, or `None` if there is no article or if
    /// the first is in the language of the question.
    pub fn new(question: Language, articles: Vec<Language>) -> Option<LanguageMismatch> {
        let mut distinct: Vec<Language> = Vec::new();
        for language in articles {
            if !distinct.contains(&language) {
                distinct.push(language);
            }
        }
        let is_other = distinct.first().is_some_and(|first| *first != question);
        is_other.then_some(LanguageMismatch { question, articles: distinct })
    }
}

/// Correction of a mistyped word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub typed: String,
    /// The word that was searched, written as in the corpus.
    pub used: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_mismatch_needs_another_language_of_the_first_article() {
        let check = |question: &str, articles: &[&str], expected: Option<&[&str]>| {
            let articles = articles.iter().map(|code| Language::of_code(code)).collect();
            let found = LanguageMismatch::new(Language::of_code(question), articles);
            let codes = found
                .as_ref()
                .map(|found| found.articles.iter().map(Language::code).collect::<Vec<_>>());
            assert_eq!(codes.as_deref(), expected, "{question}");
        };
        check("de", &["en", "en"], Some(&["en"]));
        check("de", &["en", "de", "en"], Some(&["en", "de"]));
        check("de", &["de", "en"], None);
        check("de", &[], None);
    }
}

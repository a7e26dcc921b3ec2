//! Views of the library: the articles that a reader may see, and those among them that are searched
//! and listed.
//!
//! Invariant: nothing that a view returns depends on an article outside of its border.

use std::sync::Arc;

use super::filter_names::Meant;
use super::narrowing::{self, Narrowing};
use super::open_corpus::{LibraryError, OpenCorpus, Size};
use super::questions::{Questions, Unmatchable};
use super::reading::{self, FullArticle, FullSection};
use crate::answer::{Excerpt, Place, QuoteRef, UnmatchedFilter};
use crate::corpus::article::{ArticleId, Outline, Passage, PassageId, SectionId};
use crate::dialogue::{self, FilterKind};
use crate::index::{ArticleFilter, ArticleSummary, Articles, Criterion, IndexError, Snapshot};
use crate::search::Ranking;
use crate::search::query::Query;
use crate::suggest::Topic;

/// A reader of the library who sees only some of the articles.
#[derive(Clone)]
pub struct View<'a> {
    pub(super) corpus: &'a OpenCorpus,
    /// Filter of the articles that the reader may see. An id opens any of them.
    border: ArticleFilter,
    /// Filter of the articles that are searched and listed. They are within the border.
    scope: ArticleFilter,
}

/// A view that the filters in a text leave, and the rest of the text.
#[derive(Clone)]
pub struct Narrowed<'a> {
    pub view: View<'a>,
    /// The text without its filters.
    pub text: String,
    /// The filters with the names that they mean, as a reader may type them.
    pub filters: Option<String>,
    /// Whether the reader typed all names, and not only their beginnings or something similar.
    pub is_as_typed: bool,
    pub(super) unmatched: Option<UnmatchedFilter>,
}

impl<'a> Narrowed<'a> {
    /// Returns the view and the text, or the reason why the filters leave no article.
    pub fn checked(self) -> Result<Narrowed<'a>, UnmatchedFilter> {
        match self.unmatched {
            Some(unmatched) => Err(unmatched),
            None => Ok(self),
        }
    }
}

impl<'a> View<'a> {
    /// Returns the view of the articles that pass a filter.
    pub fn new(corpus: &'a OpenCorpus, border: ArticleFilter) -> View<'a> {
        View { corpus, scope: border.clone(), border }
    }

    /// Returns a view that searches and lists only articles that also meet one of the criteria.
    /// Without criteria, it is the same view.
    pub fn and_any_of(&self, criteria: Vec<Criterion>) -> View<'a> {
        View { scope: self.scope.clone().and_any_of(criteria), ..self.clone() }
    }

    /// Returns a view that searches and lists all articles that the reader may see.
    pub fn within_border(&self) -> View<'a> {
        View { scope: self.border.clone(), ..self.clone() }
    }

    /// Returns the folders, authors or tags of listed articles that a typed name means.
    pub fn meant(
        &self,
        kind: FilterKind,
        typed: &str,
    ) -> Result<Result<Meant, UnmatchedFilter>, LibraryError> {
        self.search_in(|snapshot| {
            let names = self.corpus.filter_names(snapshot);
            Ok(names.find(kind, typed).ok_or_else(|| narrowing::unknown(kind, typed, &names)))
        })
    }

    /// Returns the number of articles that are searched and listed.
    pub fn listed_count(&self) -> usize {
        self.list(|snapshot| snapshot.articles().count())
    }

    /// Returns a hash of the articles that are searched and listed, and of their content.
    pub fn stamp(&self) -> Result<[u8; 32], LibraryError> {
        self.search_in(|snapshot| Ok(snapshot.fingerprint()))
    }

    /// Returns whether an article is among those that are searched and listed.
    pub fn lists(&self, article: ArticleId) -> Result<bool, LibraryError> {
        self.search_in(|snapshot| Ok(snapshot.outline(article)?.is_some()))
    }

    /// Returns whether an article that was removed was certainly among those that are searched and
    /// listed. `file` is `None` if its file is not known.
    pub fn had(&self, file: Option<&str>) -> bool {
        file.map_or(self.scope.is_empty(), |file| self.scope.passes_by_file(file))
    }

    /// Returns the number of articles and passages that are searched, and the size of the whole
    /// index.
    pub fn size(&self) -> Result<Size, LibraryError> {
        self.search_in(|snapshot| {
            Ok(Size {
                articles: snapshot.articles().count() as u64,
                passages: snapshot.passage_count(),
                bytes: snapshot.bytes()?,
            })
        })
    }

    /// Reads the articles that the reader may see.
    pub(super) fn open_in<T>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, IndexError>,
    ) -> Result<T, LibraryError> {
        self.corpus.read(&self.border, read)
    }

    /// Reads the articles that are searched and listed.
    pub(super) fn search_in<T>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, IndexError>,
    ) -> Result<T, LibraryError> {
        self.corpus.read(&self.scope, read)
    }

    /// Reads a list of the articles that are listed, which is empty if the index cannot be read.
    pub(super) fn list<T: Default>(&self, read: impl FnOnce(&Snapshot<'_>) -> T) -> T {
        self.search_in(|snapshot| Ok(read(snapshot))).unwrap_or_default()
    }

    /// Reads the articles that are searched, to answer questions.
    pub(super) fn read_questions<T>(
        &self,
        read: impl FnOnce(&Questions<'_>) -> Result<T, IndexError>,
    ) -> Result<T, LibraryError> {
        self.search_in(|snapshot| self.with_questions(snapshot, read))
    }

    pub(super) fn with_questions<T>(
        &self,
        snapshot: &Snapshot<'_>,
        ask: impl FnOnce(&Questions<'_>) -> T,
    ) -> T {
        let aliases = self.corpus.aliases(snapshot);
        ask(&Questions {
            snapshot,
            aliases: &aliases,
            term_cache: &self.corpus.term_cache,
            embeddings: self.corpus.embeddings.as_ref(),
        })
    }
}

/// Questions.
impl<'a> View<'a> {
    /// Returns the view that the filters in a text leave, and the rest of the text.
    pub fn narrowed_by(&self, text: &str) -> Result<Narrowed<'a>, LibraryError> {
        let typed = dialogue::find_filters(text);
        let narrowing = match typed.is_empty() {
            true => Narrowing::none(text),
            false => self.search_in(|snapshot| {
                Ok(Narrowing::new(text, &typed, &self.corpus.filter_names(snapshot)))
            })?,
        };
        let Narrowing { rest: text, clauses, filters, is_as_typed, mut unmatched } = narrowing;
        let view = clauses.into_iter().fold(self.clone(), |view, clause| view.and_any_of(clause));
        let filters = Some(filters).filter(|filters| !filters.is_empty());
        if let (None, Some(filters)) = (&unmatched, &filters) {
            let count = view.search_in(|snapshot| Ok(snapshot.articles().count()))?;
            let filters = filters.clone();
            unmatched = (count == 0).then_some(UnmatchedFilter::NoArticle { filters });
        }
        Ok(Narrowed { view, text, filters, is_as_typed, unmatched })
    }

    /// Analyses a question and ranks at most `limit` passages, without deciding on an answer.
    pub fn search(
        &self,
        question: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<(Query, Ranking), LibraryError> {
        self.read_questions(|questions| questions.search(question, before, limit))
    }

    /// Returns at most 36 quotes for a question that is still being typed, by descending
    /// confidence. Filters narrow the search.
    pub fn suggest_quotes(&self, typed: &str) -> Result<Vec<Excerpt>, LibraryError> {
        let Ok(Narrowed { view, text, .. }) = self.narrowed_by(typed)?.checked() else {
            return Ok(Vec::new());
        };
        view.read_questions(|questions| questions.suggest_quotes(&text))
    }

    /// Returns why nothing can be found about a subject: it has no words that can be searched and
    /// no filters, or a filter leaves no article. Returns `None` if something can be found.
    pub fn check_subject(&self, subject: &str) -> Result<Option<Unmatchable>, LibraryError> {
        let Narrowed { view, text, filters, .. } = match self.narrowed_by(subject)?.checked() {
            Ok(narrowed) => narrowed,
            Err(unmatched) => return Ok(Some(Unmatchable::Filter(unmatched))),
        };
        if filters.is_some() && text.trim().is_empty() {
            return Ok(None);
        }
        let has_terms = view.list(|snapshot| {
            view.with_questions(snapshot, |questions| {
                let query = questions.analyse(&text, None);
                !query.terms.is_empty() && !query.is_verbatim
            })
        });
        Ok((!has_terms).then_some(Unmatchable::NoContent))
    }

    /// Returns why no article can ever match a subject by lexical search, or `None` if one can.
    pub fn unmatchable(&self, subject: &str) -> Result<Option<Unmatchable>, LibraryError> {
        let Narrowed { view, text, filters, .. } = match self.narrowed_by(subject)?.checked() {
            Ok(narrowed) => narrowed,
            Err(unmatched) => return Ok(Some(Unmatchable::Filter(unmatched))),
        };
        match filters.is_some() && text.trim().is_empty() {
            true => Ok(None),
            false => view.read_questions(|questions| questions.unmatchable(&text)),
        }
    }

    /// Returns the quotes of these passages that answer a subject, by descending confidence. The
    /// search is lexical, since new passages have no vectors yet. A subject of filters alone is
    /// answered by the first sentence of each passage.
    pub fn quotes_within(
        &self,
        subject: &str,
        passages: &[PassageId],
    ) -> Result<Vec<Excerpt>, LibraryError> {
        let narrowed = self.narrowed_by(subject)?.checked();
        let Ok(Narrowed { view, text, filters, .. }) = narrowed else { return Ok(Vec::new()) };
        if filters.is_some() && text.trim().is_empty() {
            return view.search_in(|snapshot| reading::first_sentences(snapshot, passages));
        }
        view.read_questions(|questions| questions.quotes_within(&text, passages))
    }

    /// Returns topics of the first articles, each with its passage.
    pub fn topics(&self) -> Result<Vec<(PassageId, Topic)>, LibraryError> {
        self.search_in(reading::topics)
    }
}

/// Articles, sections and passages.
impl View<'_> {
    /// Returns the language code of an article: the declared language, or the main language of the
    /// corpus.
    pub fn language_of(&self, article: &Outline) -> String {
        let language =
            |snapshot: &Snapshot<'_>| Ok(reading::language_of(snapshot, article).to_owned());
        // An index that cannot be read has no main language either.
        self.open_in(language).unwrap_or_else(|_| reading::DEFAULT_LANGUAGE.to_owned())
    }

    /// Returns the summaries of all articles, by title.
    pub fn articles(&self) -> Articles {
        self.list(|snapshot| snapshot.articles().by_title().clone())
    }

    /// Returns the summaries of all articles: by date, the newest first, then those without a date,
    /// by the modification time of their file.
    pub fn newest(&self) -> Articles {
        self.list(|snapshot| snapshot.articles().newest().clone())
    }

    /// Returns the titles of at most `limit` articles, in alphabetical order. Allocates memory for
    /// these titles only.
    pub fn first_titles(&self, limit: usize) -> Vec<String> {
        self.list(|snapshot| snapshot.articles().first_titles(limit))
    }

    /// Returns the summary of the article in a file.
    pub fn article_of(&self, file: &str) -> Option<Arc<ArticleSummary>> {
        self.list(|snapshot| snapshot.articles().of_file(file))
    }

    /// Reads all articles with their sections, by title.
    pub fn outlines(&self) -> Result<Vec<Arc<Outline>>, LibraryError> {
        self.search_in(|snapshot| snapshot.outlines(snapshot.articles().by_title().iter()))
    }

    /// Returns an article with its sections, or `None` if the corpus does not have the article.
    pub fn article(&self, id: ArticleId) -> Result<Option<Arc<Outline>>, LibraryError> {
        self.open_in(|snapshot| snapshot.outline(id))
    }

    /// Returns an article with its text, or `None` if the corpus does not have the article.
    pub fn full_article(&self, id: ArticleId) -> Result<Option<FullArticle>, LibraryError> {
        self.open_in(|snapshot| reading::full_article(snapshot, id))
    }

    /// Returns a section with its text, or `None` if the corpus does not have the section.
    pub fn section(&self, id: SectionId) -> Result<Option<FullSection>, LibraryError> {
        self.open_in(|snapshot| reading::full_section(snapshot, id))
    }

    /// Returns a passage with its place, or `None` if its text was changed or removed.
    pub fn passage(&self, id: PassageId) -> Result<Option<(Place, Arc<Passage>)>, LibraryError> {
        self.open_in(|snapshot| reading::passage(snapshot, id))
    }

    /// Returns the excerpt of a quote in an answer cursor, or `None` if its text was changed or
    /// removed.
    pub fn excerpt(&self, quote: QuoteRef) -> Result<Option<Excerpt>, LibraryError> {
        let found = self.passage(quote.passage)?;
        Ok(found.and_then(|(place, passage)| quote.excerpt(place.article, passage)))
    }

    /// Returns the ids of the passages of an article, in file order, without reading the passages.
    /// Returns `None` if the corpus does not have the article.
    pub fn passage_ids(&self, article: ArticleId) -> Result<Option<Vec<PassageId>>, LibraryError> {
        self.open_in(|snapshot| snapshot.passage_ids(article))
    }
}

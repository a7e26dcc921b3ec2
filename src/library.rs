//! The one door to the corpus: open it, ask it, read it.
//!
//! Wires corpus, index, search and answer together. Whoever stands outside (the bot, the command
//! line) needs this module, the types of an [`Answer`] and the types of an article.

mod briefing;

use std::fmt;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use crate::answer::{self, Answer, Excerpt, Place, Step};
use crate::corpus::Problem;
use crate::corpus::article::{Alias, ArticleId, Outline, Passage, PassageId, SectionId};
use crate::examples::{self, Topic};
use crate::index::{Index, IndexError, View};
use crate::meaning::{CatchUpError, Meaning, Progress, Threads};
use crate::search::aliases::Aliases;
use crate::search::follow_up::FollowUp;
use crate::search::parts::MAX_PARTS;
use crate::search::query::Query;
use crate::search::{self, Findings, Mode};

/// An open corpus. Cheap to share between threads behind an [`Arc`].
pub struct Library {
    index: Index,
    aliases: Aliases,
    meaning: Option<Meaning>,
}

/// A section with its passages, in the file's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub place: Place,
    pub passages: Vec<Arc<Passage>>,
}

/// Why the corpus could not be opened or read. The message is for the operator.
#[derive(Debug)]
pub struct LibraryError(IndexError);

/// A question is cut here, at a character boundary: more says nothing more about what is asked.
const MAX_QUESTION_BYTES: usize = 16 << 10;
const HITS: usize = 10;
/// Where topics are looked for: enough for a few, little enough for an archive.
const TOPICAL_ARTICLES: usize = 8;
const TOPICAL_SECTIONS: usize = 12;
const TOPICAL_PASSAGES: usize = 4;

impl Library {
    /// Opens the articles of `corpus` with the index under `data`, bringing it up to date.
    ///
    /// Files with problems are left out and told by [`Library::problems`]; an index that cannot
    /// be read is built anew. Fails when no article is left, or when `data` cannot be used.
    pub fn open(corpus: &Path, data: &Path) -> Result<Library, LibraryError> {
        let index = Index::open(corpus, data).map_err(LibraryError)?;
        let library = Library::of(index);
        if let Err(LibraryError(IndexError::Corrupt(reason))) = library.articles() {
            tracing::warn!(%reason, "the index cannot be used and is built anew");
            drop(library);
            Index::discard(data).map_err(LibraryError)?;
            return Ok(Library::of(Index::open(corpus, data).map_err(LibraryError)?));
        }
        Ok(library)
    }

    fn of(index: Index) -> Library {
        let aliases = Aliases::new(index.aliases().iter(), index.languages());
        Library { index, aliases, meaning: None }
    }

    /// The same library, which also knows these names beside those that the articles bring.
    pub fn with_aliases(mut self, more: &[Alias]) -> Library {
        let all = self.index.aliases().iter().chain(more);
        self.aliases = Aliases::new(all, self.index.languages());
        self
    }

    /// The same library, which also finds by meaning, as far as [`Library::catch_up`] has come, and if the
    /// model reads a language of the corpus.
    pub fn with_meaning(mut self, meaning: Meaning) -> Library {
        self.meaning = Some(meaning).filter(|meaning| meaning.reads(self.index.languages()));
        self
    }

    /// What orders the sentences, where nothing keeps the model from it.
    pub fn mode(&self) -> Mode {
        if self.meaning.is_some() { Mode::Meaning } else { Mode::Words }
    }

    /// Computes the vectors of passages that have none, until all have or `tell`, which hears how far it
    /// is, breaks off. Questions may be asked meanwhile. Without a model nothing is to do.
    pub fn catch_up(
        &self,
        threads: Threads,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Progress, CatchUpError> {
        let Some(meaning) = &self.meaning else { return Ok(Progress { done: 0, all: 0 }) };
        let catch_up = || meaning.catch_up(&self.index.view(), threads, tell);
        catch_unwind(AssertUnwindSafe(catch_up)).unwrap_or(Err(CatchUpError::Stumbled))
    }

    /// How many questions were answered by words alone because too many were asked at the same time.
    pub fn late(&self) -> u64 {
        self.meaning.as_ref().map_or(0, Meaning::late)
    }

    /// What was wrong with files that were left out when the corpus was opened.
    pub fn problems(&self) -> &[Problem] {
        self.index.problems()
    }

    /// How many articles there are to ask.
    pub fn article_count(&self) -> usize {
        self.index.article_count()
    }

    /// Answers `question`, which may be several in one message; `before` is the question that it may
    /// follow up, or the [`Library::context`] of a whole conversation.
    pub fn ask(&self, question: &str, before: Option<&str>) -> Result<Answer, LibraryError> {
        if let Some(kind) = answer::small_talk(question) {
            return Ok(Answer::SmallTalk(kind));
        }
        let parts = search::parts::parts(cut(question), self.index.languages());
        if let [whole] = parts[..] {
            return self.ask_one(whole, before);
        }
        let (asked, left) = parts.split_at(parts.len().min(MAX_PARTS));
        let mut before = before.map(str::to_owned);
        let mut answers = Vec::new();
        for part in asked.iter().copied() {
            answers.push((part, self.ask_one(part, before.as_deref())?));
            before = Some(self.context(part, before.as_deref()));
        }
        Ok(answer::together(answers, left.first().copied()))
    }

    fn ask_one(&self, question: &str, before: Option<&str>) -> Result<Answer, LibraryError> {
        let (languages, aliases) = (self.index.languages(), &self.aliases);
        let query = search::query::analyse(question, before.map(cut), languages, aliases);
        let meaning = self.meaning.as_ref();
        let answer = match query.terms.is_empty() {
            true => Answer::Empty,
            false => self.read(|view| {
                Ok(answer::answer(&query, &search::search(view, &query, meaning, HITS)?))
            })?,
        };
        if query.follow_up == Some(FollowUp::Turns) && matches!(answer, Answer::NothingFound(_)) {
            // What was asked before does not hold for this; perhaps it can be asked by itself.
            let alone = self.ask_one(question, None)?;
            return Ok(if matches!(alone, Answer::Found(_)) { alone } else { answer });
        }
        if answer::leaves_author_open(question, &answer) {
            let named = answer::byline(question, &self.articles()?, languages);
            return Ok(answer::with_bylines(answer, named));
        }
        Ok(answer)
    }

    /// What a question that follows up `question` is to be asked with; `before` is what `question`
    /// itself was asked with. Small talk changes no subject.
    pub fn context(&self, question: &str, before: Option<&str>) -> String {
        match answer::small_talk(question) {
            Some(_) => before.unwrap_or_default().to_owned(),
            None => {
                let languages = self.index.languages();
                let parts = search::parts::parts(cut(question), languages);
                let context = parts
                    .into_iter()
                    .take(MAX_PARTS)
                    .fold(before.map(str::to_owned), |before, part| {
                        Some(search::query::context(part, before.as_deref(), languages))
                    });
                context.unwrap_or_default()
            }
        }
    }

    /// How the passages for a question were scored, as text for an engineer.
    pub fn explain(&self, question: &str, before: Option<&str>) -> Result<String, LibraryError> {
        let (query, findings) = self.study(question, before, HITS)?;
        Ok(search::explain::explain(&query, &findings) + &answer::explain(&findings))
    }

    /// What the search found for a question, before it is judged: at most `limit` passages.
    pub fn study(
        &self,
        question: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<(Query, Findings), LibraryError> {
        let (languages, aliases) = (self.index.languages(), &self.aliases);
        let query = search::query::analyse(cut(question), before.map(cut), languages, aliases);
        let findings =
            self.read(|view| search::search(view, &query, self.meaning.as_ref(), limit))?;
        Ok((query, findings))
    }

    /// Quotes for words that are still being typed, strongest first, at most 36.
    pub fn browse(&self, words: &str) -> Result<Vec<Excerpt>, LibraryError> {
        let (languages, aliases) = (self.index.languages(), &self.aliases);
        let mut query = search::query::analyse(cut(words), None, languages, aliases);
        query.is_unfinished = !words.ends_with(char::is_whitespace);
        if query.terms.is_empty() {
            return Ok(Vec::new());
        }
        let meaning = self.meaning.as_ref();
        self.read(|view| {
            Ok(answer::browse(&search::search(view, &query, meaning, search::MAX_HITS)?))
        })
    }

    /// Passages with what may be asked about them, the first of each section first.
    pub fn topics(&self) -> Result<Vec<(PassageId, Topic)>, LibraryError> {
        let mut sections = Vec::new();
        for article in self.articles()?.iter().take(TOPICAL_ARTICLES) {
            for section in article.sections.iter().take(TOPICAL_SECTIONS) {
                sections.extend(self.section(section.id)?);
            }
        }
        let deepest = sections.iter().map(|reading| reading.passages.len()).max().unwrap_or(0);
        let mut found = Vec::new();
        for depth in 0..deepest.min(TOPICAL_PASSAGES) {
            for reading in &sections {
                let Some(passage) = reading.passages.get(depth) else { continue };
                let topics = examples::topics(&reading.place.article, passage);
                found.extend(topics.into_iter().map(|topic| (passage.id, topic)));
            }
        }
        Ok(found)
    }

    /// The language of an article, as a code: declared, or guessed from all of them.
    pub fn language_of<'a>(&'a self, article: &'a Outline) -> &'a str {
        let first = self.index.languages().first().map_or("en", |language| language.code());
        article.language.as_deref().unwrap_or(first)
    }

    /// Every article, by title.
    pub fn articles(&self) -> Result<Vec<Arc<Outline>>, LibraryError> {
        self.read(|view| view.outlines())
    }

    /// One article.
    pub fn article(&self, id: ArticleId) -> Result<Option<Arc<Outline>>, LibraryError> {
        self.read(|view| view.outline(id))
    }

    /// One section with its passages; `None` when the corpus has no such section (any more).
    pub fn section(&self, id: SectionId) -> Result<Option<Reading>, LibraryError> {
        self.read(|view| {
            let Some(article) = view.outline_with(id)? else { return Ok(None) };
            let section = article.sections.iter().position(|section| section.id == id);
            let place = Place { section: section.unwrap_or_default(), article };
            let passages = view.passages_of(id)?;
            let passages = passages.iter().map(|stored| Arc::clone(&stored.passage));
            Ok(Some(Reading { place, passages: passages.collect() }))
        })
    }

    /// One passage in its place; `None` when its text has changed or is gone.
    pub fn passage(&self, id: PassageId) -> Result<Option<(Place, Arc<Passage>)>, LibraryError> {
        self.read(|view| {
            let Some(stored) = view.passage(id)? else { return Ok(None) };
            let Some(article) = view.outline(stored.article)? else { return Ok(None) };
            let place = Place { section: stored.passage.section, article };
            Ok(Some((place, Arc::clone(&stored.passage))))
        })
    }

    /// The quote of a trail; `None` when its text has changed or is gone.
    pub fn excerpt(&self, step: Step) -> Result<Option<Excerpt>, LibraryError> {
        let found = self.passage(step.passage)?;
        Ok(found.and_then(|(place, passage)| step.excerpt(place.article, passage)))
    }

    /// Reads the index. Damage that its checksums cannot tell makes the index's reader panic: that
    /// costs this one answer.
    fn read<T>(
        &self,
        read: impl FnOnce(&View<'_>) -> Result<T, IndexError>,
    ) -> Result<T, LibraryError> {
        catch_unwind(AssertUnwindSafe(|| read(&self.index.view())))
            .unwrap_or_else(|_| Err(IndexError::Corrupt("its reader stumbled".into())))
            .map_err(LibraryError)
    }
}

fn cut(question: &str) -> &str {
    &question[..question.floor_char_boundary(MAX_QUESTION_BYTES)]
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for LibraryError {}

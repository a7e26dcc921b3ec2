//! The one door to the corpus: open it, ask it, read it.
//!
//! Wires corpus, index, search and answer together. Whoever stands outside (the bot, the command
//! line) needs this module, the types of an [`Answer`] and the types of an article.

mod briefing;
mod news;
mod open;
mod state;

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};

use lru::LruCache;

use crate::answer::{self, Answer, Excerpt, Place, QuoteRef};
use crate::brief::Brief;
use crate::corpus::ContentHash;
use crate::corpus::article::{Alias, ArticleId, Outline, Passage, PassageId, SectionId};
use crate::embedding::{BackfillError, EmbeddingIndex, Threads};
use crate::index::{ArticleSummary, Articles, Index, IndexError, Progress, Snapshot};
use crate::search::aliases::Aliases;
use crate::search::follow_up::FollowUp;
use crate::search::query::Query;
use crate::search::split::MAX_PARTS;
use crate::search::term_cache::TermCache;
use crate::search::{self, Mode, Ranking};
use crate::suggest::{self, Topic};
pub use briefing::FullArticle;
pub use news::NewQuotes;
pub use state::Size;

/// An open corpus. Cheap to share between threads behind an [`Arc`].
pub struct Library {
    index: Index,
    /// Names that hold for all articles.
    more: Vec<Alias>,
    aliases: RwLock<Arc<Aliases>>,
    term_cache: TermCache,
    embeddings: Option<EmbeddingIndex>,
    /// The briefings that were made lately, by the content of their article.
    briefs: Mutex<LruCache<(ArticleId, ContentHash), Arc<Brief>>>,
    /// How often the corpus has changed under way, for those who wait for it.
    changes: Mutex<u64>,
    changed: Condvar,
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
/// Some kilobytes each.
const BRIEFS: NonZeroUsize = NonZeroUsize::new(64).expect("it is not 0");
/// Where topics are looked for: enough for a few, little enough for an archive.
const TOPICAL_ARTICLES: usize = 8;
const TOPICAL_SECTIONS: usize = 12;
const TOPICAL_PASSAGES: usize = 4;

impl Library {
    /// Waits until the corpus has changed more often than `known` times, or somebody calls
    /// [`Library::wake`]; says how often it has.
    pub fn wait_for_change(&self, known: u64) -> u64 {
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_while(changes, |changes| *changes <= known);
        *waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends every wait for a change.
    pub fn wake(&self) {
        *self.changes.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_all();
    }

    /// What orders the sentences, where nothing keeps the model from it.
    pub fn mode(&self) -> Mode {
        if self.meaning(&self.index.snapshot()).is_some() { Mode::Semantic } else { Mode::Lexical }
    }

    /// Whether words alone decide, so that an answer takes a millisecond or so.
    pub fn is_quick(&self) -> bool {
        self.mode() == Mode::Lexical
    }

    fn meaning(&self, view: &Snapshot<'_>) -> Option<&EmbeddingIndex> {
        self.embeddings.as_ref().filter(|meaning| meaning.reads(view.languages()))
    }

    fn aliases(&self) -> Arc<Aliases> {
        Arc::clone(&self.aliases.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Computes the vectors of passages that have none, until all have or `tell`, which hears how far it
    /// is, breaks off. Questions may be asked meanwhile. Without a model nothing is to do.
    pub fn backfill(
        &self,
        threads: Threads,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Progress, BackfillError> {
        self.index.check_readable().map_err(BackfillError::Index)?;
        let view = self.index.snapshot();
        let Some(meaning) = self.meaning(&view) else { return Ok(Progress { done: 0, all: 0 }) };
        let catch_up = || meaning.backfill(&view, threads, tell);
        catch_unwind(AssertUnwindSafe(catch_up))
            .unwrap_or(Err(BackfillError::Stumbled))
            .inspect_err(|error| match error {
                BackfillError::Index(_) | BackfillError::Stumbled => {
                    self.index.report_read_failure()
                }
                BackfillError::Vectors(_) | BackfillError::Threads(_) => {}
            })
    }

    /// How many questions were answered by words alone because too many were asked at the same time.
    pub fn timed_out(&self) -> u64 {
        self.embeddings.as_ref().map_or(0, EmbeddingIndex::timed_out)
    }

    /// Answers `question`, which may be several in one message; `before` is the question that it may
    /// follow up, or the [`Library::context`] of a whole conversation.
    pub fn ask(&self, question: &str, before: Option<&str>) -> Result<Answer, LibraryError> {
        if let Some(kind) = answer::small_talk(question) {
            return Ok(Answer::SmallTalk(kind));
        }
        let answer = self.read(|view| {
            let parts = search::split::split_questions(cut(question), view.languages());
            if let [whole] = parts[..] {
                return self.ask_one(view, whole, before);
            }
            let (asked, left) = parts.split_at(parts.len().min(MAX_PARTS));
            let mut before = before.map(str::to_owned);
            let mut answers = Vec::new();
            for part in asked.iter().copied() {
                answers.push((part, self.ask_one(view, part, before.as_deref())?));
                before = Some(context(view, part, before.as_deref()));
            }
            Ok(answer::combine(answers, left.first().copied()))
        })?;
        // Of a file that was cut or overwritten just now, words can be missing.
        if matches!(answer, Answer::NothingFound(_)) && self.index.looks_damaged() {
            self.index.check_readable().map_err(LibraryError)?;
        }
        Ok(answer)
    }

    fn ask_one(
        &self,
        view: &Snapshot<'_>,
        question: &str,
        before: Option<&str>,
    ) -> Result<Answer, IndexError> {
        let query = self.analyse(view, question, before);
        let answer = match query.terms.is_empty() {
            true => Answer::Empty,
            false => answer::answer(
                &query,
                &search::search(view, &self.term_cache, &query, self.meaning(view), HITS)?,
            ),
        };
        if query.follow_up == Some(FollowUp::Ellipsis) && matches!(answer, Answer::NothingFound(_))
        {
            // What was asked before does not hold for this; perhaps it can be asked by itself.
            let alone = self.ask_one(view, question, None)?;
            return Ok(if matches!(alone, Answer::Found(_)) { alone } else { answer });
        }
        if answer::author_is_missing(question, &answer) {
            let all = || view.articles().newest().iter();
            let named = view.outlines(answer::find_bylines(question, all, view.languages()))?;
            return Ok(answer::with_bylines(answer, named));
        }
        Ok(answer)
    }

    fn analyse(&self, view: &Snapshot<'_>, question: &str, before: Option<&str>) -> Query {
        let languages = view.languages();
        search::query::analyse(cut(question), before.map(cut), languages, &self.aliases())
    }

    /// What a question that follows up `question` is to be asked with; `before` is what `question`
    /// itself was asked with. Small talk changes no subject.
    pub fn context(&self, question: &str, before: Option<&str>) -> String {
        match answer::small_talk(question) {
            Some(_) => before.unwrap_or_default().to_owned(),
            None => context(&self.index.snapshot(), question, before),
        }
    }

    /// How the passages for a question were scored, as text for an engineer.
    pub fn explain(&self, question: &str, before: Option<&str>) -> Result<String, LibraryError> {
        let (query, findings) = self.search(question, before, HITS)?;
        Ok(search::explain::explain(&query, &findings) + &answer::explain(&findings))
    }

    /// What the search found for a question, before it is judged: at most `limit` passages.
    pub fn search(
        &self,
        question: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<(Query, Ranking), LibraryError> {
        self.read(|view| {
            let query = self.analyse(view, question, before);
            let findings =
                search::search(view, &self.term_cache, &query, self.meaning(view), limit)?;
            Ok((query, findings))
        })
    }

    /// Quotes for words that are still being typed, strongest first, at most 36.
    pub fn suggest_quotes(&self, words: &str) -> Result<Vec<Excerpt>, LibraryError> {
        self.read(|view| {
            let mut query = self.analyse(view, words, None);
            query.is_unfinished = !words.ends_with(char::is_whitespace);
            if query.terms.is_empty() {
                return Ok(Vec::new());
            }
            let findings = search::search(
                view,
                &self.term_cache,
                &query,
                self.meaning(view),
                search::MAX_HITS,
            )?;
            Ok(answer::rank_quotes(&findings))
        })
    }

    /// Whether there is anything in these words that could be looked for.
    pub fn can_look_for(&self, words: &str) -> bool {
        !self.analyse(&self.index.snapshot(), words, None).terms.is_empty()
    }

    /// Quotes of these passages that answer `words`, strongest first; empty if none does. By words alone, since
    /// passages that have just come have no vectors yet.
    pub fn answers_within(
        &self,
        words: &str,
        passages: &[PassageId],
    ) -> Result<Vec<Excerpt>, LibraryError> {
        self.read(|view| {
            let mut query = self.analyse(view, words, None);
            if query.terms.is_empty() || passages.is_empty() {
                return Ok(Vec::new());
            }
            query.restrict_to = Some(passages.to_vec());
            let findings = search::search(view, &self.term_cache, &query, None, HITS)?;
            Ok(match answer::answer(&query, &findings) {
                Answer::Found(found) => found.excerpts,
                Answer::NothingFound(_)
                | Answer::Byline(_)
                | Answer::SmallTalk(_)
                | Answer::Empty => Vec::new(),
            })
        })
    }

    /// Passages with what may be asked about them, the first of each section first.
    pub fn topics(&self) -> Result<Vec<(PassageId, Topic)>, LibraryError> {
        let mut sections = Vec::new();
        let first = self.articles();
        for article in self.read(|view| view.outlines(first.iter().take(TOPICAL_ARTICLES)))? {
            for section in article.sections.iter().take(TOPICAL_SECTIONS) {
                sections.extend(self.section(section.id)?);
            }
        }
        let deepest = sections.iter().map(|reading| reading.passages.len()).max().unwrap_or(0);
        let mut found = Vec::new();
        for depth in 0..deepest.min(TOPICAL_PASSAGES) {
            for reading in &sections {
                let Some(passage) = reading.passages.get(depth) else { continue };
                let topics = suggest::topics(&reading.place.article, passage);
                found.extend(topics.into_iter().map(|topic| (passage.id, topic)));
            }
        }
        Ok(found)
    }

    /// The language of an article, as a code: declared, or guessed from all of them.
    pub fn language_of(&self, article: &Outline) -> String {
        let view = self.index.snapshot();
        let first = view.languages().first().map_or("en", |language| language.code());
        article.language.as_deref().unwrap_or(first).to_owned()
    }

    /// Every article as it is listed, by title.
    pub fn articles(&self) -> Articles {
        self.index.snapshot().articles().by_title().clone()
    }

    /// Returns the titles of the first articles by title, at most `most`. Needs memory for these only.
    pub fn first_titles(&self, most: usize) -> Vec<String> {
        self.index.snapshot().articles().first_titles(most)
    }

    /// Returns the article of this file, as it is listed; `None` if there is none.
    pub fn article_of(&self, file: &str) -> Option<Arc<ArticleSummary>> {
        self.index.snapshot().articles().of_file(file)
    }

    /// Every article with its sections, by title: all are read.
    pub fn outlines(&self) -> Result<Vec<Arc<Outline>>, LibraryError> {
        self.read(|view| view.outlines(view.articles().by_title().iter()))
    }

    /// One article.
    pub fn article(&self, id: ArticleId) -> Result<Option<Arc<Outline>>, LibraryError> {
        self.read(|view| view.outline(id))
    }

    /// One section with its passages; `None` when the corpus has no such section (any more).
    pub fn section(&self, id: SectionId) -> Result<Option<Reading>, LibraryError> {
        self.read(|view| {
            let Some(article) = view.outline_of_section(id)? else { return Ok(None) };
            let section = article.sections.iter().position(|section| section.id == id);
            let place = Place { section: section.unwrap_or_default(), article };
            let passages = view.section_passages(id)?;
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
    pub fn excerpt(&self, step: QuoteRef) -> Result<Option<Excerpt>, LibraryError> {
        let found = self.passage(step.passage)?;
        Ok(found.and_then(|(place, passage)| step.excerpt(place.article, passage)))
    }

    /// Reads the index. Damage that its checksums cannot tell makes the index's reader panic: that
    /// costs this one answer. After a failure the next [`Library::refresh`] verifies the index's files.
    fn read<T>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, IndexError>,
    ) -> Result<T, LibraryError> {
        self.index.check_readable().map_err(LibraryError)?;
        catch_unwind(AssertUnwindSafe(|| read(&self.index.snapshot())))
            .unwrap_or_else(|_| Err(IndexError::Corrupt("its reader panicked".into())))
            .inspect_err(|_| self.index.report_read_failure())
            .map_err(LibraryError)
    }
}

/// What a question that follows up `question` is to be asked with, whose parts are no small talk.
fn context(view: &Snapshot<'_>, question: &str, before: Option<&str>) -> String {
    let languages = view.languages();
    let parts =
        search::split::split_questions(cut(question), languages).into_iter().take(MAX_PARTS);
    let context = parts.fold(before.map(str::to_owned), |before, part| {
        Some(search::query::context(part, before.as_deref(), languages))
    });
    context.unwrap_or_default()
}

fn aliases_of(view: &Snapshot<'_>, more: &[Alias]) -> Aliases {
    Aliases::new(view.aliases().iter().chain(more), view.languages())
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

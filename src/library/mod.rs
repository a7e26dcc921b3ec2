//! The library: the facade of an open corpus, to ask it, to read it and to keep it up to date.
//!
//! A [`Library`] connects the corpus, the index, the embeddings, the search, the answers and the
//! briefings. The bot, the web pages and the commands use only this facade, the types of an
//! [`Answer`] and the types of an article.

mod article_lists;
mod briefing;
mod questions;
mod reading;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, RwLock};
use thiserror::Error;

pub use briefing::NewQuotes;
pub use questions::Unmatchable;
pub use reading::{FullArticle, FullSection};

use crate::answer::{self, Answer, Excerpt, Place, QuoteRef};
use crate::brief::{self, Brief, OnTopic, TopicBrief};
use crate::corpus::article::{Alias, ArticleId, Outline, Passage, PassageId, SectionId};
use crate::corpus::{CorpusDir, Scope};
use crate::embedding::{BackfillError, EmbeddingIndex, Threads};
use crate::index::language::Language;
use crate::index::{
    ArticleSummary, Articles, FileProblem, Index, IndexError, Progress, Refreshed, Snapshot,
};
use crate::search::aliases::Aliases;
use crate::search::query::Query;
use crate::search::term_cache::TermCache;
use crate::search::{self, Mode, Ranking};
use crate::suggest::Topic;
use briefing::{BriefCache, MAX_NEW_QUOTES};
use questions::{HITS, Questions};

/// An open corpus. Threads share it in an [`Arc`].
pub struct Library {
    index: Index,
    /// Aliases from the configuration, which hold for all articles.
    configured_aliases: Vec<Alias>,
    aliases: RwLock<Arc<Aliases>>,
    term_cache: TermCache,
    embeddings: Option<EmbeddingIndex>,
    briefs: BriefCache,
    /// Number of changes and of calls of [`Library::wake`].
    changes: Mutex<u64>,
    changed: Condvar,
}

/// The size of the corpus and its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub articles: u64,
    pub passages: u64,
    /// Size of the index on the disk.
    pub bytes: u64,
}

/// An error of opening or reading the corpus. The message is for the operator.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct LibraryError(IndexError);

/// Number of hits from which the key sentences on a topic are selected.
const TOPIC_HITS: usize = 24;

/// Opening, updating and watching the corpus.
impl Library {
    /// Opens the articles of `corpus` and updates the index under `data`. `report` gets the
    /// progress after each article that is read, and may break off.
    ///
    /// Files with problems are left out and listed by [`Library::file_problems`]. An unreadable
    /// index is rebuilt. Fails if no article is left, or if `data` cannot be used.
    pub fn open(
        corpus: impl Into<CorpusDir>,
        data: &Path,
        mut report: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Library, LibraryError> {
        let corpus = &corpus.into();
        let index = Index::open(corpus, data, &mut report).map_err(LibraryError)?;
        Library::from_index(index).or_rebuilt(corpus, data, report)
    }

    /// Opens the articles like [`Library::open`] if no other process owns `data`. Otherwise opens
    /// the current index of the other process read-only: see [`Library::outdated_file_count`].
    pub fn open_shared(
        corpus: impl Into<CorpusDir>,
        data: &Path,
        mut report: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Library, LibraryError> {
        let corpus = &corpus.into();
        let index = Index::open_shared(corpus, data, &mut report).map_err(LibraryError)?;
        let library = Library::from_index(index);
        match library.outdated_file_count() {
            None => library.or_rebuilt(corpus, data, report),
            Some(_) => library.check().map(|()| library),
        }
    }

    /// Opens the index as of its last commit, whether a process owns `data` or not, and writes
    /// nothing. Returns `None` if there is no index, and the reason as an error if the index cannot
    /// be used.
    pub fn open_read_only(corpus: &CorpusDir, data: &Path) -> Result<Option<Library>, String> {
        Ok(Index::open_read_only(corpus, data)?.map(Library::from_index))
    }

    /// Opens the existing index without reading the corpus, so that a large archive can be asked at
    /// once. A [`Library::refresh`] should follow. Returns `None` if no index is usable.
    pub fn resume(
        corpus: impl Into<CorpusDir>,
        data: &Path,
    ) -> Result<Option<Library>, LibraryError> {
        let index = Index::resume(&corpus.into(), data).map_err(LibraryError)?;
        Ok(index.map(Library::from_index).filter(|library| library.check().is_ok()))
    }

    /// Returns this library, or rebuilds the index if it is corrupt.
    fn or_rebuilt(
        self,
        corpus: &CorpusDir,
        data: &Path,
        report: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Library, LibraryError> {
        if let Err(LibraryError(IndexError::Corrupt(reason))) = self.check() {
            tracing::warn!(%reason, "the index cannot be used and is rebuilt");
            drop(self);
            Index::discard(data).map_err(LibraryError)?;
            let index = Index::open(corpus, data, report).map_err(LibraryError)?;
            return Ok(Library::from_index(index));
        }
        Ok(self)
    }

    fn from_index(index: Index) -> Library {
        let aliases = aliases_of(&index.snapshot(), &[]);
        Library {
            index,
            configured_aliases: Vec::new(),
            aliases: RwLock::new(Arc::new(aliases)),
            term_cache: TermCache::default(),
            embeddings: None,
            briefs: BriefCache::new(),
            changes: Mutex::new(0),
            changed: Condvar::new(),
        }
    }

    /// Adds aliases to those of the articles.
    pub fn with_aliases(mut self, aliases: &[Alias]) -> Library {
        self.aliases = RwLock::new(Arc::new(aliases_of(&self.index.snapshot(), aliases)));
        self.configured_aliases = aliases.to_vec();
        self
    }

    /// Adds embeddings. The ranking is semantic as far as [`Library::backfill`] has computed the
    /// vectors.
    pub fn with_embeddings(mut self, embeddings: EmbeddingIndex) -> Library {
        self.embeddings = Some(embeddings);
        self
    }

    /// Updates the index from the corpus, until `report` breaks off. A file that was modified
    /// within `quiet` is left for later, since it may be incomplete. Questions in progress use the
    /// earlier index. A damaged index is rebuilt.
    pub fn refresh(
        &self,
        quiet: Duration,
        report: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Refreshed, LibraryError> {
        self.refresh_in(&Scope::All, quiet, report)
    }

    /// Updates the index like [`Library::refresh`] from the files in `scope` and those that were
    /// left for later. Reads all files if the changes cannot be detected otherwise.
    pub fn refresh_in(
        &self,
        scope: &Scope,
        quiet: Duration,
        report: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Refreshed, LibraryError> {
        let refreshed = self.index.refresh(scope, quiet, report).map_err(LibraryError)?;
        if refreshed.has_changed {
            let aliases = aliases_of(&self.index.snapshot(), &self.configured_aliases);
            *self.aliases.write() = Arc::new(aliases);
        }
        if refreshed.is_repaired {
            self.term_cache.clear();
        }
        if refreshed.has_changed || refreshed.is_repaired {
            self.wake();
        }
        Ok(refreshed)
    }

    /// Waits until the number of changes exceeds `known`, and returns the number. A call of
    /// [`Library::wake`] counts as a change.
    pub fn wait_for_change(&self, known: u64) -> u64 {
        let mut changes = self.changes.lock();
        self.changed.wait_while(&mut changes, |changes| *changes <= known);
        *changes
    }

    /// Ends every wait for a change.
    pub fn wake(&self) {
        *self.changes.lock() += 1;
        self.changed.notify_all();
    }

    /// Computes the missing vectors of passages, until all are stored or `report` breaks off.
    /// Questions may be asked during a backfill. Without a model there is nothing to do.
    pub fn backfill(
        &self,
        threads: Threads,
        report: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Progress, BackfillError> {
        self.index.check_readable().map_err(BackfillError::Index)?;
        let snapshot = self.index.snapshot();
        let Some(embeddings) = &self.embeddings else {
            return Ok(Progress { done: 0, all: 0 });
        };
        let backfill = || embeddings.backfill(&snapshot, threads, report);
        catch_unwind(AssertUnwindSafe(backfill))
            .unwrap_or(Err(BackfillError::ReaderPanicked))
            .inspect_err(|error| match error {
                BackfillError::Index(_) | BackfillError::ReaderPanicked => {
                    self.index.report_read_failure()
                }
                BackfillError::Vectors(_) | BackfillError::Threads(_) => {}
            })
    }
}

/// The state of the index and of the model.
impl Library {
    /// Returns the problems of files when the corpus was opened, or `None` if the files were not
    /// read.
    pub fn file_problems(&self) -> Option<&[FileProblem]> {
        self.index.reported()
    }

    /// Returns the number of files that differ from the index, or `None` if this process owns the
    /// index and keeps it up to date.
    pub fn outdated_file_count(&self) -> Option<usize> {
        self.index.outdated_files()
    }

    /// Returns a hash of the names and the contents of all files.
    pub fn stamp(&self) -> [u8; 32] {
        self.index.snapshot().fingerprint()
    }

    /// Returns the number of articles, of passages and of bytes.
    pub fn size(&self) -> Result<Size, LibraryError> {
        self.read(|snapshot| {
            Ok(Size {
                articles: snapshot.articles().count() as u64,
                passages: snapshot.passage_count(),
                bytes: snapshot.bytes()?,
            })
        })
    }

    /// Returns the number of articles.
    pub fn article_count(&self) -> usize {
        self.index.snapshot().articles().count()
    }

    /// Checks that the index is sound and readable.
    pub fn check(&self) -> Result<(), LibraryError> {
        self.index.check_sound().map_err(LibraryError)?;
        self.read(|snapshot| {
            if let Some(id) = snapshot.articles().any_id() {
                snapshot.outline(id)?;
            }
            snapshot.passages().next().transpose().map(drop)
        })
    }

    /// Returns whether the index looks damaged, so that a [`Library::refresh`] is due. The check
    /// takes some microseconds.
    pub fn looks_damaged(&self) -> bool {
        self.index.looks_damaged()
    }

    /// Returns whether the index is known to be damaged and not yet rebuilt.
    pub fn is_damaged(&self) -> bool {
        self.index.check_sound().is_err()
    }

    /// Returns the current mode of the ranking.
    pub fn mode(&self) -> Mode {
        match self.embeddings {
            Some(_) => Mode::Semantic,
            None => Mode::Lexical,
        }
    }

    /// Returns whether an answer takes about a millisecond, since no model is used.
    pub fn is_quick(&self) -> bool {
        self.mode() == Mode::Lexical
    }

    /// Returns how many questions were ranked lexically because the model was busy for too long.
    pub fn timed_out(&self) -> u64 {
        self.embeddings.as_ref().map_or(0, EmbeddingIndex::timed_out)
    }
}

/// Questions.
impl Library {
    /// Answers a message, which may have several questions. `before` is the question that the
    /// message may follow up, or the [`Library::context`] of a conversation.
    pub fn ask(&self, message: &str, before: Option<&str>) -> Result<Answer, LibraryError> {
        let answer = self.read_questions(|questions| questions.ask(message, before))?;
        // An index file that was just truncated or overwritten may lack terms.
        if matches!(answer, Answer::NothingFound(_)) && self.index.looks_damaged() {
            self.index.check_readable().map_err(LibraryError)?;
        }
        Ok(answer)
    }

    /// Returns the context in which a question that follows up `message` is to be asked. `before`
    /// is the context of `message` itself. Small talk does not change the context.
    pub fn context(&self, message: &str, before: Option<&str>) -> String {
        self.with_questions(&self.index.snapshot(), |questions| questions.context(message, before))
    }

    /// Describes the scores of the passages for a question, as text for a developer.
    pub fn explain(&self, question: &str, before: Option<&str>) -> Result<String, LibraryError> {
        let (query, ranking) = self.search(question, before, HITS)?;
        Ok(search::explain::explain(&query, &ranking) + &answer::explain(&ranking))
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
    /// confidence.
    pub fn suggest_quotes(&self, typed: &str) -> Result<Vec<Excerpt>, LibraryError> {
        self.read_questions(|questions| questions.suggest_quotes(typed))
    }

    /// Returns whether a text has a term that can be searched.
    pub fn has_search_terms(&self, text: &str) -> bool {
        let snapshot = self.index.snapshot();
        self.with_questions(&snapshot, |questions| {
            let query = questions.analyse(text, None);
            !query.terms.is_empty() && !query.is_verbatim
        })
    }

    /// Returns why no article can ever match these words by lexical search, or `None` if one can.
    pub fn unmatchable(&self, words: &str) -> Result<Option<Unmatchable>, LibraryError> {
        self.read_questions(|questions| questions.unmatchable(words))
    }

    /// Returns the quotes of these passages that answer `words`, by descending confidence. The
    /// search is lexical, since new passages have no vectors yet.
    pub fn quotes_within(
        &self,
        words: &str,
        passages: &[PassageId],
    ) -> Result<Vec<Excerpt>, LibraryError> {
        self.read_questions(|questions| questions.quotes_within(words, passages))
    }

    /// Returns topics of the first articles, each with its passage.
    pub fn topics(&self) -> Result<Vec<(PassageId, Topic)>, LibraryError> {
        self.read(reading::topics)
    }
}

/// Articles, sections and passages.
impl Library {
    /// Returns the language code of an article: the declared language, or the main language of the
    /// corpus.
    pub fn language_of(&self, article: &Outline) -> String {
        reading::language_of(&self.index.snapshot(), article).to_owned()
    }

    /// Returns the summaries of all articles, by title.
    pub fn articles(&self) -> Articles {
        self.index.snapshot().articles().by_title().clone()
    }

    /// Returns the summaries of all articles: by date, the newest first, then those without a date,
    /// by the modification time of their file.
    pub fn newest(&self) -> Articles {
        self.index.snapshot().articles().newest().clone()
    }

    /// Returns the titles of at most `limit` articles, in alphabetical order. Allocates memory for
    /// these titles only.
    pub fn first_titles(&self, limit: usize) -> Vec<String> {
        self.index.snapshot().articles().first_titles(limit)
    }

    /// Returns the summary of the article in a file.
    pub fn article_of(&self, file: &str) -> Option<Arc<ArticleSummary>> {
        self.index.snapshot().articles().of_file(file)
    }

    /// Reads all articles with their sections, by title.
    pub fn outlines(&self) -> Result<Vec<Arc<Outline>>, LibraryError> {
        self.read(|snapshot| snapshot.outlines(snapshot.articles().by_title().iter()))
    }

    /// Returns an article with its sections, or `None` if the corpus does not have the article.
    pub fn article(&self, id: ArticleId) -> Result<Option<Arc<Outline>>, LibraryError> {
        self.read(|snapshot| snapshot.outline(id))
    }

    /// Returns an article with its text, or `None` if the corpus does not have the article.
    pub fn full_article(&self, id: ArticleId) -> Result<Option<FullArticle>, LibraryError> {
        self.read(|snapshot| reading::full_article(snapshot, id))
    }

    /// Returns a section with its text, or `None` if the corpus does not have the section.
    pub fn section(&self, id: SectionId) -> Result<Option<FullSection>, LibraryError> {
        self.read(|snapshot| reading::full_section(snapshot, id))
    }

    /// Returns a passage with its place, or `None` if its text was changed or removed.
    pub fn passage(&self, id: PassageId) -> Result<Option<(Place, Arc<Passage>)>, LibraryError> {
        self.read(|snapshot| reading::passage(snapshot, id))
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
        self.read(|snapshot| snapshot.passage_ids(article))
    }
}

/// Briefings.
impl Library {
    /// Returns the briefing of an article, from a cache if possible, or `None` if the corpus does
    /// not have the article.
    pub fn brief(&self, id: ArticleId) -> Result<Option<Arc<Brief>>, LibraryError> {
        let summary = self.read(|snapshot| {
            let outline = snapshot.outline(id)?;
            Ok(outline.and_then(|outline| snapshot.articles().of_file(&outline.file)))
        })?;
        let Some(summary) = summary else { return Ok(None) };
        self.briefs.get_or_create(id, summary.hash, || {
            let full = self.full_article(id)?;
            Ok(full.map(|full| {
                let language = Language::of_code(&self.language_of(&full.article));
                (full, language)
            }))
        })
    }

    /// Returns the key sentences on a topic. A topic that is refused as a question is refused here.
    pub fn brief_on(&self, topic: &str) -> Result<OnTopic, LibraryError> {
        let found = match self.read_questions(|questions| questions.ask_topic(topic))? {
            Answer::Found(found) => found,
            answer => return Ok(OnTopic::Fallback(answer)),
        };
        let (_, ranking) = self.search(topic, None, TOPIC_HITS)?;
        let language_of = |article: &Outline| Language::of_code(&self.language_of(article));
        let excerpts = brief::topic_sentences(&ranking, language_of);
        Ok(match excerpts.is_empty() {
            true => OnTopic::Fallback(Answer::Found(found)),
            false => OnTopic::Found(TopicBrief { excerpts, corrected: found.corrected }),
        })
    }

    /// Returns the quotes of the `new` passages of an article. If there are `words`, returns only
    /// quotes that answer them. Returns `None` if the article or its new passages were removed, or
    /// if no quote answers the words.
    pub fn new_quotes(
        &self,
        article: ArticleId,
        new: &[PassageId],
        words: &str,
    ) -> Result<Option<NewQuotes>, LibraryError> {
        let Some(full) = self.full_article(article)? else { return Ok(None) };
        if !words.is_empty() {
            let mut excerpts = self.quotes_within(words, new)?;
            excerpts.truncate(MAX_NEW_QUOTES);
            let quotes = NewQuotes { article: full.article, excerpts };
            return Ok((!quotes.excerpts.is_empty()).then_some(quotes));
        }
        let language = Language::of_code(&self.language_of(&full.article));
        Ok(briefing::new_quotes(full, new, &language))
    }
}

impl Library {
    /// Reads the index. The index panics on damage that its checksums do not detect: the panic
    /// fails this call only. After an error the next [`Library::refresh`] verifies the files of the
    /// index.
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

    /// Reads the index like [`Library::read`], to answer questions.
    fn read_questions<T>(
        &self,
        read: impl FnOnce(&Questions<'_>) -> Result<T, IndexError>,
    ) -> Result<T, LibraryError> {
        self.read(|snapshot| self.with_questions(snapshot, read))
    }

    fn with_questions<T>(
        &self,
        snapshot: &Snapshot<'_>,
        ask: impl FnOnce(&Questions<'_>) -> T,
    ) -> T {
        let aliases = Arc::clone(&self.aliases.read());
        ask(&Questions {
            snapshot,
            aliases: &aliases,
            term_cache: &self.term_cache,
            embeddings: self.embeddings.as_ref(),
        })
    }
}

fn aliases_of(snapshot: &Snapshot<'_>, configured: &[Alias]) -> Aliases {
    Aliases::new(snapshot.aliases().iter().chain(configured), snapshot.languages())
}

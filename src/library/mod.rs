//! The library: the facade of an open corpus, to ask it, to read it and to keep it up to date.
//!
//! A [`Library`] connects the corpus, the index, the embeddings, the search, the answers and the
//! briefings. The bot, the web pages and the commands use only this facade, the types of an
//! [`Answer`](crate::answer::Answer) and the types of an article.
//!
//! The articles are read through a [`View`], which may show only some of them. A `Library` itself
//! tells only the size and the state of the whole corpus.

mod article_lists;
mod brief_requests;
mod briefing;
mod conversation;
mod filter_names;
mod narrowing;
mod open_corpus;
mod questions;
mod reading;
mod view;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

pub use crate::index::{ArticleFilter, Criterion, folded_name};
pub use briefing::NewQuotes;
pub use filter_names::Meant;
pub use open_corpus::{LibraryError, Size};
pub use questions::Unmatchable;
pub use reading::{FullArticle, FullSection};
pub use view::{Narrowed, View};

use crate::corpus::article::Alias;
use crate::corpus::{CorpusDir, Scope};
use crate::embedding::{BackfillError, EmbeddingIndex, Threads};
use crate::index::{FileProblem, Index, IndexError, Progress, Refreshed};
use crate::search::Mode;
use open_corpus::OpenCorpus;

/// An open corpus. Threads share it in an [`Arc`](std::sync::Arc).
pub struct Library {
    corpus: OpenCorpus,
    /// Number of changes and of calls of [`Library::wake`].
    changes: Mutex<u64>,
    changed: Condvar,
}

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
        let corpus = OpenCorpus::new(index);
        Library { corpus, changes: Mutex::new(0), changed: Condvar::new() }
    }

    /// Adds aliases to those of the articles.
    pub fn with_aliases(mut self, aliases: &[Alias]) -> Library {
        self.corpus.set_aliases(aliases);
        self
    }

    /// Adds embeddings. The ranking is semantic as far as [`Library::backfill`] has computed the
    /// vectors.
    pub fn with_embeddings(mut self, embeddings: EmbeddingIndex) -> Library {
        self.corpus.embeddings = Some(embeddings);
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
        let refreshed = self.corpus.index.refresh(scope, quiet, report).map_err(LibraryError)?;
        if refreshed.has_changed {
            self.corpus.update_aliases();
        }
        if refreshed.is_repaired {
            self.corpus.term_cache.clear();
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
        self.corpus.index.check_readable().map_err(BackfillError::Index)?;
        let snapshot = self.corpus.index.snapshot();
        let Some(embeddings) = &self.corpus.embeddings else {
            return Ok(Progress { done: 0, all: 0 });
        };
        let backfill = || embeddings.backfill(&snapshot, threads, report);
        catch_unwind(AssertUnwindSafe(backfill))
            .unwrap_or(Err(BackfillError::ReaderPanicked))
            .inspect_err(|error| match error {
                BackfillError::Index(_) | BackfillError::ReaderPanicked => {
                    self.corpus.index.report_read_failure()
                }
                BackfillError::Vectors(_) | BackfillError::Threads(_) => {}
            })
    }
}

/// Views of the articles.
impl Library {
    /// Returns the view of all articles.
    pub fn all(&self) -> View<'_> {
        self.view(ArticleFilter::default())
    }

    /// Returns the view of the articles that pass a filter.
    pub fn view(&self, border: ArticleFilter) -> View<'_> {
        View::new(&self.corpus, border)
    }
}

/// The state of the index and of the model.
impl Library {
    /// Returns the problems of files when the corpus was opened, or `None` if the files were not
    /// read.
    pub fn file_problems(&self) -> Option<&[FileProblem]> {
        self.corpus.index.reported()
    }

    /// Returns the number of files that differ from the index, or `None` if this process owns the
    /// index and keeps it up to date.
    pub fn outdated_file_count(&self) -> Option<usize> {
        self.corpus.index.outdated_files()
    }

    /// Returns a hash of the names and the contents of all files.
    pub fn stamp(&self) -> [u8; 32] {
        self.corpus.index.snapshot().fingerprint()
    }

    /// Returns the number of articles.
    pub fn article_count(&self) -> usize {
        self.corpus.index.snapshot().articles().count()
    }

    /// Checks that the index is sound and readable.
    pub fn check(&self) -> Result<(), LibraryError> {
        self.corpus.index.check_sound().map_err(LibraryError)?;
        self.corpus.read(&ArticleFilter::default(), |snapshot| {
            if let Some(id) = snapshot.articles().any_id() {
                snapshot.outline(id)?;
            }
            snapshot.passages().next().transpose().map(drop)
        })
    }

    /// Returns whether the index looks damaged, so that a [`Library::refresh`] is due. The check
    /// takes some microseconds.
    pub fn looks_damaged(&self) -> bool {
        self.corpus.index.looks_damaged()
    }

    /// Returns whether the index is known to be damaged and not yet rebuilt.
    pub fn is_damaged(&self) -> bool {
        self.corpus.index.check_sound().is_err()
    }

    /// Returns the current mode of the ranking.
    pub fn mode(&self) -> Mode {
        match self.corpus.embeddings {
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
        self.corpus.embeddings.as_ref().map_or(0, EmbeddingIndex::timed_out)
    }
}

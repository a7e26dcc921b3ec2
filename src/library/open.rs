//! The library's door to the corpus on the disk: to open it, and to take over what changes.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

use lru::LruCache;

use super::{BRIEFS, Library, LibraryError, aliases_of};
use crate::corpus::article::Alias;
use crate::corpus::{CorpusDir, Scope};
use crate::embedding::EmbeddingIndex;
use crate::index::{Index, IndexError, Progress, Refreshed};
use crate::search::term_cache::TermCache;

impl Library {
    /// Opens the articles of `corpus` with the index under `data`, bringing it up to date; `tell` hears of
    /// each article that is read, and may break off when there is one.
    ///
    /// Files with problems are left out and told by [`Library::reported`]; an index that cannot
    /// be read is built anew. Fails when no article is left, or when `data` cannot be used.
    pub fn open(
        corpus: impl Into<CorpusDir>,
        data: &Path,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Library, LibraryError> {
        let corpus = &corpus.into();
        let library = Library::of(Index::open(corpus, data, &mut tell).map_err(LibraryError)?);
        library.or_rebuilt(corpus, data, tell)
    }

    /// Opens the articles like [`Library::open`] if no other process owns `data`. Otherwise only reads the index
    /// that the other process makes, as it is: see [`Library::differing`].
    pub fn open_shared(
        corpus: impl Into<CorpusDir>,
        data: &Path,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Library, LibraryError> {
        let corpus = &corpus.into();
        let index = Index::open_shared(corpus, data, &mut tell).map_err(LibraryError)?;
        let library = Library::of(index);
        match library.differing() {
            None => library.or_rebuilt(corpus, data, tell),
            Some(_) => library.check().map(|()| library),
        }
    }

    /// Returns this library if its index can be read, and else builds the index again.
    fn or_rebuilt(
        self,
        corpus: &CorpusDir,
        data: &Path,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Library, LibraryError> {
        if let Err(LibraryError(IndexError::Corrupt(reason))) = self.check() {
            tracing::warn!(%reason, "the index cannot be used and is rebuilt");
            drop(self);
            Index::discard(data).map_err(LibraryError)?;
            return Ok(Library::of(Index::open(corpus, data, tell).map_err(LibraryError)?));
        }
        Ok(self)
    }

    /// The same without a look at the corpus, so that an archive can be asked at once: a
    /// [`Library::refresh`] is to follow. `None` where there is nothing to go on with.
    pub fn resume(
        corpus: impl Into<CorpusDir>,
        data: &Path,
    ) -> Result<Option<Library>, LibraryError> {
        let library = Index::resume(&corpus.into(), data).map_err(LibraryError)?.map(Library::of);
        Ok(library.filter(|library| library.check().is_ok()))
    }

    fn of(index: Index) -> Library {
        let aliases = aliases_of(&index.snapshot(), &[]);
        Library {
            index,
            more: Vec::new(),
            aliases: RwLock::new(Arc::new(aliases)),
            term_cache: TermCache::default(),
            embeddings: None,
            briefs: Mutex::new(LruCache::new(BRIEFS)),
            changes: Mutex::new(0),
            changed: Condvar::new(),
        }
    }

    /// The same library, which also knows these names beside those that the articles bring.
    pub fn with_aliases(mut self, more: &[Alias]) -> Library {
        self.aliases = RwLock::new(Arc::new(aliases_of(&self.index.snapshot(), more)));
        self.more = more.to_vec();
        self
    }

    /// The same library, which also finds by meaning, as far as [`Library::catch_up`] has come, and while the
    /// model reads a language of the corpus.
    pub fn with_meaning(mut self, meaning: EmbeddingIndex) -> Library {
        self.embeddings = Some(meaning);
        self
    }

    /// Takes over what has changed in the corpus, until `tell` breaks off, but no file that was changed
    /// within `quiet`, since it may be written still. Answers that are being made finish on what there was.
    /// An index whose files are damaged is rebuilt.
    pub fn refresh(
        &self,
        quiet: Duration,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Refreshed, LibraryError> {
        self.refresh_in(&Scope::All, quiet, tell)
    }

    /// Takes over what has changed like [`Library::refresh`], but only looks at the part `scope` of the corpus and
    /// at the files that were left for later, unless only a look at all files can tell what has changed.
    pub fn refresh_in(
        &self,
        scope: &Scope,
        quiet: Duration,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Refreshed, LibraryError> {
        let refreshed = self.index.refresh(scope, quiet, tell).map_err(LibraryError)?;
        if refreshed.has_changed {
            let aliases = Arc::new(aliases_of(&self.index.snapshot(), &self.more));
            *self.aliases.write().unwrap_or_else(PoisonError::into_inner) = aliases;
        }
        if refreshed.is_repaired {
            self.term_cache.clear();
        }
        if refreshed.has_changed || refreshed.is_repaired {
            self.wake();
        }
        Ok(refreshed)
    }
}

//! The parts of an open corpus that are needed to read it.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parking_lot::RwLock;
use quick_cache::sync::Cache;
use thiserror::Error;

use super::briefing::BriefCache;
use super::filter_names::FilterNames;
use crate::corpus::article::Alias;
use crate::embedding::EmbeddingIndex;
use crate::index::{ArticleFilter, Index, IndexError, Snapshot};
use crate::search::aliases::Aliases;
use crate::search::term_cache::TermCache;

/// An open corpus, as views read it.
pub struct OpenCorpus {
    pub index: Index,
    pub term_cache: TermCache,
    pub embeddings: Option<EmbeddingIndex>,
    pub briefs: BriefCache,
    /// Aliases from the configuration, which hold for all articles.
    configured_aliases: Vec<Alias>,
    /// Aliases of all articles.
    aliases: RwLock<Arc<Aliases>>,
    /// Names for filters, by the fingerprint of their snapshot.
    filter_names: Cache<[u8; 32], Arc<FilterNames>>,
    /// Aliases of some articles, by the fingerprint of their snapshot.
    restricted_aliases: Cache<[u8; 32], Arc<Aliases>>,
}

/// The size of some articles, and of the index.
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
pub struct LibraryError(pub(super) IndexError);

/// Number of cached sets of names for filters, one for each part of the corpus that is narrowed.
const CACHED_FILTER_NAMES: usize = 16;
/// Number of cached sets of aliases, one for each part of the corpus that is read.
const CACHED_ALIASES: usize = 64;

impl OpenCorpus {
    /// Wraps an index, without embeddings and without aliases from the configuration.
    pub fn new(index: Index) -> OpenCorpus {
        let aliases = aliases_of(&index.snapshot(), &[]);
        OpenCorpus {
            index,
            term_cache: TermCache::default(),
            embeddings: None,
            briefs: BriefCache::new(),
            configured_aliases: Vec::new(),
            aliases: RwLock::new(Arc::new(aliases)),
            restricted_aliases: Cache::new(CACHED_ALIASES),
            filter_names: Cache::new(CACHED_FILTER_NAMES),
        }
    }

    /// Sets the aliases from the configuration.
    pub fn set_aliases(&mut self, configured: &[Alias]) {
        self.configured_aliases = configured.to_vec();
        self.update_aliases();
    }

    /// Reads the aliases of all articles again, after the index has changed.
    pub fn update_aliases(&self) {
        let aliases = aliases_of(&self.index.snapshot(), &self.configured_aliases);
        *self.aliases.write() = Arc::new(aliases);
        self.restricted_aliases.clear();
        self.filter_names.clear();
    }

    /// Returns the aliases of the articles of a snapshot, and those of the configuration.
    pub fn aliases(&self, snapshot: &Snapshot<'_>) -> Arc<Aliases> {
        if !snapshot.is_restricted() {
            return Arc::clone(&self.aliases.read());
        }
        let find = || Ok::<_, Infallible>(aliases_of(snapshot, &self.configured_aliases).into());
        match self.restricted_aliases.get_or_insert_with(&snapshot.fingerprint(), find) {
            Ok(aliases) => aliases,
            Err(never) => match never {},
        }
    }

    /// Returns the names that filters may have among the articles of a snapshot. At the first time
    /// the metadata of all articles is read.
    pub fn filter_names(&self, snapshot: &Snapshot<'_>) -> Arc<FilterNames> {
        let collect = || {
            let articles: Vec<_> = snapshot.articles().by_title().iter().collect();
            Ok::<_, Infallible>(FilterNames::new(articles.iter().map(|article| &**article)).into())
        };
        match self.filter_names.get_or_insert_with(&snapshot.fingerprint(), collect) {
            Ok(names) => names,
            Err(never) => match never {},
        }
    }

    /// Reads the articles that pass a filter. The index panics on damage that its checksums do not
    /// detect: the panic fails this call only. After an error the next refresh verifies the files
    /// of the index.
    pub fn read<T>(
        &self,
        filter: &ArticleFilter,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, IndexError>,
    ) -> Result<T, LibraryError> {
        self.index.check_readable().map_err(LibraryError)?;
        catch_unwind(AssertUnwindSafe(|| read(&self.index.restricted_snapshot(filter)?)))
            .unwrap_or_else(|_| Err(IndexError::Corrupt("its reader panicked".into())))
            .inspect_err(|_| self.index.report_read_failure())
            .map_err(LibraryError)
    }
}

fn aliases_of(snapshot: &Snapshot<'_>, configured: &[Alias]) -> Aliases {
    Aliases::new(snapshot.aliases().iter().chain(configured), snapshot.languages())
}

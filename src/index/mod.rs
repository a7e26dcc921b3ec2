//! The index: articles in a Tantivy index on disk, updated file by file.
//!
//! Invariants: each commit names the catalog of exactly the files whose passages it contains, so an
//! update that was killed leaves whole articles and resumes after the last commit. A record is
//! returned only if its checksum matches. Opening an unchanged corpus reads no article.
//!
//! One process owns a data directory and changes the index in it. Other processes read the index
//! as of its last commit and write nothing.

pub mod analysis;
pub mod analyzer;
mod article_filter;
mod article_list;
mod article_summary;
mod articles_file;
mod cache;
mod catalog;
mod damage;
pub mod definitions;
mod error;
pub mod function_words;
mod integrity;
pub mod language;
pub mod language_detection;
mod lock;
mod opened;
mod owner;
mod progress;
mod read_only_directory;
mod record;
mod restriction;
pub mod schema;
pub mod script;
mod snapshot;
mod temporary_file;
mod update;
mod visible_entries;
mod vocabulary;
pub mod word_set;
mod writer;

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::RwLock;
use quick_cache::sync::Cache;

use crate::corpus::{self, CorpusDir, Scope};
pub use article_filter::{ArticleFilter, Criterion, Day, folded_name};
pub use article_list::{ArticleList, Articles};
pub use article_summary::ArticleSummary;
use cache::RecordCache;
use catalog::corpus_identity;
pub use error::IndexError;
use integrity::VerifiedFiles;
use lock::try_lock;
pub use lock::{DataLock, lock};
use opened::OpenedIndex;
use owner::{Owner, RefreshOutcome};
pub use progress::{Progress, no_progress};
pub use record::StoredPassage;
pub use restriction::FieldTerms;
use restriction::Restriction;
use schema::Fields;
pub use snapshot::Snapshot;
use snapshot::{Generation, OpenGeneration};
pub use update::FileProblem;
use update::Updated;

/// An open index.
pub struct Index {
    fields: Fields,
    /// The generation to read, replaced by each update.
    generation: RwLock<Arc<Generation>>,
    access: Access,
    /// Problems found when the index was opened. `None` if the corpus was not scanned.
    reported: Option<Vec<FileProblem>>,
    cache: RecordCache,
    /// The restrictions that readers use, by the number of the generation.
    restrictions: Cache<(u64, ArticleFilter), Arc<Restriction>>,
}

/// The access of this process to the index.
enum Access {
    /// This process owns the data directory and may change the index.
    Own(Box<Owner>),
    /// This process only reads the index, which lacked the current state of `outdated` files when
    /// it was opened.
    ReadOnly { outdated: usize },
}

/// The result of a refresh.
#[derive(Debug, Default)]
pub struct Refreshed {
    /// Whether the searchable content has changed.
    pub has_changed: bool,
    /// Whether the index was reopened or rebuilt because of signs of damage.
    pub is_repaired: bool,
    /// Whether another refresh is needed: files were skipped because another program may still be
    /// writing them, or the refresh was cancelled or repaired the index.
    pub is_incomplete: bool,
    /// All current problems of corpus files.
    pub reported: Vec<FileProblem>,
    /// Number of files that are left out as their owner wants, such as drafts.
    pub left_out: usize,
    /// The files whose articles may have changed. `None` if they are too many to list.
    pub touched: Option<Touched>,
}

/// The difference between an index before and after an update.
#[derive(Debug)]
pub struct Touched {
    /// Fingerprint of the index before the update.
    pub before: [u8; 32],
    /// All files whose articles were added, changed or removed, and possibly others.
    pub files: Vec<String>,
}

/// Name of the index directory in the data directory.
const INDEX_DIR: &str = "index";
/// Maximum number of attempts to own a data directory before its index is only read.
const SHARED_LOCK_ATTEMPTS: u32 = 3;
/// Maximum time to wait until another process has committed a first index.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Maximum number of attempts to read an index that another process may be changing.
const READ_ONLY_ATTEMPTS: u32 = 10;
/// Maximum number of cached restrictions. One has some bytes for each passage of the corpus.
const CACHED_RESTRICTIONS: usize = 64;
/// Interval between attempts to read the index of another process.
const READ_RETRY_INTERVAL: Duration = Duration::from_millis(20);

impl Index {
    /// Opens the index in the data directory `data` and updates it with the files of `corpus`.
    /// Calls `on_progress` after each file. A break cancels the update once there is an article.
    ///
    /// An index that is missing, corrupt or of another schema is rebuilt, with one log line. An
    /// index that is not writable is an error and remains unchanged.
    pub fn open(
        corpus: &CorpusDir,
        data: &Path,
        on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Index, IndexError> {
        Index::open_locked(corpus, data, lock(data)?, on_progress)
    }

    /// Opens the index like [`Index::open`] if `data` is writable and no other process owns it.
    /// Otherwise opens the index as it is and writes nothing. Waits some seconds for a process that
    /// builds the first index.
    pub fn open_shared(
        corpus: &CorpusDir,
        data: &Path,
        on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Index, IndexError> {
        let begun = Instant::now();
        loop {
            let error = match try_lock(data, SHARED_LOCK_ATTEMPTS) {
                Ok(lock) => return Index::open_locked(corpus, data, lock, on_progress),
                Err(error) => error,
            };
            let is_in_use = matches!(error, IndexError::InUse(_));
            if !is_in_use && !error.is_write_refused() {
                return Err(error);
            }
            match Index::read(corpus, data)? {
                Ok(index) => return Ok(index),
                Err(_) if is_in_use && begun.elapsed() < READ_TIMEOUT => {
                    thread::sleep(READ_RETRY_INTERVAL)
                }
                Err(reason) if is_in_use => {
                    return Err(IndexError::Unreadable(data.to_owned(), reason));
                }
                Err(_) => return Err(error),
            }
        }
    }

    /// Opens the index in `data` as of its last commit, whether a process owns `data` or not, and
    /// writes nothing. Returns `None` if there is no index, and the reason as an error if the index
    /// cannot be used.
    pub fn open_read_only(corpus: &CorpusDir, data: &Path) -> Result<Option<Index>, String> {
        for attempt in 1.. {
            if !data.join(INDEX_DIR).exists() {
                return Ok(None);
            }
            match Index::read(corpus, data) {
                Ok(Ok(index)) => return Ok(Some(index)),
                // The owner may just have removed a file.
                Ok(Err(_)) if attempt < READ_ONLY_ATTEMPTS => thread::sleep(READ_RETRY_INTERVAL),
                Ok(Err(reason)) | Err(IndexError::Unreadable(_, reason)) => return Err(reason),
                Err(error) => return Err(error.to_string()),
            }
        }
        // The last attempt returns.
        Ok(None)
    }

    /// Opens and updates the index of a data directory that this process owns.
    fn open_locked(
        corpus: &CorpusDir,
        data: &Path,
        lock: DataLock,
        mut on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Index, IndexError> {
        let dir = data.join(INDEX_DIR);
        let found = OpenedIndex::open_usable(&dir).filter(|opened| {
            let readable = OpenGeneration::of(opened);
            if let Err(error) = &readable {
                tracing::warn!(%error, "the index cannot be used and is rebuilt");
            }
            readable.is_ok()
        });
        // A later failure may be one of the disk, so the index is kept and not rebuilt.
        let (mut opened, updated) = update::open(found, corpus, &dir, &mut on_progress)?;
        opened.record_written_files();
        let open = OpenGeneration::of(&opened)?;
        Ok(Index::owned(corpus, opened, open, Some(updated.reported), lock))
    }

    /// Opens the index of another process as of its last commit. The inner error is a reason to
    /// retry.
    fn read(corpus: &CorpusDir, data: &Path) -> Result<Result<Index, String>, IndexError> {
        let opened = match OpenedIndex::open_read_only(&data.join(INDEX_DIR)) {
            Ok(Some(opened)) if !opened.catalog.is_empty() => opened,
            Ok(_) => return Ok(Err("it is still being made".into())),
            Err(reason) => return Ok(Err(reason)),
        };
        if opened.catalog.corpus != corpus_identity(corpus) {
            let other = format!("it is of another corpus, {}", opened.catalog.corpus);
            return Err(IndexError::Unreadable(data.to_owned(), other));
        }
        let open = match OpenGeneration::of(&opened) {
            Ok(open) => open,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let outdated = update::count_outdated(&opened.catalog, corpus);
        Ok(Ok(Index::assemble(open, None, Access::ReadOnly { outdated })))
    }

    /// Opens the index in `data` without updating it. Returns `None` if the index is incomplete or
    /// of another corpus, or if the corpus has no articles. Call [`Index::refresh`] soon after.
    pub fn resume(corpus: &CorpusDir, data: &Path) -> Result<Option<Index>, IndexError> {
        let lock = lock(data)?;
        let dir = data.join(INDEX_DIR);
        // `Index::open`, which the caller tries next, reports what is wrong.
        let opened = OpenedIndex::open(&dir, &VerifiedFiles::read(&dir)).ok().flatten();
        let opened = opened.filter(|opened| {
            opened.catalog.is_complete
                && opened.catalog.corpus == corpus_identity(corpus)
                && !opened.catalog.is_empty()
                && corpus::has_articles(corpus)
        });
        let open = opened.and_then(|opened| Some((OpenGeneration::of(&opened).ok()?, opened)));
        Ok(open.map(|(open, opened)| Index::owned(corpus, opened, open, None, lock)))
    }

    /// Returns an index that this process may change.
    fn owned(
        corpus: &CorpusDir,
        opened: OpenedIndex,
        open: OpenGeneration,
        reported: Option<Vec<FileProblem>>,
        lock: DataLock,
    ) -> Index {
        opened.save_verified();
        let owner = Owner::new(corpus, opened, open.reader.clone(), lock);
        Index::assemble(open, reported, Access::Own(Box::new(owner)))
    }

    fn assemble(open: OpenGeneration, reported: Option<Vec<FileProblem>>, access: Access) -> Index {
        Index {
            fields: schema::schema().1,
            generation: RwLock::new(Arc::new(open.generation)),
            access,
            reported,
            cache: RecordCache::new(),
            restrictions: Cache::new(CACHED_RESTRICTIONS),
        }
    }

    /// Updates the index with the changed files in `scope`, until `on_progress` breaks. Skips files
    /// that changed within `debounce`, because another program may still be writing them. Snapshots
    /// in use do not change. Rebuilds the index if its files are damaged.
    pub fn refresh(
        &self,
        scope: &Scope,
        debounce: Duration,
        on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Refreshed, IndexError> {
        let Access::Own(owner) = &self.access else { return Ok(Refreshed::default()) };
        let known = self.snapshot().fingerprint();
        let RefreshOutcome { updated, generation, repaired } =
            owner.refresh(known, scope, debounce, on_progress)?;
        let has_changed =
            generation.as_ref().is_some_and(|generation| generation.fingerprint != known);
        if let Some(generation) = generation {
            *self.generation.write() = Arc::new(generation);
            // Restrictions of earlier generations would keep removed files of the index open.
            self.restrictions.clear();
            if let Some(repaired) = repaired {
                owner.finish_repair(repaired, self.snapshot().articles().count());
            }
        }
        let Updated { reported, left_out, is_incomplete, touched, .. } = updated;
        let touched = touched.filter(|_| repaired.is_none());
        let touched = touched.map(|files| Touched { before: known, files });
        let is_repaired = repaired.is_some();
        Ok(Refreshed { has_changed, is_repaired, is_incomplete, reported, left_out, touched })
    }

    /// Returns the number of corpus files that differed from the index when it was opened. Returns
    /// `None` if this process updates the index.
    pub fn outdated_files(&self) -> Option<usize> {
        match self.access {
            Access::Own(_) => None,
            Access::ReadOnly { outdated } => Some(outdated),
        }
    }

    /// Records that a read has failed. The next [`Index::refresh`] then verifies the files.
    pub fn report_read_failure(&self) {
        if let Access::Own(owner) = &self.access {
            owner.report_read_failure();
        }
    }

    /// Returns whether the files show signs of damage, so that an [`Index::refresh`] is due. The
    /// check takes some microseconds.
    pub fn looks_damaged(&self) -> bool {
        matches!(&self.access, Access::Own(owner) if owner.looks_damaged())
    }

    /// Fails while the index must not be read because another program has changed a mapped file.
    pub fn check_readable(&self) -> Result<(), IndexError> {
        match &self.access {
            Access::Own(owner) if owner.is_unreadable() => self.check_sound(),
            Access::Own(_) | Access::ReadOnly { .. } => Ok(()),
        }
    }

    /// Fails while the index is damaged. The error describes the damage and the state of the
    /// repair.
    pub fn check_sound(&self) -> Result<(), IndexError> {
        let Access::Own(owner) = &self.access else { return Ok(()) };
        let damage = owner.damage();
        let changed = || owner.is_unreadable().then(|| "its files were changed".to_owned());
        damage.or_else(changed).map_or(Ok(()), |damage| Err(IndexError::Corrupt(damage)))
    }

    /// Removes the index in `data`. The next opening builds a new one.
    pub fn discard(data: &Path) -> Result<(), IndexError> {
        let dir = data.join(INDEX_DIR);
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(IndexError::Data(dir, error))
            }
            _ => Ok(()),
        }
    }

    /// Returns the problems of files that opening the index found. Returns `None` if opening did
    /// not scan the corpus.
    pub fn reported(&self) -> Option<&[FileProblem]> {
        self.reported.as_deref()
    }

    /// Returns a snapshot of the index, which later updates do not change.
    pub fn snapshot(&self) -> Snapshot<'_> {
        let generation = Arc::clone(&self.generation.read());
        Snapshot::new(generation, self.fields, &self.cache)
    }

    /// Returns a snapshot that shows only the articles that pass a filter. The first snapshot with
    /// a filter reads the metadata of all articles; the next ones take microseconds.
    pub fn restricted_snapshot(&self, filter: &ArticleFilter) -> Result<Snapshot<'_>, IndexError> {
        let generation = Arc::clone(&self.generation.read());
        let snapshot = Snapshot::new(Arc::clone(&generation), self.fields, &self.cache);
        if filter.is_empty() {
            return Ok(snapshot);
        }
        let key = (generation.number(), filter.clone());
        let restrict = || generation.restriction(filter).map(Arc::new);
        Ok(snapshot.restricted(self.restrictions.get_or_insert_with(&key, restrict)?))
    }
}

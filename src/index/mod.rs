//! Articles to a Tantivy index on disk, brought up to date file by file.
//!
//! Invariants: each commit names the list of the very files whose passages it holds, so that a killed
//! update leaves whole articles and goes on where it was; a record is never handed out unless its checksum
//! fits. Opening an unchanged corpus reads no article.
//!
//! One process owns a data directory and changes the index in it. Other processes read the index as of its
//! last commit, and write nothing.

pub mod analysis;
pub mod analyzer;
mod article_list;
mod articles_file;
mod cache;
mod catalog;
mod file_snapshot;
mod integrity;
mod owner;
mod record;
pub mod schema;
pub mod script;
mod snapshot;
mod update;
mod writer;

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use tantivy::{IndexReader, ReloadPolicy};

use crate::corpus::article::{ArticleId, Passage};
use crate::corpus::{self, CorpusDir, FileStamp, Problem, Scope};
use analysis::Analysis;
pub use article_list::{ArticleList, ArticleSummary, Articles};
use cache::Cache;
use catalog::{Catalog, OpenedIndex};
use integrity::Verified;
use owner::{Owner, Renewed};
use schema::Fields;
use snapshot::Generation;
pub use snapshot::Snapshot;
pub use update::FileProblem;
use update::Updated;

/// An open index.
pub struct Index {
    fields: Fields,
    generation: RwLock<Arc<Generation>>,
    access: Access,
    reported: Option<Vec<FileProblem>>,
    cache: Cache,
}

/// What this process may do with the index.
enum Access {
    /// The data directory is this process's own.
    Own(Box<Owner>),
    /// Only read it: the number of files of the corpus that are not in it as they are now.
    Read { differing: usize },
}

/// The data directory as this process's own, until it is dropped.
pub struct DataLock {
    data: PathBuf,
    file: File,
}

/// A passage as the index keeps it.
#[derive(Debug, Clone)]
pub struct StoredPassage {
    pub article: ArticleId,
    pub passage: Arc<Passage>,
    pub analysis: Analysis,
}

/// What looking at the corpus again has brought.
#[derive(Debug, Default)]
pub struct Refreshed {
    /// Whether there is something else to ask now.
    pub has_changed: bool,
    /// Whether the files of the index were opened again or rebuilt after damage.
    pub is_repaired: bool,
    /// Whether a file was left for later because it may still be written.
    pub is_unsettled: bool,
    /// All that is wrong with files.
    pub reported: Vec<FileProblem>,
    /// The files whose articles may have changed, if they are few enough to be known.
    pub touched: Option<Touched>,
}

/// The difference between an index before and after an update.
#[derive(Debug)]
pub struct Touched {
    /// The stamp of the index before.
    pub before: [u8; 32],
    /// All files whose articles have come, changed or gone, and perhaps others.
    pub files: Vec<String>,
}

/// How far long work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub all: u64,
}

/// For long work that nobody wants to hear of.
pub fn no_progress(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Why an index cannot be used. The message is for the operator.
#[derive(Debug)]
pub enum IndexError {
    /// Another process has this data directory.
    InUse(PathBuf),
    /// Another process has this data directory, and the index in it cannot be read; why.
    Unreadable(PathBuf, String),
    /// The data directory cannot be read or written.
    Data(PathBuf, io::Error),
    /// There is no article to ask; what is wrong with the corpus.
    NoArticle(Vec<Problem>),
    /// The index contradicts itself: it is to be rebuilt.
    Corrupt(String),
    Tantivy(tantivy::TantivyError),
}

const REBUILT: &str = "hint: a damaged index is rebuilt from the corpus by a bot that runs, and else by \
    the next start; the disk needs room for that";
const INDEX: &str = "index";
const LOCK: &str = "lock";
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_RETRY_INTERVAL: Duration = Duration::from_millis(10);
/// Attempts to own a data directory before its index is only read.
const SHARED_LOCK_ATTEMPTS: u32 = 3;
/// Time for another process to make an index that can be read.
const READ_TIMEOUT: Duration = Duration::from_secs(10);
const READ_PAUSE: Duration = Duration::from_millis(20);

impl Index {
    /// Opens the index under `data` and brings it up to date with the files of `corpus`; `tell` hears of
    /// each that is read, and may break off when there is an article.
    ///
    /// An index that is missing, corrupt or of another schema is rebuilt, with one log line; one that cannot
    /// be written to is an error, and stays.
    pub fn open(
        corpus: &CorpusDir,
        data: &Path,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Index, IndexError> {
        Index::open_locked(corpus, data, lock(data)?, tell)
    }

    /// Opens the index like [`Index::open`] if no other process owns `data` and `data` can be written.
    /// Otherwise only reads the index as it is, and writes nothing. Waits some seconds for a process that
    /// makes the first index.
    pub fn open_shared(
        corpus: &CorpusDir,
        data: &Path,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Index, IndexError> {
        let begun = Instant::now();
        loop {
            let error = match try_lock(data, SHARED_LOCK_ATTEMPTS) {
                Ok(lock) => return Index::open_locked(corpus, data, lock, tell),
                Err(error) => error,
            };
            let is_in_use = matches!(error, IndexError::InUse(_));
            if !is_in_use && !error.is_write_refused() {
                return Err(error);
            }
            match Index::read(corpus, data)? {
                Ok(index) => return Ok(index),
                Err(_) if is_in_use && begun.elapsed() < READ_TIMEOUT => thread::sleep(READ_PAUSE),
                Err(reason) if is_in_use => {
                    return Err(IndexError::Unreadable(data.to_owned(), reason));
                }
                Err(_) => return Err(error),
            }
        }
    }

    fn open_locked(
        corpus: &CorpusDir,
        data: &Path,
        lock: DataLock,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Index, IndexError> {
        let dir = data.join(INDEX);
        let found = find(&dir).filter(|existing| {
            let readable = OpenGeneration::of(existing);
            if let Err(error) = &readable {
                tracing::warn!(%error, "the index cannot be used and is rebuilt");
            }
            readable.is_ok()
        });
        // What fails from here on may be the disk: what is indexed is kept.
        let (mut existing, updated) = update::open(found, corpus, &dir, &mut tell)?;
        existing.settle();
        let open = OpenGeneration::of(&existing)?;
        Ok(Index::owned(corpus, existing, open, Some(updated.reported), lock))
    }

    /// Reads the index under `data` as of its last commit. The inner error is a reason to try again.
    fn read(corpus: &CorpusDir, data: &Path) -> Result<Result<Index, String>, IndexError> {
        let existing = match Catalog::snapshot(&data.join(INDEX)) {
            Ok(Some(existing)) if !existing.catalog.is_empty() => existing,
            Ok(_) => return Ok(Err("it is still being made".into())),
            Err(reason) => return Ok(Err(reason)),
        };
        if existing.catalog.corpus != catalog::identity(corpus) {
            let other = format!("it is of another corpus, {}", existing.catalog.corpus);
            return Err(IndexError::Unreadable(data.to_owned(), other));
        }
        let open = match OpenGeneration::of(&existing) {
            Ok(open) => open,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let differing = update::differing(&existing.catalog, corpus);
        Ok(Ok(Index::of(open, None, Access::Read { differing })))
    }

    /// Opens the index under `data` as it was left, if it is one of `corpus` and there still are articles: a
    /// [`Index::refresh`] is to follow.
    pub fn resume(corpus: &CorpusDir, data: &Path) -> Result<Option<Index>, IndexError> {
        let lock = lock(data)?;
        let dir = data.join(INDEX);
        // Whatever is wrong with it, who opens it will say.
        let existing = Catalog::find(&dir, &Verified::read(&dir)).ok().flatten();
        let existing = existing.filter(|existing| {
            existing.catalog.is_whole
                && existing.catalog.corpus == catalog::identity(corpus)
                && !existing.catalog.is_empty()
                && corpus::has_articles(corpus)
        });
        let open =
            existing.and_then(|existing| Some((OpenGeneration::of(&existing).ok()?, existing)));
        Ok(open.map(|(open, existing)| Index::owned(corpus, existing, open, None, lock)))
    }

    fn owned(
        corpus: &CorpusDir,
        existing: OpenedIndex,
        open: OpenGeneration,
        reported: Option<Vec<FileProblem>>,
        lock: DataLock,
    ) -> Index {
        let OpenGeneration { reader, edition } = open;
        existing.keep_verified();
        let owner = Owner::new(corpus, existing, reader.clone(), lock);
        Index::of(OpenGeneration { reader, edition }, reported, Access::Own(Box::new(owner)))
    }

    fn of(open: OpenGeneration, reported: Option<Vec<FileProblem>>, access: Access) -> Index {
        Index {
            fields: schema::schema().1,
            generation: RwLock::new(Arc::new(open.edition)),
            access,
            reported,
            cache: Cache::new(),
        }
    }

    /// Takes over what has changed in the part `scope` of the corpus, until `tell` breaks off, but no file that was changed
    /// within `quiet`, since it may be written still. Views that are in use stay as they are. An index whose
    /// files are damaged is rebuilt.
    pub fn refresh(
        &self,
        scope: &Scope,
        quiet: Duration,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Refreshed, IndexError> {
        let Access::Own(owner) = &self.access else { return Ok(Refreshed::default()) };
        let known = self.snapshot().stamp();
        let Renewed { updated, edition, repaired } = owner.refresh(known, scope, quiet, tell)?;
        let has_changed = edition.as_ref().is_some_and(|edition| edition.stamp != known);
        if let Some(edition) = edition {
            *self.generation.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(edition);
            if let Some(repaired) = repaired {
                owner.published(repaired, self.snapshot().listing().count());
            }
        }
        let Updated { reported, is_unsettled, touched, .. } = updated;
        let touched = touched.filter(|_| repaired.is_none());
        let touched = touched.map(|files| Touched { before: known, files });
        let is_repaired = repaired.is_some();
        Ok(Refreshed { has_changed, is_repaired, is_unsettled, reported, touched })
    }

    /// Number of files of the corpus that differ from the index, if this process only reads the index.
    pub fn differing(&self) -> Option<usize> {
        match self.access {
            Access::Own(_) => None,
            Access::Read { differing } => Some(differing),
        }
    }

    /// Notes that a read has failed: the next [`Index::refresh`] verifies the files.
    pub fn suspect(&self) {
        if let Access::Own(owner) = &self.access {
            owner.suspect();
        }
    }

    /// Returns whether an [`Index::refresh`] is due since the files look damaged; it costs some microseconds.
    pub fn looks_damaged(&self) -> bool {
        matches!(&self.access, Access::Own(owner) if owner.looks_damaged())
    }

    /// Fails while the index must not be read, because another program has changed a file that is mapped.
    pub fn check_readable(&self) -> Result<(), IndexError> {
        match &self.access {
            Access::Own(owner) if owner.is_unreadable() => self.check_sound(),
            Access::Own(_) | Access::Read { .. } => Ok(()),
        }
    }

    /// Fails while the index is damaged, with the damage and the state of its repair.
    pub fn check_sound(&self) -> Result<(), IndexError> {
        let Access::Own(owner) = &self.access else { return Ok(()) };
        let damage = owner.damage();
        let changed = || owner.is_unreadable().then(|| "its files were changed".to_owned());
        damage.or_else(changed).map_or(Ok(()), |damage| Err(IndexError::Corrupt(damage)))
    }

    /// Removes the index under `data`, so that the next opening builds it anew.
    pub fn discard(data: &Path) -> Result<(), IndexError> {
        let dir = data.join(INDEX);
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(IndexError::Data(dir, error))
            }
            _ => Ok(()),
        }
    }

    /// What was wrong with files when it was opened; `None` if they were not looked at.
    pub fn reported(&self) -> Option<&[FileProblem]> {
        self.reported.as_deref()
    }

    /// The index as it is now; a view stays as it is while an update goes on.
    pub fn snapshot(&self) -> Snapshot<'_> {
        let edition = self.generation.read().unwrap_or_else(PoisonError::into_inner);
        Snapshot { edition: Arc::clone(&edition), index: self }
    }
}

/// What an index is read by.
struct OpenGeneration {
    reader: IndexReader,
    edition: Generation,
}

impl OpenGeneration {
    fn of(existing: &OpenedIndex) -> Result<OpenGeneration, IndexError> {
        let reader = existing.index.reader_builder();
        let reader = reader.reload_policy(ReloadPolicy::Manual).try_into()?;
        let edition = Generation::new(IndexReader::searcher(&reader), &existing.catalog)?;
        Ok(OpenGeneration { reader, edition })
    }
}

fn find(dir: &Path) -> Option<OpenedIndex> {
    Catalog::find(dir, &Verified::read(dir)).unwrap_or_else(|reason| {
        tracing::warn!(%reason, "the index cannot be used and is rebuilt");
        None
    })
}

/// Takes the data directory for this process, making it when missing. An open index has it taken.
pub fn lock(data: &Path) -> Result<DataLock, IndexError> {
    try_lock(data, LOCK_ATTEMPTS)
}

fn try_lock(data: &Path, attempts: u32) -> Result<DataLock, IndexError> {
    fs::create_dir_all(data).map_err(|error| IndexError::Data(data.to_owned(), error))?;
    let path = data.join(LOCK);
    let failed = |error| IndexError::Data(path.clone(), error);
    let mut file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    for attempt in 1.. {
        match file.try_lock() {
            Ok(()) => break,
            // One that is just ending, or a child that was forked and has not begun yet, has it for
            // a moment only.
            Err(TryLockError::WouldBlock) if attempt < attempts => {
                thread::sleep(LOCK_RETRY_INTERVAL)
            }
            Err(TryLockError::WouldBlock) => return Err(IndexError::InUse(data.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    // Who has it, for an operator who looks; nothing reads it.
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
    Ok(DataLock { data: data.to_owned(), file })
}

impl DataLock {
    /// Takes the lock again if its file was removed or replaced: another process could own the directory, too.
    fn renew(&mut self) -> Result<(), IndexError> {
        let stamp = |metadata: io::Result<fs::Metadata>| FileStamp::of(&metadata.ok()?);
        let own = stamp(self.file.metadata());
        let named = stamp(fs::metadata(self.data.join(LOCK)));
        if !own.zip(named).is_some_and(|(own, named)| own.is_same_file(&named)) {
            *self = lock(&self.data)?;
            let data = self.data.display();
            tracing::warn!(%data, "the lock of the data directory was removed and is taken again");
        }
        Ok(())
    }
}

impl IndexError {
    /// Returns whether the data directory may not be written.
    fn is_write_refused(&self) -> bool {
        let IndexError::Data(_, error) = self else { return false };
        matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
    }
}

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        IndexError::Tantivy(error)
    }
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IndexError::InUse(data) => write!(
                f,
                "{}: another verbatim is using this data directory\n\
                 hint: stop it, or give this one its own with `--data DIR`",
                data.display()
            ),
            IndexError::Unreadable(data, why) => write!(
                f,
                "{}: another verbatim is using this data directory, and its index cannot be \
                 read: {why}\n\
                 hint: ask again when the other one has made its index, or give this one its own \
                 with `--data DIR`",
                data.display()
            ),
            IndexError::Data(path, error) => write!(
                f,
                "{}: {error}\nhint: the data directory must be writable; another can be given \
                 with `--data DIR`",
                path.display()
            ),
            IndexError::NoArticle(problems) => {
                f.write_str("there is no article to ask")?;
                problems.iter().try_for_each(|problem| write!(f, "\n{problem}"))
            }
            IndexError::Corrupt(what) => {
                write!(f, "the index is damaged: {what}\n{REBUILT}")
            }
            IndexError::Tantivy(error) => {
                write!(f, "the index failed: {error}\n{REBUILT}")
            }
        }
    }
}

impl std::error::Error for IndexError {}

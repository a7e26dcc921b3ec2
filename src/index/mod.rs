//! Articles to a Tantivy index on disk, brought up to date file by file.
//!
//! Invariants: each commit names the list of the very files whose passages it holds, so that a killed
//! update leaves whole articles and goes on where it was; a record is never handed out unless its checksum
//! fits. Opening an unchanged corpus reads no article.

pub mod analysis;
pub mod analyzer;
mod batch;
mod cache;
mod catalog;
mod listing;
mod record;
pub mod schema;
pub mod script;
mod update;
mod view;

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use tantivy::{IndexReader, ReloadPolicy};

use crate::corpus::article::{ArticleId, Passage};
use crate::corpus::{self, CorpusDir, Problem};
use analysis::Analysis;
use cache::Cache;
use catalog::{Catalog, Existing};
pub use listing::{Articles, ListedArticle, Listing};
use schema::Fields;
pub use update::Reported;
use update::Updated;
use view::Edition;
pub use view::View;

/// An open index, locked against other processes.
pub struct Index {
    corpus: CorpusDir,
    reader: IndexReader,
    fields: Fields,
    edition: RwLock<Arc<Edition>>,
    /// Whoever brings it up to date has this.
    existing: Mutex<Existing>,
    reported: Option<Vec<Reported>>,
    cache: Cache,
    _lock: DataLock,
}

/// The data directory as this process's own, until it is dropped.
pub struct DataLock {
    _file: File,
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
    /// Whether a file was left for later because it may still be written.
    pub is_unsettled: bool,
    /// All that is wrong with files.
    pub reported: Vec<Reported>,
}

/// How far long work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub all: u64,
}

/// For long work that nobody wants to hear of.
pub fn untold(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Why an index cannot be used. The message is for the operator.
#[derive(Debug)]
pub enum IndexError {
    /// Another process has this data directory.
    InUse(PathBuf),
    /// The data directory cannot be read or written.
    Data(PathBuf, io::Error),
    /// There is no article to ask; what is wrong with the corpus.
    NoArticle(Vec<Problem>),
    /// The index contradicts itself: it is to be made anew.
    Corrupt(String),
    Tantivy(tantivy::TantivyError),
}

const INDEX: &str = "index";
const LOCK: &str = "lock";
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

impl Index {
    /// Opens the index under `data` and brings it up to date with the files of `corpus`; `tell` hears of
    /// each that is read, and may break off when there is an article.
    ///
    /// An index that is missing, corrupt or of another schema is built anew, with one log line; one that cannot
    /// be written to is an error, and stays.
    pub fn open(
        corpus: &CorpusDir,
        data: &Path,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Index, IndexError> {
        let lock = lock(data)?;
        let dir = data.join(INDEX);
        let found = find(&dir).filter(|existing| {
            let readable = Open::of(existing);
            if let Err(error) = &readable {
                tracing::warn!(%error, "the index cannot be used and is built anew");
            }
            readable.is_ok()
        });
        // What fails from here on may be the disk: what is indexed is kept.
        let (existing, updated) = update::open(found, corpus, &dir, &mut tell)?;
        let open = Open::of(&existing)?;
        Ok(Index::of(corpus, existing, open, Some(updated.reported), lock))
    }

    /// Opens the index under `data` as it was left, if it is one of `corpus` and there still are articles: a
    /// [`Index::refresh`] is to follow.
    pub fn resume(corpus: &CorpusDir, data: &Path) -> Result<Option<Index>, IndexError> {
        let lock = lock(data)?;
        // Whatever is wrong with it, who opens it will say.
        let existing = Catalog::find(&data.join(INDEX)).ok().flatten().filter(|existing| {
            existing.catalog.is_whole
                && existing.catalog.corpus == catalog::identity(corpus)
                && !existing.catalog.files.is_empty()
                && corpus::has_articles(corpus)
        });
        let open = existing.and_then(|existing| Some((Open::of(&existing).ok()?, existing)));
        Ok(open.map(|(open, existing)| Index::of(corpus, existing, open, None, lock)))
    }

    fn of(
        corpus: &CorpusDir,
        existing: Existing,
        open: Open,
        reported: Option<Vec<Reported>>,
        lock: DataLock,
    ) -> Index {
        Index {
            corpus: corpus.clone(),
            reader: open.reader,
            fields: schema::schema().1,
            edition: RwLock::new(Arc::new(open.edition)),
            existing: Mutex::new(existing),
            reported,
            cache: Cache::new(),
            _lock: lock,
        }
    }

    /// Takes over what has changed in the corpus, until `tell` breaks off, but no file that was changed
    /// within `quiet`, since it may be written still. Views that are in use stay as they are.
    pub fn refresh(
        &self,
        quiet: Duration,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Refreshed, IndexError> {
        let mut existing = self.existing.lock().unwrap_or_else(PoisonError::into_inner);
        let updated = update::refresh(&mut existing, &self.corpus, quiet, tell)?;
        // Not only what was updated just now: the reader may have failed the last time.
        let has_changed = existing.catalog.hash() != self.view().stamp();
        if has_changed {
            self.reader.reload()?;
            let edition = Arc::new(Edition::new(self.reader.searcher(), &existing.catalog)?);
            *self.edition.write().unwrap_or_else(PoisonError::into_inner) = edition;
        }
        let Updated { reported, is_unsettled } = updated;
        Ok(Refreshed { has_changed, is_unsettled, reported })
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
    pub fn reported(&self) -> Option<&[Reported]> {
        self.reported.as_deref()
    }

    /// The index as it is now; a view stays as it is while an update goes on.
    pub fn view(&self) -> View<'_> {
        let edition = self.edition.read().unwrap_or_else(PoisonError::into_inner);
        View { edition: Arc::clone(&edition), index: self }
    }
}

/// What an index is read by.
struct Open {
    reader: IndexReader,
    edition: Edition,
}

impl Open {
    fn of(existing: &Existing) -> Result<Open, IndexError> {
        let reader = existing.index.reader_builder();
        let reader = reader.reload_policy(ReloadPolicy::Manual).try_into()?;
        let edition = Edition::new(IndexReader::searcher(&reader), &existing.catalog)?;
        Ok(Open { reader, edition })
    }
}

fn find(dir: &Path) -> Option<Existing> {
    Catalog::find(dir).unwrap_or_else(|reason| {
        tracing::warn!(%reason, "the index cannot be used and is built anew");
        None
    })
}

/// Takes the data directory for this process, making it when missing. An open index has it taken.
pub fn lock(data: &Path) -> Result<DataLock, IndexError> {
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
            Err(TryLockError::WouldBlock) if attempt < LOCK_ATTEMPTS => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::WouldBlock) => return Err(IndexError::InUse(data.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    // Who has it, for an operator who looks; nothing reads it.
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
    Ok(DataLock { _file: file })
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
                write!(f, "the index is corrupt: {what}\nhint: remove the data directory's `index`")
            }
            IndexError::Tantivy(error) => {
                write!(f, "the index failed: {error}\nhint: remove the data directory's `index`")
            }
        }
    }
}

impl std::error::Error for IndexError {}

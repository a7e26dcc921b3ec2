//! The index as the process that owns its data directory holds it: updated with the corpus, and rebuilt from
//! the corpus when its files are damaged.
//!
//! Damage is noticed by [`Owner::looks_damaged`], which compares stamps of files, and by
//! [`Owner::suspect`] after a read that failed. What the files hold is verified before anything is rebuilt, so
//! that a question which fails for another reason costs one verification in [`TRUSTED_FOR`]. Attempts to
//! rebuild that fail are repeated with growing pauses.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use tantivy::IndexReader;

use super::catalog::{self, Catalog, OpenedIndex};
use super::integrity::{Change, Verified};
use super::snapshot::Generation;
use super::update::{self, FileProblem, Updated};
use super::{DataLock, IndexError, OpenGeneration, Progress};
use crate::corpus::{self, CorpusDir, Scope};

/// An index that this process may change.
pub struct Owner {
    corpus: CorpusDir,
    held: Mutex<Held>,
    damage: Mutex<Option<Damage>>,
    /// Whether a read has failed since the last verification.
    is_suspect: AtomicBool,
    /// Whether bytes that the current edition maps may have changed or gone.
    is_unreadable: AtomicBool,
}

struct Held {
    existing: OpenedIndex,
    reader: IndexReader,
    lock: DataLock,
    /// Until then a failed read is no reason to verify the files again.
    trusted_until: Instant,
    /// Until then the damaged index is left as it is.
    retry_at: Instant,
    pause: Duration,
    /// Result of the last look at all files; `None` if the next look must be at all of them.
    looked: Option<LastScan>,
}

/// What a look at all files has left to know, kept up to date by the looks at single files.
struct LastScan {
    /// All that is wrong with files, also with those that were left for later.
    reported: Vec<FileProblem>,
    /// The files that were left for later.
    unsettled: BTreeSet<String>,
}

/// Damage of the index that is not repaired yet.
#[derive(Debug, Clone)]
struct Damage {
    what: String,
    repair: Repair,
}

#[derive(Debug, Clone)]
enum Repair {
    Rebuilding(Progress),
    Failed(String),
}

/// Result of an update or of a repair.
pub struct Renewed {
    pub updated: Updated,
    /// The edition to read from now on, if there is a new one.
    pub edition: Option<Generation>,
    /// How the edition came about, if not by an update.
    pub repaired: Option<Repaired>,
}

/// How an index that looked damaged became sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repaired {
    /// Its files were intact and were opened again.
    Opened,
    Rebuilt,
}

/// Duration for which files that were verified completely are trusted in spite of failed reads.
const TRUSTED_FOR: Duration = Duration::from_secs(10 * 60);
const MIN_RETRY_INTERVAL: Duration = Duration::from_secs(2);
const MAX_RETRY_INTERVAL: Duration = Duration::from_secs(5 * 60);

impl Owner {
    pub fn new(
        corpus: &CorpusDir,
        existing: OpenedIndex,
        reader: IndexReader,
        lock: DataLock,
    ) -> Owner {
        let now = Instant::now();
        let (trusted_until, retry_at, pause) = (now, now, MIN_RETRY_INTERVAL);
        let held = Held { existing, reader, lock, trusted_until, retry_at, pause, looked: None };
        Owner {
            corpus: corpus.to_owned(),
            held: Mutex::new(held),
            damage: Mutex::new(None),
            is_suspect: AtomicBool::new(false),
            is_unreadable: AtomicBool::new(false),
        }
    }

    /// Notes that a read of the index has failed.
    pub fn suspect(&self) {
        self.is_suspect.store(true, Ordering::Relaxed);
    }

    /// Returns whether the current edition must not be read, because a mapped file was changed or cut.
    pub fn is_unreadable(&self) -> bool {
        self.is_unreadable.load(Ordering::Relaxed)
    }

    /// Returns the damage that is not repaired yet, for the operator.
    pub fn damage(&self) -> Option<String> {
        let damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
        damage.as_ref().map(Damage::to_string)
    }

    /// Returns whether [`Owner::refresh`] is due because files were changed by another program or a read has
    /// failed. Costs a look at the stamps of the files, and nothing while an update is under way.
    pub fn looks_damaged(&self) -> bool {
        let held = match self.held.try_lock() {
            Ok(held) => held,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let now = Instant::now();
        let is_suspect = self.is_suspect(&held, now);
        let changes = held.existing.verified.changes(&held.existing.dir);
        self.note(&changes);
        now >= held.retry_at && (is_suspect || !changes.is_empty())
    }

    fn is_suspect(&self, held: &Held, now: Instant) -> bool {
        self.is_suspect.load(Ordering::Relaxed) && now >= held.trusted_until
    }

    fn note(&self, changes: &[Change]) {
        if changes.iter().any(|change| change.reaches_mappings) {
            self.is_unreadable.store(true, Ordering::Relaxed);
        }
    }

    /// Takes over what has changed in the part `scope` of the corpus, and in files that were left for later. If
    /// the files of the index look damaged, verifies them and rebuilds the index if they are.
    pub fn refresh(
        &self,
        known: [u8; 32],
        scope: &Scope,
        quiet: Duration,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Renewed, IndexError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // After an error, a panic or a repair the next look is at all files.
        let looked = held.looked.take();
        held.lock.renew()?;
        let now = Instant::now();
        let changes = held.existing.verified.changes(&held.existing.dir);
        self.note(&changes);
        let is_suspect = self.is_suspect(&held, now);
        if is_suspect || !changes.is_empty() {
            if now < held.retry_at {
                return Ok(Renewed { updated: Updated::default(), edition: None, repaired: None });
            }
            self.is_suspect.store(false, Ordering::Relaxed);
            let worst = changes.into_iter().max_by_key(|change| change.reaches_mappings);
            return self.repair(&mut held, worst, tell);
        }
        self.update(&mut held, looked, known, scope, quiet, tell).inspect_err(|error| match error {
            IndexError::Corrupt(_) | IndexError::Tantivy(_) => self.suspect(),
            _ => {}
        })
    }

    fn update(
        &self,
        held: &mut Held,
        looked: Option<LastScan>,
        known: [u8; 32],
        scope: &Scope,
        quiet: Duration,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Renewed, IndexError> {
        // The last update may have failed after a commit: then more has changed than this one finds.
        let is_known = held.existing.catalog.hash() == known;
        let mut updated = self.scan(held, looked, scope, quiet, tell)?;
        updated.touched = updated.touched.filter(|_| is_known);
        held.existing.settle();
        // Not only what was updated just now: the reader may have failed the last time.
        let edition = match held.existing.catalog.hash() != known {
            true => {
                held.reader.reload()?;
                Some(Generation::new(held.reader.searcher(), &held.existing.catalog)?)
            }
            false => None,
        };
        Ok(Renewed { updated, edition, repaired: None })
    }

    /// Takes over what has changed in `scope` and in the files that were left for later. Looks at these entries
    /// only if that is enough, and else at all files.
    fn scan(
        &self,
        held: &mut Held,
        looked: Option<LastScan>,
        scope: &Scope,
        quiet: Duration,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Updated, IndexError> {
        let (before, part) = match looked {
            None => (Vec::new(), None),
            Some(LastScan { reported, unsettled }) => {
                let mut scope = scope.clone();
                unsettled.into_iter().for_each(|file| scope.add(file));
                match scope {
                    Scope::Entries(entries) => (reported, Some(entries)),
                    Scope::All => (reported, None),
                }
            }
        };
        let existing = &mut held.existing;
        let updated = match &part {
            Some(entries) => {
                update::refresh_entries(existing, &self.corpus, entries, &before, quiet, &mut tell)?
            }
            None => None,
        };
        let (mut updated, seen) = match updated {
            Some(updated) => (updated, part),
            None => (update::refresh(existing, &self.corpus, quiet, &mut tell)?, None),
        };
        let unsettled: BTreeSet<_> = updated.unsettled.iter().cloned().collect();
        // A file that was not looked at, or was left for later, is as wrong as before.
        let is_still = |before: &FileProblem| {
            let place = &before.problem.place;
            seen.as_ref().is_some_and(|seen| !seen.contains(place)) || unsettled.contains(place)
        };
        let still = before.into_iter().filter(is_still).map(|FileProblem { problem, .. }| {
            let is_kept = existing.catalog.has_under(&problem);
            FileProblem { problem, is_kept }
        });
        updated.reported.extend(still);
        updated.reported.sort_by(|a, b| a.problem.order().cmp(&b.problem.order()));
        if !updated.is_broken_off {
            let reported = updated.reported.clone();
            held.looked = Some(LastScan { reported, unsettled });
        }
        Ok(updated)
    }

    /// Opens the files again if they are intact, and else rebuilds the index. The current edition is read
    /// until then.
    fn repair(
        &self,
        held: &mut Held,
        change: Option<Change>,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Renewed, IndexError> {
        // Also an attempt that panics is followed by a pause.
        held.retry_at = Instant::now() + held.pause;
        held.pause = (held.pause * 2).min(MAX_RETRY_INTERVAL);
        let dir = held.existing.dir.clone();
        let nothing = Verified::default();
        // After a failed read the stamps prove nothing.
        let known = if change.is_some() { &held.existing.verified } else { &nothing };
        let found = Catalog::find(&dir, known);
        let is_rebuilding = self.damage().is_some();
        let (partial, reason) = match found {
            Ok(Some(existing))
                if existing.catalog.corpus == catalog::identity(&self.corpus)
                    && (existing.catalog.is_whole || !is_rebuilding) =>
            {
                match OpenGeneration::of(&existing) {
                    Ok(open) => {
                        let updated = Updated::default();
                        return Ok(Owner::adopt(held, existing, open, updated, Repaired::Opened));
                    }
                    Err(error) => (None, error.to_string()),
                }
            }
            Ok(partial) => (partial, "it is incomplete".to_owned()),
            Err(reason) => (None, reason),
        };
        let what = change.map_or(reason, |change| change.what);
        if !is_rebuilding {
            tracing::warn!(reason = what, "the index is damaged and is rebuilt from the corpus");
        }
        self.set(Damage::rebuilding(&what, Progress { done: 0, all: 0 }));
        let rebuilt = self.rebuild(&dir, partial, |progress| {
            self.set(Damage::rebuilding(&what, progress));
            tell(progress)
        });
        match rebuilt {
            Ok(Some((existing, open, updated))) => {
                Ok(Owner::adopt(held, existing, open, updated, Repaired::Rebuilt))
            }
            Ok(None) => Ok(Renewed {
                updated: Updated { is_unsettled: true, ..Updated::default() },
                edition: None,
                repaired: None,
            }),
            Err(error) => {
                self.suspect();
                held.trusted_until = Instant::now();
                self.set(Damage { what, repair: Repair::Failed(error.to_string()) });
                Err(error)
            }
        }
    }

    /// Builds the index in `dir`, beginning with `partial`; `None` if `tell` breaks off.
    fn rebuild(
        &self,
        dir: &Path,
        partial: Option<OpenedIndex>,
        tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Option<(OpenedIndex, OpenGeneration, Updated)>, IndexError> {
        // Without an article nothing can be rebuilt: what is left of the index stays.
        if !corpus::has_articles(&self.corpus) {
            return Err(IndexError::NoArticle(corpus::scan(&self.corpus).1));
        }
        let (mut existing, updated) = update::open(partial, &self.corpus, dir, tell)?;
        if !existing.catalog.is_whole {
            return Ok(None);
        }
        existing.settle();
        let open = OpenGeneration::of(&existing)?;
        Ok(Some((existing, open, updated)))
    }

    fn adopt(
        held: &mut Held,
        existing: OpenedIndex,
        open: OpenGeneration,
        updated: Updated,
        repaired: Repaired,
    ) -> Renewed {
        held.existing = existing;
        held.reader = open.reader;
        held.trusted_until = Instant::now() + TRUSTED_FOR;
        held.retry_at = Instant::now();
        held.pause = MIN_RETRY_INTERVAL;
        // The corpus may have changed meanwhile.
        let updated = Updated { is_unsettled: true, ..updated };
        Renewed { updated, edition: Some(open.edition), repaired: Some(repaired) }
    }

    /// Ends the state of damage, once the edition of a repair is the one that is read.
    pub fn published(&self, repaired: Repaired, articles: usize) {
        *self.damage.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.is_suspect.store(false, Ordering::Relaxed);
        self.is_unreadable.store(false, Ordering::Relaxed);
        match repaired {
            Repaired::Opened => {
                tracing::info!(articles, "the files of the index were verified and are intact");
            }
            Repaired::Rebuilt => tracing::info!(articles, "the index is rebuilt"),
        }
    }

    fn set(&self, damage: Damage) {
        *self.damage.lock().unwrap_or_else(PoisonError::into_inner) = Some(damage);
    }
}

impl Damage {
    fn rebuilding(what: &str, progress: Progress) -> Damage {
        Damage { what: what.to_owned(), repair: Repair::Rebuilding(progress) }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Damage { what, repair } = self;
        match repair {
            Repair::Rebuilding(Progress { done, all }) => {
                write!(f, "{what}; it is being rebuilt, {done} of {all} articles so far")
            }
            Repair::Failed(error) => {
                let error = error.lines().next().unwrap_or_default();
                write!(f, "{what}; it could not be rebuilt, which is tried again: {error}")
            }
        }
    }
}

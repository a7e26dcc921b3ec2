//! The write access to an index: updates from the corpus, and repair of damaged files.
//!
//! Damage is detected by [`Owner::looks_damaged`], which compares file stamps, and by
//! [`Owner::report_read_failure`]. The files are verified before anything is rebuilt. If a question
//! fails for another reason, this costs at most one verification per [`TRUSTED_FOR`]. Failed
//! attempts to rebuild are repeated with exponential back-off.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tantivy::IndexReader;

use super::catalog::corpus_identity;
use super::damage::{Damage, Repair};
use super::error::IndexError;
use super::integrity::{FileChange, VerifiedFiles};
use super::lock::DataLock;
use super::opened::OpenedIndex;
use super::progress::Progress;
use super::snapshot::{Generation, OpenGeneration};
use super::update::{self, FileProblem, Updated};
use crate::corpus::{self, CorpusDir, Scope};

/// An index that this process may change.
pub struct Owner {
    corpus: CorpusDir,
    state: Mutex<OwnerState>,
    damage: Mutex<Option<Damage>>,
    /// Whether a read has failed since the last verification.
    has_read_failed: AtomicBool,
    /// Whether another program may have changed or cut a file that the current generation maps.
    is_unreadable: AtomicBool,
}

/// The mutable state of an owner, locked during an update.
struct OwnerState {
    opened: OpenedIndex,
    reader: IndexReader,
    lock: DataLock,
    /// Time until which a failed read does not cause another verification.
    trusted_until: Instant,
    /// Time before which the repair is not attempted again.
    retry_at: Instant,
    retry_interval: Duration,
    /// Result of the last scan. `None` if the next scan must cover the whole corpus.
    last_scan: Option<LastScan>,
}

/// The state after a scan of the whole corpus, updated by later scans of single entries.
struct LastScan {
    /// All problems of files, including the unsettled files.
    reported: Vec<FileProblem>,
    /// Files that were skipped because another program may still be writing them.
    unsettled: BTreeSet<String>,
}

/// The result of an update or a repair.
pub struct RefreshOutcome {
    pub updated: Updated,
    /// The generation to read from now on, if there is a new one.
    pub generation: Option<Generation>,
    /// The kind of repair, if there was one.
    pub repaired: Option<RepairKind>,
}

/// The kind of a successful repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepairKind {
    /// The files were intact and were reopened.
    Reopened,
    /// The index was rebuilt from the corpus.
    Rebuilt,
}

/// Duration for which completely verified files are trusted although reads fail.
const TRUSTED_FOR: Duration = Duration::from_secs(10 * 60);
/// Interval before the first repeated attempt to repair.
const MIN_RETRY_INTERVAL: Duration = Duration::from_secs(2);
/// Maximum interval between attempts to repair.
const MAX_RETRY_INTERVAL: Duration = Duration::from_secs(5 * 60);

impl Owner {
    /// Returns the owner of an index that was just verified and opened.
    pub fn new(
        corpus: &CorpusDir,
        opened: OpenedIndex,
        reader: IndexReader,
        lock: DataLock,
    ) -> Owner {
        let now = Instant::now();
        let (trusted_until, retry_at, retry_interval) = (now, now, MIN_RETRY_INTERVAL);
        let state = OwnerState {
            opened,
            reader,
            lock,
            trusted_until,
            retry_at,
            retry_interval,
            last_scan: None,
        };
        Owner {
            corpus: corpus.to_owned(),
            state: Mutex::new(state),
            damage: Mutex::new(None),
            has_read_failed: AtomicBool::new(false),
            is_unreadable: AtomicBool::new(false),
        }
    }

    /// Records that a read of the index has failed.
    pub fn report_read_failure(&self) {
        self.has_read_failed.store(true, Ordering::Relaxed);
    }

    /// Returns whether the current generation must not be read because a mapped file was changed.
    pub fn is_unreadable(&self) -> bool {
        self.is_unreadable.load(Ordering::Relaxed)
    }

    /// Returns the description of the damage that is not repaired yet.
    pub fn damage(&self) -> Option<String> {
        self.damage.lock().as_ref().map(Damage::to_string)
    }

    /// Returns whether [`Owner::refresh`] is due because another program changed files or a read
    /// failed. Compares the stamps of the files, unless an update is running.
    pub fn looks_damaged(&self) -> bool {
        let Some(state) = self.state.try_lock() else { return false };
        let now = Instant::now();
        let is_suspect = self.is_suspect(&state, now);
        let changes = state.opened.verified.changes(&state.opened.dir);
        self.record_changes(&changes);
        now >= state.retry_at && (is_suspect || !changes.is_empty())
    }

    /// Returns whether a read has failed after the trusted time.
    fn is_suspect(&self, state: &OwnerState, now: Instant) -> bool {
        self.has_read_failed.load(Ordering::Relaxed) && now >= state.trusted_until
    }

    /// Records whether a change makes the current generation unreadable.
    fn record_changes(&self, changes: &[FileChange]) {
        if changes.iter().any(|change| change.affects_mapping) {
            self.is_unreadable.store(true, Ordering::Relaxed);
        }
    }

    /// Updates the index with the changed files in `scope` and the unsettled files. If there are
    /// signs of damage, verifies the files instead and repairs the index. `known` is the
    /// fingerprint of the generation that is read at present.
    pub fn refresh(
        &self,
        known: [u8; 32],
        scope: &Scope,
        debounce: Duration,
        on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<RefreshOutcome, IndexError> {
        let mut state = self.state.lock();
        // Taken out, so that the next scan covers the whole corpus after an error, a panic or a
        // repair.
        let last_scan = state.last_scan.take();
        state.lock.ensure_held()?;
        let now = Instant::now();
        let changes = state.opened.verified.changes(&state.opened.dir);
        self.record_changes(&changes);
        let is_suspect = self.is_suspect(&state, now);
        if is_suspect || !changes.is_empty() {
            if now < state.retry_at {
                return Ok(RefreshOutcome {
                    updated: Updated::default(),
                    generation: None,
                    repaired: None,
                });
            }
            self.has_read_failed.store(false, Ordering::Relaxed);
            let worst = changes.into_iter().max_by_key(|change| change.affects_mapping);
            return self.repair(&mut state, worst, on_progress);
        }
        self.update(&mut state, last_scan, known, scope, debounce, on_progress).inspect_err(
            |error| match error {
                IndexError::Corrupt(_) | IndexError::Tantivy(_) => self.report_read_failure(),
                _ => {}
            },
        )
    }

    /// Updates the index, and opens the new generation if the fingerprint differs from `known`.
    fn update(
        &self,
        state: &mut OwnerState,
        last_scan: Option<LastScan>,
        known: [u8; 32],
        scope: &Scope,
        debounce: Duration,
        on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<RefreshOutcome, IndexError> {
        // If the last update failed after a commit, more has changed than this update reports.
        let is_known = state.opened.catalog.fingerprint() == known;
        let mut updated = self.scan(state, last_scan, scope, debounce, on_progress)?;
        updated.touched = updated.touched.filter(|_| is_known);
        state.opened.record_written_files();
        // Compares with `known`, not with the state before: the last reload may have failed.
        let generation = match state.opened.catalog.fingerprint() != known {
            true => {
                state.reader.reload()?;
                Some(Generation::new(state.reader.searcher(), &state.opened.catalog)?)
            }
            false => None,
        };
        Ok(RefreshOutcome { updated, generation, repaired: None })
    }

    /// Updates the index with `scope` and the unsettled files of the last scan. Scans the whole
    /// corpus if single entries do not suffice.
    fn scan(
        &self,
        state: &mut OwnerState,
        last_scan: Option<LastScan>,
        scope: &Scope,
        debounce: Duration,
        mut on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Updated, IndexError> {
        let (before, part) = match last_scan {
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
        let opened = &mut state.opened;
        let updated = match &part {
            Some(entries) => update::refresh_entries(
                opened,
                &self.corpus,
                entries,
                &before,
                debounce,
                &mut on_progress,
            )?,
            None => None,
        };
        let (mut updated, seen) = match updated {
            Some(updated) => (updated, part),
            None => (update::refresh(opened, &self.corpus, debounce, &mut on_progress)?, None),
        };
        let unsettled: BTreeSet<_> = updated.unsettled.iter().cloned().collect();
        // An earlier problem remains if its file was not scanned or is unsettled.
        let is_still = |before: &FileProblem| {
            let path = &before.problem.path;
            seen.as_ref().is_some_and(|seen| !seen.contains(path)) || unsettled.contains(path)
        };
        let still = before.into_iter().filter(is_still).map(|FileProblem { problem, .. }| {
            let is_kept = opened.catalog.keeps_article_of(&problem);
            FileProblem { problem, is_kept }
        });
        updated.reported.extend(still);
        updated.reported.sort_by(|a, b| a.problem.order().cmp(&b.problem.order()));
        if !updated.is_cancelled {
            let reported = updated.reported.clone();
            state.last_scan = Some(LastScan { reported, unsettled });
        }
        Ok(updated)
    }

    /// Reopens the files if they are intact; otherwise rebuilds the index. The current generation
    /// stays in use until then.
    fn repair(
        &self,
        state: &mut OwnerState,
        change: Option<FileChange>,
        mut on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<RefreshOutcome, IndexError> {
        // Set first, so that an attempt that panics is not repeated at once either.
        state.retry_at = Instant::now() + state.retry_interval;
        state.retry_interval = (state.retry_interval * 2).min(MAX_RETRY_INTERVAL);
        let dir = state.opened.dir.clone();
        let nothing = VerifiedFiles::default();
        // After a failed read, unchanged stamps do not prove that the files are intact.
        let known = if change.is_some() { &state.opened.verified } else { &nothing };
        let found = OpenedIndex::open(&dir, known);
        let is_rebuilding = self.damage().is_some();
        let (partial, reason) = match found {
            Ok(Some(opened))
                if opened.catalog.corpus == corpus_identity(&self.corpus)
                    && (opened.catalog.is_complete || !is_rebuilding) =>
            {
                match OpenGeneration::of(&opened) {
                    Ok(open) => {
                        let updated = Updated::default();
                        return Ok(Owner::adopt(
                            state,
                            opened,
                            open,
                            updated,
                            RepairKind::Reopened,
                        ));
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
        self.set_damage(Damage::rebuilding(&what, Progress { done: 0, all: 0 }));
        let rebuilt = self.rebuild(&dir, partial, |progress| {
            self.set_damage(Damage::rebuilding(&what, progress));
            on_progress(progress)
        });
        match rebuilt {
            Ok(Some((opened, open, updated))) => {
                Ok(Owner::adopt(state, opened, open, updated, RepairKind::Rebuilt))
            }
            Ok(None) => Ok(RefreshOutcome {
                updated: Updated { is_incomplete: true, ..Updated::default() },
                generation: None,
                repaired: None,
            }),
            Err(error) => {
                self.report_read_failure();
                state.trusted_until = Instant::now();
                self.set_damage(Damage { what, repair: Repair::Failed(error.to_string()) });
                Err(error)
            }
        }
    }

    /// Builds the index in `dir`, starting from `partial`. Returns `None` if `on_progress` breaks.
    fn rebuild(
        &self,
        dir: &Path,
        partial: Option<OpenedIndex>,
        on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Option<(OpenedIndex, OpenGeneration, Updated)>, IndexError> {
        // Without an article the rebuilt index would be empty, so the rest of the index is kept.
        if !corpus::has_articles(&self.corpus) {
            return Err(IndexError::NoArticle(corpus::scan(&self.corpus).1));
        }
        let (mut opened, updated) = update::open(partial, &self.corpus, dir, on_progress)?;
        if !opened.catalog.is_complete {
            return Ok(None);
        }
        opened.record_written_files();
        let open = OpenGeneration::of(&opened)?;
        Ok(Some((opened, open, updated)))
    }

    /// Replaces the index of `state` by a repaired one.
    fn adopt(
        state: &mut OwnerState,
        opened: OpenedIndex,
        open: OpenGeneration,
        updated: Updated,
        repaired: RepairKind,
    ) -> RefreshOutcome {
        state.opened = opened;
        state.reader = open.reader;
        state.trusted_until = Instant::now() + TRUSTED_FOR;
        state.retry_at = Instant::now();
        state.retry_interval = MIN_RETRY_INTERVAL;
        // The corpus may have changed during the repair.
        let updated = Updated { is_incomplete: true, ..updated };
        RefreshOutcome { updated, generation: Some(open.generation), repaired: Some(repaired) }
    }

    /// Clears the damage. Called once the repaired generation is in use.
    pub fn finish_repair(&self, repaired: RepairKind, articles: usize) {
        *self.damage.lock() = None;
        self.has_read_failed.store(false, Ordering::Relaxed);
        self.is_unreadable.store(false, Ordering::Relaxed);
        match repaired {
            RepairKind::Reopened => {
                tracing::info!(articles, "the files of the index were verified and are intact");
            }
            RepairKind::Rebuilt => tracing::info!(articles, "the index is rebuilt"),
        }
    }

    fn set_damage(&self, damage: Damage) {
        *self.damage.lock() = Some(damage);
    }
}

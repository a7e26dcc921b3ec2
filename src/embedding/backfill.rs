//! Backfill: computes and stores the vectors of passages that have none, then those of words.
//!
//! The vectors are stored after every batch, so that a process that was stopped or killed resumes
//! there. Questions may be asked during a backfill; a finished batch is used by the next question.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::thread;

use parking_lot::RwLock;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use thiserror::Error;

use super::input::EncoderInput;
use super::nearest::NearestPassages;
use super::sentence_model::SentenceModel;
use super::stored_vectors::{EncodedPassage, StoredVectors, VectorsError};
use super::word_vectors::WordVectors;
use crate::corpus::article::PassageId;
use crate::index::{IndexError, Progress, Snapshot, StoredPassage};

/// The number of processors that a backfill may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    All,
    /// All but one, which is left for questions.
    AllButOne,
}

/// An error that ends a backfill. The message is for the operator.
#[derive(Debug, Error)]
pub enum BackfillError {
    #[error(transparent)]
    Index(IndexError),
    /// The vectors cannot be stored.
    #[error("the vectors of passages cannot be stored: {0}")]
    Vectors(VectorsError),
    #[error("no threads to compute the vectors of passages: {0}")]
    Threads(ThreadPoolBuildError),
    /// The index is damaged in a way that its checksums do not detect.
    #[error("the index is corrupt: its reader panicked")]
    ReaderPanicked,
}

/// A backfill of the vectors of one corpus.
pub struct Backfill<'a> {
    pub model: &'a SentenceModel,
    pub stored: &'a StoredVectors,
    /// Whether the stored vectors belong to another corpus as well, so that none may be removed.
    pub is_secondary: bool,
    /// Replaced by the passages whose vectors are stored, then extended after every batch.
    pub nearest: &'a RwLock<NearestPassages>,
    /// Replaced by the words whose vectors are stored.
    pub words: &'a RwLock<WordVectors>,
}

/// Number of passages per thread whose vectors are stored together.
const BATCH: usize = 8;
/// Number of passages that are looked up between two reports of the progress.
const REPORT_INTERVAL: usize = 256;

/// A passage whose vectors are to be computed.
struct PendingPassage {
    passage: PassageId,
    input: EncoderInput,
}

/// The outcome of a step that `report` can break off.
type Step<T> = ControlFlow<Progress, T>;

impl Backfill<'_> {
    /// Computes the missing vectors of the passages of `snapshot` and of its words, until all are
    /// stored or `report` breaks off. Returns how many passages have vectors.
    pub fn run(
        &self,
        snapshot: &Snapshot<'_>,
        threads: Threads,
        mut report: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Progress, BackfillError> {
        let stamp = snapshot.fingerprint();
        let (progress, is_known) = match self.load_complete(&stamp) {
            Some(nearest) => {
                let done = nearest.passages().len() as u64;
                *self.nearest.write() = nearest;
                (Progress { done, all: snapshot.passage_count() }, true)
            }
            None => match self.passages(snapshot, threads, &mut report)? {
                ControlFlow::Continue(progress) => (progress, false),
                ControlFlow::Break(progress) => return Ok(progress),
            },
        };
        self.load_words(snapshot, threads, || report(progress))?;
        if self.stored.is_writable() && !self.is_secondary && !is_known {
            let passages = self.nearest.read().passages().to_vec();
            self.stored.complete(&stamp, &passages).map_err(BackfillError::Vectors)?;
        }
        Ok(progress)
    }

    /// Computes the missing vectors of passages.
    fn passages(
        &self,
        snapshot: &Snapshot<'_>,
        threads: Threads,
        report: &mut impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Step<Progress>, BackfillError> {
        let (nearest, missing) = match self.load_stored(snapshot, report)? {
            ControlFlow::Continue(loaded) => loaded,
            ControlFlow::Break(progress) => return Ok(ControlFlow::Break(progress)),
        };
        let (done, all) = (nearest.passages().len() as u64, snapshot.passage_count());
        let progress = Progress { done, all };
        *self.nearest.write() = nearest;
        if !self.stored.is_writable() {
            return Ok(ControlFlow::Continue(progress));
        }
        let pool = threads.pool().map_err(BackfillError::Threads)?;
        self.encode_missing(snapshot, &missing, progress, &pool, report)
    }

    /// Returns the passages of the index with this stamp without reading the index, or `None` if
    /// their vectors are not complete.
    fn load_complete(&self, stamp: &[u8; 32]) -> Option<NearestPassages> {
        if self.is_secondary {
            return None;
        }
        self.stored.load_complete(stamp)
    }

    /// Returns the passages whose vectors are stored, and the passages without vectors.
    fn load_stored(
        &self,
        snapshot: &Snapshot<'_>,
        report: &mut impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Step<(NearestPassages, Vec<PassageId>)>, BackfillError> {
        let all = snapshot.passage_count();
        let mut nearest = NearestPassages::new(self.stored.code().clone());
        let mut missing = Vec::new();
        for (position, stored) in snapshot.passages().enumerate() {
            let stored = stored.map_err(BackfillError::Index)?;
            let passage = stored.passage.id;
            let key = encoder_input(snapshot, &stored)?.key();
            match self.stored.passage(&key) {
                Some(packed) => {
                    nearest.push(passage, key, self.stored.code().parse(&packed).flatten())
                }
                None => missing.push(passage),
            }
            let progress = Progress { done: nearest.passages().len() as u64, all };
            if position % REPORT_INTERVAL == REPORT_INTERVAL - 1 && report(progress).is_break() {
                return Ok(ControlFlow::Break(progress));
            }
        }
        Ok(ControlFlow::Continue((nearest, missing)))
    }

    /// Computes and stores the vectors of these passages in batches.
    fn encode_missing(
        &self,
        snapshot: &Snapshot<'_>,
        missing: &[PassageId],
        mut progress: Progress,
        pool: &ThreadPool,
        report: &mut impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Step<Progress>, BackfillError> {
        for batch in missing.chunks(BATCH * pool.current_num_threads()) {
            let mut pending = Vec::with_capacity(batch.len());
            for passage in batch {
                let stored = snapshot.passage(*passage).map_err(BackfillError::Index)?;
                let Some(stored) = stored else { continue };
                let input = encoder_input(snapshot, &stored)?;
                pending.push(PendingPassage { passage: *passage, input });
            }
            self.encode(&pending, pool).map_err(BackfillError::Vectors)?;
            progress.done += pending.len() as u64;
            if report(progress).is_break() {
                return Ok(ControlFlow::Break(progress));
            }
        }
        Ok(ControlFlow::Continue(progress))
    }

    /// Computes the vectors of one batch and stores them.
    fn encode(&self, batch: &[PendingPassage], pool: &ThreadPool) -> Result<(), VectorsError> {
        let encode = |PendingPassage { input, .. }: &PendingPassage| {
            // Empty vectors mark a passage that the model cannot encode, so that it is not tried
            // again.
            let vectors = self.model.encode_passage(input).unwrap_or_default();
            EncodedPassage { key: input.key(), vectors }
        };
        let encoded: Vec<_> = pool.install(|| batch.par_iter().map(encode).collect());
        self.stored.append(&encoded)?;
        let mut nearest = self.nearest.write();
        for (PendingPassage { passage, .. }, EncodedPassage { key, vectors }) in
            batch.iter().zip(&encoded)
        {
            let code = self.stored.code();
            let packed = code.pack(&vectors.passage);
            nearest.push(*passage, *key, code.parse(&packed).flatten());
        }
        Ok(())
    }
}

/// Returns the text that is encoded for a stored passage.
fn encoder_input(
    snapshot: &Snapshot<'_>,
    stored: &StoredPassage,
) -> Result<EncoderInput, BackfillError> {
    let missing = || IndexError::Corrupt("a passage has no article".into());
    let article = snapshot.outline(stored.article).and_then(|found| found.ok_or_else(missing));
    Ok(EncoderInput::of(&*article.map_err(BackfillError::Index)?, &stored.passage))
}

impl Threads {
    pub(super) fn pool(self) -> Result<ThreadPool, ThreadPoolBuildError> {
        let all = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let count = match self {
            Threads::All => all,
            Threads::AllButOne => (all - 1).max(1),
        };
        ThreadPoolBuilder::new().num_threads(count).build()
    }
}

//! Computes the vectors of the passages that have none yet.
//!
//! What was computed is stored after every batch, so that a process that is stopped or killed goes on
//! where it was. Questions may be asked meanwhile.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::thread;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::input::EncoderInput;
use super::vector_file::{CompactWhen, ContentKey};
use super::{Access, EmbeddingIndex, NearestPassages, QuantizedVectors};
use crate::corpus::article::PassageId;
use crate::index::{IndexError, Progress, Snapshot, StoredPassage};

/// How many processors may be busy with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// All: somebody waits for it.
    All,
    /// One less than there are, so that questions are answered meanwhile.
    Spare,
}

/// Why it stopped. The message is for the operator.
#[derive(Debug)]
pub enum BackfillError {
    Index(IndexError),
    /// The vectors cannot be stored.
    Vectors(io::Error),
    Threads(ThreadPoolBuildError),
    /// What reads the index met damage that its checksums cannot tell.
    Stumbled,
}

/// Passages whose vectors are stored together, for each thread.
const BATCH: usize = 8;
/// So many passages are looked at before it is told how far it is.
const LOOKED_AT: usize = 256;
/// The key of the record that says for which index the vectors are complete: its stamp, then the
/// passages with the keys of their vectors.
const COMPLETE: ContentKey = [0; 16];
const LISTED: usize = 8 + size_of::<ContentKey>();

/// A passage whose vectors are to be computed.
struct PendingPassage {
    passage: PassageId,
    reading: EncoderInput,
}

impl EmbeddingIndex {
    /// Computes what is missing for the passages of `view`, until all is there or `tell`, which hears how
    /// far it is, breaks off. Where vectors may only be read, looks up those that are there.
    pub fn backfill(
        &self,
        view: &Snapshot<'_>,
        threads: Threads,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Progress, BackfillError> {
        let all = view.passage_count();
        let stamp = view.fingerprint();
        if let Some(nearby) = self.complete_nearby(&stamp) {
            let done = nearby.passages.len() as u64;
            *self.nearby_to_change() = nearby;
            return Ok(Progress { done, all });
        }
        let mut nearby = NearestPassages::default();
        let mut missing = Vec::new();
        for (position, stored) in view.passages().enumerate() {
            let stored = stored.map_err(BackfillError::Index)?;
            let id = stored.passage.id;
            let key = in_context(view, &stored)?.key();
            match self.known_mean(&key) {
                Some(mean) => nearby.add(id, key, &mean),
                None => missing.push(id),
            }
            let done = nearby.passages.len() as u64;
            if position % LOOKED_AT == LOOKED_AT - 1 && tell(Progress { done, all }).is_break() {
                return Ok(Progress { done, all });
            }
        }
        let mut progress = Progress { done: nearby.passages.len() as u64, all };
        *self.nearby_to_change() = nearby;
        if self.shared.access == Access::Read {
            return Ok(progress);
        }
        let threads = &threads.pool().map_err(BackfillError::Threads)?;
        for batch in missing.chunks(BATCH * threads.current_num_threads()) {
            let mut wanted = Vec::with_capacity(batch.len());
            for passage in batch {
                let stored = view.passage(*passage).map_err(BackfillError::Index)?;
                let Some(stored) = stored else { continue };
                wanted.push(PendingPassage {
                    passage: *passage,
                    reading: in_context(view, &stored)?,
                });
            }
            self.encode(&wanted, threads).map_err(BackfillError::Vectors)?;
            progress.done += wanted.len() as u64;
            if tell(progress).is_break() {
                return Ok(progress);
            }
        }
        if !self.is_guest {
            self.tidy(&stamp).map_err(BackfillError::Vectors)?;
        }
        Ok(progress)
    }

    /// What is nearby, from the file alone; `None` if the vectors are not complete for this index, or a
    /// part of them is lost.
    fn complete_nearby(&self, stamp: &[u8; 32]) -> Option<NearestPassages> {
        let record = (!self.is_guest).then(|| self.shared.means.get(&COMPLETE))??;
        let list = record.strip_prefix(stamp)?;
        let mut nearby = NearestPassages::default();
        for listed in list.as_chunks::<LISTED>().0 {
            let (passage, key) = listed.split_first_chunk::<8>()?;
            let key = key.try_into().ok()?;
            let mean = self.known_mean(&key)?;
            nearby.add(PassageId::from_u64(u64::from_le_bytes(*passage)), key, &mean);
        }
        Some(nearby)
    }

    /// Removes the vectors of texts that the corpus does not have any more, and notes that all is there.
    fn tidy(&self, stamp: &[u8; 32]) -> io::Result<()> {
        let passages = self.nearby().passages.clone();
        let keys: HashSet<ContentKey> = passages.iter().map(|(_, key)| *key).collect();
        self.shared.tokens.compact(CompactWhen::Half, |key| keys.contains(key))?;
        self.shared.means.compact(CompactWhen::Any, |key| keys.contains(key))?;
        let mut list = stamp.to_vec();
        for (passage, key) in passages {
            list.extend(passage.to_u64().to_le_bytes());
            list.extend(key);
        }
        self.shared.means.append(&[(COMPLETE, list)])
    }

    fn known_mean(&self, key: &ContentKey) -> Option<QuantizedVectors> {
        if !self.shared.tokens.has(key) {
            return None;
        }
        QuantizedVectors::from_bytes(&self.shared.means.get(key)?)
    }

    fn encode(&self, batch: &[PendingPassage], threads: &ThreadPool) -> io::Result<()> {
        let encoded: Vec<_> = threads.install(|| {
            let encoded = batch.par_iter().map(|wanted| {
                // What the model cannot read is near to nothing, and need not be read again.
                let vectors = self.shared.model.read(&wanted.reading).unwrap_or_default();
                let mean = vectors.vectors.mean(0..vectors.vectors.len());
                (wanted.passage, wanted.reading.key(), vectors, mean)
            });
            encoded.collect()
        });
        let tokens = encoded.iter().map(|(_, key, vectors, _)| (*key, vectors.to_bytes()));
        let means = encoded.iter().map(|(_, key, _, mean)| (*key, mean.to_bytes()));
        self.shared.tokens.append(&tokens.collect::<Vec<_>>())?;
        self.shared.means.append(&means.collect::<Vec<_>>())?;
        let mut nearby = self.nearby_to_change();
        for (passage, key, _, mean) in &encoded {
            nearby.add(*passage, *key, mean);
        }
        Ok(())
    }
}

fn in_context(view: &Snapshot<'_>, stored: &StoredPassage) -> Result<EncoderInput, BackfillError> {
    let missing = || IndexError::Corrupt("a passage has no article".into());
    let article = view.outline(stored.article).and_then(|found| found.ok_or_else(missing));
    Ok(EncoderInput::of(&*article.map_err(BackfillError::Index)?, &stored.passage))
}

impl NearestPassages {
    fn add(&mut self, passage: PassageId, key: ContentKey, mean: &QuantizedVectors) {
        self.passages.push((passage, key));
        self.means.extend(mean);
    }
}

impl Threads {
    fn pool(self) -> Result<ThreadPool, ThreadPoolBuildError> {
        let all = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let count = match self {
            Threads::All => all,
            Threads::Spare => (all - 1).max(1),
        };
        ThreadPoolBuilder::new().num_threads(count).build()
    }
}

impl fmt::Display for BackfillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BackfillError::Index(error) => error.fmt(f),
            BackfillError::Vectors(error) => write!(
                f,
                "the vectors of passages cannot be stored: {error}\n\
                 hint: they take about 14 KB for a passage, in the data directory's `vectors`"
            ),
            BackfillError::Threads(error) => {
                write!(f, "no threads to compute the vectors of passages: {error}")
            }
            BackfillError::Stumbled => f.write_str("the index is corrupt: its reader stumbled"),
        }
    }
}

impl std::error::Error for BackfillError {}

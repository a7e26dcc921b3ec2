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

use super::reading::Reading;
use super::vector_file::{Key, Worth};
use super::{Meaning, Nearby, Vectors};
use crate::corpus::article::PassageId;
use crate::index::{IndexError, View};

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Passages that have their vectors.
    pub done: u64,
    pub all: u64,
}

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
pub enum CatchUpError {
    Index(IndexError),
    /// The vectors cannot be stored.
    Vectors(io::Error),
    Threads(ThreadPoolBuildError),
}

/// Passages whose vectors are stored together, for each thread.
const BATCH: usize = 8;

/// The key of the record that says for which index the vectors are complete.
const COMPLETE: Key = [0; 16];

/// A passage whose vectors are to be computed.
struct Wanted {
    passage: PassageId,
    key: Key,
    reading: Reading,
}

impl Meaning {
    /// Computes what is missing for the passages of `view`, until all is there or `tell`, which hears how
    /// far it is, breaks off.
    pub fn catch_up(
        &self,
        view: &View<'_>,
        threads: Threads,
        mut tell: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Progress, CatchUpError> {
        let all = view.passage_count();
        let stamp = view.index().stamp();
        if self.is_complete(&stamp)
            && let Some(nearby) = self.stored_nearby()
        {
            let done = nearby.passages.len() as u64;
            *self.nearby_to_change() = nearby;
            return Ok(Progress { done, all });
        }
        let threads = &threads.pool().map_err(CatchUpError::Threads)?;
        *self.nearby_to_change() = Nearby::default();
        let mut progress = Progress { done: 0, all };
        let mut batch = Vec::new();
        for stored in view.passages() {
            let stored = stored.map_err(CatchUpError::Index)?;
            let article = view.outline(stored.article).map_err(CatchUpError::Index)?;
            let Some(article) = article else { continue };
            let reading = Reading::of(&article, &stored.passage);
            let key = reading.key();
            match self.known_mean(&key) {
                Some(mean) => {
                    self.nearby_to_change().add(stored.passage.id, key, &mean);
                    progress.done += 1;
                }
                None => batch.push(Wanted { passage: stored.passage.id, key, reading }),
            }
            if batch.len() >= BATCH * threads.current_num_threads() {
                progress.done += self.encode(&std::mem::take(&mut batch), threads)?;
                if tell(progress).is_break() {
                    return Ok(progress);
                }
            }
        }
        progress.done += self.encode(&batch, threads)?;
        // Where it ends does not matter any more.
        let _ = tell(progress);
        if !self.is_guest {
            self.tidy(&stamp).map_err(CatchUpError::Vectors)?;
        }
        Ok(progress)
    }

    /// Whether the vectors were once complete for an index with this stamp.
    fn is_complete(&self, stamp: &[u8; 32]) -> bool {
        !self.is_guest && self.shared.means.get(&COMPLETE).is_some_and(|known| *known == *stamp)
    }

    /// What is nearby, from the file alone; `None` if a part of that is damaged.
    fn stored_nearby(&self) -> Option<Nearby> {
        let mut nearby = Nearby::default();
        for key in self.shared.means.keys().into_iter().filter(|key| *key != COMPLETE) {
            let (passage, mean) = read_mean(&self.shared.means.get(&key)?)?;
            nearby.add(passage, key, &mean);
        }
        Some(nearby)
    }

    /// Removes the vectors of texts that the corpus does not have any more, and notes that all is there.
    fn tidy(&self, stamp: &[u8; 32]) -> io::Result<()> {
        let keys: HashSet<Key> = self.nearby().passages.iter().map(|(_, key)| *key).collect();
        self.shared.tokens.compact(Worth::Half, |key| keys.contains(key))?;
        self.shared.means.compact(Worth::Any, |key| keys.contains(key))?;
        self.shared.means.append(&[(COMPLETE, stamp.to_vec())])
    }

    fn known_mean(&self, key: &Key) -> Option<Vectors> {
        if !self.shared.tokens.has(key) {
            return None;
        }
        read_mean(&self.shared.means.get(key)?).map(|(_, mean)| mean)
    }

    /// How many of them were encoded: all but those that the model cannot read.
    fn encode(&self, batch: &[Wanted], threads: &ThreadPool) -> Result<u64, CatchUpError> {
        let encoded: Vec<_> = threads.install(|| {
            let encoded = batch.par_iter().filter_map(|wanted| {
                let vectors = self.shared.encoder.read(&wanted.reading)?;
                let mean = vectors.vectors.mean(0..vectors.vectors.len());
                Some((wanted, vectors, mean))
            });
            encoded.collect()
        });
        let tokens = encoded.iter().map(|(wanted, vectors, _)| (wanted.key, vectors.to_bytes()));
        let means = encoded.iter().map(|(wanted, _, mean)| {
            (
                wanted.key,
                [wanted.passage.to_u64().to_le_bytes().as_slice(), &mean.to_bytes()].concat(),
            )
        });
        let (tokens, means): (Vec<_>, Vec<_>) = (tokens.collect(), means.collect());
        self.shared.tokens.append(&tokens).map_err(CatchUpError::Vectors)?;
        self.shared.means.append(&means).map_err(CatchUpError::Vectors)?;
        let mut nearby = self.nearby_to_change();
        for (wanted, _, mean) in &encoded {
            nearby.add(wanted.passage, wanted.key, mean);
        }
        Ok(encoded.len() as u64)
    }
}

fn read_mean(record: &[u8]) -> Option<(PassageId, Vectors)> {
    let (passage, mean) = record.split_first_chunk::<8>()?;
    Some((PassageId::from_u64(u64::from_le_bytes(*passage)), Vectors::from_bytes(mean)?))
}

impl Nearby {
    fn add(&mut self, passage: PassageId, key: Key, mean: &Vectors) {
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

impl fmt::Display for CatchUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CatchUpError::Index(error) => error.fmt(f),
            CatchUpError::Vectors(error) => write!(
                f,
                "the vectors of passages cannot be stored: {error}\n\
                 hint: they take about 25 KB for a passage, in the data directory's `vectors`"
            ),
            CatchUpError::Threads(error) => {
                write!(f, "no threads to compute the vectors of passages: {error}")
            }
        }
    }
}

impl std::error::Error for CatchUpError {}

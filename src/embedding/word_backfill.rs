//! The vectors of the words of a corpus: loads those that are stored and computes the others.

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::backfill::{Backfill, BackfillError, Threads};
use super::word_vectors::{self, MAX_WORDS, WordVectors};
use crate::index::Snapshot;

/// Number of words that a thread encodes at once.
const BATCH: usize = 64;
/// Number of such batches whose vectors are stored together.
const STORED_BATCHES: usize = 16;

impl Backfill<'_> {
    /// Computes the vectors of the words that have none, until all are stored or `report` breaks
    /// off, and loads those of all words. Without access for writing only loads what is stored.
    pub(super) fn load_words(
        &self,
        snapshot: &Snapshot<'_>,
        threads: Threads,
        mut report: impl FnMut() -> ControlFlow<()>,
    ) -> Result<(), BackfillError> {
        let words = snapshot.frequent_words(MAX_WORDS).map_err(BackfillError::Index)?;
        let mut stored = self.stored.words();
        stored.retain(|_, packed| word_vectors::is_sound(packed));
        let missing = words.iter().map(String::as_str).filter(|word| !stored.contains_key(*word));
        let missing: Vec<_> = missing.collect();
        if !missing.is_empty()
            && self.stored.is_writable()
            && let Some(center) = self.model.word_center()
        {
            let pool = threads.pool().map_err(BackfillError::Threads)?;
            for batch in missing.chunks(BATCH * STORED_BATCHES) {
                let encode = |words: &[&str]| self.model.encode_words(words).unwrap_or_default();
                let encoded: Vec<_> =
                    pool.install(|| batch.par_chunks(BATCH).map(encode).collect());
                // A batch that the model cannot encode has no vectors.
                let pairs = batch.chunks(BATCH).zip(&encoded).flat_map(|(words, vectors)| {
                    let pack = |vector: &Vec<f32>| word_vectors::pack(vector, center);
                    words.iter().copied().zip(vectors.iter().map(pack))
                });
                let packed: Vec<_> = pairs.collect();
                self.stored.add_words(&packed).map_err(BackfillError::Vectors)?;
                stored.extend(packed.into_iter().map(|(word, packed)| (word.to_owned(), packed)));
                if report().is_break() {
                    break;
                }
            }
        }
        let mut vectors = WordVectors::default();
        for word in &words {
            if let Some(packed) = stored.remove(word) {
                vectors.push(word, &packed);
            }
        }
        *self.words.write() = vectors;
        // Those that are left are words that the corpus had before.
        if !stored.is_empty() && self.stored.is_writable() && !self.is_secondary {
            let left: Vec<_> = stored.keys().map(String::as_str).collect();
            self.stored.remove_words(&left).map_err(BackfillError::Vectors)?;
        }
        Ok(())
    }
}

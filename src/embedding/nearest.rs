//! Exhaustive nearest-neighbour search over the mean vectors of passages. Pure.

use super::quantized::{QuantizedVectors, TokenVectors};
use super::vector_file::ContentKey;
use crate::corpus::article::PassageId;

/// The passages whose vectors are stored, with their means.
#[derive(Default)]
pub struct NearestPassages {
    passages: Vec<(PassageId, ContentKey)>,
    /// One row for each of the passages.
    means: QuantizedVectors,
}

impl NearestPassages {
    /// Adds a passage with its mean vector. `key` is the key of its stored vectors.
    pub fn push(&mut self, passage: PassageId, key: ContentKey, mean: &QuantizedVectors) {
        self.passages.push((passage, key));
        self.means.extend(mean);
    }

    /// Returns the passages with the keys of their stored vectors.
    pub fn passages(&self) -> &[(PassageId, ContentKey)] {
        &self.passages
    }

    /// Returns at most `limit` passages, by descending cosine between their means and that of the
    /// question, then by ascending id.
    pub fn nearest(&self, question: &TokenVectors, limit: usize) -> Vec<PassageId> {
        let mean = question.vectors.mean(0..question.vectors.len());
        let passages = self.passages.iter().map(|(passage, _)| *passage);
        let mut scored: Vec<_> = mean.cosines(&self.means).into_iter().zip(passages).collect();
        let nearer = |a: &(f32, PassageId), b: &(f32, PassageId)| {
            b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1))
        };
        if scored.len() > limit {
            scored.select_nth_unstable_by(limit, nearer);
            scored.truncate(limit);
        }
        scored.sort_unstable_by(nearer);
        scored.into_iter().map(|(_, passage)| passage).collect()
    }
}

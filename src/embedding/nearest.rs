//! Exhaustive nearest-neighbour search over the vectors of passages. Pure.

use rustc_hash::FxHashSet;

use super::input::ContentKey;
use super::quantized::QuantizedVectors;
use crate::corpus::article::PassageId;

/// The passages whose vectors are stored, each with the vector of the whole passage.
#[derive(Default)]
pub struct NearestPassages {
    passages: Vec<(PassageId, ContentKey)>,
    /// One row for each of the passages.
    vectors: QuantizedVectors,
}

/// The passages nearest to a question.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Nearest {
    /// The nearest passage comes first.
    pub passages: Vec<PassageId>,
    /// Average cosine between the question and all passages that count.
    pub average_cosine: f32,
}

impl NearestPassages {
    /// Adds a passage with its vector. `key` is the key of its stored vectors.
    pub fn push(&mut self, passage: PassageId, key: ContentKey, vector: &QuantizedVectors) {
        self.passages.push((passage, key));
        match vector.len() {
            1 => self.vectors.extend(vector),
            // The model could not encode the passage.
            _ => self.vectors.extend(&QuantizedVectors::of(&[])),
        }
    }

    /// Returns the passages with the keys of their stored vectors.
    pub fn passages(&self) -> &[(PassageId, ContentKey)] {
        &self.passages
    }

    /// Returns at most `limit` passages, by descending cosine between their vectors and that of
    /// a question, then by ascending id. If there is a set `among`, passages outside of it do not
    /// count.
    pub fn nearest(
        &self,
        question: &QuantizedVectors,
        limit: usize,
        among: Option<&FxHashSet<PassageId>>,
    ) -> Nearest {
        let passages = self.passages.iter().map(|(passage, _)| *passage);
        let mut scored: Vec<_> =
            question.cosines(&self.vectors).into_iter().zip(passages).collect();
        if let Some(among) = among {
            scored.retain(|(_, passage)| among.contains(passage));
        }
        let sum: f32 = scored.iter().map(|(cosine, _)| cosine).sum();
        let average_cosine = sum / scored.len().max(1) as f32;
        let nearer = |a: &(f32, PassageId), b: &(f32, PassageId)| {
            b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1))
        };
        if scored.len() > limit {
            scored.select_nth_unstable_by(limit, nearer);
            scored.truncate(limit);
        }
        scored.sort_unstable_by(nearer);
        let passages = scored.into_iter().map(|(_, passage)| passage).collect();
        Nearest { passages, average_cosine }
    }
}

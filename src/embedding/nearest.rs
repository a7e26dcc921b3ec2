//! Exhaustive nearest-neighbour search over the vectors of passages. Pure.

use rustc_hash::FxHashSet;

use super::input::ContentKey;
use super::level_code::LevelCode;
use super::packed_rows::PackedRows;
use super::passage_code::{PackedPassage, PassageCode};
use super::quantized::QuantizedVectors;
use crate::corpus::article::PassageId;

/// The passages whose vectors are stored, each with the vector of the whole passage.
#[derive(Default)]
pub struct NearestPassages {
    code: PassageCode,
    passages: Vec<(PassageId, ContentKey)>,
    /// The direction of each passage from the center.
    directions: PackedRows<4>,
    /// The distance of each passage from the center, and 1 / the length of its vector; zeros for a
    /// passage without a vector.
    distances: Vec<(f32, f32)>,
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
    pub fn new(code: PassageCode) -> NearestPassages {
        NearestPassages { code, ..NearestPassages::default() }
    }

    /// Adds a passage with its vector; `None` if the model could not encode it. `key` is the key of
    /// its stored vectors.
    pub fn push(&mut self, passage: PassageId, key: ContentKey, packed: Option<PackedPassage<'_>>) {
        self.passages.push((passage, key));
        match packed {
            Some(packed) => {
                let values = self.code.values(packed);
                let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
                self.directions.push(packed.direction);
                self.distances.push((packed.length, 1.0 / length.max(f32::MIN_POSITIVE)));
            }
            None => {
                let bytes = LevelCode::<4>::bytes(self.code.center().len());
                self.directions.push(&vec![0; bytes]);
                self.distances.push((0.0, 0.0));
            }
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
        let mut scored: Vec<_> = self.cosines(question).zip(passages).collect();
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

    /// Returns the cosine between a question and each passage.
    fn cosines(&self, question: &QuantizedVectors) -> impl Iterator<Item = f32> {
        let question_row = question.row(0);
        let to_center = question_row.iter().zip(self.code.center()).map(|(a, b)| a * b);
        let to_center: f32 = to_center.sum();
        let scale = self.code.scale();
        let products = self.directions.products(question).into_iter();
        products.zip(&self.distances).map(move |(product, (distance, inverse_length))| {
            (to_center + product * scale * distance) * inverse_length
        })
    }
}

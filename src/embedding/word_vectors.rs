//! The words of a corpus with their vectors, and those nearest to the words of a question. Pure.
//!
//! The vector of a word that is encoded alone resembles those of its translations. What the vectors
//! of all words have in common, the *center*, hides this, and so does what the words of a question
//! have in common: their language. Both are subtracted.

use std::sync::Arc;

use super::e5::HIDDEN;
use super::quantized::QuantizedVectors;
use super::two_bits::{self, DIMENSIONS_PER_BYTE};

/// Maximum number of words of a corpus that have vectors: the most frequent ones.
pub const MAX_WORDS: usize = 20_000;

/// Words of a corpus, each with its vector.
#[derive(Default)]
pub struct WordVectors {
    words: Vec<String>,
    vectors: QuantizedVectors,
}

/// A word of the corpus that is near to a word of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct NearWord {
    pub word: String,
    /// Cosine of the vectors without what they have in common.
    pub cosine: f32,
}

/// Bytes of a packed vector.
const BYTES: usize = HIDDEN / DIMENSIONS_PER_BYTE;
/// Share of the average of the question's words in what is subtracted from each.
const SHARE_OF_QUESTION: f32 = 0.5;

/// Returns the stored form of the vector of a word.
pub fn pack(vector: &[f32], center: &[f32]) -> Vec<u8> {
    let levels: Vec<_> = two_bits::levels(&without(vector, center)).collect();
    two_bits::pack(&levels).collect()
}

/// Returns whether bytes can be those of [`pack`].
pub fn is_sound(packed: &[u8]) -> bool {
    packed.len() == BYTES
}

impl WordVectors {
    /// Appends a word with its sound stored form.
    pub fn push(&mut self, word: &str, packed: &[u8]) {
        let (levels, scale) = (two_bits::unpack(packed).collect(), two_bits::scale(HIDDEN));
        self.vectors.extend(&QuantizedVectors::from_parts(HIDDEN, levels, scale));
        self.words.push(word.to_owned());
    }

    /// Returns whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Returns, for each word of a question, the `limit` nearest words, by descending cosine. The
    /// words of the question are given by their vectors.
    pub fn nearest(
        &self,
        question: &[Arc<[f32]>],
        center: &[f32],
        limit: usize,
    ) -> Vec<Vec<NearWord>> {
        let count = question.len().max(1) as f32;
        let average = |at: usize| question.iter().map(|vector| vector[at]).sum::<f32>() / count;
        let common = center.iter().enumerate().map(|(at, center)| {
            center * (1.0 - SHARE_OF_QUESTION) + average(at) * SHARE_OF_QUESTION
        });
        let common: Vec<_> = common.collect();
        let nearest = question.iter().map(|vector| {
            let cosines = QuantizedVectors::of(&without(vector, &common)).cosines(&self.vectors);
            let mut order: Vec<_> = (0..cosines.len()).collect();
            let nearer = |a: &usize, b: &usize| cosines[*b].total_cmp(&cosines[*a]).then(a.cmp(b));
            if order.len() > limit {
                order.select_nth_unstable_by(limit, nearer);
                order.truncate(limit);
            }
            order.sort_unstable_by(nearer);
            let near = |at: usize| NearWord { word: self.words[at].clone(), cosine: cosines[at] };
            order.into_iter().map(near).collect()
        });
        nearest.collect()
    }
}

/// Returns the difference of two vectors, scaled to unit length.
fn without(vector: &[f32], common: &[f32]) -> Vec<f32> {
    let mut difference: Vec<_> = vector.iter().zip(common).map(|(a, b)| a - b).collect();
    let length = difference.iter().map(|value| value * value).sum::<f32>().sqrt();
    difference.iter_mut().for_each(|value| *value /= length.max(f32::MIN_POSITIVE));
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the sum of a vector that all words have in common and of one of their own.
    fn vector(own: u64) -> Arc<[f32]> {
        let random = &mut fastrand::Rng::with_seed(own);
        (0..HIDDEN).map(|at| center()[at] + (random.f32() - 0.5) / 20.0).collect()
    }

    fn center() -> Vec<f32> {
        (0..HIDDEN).map(|at| (at % 7) as f32 / 60.0).collect()
    }

    #[test]
    fn nearest_words_have_the_same_difference_to_the_center() {
        let mut words = WordVectors::default();
        for own in 1..9 {
            let packed = pack(&vector(own), &center());
            assert!(is_sound(&packed) && !is_sound(&packed[1..]));
            words.push(&own.to_string(), &packed);
        }
        let near = words.nearest(&[vector(5), vector(20)], &center(), 3);
        assert_eq!(near.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
        assert_eq!(near[0][0].word, "5");
        assert!(near[0][0].cosine > 0.7 && near[0][1].cosine < 0.4, "{near:?}");
        assert!(near[1][0].cosine < 0.4, "{near:?}");
        assert_eq!(words.nearest(&[], &center(), 3), [[]; 0]);
        let none = WordVectors::default().nearest(&[vector(5)], &center(), 3);
        assert!(none.len() == 1 && none[0].is_empty());
    }
}

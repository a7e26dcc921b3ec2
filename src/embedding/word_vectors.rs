//! The words of a corpus with their vectors, and those nearest to the words of a question. Pure.
//!
//! The vector of a word that is encoded alone resembles those of its translations. What the vectors
//! of all words have in common, the *center*, hides this, and so does what the words of a question
//! have in common: their language. Both are subtracted.

use std::sync::Arc;

use super::e5::HIDDEN;
use super::level_code::{LevelCode, TWO_BITS};
use super::packed_rows::PackedRows;
use super::quantized::QuantizedVectors;

/// Maximum number of words of a corpus that have vectors: the most frequent ones.
pub const MAX_WORDS: usize = 20_000;

/// Words of a corpus, each with its vector.
#[derive(Default)]
pub struct WordVectors {
    words: Vec<String>,
    vectors: PackedRows<2>,
}

/// A word of the corpus that is near to a word of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct NearWord {
    pub word: String,
    /// Cosine of the vectors without what they have in common.
    pub cosine: f32,
}

/// A word of a question, as positions in a list of texts.
#[derive(Debug, Clone, PartialEq)]
pub struct WordInContext {
    /// The word alone.
    pub word: usize,
    /// The word with the one before it, and with the one after it; none if a word has a meaning of
    /// its own.
    pub pairs: Vec<usize>,
}

/// Bytes of a packed vector.
const BYTES: usize = LevelCode::<2>::bytes(HIDDEN);
/// Share of the average of the question's words in what is subtracted from each.
const SHARE_OF_QUESTION: f32 = 0.5;
/// Share of the cosine of a pair in that of a word.
const SHARE_OF_PAIR: f32 = 0.7;

/// Returns the stored form of the vector of a word.
pub fn pack(vector: &[f32], center: &[f32]) -> Vec<u8> {
    let levels: Vec<_> = TWO_BITS.levels(&without(vector, center)).collect();
    TWO_BITS.pack(&levels).collect()
}

/// Returns whether bytes can be those of [`pack`].
pub fn is_sound(packed: &[u8]) -> bool {
    packed.len() == BYTES
}

impl WordVectors {
    /// Appends a word with its sound stored form.
    pub fn push(&mut self, word: &str, packed: &[u8]) {
        self.vectors.push(packed);
        self.words.push(word.to_owned());
    }

    /// Returns whether there are no words.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Returns, for each word of a question, the `limit` nearest words, by descending cosine.
    /// `texts` has the vectors of the words and of the pairs.
    ///
    /// A syllable alone may mean many things. Most of the cosine of a word with pairs is therefore
    /// that of a pair: of the one that has a nearer word.
    pub fn nearest(
        &self,
        question: &[WordInContext],
        texts: &[Arc<[f32]>],
        center: &[f32],
        limit: usize,
    ) -> Vec<Vec<NearWord>> {
        let count = question.len().max(1) as f32;
        let average =
            |at: usize| question.iter().map(|own| texts[own.word][at]).sum::<f32>() / count;
        let common = center.iter().enumerate().map(|(at, center)| {
            center * (1.0 - SHARE_OF_QUESTION) + average(at) * SHARE_OF_QUESTION
        });
        let common: Vec<_> = common.collect();
        let of_text = |vector: &Arc<[f32]>| {
            let text = QuantizedVectors::of(&without(vector, &common));
            let products = self.vectors.products(&text).into_iter();
            let cosines: Vec<_> =
                products.map(|product| product * TWO_BITS.scale(HIDDEN)).collect();
            let highest = cosines.iter().copied().fold(f32::MIN, f32::max);
            (cosines, highest)
        };
        let of_texts: Vec<_> = texts.iter().map(of_text).collect();
        let nearest = question.iter().map(|WordInContext { word, pairs }| {
            let (alone, _) = &of_texts[*word];
            let pairs = pairs.iter().map(|pair| &of_texts[*pair]);
            match pairs.max_by(|(_, a), (_, b)| a.total_cmp(b)) {
                Some((in_pair, _)) => {
                    let both = alone.iter().zip(in_pair);
                    let mixed = both.map(|(alone, in_pair)| {
                        alone * (1.0 - SHARE_OF_PAIR) + in_pair * SHARE_OF_PAIR
                    });
                    self.highest(&mixed.collect::<Vec<_>>(), limit)
                }
                None => self.highest(alone, limit),
            }
        });
        nearest.collect()
    }

    /// Returns the `limit` words with the highest cosines. `cosines` has one for each word.
    fn highest(&self, cosines: &[f32], limit: usize) -> Vec<NearWord> {
        let mut order: Vec<_> = (0..cosines.len()).collect();
        let nearer = |a: &usize, b: &usize| cosines[*b].total_cmp(&cosines[*a]).then(a.cmp(b));
        if order.len() > limit {
            order.select_nth_unstable_by(limit, nearer);
            order.truncate(limit);
        }
        order.sort_unstable_by(nearer);
        let near = |at: usize| NearWord { word: self.words[at].clone(), cosine: cosines[at] };
        order.into_iter().map(near).collect()
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
        let alone = [0, 1].map(|word| WordInContext { word, pairs: Vec::new() });
        let near = words.nearest(&alone, &[vector(5), vector(20)], &center(), 3);
        assert_eq!(near.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
        assert_eq!(near[0][0].word, "5");
        assert!(near[0][0].cosine > 0.7 && near[0][1].cosine < 0.4, "{near:?}");
        assert!(near[1][0].cosine < 0.4, "{near:?}");
        assert_eq!(words.nearest(&[], &[], &center(), 3), [[]; 0]);
        let none = WordVectors::default().nearest(&alone[..1], &[vector(5)], &center(), 3);
        assert!(none.len() == 1 && none[0].is_empty());
    }

    #[test]
    fn nearest_word_is_mostly_that_of_the_better_pair() {
        let mut words = WordVectors::default();
        for own in 1..9 {
            words.push(&own.to_string(), &pack(&vector(own), &center()));
        }
        let question = [WordInContext { word: 0, pairs: vec![1, 2] }];
        // The pair of no near word counts for nothing.
        let texts = [vector(5), vector(20), vector(7)];
        let near = words.nearest(&question, &texts, &center(), 2);
        assert!(near[0][0].word == "7" && near[0][0].cosine > 0.4, "{near:?}");
        let alone = [WordInContext { word: 0, pairs: Vec::new() }];
        assert_eq!(words.nearest(&alone, &texts, &center(), 2)[0][0].word, "5");
    }
}

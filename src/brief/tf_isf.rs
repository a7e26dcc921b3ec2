//! TF-ISF: sentences as vectors of their words, weighted by term frequency and inverse sentence
//! frequency. Stopwords are left out. Pure.

use std::collections::HashSet;

use frostem::Stemmer;
use rustc_hash::FxHashMap;

use crate::index::analyzer;
use crate::index::language::Language;
use crate::search::stopwords::is_stopword;

/// A sparse vector of unit length or without entries: word numbers with their weights, ascending by
/// number.
pub type SparseVector = Vec<(usize, f32)>;

/// The TF-ISF vectors of sentences.
pub struct SentenceVectors {
    /// One row for each sentence.
    pub rows: Vec<SparseVector>,
    numbers: FxHashMap<String, usize>,
    /// Inverse sentence frequency of each word.
    weights: Vec<f32>,
}

/// Weight of a word that occurs in every sentence.
const MIN_WEIGHT: f32 = 0.1;

impl SentenceVectors {
    /// Computes the vectors of sentences, each with its language.
    pub fn new<'a>(sentences: impl Iterator<Item = (&'a str, &'a Language)>) -> SentenceVectors {
        let mut numbers: FxHashMap<String, usize> = FxHashMap::default();
        let mut sentence_counts: Vec<usize> = Vec::new();
        let mut last = None;
        let mut all = Vec::new();
        for (text, language) in sentences {
            if last.as_ref().is_none_or(|(last_language, _)| last_language != language) {
                last = Some((language.clone(), language.stemmer()));
            }
            let stemmer = last.as_ref().and_then(|(_, stemmer)| stemmer.as_ref());
            let words: Vec<usize> = content_stems(text, language, stemmer)
                .into_iter()
                .map(|stem| {
                    let next = numbers.len();
                    *numbers.entry(stem).or_insert(next)
                })
                .collect();
            sentence_counts.resize(numbers.len(), 0);
            for number in words.iter().collect::<HashSet<_>>() {
                sentence_counts[*number] += 1;
            }
            all.push(words);
        }
        let count = all.len() as f32;
        let weights: Vec<_> =
            sentence_counts.iter().map(|own| (count / *own as f32).ln() + MIN_WEIGHT).collect();
        let rows = all.into_iter().map(|words| sparse_vector(words, &weights)).collect();
        SentenceVectors { rows, numbers, weights }
    }

    /// Returns the vector of another text. Words that occur in no sentence are ignored.
    pub fn vector_of(&self, text: &str, language: &Language) -> SparseVector {
        let stems = content_stems(text, language, language.stemmer().as_ref());
        let known = stems.iter().filter_map(|stem| self.numbers.get(stem).copied());
        sparse_vector(known.collect(), &self.weights)
    }

    /// Returns the number of different words.
    pub fn word_count(&self) -> usize {
        self.weights.len()
    }
}

/// Returns the cosine of two vectors.
pub fn similarity(one: &SparseVector, other: &SparseVector) -> f32 {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut sum = 0.0;
    while let (Some((a, weight)), Some((b, other_weight))) = (one.peek(), other.peek()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => _ = one.next(),
            std::cmp::Ordering::Greater => _ = other.next(),
            std::cmp::Ordering::Equal => {
                sum += weight * other_weight;
                one.next();
                other.next();
            }
        }
    }
    sum
}

/// Returns the stems of the words of a text that are not stopwords.
fn content_stems(text: &str, language: &Language, stemmer: Option<&Stemmer>) -> Vec<String> {
    let languages = std::slice::from_ref(language);
    let words = analyzer::words(text).into_iter();
    let content = words.filter(|word| !is_stopword(&word.folded, languages));
    content.map(|word| analyzer::stem(stemmer, &word.folded)).collect()
}

fn sparse_vector(mut words: Vec<usize>, weights: &[f32]) -> SparseVector {
    words.sort_unstable();
    let mut row: SparseVector = Vec::new();
    for number in words {
        match row.last_mut() {
            Some((last, weight)) if *last == number => *weight += weights[number],
            _ => row.push((number, weights[number])),
        }
    }
    let length = row.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    row.iter_mut().for_each(|(_, weight)| *weight /= length);
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_counts_shared_stems_without_stopwords() {
        let english = Language::of_code("en");
        let texts = ["The rivers are dry.", "A river was drying, and how!", "Bread is made of it."];
        let vectors = SentenceVectors::new(texts.into_iter().map(|text| (text, &english)));
        let cosine = |a: usize, b: usize| similarity(&vectors.rows[a], &vectors.rows[b]);
        assert!(cosine(0, 1) > 0.9 && cosine(0, 2) == 0.0 && (cosine(2, 2) - 1.0).abs() < 1e-6);
        let other = vectors.vector_of("the unknown river", &english);
        assert!(similarity(&other, &vectors.rows[0]) > 0.5);
        assert!(vectors.vector_of("and the", &english).is_empty());
    }
}

//! Sentences as vectors of their telling words. Pure.

use std::collections::HashSet;

use frostem::Stemmer;
use rustc_hash::FxHashMap;

use crate::index::analyzer::{self, Language};
use crate::search::stopwords::is_stopword;

/// A word's number and what it weighs, ascending by number; of length 1, or empty.
pub type SparseVector = Vec<(usize, f32)>;

/// A row for each sentence, weighed by how often a word is said and in how few sentences.
pub struct SentenceVectors {
    pub rows: Vec<SparseVector>,
    numbers: FxHashMap<String, usize>,
    /// For each word, its inverse sentence frequency.
    weights: Vec<f32>,
}

/// What a word weighs that stands in every sentence.
const LEAST: f32 = 0.1;

impl SentenceVectors {
    /// The vectors of sentences, each with its language.
    pub fn of<'a>(sentences: impl Iterator<Item = (&'a str, &'a Language)>) -> SentenceVectors {
        let mut numbers: FxHashMap<String, usize> = FxHashMap::default();
        let mut in_sentences: Vec<usize> = Vec::new();
        let mut known = None;
        let mut all = Vec::new();
        for (text, language) in sentences {
            if known.as_ref().is_none_or(|(same, _)| same != language) {
                known = Some((language.clone(), language.stemmer()));
            }
            let stemmer = known.as_ref().and_then(|(_, stemmer)| stemmer.as_ref());
            let words: Vec<usize> = telling(text, language, stemmer)
                .into_iter()
                .map(|stem| {
                    let next = numbers.len();
                    *numbers.entry(stem).or_insert(next)
                })
                .collect();
            in_sentences.resize(numbers.len(), 0);
            for number in words.iter().collect::<HashSet<_>>() {
                in_sentences[*number] += 1;
            }
            all.push(words);
        }
        let count = all.len() as f32;
        let weights: Vec<_> =
            in_sentences.iter().map(|those| (count / *those as f32).ln() + LEAST).collect();
        let rows = all.into_iter().map(|words| row(words, &weights)).collect();
        SentenceVectors { rows, numbers, weights }
    }

    /// The vector of another text, of its words that the sentences have.
    pub fn row_of(&self, text: &str, language: &Language) -> SparseVector {
        let stems = telling(text, language, language.stemmer().as_ref());
        let known = stems.iter().filter_map(|stem| self.numbers.get(stem).copied());
        row(known.collect(), &self.weights)
    }

    /// How many words there are.
    pub fn word_count(&self) -> usize {
        self.weights.len()
    }
}

/// The cosine of two rows.
pub fn similarity(one: &SparseVector, other: &SparseVector) -> f32 {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut sum = 0.0;
    while let (Some((a, weight)), Some((b, against))) = (one.peek(), other.peek()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => _ = one.next(),
            std::cmp::Ordering::Greater => _ = other.next(),
            std::cmp::Ordering::Equal => {
                sum += weight * against;
                one.next();
                other.next();
            }
        }
    }
    sum
}

fn telling(text: &str, language: &Language, stemmer: Option<&Stemmer>) -> Vec<String> {
    let languages = std::slice::from_ref(language);
    let words = analyzer::words(text).into_iter();
    let telling = words.filter(|word| !is_stopword(&word.folded, languages));
    telling.map(|word| analyzer::stem(stemmer, &word.folded)).collect()
}

fn row(mut words: Vec<usize>, weights: &[f32]) -> SparseVector {
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
    fn what_shares_telling_words_is_similar() {
        let english = Language::of_code("en");
        let texts = ["The rivers are dry.", "A river was drying, and how!", "Bread is made of it."];
        let vectors = SentenceVectors::of(texts.into_iter().map(|text| (text, &english)));
        let of = |a: usize, b: usize| similarity(&vectors.rows[a], &vectors.rows[b]);
        assert!(of(0, 1) > 0.9 && of(0, 2) == 0.0 && (of(2, 2) - 1.0).abs() < 1e-6);
        let asked = vectors.row_of("the unknown river", &english);
        assert!(similarity(&asked, &vectors.rows[0]) > 0.5);
        assert!(vectors.row_of("and the", &english).is_empty());
    }
}

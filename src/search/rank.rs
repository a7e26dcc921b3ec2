//! Features of a sentence to its score. Pure; ties are broken by the caller, by id.
//!
//! A sentence is scored by BM25 (Robertson & Zaragoza 2009) of itself, of its neighbourhood and of
//! its passage together; then come small gains for word pairs and for the kind of answer that the
//! question expects.

use std::ops::Range;

use super::query::{Expects, Query};

/// How much each feature weighs beside the BM25 of the sentence itself.
#[derive(Debug, Clone, Copy)]
pub struct Weights {
    pub passage: f32,
    pub neighbourhood: f32,
    pub heading: f32,
    pub pair: f32,
    pub expected: f32,
}

/// Tuned on eight encyclopedia articles; none is sharp.
pub const WEIGHTS: Weights =
    Weights { passage: 0.7, neighbourhood: 0.5, heading: 0.3, pair: 0.3, expected: 1.2 };

const K1: f32 = 0.8;
const B: f32 = 0.6;
/// Words, on average, in the units that are compared.
const SENTENCE_WORDS: f32 = 25.0;
const NEIGHBOURHOOD_WORDS: f32 = 70.0;

/// A term of the query as the corpus knows it.
#[derive(Debug, Clone, Copy)]
pub struct TermWeight {
    /// Inverse document frequency times the term's weight in the question.
    pub idf: f32,
}

/// A match of a term in a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// A position in the query's terms.
    pub term: usize,
    /// The position of the first and one past the last word that matched.
    pub words: Range<usize>,
    /// Bytes of the passage.
    pub bytes: Range<usize>,
    pub weight: f32,
}

/// A passage laid out for scoring.
#[derive(Debug)]
pub struct Layout<'a> {
    pub text: &'a str,
    /// Ascending by word.
    pub matches: Vec<Match>,
    /// The words of each sentence, by position.
    pub sentences: Vec<Range<usize>>,
    pub sentence_bytes: &'a [Range<usize>],
    pub word_count: usize,
    /// Terms that its headings have.
    pub in_heading: Vec<bool>,
    pub average_words: f32,
}

/// Inverse document frequency as Lucene and Tantivy have it: never negative.
pub fn idf(document_frequency: u64, documents: u64) -> f32 {
    let (n, df) = (documents as f32, document_frequency.min(documents) as f32);
    (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
}

/// The score of each sentence of a passage.
pub fn sentences(query: &Query, terms: &[TermWeight], layout: &Layout<'_>) -> Vec<f32> {
    let whole = 0..layout.word_count;
    let passage = bm25(terms, layout, &whole, layout.average_words);
    let heading: f32 = terms
        .iter()
        .zip(&layout.in_heading)
        .filter(|(_, is_in)| **is_in)
        .map(|(term, _)| term.idf)
        .sum();
    let last = layout.sentences.len().saturating_sub(1);
    (0..layout.sentences.len())
        .map(|position| {
            let own = &layout.sentences[position];
            let around = layout.sentences[position.saturating_sub(1)].start
                ..layout.sentences[(position + 1).min(last)].end;
            let sentence = bm25(terms, layout, own, SENTENCE_WORDS);
            sentence
                + WEIGHTS.passage * passage
                + WEIGHTS.neighbourhood * bm25(terms, layout, &around, NEIGHBOURHOOD_WORDS)
                + WEIGHTS.heading * heading
                + WEIGHTS.pair * pairs(terms, layout, own)
                + if sentence > 0.0 || passage > 0.0 {
                    WEIGHTS.expected
                        * expected(
                            query.expects,
                            &layout.text[layout.sentence_bytes[position].clone()],
                        )
                } else {
                    0.0
                }
        })
        .collect()
}

fn bm25(terms: &[TermWeight], layout: &Layout<'_>, words: &Range<usize>, average: f32) -> f32 {
    let mut frequency = vec![0.0_f32; terms.len()];
    for found in &layout.matches {
        if words.start <= found.words.start && found.words.end <= words.end {
            frequency[found.term] += found.weight;
        }
    }
    let norm = K1 * (1.0 - B + B * words.len() as f32 / average);
    terms.iter().zip(frequency).map(|(term, tf)| term.idf * tf * (K1 + 1.0) / (tf + norm)).sum()
}

/// Neighbouring words of the question that stand next to each other here, too.
fn pairs(terms: &[TermWeight], layout: &Layout<'_>, words: &Range<usize>) -> f32 {
    let inside: Vec<_> = layout
        .matches
        .iter()
        .filter(|found| words.start <= found.words.start && found.words.end <= words.end)
        .collect();
    let mut seen = vec![false; terms.len()];
    let mut sum = 0.0;
    for pair in inside.windows(2) {
        let (first, second) = (pair[0], pair[1]);
        let is_next = second.term == first.term + 1 && second.words.start <= first.words.end + 2;
        if is_next && !std::mem::replace(&mut seen[first.term], true) {
            sum += terms[first.term].idf.min(terms[second.term].idf);
        }
    }
    sum
}

/// 1 if a sentence holds what the question expects, else 0.
fn expected(expects: Expects, sentence: &str) -> f32 {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const CAUSES: [&str; 8] =
        ["because", "due to", "since", "driven by", "in order", "so that", "therefore", "reason"];
    const NUMBERS: [&str; 14] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "dozen",
        "hundred", "thousand", "million",
    ];
    let words = || sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let holds = match expects {
        Expects::Anything => false,
        Expects::Time => words().any(|word| {
            (word.len() >= 3 && word.as_bytes()[0].is_ascii_digit())
                || MONTHS.contains(&word)
                || word == "century"
        }),
        Expects::Amount => words().any(|word| {
            word.as_bytes()[0].is_ascii_digit() || NUMBERS.contains(&word.to_lowercase().as_str())
        }),
        Expects::Cause => CAUSES.iter().any(|cause| sentence.contains(cause)),
        // The first word of a sentence is always capitalised.
        Expects::Person => {
            words().skip(1).any(|word| word.chars().next().is_some_and(char::is_uppercase))
        }
    };
    if holds { 1.0 } else { 0.0 }
}

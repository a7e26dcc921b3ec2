//! Late interaction: how near the word pieces of a question are to those of each sentence. Pure.
//!
//! MaxSim is that of Khattab & Zaharia 2020 (ColBERT): each piece of the question takes the piece of
//! the text that is nearest to it. Here it counts as much as its word is telling.

use std::ops::Range;
use std::sync::Arc;

use super::TermStats;
use super::matcher::REFERENCE_WEIGHT;
use super::query::Query;
use crate::embedding::{QuantizedVectors, TokenVectors};
use crate::index::analyzer;

/// How many figures there are for a sentence.
pub const COUNT: usize = 11;
/// For each its name and its meaning.
pub const FEATURES: [(&str, &str); COUNT] = [
    ("maxsim", "how near the question's words come to it, each as it is telling"),
    ("maxsim_sum", "the same, more for a longer question"),
    ("maxsim_plain", "the same, all words alike"),
    ("maxsim_light", "the same, only words that tell little"),
    ("maxsim_before", "maxsim of it and the sentence before"),
    ("maxsim_after", "maxsim of it and the sentence after"),
    ("maxsim_best", "its maxsim, against the best of its passage"),
    ("maxsim_back", "how near its pieces come to the question's, all alike"),
    ("mean", "how near its mean is to that of the question"),
    ("passage_maxsim", "maxsim of its passage"),
    ("passage_mean", "how near the mean of the passage is to that of the question"),
];

/// The positions of those that tell whether anything answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxSimFeature {
    Plain = 2,
    Back = 7,
    Mean = 8,
    PassageMean = 10,
}

/// What a piece of a word that carries no question counts.
const LIGHT: f32 = 0.1;

/// A question by its word pieces.
pub struct QueryVectors {
    vectors: Arc<TokenVectors>,
    mean: QuantizedVectors,
    /// For each piece its share of its word, which is in one piece or in several.
    shares: Vec<f32>,
    /// For each piece its share of how telling its word is.
    weights: Vec<f32>,
    /// For each piece its share of its word, if that tells little.
    light: Vec<f32>,
}

/// A part of a text against a question: for each piece of the question how near the text comes.
struct MaxSims(Vec<f32>);

/// The question with the words that were meant where others were typed, without white space around it.
pub fn semantic_match(query: &Query, terms: &[TermStats]) -> String {
    let mut meant = String::with_capacity(query.text.len());
    let mut copied = 0;
    for word in analyzer::words(&query.text) {
        let known = query.terms.iter().zip(terms).find(|(term, _)| term.folded == word.folded);
        if let Some(corrected) = known.and_then(|(_, known)| known.corrected.as_deref()) {
            meant.push_str(&query.text[copied..word.range.start]);
            meant.push_str(corrected);
            copied = word.range.end;
        }
    }
    meant.push_str(&query.text[copied..]);
    meant.trim().to_owned()
}

impl QueryVectors {
    /// `text` is the question that the vectors are of.
    pub fn new(
        vectors: Arc<TokenVectors>,
        text: &str,
        query: &Query,
        terms: &[TermStats],
    ) -> QueryVectors {
        let words = analyzer::words(text);
        let weight_of = |folded: &str| {
            let is_it = |known: &TermStats| known.corrected.as_deref() == Some(folded);
            let term = query.terms.iter().zip(terms);
            let mut term = term.filter(|(term, known)| term.folded == folded || is_it(known));
            term.next().map(|(_, known)| known.has_weight())
        };
        let pieces = vectors.ranges();
        let mut asked = QueryVectors {
            mean: vectors.vectors.mean(0..pieces.len()),
            // A piece between words, such as a question mark, has no share in any.
            shares: vec![0.0; pieces.len()],
            weights: vec![0.0; pieces.len()],
            light: vec![0.0; pieces.len()],
            vectors: Arc::clone(&vectors),
        };
        for word in words {
            let own = vectors.within(&word.range);
            let share = 1.0 / own.len().max(1) as f32;
            let weight = weight_of(&word.folded);
            asked.shares[own.clone()].fill(share);
            asked.weights[own.clone()].fill(share * weight.unwrap_or(LIGHT));
            asked.light[own].fill(if weight.is_none() { share } else { 0.0 });
        }
        asked
    }

    /// The figures of each sentence of a passage; `sentences` are bytes of its text.
    pub fn features(
        &self,
        passage: &TokenVectors,
        sentences: &[Range<usize>],
    ) -> Vec<[f32; COUNT]> {
        let pieces = passage.ranges().len();
        let cosines = self.vectors.vectors.cosines(&passage.vectors);
        let spans: Vec<_> = sentences.iter().map(|bytes| passage.within(bytes)).collect();
        let reached = |span: &Range<usize>| MaxSims::new(&cosines, pieces, span);
        let of_sentences: Vec<_> = spans.iter().map(reached).collect();
        let maxsim = |reached: &MaxSims| reached.mean(&self.weights);
        let best = of_sentences.iter().map(maxsim).fold(f32::MIN_POSITIVE, f32::max);
        let more = (self.weights.iter().sum::<f32>() / REFERENCE_WEIGHT).sqrt();
        let of_passage = maxsim(&reached(&(0..pieces)));
        let near = |span: &Range<usize>| {
            let mean = passage.vectors.mean(span.clone());
            self.mean.cosines(&mean).first().copied().unwrap_or_default()
        };
        let mean_of_passage = near(&(0..pieces));
        let one = |(at, own): (usize, &MaxSims)| {
            let with = |other: Option<&MaxSims>| other.map_or(maxsim(own), |o| maxsim(&own.or(o)));
            let span = &spans[at];
            [
                maxsim(own),
                maxsim(own) * more,
                own.mean(&self.shares),
                own.mean(&self.light),
                with(at.checked_sub(1).map(|before| &of_sentences[before])),
                with(of_sentences.get(at + 1)),
                maxsim(own) / best,
                back(&cosines, pieces, span),
                near(span),
                of_passage,
                mean_of_passage,
            ]
        };
        of_sentences.iter().enumerate().map(one).collect()
    }
}

impl MaxSims {
    /// `cosines` has a row for each piece of the question, `pieces` long.
    fn new(cosines: &[f32], pieces: usize, span: &Range<usize>) -> MaxSims {
        let rows = cosines.chunks_exact(pieces.max(1));
        MaxSims(rows.map(|row| row[span.clone()].iter().copied().fold(0.0, f32::max)).collect())
    }

    fn or(&self, other: &MaxSims) -> MaxSims {
        MaxSims(self.0.iter().zip(&other.0).map(|(own, other)| own.max(*other)).collect())
    }

    fn mean(&self, weights: &[f32]) -> f32 {
        let sum: f32 = self.0.iter().zip(weights).map(|(near, weight)| near * weight).sum();
        sum / weights.iter().sum::<f32>().max(f32::MIN_POSITIVE)
    }
}

/// How near the pieces of a span come to the question, on average.
fn back(cosines: &[f32], pieces: usize, span: &Range<usize>) -> f32 {
    let nearest = |at: usize| {
        let column = cosines.chunks_exact(pieces.max(1)).map(|row| row[at]);
        column.fold(0.0, f32::max)
    };
    span.clone().map(nearest).sum::<f32>() / span.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_figures() {
        let names = [
            MaxSimFeature::Plain,
            MaxSimFeature::Back,
            MaxSimFeature::Mean,
            MaxSimFeature::PassageMean,
        ]
        .map(|position| FEATURES[position as usize].0);
        assert_eq!(names, ["maxsim_plain", "maxsim_back", "mean", "passage_mean"]);
    }
}

//! Ranked passages and the scores that order them. Pure.
//!
//! The score of a passage is the logarithm of the summed exponentials of its sentences' scores, so
//! that the odds of the sentences add up.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

use super::features::Features;
use super::matcher::Match;
use super::mode::Mode;
use super::passage_matches::PassageMatches;
use super::reading::{self, ReaderScores};
use super::scorer::Scorer;
use super::similarity;
use super::term_stats::TermStats;
use crate::corpus::article::{Outline, Passage};

/// Ranked passages for one query, with the statistics of the query's terms.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// The best hit comes first.
    pub hits: Vec<Hit>,
    pub terms: Vec<TermStats>,
    pub mode: Mode,
    /// Inverse document frequency of a word that no passage has. It grows with the corpus.
    pub max_idf: f32,
    /// Whether word frequencies are available for a language of the corpus.
    pub has_word_frequencies: bool,
    /// Whether the question is in another language than all articles.
    pub is_foreign: bool,
    /// Maximum of each similarity feature over the sentences of all candidates.
    pub max_similarities: [f32; similarity::COUNT],
    /// Average similarity of the question to all passages of the corpus.
    pub average_similarity: f32,
}

/// A ranked passage.
#[derive(Debug, Clone)]
pub struct Hit {
    pub article: Arc<Outline>,
    pub passage: Arc<Passage>,
    /// Features of each sentence.
    pub features: Vec<Features>,
    /// Score of each sentence by the reader.
    pub read: ReaderScores,
    /// Score of each sentence.
    pub scores: Vec<f32>,
    /// Position of the sentence with the highest score.
    pub best_sentence: usize,
    /// Byte ranges of the passage that match the question, ascending, each with its term.
    pub marks: Vec<(Range<usize>, usize)>,
    /// Strength of each term's best match in the passage, its headings or the title, from 0 to 1.
    pub match_strengths: Vec<f32>,
    /// For each term, 1 if the passage has the word as it is written in the question, else 0.
    pub exact_matches: Vec<f32>,
}

/// Minimum strength of a match that is marked. A weaker one is an uncertain translation.
const MIN_MARKED_STRENGTH: f32 = 0.35;

impl Ranking {
    /// Returns the ranking by another scorer.
    pub fn rescored(mut self, scorer: &Scorer) -> Ranking {
        let features: Vec<_> = self.hits.iter().map(|hit| hit.features.as_slice()).collect();
        let mut scores = scorer.scores(&features);
        let read: Vec<_> = self.hits.iter().map(|hit| hit.read.as_slice()).collect();
        scorer.add_reading(&mut scores, &read, self.is_foreign);
        for (hit, scores) in self.hits.iter_mut().zip(scores) {
            hit.set_scores(scores);
        }
        let score = |hit: &Hit| passage_score(&hit.scores);
        self.hits.sort_by(|a, b| best_first((score(a), &a.passage), (score(b), &b.passage)));
        self
    }

    /// Returns the highest score of the reader, or `None` if no sentence was read.
    pub fn highest_reading(&self) -> Option<f32> {
        reading::highest(self.hits.iter().map(|hit| &hit.read))
    }
}

impl Hit {
    /// Builds a hit from the features and the scores of its sentences.
    pub fn new(
        article: Arc<Outline>,
        matches: PassageMatches<'_>,
        features: Vec<Features>,
        read: ReaderScores,
        scores: Vec<f32>,
    ) -> Hit {
        let marked = |found: &&Match| found.strength >= MIN_MARKED_STRENGTH;
        let ranges = matches.matches.iter().filter(marked);
        let marks = ranges.map(|found| (matches.byte_range(found), found.term)).collect();
        let mut hit = Hit {
            article,
            passage: Arc::clone(matches.passage),
            features,
            read,
            scores: Vec::new(),
            best_sentence: 0,
            marks,
            match_strengths: matches.in_passage_or_above(),
            exact_matches: matches.exact,
        };
        hit.set_scores(scores);
        hit
    }

    fn set_scores(&mut self, scores: Vec<f32>) {
        self.scores = scores;
        // The reversed order gives the first of several sentences with the same score.
        let sentences = (0..self.scores.len()).rev();
        let best = sentences.max_by(|a, b| self.scores[*a].total_cmp(&self.scores[*b]));
        self.best_sentence = best.unwrap_or_default();
    }
}

/// Computes the score of a passage from the scores of its sentences.
pub fn passage_score(scores: &[f32]) -> f32 {
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    best + scores.iter().map(|score| (score - best).exp()).sum::<f32>().ln()
}

/// Orders passages by descending score, then by id, so that the order is total.
pub fn best_first(a: (f32, &Passage), b: (f32, &Passage)) -> Ordering {
    b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id))
}

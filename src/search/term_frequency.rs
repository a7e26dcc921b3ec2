//! How often and how well some words of a passage have each term of a question. Pure.

use std::ops::Range;

use super::matcher::Matcher;
use super::passage_matches::PassageMatches;

/// What some words have of each term.
pub struct TermFrequencies {
    /// How many words there are.
    pub words: usize,
    pub terms: Vec<TermFrequency>,
}

/// What they have of one term.
#[derive(Debug, Clone, Copy, Default)]
pub struct TermFrequency {
    /// How well it stands there, from 0 to 1.
    pub has: f32,
    /// 1 where it stands there as it is written in the question.
    pub exact: f32,
    /// How often it stands there, each time as well as it does.
    pub frequency: f32,
}

impl TermFrequencies {
    /// Counts in `words`, a range of positions.
    pub fn of(
        matcher: &Matcher<'_>,
        layout: &PassageMatches<'_>,
        words: &Range<usize>,
    ) -> TermFrequencies {
        let mut terms = vec![TermFrequency::default(); matcher.weights.len()];
        for found in layout.matches_in(words) {
            let count = &mut terms[found.term];
            count.has = count.has.max(found.weight);
            count.frequency += found.weight;
            if layout.asked[found.words.start] {
                count.exact = 1.0;
            }
        }
        TermFrequencies { words: words.len(), terms }
    }

    /// The weight of a figure of all terms.
    pub fn weighted(&self, weights: &[f32], figure: impl Fn(usize, &TermFrequency) -> f32) -> f32 {
        let all = weights.iter().zip(&self.terms).enumerate();
        all.map(|(term, (weight, count))| weight * figure(term, count)).sum()
    }
}

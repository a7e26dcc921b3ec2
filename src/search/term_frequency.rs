//! Term frequencies in a part of a passage. Pure.

use std::ops::Range;

use super::matcher::Matcher;
use super::passage_matches::PassageMatches;

/// Frequencies of the query's terms in consecutive words of a passage.
pub struct TermFrequencies {
    /// Number of words.
    pub word_count: usize,
    pub terms: Vec<TermFrequency>,
}

/// Matches of one term, aggregated.
#[derive(Debug, Clone, Copy, Default)]
pub struct TermFrequency {
    /// Strength of the best match, from 0 to 1.
    pub strength: f32,
    /// 1 if the word occurs as it is written in the question, else 0.
    pub exact: f32,
    /// Sum of the strengths of all matches.
    pub frequency: f32,
}

impl TermFrequencies {
    /// Counts the matches whose first word is in `words`.
    pub fn count(
        matcher: &Matcher<'_>,
        matches: &PassageMatches<'_>,
        words: &Range<usize>,
    ) -> TermFrequencies {
        let mut terms = vec![TermFrequency::default(); matcher.term_weights.len()];
        for found in matches.matches_in(words) {
            let term = &mut terms[found.term];
            term.strength = term.strength.max(found.strength);
            term.frequency += found.strength;
            if matches.in_question[found.words.start] {
                term.exact = 1.0;
            }
        }
        TermFrequencies { word_count: words.len(), terms }
    }

    /// Sums a value of each term, multiplied by the term's weight.
    pub fn weighted_sum(
        &self,
        term_weights: &[f32],
        value: impl Fn(usize, &TermFrequency) -> f32,
    ) -> f32 {
        let terms = term_weights.iter().zip(&self.terms).enumerate();
        terms.map(|(position, (weight, term))| weight * value(position, term)).sum()
    }
}

//! How often and how well some words of a passage have each term of a question. Pure.

use std::ops::Range;

use super::layout::Layout;
use super::matcher::Matcher;

/// What some words have of each term.
pub struct Counts {
    /// How many words there are.
    pub words: usize,
    pub terms: Vec<Count>,
}

/// What they have of one term.
#[derive(Debug, Clone, Copy, Default)]
pub struct Count {
    /// How well it stands there, from 0 to 1.
    pub has: f32,
    /// 1 where it stands there as it is written in the question.
    pub exact: f32,
    /// How often it stands there, each time as well as it does.
    pub frequency: f32,
}

impl Counts {
    /// Counts in `words`, a range of positions.
    pub fn of(matcher: &Matcher<'_>, layout: &Layout<'_>, words: &Range<usize>) -> Counts {
        let mut terms = vec![Count::default(); matcher.weights.len()];
        for found in layout.matches_in(words) {
            let count = &mut terms[found.term];
            count.has = count.has.max(found.weight);
            count.frequency += found.weight;
            if layout.asked[found.words.start] {
                count.exact = 1.0;
            }
        }
        Counts { words: words.len(), terms }
    }

    /// The weight of a figure of all terms.
    pub fn weigh(&self, weights: &[f32], figure: impl Fn(usize, &Count) -> f32) -> f32 {
        let all = weights.iter().zip(&self.terms).enumerate();
        all.map(|(term, (weight, count))| weight * figure(term, count)).sum()
    }
}

//! How often and how well some words of a passage have each term of a question. Pure.

use std::ops::Range;

use super::layout::Layout;
use super::matcher::Matcher;

/// A figure for each term.
pub struct Counts {
    /// How many words there are.
    pub words: usize,
    /// How well the term stands there, from 0 to 1.
    pub has: Vec<f32>,
    /// 1 where it stands there as it is written in the question.
    pub exact: Vec<f32>,
    /// How often it stands there, each time as well as it does.
    pub frequency: Vec<f32>,
}

impl Counts {
    /// Counts in `words`, a range of positions.
    pub fn of(matcher: &Matcher<'_>, layout: &Layout<'_>, words: &Range<usize>) -> Counts {
        let none = vec![0.0_f32; matcher.weights.len()];
        let mut counts =
            Counts { words: words.len(), has: none.clone(), exact: none.clone(), frequency: none };
        for found in layout.matches_in(words) {
            let term = found.term;
            counts.has[term] = counts.has[term].max(found.weight);
            counts.frequency[term] += found.weight;
            if matcher.is_asked(layout.words[found.words.start].folded) {
                counts.exact[term] = 1.0;
            }
        }
        counts
    }
}

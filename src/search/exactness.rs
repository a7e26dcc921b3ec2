//! Exactness: how far a title, a heading or a file name is what a question names. Pure.

use super::matcher::Matcher;
use crate::index::analysis::WordId;

/// Returns whether a name and a question have the same words, function words included.
pub fn is_same(matcher: &Matcher<'_>, name: &[WordId]) -> bool {
    !name.is_empty()
        && name.iter().all(|stem| matcher.has_question_stem(*stem))
        && matcher.all_words_in(name)
}

/// Computes how far the words of a name and of a question are the same, from 0 to 1: the share of
/// the name's words that the question has, times the share of the question's weight that the name
/// has, cubed: half of a name is seldom what is asked for. A name without words has 0.
pub fn exactness(matcher: &Matcher<'_>, name: &[WordId]) -> f32 {
    if name.is_empty() {
        return 0.0;
    }
    let shared = name.iter().filter(|stem| matcher.has_question_stem(**stem)).count();
    if shared == 0 {
        return 0.0;
    }
    let mut strengths = vec![0.0_f32; matcher.term_weights.len()];
    for found in matcher.matches(name.iter().copied()) {
        strengths[found.term] = strengths[found.term].max(found.strength);
    }
    let weights = matcher.term_weights.iter();
    let covered: f32 = weights.clone().zip(&strengths).map(|(weight, s)| weight * s).sum();
    let all: f32 = weights.sum();
    let share = if all > 0.0 { covered / all } else { 0.0 };
    (share * shared as f32 / name.len() as f32).powi(3)
}

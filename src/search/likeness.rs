//! How alike words are spelled, by the trigrams they share: `emigres` and `emigration`. Pure.
//!
//! The coefficient is that of Dice 1945; a word's beginning and end count as letters.

use std::ops::Range;

use super::query::Query;
use crate::index::analyzer::Word;

/// For each term of a query, how much each word of a passage is like it, from 0 to 1.
pub struct Likeness {
    by_term: Vec<Vec<f32>>,
}

/// Less is chance.
const MIN_DICE: f32 = 0.3;
const EDGE: char = ' ';

type Trigram = [char; 3];

impl Likeness {
    pub fn new(query: &Query, words: &[Word]) -> Likeness {
        let words: Vec<_> = words.iter().map(|word| trigrams(&word.folded)).collect();
        let of_term = |term: &[Trigram]| words.iter().map(|word| dice(term, word)).collect();
        let terms = query.terms.iter().map(|term| trigrams(&term.folded));
        Likeness { by_term: terms.map(|term| of_term(&term)).collect() }
    }

    /// The sum of `weights`, each as far as a word in the range is like its term.
    pub fn share(&self, weights: &[f32], words: &Range<usize>) -> f32 {
        let likest = |like: &[f32]| like[words.clone()].iter().copied().fold(0.0, f32::max);
        weights.iter().zip(&self.by_term).map(|(weight, like)| weight * likest(like)).sum()
    }
}

/// Ascending, each once.
fn trigrams(word: &str) -> Vec<Trigram> {
    let edged: Vec<_> =
        std::iter::once(EDGE).chain(word.chars()).chain(std::iter::once(EDGE)).collect();
    let mut trigrams: Vec<Trigram> =
        edged.windows(3).map(|three| [three[0], three[1], three[2]]).collect();
    trigrams.sort_unstable();
    trigrams.dedup();
    trigrams
}

fn dice(a: &[Trigram], b: &[Trigram]) -> f32 {
    let shared = a.iter().filter(|trigram| b.binary_search(trigram).is_ok()).count();
    let dice = 2.0 * shared as f32 / (a.len() + b.len()).max(1) as f32;
    if dice < MIN_DICE { 0.0 } else { dice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_family_are_alike_and_others_are_not() {
        let like = |a: &str, b: &str| dice(&trigrams(a), &trigrams(b));
        assert_eq!(like("river", "river"), 1.0);
        assert!(like("emigres", "emigration") > 0.3);
        assert!(like("colour", "color") > 0.5);
        assert_eq!(like("river", "treaty"), 0.0);
        assert_eq!(like("a", "a"), 1.0);
    }
}

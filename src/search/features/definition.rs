//! Sentences that define the subject of a question, as in "A fork is a copy". Pure.

use std::collections::HashSet;
use std::ops::Range;

use super::positions::Positions;
use crate::index::definitions::{ARTICLES, BEING, DEFINING, DETERMINERS};
use crate::index::word_set::WordSet;

/// Maximum length of the defined name with its brackets, in words.
const MAX_SUBJECT_WORDS: usize = 10;
/// Number of words at the beginning of a sentence where a comma may precede the name.
const MAX_LEAD_WORDS: usize = 8;
/// Strength of a definition after a sign that does not always define, or of another name.
const WEAK: f32 = 0.6;
/// Strength of a sentence that says something else about the name: "Tides are high."
const STATEMENT: f32 = 0.25;

/// Words within the defined name that are no terms of the question.
static LINKING: WordSet = WordSet::new("of the and in for to de la der des von und et y");

impl Positions<'_> {
    /// Computes how clearly a sentence defines what the terms name, from 0 to 1.
    pub fn definition(&self, sentence: &Range<usize>) -> f32 {
        let words = self.matches.words;
        let lead_end = sentence.end.min(sentence.start + MAX_LEAD_WORDS);
        let after_comma = (sentence.start + 1..lead_end).filter(|at| self.gap(*at).contains(','));
        let starts = std::iter::once(sentence.start).chain(after_comma);
        let of_start = |start: usize| {
            let mut from = start;
            while from < sentence.end && DETERMINERS.contains(words[from].folded) {
                if self.is_match(from) {
                    break;
                }
                from += 1;
            }
            self.definition_from(from, sentence.end)
        };
        starts.map(of_start).fold(0.0, f32::max)
    }

    /// Computes the strength of a definition whose name begins at the word `from`.
    fn definition_from(&self, from: usize, end: usize) -> f32 {
        let words = self.matches.words;
        let (mut at, mut brackets) = (from, 0_i32);
        let mut terms = HashSet::new();
        while at < end && at < from + MAX_SUBJECT_WORDS {
            if at > from {
                let gap = self.gap(at);
                if is_sign(gap) {
                    break;
                }
                brackets += gap.matches('(').count() as i32 - gap.matches(')').count() as i32;
            }
            let is_inside = brackets > 0;
            let in_word = self.terms_at(at);
            if in_word.is_empty() && !is_inside && !LINKING.contains(words[at].folded) {
                break;
            }
            terms.extend(in_word);
            at += 1;
        }
        let share = self.share_of(&terms);
        if share <= 0.0 || at >= end {
            return 0.0;
        }
        let (verb, gap) = (words[at].folded, self.gap(at));
        let next_is = |set: &WordSet| at + 1 < end && set.contains(words[at + 1].folded);
        let strength = match () {
            () if BEING.contains(verb) && next_is(&ARTICLES) => 1.0,
            () if DEFINING.contains(verb) => 1.0,
            () if is_sign(gap) => WEAK,
            () if BEING.contains(verb) => STATEMENT,
            () => return 0.0,
        };
        // A name with other words is another name: "fork lifts" are no forks.
        if share >= 0.99 { strength } else { strength * share * WEAK }
    }

    /// Returns the text between a word and the word before it.
    fn gap(&self, at: usize) -> &str {
        let words = self.matches.words;
        let from = at.checked_sub(1).map_or(0, |before| words[before].range().end);
        // The n-grams of a script without spaces overlap.
        self.matches.passage.text.get(from..words[at].range().start).unwrap_or_default()
    }

    fn is_match(&self, at: usize) -> bool {
        !self.terms_at(at).is_empty()
    }

    /// Returns the terms whose match covers a word.
    fn terms_at(&self, at: usize) -> Vec<usize> {
        let near = at.saturating_sub(MAX_SUBJECT_WORDS)..at + 1;
        let found = self.matches.matches_in(&near).iter();
        found.filter(|found| found.words.contains(&at)).map(|found| found.term).collect()
    }

    /// Returns the share of the weight of all terms that some terms have.
    fn share_of(&self, terms: &HashSet<usize>) -> f32 {
        let weights = &self.matcher.term_weights;
        let all: f32 = weights.iter().sum();
        let own: f32 = terms.iter().filter_map(|term| weights.get(*term)).sum();
        if all > 0.0 { own / all } else { 0.0 }
    }
}

/// Returns whether the text between two words sets off a definition, as in "Ebb: the fall".
fn is_sign(gap: &str) -> bool {
    gap.contains([':', '–', '—', '：']) || gap.contains(" - ")
}

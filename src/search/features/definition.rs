//! Sentences that define the subject of a question, as in "A fork is a copy". Pure.

use std::collections::HashSet;
use std::ops::Range;

use super::positions::Positions;
use crate::index::definitions::{DETERMINERS, Defining, is_being};
use crate::index::word_set::WordSet;

/// Maximum length of the defined name with its brackets, in words.
const MAX_SUBJECT_WORDS: usize = 10;
/// Number of words that may precede the name with a comma, or be inserted after it.
const MAX_LEAD_WORDS: usize = 8;
/// Strength of a definition with a definite article or of a plural.
const LIKELY: f32 = 0.85;
/// Strength of a definition after a sign that does not always define, or of another name.
const WEAK: f32 = 0.6;
/// Share of the strength that a definition has after other words and a comma.
const AFTER_COMMA: f32 = 0.9;
/// Strength of a sentence that says something else about the name: "Tides are high."
const STATEMENT: f32 = 0.25;

/// Words within the defined name that are no terms of the question.
static LINKING: WordSet = WordSet::new("of the and in for to de la der des von und et y");

impl Positions<'_> {
    /// Computes how clearly a sentence defines what the terms name, from 0 to 1.
    pub fn definition(&self, sentence: &Range<usize>) -> f32 {
        let lead_end = sentence.end.min(sentence.start + MAX_LEAD_WORDS);
        let after_comma = (sentence.start + 1..lead_end).filter(|at| self.gap(*at).contains(','));
        let after_comma = after_comma.map(|at| AFTER_COMMA * self.definition_at(at, sentence.end));
        after_comma.fold(self.definition_at(sentence.start, sentence.end), f32::max)
    }

    /// Computes the strength of a definition whose name, with its article, begins at `start`.
    fn definition_at(&self, start: usize, end: usize) -> f32 {
        let words = self.matches.words;
        let mut from = start;
        while from < end && DETERMINERS.contains(words[from].folded) && !self.is_match(from) {
            from += 1;
        }
        let is_bare = from == start;
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
            // "Tides, in general, are": a comma ends the name.
            let is_linking = (at == from || !self.gap(at).contains(','))
                && (LINKING.contains(words[at].folded) || self.is_in_name(at));
            if in_word.is_empty() && !is_inside && !is_linking {
                break;
            }
            terms.extend(in_word);
            at += 1;
        }
        let share = self.share_of(&terms);
        if share <= 0.0 || at >= end {
            return 0.0;
        }
        let after = self.after_insertion(at, end);
        let (at, factor) = after.map_or((at, 1.0), |after| (after, AFTER_COMMA));
        let text = &self.matches.passage.text;
        let rest = words[at..end].iter().map(|word| (word.folded, &text[word.range()]));
        let strength = match Defining::of(is_bare, rest) {
            Some(Defining::Kind) => 1.0,
            Some(Defining::Definite | Defining::Plural) => LIKELY,
            None if is_sign(self.gap(at)) => WEAK,
            None if is_being(words[at].folded) => STATEMENT,
            None => return 0.0,
        };
        // A name with other words is another name: "fork lifts" are no forks.
        let strength = factor * strength;
        if share >= 0.99 { strength } else { strength * share * WEAK }
    }

    /// Returns the word after an insertion between commas that begins at the word `at`.
    fn after_insertion(&self, at: usize, end: usize) -> Option<usize> {
        if !self.gap(at).contains(',') {
            return None;
        }
        (at + 1..end.min(at + MAX_LEAD_WORDS)).find(|at| self.gap(*at).contains(','))
    }

    /// Returns the text between a word and the word before it.
    fn gap(&self, at: usize) -> &str {
        let words = self.matches.words;
        let from = at.checked_sub(1).map_or(0, |before| words[before].range().end);
        // The n-grams of a script without spaces overlap.
        self.matches.passage.text.get(from..words[at].range().start).unwrap_or_default()
    }

    /// Returns whether a word is part of the name that is asked for, as `T` in `Mutex<T>`.
    fn is_in_name(&self, at: usize) -> bool {
        let folded = self.matches.words[at].folded;
        self.matcher.is_in_asked_name(folded)
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

//! Features that depend on the positions of words: proximity, order, adjacency. Pure.

use std::ops::Range;
use std::sync::LazyLock;

use crate::index::analysis::WordId;
use crate::search::matcher::Matcher;
use crate::search::passage_matches::PassageMatches;
use crate::search::term_frequency::TermFrequencies;

/// Maximum distance of words whose proximity counts, in words.
const MAX_DISTANCE: usize = 50;
/// Length of the beginning of a sentence that counts as its subject, in words.
const SUBJECT_WORDS: usize = 6;
/// Distance at which a term near a word of the expected type counts half, in words.
const HALF_DISTANCE: f32 = 4.0;
/// Maximum gap between adjacent terms, in words.
const MAX_GAP: usize = 2;
/// Length of the beginning of a sentence where a pronoun refers to the sentence before, in words.
const ANAPHORA_WORDS: usize = 3;

/// Matches of a query in a passage. All methods take and return positions of words.
pub struct Positions<'a> {
    pub matcher: &'a Matcher<'a>,
    pub matches: &'a PassageMatches<'a>,
}

impl Positions<'_> {
    /// Returns whether a term matches as one word and, next to it, as several words.
    pub fn spells_out(&self, sentence: &Range<usize>) -> bool {
        self.matches.matches_in(sentence).windows(2).any(|pair| {
            let is_one_word = |which: usize| pair[which].words.len() == 1;
            pair[0].term == pair[1].term
                && is_one_word(0) != is_one_word(1)
                && pair[1].words.start <= pair[0].words.end + 1
        })
    }

    /// Returns whether a definition follows a term, as in "the Hazaras, a minority", "ISKP is the"
    /// and "WHO (".
    pub fn defines(&self, sentence: &Range<usize>) -> bool {
        static ARTICLES: LazyLock<[WordId; 4]> =
            LazyLock::new(|| ["a", "an", "the", "one"].map(WordId::of));
        static BEING: LazyLock<[WordId; 4]> =
            LazyLock::new(|| ["is", "are", "was", "were"].map(WordId::of));
        let words = self.matches.words;
        let is_any =
            |at: usize, of: &[WordId]| sentence.contains(&at) && of.contains(&words[at].folded);
        self.matches.matches_in(sentence).iter().any(|found| {
            let after = found.words.end;
            if !sentence.contains(&after) {
                return false;
            }
            // The n-grams of a script without spaces overlap.
            let gap = words[after - 1].range().end..words[after].range().start;
            let gap = self.matches.passage.text.get(gap).unwrap_or_default();
            gap.contains('(')
                || (gap.contains(',') && is_any(after, &*ARTICLES))
                || (is_any(after, &*BEING) && is_any(after + 1, &*ARTICLES))
        })
    }

    /// Computes the weight of the terms in the first words of a sentence.
    pub fn subject(&self, sentence: &Range<usize>) -> f32 {
        let first = sentence.start..sentence.end.min(sentence.start + SUBJECT_WORDS);
        let first = TermFrequencies::count(self.matcher, self.matches, &first);
        first.weighted_sum(&self.matcher.term_weights, |_, term| term.strength)
    }

    /// Returns whether a sentence is a question.
    pub fn asks(&self, sentence: &Range<usize>) -> bool {
        let words = self.matches.words;
        let end = words[sentence.clone()].last().map_or(0, |last| last.range().end);
        let rest = self.matches.passage.text.get(end..).unwrap_or_default();
        rest.trim_start_matches(['”', '"', '’', ')', '*', ' ']).starts_with(['?', '？', '؟'])
    }

    /// Returns the strength of a term's best match in the first words of a sentence.
    pub fn subject_strength(&self, sentence: &Range<usize>, term: usize) -> f32 {
        let first = sentence.start..sentence.end.min(sentence.start + SUBJECT_WORDS);
        let found = self.matches.matches_in(&first).iter().filter(|found| found.term == term);
        found.map(|found| found.strength).fold(0.0, f32::max)
    }

    /// Computes the weight of the terms that are adjacent in the question and in the passage.
    pub fn adjacent_pairs(&self) -> f32 {
        let weights = &self.matcher.term_weights;
        let mut seen = vec![false; weights.len()];
        let mut sum = 0.0;
        for pair in self.matches.matches.windows(2) {
            let (first, second) = (&pair[0], &pair[1]);
            let is_adjacent =
                second.term == first.term + 1 && second.words.start <= first.words.end + MAX_GAP;
            if is_adjacent && !std::mem::replace(&mut seen[first.term], true) {
                sum += weights[first.term].min(weights[second.term]);
            }
        }
        sum
    }

    /// Computes the weight of the heaviest subsequence of the question's terms in a sentence.
    pub fn in_order(&self, sentence: &Range<usize>) -> f32 {
        let mut best = vec![0.0_f32; self.matcher.term_weights.len()];
        for found in self.matches.matches_in(sentence) {
            let before = best[..found.term].iter().copied().fold(0.0, f32::max);
            let sum = before + self.matcher.term_weights[found.term] * found.strength;
            best[found.term] = best[found.term].max(sum);
        }
        best.into_iter().fold(0.0, f32::max)
    }

    /// Computes the weight of all pairs of terms in a sentence, each divided by its distance.
    pub fn proximity(&self, sentence: &Range<usize>) -> f32 {
        let (weights, found) = (&self.matcher.term_weights, self.matches.matches_in(sentence));
        let mut sum = 0.0;
        for (at, first) in found.iter().enumerate() {
            let end = first.words.end + MAX_DISTANCE;
            let seconds = found[at + 1..].iter().take_while(|second| second.words.start < end);
            for second in seconds.filter(|second| second.term != first.term) {
                let distance = second.words.start.saturating_sub(first.words.end) as f32 + 1.0;
                sum += weights[first.term].min(weights[second.term]) / distance;
            }
        }
        sum
    }

    /// Counts the bigrams of the question in a sentence, divided by the bigrams of the question.
    pub fn shared_bigrams(&self, sentence: &Range<usize>) -> f32 {
        let (words, in_question) = (&self.matches.words, &self.matches.in_question);
        let seconds =
            (sentence.start + 1..sentence.end).filter(|at| in_question[at - 1] && in_question[*at]);
        let shared =
            seconds.filter(|at| self.matcher.is_bigram(words[at - 1].folded, words[*at].folded));
        let all = self.matcher.query.words.len().saturating_sub(1).max(1);
        shared.count() as f32 / all as f32
    }

    /// Computes the share of the question's minor words that a sentence has.
    pub fn minor_word_share(&self, sentence: &Range<usize>) -> f32 {
        let all = &self.matches.minor_words;
        let at = |word: usize| all.partition_point(|(position, _)| *position < word);
        let found = &all[at(sentence.start)..at(sentence.end)];
        let has = |minor_word: usize| found.iter().any(|(_, which)| *which == minor_word);
        let count = self.matcher.query.minor_stems.len();
        (0..count).filter(|minor_word| has(*minor_word)).count() as f32 / count.max(1) as f32
    }

    /// Counts the words of a sentence that are not in the question.
    pub fn new_word_count(&self, sentence: &Range<usize>) -> usize {
        let in_question = &self.matches.in_question[sentence.clone()];
        in_question.iter().filter(|is_in_question| !**is_in_question).count()
    }

    /// Returns the words of a sentence that are of the expected answer type.
    pub fn expected_words(&self, sentence: &Range<usize>) -> Vec<usize> {
        let is_in_question = |word: WordId| self.matcher.is_in_question(word);
        let (text, words) = (&self.matches.passage.text, self.matches.words);
        let answer_type = self.matcher.query.answer_type;
        answer_type.matching_words(text, words, sentence.clone(), is_in_question)
    }

    /// Computes the weight of the terms around an expected word, for the one with the highest.
    pub fn near_expected(&self, sentence: &Range<usize>, expected: &[usize]) -> f32 {
        let around = |at: &usize| {
            let mut strengths = vec![0.0_f32; self.matcher.term_weights.len()];
            let nearby = sentence.start.max(at.saturating_sub(MAX_DISTANCE))
                ..sentence.end.min(at + MAX_DISTANCE);
            for found in self.matches.matches_in(&nearby) {
                let distance = at.abs_diff(found.words.start) as f32;
                let strength = found.strength / (1.0 + distance / HALF_DISTANCE);
                strengths[found.term] = strengths[found.term].max(strength);
            }
            weighted_sum(&self.matcher.term_weights, &strengths)
        };
        expected.iter().map(around).fold(0.0, f32::max)
    }

    /// Returns whether a sentence begins with an anaphora: a pronoun for something named before.
    pub fn begins_with_anaphora(&self, sentence: &Range<usize>) -> bool {
        static PRONOUNS: LazyLock<[WordId; 17]> = LazyLock::new(|| {
            [
                "he", "she", "it", "they", "this", "these", "those", "that", "his", "her", "its",
                "their", "such", "both", "there", "here", "another",
            ]
            .map(WordId::of)
        });
        let mut beginning = self.matches.words[sentence.clone()].iter().take(ANAPHORA_WORDS);
        beginning.any(|word| PRONOUNS.contains(&word.folded))
    }
}

/// Sums the weights of the terms, each multiplied by the strength of its match.
pub fn weighted_sum(term_weights: &[f32], strengths: &[f32]) -> f32 {
    term_weights.iter().zip(strengths).map(|(weight, strength)| weight * strength).sum()
}

//! A passage laid out against a query: which of its words match which term, sentence by sentence.
//!
//! Pure. Positions are indices of words.

use std::ops::Range;
use std::sync::Arc;

use super::matcher::{Match, Matcher};
use crate::corpus::article::Passage;
use crate::index::StoredPassage;
use crate::index::analysis::{AnalysedWord, WordId};

/// A passage laid out for scoring.
pub struct PassageMatches<'a> {
    pub passage: &'a Arc<Passage>,
    pub words: &'a [AnalysedWord],
    /// For each word: whether the question has it, too.
    pub asked: Vec<bool>,
    /// Ascending by word.
    pub matches: Vec<Match>,
    /// The words of each sentence, by position.
    pub sentences: Vec<Range<usize>>,
    /// For each term, from 0 to 1: how well the passage has it, and the headings over it, and the
    /// title of its article.
    pub has: Vec<f32>,
    /// For each term: 1 if the passage has it as it is written in the question.
    pub exact: Vec<f32>,
    pub in_heading: Vec<f32>,
    pub in_title: Vec<f32>,
    /// Where the lesser words of the question stand: the position, and which of them it is.
    pub minor: Vec<(usize, usize)>,
}

impl<'a> PassageMatches<'a> {
    pub fn new(matcher: &Matcher<'_>, stored: &'a StoredPassage) -> PassageMatches<'a> {
        let words = &stored.analysis.words;
        let at_byte = |byte: usize| words.partition_point(|word| word.range().start < byte);
        let sentences = stored.passage.sentences.iter();
        let matches = matcher.matches(words.iter().map(|word| word.stem));
        let best = |matches: &[Match]| {
            let mut has = vec![0.0_f32; matcher.query.terms.len()];
            for found in matches {
                has[found.term] = has[found.term].max(found.weight);
            }
            has
        };
        let asked: Vec<_> = words.iter().map(|word| matcher.is_asked(word.folded)).collect();
        let mut exact = vec![0.0; matcher.query.terms.len()];
        for found in matches.iter().filter(|found| asked[found.words.start]) {
            exact[found.term] = 1.0;
        }
        let in_stems = |stems: &[WordId]| best(&matcher.matches(stems.iter().copied()));
        let minor =
            words.iter().enumerate().filter_map(|(at, word)| Some((at, matcher.minor(word.stem)?)));
        PassageMatches {
            passage: &stored.passage,
            asked,
            exact,
            sentences: sentences.map(|bytes| at_byte(bytes.start)..at_byte(bytes.end)).collect(),
            has: best(&matches),
            in_heading: in_stems(&stored.analysis.headings),
            in_title: in_stems(&stored.analysis.title),
            matches,
            minor: minor.collect(),
            words,
        }
    }

    /// For each term: how well the passage with its headings has it, from 0 to 1.
    pub fn with_headings(&self) -> Vec<f32> {
        self.has.iter().zip(&self.in_heading).map(|(has, heading)| has.max(*heading)).collect()
    }

    /// The bytes of a match.
    pub fn bytes(&self, found: &Match) -> Range<usize> {
        let last = found.words.end - 1;
        self.words[found.words.start].range().start..self.words[last].range().end
    }

    /// The matches that begin in a range of words.
    pub fn matches_in(&self, words: &Range<usize>) -> &[Match] {
        let at = |word: usize| self.matches.partition_point(|found| found.words.start < word);
        &self.matches[at(words.start)..at(words.end)]
    }
}

//! Matches of a query in one passage, word by word and sentence by sentence. Pure.
//!
//! Positions are indices of words unless a name says bytes.

use std::ops::Range;
use std::sync::Arc;

use super::matcher::{Match, Matcher};
use crate::corpus::article::Passage;
use crate::index::StoredPassage;
use crate::index::analysis::{AnalysedWord, WordId};

/// A passage with its matches.
///
/// `in_passage`, `in_heading` and `in_title` hold, for each term, the strength of its best match
/// there, from 0 to 1.
pub struct PassageMatches<'a> {
    pub passage: &'a Arc<Passage>,
    pub words: &'a [AnalysedWord],
    /// For each word, whether it is in the question.
    pub in_question: Vec<bool>,
    /// Matches by ascending first word.
    pub matches: Vec<Match>,
    /// Words of each sentence.
    pub sentences: Vec<Range<usize>>,
    pub in_passage: Vec<f32>,
    /// For each term, 1 if the passage has the word as it is written in the question, else 0.
    pub exact: Vec<f32>,
    /// Strengths in the headings of the passage's section.
    pub in_heading: Vec<f32>,
    /// Strengths in the title of the passage's article.
    pub in_title: Vec<f32>,
    /// Stems of the innermost heading, of the title and of the file name.
    pub own_heading: &'a [WordId],
    pub title: &'a [WordId],
    pub file_name: &'a [WordId],
    /// Position of the passage in its article.
    pub position: u32,
    /// Occurrences of minor words: the word in the passage and the position of the minor word.
    pub minor_words: Vec<(usize, usize)>,
}

impl<'a> PassageMatches<'a> {
    /// Matches a stored passage against a query.
    pub fn new(matcher: &Matcher<'_>, stored: &'a StoredPassage) -> PassageMatches<'a> {
        let words = &stored.analysis.words;
        let word_at = |byte: usize| words.partition_point(|word| word.range().start < byte);
        let sentences = stored.passage.sentences.iter();
        let matches = matcher.matches(words.iter().map(|word| word.stem));
        let best_strengths = |matches: &[Match]| {
            let mut best = vec![0.0_f32; matcher.query.terms.len()];
            for found in matches {
                best[found.term] = best[found.term].max(found.strength);
            }
            best
        };
        let in_question: Vec<_> =
            words.iter().map(|word| matcher.is_in_question(word.folded)).collect();
        let mut exact = vec![0.0; matcher.query.terms.len()];
        for found in matches.iter().filter(|found| in_question[found.words.start]) {
            exact[found.term] = 1.0;
        }
        let in_stems = |stems: &[WordId]| best_strengths(&matcher.matches(stems.iter().copied()));
        let minor_words = words
            .iter()
            .enumerate()
            .filter_map(|(at, word)| Some((at, matcher.minor_word(word.stem)?)));
        PassageMatches {
            passage: &stored.passage,
            in_question,
            exact,
            sentences: sentences.map(|bytes| word_at(bytes.start)..word_at(bytes.end)).collect(),
            in_passage: best_strengths(&matches),
            in_heading: in_stems(&stored.analysis.headings),
            in_title: in_stems(&stored.analysis.title),
            matches,
            own_heading: stored.analysis.own_heading(),
            title: &stored.analysis.title,
            file_name: &stored.analysis.place.file_name,
            position: stored.analysis.place.position,
            minor_words: minor_words.collect(),
            words,
        }
    }

    /// Returns, for each term, the strength of its best match in the passage, its headings or the
    /// title of its article.
    pub fn in_passage_or_above(&self) -> Vec<f32> {
        let above = self.in_heading.iter().zip(&self.in_title);
        let above = above.map(|(in_heading, in_title)| in_heading.max(*in_title));
        self.in_passage.iter().zip(above).map(|(own, above)| own.max(above)).collect()
    }

    /// Returns the byte range of a match in the passage's text.
    pub fn byte_range(&self, found: &Match) -> Range<usize> {
        let last = found.words.end - 1;
        self.words[found.words.start].range().start..self.words[last].range().end
    }

    /// Returns the matches whose first word is in `words`.
    pub fn matches_in(&self, words: &Range<usize>) -> &[Match] {
        let at = |word: usize| self.matches.partition_point(|found| found.words.start < word);
        &self.matches[at(words.start)..at(words.end)]
    }
}

//! A passage laid out against a query: which of its words match which term, sentence by sentence.
//!
//! Pure. Positions are indices of words; bytes are those of the passage's text.

use std::collections::HashMap;
use std::ops::Range;

use super::kin::Kin;
use super::query::{Form, Query};
use crate::corpus::article::Passage;
use crate::index::analyzer::{self, Language, Word};

/// A match of a term in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// A position in the query's terms.
    pub term: usize,
    /// The position of the first and one past the last word that matched.
    pub words: Range<usize>,
    pub bytes: Range<usize>,
    /// 1 for the word itself, less for another name, a corrected spelling or a relative.
    pub weight: f32,
    /// Whether it is written like the word of the question, not only stemmed alike.
    pub is_same: bool,
}

/// A passage laid out for scoring.
#[derive(Debug)]
pub struct Layout<'a> {
    pub text: &'a str,
    pub words: Vec<Word>,
    /// Ascending by word.
    pub matches: Vec<Match>,
    /// The words of each sentence, by position.
    pub sentences: Vec<Range<usize>>,
    /// For each term: how well the headings over the passage have it, from 0 to 1.
    pub in_heading: Vec<f32>,
    /// The stemmed words around the question's terms that stand in the passage, by position.
    pub minor: Vec<(usize, usize)>,
}

impl<'a> Layout<'a> {
    pub fn new(query: &Query, passage: &'a Passage, headings: &str, language: &Language) -> Self {
        let words = analyzer::words(&passage.text);
        let stems = stems(&words, language);
        let sentences = passage.sentences.iter().map(|bytes| {
            words.partition_point(|word| word.range.start < bytes.start)
                ..words.partition_point(|word| word.range.start < bytes.end)
        });
        let heading_words = analyzer::words(headings);
        let mut in_heading = vec![0.0_f32; query.terms.len()];
        for found in matches(query, &heading_words, &self::stems(&heading_words, language)) {
            in_heading[found.term] = in_heading[found.term].max(found.weight);
        }
        let minor = stems.iter().enumerate().filter_map(|(at, stem)| {
            Some((at, query.minor.iter().position(|minor| minor == stem)?))
        });
        Layout {
            text: &passage.text,
            sentences: sentences.collect(),
            matches: matches(query, &words, &stems),
            in_heading,
            minor: minor.collect(),
            words,
        }
    }

    /// Whether the passage has every phrase of the question, word for word.
    pub fn has_phrases(&self, query: &Query) -> bool {
        query.phrases.iter().all(|phrase| {
            let mut windows = self.words.windows(phrase.len());
            windows.any(|window| window.iter().map(|word| &word.folded).eq(phrase))
        })
    }

    /// The matches that lie in a range of words.
    pub fn matches_in(&self, words: &Range<usize>) -> impl Iterator<Item = &Match> {
        let words = words.clone();
        self.matches
            .iter()
            .filter(move |found| words.start <= found.words.start && found.words.end <= words.end)
    }
}

fn stems(words: &[Word], language: &Language) -> Vec<String> {
    let stemmer = language.stemmer();
    words.iter().map(|word| analyzer::stem(stemmer.as_ref(), &word.folded)).collect()
}

/// Where the words of a text match the terms, ascending.
fn matches(query: &Query, words: &[Word], stems: &[String]) -> Vec<Match> {
    let mut by_first: HashMap<&str, Vec<(usize, &Form)>> = HashMap::new();
    for (term, form) in query
        .terms
        .iter()
        .enumerate()
        .flat_map(|(at, term)| term.forms.iter().map(move |form| (at, form)))
    {
        if let Some(first) = form.stems.first() {
            by_first.entry(first).or_default().push((term, form));
        }
    }
    let kin = Kin::of(query);
    let mut matches = Vec::new();
    for at in 0..stems.len() {
        let before = matches.len();
        for (term, form) in by_first.get(stems[at].as_str()).into_iter().flatten() {
            let end = at + form.stems.len();
            if stems.get(at..end).is_some_and(|here| here == form.stems) {
                matches.push(Match {
                    term: *term,
                    words: at..end,
                    bytes: words[at].range.start..words[end - 1].range.end,
                    weight: form.weight,
                    is_same: query.terms[*term].folded == words[at].folded,
                });
            }
        }
        if matches.len() == before {
            for (term, weight) in kin.of_word(&words[at].folded) {
                let bytes = words[at].range.clone();
                matches.push(Match { term, words: at..at + 1, bytes, weight, is_same: false });
            }
        }
    }
    matches
}

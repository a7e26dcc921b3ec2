//! A query compiled for matching many passages. Pure.

use std::cmp::Ordering;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::query::Query;
use crate::index::analysis::{AnalysedWord, WordId};
use crate::index::analyzer::WordStemmer;

/// A query with its words as ids.
pub struct Matcher<'a> {
    pub query: &'a Query,
    /// Weight of each term, divided by the root of their sum. The weights of a longer question sum
    /// to more, but not in proportion to its length.
    pub term_weights: Vec<f32>,
    /// Forms by their first stem: related forms last, otherwise by descending weight.
    forms: FxHashMap<WordId, Vec<FormPattern>>,
    /// Positions of the minor words by their stems.
    minor_words: FxHashMap<WordId, usize>,
    question_words: FxHashSet<WordId>,
    /// For each word of the question, its stems in the searched languages.
    word_stems: Vec<Vec<WordId>>,
    /// Stems of all words of the question, function words included, and of the terms' forms.
    question_stems: FxHashSet<WordId>,
    /// Words of the name that a definition is asked for.
    asked_name: FxHashSet<WordId>,
    bigrams: FxHashSet<(WordId, WordId)>,
    phrases: Vec<Vec<WordId>>,
}

/// A form of a term without its first stem.
struct FormPattern {
    term: usize,
    /// Stems that must follow the first one.
    rest: Vec<WordId>,
    weight: f32,
    is_related: bool,
}

/// A match of a term in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Position of the term in the query.
    pub term: usize,
    /// Positions of the matching words.
    pub words: Range<usize>,
    /// Match strength: 1 for the word itself, less for an alias, a completion or a related word.
    pub strength: f32,
}

/// Typical sum of the term weights of a question. With this sum, the divided weights sum to 1.
pub const REFERENCE_WEIGHT: f32 = 3.0;

impl<'a> Matcher<'a> {
    /// Compiles a query; `term_weights` has a weight from 0 to 1 for each term.
    pub fn new(query: &'a Query, term_weights: &[f32]) -> Matcher<'a> {
        let sum: f32 = term_weights.iter().sum();
        let root = (REFERENCE_WEIGHT * sum).max(f32::MIN_POSITIVE).sqrt();
        let id = |word: &String| WordId::of(word);
        let words: Vec<_> = query.words.iter().map(id).collect();
        let minor_stems = query.minor_stems.iter().enumerate();
        let term_words = query.terms.iter().map(|term| WordId::of(&term.folded));
        Matcher {
            query,
            term_weights: term_weights.iter().map(|weight| weight / root).collect(),
            forms: form_patterns(query),
            minor_words: minor_stems.map(|(at, stem)| (WordId::of(stem), at)).collect(),
            asked_name: query.asked_name.iter().map(id).collect(),
            bigrams: words.windows(2).map(|pair| (pair[0], pair[1])).collect(),
            question_stems: question_stems(query),
            word_stems: word_stems(query),
            question_words: words.into_iter().chain(term_words).collect(),
            phrases: query.phrases.iter().map(|words| words.iter().map(id).collect()).collect(),
        }
    }

    /// Returns whether a folded word is in the question or in a question that it follows up.
    pub fn is_in_question(&self, folded: WordId) -> bool {
        self.question_words.contains(&folded)
    }

    /// Returns whether a stem is that of a word of the question or of a form of a term.
    pub fn has_question_stem(&self, stem: WordId) -> bool {
        self.question_stems.contains(&stem)
    }

    /// Returns whether every word of the question has its stem in `name`.
    pub fn all_words_in(&self, name: &[WordId]) -> bool {
        let has = |stems: &Vec<WordId>| stems.iter().any(|stem| name.contains(stem));
        !self.word_stems.is_empty() && self.word_stems.iter().all(has)
    }

    /// Returns whether a folded word is in the name that a definition is asked for.
    pub fn is_in_asked_name(&self, folded: WordId) -> bool {
        self.asked_name.contains(&folded)
    }

    /// Returns whether two folded words are adjacent in the question, in this order.
    pub fn is_bigram(&self, first: WordId, second: WordId) -> bool {
        self.bigrams.contains(&(first, second))
    }

    /// Returns the position of the minor word with this stem.
    pub fn minor_word(&self, stem: WordId) -> Option<usize> {
        self.minor_words.get(&stem).copied()
    }

    /// Returns whether a text has every quoted phrase of the question.
    pub fn has_all_phrases(&self, words: &[AnalysedWord]) -> bool {
        self.phrases.iter().all(|phrase| contains_phrase(words, phrase))
    }

    /// Returns whether a text has at least one quoted phrase of the question.
    pub fn has_any_phrase(&self, words: &[AnalysedWord]) -> bool {
        self.phrases.iter().any(|phrase| contains_phrase(words, phrase))
    }

    /// Returns the matches of the terms in a text of these stems, by ascending first word.
    ///
    /// A related form matches only where no other form does.
    pub fn matches(&self, stems: impl Iterator<Item = WordId> + Clone) -> Vec<Match> {
        let mut matches: Vec<Match> = Vec::new();
        let mut following = stems.clone();
        for (at, stem) in stems.enumerate() {
            following.next();
            let before = matches.len();
            for form in self.forms.get(&stem).into_iter().flatten() {
                let mut next = following.clone();
                let is_complete = form.rest.iter().all(|stem| next.next() == Some(*stem));
                let is_new = !matches[before..].iter().any(|found| found.term == form.term);
                if is_complete
                    && (is_new || !form.rest.is_empty())
                    && !(form.is_related && matches.len() > before)
                {
                    let words = at..at + 1 + form.rest.len();
                    matches.push(Match { term: form.term, words, strength: form.weight });
                }
            }
        }
        matches
    }
}

/// Returns the stems of each word of the question in the searched languages.
fn word_stems(query: &Query) -> Vec<Vec<WordId>> {
    let stemmers: Vec<_> = query.languages.searched.iter().map(WordStemmer::new).collect();
    let of_word =
        |word: &String| stemmers.iter().map(|stemmer| WordId::of(&stemmer.stem(word))).collect();
    query.words.iter().map(of_word).collect()
}

/// Returns the stems of all words of the question and of all forms.
fn question_stems(query: &Query) -> FxHashSet<WordId> {
    let of_words = word_stems(query).into_iter().flatten();
    let forms = query.terms.iter().flat_map(|term| &term.forms);
    let of_forms = forms.filter(|form| !form.is_related).flat_map(|form| &form.stems);
    of_words.chain(of_forms.map(|stem| WordId::of(stem))).collect()
}

/// Groups the forms of all terms by their first stem.
fn form_patterns(query: &Query) -> FxHashMap<WordId, Vec<FormPattern>> {
    let mut forms: FxHashMap<WordId, Vec<FormPattern>> = FxHashMap::default();
    for (position, term) in query.terms.iter().enumerate() {
        for form in &term.forms {
            let mut stems = form.stems.iter().map(|stem| WordId::of(stem));
            let Some(first) = stems.next() else { continue };
            forms.entry(first).or_default().push(FormPattern {
                term: position,
                rest: stems.collect(),
                weight: form.weight,
                is_related: form.is_related,
            });
        }
    }
    for patterns in forms.values_mut() {
        patterns.sort_by(|a, b| {
            (a.is_related, b.weight)
                .partial_cmp(&(b.is_related, a.weight))
                .unwrap_or(Ordering::Equal)
        });
    }
    forms
}

fn contains_phrase(words: &[AnalysedWord], phrase: &[WordId]) -> bool {
    let mut windows = words.windows(phrase.len());
    windows.any(|window| window.iter().map(|word| &word.folded).eq(phrase))
}

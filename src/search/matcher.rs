//! A query made ready to be laid over many passages. Pure.

use rustc_hash::{FxHashMap, FxHashSet};

use super::query::Query;
use crate::index::analysis::{AnalysedWord, WordId};

/// A query by the ids of its words.
pub struct Matcher<'a> {
    pub query: &'a Query,
    /// For each term: what it weighs among the features. The weights of a question are divided by
    /// the root of their sum: a longer question weighs more, but not as much as it is longer.
    pub weights: Vec<f32>,
    /// The forms that begin with a stem, the heaviest first.
    forms: FxHashMap<WordId, Vec<WantedForm>>,
    /// The lesser words of the question, by their position.
    minor: FxHashMap<WordId, usize>,
    asked: FxHashSet<WordId>,
    pairs: FxHashSet<(WordId, WordId)>,
    phrases: Vec<Vec<WordId>>,
}

/// One form of a term.
struct WantedForm {
    term: usize,
    /// The stems that must follow.
    rest: Vec<WordId>,
    weight: f32,
    is_relative: bool,
}

/// A match of a term among the words of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// A position in the query's terms.
    pub term: usize,
    /// The position of the first word that matched and one past the last.
    pub words: std::ops::Range<usize>,
    /// 1 for the word itself, less for another name, a corrected spelling or a relative.
    pub weight: f32,
}

/// What the terms of a question weigh together, usually: then they sum to 1.
pub const REFERENCE_WEIGHT: f32 = 3.0;

impl<'a> Matcher<'a> {
    /// `weights` has how telling each term is, from 0 to 1.
    pub fn new(query: &'a Query, weights: &[f32]) -> Matcher<'a> {
        let root = (REFERENCE_WEIGHT * weights.iter().sum::<f32>()).max(f32::MIN_POSITIVE).sqrt();
        let mut forms: FxHashMap<WordId, Vec<WantedForm>> = FxHashMap::default();
        for (term, known) in query.terms.iter().enumerate() {
            for form in &known.forms {
                let mut stems = form.stems.iter().map(|stem| WordId::of(stem));
                let Some(first) = stems.next() else { continue };
                let (rest, weight, is_relative) = (stems.collect(), form.weight, form.is_relative);
                forms.entry(first).or_default().push(WantedForm {
                    term,
                    rest,
                    weight,
                    is_relative,
                });
            }
        }
        for sharing in forms.values_mut() {
            sharing.sort_by(|a, b| {
                (a.is_relative, b.weight)
                    .partial_cmp(&(b.is_relative, a.weight))
                    .unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        let words: Vec<_> = query.words.iter().map(|word| WordId::of(word)).collect();
        let ids = |words: &Vec<String>| words.iter().map(|word| WordId::of(word)).collect();
        Matcher {
            query,
            weights: weights.iter().map(|weight| weight / root).collect(),
            forms,
            minor: query
                .minor
                .iter()
                .enumerate()
                .map(|(at, stem)| (WordId::of(stem), at))
                .collect(),
            pairs: words.windows(2).map(|pair| (pair[0], pair[1])).collect(),
            asked: words
                .into_iter()
                .chain(query.terms.iter().map(|term| WordId::of(&term.folded)))
                .collect(),
            phrases: query.phrases.iter().map(ids).collect(),
        }
    }

    /// Whether the question has this folded word, or takes it from the one before.
    pub fn is_asked(&self, folded: WordId) -> bool {
        self.asked.contains(&folded)
    }

    /// Whether the question has these two folded words next to each other.
    pub fn is_pair(&self, first: WordId, second: WordId) -> bool {
        self.pairs.contains(&(first, second))
    }

    /// Which of the question's lesser words has this stem.
    pub fn minor(&self, stem: WordId) -> Option<usize> {
        self.minor.get(&stem).copied()
    }

    /// Whether these words have every phrase of the question, word for word.
    pub fn has_phrases(&self, words: &[AnalysedWord]) -> bool {
        self.phrases.iter().all(|phrase| stands_in(phrase, words))
    }

    /// Whether they have any.
    pub fn has_phrase(&self, words: &[AnalysedWord]) -> bool {
        self.phrases.iter().any(|phrase| stands_in(phrase, words))
    }

    /// Where the stems of a text match the terms, ascending. Relatives count only where no other
    /// form matches.
    pub fn matches(&self, stems: impl Iterator<Item = WordId> + Clone) -> Vec<Match> {
        let mut matches: Vec<Match> = Vec::new();
        let mut ahead = stems.clone();
        for (at, stem) in stems.enumerate() {
            ahead.next();
            let before = matches.len();
            for form in self.forms.get(&stem).into_iter().flatten() {
                let mut next = ahead.clone();
                let goes_on = form.rest.iter().all(|stem| next.next() == Some(*stem));
                let is_new = !matches[before..].iter().any(|found| found.term == form.term);
                if goes_on
                    && (is_new || !form.rest.is_empty())
                    && !(form.is_relative && matches.len() > before)
                {
                    let words = at..at + 1 + form.rest.len();
                    matches.push(Match { term: form.term, words, weight: form.weight });
                }
            }
        }
        matches
    }
}

fn stands_in(phrase: &[WordId], words: &[AnalysedWord]) -> bool {
    let mut windows = words.windows(phrase.len());
    windows.any(|window| window.iter().map(|word| &word.folded).eq(phrase))
}

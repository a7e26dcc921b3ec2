//! Ranking features of sentences. Pure.
//!
//! Each sentence has lexical features of its own, lexical features of its passage, and similarity
//! features in semantic mode. The weight of a term is how much it says about what is asked, so that
//! values are comparable between questions. [`FEATURES`] describes all features.

mod definition;
mod list;
mod positions;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use list::{
    COUNT, FEATURES, Feature, Features, LEXICAL_COUNT, max_similarities, score, similarity, weights,
};

use super::answer_type::AnswerType;
use super::bm25::bm25;
use super::exactness::{exactness, is_same};
use super::matcher::Matcher;
use super::passage_matches::PassageMatches;
use super::similarity;
use super::term_frequency::TermFrequencies;
use crate::corpus::article::PassageKind;
use positions::{Positions, weighted_sum};

/// Properties of a passage that its own words do not determine.
pub struct ScoringContext<'a> {
    /// Average length of the passages of the corpus, in words.
    pub average_passage_words: f32,
    /// Strength of each term's best match in the article's title or candidates, from 0 to 1.
    pub in_article: &'a [f32],
    /// Similarity features of each sentence; `None` in lexical mode.
    pub similarities: Option<Vec<[f32; similarity::COUNT]>>,
}

/// Share of the summed term weights that counts as all of it.
const WHOLE: f32 = 0.99;
/// Minimum length of a passage that answers by its headings, in words. A shorter one is a caption.
const MIN_HEADED_WORDS: usize = 10;
/// Average length of a sentence, in words.
const AVERAGE_SENTENCE_WORDS: f32 = 25.0;
/// Minimum of the passage length feature, in words, so that a caption gains nothing by its brevity.
const MIN_PASSAGE_WORDS: usize = 25;
const SENTENCE_FEATURES: usize = 31;
const PASSAGE_FEATURES: usize = 16;

/// Computes the features of each sentence of a passage.
pub fn compute(
    matcher: &Matcher<'_>,
    matches: &PassageMatches<'_>,
    context: &ScoringContext<'_>,
) -> Vec<Features> {
    let sentences = Sentences::new(matcher, matches);
    let of_passage = passage_features(&sentences, context);
    let one = |at: usize| {
        let mut features = [0.0; COUNT];
        features[..SENTENCE_FEATURES].copy_from_slice(&sentence_features(&sentences, at));
        features[SENTENCE_FEATURES..LEXICAL_COUNT].copy_from_slice(&of_passage);
        if let Some(similarities) = &context.similarities {
            features[LEXICAL_COUNT..].copy_from_slice(&similarities[at]);
        }
        features
    };
    (0..matches.sentences.len()).map(one).collect()
}

/// Sentences of a passage with their term frequencies.
struct Sentences<'a> {
    positions: Positions<'a>,
    frequencies: Vec<TermFrequencies>,
    bm25: Vec<f32>,
    /// Highest BM25 of a sentence, above 0.
    best_bm25: f32,
}

impl<'a> Sentences<'a> {
    fn new(matcher: &'a Matcher<'a>, matches: &'a PassageMatches<'a>) -> Sentences<'a> {
        let sentences = matches.sentences.iter();
        let frequencies: Vec<_> =
            sentences.map(|words| TermFrequencies::count(matcher, matches, words)).collect();
        let weights = &matcher.term_weights;
        let bm25: Vec<_> =
            frequencies.iter().map(|own| bm25(weights, own, AVERAGE_SENTENCE_WORDS)).collect();
        let best_bm25 = bm25.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        Sentences { positions: Positions { matcher, matches }, frequencies, bm25, best_bm25 }
    }
}

/// Computes the features that all sentences of a passage share.
fn passage_features(
    sentences: &Sentences<'_>,
    context: &ScoringContext<'_>,
) -> [f32; PASSAGE_FEATURES] {
    let Positions { matcher, matches } = sentences.positions;
    let weights = &matcher.term_weights;
    let words = 0..matches.words.len();
    let passage = TermFrequencies::count(matcher, matches, &words);
    let is_name = |term: usize| f32::from(matcher.query.terms[term].is_name);
    let title_exact = exactness(matcher, matches.title).max(exactness(matcher, matches.file_name));
    let heading = weighted_sum(weights, &matches.in_heading);
    let in_title = weighted_sum(weights, &matches.in_title);
    // The title is the heading of what precedes the first heading.
    let (above, heading_exact) = match matches.own_heading.is_empty() {
        true => (in_title, title_exact),
        false => (heading, exactness(matcher, matches.own_heading)),
    };
    let is_headed = above > WHOLE * weights.iter().sum::<f32>() && words.len() >= MIN_HEADED_WORDS;
    let is_title = is_same(matcher, matches.title) || is_same(matcher, matches.file_name);
    let position = 1.0 + matches.position as f32;
    [
        passage.weighted_sum(weights, |_, term| term.strength),
        bm25(weights, &passage, context.average_passage_words),
        passage.weighted_sum(weights, |_, term| term.exact),
        passage.weighted_sum(weights, |position, term| is_name(position) * term.strength),
        sentences.best_bm25,
        sentences.positions.adjacent_pairs(),
        ln_1p(words.len().max(MIN_PASSAGE_WORDS)),
        heading,
        f32::from(is_headed),
        in_title,
        weighted_sum(weights, context.in_article),
        heading_exact,
        title_exact,
        f32::from(is_title) / position,
        title_exact / position,
        f32::from(matches.passage.is_boilerplate),
    ]
}

/// Computes the features of the sentence at a position of the passage.
fn sentence_features(sentences: &Sentences<'_>, at: usize) -> [f32; SENTENCE_FEATURES] {
    let Positions { matcher, matches } = sentences.positions;
    let (positions, weights) = (&sentences.positions, &matcher.term_weights);
    let words: &Range<usize> = &matches.sentences[at];
    let own = &sentences.frequencies[at];
    let before = at.checked_sub(1).map(|before| &sentences.frequencies[before]);
    let after = sentences.frequencies.get(at + 1);
    let together_with = |other: Option<&TermFrequencies>| {
        let in_other = |term: usize| other.map_or(0.0, |other| other.terms[term].strength);
        own.weighted_sum(weights, |position, term| term.strength.max(in_other(position)))
    };
    let is_code = matches.passage.kind_of(at) == PassageKind::Code;
    let antecedent = before.filter(|_| positions.begins_with_anaphora(words));
    let expected = positions.expected_words(words);
    let answer_type = matcher.query.answer_type;
    let has_expected = |of: AnswerType| f32::from(answer_type == of && !expected.is_empty());
    let is_focus = |term: usize| f32::from(matcher.query.focus == Some(term));
    let is_name = |term: usize| f32::from(matcher.query.terms[term].is_name);
    [
        own.weighted_sum(weights, |_, term| term.strength),
        sentences.bm25[at],
        own.weighted_sum(weights, |_, term| term.exact),
        own.weighted_sum(weights, |position, term| is_focus(position) * term.strength),
        positions.subject(words),
        together_with(before),
        together_with(after),
        antecedent.map_or(0.0, |before| before.weighted_sum(weights, |_, term| term.strength)),
        sentences.bm25[at] / sentences.best_bm25,
        positions.in_order(words),
        positions.proximity(words),
        positions.shared_bigrams(words),
        positions.minor_word_share(words),
        ln_1p(words.len()),
        ln_1p(positions.new_word_count(words)),
        ln_1p(at),
        has_expected(AnswerType::Time),
        has_expected(AnswerType::Person),
        has_expected(AnswerType::Amount),
        has_expected(AnswerType::Cause),
        ln_1p(expected.len()),
        positions.near_expected(words, &expected),
        f32::from(answer_type == AnswerType::Meaning && positions.spells_out(words)),
        f32::from(matcher.query.asks_what_is() && positions.defines(words)),
        f32::from(matcher.has_any_phrase(&matches.words[words.clone()])),
        own.weighted_sum(weights, |position, term| is_name(position) * term.strength),
        match matcher.query.asks_what_is() && !is_code {
            true => positions.definition(words),
            false => 0.0,
        },
        f32::from(is_code),
        own.weighted_sum(weights, |position, term| {
            (matches.in_heading[position] - term.strength).max(0.0)
        }),
        f32::from(positions.asks(words)),
        matcher.query.agent.map_or(0.0, |agent| positions.subject_strength(words, agent)),
    ]
}

fn ln_1p(count: usize) -> f32 {
    (1.0 + count as f32).ln()
}

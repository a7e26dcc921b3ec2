//! Whether the best hit answers the question, or only shares words with it. Pure.
//!
//! A logistic regression on what the hit has of the question, learned on 1,299 questions that eight
//! encyclopedia articles answer and as many that they do not. No figure of it is ever shown.

use crate::search::{Findings, Hit, KnownTerm};

/// What each feature, from 0 to about 1, speaks for an answer.
struct Weights {
    always: f32,
    /// The share of the question's weight (rare words weigh more) that the passage has.
    in_passage: f32,
    /// The same for the best sentence alone.
    in_sentence: f32,
    /// The share of the words, each counting the same, that the passage has.
    words: f32,
    /// How many words that are; four are plenty.
    count: f32,
    /// The score against the highest that such words could bring.
    score: f32,
    /// How rare the words are, on average: a question of words that are nowhere is off the topic.
    rarity: f32,
}

const WEIGHTS: Weights = Weights {
    always: -1.49,
    in_passage: 0.87,
    in_sentence: 2.59,
    words: 2.0,
    count: 3.01,
    score: 3.28,
    rarity: -5.03,
};
const PLENTY: f32 = 4.0;
const SCORE_UNIT: f32 = 3.0;
/// A match by kin alone does not count as the word.
const IS_WORD: f32 = 0.5;

/// Whether the best hit is worth showing.
pub fn is_answered(findings: &Findings) -> bool {
    let Some(hit) = findings.hits.first() else { return false };
    // Words taken from an earlier question count only where the question has none of its own.
    let has_own = findings.terms.iter().any(|term| term.weight >= 1.0);
    let counted: Vec<_> = (0..findings.terms.len())
        .filter(|position| !has_own || findings.terms[*position].weight >= 1.0)
        .collect();
    score(hit, &findings.terms, &counted, findings.highest_idf) >= 0.0
}

fn score(hit: &Hit, terms: &[KnownTerm], counted: &[usize], highest_idf: f32) -> f32 {
    let weight: f32 = counted.iter().map(|position| terms[*position].idf).sum();
    if weight <= 0.0 {
        return f32::MIN;
    }
    let count = counted.len() as f32;
    let in_passage: f32 =
        counted.iter().map(|position| terms[*position].idf * hit.has[*position]).sum();
    let sentence = &hit.passage.sentences[hit.best];
    let is_in_sentence = |position: usize| {
        hit.marks.iter().any(|(mark, term)| {
            *term == position && sentence.start <= mark.start && mark.end <= sentence.end
        })
    };
    let in_sentence: f32 = counted
        .iter()
        .filter(|position| is_in_sentence(**position))
        .map(|position| terms[*position].idf)
        .sum();
    let words = counted.iter().filter(|position| hit.has[**position] > IS_WORD).count() as f32;
    WEIGHTS.always
        + WEIGHTS.in_passage * in_passage / weight
        + WEIGHTS.in_sentence * in_sentence / weight
        + WEIGHTS.words * words / count
        + WEIGHTS.count * words.min(PLENTY) / PLENTY
        + WEIGHTS.score * hit.scores[hit.best] / weight / SCORE_UNIT
        + WEIGHTS.rarity * weight / count / highest_idf
}

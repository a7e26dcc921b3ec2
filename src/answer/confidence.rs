//! Whether the best hit answers the question, or only shares words with it. Pure.
//!
//! A passage that has every word of the question answers it. For the others there is a logistic
//! regression, learned on 1,299 questions that eight encyclopedia articles answer, one by one and
//! all in one corpus, and as many that they do not. No figure of it is ever shown.

use crate::search::features::{PASSAGE_ALIKE, score};
use crate::search::{Findings, Hit, KnownTerm};

/// What each feature, from 0 to about 1, speaks for an answer.
struct Weights {
    always: f32,
    /// How many words of the question the passage has; four are plenty.
    count: f32,
    /// The score of the best sentence.
    score: f32,
    /// The share of the question's weight that the passage has, or words alike.
    alike: f32,
    /// How rare the words are, on average: a question of words that are nowhere is off the topic.
    rarity: f32,
    /// The share of the question's weight that is in names and numbers which the passage lacks.
    strangers: f32,
    /// How large the corpus is, as the rarity of a word that no passage has: among more passages
    /// more of a strange question is found by chance.
    size: f32,
}

/// `always` is set so that about 95 of 100 real questions are answered, or more.
const WEIGHTS: Weights = Weights {
    always: 2.36,
    count: 3.17,
    score: 3.84,
    alike: 2.90,
    rarity: -3.15,
    strangers: -4.33,
    size: -5.36,
};
const PLENTY: f32 = 4.0;
const SCORE_UNIT: f32 = 10.0;
const SIZE_UNIT: f32 = 8.0;
/// About 30 and 550 passages: what was learned on reaches no further.
const SMALL: f32 = 4.0;
const LARGE: f32 = 7.0;
/// A match by kin alone does not count as the word; one by another name or spelling does.
const IS_WORD: f32 = 0.5;
const IS_SURELY_WORD: f32 = 0.85;

/// Whether the best hit is worth showing.
pub fn is_answered(findings: &Findings) -> bool {
    match judge(findings) {
        Verdict::NoHit => false,
        Verdict::Complete => true,
        Verdict::Odds(odds) => odds >= 0.0,
    }
}

/// The verdict as a line for an engineer.
pub fn explain(findings: &Findings) -> String {
    match judge(findings) {
        Verdict::NoHit => "refused: no passage has a word of it\n".into(),
        Verdict::Complete => "answered: the best passage has every word\n".into(),
        Verdict::Odds(odds) if odds >= 0.0 => format!("answered: log-odds {odds:.2}\n"),
        Verdict::Odds(odds) => format!("refused: log-odds {odds:.2}\n"),
    }
}

enum Verdict {
    NoHit,
    /// The best passage has every word of the question.
    Complete,
    /// The logarithm of the odds that it answers.
    Odds(f32),
}

fn judge(findings: &Findings) -> Verdict {
    let Some(hit) = findings.hits.first() else { return Verdict::NoHit };
    // Words taken from an earlier question count only where the question has none of its own.
    let has_own = findings.terms.iter().any(|term| term.weight >= 1.0);
    let counted: Vec<_> = findings
        .terms
        .iter()
        .zip(&hit.has)
        .filter(|(term, _)| !has_own || term.weight >= 1.0)
        .collect();
    if counted.is_empty() {
        return Verdict::NoHit;
    }
    match counted.iter().all(|(_, has)| **has > IS_SURELY_WORD) {
        true => Verdict::Complete,
        false => Verdict::Odds(log_odds(hit, &counted, findings.highest_idf)),
    }
}

fn log_odds(hit: &Hit, counted: &[(&KnownTerm, &f32)], highest_idf: f32) -> f32 {
    let features = &hit.features[hit.best];
    let words = counted.iter().filter(|(_, has)| **has > IS_WORD).count() as f32;
    let total: f32 = counted.iter().map(|(term, _)| term.idf).sum();
    let strangers = counted.iter().filter(|(term, has)| term.is_name && **has <= IS_WORD);
    let strangers: f32 = strangers.map(|(term, _)| term.idf).sum();
    let rarity = total / counted.len() as f32;
    WEIGHTS.always
        + WEIGHTS.count * words.min(PLENTY) / PLENTY
        + WEIGHTS.score * score(features) / SCORE_UNIT
        + WEIGHTS.alike * features[PASSAGE_ALIKE]
        + WEIGHTS.rarity * rarity / highest_idf
        + WEIGHTS.strangers * strangers / total
        + WEIGHTS.size * highest_idf.clamp(SMALL, LARGE) / SIZE_UNIT
}

//! Confidence: whether the best hit answers the question or only shares words with it. Pure.
//!
//! A passage with every word of the question answers it. For all others, a logistic regression
//! decides, trained on answerable and unanswerable questions. A question in another language than
//! the articles has weights of its own, since it shares no words with them. The values are not
//! shown to readers.

use std::sync::LazyLock;

use crate::search::features;
use crate::search::ranking::passage_score;
use crate::search::similarity::SimilarityFeature;
use crate::search::{Hit, Mode, REFERENCE_WEIGHT, Ranking, TermStats, weights};

/// Number of confidence features.
pub const COUNT: usize = 17;
/// Values of the confidence features, from 0 to about 1, or their weights.
pub type ConfidenceFeatures = [f32; COUNT];

/// Name and description of each feature. The name is the key in `words.toml`, `meaning.toml` and
/// `foreign.toml`.
pub const FEATURES: [(&str, &str); COUNT] = [
    ("always", "1: the intercept"),
    ("score", "score of the best sentence"),
    ("covered", "share of the question's information content that the passage has"),
    ("exact", "weight of the terms written as in the question"),
    ("rarity", "average IDF of the terms: words that no passage has are off the topic"),
    ("strangers", "share of the question's weight in unmatched names and numbers"),
    // In a larger corpus, more words of an unanswerable question match by chance.
    ("size", "size of the corpus: the IDF of a word that no passage has"),
    ("unlisted", "1 without word frequencies for the language: all words seem informative"),
    ("nearest", "highest similarity of any sentence and the question"),
    ("nearest_passage", "highest similarity of any passage and the question"),
    // In a larger corpus, a passage comes near to any question by chance.
    ("contrast", "nearest_passage, relative to the average passage of the corpus"),
    ("margin", "score of the best passage, relative to the next"),
    ("covering", "highest coverage of the question by the tokens of a sentence"),
    ("covering_passage", "highest coverage of the question by the tokens of a passage"),
    ("read", "1 if sentences were read together with the question"),
    ("reading", "highest score of the reader; 0 if no sentence was read"),
    // Words decide where the vectors of an unusual question resemble none.
    ("score_by_words", "score of the best sentence by lexical search; 0 if all scores are"),
];

/// Position of the intercept, which training balances.
pub const INTERCEPT: usize = 0;
/// Position of the size of the corpus, whose weight training balances.
pub const CORPUS_SIZE: usize = 6;

/// Weights of the features, for questions in a language of the articles and for other questions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceWeights {
    pub native: ConfidenceFeatures,
    pub foreign: ConfidenceFeatures,
}

/// Name of the file of the weights for questions in other languages.
pub const FOREIGN_FILE: &str = "foreign.toml";

/// Weights of the features, for each mode. The weights of lexical search are those of all
/// questions.
static WEIGHTS: LazyLock<[ConfidenceWeights; 2]> = LazyLock::new(|| {
    let read = |text| weights::of(text, &FEATURES.map(|(name, _)| name));
    let [words, meaning, foreign] = [
        read(include_str!("words.toml")),
        read(include_str!("meaning.toml")),
        read(include_str!("foreign.toml")),
    ];
    [
        ConfidenceWeights { native: words, foreign: words },
        ConfidenceWeights { native: meaning, foreign },
    ]
});

impl ConfidenceWeights {
    /// Returns the weights for the question of a ranking.
    fn of(&self, ranking: &Ranking) -> &ConfidenceFeatures {
        if ranking.is_foreign { &self.foreign } else { &self.native }
    }
}

/// Divisor of the features of scores.
const SCORE_UNIT: f32 = 10.0;
/// Divisor of the size feature.
const SIZE_UNIT: f32 = 8.0;
/// Minimum of the size feature before the division: the IDF in a corpus of about 30 passages, the
/// smallest of the training data.
const MIN_SIZE: f32 = 4.0;
/// Maximum of the size feature before the division: the IDF in a corpus of about 550 passages, the
/// largest of the training data.
const MAX_SIZE: f32 = 7.0;
/// Information content up to which a word says nothing about the topic.
const TOPICAL_INFORMATION: f32 = 0.25;
/// Minimum topicality of a word.
const MIN_TOPICALITY: f32 = 0.02;
/// Minimum strength of a match that counts as the word: an alias or a correction has it, a related
/// word has not.
pub const MIN_WORD_STRENGTH: f32 = 0.5;
/// Minimum strength of a match that covers the word.
const MIN_COVERING_STRENGTH: f32 = 0.85;

/// Coverage of the question by the best hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Coverage {
    NoHit,
    /// The hit has every word of the question.
    Complete,
    /// The hit lacks a word, so that the regression decides by these features.
    Partial(ConfidenceFeatures),
}

/// Returns the weights of the features in a mode.
pub fn weights(mode: Mode) -> &'static ConfidenceWeights {
    &WEIGHTS[mode as usize]
}

/// Returns whether the best hit answers the question.
pub fn is_answered(weights: &ConfidenceWeights, ranking: &Ranking) -> bool {
    match coverage(ranking) {
        Coverage::NoHit => false,
        Coverage::Complete => true,
        Coverage::Partial(features) => log_odds(weights.of(ranking), &features) >= 0.0,
    }
}

/// Computes the log-odds that a hit with these features answers.
pub fn log_odds(weights: &ConfidenceFeatures, features: &ConfidenceFeatures) -> f32 {
    weights.iter().zip(features).map(|(weight, value)| weight * value).sum()
}

/// Explains the decision as a line for engineers.
pub fn explain(ranking: &Ranking) -> String {
    match coverage(ranking) {
        Coverage::NoHit => "refused: no passage fits\n".into(),
        Coverage::Complete => "answered: the best passage has every word\n".into(),
        Coverage::Partial(features) => {
            let weights = weights(ranking.mode).of(ranking);
            let log_odds = log_odds(weights, &features);
            let decision = if log_odds >= 0.0 { "answered" } else { "refused" };
            let parts = FEATURES.iter().zip(features).zip(weights);
            let parts: String = parts
                .map(|(((name, _), value), weight)| format!(" {name} {:.2}", value * weight))
                .collect();
            format!("{decision}: log-odds {log_odds:.2} ={parts}\n")
        }
    }
}

/// Determines how far the best hit covers the question.
pub fn coverage(ranking: &Ranking) -> Coverage {
    let Some(hit) = ranking.hits.first() else { return Coverage::NoHit };
    // Words of an earlier question count only if the question has none of its own.
    let has_own = ranking.terms.iter().any(|term| term.turn_weight >= 1.0);
    let counted: Vec<_> = ranking
        .terms
        .iter()
        .zip(hit.match_strengths.iter().zip(&hit.exact_matches))
        .filter(|(term, _)| !has_own || term.turn_weight >= 1.0)
        .map(|(term, (strength, exact))| CountedTerm {
            term,
            strength: *strength,
            is_exact: *exact > 0.0,
        })
        .collect();
    if counted.is_empty() {
        return Coverage::NoHit;
    }
    match counted.iter().all(|word| word.strength > MIN_COVERING_STRENGTH) {
        true => Coverage::Complete,
        false => Coverage::Partial(features(ranking, hit, &counted)),
    }
}

/// A term of the question and its match in the best hit.
struct CountedTerm<'a> {
    term: &'a TermStats,
    /// Match strength, from 0 to 1.
    strength: f32,
    is_exact: bool,
}

impl CountedTerm<'_> {
    fn weight(&self) -> f32 {
        self.term.term_weight()
    }

    /// Returns how much the word says about the topic.
    fn topicality(&self) -> f32 {
        (self.term.information_content - TOPICAL_INFORMATION).max(MIN_TOPICALITY)
    }

    fn is_unmatched_name(&self) -> bool {
        self.term.is_name && self.strength <= MIN_WORD_STRENGTH
    }
}

/// Computes the features of the best hit.
fn features(ranking: &Ranking, hit: &Hit, counted: &[CountedTerm<'_>]) -> ConfidenceFeatures {
    let weight_of = |is_selected: fn(&CountedTerm<'_>) -> bool| -> f32 {
        counted.iter().filter(|word| is_selected(word)).map(CountedTerm::weight).sum()
    };
    let topicality: f32 = counted.iter().map(CountedTerm::topicality).sum();
    let covered =
        counted.iter().map(|word| word.topicality() * word.strength).sum::<f32>() / topicality;
    let all = weight_of(|_| true);
    let reading = ranking.highest_reading();
    let nearest = |feature: SimilarityFeature| ranking.max_similarities[feature as usize];
    [
        1.0,
        hit.scores[hit.best_sentence] / SCORE_UNIT,
        covered,
        weight_of(|word| word.is_exact) / (REFERENCE_WEIGHT * all).sqrt(),
        counted.iter().map(|word| word.term.idf).sum::<f32>() / counted.len() as f32,
        weight_of(|word| word.is_unmatched_name()) / all,
        ranking.max_idf.clamp(MIN_SIZE, MAX_SIZE) / SIZE_UNIT,
        f32::from(!ranking.has_word_frequencies),
        nearest(SimilarityFeature::Sentence),
        nearest(SimilarityFeature::Passage),
        nearest(SimilarityFeature::Passage) - ranking.average_similarity,
        margin(ranking) / SCORE_UNIT,
        nearest(SimilarityFeature::SentenceCoverage),
        nearest(SimilarityFeature::PassageCoverage),
        f32::from(reading.is_some()),
        reading.unwrap_or_default() / SCORE_UNIT,
        match ranking.mode {
            Mode::Lexical => 0.0,
            Mode::Semantic => {
                let lexical = features::weights(Mode::Lexical);
                features::score(lexical, &hit.features[hit.best_sentence]) / SCORE_UNIT
            }
        },
    ]
}

/// Returns the difference between the scores of the best passage and the next; 0 if there is one.
fn margin(ranking: &Ranking) -> f32 {
    match &ranking.hits[..] {
        [best, next, ..] => passage_score(&best.scores) - passage_score(&next.scores),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_feature_positions_match_their_names() {
        let names = [INTERCEPT, CORPUS_SIZE].map(|position| FEATURES[position].0);
        assert_eq!(names, ["always", "size"]);
    }
}

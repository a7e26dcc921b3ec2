//! Whether the best hit answers the question, or only shares words with it. Pure.
//!
//! A passage that has every word of the question answers it. For the others there is a logistic
//! regression over a few signs, learned on questions that articles answer and on others that they
//! do not. No figure of it is ever shown to a reader.

use std::sync::LazyLock;

use crate::search::max_sim::MaxSimFeature;
use crate::search::{Hit, Mode, REFERENCE_WEIGHT, Ranking, TermStats, weights};

/// How many signs there are.
pub const COUNT: usize = 13;
/// A figure for each of [`SIGNS`], from 0 to about 1; or what each weighs.
pub type ConfidenceFeatures = [f32; COUNT];

/// What may speak for an answer, by name and meaning.
pub const FEATURES: [(&str, &str); COUNT] = [
    ("always", "1"),
    ("score", "the score of the best sentence"),
    ("covered", "the share that the passage has of the question's telling words"),
    ("exact", "weight of the words that the passage has as they are written in the question"),
    ("rarity", "how rare the words are in the corpus: words that are nowhere are off the topic"),
    ("strangers", "the share of the question's weight in names and numbers that the passage lacks"),
    // Among more passages more of a strange question is found by chance.
    ("size", "how large the corpus is: the rarity of a word that no passage has"),
    ("unlisted", "1 where nobody knows how common a word of the language is: all seem telling"),
    ("nearest", "how near the words of the question come to any sentence"),
    // The questions that teach the weights share words with their answers: by hand.
    ("alone", "how much nearer they come than a stranger's, where the passage has none of them"),
    ("nearest_back", "how near the words of any sentence come to the question"),
    ("nearest_mean", "how near the mean of any sentence is to that of the question"),
    ("nearest_passage", "how near the mean of any passage is to that of the question"),
];

/// The positions of two signs that the learning balances.
pub const ALWAYS: usize = 0;
pub const CORPUS_SIZE: usize = 6;
/// The position of one that is set by hand.
pub const ALONE: usize = 9;

/// What each sign weighs, for each mode.
static WEIGHTS: LazyLock<[ConfidenceFeatures; 2]> = LazyLock::new(|| {
    let of = |text| weights::of(text, &FEATURES.map(|(name, _)| name));
    [of(include_str!("words.toml")), of(include_str!("meaning.toml"))]
});

const SCORE_UNIT: f32 = 10.0;
const SIZE_UNIT: f32 = 8.0;
/// About 30 and 550 passages: what was learned on reaches no further.
const SMALL: f32 = 4.0;
const LARGE: f32 = 7.0;
/// Words less telling than this tell nothing of what a question is about.
const TELLING: f32 = 0.25;
const MIN_TELLING: f32 = 0.02;
/// A match by a relative alone does not count as the word; one by another name or spelling does.
pub const IS_WORD: f32 = 0.5;
const IS_SURELY_WORD: f32 = 0.85;
/// So near come the words of nearly all questions that a small corpus does not answer, and so much nearer
/// in one of which a word that is nowhere tells more.
const UNMATCHED_NAMES: f32 = 0.513;
const STRANGER: f32 = 0.025;

/// What is to be said of the best hit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Coverage {
    NoHit,
    /// It has every word of the question.
    Complete,
    /// It is a matter of odds.
    Open(ConfidenceFeatures),
}

/// What each sign weighs.
pub fn weights(mode: Mode) -> &'static ConfidenceFeatures {
    &WEIGHTS[mode as usize]
}

/// Whether the best hit is worth showing.
pub fn is_answered(weights: &ConfidenceFeatures, findings: &Ranking) -> bool {
    match judge(findings) {
        Coverage::NoHit => false,
        Coverage::Complete => true,
        Coverage::Open(signs) => log_odds(weights, &signs) >= 0.0,
    }
}

/// The logarithm of the odds that a hit with these signs answers.
pub fn log_odds(weights: &ConfidenceFeatures, signs: &ConfidenceFeatures) -> f32 {
    weights.iter().zip(signs).map(|(weight, sign)| weight * sign).sum()
}

/// The verdict as a line for an engineer.
pub fn explain(findings: &Ranking) -> String {
    match judge(findings) {
        Coverage::NoHit => "refused: no passage fits\n".into(),
        Coverage::Complete => "answered: the best passage has every word\n".into(),
        Coverage::Open(signs) => {
            let weights = weights(findings.mode);
            let odds = log_odds(weights, &signs);
            let verdict = if odds >= 0.0 { "answered" } else { "refused" };
            let shares = FEATURES.iter().zip(signs).zip(weights);
            let shares: String = shares
                .map(|(((name, _), sign), weight)| format!(" {name} {:.2}", sign * weight))
                .collect();
            format!("{verdict}: log-odds {odds:.2}, of which{shares}\n")
        }
    }
}

/// Looks at the best hit.
pub fn judge(findings: &Ranking) -> Coverage {
    let Some(hit) = findings.hits.first() else { return Coverage::NoHit };
    // Words taken from an earlier question count only where the question has none of its own.
    let has_own = findings.terms.iter().any(|term| term.weight >= 1.0);
    let counted: Vec<_> = findings
        .terms
        .iter()
        .zip(hit.has.iter().zip(&hit.exact))
        .filter(|(term, _)| !has_own || term.weight >= 1.0)
        .map(|(term, (has, exact))| Counted { term, has: *has, is_exact: *exact > 0.0 })
        .collect();
    if counted.is_empty() {
        return Coverage::NoHit;
    }
    match counted.iter().all(|word| word.has > IS_SURELY_WORD) {
        true => Coverage::Complete,
        false => Coverage::Open(features(findings, hit, &counted)),
    }
}

/// A word of the question, and what the best hit has of it.
struct Counted<'a> {
    term: &'a TermStats,
    has: f32,
    is_exact: bool,
}

impl Counted<'_> {
    fn tells(&self) -> f32 {
        self.term.has_weight()
    }

    /// How much it says of the topic.
    fn topical(&self) -> f32 {
        (self.term.information - TELLING).max(MIN_TELLING)
    }

    fn is_stranger(&self) -> bool {
        self.term.is_name && self.has <= IS_WORD
    }
}

fn features(findings: &Ranking, hit: &Hit, counted: &[Counted<'_>]) -> ConfidenceFeatures {
    let tells = |is_one: fn(&Counted<'_>) -> bool| -> f32 {
        counted.iter().filter(|word| is_one(word)).map(Counted::tells).sum()
    };
    let topical: f32 = counted.iter().map(Counted::topical).sum();
    let covered = counted.iter().map(|word| word.topical() * word.has).sum::<f32>() / topical;
    let all = tells(|_| true);
    let nearest = |what: MaxSimFeature| findings.nearest[what as usize];
    let strange = UNMATCHED_NAMES + STRANGER * (findings.highest_idf - SMALL).max(0.0);
    [
        1.0,
        hit.scores[hit.best] / SCORE_UNIT,
        covered,
        tells(|word| word.is_exact) / (REFERENCE_WEIGHT * all).sqrt(),
        counted.iter().map(|word| word.term.idf).sum::<f32>() / counted.len() as f32,
        tells(|word| word.is_stranger()) / all,
        findings.highest_idf.clamp(SMALL, LARGE) / SIZE_UNIT,
        f32::from(!findings.has_word_frequencies),
        nearest(MaxSimFeature::Plain),
        (nearest(MaxSimFeature::Plain) - strange).max(0.0) * (1.0 - covered).max(0.0).powi(8),
        nearest(MaxSimFeature::Back),
        nearest(MaxSimFeature::Mean),
        nearest(MaxSimFeature::PassageMean),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_signs() {
        let names = [ALWAYS, CORPUS_SIZE, ALONE].map(|position| FEATURES[position].0);
        assert_eq!(names, ["always", "size", "alone"]);
    }
}

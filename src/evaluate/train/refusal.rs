//! Training of the refusal: a logistic regression, then a balance of the share of answered
//! questions.

use std::collections::BTreeMap;

use super::kinds::{CorpusKind, Wording};
use super::regression::{self, BinaryExample};
use crate::answer::confidence::{self, CORPUS_SIZE, ConfidenceFeatures, Coverage, INTERCEPT};
use crate::search::weights::Weights;

/// The input of the refusal for one question.
pub struct ConfidenceExample {
    pub coverage: Coverage,
    pub is_answerable: bool,
    /// Whether an unanswerable question is about the subject of its article.
    pub is_on_topic: bool,
    pub group: Group,
}

/// The position of the file that a question is from, its corpus and its wording.
pub type Group = (usize, CorpusKind, Wording);

/// Shares of the answerable questions that are answered in each kind of corpus.
pub struct AnsweredShares {
    pub one_article: f64,
    pub pooled: f64,
}

/// Ridge penalty, in squared standard deviations.
const RIDGE: f64 = 1.0;
/// Summed weight of the answerable questions of a group, and of its unanswerable questions.
const GROUP_WEIGHT: f64 = 500.0;
/// Number of questions of each of both kinds from which a group has its full weight.
const FULL_GROUP: usize = 30;
/// Number of answerable questions from which a file has its full weight in the balance.
const FULL_FILE: usize = 50;
/// Maximum of the logarithmic odds of a question.
const MAX_LOG_ODDS: f32 = 20.0;

/// Fits the weights so that these shares of the answerable questions are answered. The weights that
/// `old` sets by hand are kept.
pub fn fit(
    examples: &[ConfidenceExample],
    old: &Weights,
    answered: &AnsweredShares,
) -> ConfidenceFeatures {
    let counts = group_counts(examples);
    let binary: Vec<_> = examples
        .iter()
        .filter(|example| example.is_trained())
        .filter_map(|example| match example.coverage {
            Coverage::Partial(features) => {
                let weight = weight(counts[&example.group], example);
                Some(BinaryExample { features, is_positive: example.is_answerable, weight })
            }
            Coverage::NoHit | Coverage::Complete => None,
        })
        .collect();
    let fixed = confidence::FEATURES.map(|(name, _)| old.by_hand.get(name).copied());
    let binary: Vec<_> = binary.iter().collect();
    let mut weights = regression::fit_binary(&binary, &fixed, RIDGE);
    balance(&mut weights, examples, answered);
    weights
}

impl ConfidenceExample {
    /// Returns whether the regression sees the question. A question about the subject of a passage
    /// that does not answer it looks like one with an answer, so that it would only weaken the
    /// weights.
    fn is_trained(&self) -> bool {
        !self.is_on_topic && matches!(self.coverage, Coverage::Partial(_))
    }
}

/// Returns the number of trained questions of each group: unanswerable ones, then answerable ones.
fn group_counts(examples: &[ConfidenceExample]) -> BTreeMap<Group, [usize; 2]> {
    let mut counts: BTreeMap<_, [usize; 2]> = BTreeMap::new();
    for example in examples.iter().filter(|example| example.is_trained()) {
        counts.entry(example.group).or_default()[usize::from(example.is_answerable)] += 1;
    }
    counts
}

/// Returns the weight of a question: all groups count equally, however many questions they have,
/// except for small groups and for other wordings.
fn weight(counts: [usize; 2], example: &ConfidenceExample) -> f64 {
    let [unanswerable, answerable] = counts;
    let fullness = unanswerable.min(answerable).min(FULL_GROUP) as f64 / FULL_GROUP as f64;
    let (_, _, wording) = example.group;
    let factor = match wording {
        Wording::Original => 1.0,
        Wording::Paraphrased | Wording::Keywords | Wording::Name => 0.5,
    };
    GROUP_WEIGHT * fullness * factor / counts[usize::from(example.is_answerable)] as f64
}

/// Adjusts the constant weight and the weight of the corpus size, so that in both kinds of corpus
/// the right share of the answerable questions is answered.
fn balance(
    weights: &mut ConfidenceFeatures,
    examples: &[ConfidenceExample],
    answered: &AnsweredShares,
) {
    let size_and_threshold = |corpus: CorpusKind, answered_share: f64| {
        let mut files: BTreeMap<usize, Vec<&Coverage>> = BTreeMap::new();
        for example in examples {
            let (file, asked, wording) = example.group;
            let is_asked = asked == corpus && wording == Wording::Original;
            if is_asked && example.is_answerable && example.coverage != Coverage::NoHit {
                files.entry(file).or_default().push(&example.coverage);
            }
        }
        let sizes = files.values().flatten().filter_map(|coverage| match coverage {
            Coverage::Partial(features) => Some(features[CORPUS_SIZE]),
            Coverage::NoHit | Coverage::Complete => None,
        });
        let sizes: Vec<_> = sizes.collect();
        let size = sizes.iter().sum::<f32>() / sizes.len().max(1) as f32;
        (size, threshold(weights, files.values(), answered_share))
    };
    let (small, small_threshold) = size_and_threshold(CorpusKind::OneArticle, answered.one_article);
    let (large, large_threshold) = size_and_threshold(CorpusKind::Pooled, answered.pooled);
    // A pool of one article has the size of the article.
    let slope = match large > small {
        true => (large_threshold - small_threshold) / (large - small),
        false => 0.0,
    };
    weights[CORPUS_SIZE] -= slope;
    weights[INTERCEPT] -= small_threshold - slope * small;
}

/// Returns the log-odds that `answered_share` of the answerable questions exceed. All files count
/// equally, except for small ones.
fn threshold<'a>(
    weights: &ConfidenceFeatures,
    files: impl Iterator<Item = &'a Vec<&'a Coverage>>,
    answered_share: f64,
) -> f32 {
    let weighted = files.flat_map(|file| {
        let weight = 1.0 / file.len().max(FULL_FILE) as f64;
        file.iter().map(move |coverage| (log_odds(weights, coverage), weight))
    });
    let mut odds: Vec<_> = weighted.collect();
    odds.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let all: f64 = odds.iter().map(|(_, weight)| weight).sum();
    let mut below = 0.0;
    let threshold = odds.iter().find(|(_, weight)| {
        below += weight;
        below > (1.0 - answered_share) * all
    });
    // The odds of a question whose words a passage has are not finite.
    threshold.map_or(0.0, |(odds, _)| odds.clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS))
}

fn log_odds(weights: &ConfidenceFeatures, coverage: &Coverage) -> f32 {
    match coverage {
        Coverage::NoHit => f32::MIN,
        Coverage::Complete => f32::MAX,
        Coverage::Partial(features) => confidence::log_odds(weights, features),
    }
}

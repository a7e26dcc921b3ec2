//! Training of the weights of the ranking and of the refusal, from articles with judged questions.
//! Only builds with the cargo feature `train` contain this module.
//!
//! Each article is asked in a corpus of all articles of its file and, unless it is short, in a
//! corpus of its own. The metrics come from cross-validation: each article is asked with weights
//! that were trained without it. The weights that are returned are trained on all articles of all
//! files.

mod cases;
mod kinds;
mod optimizer;
mod passages;
pub mod reader;
mod refusal;
mod regression;
mod reranking;
pub mod tokens;
mod wordings;

use std::collections::BTreeMap;
use std::error::Error;

use super::metrics::{Counts, Metrics};
use super::testbed::Testbed;
use crate::answer::confidence::{self, ConfidenceWeights};
use crate::answer::{answer_with, quote_per_hit_with};
use crate::search::features::{FEATURES, LEXICAL_COUNT};
use crate::search::reading;
use crate::search::reranker::Reranker;
use crate::search::scorer::{READING_NAMES, ReadingWeights, Scorer};
use crate::search::weights::Weights;
use crate::search::{Hit, Mode};
use cases::Case;
pub use cases::TrainingFile;
use kinds::Wording;
use refusal::{AnsweredShares, ConfidenceExample};
use regression::ListwiseExample;
use reranking::RerankingExample;

/// Trained weights of one search mode.
pub struct TrainedWeights {
    pub ranking: Weights,
    /// The network of semantic search.
    pub reranker: Option<Reranker>,
    pub confidence: Weights,
    /// The weights of the refusal for questions in other languages.
    pub foreign: Weights,
    /// The metrics of cross-validation of each file: articles in corpora of their own, and pooled.
    pub held_out: Vec<Metrics>,
}

/// The old weights, whose values that are set by hand are kept.
pub struct OldWeights {
    pub ranking: Weights,
    /// The weights that those of the ranking stay close to. Those of semantic search stay close to
    /// those of lexical search, since the judged questions are not about archives.
    pub prior: Weights,
    pub confidence: Weights,
    pub foreign: Weights,
}

/// Names of the corpora in the files of weights, in the order of [`kinds::CorpusKind`].
const CORPUS_NAMES: [&str; 2] = ["one_by_one", "pooled"];
/// Number of parts of the articles in cross-validation.
const FOLDS: usize = 4;
/// Ridge penalty of a lexical feature, in squared standard deviations. By words, the weights have
/// no prior; by meaning, they stay close to those of lexical search.
const LEXICAL_RIDGE: [f64; 2] = [200.0, 10_000.0];
/// Ridge penalty of a similarity feature, about which the weights of lexical search say nothing.
const SIMILARITY_RIDGE: f64 = 5.0;
/// Ridge penalty of the weight of the reader.
const READING_RIDGE: f64 = 1.0;
/// Weight of a question in another language than the articles, for the reranker: each question is
/// there in several languages.
const TRANSLATED_WEIGHT: f32 = 0.4;
/// Shares of the answerable questions that are answered. In a small corpus few questions about
/// other subjects look answerable.
const ANSWERED: AnsweredShares = AnsweredShares { one_article: 0.985, pooled: 0.975 };
/// Shares for questions in other languages. More are indistinct from questions that the articles do
/// not answer.
const FOREIGN_ANSWERED: AnsweredShares = AnsweredShares { one_article: 0.95, pooled: 0.93 };

/// Trains the weights for the search mode of `testbed`.
pub fn train(
    files: &[TrainingFile],
    testbed: &Testbed<'_>,
    old: &OldWeights,
) -> Result<TrainedWeights, Box<dyn Error>> {
    let mut cases = Vec::new();
    for (position, file) in files.iter().enumerate() {
        let scratch = testbed.scratch.join(position.to_string());
        let testbed = Testbed { scratch: &scratch, embeddings: testbed.embeddings };
        cases::add(&mut cases, position, file, &testbed)?;
    }
    let mode = testbed.mode();
    let held_out = cross_validate(files, &cases, mode, old);
    let (scorer, confidence) = fit(files, &cases.iter().collect::<Vec<_>>(), mode, old);
    let named = |names: &[&str], weights: &[f32], old: &Weights| Weights {
        reached: held_out.iter().map(rounded_metrics).collect(),
        by_hand: old.by_hand.clone(),
        learned: names
            .iter()
            .zip(weights)
            .filter(|(name, _)| !old.by_hand.contains_key(**name))
            .map(|(name, weight)| ((*name).to_owned(), rounded(*weight)))
            .collect(),
    };
    let names = [&FEATURES.map(|feature| feature.name)[..], &READING_NAMES[..]].concat();
    let ReadingWeights { native, foreign } = scorer.reading;
    let ranking = [&scorer.weights[..], &[native, foreign]].concat();
    let confidence_names = confidence::FEATURES.map(|(name, _)| name);
    Ok(TrainedWeights {
        ranking: named(&names, &ranking, &old.ranking),
        reranker: scorer.reranker,
        confidence: named(&confidence_names, &confidence.native, &old.confidence),
        foreign: named(&confidence_names, &confidence.foreign, &old.foreign),
        held_out,
    })
}

/// Returns the metrics of questions that are answered with weights trained without their articles.
fn cross_validate(
    files: &[TrainingFile],
    cases: &[Case],
    mode: Mode,
    old: &OldWeights,
) -> Vec<Metrics> {
    let of_file = |file: &TrainingFile| {
        CORPUS_NAMES.map(|corpus| match file.name.as_str() {
            "" => Counts::new(corpus, mode),
            name => Counts::new(&format!("{name}_{corpus}"), mode),
        })
    };
    let mut counts: Vec<_> = files.iter().map(of_file).collect();
    for fold in 0..FOLDS {
        let (held_out, rest): (Vec<_>, Vec<_>) =
            cases.iter().partition(|case| case.article % FOLDS == fold);
        let (scorer, confidence) = fit(files, &rest, mode, old);
        for case in held_out.into_iter().filter(|case| case.wording == Wording::Original) {
            let ranking = case.ranking.clone().rescored(&scorer);
            counts[case.file][case.corpus as usize].count(
                &case.judged,
                &answer_with(&confidence, &case.query, &ranking),
                &quote_per_hit_with(&confidence, &ranking),
            );
        }
    }
    let asked = counts.iter().flatten().filter(|counts| counts.questions > 0);
    asked.map(Counts::metrics).collect()
}

fn rounded(weight: f32) -> f32 {
    (weight * 1000.0).round() / 1000.0
}

/// Returns the metrics that a file of weights contains, with the name of the corpus.
fn rounded_metrics(metrics: &Metrics) -> (String, BTreeMap<String, f64>) {
    let shares = [
        ("ex1", metrics.ex1),
        ("ex3", metrics.ex3),
        ("hit1", metrics.hit1),
        ("answered", metrics.answered),
        ("refused", metrics.refused),
    ];
    let mut rounded: BTreeMap<_, _> =
        shares.map(|(name, share)| (name.to_owned(), (share * 10.0).round() / 10.0)).into();
    rounded.insert("questions".into(), metrics.questions as f64);
    (metrics.name.clone(), rounded)
}

/// Fits the weights of the features, then the reranker on their scores, then the weights of the
/// refusal on the ranked sentences.
fn fit(
    files: &[TrainingFile],
    cases: &[&Case],
    mode: Mode,
    old: &OldWeights,
) -> (Scorer, ConfidenceWeights) {
    let fixed = FEATURES.map(|feature| old.ranking.by_hand.get(feature.name).copied());
    let listwise: Vec<_> = cases.iter().filter_map(|case| listwise_example(case)).collect();
    let prior = FEATURES.map(|feature| old.prior.learned.get(feature.name).copied().unwrap_or(0.0));
    let listwise: Vec<_> = listwise.iter().collect();
    let mut ridge = [LEXICAL_RIDGE[mode as usize]; FEATURES.len()];
    ridge[LEXICAL_COUNT..].fill(SIMILARITY_RIDGE);
    let weights = regression::fit_listwise(&listwise, &fixed, &prior, &ridge);
    let mut scorer = Scorer { weights, reranker: None, reading: ReadingWeights::default() };
    if mode == Mode::Semantic {
        let examples = cases.iter().filter_map(|case| {
            let is_translated = files[case.file].is_translated;
            reranking_example(case, &scorer, if is_translated { TRANSLATED_WEIGHT } else { 1.0 })
        });
        scorer.reranker = Some(reranking::fit(examples.collect()));
        let [native, foreign] = [false, true].map(|is_foreign| {
            let cases = cases.iter().filter(|case| case.ranking.is_foreign == is_foreign);
            reading_weight(
                &cases.filter_map(|case| reading_example(case, &scorer)).collect::<Vec<_>>(),
            )
        });
        scorer.reading = ReadingWeights { native, foreign };
    }
    let example = |case: &&Case| ConfidenceExample {
        coverage: confidence::coverage(&case.ranking.clone().rescored(&scorer)),
        is_answerable: !case.judged.gold.is_empty(),
        is_on_topic: case.judged.is_on_topic,
        group: (case.file, case.corpus, case.wording),
    };
    let fit = |is_foreign: bool, old: &Weights, answered: &AnsweredShares| {
        // A few questions are taken for the other kind; the search has to cope with them, but they
        // teach nothing.
        let cases = cases.iter().filter(|case| {
            (case.ranking.is_foreign, files[case.file].is_translated) == (is_foreign, is_foreign)
        });
        refusal::fit(&cases.map(example).collect::<Vec<_>>(), old, answered)
    };
    let confidence = ConfidenceWeights {
        native: fit(false, &old.confidence, &ANSWERED),
        foreign: fit(true, &old.foreign, &FOREIGN_ANSWERED),
    };
    (scorer, confidence)
}

/// Returns the sentences of all hits as options. `None` if none of them is right.
fn listwise_example(case: &Case) -> Option<ListwiseExample<{ FEATURES.len() }>> {
    let hits = case.ranking.hits.iter();
    let options = hits.flat_map(|hit| hit.features.iter().copied().zip(right_sentences(case, hit)));
    let options: Vec<_> = options.collect();
    options.iter().any(|(_, is_right)| *is_right).then_some(ListwiseExample { options })
}

/// Returns the sentences of all hits for the reranker. `None` if none of them is right, and for
/// paraphrases, which are no sentences that people write.
fn reranking_example(case: &Case, scorer: &Scorer, weight: f32) -> Option<RerankingExample> {
    if case.wording == Wording::Paraphrased {
        return None;
    }
    let hits = &case.ranking.hits;
    let features: Vec<_> = hits.iter().map(|hit| hit.features.as_slice()).collect();
    let is_right: Vec<_> = hits.iter().map(|hit| right_sentences(case, hit)).collect();
    RerankingExample::new(&features, &scorer.linear_scores(&features), &is_right, weight)
}

/// Returns the sentences of all hits with their scores and what the reader adds. `None` if no
/// sentence was read or none is right.
fn reading_example(case: &Case, scorer: &Scorer) -> Option<ListwiseExample<2>> {
    let hits = &case.ranking.hits;
    case.ranking.highest_reading()?;
    let features: Vec<_> = hits.iter().map(|hit| hit.features.as_slice()).collect();
    let read: Vec<_> = hits.iter().map(|hit| hit.read.as_slice()).collect();
    let scores = scorer.scores(&features).into_iter().zip(reading::additions(&read));
    let options = hits.iter().zip(scores).flat_map(|(hit, (scores, additions))| {
        let pairs = scores.into_iter().zip(additions).map(|(score, addition)| [score, addition]);
        pairs.zip(right_sentences(case, hit)).collect::<Vec<_>>()
    });
    let options: Vec<_> = options.collect();
    options.iter().any(|(_, is_right)| *is_right).then_some(ListwiseExample { options })
}

/// Fits the weight of the reader to scores that stay as they are.
fn reading_weight(examples: &[ListwiseExample<2>]) -> f32 {
    let examples: Vec<_> = examples.iter().collect();
    let [_, weight] =
        regression::fit_listwise(&examples, &[Some(1.0), None], &[1.0, 0.0], &[0.0, READING_RIDGE]);
    weight.max(0.0)
}

/// Returns whether each sentence of a hit answers.
fn right_sentences(case: &Case, hit: &Hit) -> Vec<bool> {
    let is_gold = case.judged.passage.as_ref().is_none_or(|gold| *gold == hit.passage.text);
    let sentences = hit.passage.sentences.iter();
    sentences.map(|own| is_gold && case.judged.is_in(&hit.passage.text[own.clone()])).collect()
}

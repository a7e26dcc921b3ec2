//! Training of the weights of the ranking and of the refusal, from articles with judged questions.
//! Only builds with the cargo feature `train` contain this module.
//!
//! Each article is asked in a corpus of all articles of its file and, unless it is short, in a
//! corpus of its own. The metrics come from cross-validation: each article is asked with weights
//! that were trained without it. The weights that are returned are trained on all articles of all
//! files.

mod kinds;
mod paraphrase;
mod refusal;
mod regression;
pub mod tokens;

use std::collections::BTreeMap;
use std::error::Error;

use rayon::prelude::*;

use super::judgments::{JudgedArticle, JudgedQuestion};
use super::metrics::{Counts, Metrics};
use super::testbed::{self, Testbed};
use crate::answer::confidence::{self, ConfidenceWeights};
use crate::answer::{answer_with, quote_per_hit_with};
use crate::library::{Library, LibraryError};
use crate::search::features::{FEATURES, Features, LEXICAL_COUNT};
use crate::search::query::Query;
use crate::search::weights::Weights;
use crate::search::{self, Hit, Mode, Ranking};
use kinds::{CorpusKind, Wording};
use paraphrase::paraphrase;
use refusal::ConfidenceExample;
use regression::ListwiseExample;

/// Trained weights of one search mode.
pub struct TrainedWeights {
    pub ranking: Weights,
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

/// A file of judged questions.
pub struct TrainingFile {
    /// The name of its metrics, before that of the corpus; empty for the only file.
    pub name: String,
    pub articles: Vec<JudgedArticle>,
    /// Whether the questions are in another language than the articles.
    pub is_translated: bool,
}

/// A question to a corpus, with the result of the search.
struct Case {
    judged: JudgedQuestion,
    query: Query,
    ranking: Ranking,
    /// The position of the file that the question is from.
    file: usize,
    /// The position of the article that the question is about. Cross-validation leaves both out
    /// together.
    article: usize,
    corpus: CorpusKind,
    wording: Wording,
}

/// Names of the corpora in the files of weights, in the order of [`CorpusKind`].
const CORPUS_NAMES: [&str; 2] = ["one_by_one", "pooled"];
/// Minimum number of passages of an article that is asked in a corpus of its own. An index of a
/// shorter article costs more than its questions teach.
const MIN_OWN_PASSAGES: usize = 3;
/// Number of parts of the articles in cross-validation.
const FOLDS: usize = 4;
/// Ridge penalty of a lexical feature, in squared standard deviations.
const LEXICAL_RIDGE: f64 = 200.0;
/// Ridge penalty of a similarity feature, about which the weights of lexical search say nothing.
const SIMILARITY_RIDGE: f64 = 40.0;
/// Share of the answerable questions that are answered.
const ANSWERED_SHARE: f64 = 0.975;
/// Share of the answerable questions in other languages that are answered. More are indistinct from
/// questions that the articles do not answer.
const FOREIGN_ANSWERED_SHARE: f64 = 0.93;

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
        add_cases(&mut cases, position, &file.articles, &testbed)?;
    }
    let held_out = cross_validate(files, &cases, testbed.mode(), old);
    let (features, confidence) = fit(files, &cases.iter().collect::<Vec<_>>(), old);
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
    let confidence_names = confidence::FEATURES.map(|(name, _)| name);
    Ok(TrainedWeights {
        ranking: named(&FEATURES.map(|feature| feature.name), &features, &old.ranking),
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
        let (features, confidence) = fit(files, &rest, old);
        for case in held_out.into_iter().filter(|case| case.wording == Wording::Original) {
            let ranking = case.ranking.clone().reweighted(&features);
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

/// Searches for every question of a file: in the corpus of its article, in the corpus of all
/// articles and, as an unanswerable question, in a corpus without its article.
fn add_cases(
    cases: &mut Vec<Case>,
    file: usize,
    articles: &[JudgedArticle],
    testbed: &Testbed<'_>,
) -> Result<(), Box<dyn Error>> {
    let all: Vec<_> = articles.iter().collect();
    let pool = testbed.library(&all, "all")?;
    let search = |library: &Library, article, corpus, wording, judged: Vec<JudgedQuestion>| {
        let search = |judged: JudgedQuestion| {
            let (query, ranking) =
                library.all().search(&judged.question, None, search::MAX_HITS)?;
            Ok::<_, LibraryError>(Case { judged, query, ranking, file, article, corpus, wording })
        };
        judged.into_par_iter().map(search).collect::<Result<Vec<_>, _>>()
    };
    for range in testbed::left_out(articles.len()).filter(|_| articles.len() > 1) {
        let others = [&all[..range.start], &all[range.end..]].concat();
        let rest = testbed.library(&others, &format!("without-{}", range.start))?;
        for article in range {
            let own = articles[article].questions.iter();
            let unanswerable = own.map(JudgedQuestion::to_unanswerable).collect();
            let wording = Wording::Original;
            cases.extend(search(&rest, article, CorpusKind::Pooled, wording, unanswerable)?);
        }
    }
    for (position, article) in articles.iter().enumerate() {
        let mut questions = article.questions.clone();
        let wording = Wording::Original;
        cases.extend(search(&pool, position, CorpusKind::Pooled, wording, questions.clone())?);
        if article.paragraphs.len() < MIN_OWN_PASSAGES {
            continue;
        }
        let own = testbed.library(&[article], &position.to_string())?;
        let corpus = CorpusKind::OneArticle;
        questions.extend(testbed::unanswerable(articles, position));
        cases.extend(search(&own, position, corpus, wording, questions.clone())?);
        // Lexical search cannot find a paraphrase, so paraphrases would only distort its weights.
        if testbed.mode() == Mode::Semantic {
            let paraphrased = questions.into_iter().filter_map(|judged| {
                Some(JudgedQuestion { question: paraphrase(&judged.question)?, ..judged })
            });
            let paraphrased = paraphrased.collect();
            cases.extend(search(&own, position, corpus, Wording::Paraphrased, paraphrased)?);
        }
    }
    Ok(())
}

/// Fits the weights of the ranking, then those of the refusal on the ranked sentences.
fn fit(files: &[TrainingFile], cases: &[&Case], old: &OldWeights) -> (Features, ConfidenceWeights) {
    let fixed = FEATURES.map(|feature| old.ranking.by_hand.get(feature.name).copied());
    let listwise: Vec<_> = cases.iter().filter_map(|case| listwise_example(case)).collect();
    let prior = FEATURES.map(|feature| old.prior.learned.get(feature.name).copied().unwrap_or(0.0));
    let listwise: Vec<_> = listwise.iter().collect();
    let mut ridge = [LEXICAL_RIDGE; FEATURES.len()];
    ridge[LEXICAL_COUNT..].fill(SIMILARITY_RIDGE);
    let features = regression::fit_listwise(&listwise, &fixed, &prior, &ridge);
    let example = |case: &&Case| ConfidenceExample {
        coverage: confidence::coverage(&case.ranking.clone().reweighted(&features)),
        is_answerable: !case.judged.gold.is_empty(),
        is_on_topic: case.judged.is_on_topic,
        group: (case.file, case.corpus, case.wording),
    };
    let fit = |is_foreign: bool, old: &Weights, answered_share: f64| {
        // A few questions are taken for the other kind; the search has to cope with them, but they
        // teach nothing.
        let cases = cases.iter().filter(|case| {
            (case.ranking.is_foreign, files[case.file].is_translated) == (is_foreign, is_foreign)
        });
        refusal::fit(&cases.map(example).collect::<Vec<_>>(), old, answered_share)
    };
    let confidence = ConfidenceWeights {
        native: fit(false, &old.confidence, ANSWERED_SHARE),
        foreign: fit(true, &old.foreign, FOREIGN_ANSWERED_SHARE),
    };
    (features, confidence)
}

/// Returns the sentences of all hits as options. `None` if none of them is right.
fn listwise_example(case: &Case) -> Option<ListwiseExample<{ FEATURES.len() }>> {
    let of_hit = |hit: &Hit| {
        let is_gold = case.judged.passage.as_ref().is_some_and(|gold| *gold == hit.passage.text);
        let sentences = hit.passage.sentences.iter().zip(&hit.features);
        let options = sentences.map(|(sentence, features)| {
            let text = &hit.passage.text[sentence.clone()];
            (*features, is_gold && case.judged.is_in(text))
        });
        options.collect::<Vec<_>>()
    };
    let options: Vec<_> = case.ranking.hits.iter().flat_map(of_hit).collect();
    options.iter().any(|(_, is_right)| *is_right).then_some(ListwiseExample { options })
}

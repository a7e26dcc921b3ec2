//! Judged questions to the weights of the ranking and of the confidence, for those who work on this
//! program.
//!
//! Each article is asked by itself and together with all others. What the weights reach is measured
//! on articles that they were not learned on; those that are kept are then learned on all.

mod paraphrase;
mod regression;

use std::collections::BTreeMap;

use crate::answer::confidence::{
    self, CORPUS_SIZE, ConfidenceFeatures, Coverage, INTERCEPT, SEMANTIC_ONLY,
};
use crate::answer::{answer_with, rank_quotes_with};
use crate::evaluate::squad::{self, Testbed};
use crate::evaluate::{Counts, JudgedArticle, JudgedQuestion, Metrics};
use crate::library::Library;
use crate::search::features::{FEATURES, Features};
use crate::search::query::Query;
use crate::search::weights::Weights;
use crate::search::{self, Hit, Mode, Ranking};
use paraphrase::paraphrase;
use regression::{BinaryExample, ListwiseExample};

type Failure = Box<dyn std::error::Error>;

/// What was learned.
pub struct Learned {
    pub ranking: Weights,
    pub confidence: Weights,
    /// Held out, one by one and pooled.
    pub reached: Vec<Metrics>,
}

/// A question put to a corpus.
struct Case {
    judged: JudgedQuestion,
    query: Query,
    findings: Ranking,
    /// The article that the question is about, which is left out together with it.
    article: usize,
    setting: Setting,
    wording: Wording,
}

/// In whose words a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wording {
    /// As the file has it. What the weights reach is measured with these.
    Asked,
    /// In other words, so that words are not all that counts.
    Other,
}

/// How the articles are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    OneByOne,
    Pooled,
}

/// A question as the refusal sees it.
struct ConfidenceExample {
    verdict: Coverage,
    is_real: bool,
    setting: Setting,
    wording: Wording,
}

/// Their names, in the order of [`Setting`].
const SETTINGS: [&str; 2] = ["one_by_one", "pooled"];
const FOLDS: usize = 4;
/// The penalties, in squares of standard deviations.
const RIDGE: f64 = 40.0;
const RIDGE_OF_SIGNS: f64 = 1.0;
/// So many real questions are answered at least.
const ANSWERED: f64 = 0.955;
const MAX_ODDS: f32 = 20.0;

/// Learns from articles with their questions: the weights of words alone or with meaning, as `bench`
/// has it. `ranking` and `confidence` give the weights that are set by hand.
pub fn learn(
    articles: &[JudgedArticle],
    bench: &Testbed<'_>,
    ranking: &Weights,
    confidence: &Weights,
) -> Result<Learned, Failure> {
    let cases = cases(articles, bench)?;
    let mut tallies = SETTINGS.map(|name| Counts::new(name, bench.mode()));
    for fold in 0..FOLDS {
        let (held, known): (Vec<_>, Vec<_>) =
            cases.iter().partition(|case| case.article % FOLDS == fold);
        let (features, signs) = fit(&known, ranking, confidence);
        for case in held.into_iter().filter(|case| case.wording == Wording::Asked) {
            let findings = case.findings.clone().reweighted(&features);
            let answer = answer_with(&signs, &case.query, &findings);
            tallies[case.setting as usize].count(
                &case.judged,
                &answer,
                &rank_quotes_with(&signs, &findings),
            );
        }
    }
    let reached: Vec<_> = tallies.iter().map(Counts::figures).collect();
    let (features, signs) = fit(&cases.iter().collect::<Vec<_>>(), ranking, confidence);
    let by_name = |names: &[&str], weights: &[f32], kept: &Weights| Weights {
        reached: reached.iter().map(noted).collect(),
        by_hand: kept.by_hand.clone(),
        learned: names
            .iter()
            .zip(weights)
            .filter(|(name, _)| !kept.by_hand.contains_key(**name))
            .map(|(name, weight)| ((*name).to_owned(), rounded(*weight)))
            .collect(),
    };
    Ok(Learned {
        ranking: by_name(&FEATURES.map(|feature| feature.name), &features, ranking),
        confidence: by_name(&confidence::FEATURES.map(|(name, _)| name), &signs, confidence),
        reached,
    })
}

fn rounded(weight: f32) -> f32 {
    (weight * 1000.0).round() / 1000.0
}

fn noted(figures: &Metrics) -> (String, BTreeMap<String, f64>) {
    let shares = [
        ("ex1", figures.ex1),
        ("ex3", figures.ex3),
        ("hit1", figures.hit1),
        ("answered", figures.answered),
        ("refused", figures.refused),
    ];
    let mut noted: BTreeMap<_, _> =
        shares.map(|(name, share)| (name.to_owned(), (share * 10.0).round() / 10.0)).into();
    noted.insert("questions".into(), figures.questions as f64);
    (figures.name.clone(), noted)
}

fn cases(articles: &[JudgedArticle], bench: &Testbed<'_>) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    let all: Vec<_> = articles.iter().collect();
    let pool = bench.library(&all, "all")?;
    for (position, article) in articles.iter().enumerate() {
        let own = bench.library(&[article], &position.to_string())?;
        let others: Vec<_> = all.iter().copied().filter(|other| *other != article).collect();
        let rest = match others.is_empty() {
            true => None,
            false => Some(bench.library(&others, &format!("without-{position}"))?),
        };
        let mut put = |library: &Library, judged: &JudgedQuestion, setting, wording| {
            let (query, findings) = library.search(&judged.question, None, search::MAX_HITS)?;
            let (judged, article) = (judged.clone(), position);
            cases.push(Case { judged, query, findings, article, setting, wording });
            Ok::<_, Failure>(())
        };
        for judged in &article.questions {
            put(&own, judged, Setting::OneByOne, Wording::Asked)?;
            put(&pool, judged, Setting::Pooled, Wording::Asked)?;
            if let Some(rest) = &rest {
                put(rest, &squad::stranger(judged), Setting::Pooled, Wording::Asked)?;
            }
        }
        let strangers = squad::strangers(articles, position);
        for stranger in &strangers {
            put(&own, stranger, Setting::OneByOne, Wording::Asked)?;
        }
        // Words alone can only lose by it.
        if bench.mode() == Mode::Semantic {
            for judged in article.questions.iter().chain(&strangers) {
                let Some(question) = paraphrase(&judged.question) else { continue };
                let judged = JudgedQuestion { question, ..judged.clone() };
                put(&own, &judged, Setting::OneByOne, Wording::Other)?;
            }
        }
    }
    Ok(cases)
}

fn fit(cases: &[&Case], ranking: &Weights, confidence: &Weights) -> (Features, ConfidenceFeatures) {
    let fixed_signs = confidence::FEATURES.map(|(name, _)| confidence.by_hand.get(name).copied());
    let fixed = FEATURES.map(|feature| ranking.by_hand.get(feature.name).copied());
    let choices: Vec<_> = cases.iter().filter_map(|case| choice(case)).collect();
    let features = regression::choose(&choices.iter().collect::<Vec<_>>(), &fixed, RIDGE);
    let seen: Vec<_> = cases
        .iter()
        .map(|case| {
            let verdict = confidence::coverage(&case.findings.clone().reweighted(&features));
            let is_real = !case.judged.gold.is_empty();
            ConfidenceExample { verdict, is_real, setting: case.setting, wording: case.wording }
        })
        .collect();
    let open: Vec<_> = seen
        .iter()
        .filter_map(|one| match one.verdict {
            Coverage::Partial(mut signs) => {
                // What no question here can teach must not teach the others to speak against it.
                signs[SEMANTIC_ONLY] = 0.0;
                Some(BinaryExample { signs, is_yes: one.is_real })
            }
            Coverage::NoHit | Coverage::Complete => None,
        })
        .collect();
    let mut signs =
        regression::decide(&open.iter().collect::<Vec<_>>(), &fixed_signs, RIDGE_OF_SIGNS);
    balance(&mut signs, &seen);
    (features, signs)
}

/// Moves what speaks always and what the size of the corpus says, so that in both settings the same
/// share of real questions is answered.
fn balance(signs: &mut ConfidenceFeatures, seen: &[ConfidenceExample]) {
    let lowest = |wanted: Setting| {
        let asked = seen.iter().filter(|one| one.wording == Wording::Asked);
        let real = asked.filter(|one| one.is_real && one.setting == wanted);
        let mut odds: Vec<_> = real.clone().map(|one| log_odds(signs, &one.verdict)).collect();
        odds.sort_by(f32::total_cmp);
        let sizes: Vec<_> = real
            .filter_map(|one| match one.verdict {
                Coverage::Partial(signs) => Some(signs[CORPUS_SIZE]),
                Coverage::NoHit | Coverage::Complete => None,
            })
            .collect();
        let size = sizes.iter().sum::<f32>() / sizes.len().max(1) as f32;
        let lowest = odds.get(((1.0 - ANSWERED) * odds.len() as f64) as usize);
        // A question without any hit has no odds to move.
        (size, lowest.copied().unwrap_or_default().clamp(-MAX_ODDS, MAX_ODDS))
    };
    let ((small, of_small), (large, of_large)) =
        (lowest(Setting::OneByOne), lowest(Setting::Pooled));
    // A pool of one article is no larger than the article.
    let slope = if large > small { (of_large - of_small) / (large - small) } else { 0.0 };
    signs[CORPUS_SIZE] -= slope;
    signs[INTERCEPT] -= of_small - slope * small;
}

fn log_odds(weights: &ConfidenceFeatures, verdict: &Coverage) -> f32 {
    match verdict {
        Coverage::NoHit => f32::MIN,
        Coverage::Complete => f32::MAX,
        Coverage::Partial(signs) => confidence::log_odds(weights, signs),
    }
}

/// The sentences that could be quoted; `None` if no right one is among them.
fn choice(case: &Case) -> Option<ListwiseExample<{ FEATURES.len() }>> {
    let of_hit = |hit: &Hit| {
        let is_gold = case.judged.passage.as_ref().is_some_and(|gold| *gold == hit.passage.text);
        let sentences = hit.passage.sentences.iter().zip(&hit.features);
        let options = sentences.map(|(sentence, features)| {
            let text = &hit.passage.text[sentence.clone()];
            (*features, is_gold && case.judged.is_in(text))
        });
        options.collect::<Vec<_>>()
    };
    let options: Vec<_> = case.findings.hits.iter().flat_map(of_hit).collect();
    options.iter().any(|(_, is_right)| *is_right).then_some(ListwiseExample { options })
}

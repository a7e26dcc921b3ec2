//! Counts of right answers, and the metrics that are computed from them.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::judgments::JudgedQuestion;
use crate::answer::{Answer, Excerpt};
use crate::library::{Library, LibraryError};
use crate::search::Mode;

/// Counts of the answers to the questions about one corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    pub name: String,
    pub mode: Mode,
    /// Number of questions that the corpus answers.
    pub questions: usize,
    /// Number of questions whose first quote is right.
    pub ex1: usize,
    /// Number of questions with a right quote in the answer, which has at most three.
    pub ex3: usize,
    /// Number of questions whose first passage is right.
    pub hit1: usize,
    /// Number of questions with a right passage among the first three.
    pub hit3: usize,
    /// Sum of the reciprocal ranks of the first right passage.
    pub reciprocal_ranks: f64,
    pub answered: usize,
    /// Number of questions about another subject, which must be refused.
    pub unanswerable: usize,
    /// Number of unanswerable questions that were refused.
    pub refused: usize,
    /// Number of questions about the subject of an article that does not answer them.
    pub on_topic: usize,
    /// Number of such questions that were refused.
    pub on_topic_refused: usize,
    /// The time of each answer.
    pub times: Vec<Duration>,
}

/// Metrics of the answers: shares in percent, times in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Metrics {
    pub name: String,
    /// The search mode: `words` or `meaning`.
    pub mode: &'static str,
    pub questions: usize,
    pub ex1: f64,
    pub ex3: f64,
    pub hit1: f64,
    pub hit3: f64,
    pub mrr10: f64,
    pub answered: f64,
    #[serde(rename = "strangers")]
    pub unanswerable: usize,
    pub refused: f64,
    pub on_topic: usize,
    pub on_topic_refused: f64,
    pub median_ms: f64,
    pub mean_ms: f64,
    pub p99_ms: f64,
}

/// Maximum rank of a passage that counts for the mean reciprocal rank.
const RANKS: usize = 10;
/// Maximum length of a name in the table, in chars.
const MAX_NAME_CHARS: usize = 24;

/// Asks `library` every question and counts the right answers.
pub fn evaluate(
    library: &Library,
    name: &str,
    questions: &[JudgedQuestion],
) -> Result<Counts, LibraryError> {
    let mut counts = Counts::new(name, library.mode());
    for judged in questions {
        let start = Instant::now();
        let answer = library.all().ask(&judged.question, None)?;
        counts.times.push(start.elapsed());
        // The space marks the last word as complete; the library completes an unfinished word.
        let ranked = library.all().suggest_quotes(&format!("{} ", judged.question))?;
        counts.count(judged, &answer, &ranked);
    }
    Ok(counts)
}

impl Counts {
    /// Returns counts of 0.
    pub fn new(name: &str, mode: Mode) -> Counts {
        Counts {
            name: name.to_owned(),
            mode,
            questions: 0,
            ex1: 0,
            ex3: 0,
            hit1: 0,
            hit3: 0,
            reciprocal_ranks: 0.0,
            answered: 0,
            unanswerable: 0,
            refused: 0,
            on_topic: 0,
            on_topic_refused: 0,
            times: Vec::new(),
        }
    }

    /// Counts the answer to one question. `ranked` has one quote of each passage, best first.
    pub fn count(&mut self, judged: &JudgedQuestion, answer: &Answer, ranked: &[Excerpt]) {
        let excerpts = match answer {
            Answer::Found(found) => found.excerpts.as_slice(),
            Answer::NothingFound(_)
            | Answer::Byline(_)
            | Answer::Articles(_)
            | Answer::SmallTalk(_)
            | Answer::Request(_)
            | Answer::Empty => &[],
        };
        if judged.gold.is_empty() {
            let (count, refused) = match judged.is_on_topic {
                true => (&mut self.on_topic, &mut self.on_topic_refused),
                false => (&mut self.unanswerable, &mut self.refused),
            };
            *count += 1;
            *refused += usize::from(excerpts.is_empty());
            return;
        }
        self.questions += 1;
        self.answered += usize::from(!excerpts.is_empty());
        let right: Vec<_> = excerpts.iter().map(|excerpt| judged.is_right(excerpt)).collect();
        self.ex1 += usize::from(right.first() == Some(&true));
        self.ex3 += usize::from(right.contains(&true));
        let rank = ranked.iter().take(RANKS).position(|excerpt| judged.is_hit(excerpt));
        self.hit1 += usize::from(rank == Some(0));
        self.hit3 += usize::from(rank.is_some_and(|rank| rank < 3));
        self.reciprocal_ranks += rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
    }

    /// Adds the counts of another corpus.
    pub fn add(&mut self, other: &Counts) {
        self.questions += other.questions;
        self.ex1 += other.ex1;
        self.ex3 += other.ex3;
        self.hit1 += other.hit1;
        self.hit3 += other.hit3;
        self.reciprocal_ranks += other.reciprocal_ranks;
        self.answered += other.answered;
        self.unanswerable += other.unanswerable;
        self.refused += other.refused;
        self.on_topic += other.on_topic;
        self.on_topic_refused += other.on_topic_refused;
        self.times.extend(&other.times);
    }

    /// Computes the metrics.
    pub fn metrics(&self) -> Metrics {
        let percent = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
        let of_questions = |count| percent(count, self.questions);
        let mut times = self.times.clone();
        times.sort();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let total: Duration = times.iter().sum();
        let p99 = times.get((times.len() * 99).div_ceil(100).saturating_sub(1));
        Metrics {
            name: self.name.clone(),
            mode: self.mode.name(),
            questions: self.questions,
            ex1: of_questions(self.ex1),
            ex3: of_questions(self.ex3),
            hit1: of_questions(self.hit1),
            hit3: of_questions(self.hit3),
            mrr10: 100.0 * self.reciprocal_ranks / self.questions.max(1) as f64,
            answered: of_questions(self.answered),
            unanswerable: self.unanswerable,
            refused: percent(self.refused, self.unanswerable),
            on_topic: self.on_topic,
            on_topic_refused: percent(self.on_topic_refused, self.on_topic),
            median_ms: times.get(times.len() / 2).copied().map_or(0.0, milliseconds),
            mean_ms: milliseconds(total) / times.len().max(1) as f64,
            p99_ms: p99.copied().map_or(0.0, milliseconds),
        }
    }
}

/// Formats metrics as a table with one row per corpus.
pub fn table(rows: &[Metrics]) -> String {
    let mut table = String::from(
        "                                 questions   ex@1   ex@3  hit@1  hit@3  MRR@10 answered  off-topic refused on-topic refused median ms  mean ms  p99 ms\n",
    );
    for row in rows {
        let name: String = row.name.chars().take(MAX_NAME_CHARS).collect();
        table.push_str(&format!(
            "{name:<24} {:<7} {:>9} {:>6.1} {:>6.1} {:>6.1} {:>6.1} {:>7.1} {:>8.1} {:>10} {:>7.1} {:>8} {:>7.1} {:>9.2} {:>8.2} {:>7.2}\n",
            row.mode,
            row.questions,
            row.ex1,
            row.ex3,
            row.hit1,
            row.hit3,
            row.mrr10,
            row.answered,
            row.unanswerable,
            row.refused,
            row.on_topic,
            row.on_topic_refused,
            row.median_ms,
            row.mean_ms,
            row.p99_ms
        ));
    }
    table
}

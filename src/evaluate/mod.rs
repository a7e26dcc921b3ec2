//! Judged questions to figures: how often the first quote answers, and how often a stranger's
//! question is refused.
//!
//! A refused question counts as a miss everywhere. Success@k and MRR are those of Voorhees 1999
//! (TREC-8 question answering).

mod judgments;
pub mod squad;
mod typos;

use std::time::{Duration, Instant};

use serde::Serialize;

pub use judgments::{JudgedArticle, JudgedQuestion, Judgments, NotJudged, parse};
pub use typos::with_typo;

use crate::answer::{Answer, Excerpt};
use crate::library::{Library, LibraryError};
use crate::search::Mode;

/// What came of the questions of one corpus, as counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    pub name: String,
    pub mode: Mode,
    /// Questions that the corpus answers.
    pub questions: usize,
    pub ex1: usize,
    pub ex3: usize,
    pub hit1: usize,
    pub hit3: usize,
    /// The sum of the reciprocal ranks.
    pub reciprocal: f64,
    pub answered: usize,
    /// Questions that must be refused.
    pub unanswerable: usize,
    pub refused: usize,
    pub times: Vec<Duration>,
}

/// The same as shares, in percent, and milliseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Metrics {
    pub name: String,
    /// `words` or `meaning`: what orders the sentences.
    pub mode: &'static str,
    pub questions: usize,
    pub ex1: f64,
    pub ex3: f64,
    pub hit1: f64,
    pub hit3: f64,
    pub mrr10: f64,
    pub answered: f64,
    pub strangers: usize,
    pub refused: f64,
    pub median_ms: f64,
    pub mean_ms: f64,
    pub p99_ms: f64,
}

/// A longer quote counts only if it is one sentence.
const MAX_QUOTE_CHARS: usize = 320;
const RANKS: usize = 10;

/// Asks `library` every question.
pub fn evaluate(
    library: &Library,
    name: &str,
    questions: &[JudgedQuestion],
) -> Result<Counts, LibraryError> {
    let mut tally = Counts::new(name, library.mode());
    for judged in questions {
        let begun = Instant::now();
        let answer = library.ask(&judged.question, None)?;
        tally.times.push(begun.elapsed());
        // A question that ends with white space is not taken for one that is still being typed.
        let ranked = library.suggest_quotes(&format!("{} ", judged.question))?;
        tally.count(judged, &answer, &ranked);
    }
    Ok(tally)
}

impl JudgedQuestion {
    fn is_right(&self, excerpt: &Excerpt) -> bool {
        let range = excerpt.range();
        let inside = |sentence: &&std::ops::Range<usize>| {
            range.start <= sentence.start && sentence.end <= range.end
        };
        let sentences = excerpt.passage().sentences.iter().filter(inside).count();
        let is_short = excerpt.quote().chars().count() <= MAX_QUOTE_CHARS || sentences <= 1;
        is_short && self.is_in(excerpt.quote())
    }

    fn is_hit(&self, excerpt: &Excerpt) -> bool {
        match &self.passage {
            Some(passage) => excerpt.passage().text == *passage,
            None => self.is_in(&excerpt.passage().text),
        }
    }

    /// Whether a text holds a right answer.
    pub fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.gold.iter().any(|gold| text.contains(&gold.to_lowercase()))
    }
}

impl Counts {
    /// Nothing counted yet.
    pub fn new(name: &str, mode: Mode) -> Counts {
        Counts {
            name: name.to_owned(),
            mode,
            questions: 0,
            ex1: 0,
            ex3: 0,
            hit1: 0,
            hit3: 0,
            reciprocal: 0.0,
            answered: 0,
            unanswerable: 0,
            refused: 0,
            times: Vec::new(),
        }
    }

    /// Counts one question; `ranked` has a quote of each passage, best first.
    pub fn count(&mut self, judged: &JudgedQuestion, answer: &Answer, ranked: &[Excerpt]) {
        let excerpts = match answer {
            Answer::Found(found) => found.excerpts.as_slice(),
            Answer::NothingFound(_) | Answer::Byline(_) | Answer::SmallTalk(_) | Answer::Empty => {
                &[]
            }
        };
        if judged.gold.is_empty() {
            self.unanswerable += 1;
            self.refused += usize::from(excerpts.is_empty());
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
        self.reciprocal += rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
    }

    /// Adds the counts of another corpus.
    pub fn add(&mut self, other: &Counts) {
        self.questions += other.questions;
        self.ex1 += other.ex1;
        self.ex3 += other.ex3;
        self.hit1 += other.hit1;
        self.hit3 += other.hit3;
        self.reciprocal += other.reciprocal;
        self.answered += other.answered;
        self.unanswerable += other.unanswerable;
        self.refused += other.refused;
        self.times.extend(&other.times);
    }

    pub fn figures(&self) -> Metrics {
        let share = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
        let of_all = |count| share(count, self.questions);
        let mut times = self.times.clone();
        times.sort();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let total: Duration = times.iter().sum();
        let p99 = times.get((times.len() * 99).div_ceil(100).saturating_sub(1));
        Metrics {
            name: self.name.clone(),
            mode: self.mode.name(),
            questions: self.questions,
            ex1: of_all(self.ex1),
            ex3: of_all(self.ex3),
            hit1: of_all(self.hit1),
            hit3: of_all(self.hit3),
            mrr10: 100.0 * self.reciprocal / self.questions.max(1) as f64,
            answered: of_all(self.answered),
            strangers: self.unanswerable,
            refused: share(self.refused, self.unanswerable),
            median_ms: times.get(times.len() / 2).copied().map_or(0.0, milliseconds),
            mean_ms: milliseconds(total) / times.len().max(1) as f64,
            p99_ms: p99.copied().map_or(0.0, milliseconds),
        }
    }
}

/// A table, a row for each corpus; shares in percent.
pub fn table(rows: &[Metrics]) -> String {
    let mut shown = String::from(
        "                                 questions   ex@1   ex@3  hit@1  hit@3  MRR@10 answered  off-topic refused median ms  mean ms  p99 ms\n",
    );
    for row in rows {
        let name: String = row.name.chars().take(24).collect();
        shown.push_str(&format!(
            "{name:<24} {:<7} {:>9} {:>6.1} {:>6.1} {:>6.1} {:>6.1} {:>7.1} {:>8.1} {:>10} {:>7.1} {:>9.2} {:>8.2} {:>7.2}\n",
            row.mode,
            row.questions,
            row.ex1,
            row.ex3,
            row.hit1,
            row.hit3,
            row.mrr10,
            row.answered,
            row.strangers,
            row.refused,
            row.median_ms,
            row.mean_ms,
            row.p99_ms
        ));
    }
    shown
}

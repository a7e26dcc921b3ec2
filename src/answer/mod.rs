//! Turns hits into an answer: which passages to quote, and what to say when none fit.
//!
//! Pure: no I/O, no clock. Every quote is an [`Excerpt`], a byte range of its passage.

mod byline;
mod combine;
pub mod confidence;
mod cursor;
mod excerpt;
mod link;
mod small_talk;

use std::ops::Range;
use std::sync::Arc;

pub use byline::{author_is_missing, byline, with_bylines};
pub use combine::combine;
use confidence::ConfidenceFeatures;
pub use cursor::{AnswerCursor, QuoteRef};
pub use excerpt::{Excerpt, Place};
pub use small_talk::small_talk;

use crate::corpus::article::Outline;
use crate::index::{analyzer, script};
use crate::search::features;
use crate::search::max_sim::MaxSimFeature;
use crate::search::query::Query;
use crate::search::{Hit, Ranking};

/// What Verbatim has to say to one question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Found(Found),
    NothingFound(NothingFound),
    /// The articles whose authors are asked for, where no sentence names them.
    Byline(Bylines),
    /// A greeting, thanks or a farewell: nothing was searched.
    SmallTalk(SmallTalk),
    /// There is nothing in the question that could be looked for.
    Empty,
}

/// Quotes that answer, strongest first; where several questions are answered one each, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// One to three; they never overlap.
    pub excerpts: Vec<Excerpt>,
    pub corrected: Vec<Correction>,
    /// The articles whose authors were asked for and are not all named in the quotes.
    pub bylines: Vec<Arc<Outline>>,
    /// Of several questions, those that the corpus does not cover, as typed, perhaps cut.
    pub unanswered: Vec<String>,
}

/// Who wrote, in the words of the front matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Bylines {
    /// One to three.
    pub articles: Vec<Arc<Outline>>,
    /// Of several questions, those that the corpus does not cover, as in [`Found`].
    pub unanswered: Vec<String>,
}

/// The corpus does not cover the question.
#[derive(Debug, Clone, PartialEq)]
pub struct NothingFound {
    /// The words of the question, as typed, that the corpus does not have.
    pub missing: Vec<String>,
    /// The sections that come nearest, best first, at most three; empty if none is near.
    pub nearest: Vec<Place>,
    pub corrected: Vec<Correction>,
}

/// A word that the corpus does not know and the word that was searched instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub typed: String,
    pub used: String,
}

/// A message that is no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmallTalk {
    Greeting,
    Thanks,
    Farewell,
}

/// The most excerpts of an answer.
pub const MAX_EXCERPTS: usize = 3;
/// A quote grows by its neighbouring sentences up to this length.
const MAX_QUOTE_CHARS: usize = 300;
/// A quote so much less likely than the first answers nothing: it lacks the phrase that was asked for.
const NEGLIGIBLE: f32 = 1e-6;
const MAX_NEAREST: usize = 3;
/// Nineteen of twenty questions that an article does not answer come less near to any of its sentences.
const NEAR: f32 = 0.42;

/// The answer to `query` from what the search found.
pub fn answer(query: &Query, findings: &Ranking) -> Answer {
    answer_with(confidence::weights(findings.mode), query, findings)
}

/// The same with other weights for the confidence.
pub fn answer_with(weights: &ConfidenceFeatures, query: &Query, findings: &Ranking) -> Answer {
    if query.terms.is_empty() {
        return Answer::Empty;
    }
    let corrected = corrections(findings);
    let excerpts = quotes(&findings.hits, MAX_EXCERPTS);
    if confidence::is_answered(weights, findings) && !excerpts.is_empty() {
        let (bylines, unanswered) = (Vec::new(), Vec::new());
        return Answer::Found(Found { excerpts, corrected, bylines, unanswered });
    }
    Answer::NothingFound(NothingFound {
        missing: missing(findings),
        nearest: nearest(findings),
        corrected,
    })
}

/// Whether the best hit answers, and what speaks for it, as a line for an engineer.
pub fn explain(findings: &Ranking) -> String {
    confidence::explain(findings)
}

/// A quote of each passage that may answer, strongest first; empty where [`answer`] refuses.
pub fn rank_quotes(findings: &Ranking) -> Vec<Excerpt> {
    rank_quotes_with(confidence::weights(findings.mode), findings)
}

/// The same with other weights for the confidence.
pub fn rank_quotes_with(weights: &ConfidenceFeatures, findings: &Ranking) -> Vec<Excerpt> {
    match confidence::is_answered(weights, findings) {
        true => {
            let hits = findings.hits.iter();
            hits.flat_map(|hit| quotes(std::slice::from_ref(hit), 1)).collect()
        }
        false => Vec::new(),
    }
}

/// The spans of sentences that most likely hold the answer, none overlapping another, at most `most`.
fn quotes(hits: &[Hit], most: usize) -> Vec<Excerpt> {
    let highest = hits.iter().flat_map(|hit| &hit.scores).copied().fold(f32::MIN, f32::max);
    let odds: Vec<Vec<f32>> = hits
        .iter()
        .map(|hit| hit.scores.iter().map(|score| (score - highest).exp()).collect())
        .collect();
    let mut excerpts = Vec::new();
    let mut likeliest_sum = 0.0_f32;
    let mut taken: Vec<Vec<Range<usize>>> = vec![Vec::new(); hits.len()];
    while excerpts.len() < most {
        let mut best: Option<(usize, Range<usize>, f32)> = None;
        for (at, hit) in hits.iter().enumerate() {
            for span in spans(hit, &taken[at]) {
                let sum: f32 = odds[at][span.clone()].iter().sum();
                // Among equals the first.
                if best.as_ref().is_none_or(|(_, _, known)| sum > *known) {
                    best = Some((at, span, sum));
                }
            }
        }
        let Some((at, span, sum)) = best else { break };
        likeliest_sum = likeliest_sum.max(sum);
        if sum < likeliest_sum * NEGLIGIBLE {
            break;
        }
        excerpts.extend(excerpt(&hits[at], &span));
        taken[at].push(span);
    }
    excerpts
}

/// The sentences in a row that make a quote and are not `taken`.
fn spans(hit: &Hit, taken: &[Range<usize>]) -> Vec<Range<usize>> {
    let (sentences, text) = (&hit.passage.sentences, &hit.passage.text);
    let mut spans = Vec::new();
    for start in 0..sentences.len() {
        for end in start + 1..=sentences.len() {
            let is_free = !taken.iter().any(|range| range.start < end && start < range.end);
            let quote = sentences[start].start..sentences[end - 1].end;
            if !is_free || (end > start + 1 && text[quote].chars().count() > MAX_QUOTE_CHARS) {
                break;
            }
            spans.push(start..end);
        }
    }
    spans
}

/// Sentences of a passage as a quote.
fn excerpt(hit: &Hit, sentences: &Range<usize>) -> Option<Excerpt> {
    let all = &hit.passage.sentences;
    let range = all[sentences.start].start..all[sentences.end - 1].end;
    Excerpt::new(hit.article.clone(), hit.passage.clone(), range, &marks(hit))
}

/// The matched ranges, without those that lie in others.
fn marks(hit: &Hit) -> Vec<Range<usize>> {
    let mut marks: Vec<Range<usize>> = Vec::new();
    for (mark, _) in &hit.marks {
        match marks.last_mut() {
            Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
            _ => marks.push(mark.clone()),
        }
    }
    marks
}

/// The words that were taken for mistyped, with those that were used, written as in the corpus.
fn corrections(findings: &Ranking) -> Vec<Correction> {
    let corrected = findings.terms.iter().enumerate().filter_map(|(at, term)| {
        let used = term.corrected.as_deref()?;
        let places = findings.hits.iter().flat_map(|hit| {
            let own = hit.marks.iter().filter(move |(_, term)| *term == at);
            own.map(|(range, _)| &hit.passage.text[range.clone()])
        });
        let is_it =
            |text: &&str| analyzer::words(text).first().is_some_and(|word| word.folded == used);
        let used = places.into_iter().find(is_it).unwrap_or(used).to_owned();
        Some(Correction { typed: term.typed.clone(), used })
    });
    corrected.collect()
}

/// The words that the corpus does not have. There may be none: then no passage has what it takes.
fn missing(findings: &Ranking) -> Vec<String> {
    let own = findings.terms.iter().filter(|term| term.weight >= 1.0);
    let unknown = own.filter(|term| !term.is_known);
    let mut missing: Vec<String> = Vec::new();
    for term in unknown {
        match missing.last_mut().and_then(|last| carried_on(last, &term.typed)) {
            Some(whole) => {
                missing.pop();
                missing.push(whole);
            }
            None => missing.push(term.typed.clone()),
        }
    }
    missing
}

/// A run of letters from overlapping pieces of it: nobody typed these as words of their own.
fn carried_on(run: &str, piece: &str) -> Option<String> {
    let gram = script::gram_of(piece)?;
    let (last, _) = piece.char_indices().next_back()?;
    let overlaps = gram > 1 && last > 0 && run.ends_with(&piece[..last]);
    overlaps.then(|| format!("{run}{}", &piece[last..]))
}

fn nearest(findings: &Ranking) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    // Words of about the same meaning are not what was asked about, if nothing else says so.
    let is_near = |hit: &&Hit| {
        hit.has.iter().any(|has| *has > confidence::IS_WORD)
            || features::near(&hit.features[hit.best], MaxSimFeature::Plain) > NEAR
    };
    for hit in findings.hits.iter().filter(is_near) {
        let place = Place { article: hit.article.clone(), section: hit.passage.section };
        if places.len() < MAX_NEAREST && !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_run_are_told_as_the_run() {
        assert_eq!(carried_on("谁写", "写的").as_deref(), Some("谁写的"));
        assert_eq!(carried_on("谁写", "法国"), None);
        assert_eq!(carried_on("bread", "d"), None);
    }
}

//! Turns hits into an answer: which passages to quote, and what to say when none fit.
//!
//! Pure: no I/O, no clock. Every quote is an [`Excerpt`], a byte range of its passage.

mod confidence;
mod excerpt;
mod link;
mod small_talk;
mod trail;

use std::ops::Range;

pub use excerpt::{Excerpt, Place};
pub use small_talk::small_talk;
pub use trail::{Step, Trail};

use crate::search::query::Query;
use crate::search::{Findings, Hit, KnownTerm};

/// What Verbatim has to say to one question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Found(Found),
    NothingFound(NothingFound),
    /// A greeting, thanks or a farewell: nothing was searched.
    SmallTalk(SmallTalk),
    /// There is nothing in the question that could be looked for.
    Empty,
}

/// Quotes that answer, strongest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// One to three; they never overlap.
    pub excerpts: Vec<Excerpt>,
    pub corrected: Vec<Correction>,
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
const MAX_NEAREST: usize = 3;
/// What a sentence loses for each quote that its passage has given.
const AGAIN: f32 = 1.0;

/// The answer to `query` from what the search found.
pub fn answer(query: &Query, findings: &Findings) -> Answer {
    if query.terms.is_empty() {
        return Answer::Empty;
    }
    let corrected = corrections(&findings.terms);
    let excerpts = quotes(&findings.hits);
    if confidence::is_answered(findings) && !excerpts.is_empty() {
        return Answer::Found(Found { excerpts, corrected });
    }
    Answer::NothingFound(NothingFound {
        missing: missing(findings),
        nearest: nearest(findings),
        corrected,
    })
}

/// Whether the best hit answers, and what speaks for it, as a line for an engineer.
pub fn explain(findings: &Findings) -> String {
    confidence::explain(findings)
}

/// A quote of each passage that may answer, strongest first; empty where [`answer`] refuses.
pub fn browse(findings: &Findings) -> Vec<Excerpt> {
    match confidence::is_answered(findings) {
        true => {
            let hits = findings.hits.iter();
            hits.filter_map(|hit| excerpt(hit, &grown(hit, hit.best, &[]))).collect()
        }
        false => Vec::new(),
    }
}

/// The strongest sentences of all hits, each with its neighbours.
fn quotes(hits: &[Hit]) -> Vec<Excerpt> {
    let mut excerpts = Vec::new();
    let mut taken: Vec<Vec<Range<usize>>> = vec![Vec::new(); hits.len()];
    while excerpts.len() < MAX_EXCERPTS {
        let free = hits.iter().enumerate().filter_map(|(at, hit)| {
            let (best, score) = strongest(hit, &taken[at])?;
            Some((at, best, score - AGAIN * taken[at].len() as f32))
        });
        // Among equals the first.
        let Some((at, best, _)) = free.rev().max_by(|a, b| a.2.total_cmp(&b.2)) else { break };
        let sentences = grown(&hits[at], best, &taken[at]);
        excerpts.extend(excerpt(&hits[at], &sentences));
        taken[at].push(sentences);
    }
    excerpts
}

/// The sentence with the highest score outside of `taken`.
fn strongest(hit: &Hit, taken: &[Range<usize>]) -> Option<(usize, f32)> {
    let free = (0..hit.scores.len()).filter(|at| !taken.iter().any(|range| range.contains(at)));
    free.map(|at| (at, hit.scores[at])).rev().max_by(|a, b| a.1.total_cmp(&b.1))
}

/// A sentence with as many of its neighbours as fit and are not `taken`: the stronger side first, a
/// sentence after before one as strong before.
fn grown(hit: &Hit, best: usize, taken: &[Range<usize>]) -> Range<usize> {
    let (sentences, text) = (&hit.passage.sentences, &hit.passage.text);
    let mut grown = best..best + 1;
    let fits = |first: usize, end: usize| {
        let is_free = !taken.iter().any(|range| range.start < end && first < range.end);
        let quote = sentences[first].start..sentences[end - 1].end;
        is_free && text[quote].chars().count() <= MAX_QUOTE_CHARS
    };
    loop {
        let before = grown.start.checked_sub(1).filter(|before| fits(*before, grown.end));
        let after =
            Some(grown.end).filter(|at| *at < sentences.len() && fits(grown.start, *at + 1));
        match (before, after) {
            (Some(before), Some(after)) if hit.scores[before] > hit.scores[after] => {
                grown.start = before;
            }
            (_, Some(after)) => grown.end = after + 1,
            (Some(before), None) => grown.start = before,
            (None, None) => return grown,
        }
    }
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

fn corrections(terms: &[KnownTerm]) -> Vec<Correction> {
    let corrected = terms.iter().filter_map(|term| {
        let used = term.corrected.clone()?;
        Some(Correction { typed: term.typed.clone(), used })
    });
    corrected.collect()
}

/// The words that the corpus does not have. There may be none: then no passage has what it takes.
fn missing(findings: &Findings) -> Vec<String> {
    let own = findings.terms.iter().filter(|term| term.weight >= 1.0);
    let unknown = own.filter(|term| !term.is_known || term.corrected.is_some());
    unknown.map(|term| term.typed.clone()).collect()
}

fn nearest(findings: &Findings) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for hit in &findings.hits {
        let place = Place { article: hit.article.clone(), section: hit.passage.section };
        if places.len() < MAX_NEAREST && !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

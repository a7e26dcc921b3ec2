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
    /// One to three, from different passages.
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

/// The answer to `query` from what the search found.
pub fn answer(query: &Query, findings: &Findings) -> Answer {
    if query.terms.is_empty() {
        return Answer::Empty;
    }
    let corrected = corrections(&findings.terms);
    let excerpts: Vec<_> = findings.hits.iter().take(MAX_EXCERPTS).filter_map(excerpt).collect();
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

/// Every quote that may answer, strongest first; empty where [`answer`] refuses.
pub fn browse(findings: &Findings) -> Vec<Excerpt> {
    match confidence::is_answered(findings) {
        true => findings.hits.iter().filter_map(excerpt).collect(),
        false => Vec::new(),
    }
}

/// The best sentence of a passage with as much of its neighbours as fits.
fn excerpt(hit: &Hit) -> Option<Excerpt> {
    let sentences = &hit.passage.sentences;
    let text = &hit.passage.text;
    let (mut first, mut last) = (hit.best, hit.best);
    let length = |first: usize, last: usize| {
        text[sentences[first].start..sentences[last].end].chars().count()
    };
    loop {
        let before = first.checked_sub(1).filter(|before| length(*before, last) <= MAX_QUOTE_CHARS);
        let after = Some(last + 1)
            .filter(|after| *after < sentences.len() && length(first, *after) <= MAX_QUOTE_CHARS);
        match (before, after) {
            (Some(before), Some(after)) if hit.scores[before] > hit.scores[after] => first = before,
            (_, Some(after)) => last = after,
            (Some(before), None) => first = before,
            (None, None) => break,
        }
    }
    let range = sentences[first].start..sentences[last].end;
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

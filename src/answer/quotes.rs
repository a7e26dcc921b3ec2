//! Selection of the quotes: the most probable spans of consecutive sentences. Pure.
//!
//! A span that ends with an announcement without what it announces gives way to another one.

use std::collections::HashSet;
use std::ops::Range;

use super::excerpt::Excerpt;
use super::span::{Span, spans};
use crate::index::analyzer;
use crate::search::Hit;

/// Minimum odds of a quote, relative to the best one. A sentence far below lacks a quoted phrase or
/// defines nothing.
const MIN_RELATIVE_ODDS: f32 = 1e-6;
/// Maximum number of quotes that are passed over since their text is already quoted.
const MAX_REPEATED: usize = 64;

/// A span of a hit with its odds.
struct Candidate {
    /// Position of the hit.
    hit: usize,
    span: Span,
    odds: f32,
}

/// Returns at most `limit` quotes with different texts that do not overlap, by descending odds.
///
/// The odds of a quote are the sum of the odds of its sentences, whose logarithms are the scores.
pub fn best_quotes(hits: &[Hit], limit: usize) -> Vec<Excerpt> {
    let candidates = candidates(hits);
    let mut excerpts = Vec::new();
    let mut used: Vec<Vec<Range<usize>>> = vec![Vec::new(); hits.len()];
    // Several files may have the same text, with other markup.
    let (mut seen, mut repeated) = (HashSet::new(), 0);
    while excerpts.len() < limit && repeated < MAX_REPEATED {
        let is_free = |candidate: &&Candidate| {
            let shown = &candidate.span.shown;
            let overlaps = |one: &Range<usize>| one.start < shown.end && shown.start < one.end;
            !used[candidate.hit].iter().any(overlaps)
        };
        let mut free = candidates.iter().filter(is_free);
        let Some(best) = free.next() else { break };
        let is_substitute = |other: &&Candidate| {
            other.span.is_complete && other.odds >= best.odds * MIN_RELATIVE_ODDS
        };
        let chosen = match best.span.is_complete {
            true => best,
            false => free.find(is_substitute).unwrap_or(best),
        };
        if chosen.odds < candidates[0].odds * MIN_RELATIVE_ODDS {
            break;
        }
        match excerpt(&hits[chosen.hit], &chosen.span.shown) {
            Some(excerpt) if seen.insert(normalized(excerpt.quote())) => excerpts.push(excerpt),
            Some(_) | None => repeated += 1,
        }
        used[chosen.hit].push(chosen.span.shown.clone());
    }
    excerpts
}

/// Returns the spans of all hits by descending odds. Of spans with the same odds, the first one of
/// the best hit comes first.
fn candidates(hits: &[Hit]) -> Vec<Candidate> {
    let highest = hits.iter().flat_map(|hit| &hit.scores).copied().fold(f32::MIN, f32::max);
    let mut candidates = Vec::new();
    for (position, hit) in hits.iter().enumerate() {
        let odds: Vec<f32> = hit.scores.iter().map(|score| (score - highest).exp()).collect();
        candidates.extend(spans(&hit.passage).into_iter().map(|span| {
            let odds = odds[span.scored.clone()].iter().sum();
            Candidate { hit: position, span, odds }
        }));
    }
    candidates.sort_by(|a, b| b.odds.total_cmp(&a.odds));
    candidates
}

/// Returns the words of a quote in one notation, for comparison.
fn normalized(quote: &str) -> Vec<String> {
    analyzer::words(quote).into_iter().map(|word| word.folded).collect()
}

/// Makes an excerpt of a span of sentences.
fn excerpt(hit: &Hit, span: &Range<usize>) -> Option<Excerpt> {
    let sentences = &hit.passage.sentences;
    let range = sentences[span.start].start..sentences[span.end - 1].end;
    Excerpt::new(hit.article.clone(), hit.passage.clone(), range, &merged_marks(hit))
}

/// Merges the overlapping marks of a hit.
fn merged_marks(hit: &Hit) -> Vec<Range<usize>> {
    let mut marks: Vec<Range<usize>> = Vec::new();
    for (mark, _) in &hit.marks {
        match marks.last_mut() {
            Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
            _ => marks.push(mark.clone()),
        }
    }
    marks
}

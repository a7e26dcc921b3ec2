//! Selection of the quotes: the most probable spans of consecutive sentences. Pure.

use std::collections::HashSet;
use std::ops::Range;

use super::excerpt::Excerpt;
use crate::index::analyzer;
use crate::search::Hit;

/// Maximum length of a quote of several sentences, in chars.
const MAX_QUOTE_CHARS: usize = 300;
/// Minimum odds of a quote, relative to the best one. A hit far below lacks the quoted phrase.
const MIN_RELATIVE_ODDS: f32 = 1e-6;

/// Returns at most `limit` quotes that do not overlap, by descending odds.
///
/// The odds of a quote are the sum of the odds of its sentences, whose logarithms are the scores.
pub fn best_quotes(hits: &[Hit], limit: usize) -> Vec<Excerpt> {
    let highest = hits.iter().flat_map(|hit| &hit.scores).copied().fold(f32::MIN, f32::max);
    let odds: Vec<Vec<f32>> = hits
        .iter()
        .map(|hit| hit.scores.iter().map(|score| (score - highest).exp()).collect())
        .collect();
    let mut excerpts = Vec::new();
    let mut highest_sum = 0.0_f32;
    let mut used: Vec<Vec<Range<usize>>> = vec![Vec::new(); hits.len()];
    // Several files may have the same text, with other markup.
    let mut seen = HashSet::new();
    while excerpts.len() < limit {
        let mut best: Option<(usize, Range<usize>, f32)> = None;
        for (at, hit) in hits.iter().enumerate() {
            for span in free_spans(hit, &used[at]) {
                let sum: f32 = odds[at][span.clone()].iter().sum();
                // The first of several spans with the same odds wins.
                if best.as_ref().is_none_or(|(_, _, known)| sum > *known) {
                    best = Some((at, span, sum));
                }
            }
        }
        let Some((at, span, sum)) = best else { break };
        highest_sum = highest_sum.max(sum);
        if sum < highest_sum * MIN_RELATIVE_ODDS {
            break;
        }
        if let Some(excerpt) = excerpt(&hits[at], &span)
            && seen.insert(normalized(excerpt.quote()))
        {
            excerpts.push(excerpt);
        }
        used[at].push(span);
    }
    excerpts
}

/// Returns the spans of sentences that are short enough for a quote and overlap no used span.
fn free_spans(hit: &Hit, used: &[Range<usize>]) -> Vec<Range<usize>> {
    let (sentences, text) = (&hit.passage.sentences, &hit.passage.text);
    let mut spans = Vec::new();
    for start in 0..sentences.len() {
        for end in start + 1..=sentences.len() {
            let is_free = !used.iter().any(|range| range.start < end && start < range.end);
            let quote = sentences[start].start..sentences[end - 1].end;
            let is_long = || text[quote].chars().count() > MAX_QUOTE_CHARS;
            if !is_free || (end > start + 1 && is_long()) {
                break;
            }
            spans.push(start..end);
        }
    }
    spans
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

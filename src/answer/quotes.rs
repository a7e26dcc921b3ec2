//! Selection of the quotes: the most probable spans of consecutive sentences. Pure.
//!
//! A quote whose last sentence announces something, as in `as follows:`, is continued by what
//! follows in its passage. If nothing follows that is short enough, another quote comes first.

use std::collections::HashSet;
use std::ops::Range;

use super::excerpt::Excerpt;
use crate::corpus::article::PassageKind;
use crate::corpus::ends_with_announcement;
use crate::index::analyzer;
use crate::search::Hit;

/// Maximum length of a quote of several sentences, in chars.
const MAX_QUOTE_CHARS: usize = 300;
/// Maximum length of a quote that is continued by what it announces, in chars.
const MAX_CONTINUED_CHARS: usize = 500;
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
        let mut best = None;
        let mut best_complete = None;
        for (at, hit) in hits.iter().enumerate() {
            for span in free_spans(hit, &used[at]) {
                let sum: f32 = odds[at][span.scored.clone()].iter().sum();
                if span.is_complete {
                    keep_better(&mut best_complete, at, &span, sum);
                }
                keep_better(&mut best, at, &span, sum);
            }
        }
        let Some(best) = best else { break };
        let is_near = |other: &(usize, Span, f32)| other.2 >= best.2 * MIN_RELATIVE_ODDS;
        let (at, span, sum) = match best.1.is_complete {
            true => best,
            false => best_complete.filter(is_near).unwrap_or(best),
        };
        highest_sum = highest_sum.max(sum);
        if sum < highest_sum * MIN_RELATIVE_ODDS {
            break;
        }
        if let Some(excerpt) = excerpt(&hits[at], &span.shown)
            && seen.insert(normalized(excerpt.quote()))
        {
            excerpts.push(excerpt);
        }
        used[at].push(span.shown);
    }
    excerpts
}

/// Replaces `best` by a span with higher odds. The first of several with the same odds stays.
fn keep_better(best: &mut Option<(usize, Span, f32)>, hit: usize, span: &Span, sum: f32) {
    if best.as_ref().is_none_or(|(_, _, known)| sum > *known) {
        *best = Some((hit, span.clone(), sum));
    }
}

/// A span of consecutive sentences of a hit.
#[derive(Clone)]
struct Span {
    /// Sentences whose odds count.
    scored: Range<usize>,
    /// Sentences that are quoted: the scored ones, and what they announce.
    shown: Range<usize>,
    /// Whether the span does not end with an announcement.
    is_complete: bool,
}

/// Returns the spans of sentences that are short enough for a quote and overlap no used span.
fn free_spans(hit: &Hit, used: &[Range<usize>]) -> Vec<Span> {
    let sentences = &hit.passage.sentences;
    let is_free =
        |span: &Range<usize>| !used.iter().any(|one| one.start < span.end && span.start < one.end);
    let mut spans = Vec::new();
    for start in 0..sentences.len() {
        for end in start + 1..=sentences.len() {
            let is_long = end > start + 1 && quote_chars(hit, start..end) > MAX_QUOTE_CHARS;
            if is_long || !is_free(&(start..end)) {
                break;
            }
            let mut shown = start..end;
            while announces(hit, shown.end - 1) && shown.end < sentences.len() {
                let longer = continued(hit, &shown);
                if longer == shown || !is_free(&longer) {
                    break;
                }
                shown = longer;
            }
            let is_complete = !announces(hit, shown.end - 1);
            spans.push(Span { scored: start..end, shown, is_complete });
        }
    }
    spans
}

/// Returns a span with the sentences after it that fit.
fn continued(hit: &Hit, span: &Range<usize>) -> Range<usize> {
    let count = hit.passage.sentences.len();
    let fits = |end: &usize| quote_chars(hit, span.start..*end) <= MAX_CONTINUED_CHARS;
    let end = (span.end + 1..=count).take_while(fits).last().unwrap_or(span.end);
    // An announcement at the end of what fits has nothing after it.
    let end = (span.end + 1..=end).rev().find(|end| !announces(hit, end - 1));
    span.start..end.unwrap_or(span.end)
}

/// Returns the length of a quote, in chars.
fn quote_chars(hit: &Hit, span: Range<usize>) -> usize {
    let sentences = &hit.passage.sentences;
    hit.passage.text[sentences[span.start].start..sentences[span.end - 1].end].chars().count()
}

/// Returns whether a sentence announces what follows it.
fn announces(hit: &Hit, sentence: usize) -> bool {
    hit.passage.kind_of(sentence) != PassageKind::Code
        && ends_with_announcement(&hit.passage.text[hit.passage.sentences[sentence].clone()])
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

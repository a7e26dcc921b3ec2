//! Which quotes, so that they do not repeat each other: maximal marginal relevance (Carbonell &
//! Goldstein 1998). Pure; among equals the first.

use std::collections::HashSet;

use super::candidates::{CandidateQuote, Candidates};
use super::tf_isf::similarity;

/// What being like a quote that is chosen already costs.
const REPEATING: f32 = 0.8;
/// A quote so like another says the same, and is chosen where there is nothing else.
const THE_SAME: f32 = 0.7;
const SAYING_THE_SAME: f32 = 1.0;
/// Only so many of the best are compared with what was chosen lately: an archive has many sections.
const MAX_COMPARED: usize = 8;
/// And only with so many of the latest: what came long before is on another page.
const MAX_COMPARED_WITH: usize = 256;

/// The lines that are chosen so far.
#[derive(Default)]
pub struct Selection {
    lines: Vec<usize>,
    known: HashSet<usize>,
}

impl Selection {
    /// The best of `quotables` beside what is chosen, which it joins; `None` if none is worth `least`.
    pub fn next(
        &mut self,
        draft: &Candidates<'_>,
        quotables: &[CandidateQuote],
        least: f32,
    ) -> Option<CandidateQuote> {
        let mut free: Vec<_> = quotables.iter().filter(|quotable| self.is_free(quotable)).collect();
        free.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.lines.start.cmp(&b.lines.start)));
        free.truncate(MAX_COMPARED);
        let mut best: Option<CandidateQuote> = None;
        for quotable in free {
            let likeness = self.likeness(draft, quotable);
            let same = if likeness > THE_SAME { SAYING_THE_SAME } else { 0.0 };
            let worth = quotable.score - REPEATING * likeness - same;
            if worth >= least && best.as_ref().is_none_or(|known| worth > known.score) {
                best = Some(CandidateQuote { lines: quotable.lines.clone(), score: worth });
            }
        }
        let lines = || best.iter().flat_map(|best| best.lines.clone());
        self.lines.extend(lines());
        self.known.extend(lines());
        best
    }

    fn is_free(&self, quotable: &CandidateQuote) -> bool {
        !quotable.lines.clone().any(|line| self.known.contains(&line))
    }

    fn likeness(&self, draft: &Candidates<'_>, quotable: &CandidateQuote) -> f32 {
        let rows = &draft.vectors.rows;
        let latest = &self.lines[self.lines.len().saturating_sub(MAX_COMPARED_WITH)..];
        let pairs = quotable.lines.clone().flat_map(|line| {
            latest.iter().map(move |chosen| similarity(&rows[line], &rows[*chosen]))
        });
        pairs.fold(0.0, f32::max)
    }
}

//! Maximal marginal relevance (Carbonell & Goldstein 1998): selection of quotes that do not repeat
//! each other. Pure; of equal quotes the first is selected.

use std::collections::HashSet;

use super::candidates::{CandidateQuote, Candidates};
use super::tf_isf::similarity;

/// Factor of the cost of similarity to a selected quote.
const SIMILARITY_COST: f32 = 0.8;
/// Similarity above which a quote is a repetition.
const REPETITION: f32 = 0.7;
/// Additional cost of a repetition, so that it is selected only as a last resort.
const REPETITION_COST: f32 = 1.0;
/// Maximum number of the best quotes that are compared with selected quotes. It bounds the time for
/// a topic that is found in many sections.
const MAX_COMPARED: usize = 8;
/// Maximum number of selected sentences, the latest, that a quote is compared with. Earlier ones
/// are shown on another page.
const MAX_COMPARED_WITH: usize = 256;

/// The sentences that are selected so far.
#[derive(Default)]
pub struct Selection {
    /// In the order of their selection.
    sentences: Vec<usize>,
    selected: HashSet<usize>,
}

impl Selection {
    /// Selects the best quote in view of those that are selected already. Returns the quote with
    /// its marginal score, or `None` if no marginal score is at least `min_score`.
    pub fn select(
        &mut self,
        candidates: &Candidates<'_>,
        quotes: &[CandidateQuote],
        min_score: f32,
    ) -> Option<CandidateQuote> {
        let mut free: Vec<_> = quotes.iter().filter(|quote| self.is_free(quote)).collect();
        free.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then(a.sentences.start.cmp(&b.sentences.start))
        });
        free.truncate(MAX_COMPARED);
        let mut best: Option<CandidateQuote> = None;
        for quote in free {
            let similarity = self.similarity(candidates, quote);
            let repetition = if similarity > REPETITION { REPETITION_COST } else { 0.0 };
            let score = quote.score - SIMILARITY_COST * similarity - repetition;
            if score >= min_score && best.as_ref().is_none_or(|best| score > best.score) {
                best = Some(CandidateQuote { sentences: quote.sentences.clone(), score });
            }
        }
        let sentences = || best.iter().flat_map(|best| best.sentences.clone());
        self.sentences.extend(sentences());
        self.selected.extend(sentences());
        best
    }

    /// Returns whether no sentence of a quote is selected.
    fn is_free(&self, quote: &CandidateQuote) -> bool {
        !quote.sentences.clone().any(|sentence| self.selected.contains(&sentence))
    }

    /// Returns the highest similarity between a sentence of the quote and a selected sentence.
    fn similarity(&self, candidates: &Candidates<'_>, quote: &CandidateQuote) -> f32 {
        let rows = &candidates.vectors.rows;
        let latest = &self.sentences[self.sentences.len().saturating_sub(MAX_COMPARED_WITH)..];
        let pairs = quote.sentences.clone().flat_map(|sentence| {
            latest.iter().map(move |selected| similarity(&rows[sentence], &rows[*selected]))
        });
        pairs.fold(0.0, f32::max)
    }
}

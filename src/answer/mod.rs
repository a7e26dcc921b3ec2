//! Answers: ranked hits → quotes, or a refusal. Pure.
//!
//! Every quote is an [`Excerpt`], a byte range of its passage. An answer never has text of its own.

mod article_list;
mod byline;
mod combine;
pub mod confidence;
mod cursor;
mod excerpt;
mod link;
mod outcome;
mod quotes;
mod refusal;
mod span;

pub use article_list::{ArticleList, ListReason, MAX_LISTED};
pub use byline::{author_is_missing, find_bylines, with_bylines};
pub use combine::combine;
pub use cursor::{AnswerCursor, QuoteRef};
pub use excerpt::{Excerpt, Place};
pub use outcome::{
    Answer, Bylines, Correction, Found, LanguageMismatch, NothingFound, UnmatchedFilter,
};

use crate::index::analyzer;
use crate::search::Ranking;
use crate::search::query::Query;
use confidence::ConfidenceWeights;
use outcome::MAX_EXCERPTS;
use quotes::best_quotes;

/// Answers a query from its ranking.
pub fn answer(query: &Query, ranking: &Ranking) -> Answer {
    answer_with(confidence::weights(ranking.mode), query, ranking)
}

/// Answers a query from its ranking, with other weights of the confidence features.
pub fn answer_with(weights: &ConfidenceWeights, query: &Query, ranking: &Ranking) -> Answer {
    if query.terms.is_empty() {
        return Answer::Empty;
    }
    let corrected = corrections(ranking);
    let excerpts = best_quotes(&ranking.hits, MAX_EXCERPTS);
    if confidence::is_answered(weights, ranking) && !excerpts.is_empty() {
        return Answer::Found(Found {
            excerpts,
            questions: Vec::new(),
            corrected,
            bylines: Vec::new(),
            languages: None,
            unanswered: Vec::new(),
            filters: None,
        });
    }
    Answer::NothingFound(NothingFound {
        missing: refusal::missing_words(query, ranking),
        nearest: refusal::nearest_places(ranking),
        corrected,
        languages: None,
        filters: None,
        unmatched: None,
    })
}

/// Returns one diagnostic line on the confidence decision.
pub fn explain(ranking: &Ranking) -> String {
    confidence::explain(ranking)
}

/// Returns one quote of each hit, best first; nothing if [`answer`] refuses.
pub fn quote_per_hit(ranking: &Ranking) -> Vec<Excerpt> {
    quote_per_hit_with(confidence::weights(ranking.mode), ranking)
}

/// Returns one quote of each hit, with other weights of the confidence features.
pub fn quote_per_hit_with(weights: &ConfidenceWeights, ranking: &Ranking) -> Vec<Excerpt> {
    if !confidence::is_answered(weights, ranking) {
        return Vec::new();
    }
    let hits = ranking.hits.iter();
    hits.flat_map(|hit| best_quotes(std::slice::from_ref(hit), 1)).collect()
}

/// Returns the spelling corrections, written as in the corpus where a hit has the word.
fn corrections(ranking: &Ranking) -> Vec<Correction> {
    let corrected = ranking.terms.iter().enumerate().filter_map(|(position, term)| {
        let used = term.corrected.as_deref()?;
        let matches = ranking.hits.iter().flat_map(|hit| {
            let marks = hit.marks.iter().filter(move |(_, term)| *term == position);
            marks.map(|(range, _)| &hit.passage.text[range.clone()])
        });
        let is_used_word =
            |text: &&str| analyzer::words(text).first().is_some_and(|word| word.folded == used);
        let used = matches.into_iter().find(is_used_word).unwrap_or(used).to_owned();
        Some(Correction { typed: term.typed.clone(), used })
    });
    corrected.collect()
}

//! Content of a refusal: the words that the corpus lacks and the nearest sections. Pure.

use super::confidence;
use super::excerpt::Place;
use super::outcome::MAX_NEAREST;
use crate::index::script;
use crate::search::query::Query;
use crate::search::question_language::{self, QuestionLanguages};
use crate::search::similarity::SimilarityFeature;
use crate::search::{Hit, Ranking, TermStats, features};

/// Minimum similarity of a near sentence.
const MIN_NEAR: f32 = 0.4;

/// Returns the words of the question, as typed, that the corpus does not have.
///
/// No article can have the words of another language, so that only names and numbers are returned
/// for a question in one. Function words are never returned.
pub fn missing_words(query: &Query, ranking: &Ranking) -> Vec<String> {
    let QuestionLanguages { asked, .. } = &query.languages;
    let is_function_word =
        |term: &TermStats| question_language::is_function_word_elsewhere(&term.typed, asked);
    let is_named = |term: &&TermStats| match query.languages.is_foreign() {
        true => term.is_name,
        false => term.is_name || !is_function_word(term),
    };
    let own = ranking.terms.iter().filter(|term| term.turn_weight >= 1.0);
    let mut missing: Vec<String> = Vec::new();
    for term in own.filter(|term| !term.is_in_corpus).filter(is_named) {
        match missing.last_mut().and_then(|last| joined_grams(last, &term.typed)) {
            Some(joined) => {
                missing.pop();
                missing.push(joined);
            }
            None => missing.push(term.typed.clone()),
        }
    }
    missing
}

/// Returns the sections of the hits that are near to the question, best first.
pub fn nearest_places(ranking: &Ranking) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    // Related words alone make no passage near.
    let is_near = |hit: &&Hit| {
        hit.match_strengths.iter().any(|strength| *strength > confidence::MIN_WORD_STRENGTH)
            || features::similarity(&hit.features[hit.best_sentence], SimilarityFeature::Sentence)
                > MIN_NEAR
    };
    for hit in ranking.hits.iter().filter(is_near) {
        let place = Place { article: hit.article.clone(), section: hit.passage.section };
        if places.len() < MAX_NEAREST && !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// Joins overlapping n-grams of a script without spaces; `None` if `gram` does not continue `run`.
fn joined_grams(run: &str, gram: &str) -> Option<String> {
    let length = script::ngram_size(gram)?;
    let (last, _) = gram.char_indices().next_back()?;
    let overlaps = length > 1 && last > 0 && run.ends_with(&gram[..last]);
    overlaps.then(|| format!("{run}{}", &gram[last..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_joins_overlapping_grams() {
        let check = |run: &str, gram: &str, expected: Option<&str>| {
            assert_eq!(joined_grams(run, gram).as_deref(), expected, "{run} {gram}");
        };
        check("谁写", "写的", Some("谁写的"));
        check("谁写", "法国", None);
        check("bread", "d", None);
    }
}

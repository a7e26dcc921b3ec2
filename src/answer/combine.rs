//! Combination of the answers to several questions of one message. Pure.
//!
//! Quotes keep the order of their questions and do not overlap. A question without an answer is
//! named, so that silence about it is never taken for an answer.

use std::sync::Arc;

use super::byline::MAX_BYLINES;
use super::excerpt::{Excerpt, Place};
use super::outcome::{
    Answer, Bylines, Correction, Found, LanguageMismatch, MAX_EXCERPTS, MAX_NEAREST, NothingFound,
};
use crate::corpus::article::Outline;

/// Maximum length of a question that is named, in chars; a longer one is truncated.
const MAX_NAMED_CHARS: usize = 80;

/// Combines the answers to several questions, each with its question as typed.
///
/// `unasked` is the rest of the message, which was not searched.
pub fn combine(answers: Vec<(&str, Answer)>, unasked: Option<&str>) -> Answer {
    let mut found: Vec<(String, Found)> = Vec::new();
    let mut refused: Vec<NothingFound> = Vec::new();
    let mut bylines: Vec<Arc<Outline>> = Vec::new();
    let mut unanswered = Vec::new();
    for (question, answer) in answers {
        match answer {
            Answer::Found(one) => found.push((truncated(question), one)),
            Answer::Byline(one) => extend_unique(&mut bylines, one.articles),
            Answer::NothingFound(one) => {
                unanswered.push(truncated(question));
                refused.push(one);
            }
            Answer::Articles(one) => extend_unique(&mut bylines, one.articles),
            // A request or small talk around a question, such as "Who are you?", asks for no quote.
            Answer::SmallTalk(_) | Answer::Request(_) => {}
            Answer::Empty => unanswered.push(truncated(question)),
        }
    }
    unanswered.extend(unasked.map(truncated));
    bylines.truncate(MAX_BYLINES);
    if found.is_empty() && !bylines.is_empty() {
        return Answer::Byline(Bylines { articles: bylines, unanswered, filters: None });
    }
    if found.is_empty() {
        return Answer::NothingFound(merged_refusal(refused));
    }
    let languages = merged_languages(found.iter().map(|(_, one)| &one.languages));
    let mut corrected = Vec::new();
    found.iter().for_each(|(_, one)| extend_unique(&mut corrected, one.corrected.clone()));
    let (questions, excerpts) = match found.len() {
        1 => (Vec::new(), found.remove(0).1.excerpts),
        _ => best_of_each(found),
    };
    Answer::Found(Found {
        excerpts,
        questions,
        corrected,
        bylines,
        languages,
        unanswered,
        filters: None,
    })
}

/// Returns the questions, and the best quote of each that overlaps no quote of an earlier one. A
/// question whose quotes all overlap earlier ones shares the quote of its best.
fn best_of_each(found: Vec<(String, Found)>) -> (Vec<String>, Vec<Excerpt>) {
    let (mut questions, mut excerpts): (Vec<String>, Vec<Excerpt>) = (Vec::new(), Vec::new());
    for (question, one) in found.into_iter().take(MAX_EXCERPTS) {
        let shared = |excerpt: &Excerpt| excerpts.iter().position(|known| overlap(known, excerpt));
        match one.excerpts.iter().find(|excerpt| shared(excerpt).is_none()) {
            Some(best) => {
                excerpts.push(best.clone());
                questions.push(question);
            }
            None => {
                if let Some(at) = one.excerpts.first().and_then(shared) {
                    questions[at] = format!("{} {question}", questions[at]);
                }
            }
        }
    }
    (questions, excerpts)
}

fn overlap(a: &Excerpt, b: &Excerpt) -> bool {
    let (one, other) = (a.range(), b.range());
    a.passage().id == b.passage().id && one.start < other.end && other.start < one.end
}

/// Merges refusals. The nearest section of each comes before the second nearest of any.
fn merged_refusal(refused: Vec<NothingFound>) -> NothingFound {
    let mut missing: Vec<String> = Vec::new();
    let mut corrected: Vec<Correction> = Vec::new();
    let mut nearest: Vec<Place> = Vec::new();
    for rank in 0..MAX_NEAREST {
        let places = refused.iter().filter_map(|one| one.nearest.get(rank).cloned());
        extend_unique(&mut nearest, places.collect());
    }
    nearest.truncate(MAX_NEAREST);
    let languages = merged_languages(refused.iter().map(|one| &one.languages));
    for one in refused {
        extend_unique(&mut missing, one.missing);
        extend_unique(&mut corrected, one.corrected);
    }
    NothingFound { missing, nearest, corrected, languages, filters: None, unmatched: None }
}

/// Merges the languages of several answers. Like one answer, several have none if the first is in
/// the language of its question.
fn merged_languages<'a>(
    mut all: impl Iterator<Item = &'a Option<LanguageMismatch>>,
) -> Option<LanguageMismatch> {
    let LanguageMismatch { question, mut articles } = all.next()?.clone()?;
    articles.extend(all.flatten().flat_map(|other| other.articles.iter().cloned()));
    LanguageMismatch::new(question, articles)
}

/// Appends the items of `more` that `items` lacks.
fn extend_unique<T: PartialEq>(items: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !items.contains(&item) {
            items.push(item);
        }
    }
}

/// Returns a question, cut after [`MAX_NAMED_CHARS`].
fn truncated(question: &str) -> String {
    let question = question.trim();
    match question.char_indices().nth(MAX_NAMED_CHARS) {
        Some((end, _)) => format!("{}…", question[..end].trim_end()),
        None => question.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::language::Language;

    #[test]
    fn combine_merges_refusals() {
        let refusal = |missing: &[&str]| {
            let missing = missing.iter().map(|word| (*word).to_owned()).collect();
            Answer::NothingFound(NothingFound {
                missing,
                nearest: Vec::new(),
                corrected: Vec::new(),
                languages: None,
                filters: None,
                unmatched: None,
            })
        };
        let merged =
            combine(vec![("a?", refusal(&["x", "y"])), ("b?", refusal(&["y", "z"]))], None);
        assert_eq!(merged, refusal(&["x", "y", "z"]));
    }

    #[test]
    fn combine_merges_languages_unless_the_first_question_is_in_that_of_its_article() {
        let language = |code: &str| Language::of_code(code);
        let german = |article: &str| LanguageMismatch::new(language("de"), vec![language(article)]);
        let merged = merged_languages([german("en"), None, german("fr")].iter());
        let articles = merged.map(|merged| merged.articles);
        assert_eq!(articles, Some(vec![language("en"), language("fr")]));
        assert_eq!(merged_languages([None, german("en")].iter()), None);
        assert_eq!(merged_languages([].iter()), None);
    }

    #[test]
    fn combine_truncates_long_questions() {
        assert_eq!(truncated(&format!(" {}? ", "é".repeat(90))), format!("{}…", "é".repeat(80)));
        assert_eq!(truncated(" why? "), "why?");
    }
}

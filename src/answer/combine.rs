//! The answers to the questions of one message, made one. Pure.
//!
//! Quotes stand in the order of their questions and never overlap. A question without an answer is
//! named, so that silence about it is never taken for one.

use std::sync::Arc;

use super::byline::MAX_BYLINES;
use super::{
    Answer, Bylines, Correction, Excerpt, Found, MAX_EXCERPTS, MAX_NEAREST, NothingFound, Place,
};
use crate::corpus::article::Outline;

/// A longer question is named by its beginning.
const MAX_NAMED_CHARS: usize = 80;

/// One answer of several, each with its question as it was typed; `left` was not asked any more.
pub fn combine(answers: Vec<(&str, Answer)>, left: Option<&str>) -> Answer {
    let mut found: Vec<Found> = Vec::new();
    let mut refused: Vec<NothingFound> = Vec::new();
    let mut bylines: Vec<Arc<Outline>> = Vec::new();
    let mut unanswered = Vec::new();
    for (question, answer) in answers {
        match answer {
            Answer::Found(one) => found.push(one),
            Answer::Byline(one) => add(&mut bylines, one.articles),
            Answer::NothingFound(nothing) => {
                unanswered.push(named(question));
                refused.push(nothing);
            }
            Answer::SmallTalk(_) | Answer::Empty => unanswered.push(named(question)),
        }
    }
    unanswered.extend(left.map(named));
    bylines.truncate(MAX_BYLINES);
    if found.is_empty() && !bylines.is_empty() {
        return Answer::Byline(Bylines { articles: bylines, unanswered });
    }
    if found.is_empty() {
        return Answer::NothingFound(refusal(refused));
    }
    let mut corrected = Vec::new();
    found.iter().for_each(|one| add(&mut corrected, one.corrected.clone()));
    let excerpts = match found.len() {
        1 => found.remove(0).excerpts,
        _ => best_of_each(&found),
    };
    Answer::Found(Found { excerpts, corrected, bylines, unanswered })
}

/// Of each answer the best quote that says what no other did.
fn best_of_each(found: &[Found]) -> Vec<Excerpt> {
    let mut excerpts: Vec<Excerpt> = Vec::new();
    for one in found.iter().take(MAX_EXCERPTS) {
        let is_new = |excerpt: &&Excerpt| !excerpts.iter().any(|known| overlap(known, excerpt));
        let best = one.excerpts.iter().find(is_new).cloned();
        excerpts.extend(best);
    }
    excerpts
}

fn overlap(a: &Excerpt, b: &Excerpt) -> bool {
    let (one, other) = (a.range(), b.range());
    a.passage().id == b.passage().id && one.start < other.end && other.start < one.end
}

fn refusal(refused: Vec<NothingFound>) -> NothingFound {
    let mut missing: Vec<String> = Vec::new();
    let mut corrected: Vec<Correction> = Vec::new();
    let mut nearest: Vec<Place> = Vec::new();
    // What comes nearest to each of them, before what comes second.
    for rank in 0..MAX_NEAREST {
        let places = refused.iter().filter_map(|nothing| nothing.nearest.get(rank).cloned());
        add(&mut nearest, places.collect());
    }
    nearest.truncate(MAX_NEAREST);
    for nothing in refused {
        add(&mut missing, nothing.missing);
        add(&mut corrected, nothing.corrected);
    }
    NothingFound { missing, nearest, corrected }
}

/// Adds what is not there yet.
fn add<T: PartialEq>(known: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !known.contains(&one) {
            known.push(one);
        }
    }
}

fn named(question: &str) -> String {
    let question = question.trim();
    match question.char_indices().nth(MAX_NAMED_CHARS) {
        Some((end, _)) => format!("{}…", question[..end].trim_end()),
        None => question.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_merged_and_long_questions_cut() {
        let nothing = |missing: &[&str]| {
            let missing = missing.iter().map(|word| (*word).to_owned()).collect();
            Answer::NothingFound(NothingFound {
                missing,
                nearest: Vec::new(),
                corrected: Vec::new(),
            })
        };
        let merged =
            combine(vec![("a?", nothing(&["x", "y"])), ("b?", nothing(&["y", "z"]))], None);
        assert_eq!(merged, nothing(&["x", "y", "z"]));
        assert_eq!(named(&format!(" {}? ", "é".repeat(90))), format!("{}…", "é".repeat(80)));
        assert_eq!(named(" why? "), "why?");
    }
}

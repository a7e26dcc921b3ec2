//! Detection of follow-up questions: ellipsis and anaphora. Pure.
//!
//! A complete question is never changed: only a clearly elliptical or anaphoric question
//! is a follow-up.

#[cfg(test)]
mod tests;

use super::answer_type;
use super::authorship;
use crate::index::analyzer::Word;

/// Conjunctions that begin an elliptical question, in the languages of the interface.
const CONJUNCTIONS: [&str; 17] = [
    "and", "but", "or", "so", "also", "und", "aber", "et", "mais", "y", "pero", "и", "а", "но",
    "و", "اما", "ولکن",
];
const PREPOSITIONS: [&str; 8] = ["in", "at", "for", "from", "with", "to", "on", "by"];
/// Maximum length of a prepositional phrase that is a question, in words.
const MAX_PHRASE_WORDS: usize = 3;
/// Maximum number of content words of an elliptical question.
const MAX_ELLIPSIS_CONTENT: usize = 2;
/// Maximum number of content words of an anaphoric question.
const MAX_ANAPHORA_CONTENT: usize = 3;

/// Pronouns that may refer to the previous question.
const PRONOUNS: [&str; 15] = [
    "it", "its", "they", "them", "their", "he", "his", "him", "she", "her", "this", "that",
    "these", "those", "there",
];
/// Possessives. After "who lost" they mostly refer to the subject: "who lost their home?"
const POSSESSIVES: [&str; 4] = ["its", "their", "his", "her"];
/// Forms of "be". With these, "there" is pleonastic: "Is there a treaty?"
const BEING: [&str; 6] = ["is", "are", "was", "were", "be", "been"];

/// Relation of a question to the previous one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUp {
    /// The question asks the same about something else: "and the Tajiks?"
    Ellipsis,
    /// The subject is in the previous question: "who leads it?", "when?"
    Anaphora,
}

/// Returns how a question follows up the previous one, if it does.
///
/// `content` has the positions of the content words, ascending.
pub fn follow_up(words: &[Word], content: &[usize]) -> Option<FollowUp> {
    if authorship::asks_for_author(words) {
        return None;
    }
    let has_conjunction = words.first().is_some_and(|first| is_conjunction(&first.folded));
    // A conjunction such as `und` is a content word in a corpus of another language.
    let content = match content {
        [0, rest @ ..] if has_conjunction => rest,
        _ => content,
    };
    let is_elliptical =
        has_conjunction || asks_what_about(words) || is_prepositional_phrase(words, content);
    match content {
        [] => Some(FollowUp::Anaphora),
        [only] if is_bare_type_noun(words, *only) => Some(FollowUp::Anaphora),
        _ if content.len() <= MAX_ELLIPSIS_CONTENT && is_elliptical => Some(FollowUp::Ellipsis),
        _ if content.len() <= MAX_ANAPHORA_CONTENT && has_anaphora(words, content) => {
            Some(FollowUp::Anaphora)
        }
        _ => None,
    }
}

/// Returns whether a folded word is a conjunction that may begin an elliptical question.
pub fn is_conjunction(folded: &str) -> bool {
    CONJUNCTIONS.contains(&folded)
}

/// Returns whether a question has "what about" or "how about".
fn asks_what_about(words: &[Word]) -> bool {
    words
        .windows(2)
        .any(|pair| matches!(pair[0].folded.as_str(), "what" | "how") && pair[1].folded == "about")
}

/// Returns whether a question is a prepositional phrase: "In Afghanistan?"
fn is_prepositional_phrase(words: &[Word], content: &[usize]) -> bool {
    words.len() <= MAX_PHRASE_WORDS
        && content.len() == 1
        && words.first().is_some_and(|first| PREPOSITIONS.contains(&first.folded.as_str()))
}

/// Returns whether the word at a position only names an answer type: "Which year?"
fn is_bare_type_noun(words: &[Word], position: usize) -> bool {
    answer_type::is_type_noun(&words[position].folded)
        && position
            .checked_sub(1)
            .is_some_and(|before| matches!(words[before].folded.as_str(), "what" | "which"))
}

/// Returns whether a pronoun refers to something that the question itself has not named before it.
fn has_anaphora(words: &[Word], content: &[usize]) -> bool {
    let is_anaphora = |at: usize| {
        PRONOUNS.contains(&words[at].folded.as_str())
            && !content.contains(&at)
            && !is_pleonastic(words, at)
            && content
                .iter()
                .take_while(|named| **named < at)
                .all(|named| !may_be_antecedent(words, *named, at))
    };
    (0..words.len()).any(is_anaphora)
}

/// Returns whether the pronoun at `pronoun` may refer to the content word at `named`.
///
/// In "who leads it?", the interrogative is the subject. The word after it is a verb, and a verb
/// cannot be an antecedent.
fn may_be_antecedent(words: &[Word], named: usize, pronoun: usize) -> bool {
    let folded = words[pronoun].folded.as_str();
    let is_last = pronoun + 1 == words.len();
    // An object in "who claims that?" and "who saw her?", but not in "who claims that Iran …" and
    // "who lost her home?"
    let is_object = is_last || (folded != "that" && !POSSESSIVES.contains(&folded));
    let follows_interrogative = named
        .checked_sub(1)
        .is_some_and(|before| matches!(words[before].folded.as_str(), "who" | "what"));
    !(is_object && follows_interrogative)
}

/// Returns whether a pronoun has no antecedent: "is there", "is it true that", "those who", "this
/// article".
fn is_pleonastic(words: &[Word], at: usize) -> bool {
    let folded =
        |at: Option<usize>| at.and_then(|at| words.get(at)).map_or("", |word| word.folded.as_str());
    let (before, next) = (folded(at.checked_sub(1)), folded(Some(at + 1)));
    match words[at].folded.as_str() {
        "there" => BEING.contains(&before) || BEING.contains(&next),
        "it" => words[at..].iter().any(|word| word.folded == "that"),
        "these" | "those" => {
            matches!(next, "who" | "that" | "which") || authorship::is_text_noun(next)
        }
        "this" | "that" => authorship::is_text_noun(next),
        _ => false,
    }
}

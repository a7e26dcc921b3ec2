//! Roles of the sentences of a message. Pure.

use super::super::small_talk::small_talk;
use super::leading::without_leading;
use super::words::{FRAMING_WORDS, begins_with_opening};
use crate::index::analyzer;
use crate::index::language::Language;
use crate::search::{follow_up, stopwords};

/// Role of a sentence in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Asks,
    /// Speaks of the person who writes or who reads: "I need it for my paper."
    Personal,
    Neutral,
}

const QUESTION_MARKS: [char; 3] = ['?', '؟', '？'];
const CLOSERS: [char; 6] = ['"', '”', '»', ')', '\'', '’'];

/// Returns the role of a sentence.
pub fn role(sentence: &str) -> Role {
    let end = sentence.trim_end().trim_end_matches(CLOSERS).trim_end_matches(['!', '…', ' ']);
    let asking = without_leading(sentence);
    let is_embedded = asking.len() < sentence.trim().len();
    let opens = begins_with_opening(asking) && (is_embedded || !end.ends_with(['.', ':']));
    if end.ends_with(QUESTION_MARKS) || opens {
        return Role::Asks;
    }
    let words = analyzer::words(sentence);
    let is_personal = |word: &analyzer::Word| {
        FRAMING_WORDS.iter().any(|framing| framing.personal.contains(&word.folded))
    };
    let is_aside = words.is_empty() || small_talk(sentence).is_some();
    if is_aside || words.iter().any(is_personal) { Role::Personal } else { Role::Neutral }
}

/// Returns whether a question refers to something before it.
pub fn is_anaphoric(question: &str, languages: &[Language]) -> bool {
    let words = analyzer::words(question);
    let is_content = |at: &usize| !stopwords::is_stopword(&words[*at].folded, languages);
    let content: Vec<_> = (0..words.len()).filter(is_content).collect();
    follow_up::follow_up(&words, &content).is_some()
}

//! Framing: the greeting, the preface, the signature and the other sentences around a question.
//! Pure.
//!
//! The parts that ask are slices of the message, in its order. A quotation, a pasted passage and a
//! message that nothing frames stay whole: a wrong cut costs more than none.

mod leading;
mod sentence;
#[cfg(test)]
mod tests;
mod trailing;
mod words;

use std::ops::Range;

use super::{article_request, request};
use crate::corpus::sentences::sentences;
use crate::index::language::Language;
use leading::without_leading;
use sentence::{Role, is_anaphoric, role};
use trailing::without_trailing;

/// Maximum number of words of the sentences around a question that are left out. More of them are
/// a passage.
const MAX_CONTEXT_WORDS: usize = 60;
/// Maximum length of a message that is searched for framing, in bytes.
const MAX_FRAMED_BYTES: usize = 2 << 10;

/// Returns the parts of a message that ask. There is at least one.
///
/// `languages` are those of the corpus.
pub fn asking_parts<'a>(message: &'a str, languages: &[Language]) -> Vec<&'a str> {
    if message.len() > MAX_FRAMED_BYTES || is_quotation(message) {
        return vec![message];
    }
    let body = without_leading(without_trailing(message));
    let ranges = sentences(body, languages.first().map(Language::code));
    if ranges.len() < 2 {
        return vec![if body.trim().is_empty() { message } else { body }];
    }
    match asking_sentences(body, &ranges, languages) {
        Some(parts) => parts,
        // Nothing is asked: "Hello darkness, my old friend. I have come." is a passage.
        None if ranges.iter().any(|range| role(&body[range.clone()]) == Role::Asks) => vec![body],
        None => vec![message],
    }
}

/// Returns whether a sentence of a message asks, by its mark or its first words.
pub fn asks(message: &str) -> bool {
    sentences(message, None).into_iter().any(|range| role(&message[range]) == Role::Asks)
}

/// Returns the sentences that ask, joined where they are adjacent; `None` if the text has to stay
/// whole.
fn asking_sentences<'a>(
    text: &'a str,
    ranges: &[Range<usize>],
    languages: &[Language],
) -> Option<Vec<&'a str>> {
    let roles: Vec<_> = ranges.iter().map(|range| role(&text[range.clone()])).collect();
    let last = roles.iter().rposition(|role| *role == Role::Asks)?;
    // A neutral sentence after the last question continues a passage.
    if roles[last..].contains(&Role::Neutral) {
        return None;
    }
    let around = ranges.iter().zip(&roles).filter(|(_, role)| **role != Role::Asks);
    let words: usize =
        around.map(|(range, _)| text[range.clone()].split_whitespace().count()).sum();
    if words > MAX_CONTEXT_WORDS {
        return None;
    }
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut is_adjacent = false;
    for (range, role) in ranges.iter().zip(&roles) {
        match runs.last_mut() {
            _ if *role != Role::Asks => {}
            Some(run) if is_adjacent => run.end = range.end,
            _ => runs.push(range.clone()),
        }
        is_adjacent = *role == Role::Asks;
    }
    let parts: Vec<_> = runs.into_iter().map(|run| without_leading(&text[run])).collect();
    let has_context = |part: &&str| {
        let is_request = request(part).is_some() || article_request(part).is_some();
        is_request || !is_anaphoric(part, languages)
    };
    // "The treaty failed in 1973. Who broke it?" needs the sentence before.
    let begins_message = roles.first() == Some(&Role::Asks);
    (begins_message || parts.iter().all(has_context)).then_some(parts)
}

/// Returns whether a message is a quotation: in quotation marks, or a block of quoted lines.
fn is_quotation(message: &str) -> bool {
    message.trim_start().starts_with(['"', '“', '„', '«', '»', '>', '「', '‹'])
}

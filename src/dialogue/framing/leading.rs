//! Words before a question: greetings, mentions, particles and prefaces. Pure.

use super::super::mentions::mentions;
use super::super::pattern::Pattern;
use super::words::{FRAMING_WORDS, FramingWords, begins_with_opening};
use crate::index::analyzer::{self, Word};

/// Maximum number of words of a name in a preface or after a greeting.
const MAX_NAME_WORDS: usize = 4;
/// Maximum number of words of a greeting.
const MAX_GREETING_WORDS: usize = 6;
/// Characters between a word and what follows it.
const SEPARATORS: [char; 16] =
    [' ', ',', '.', '!', ':', ';', '-', '–', '—', '\n', '\r', '\t', '،', '؛', '…', '/'];

/// Returns a text without the words before what it asks.
pub fn without_leading(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(shorter) = after_greeting(rest)
        .or_else(|| after_mention(rest))
        .or_else(|| after_particle(rest))
        .or_else(|| after_preface(rest))
        .filter(|shorter| shorter.contains(char::is_alphanumeric) && shorter.len() < rest.len())
    {
        rest = shorter;
    }
    rest
}

/// Returns the text after "Hi all,", "Dear Ada Moon:" or "Hello" before a question.
fn after_greeting(text: &str) -> Option<&str> {
    let words = analyzer::words(text);
    let first = words.first()?;
    let opens =
        |word: &Word| FRAMING_WORDS.iter().any(|framing| framing.greetings.contains(&word.folded));
    if !opens(first) {
        return None;
    }
    // Words that greet, up to the first that does not.
    let greets = |word: &&Word| {
        let is_addressee = |framing: &FramingWords| framing.addressees.contains(&word.folded);
        opens(word) || FRAMING_WORDS.iter().any(is_addressee)
    };
    let greeting = words.iter().take_while(greets).count().min(words.len());
    let rest = words.get(greeting).map(|word| &text[word.range.start..]);
    if let Some(rest) = rest.filter(|rest| begins_with_opening(rest)) {
        return Some(rest);
    }
    // A name after the greeting, up to a comma, a full stop or the end of the line.
    let end = text.find([',', '!', '.', '\n', ':', '–', '—', '،']);
    let is_short = |end: &usize| {
        let named = analyzer::words(&text[..*end]);
        named.len() <= MAX_GREETING_WORDS && !text[..*end].contains(['?', '؟'])
    };
    if let Some(end) = end.filter(is_short) {
        let rest = text[end..].trim_start_matches(SEPARATORS);
        // "Hello, world" greets nobody.
        let is_title = analyzer::words(rest).len() < 2;
        return (!is_title).then_some(rest);
    }
    // A name without a comma: "Hello Ada which river is it?"
    let named = words[greeting..].iter().take(MAX_NAME_WORDS);
    let named = named.take_while(|word| is_capitalised(&text[word.range.clone()])).count();
    let rest = &text[words.get(greeting + named)?.range.start..];
    begins_with_opening(rest).then_some(rest)
}

/// Returns the text after mentions at its beginning.
fn after_mention(text: &str) -> Option<&str> {
    let first = mentions(text).into_iter().next()?;
    let is_first = !text[..first.start].contains(char::is_alphanumeric);
    is_first.then(|| text[first.end..].trim_start_matches(SEPARATORS))
}

/// Returns the text after "FYI", "Quick question:" and the like.
fn after_particle(text: &str) -> Option<&str> {
    let words = analyzer::words(text);
    longest(
        text,
        &words,
        |language| &language.particles,
        |end, rest| {
            let gap = &text[words[end - 1].range.end..words[end].range.start];
            let is_separate = gap.contains([',', ':', '.', '!', '-', '–', '—', '\n', '…', '@']);
            is_separate || begins_with_opening(rest)
        },
    )
}

/// Returns the embedded question after "My colleague Ada Moon wants to know" and the like.
fn after_preface(text: &str) -> Option<&str> {
    let words = analyzer::words(text);
    longest(text, &words, |language| &language.prefaces, |_, rest| begins_with_opening(rest))
}

/// Returns the text after the longest match of a pattern that begins it and is accepted. `accepts`
/// gets the number of matched words and the rest of the text.
fn longest<'a>(
    text: &'a str,
    words: &[Word],
    patterns: impl Fn(&FramingWords) -> &[Pattern],
    accepts: impl Fn(usize, &str) -> bool,
) -> Option<&'a str> {
    let rest = |end: usize| &text[words[end].range.start..];
    let ends = |end: usize| end > 0 && end < words.len() && accepts(end, rest(end));
    let matches = FRAMING_WORDS.iter().flat_map(|language| {
        patterns(language)
            .iter()
            .filter_map(|pattern| pattern.find(words, 0, &ends))
            .collect::<Vec<_>>()
    });
    let is_name = |captured: &std::ops::Range<usize>| captured.len() <= MAX_NAME_WORDS;
    let matches = matches.filter(|found| found.captured.as_ref().is_none_or(is_name));
    let end = matches.map(|found| found.end).max()?;
    Some(with_mark(text, words[end].range.start))
}

/// Returns the text from a word on, with an opening quotation mark before it.
fn with_mark(text: &str, start: usize) -> &str {
    let before = text[..start].trim_end_matches(['"', '“', '«', '„', '@', '#', '$', '¿', '¡', '(']);
    &text[before.len()..]
}

fn is_capitalised(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

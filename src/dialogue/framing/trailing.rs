//! Words after a question: signatures, sign-offs, thanks and mentions. Pure.

use super::super::mentions::mentions;
use super::super::small_talk::is_pictograph;
use super::words::FRAMING_WORDS;
use crate::index::analyzer::{self, Word};

/// Maximum number of lines of a signature.
const MAX_SIGNATURE_LINES: usize = 8;
/// Maximum number of words of a closing line or sentence.
const MAX_CLOSING_WORDS: usize = 8;
/// Marks that end a sentence.
const ENDS: [char; 9] = ['.', '!', '?', '؟', '？', '…', '。', '\n', ')'];

/// Returns a message without its signature, its closing lines and the mentions at its end.
pub fn without_trailing(message: &str) -> &str {
    let is_ornament = |c: char| c.is_whitespace() || is_pictograph(c);
    let mut rest = message.trim_end_matches(is_ornament);
    while let Some(shorter) = before_signature(rest)
        .or_else(|| before_closing_line(rest))
        .or_else(|| before_thanks(rest))
        .or_else(|| before_mentions(rest))
        .map(str::trim_end)
        .filter(|shorter| shorter.contains(char::is_alphanumeric) && shorter.len() < rest.len())
    {
        rest = shorter;
    }
    rest
}

/// Returns the text before the line `--` that begins a signature, by RFC 3676.
fn before_signature(text: &str) -> Option<&str> {
    let is_mark = |line: &str| matches!(line.trim(), "--" | "---" | "—" | "––" | "__");
    let mut end = text.len();
    for (number, line) in text.lines().rev().enumerate() {
        // The lines are slices of the text.
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        if number > MAX_SIGNATURE_LINES {
            return None;
        }
        if is_mark(line) {
            end = start;
            return (start > 0).then_some(&text[..end]);
        }
        end = end.min(start);
    }
    None
}

/// Returns the text before a closing line such as "Thanks, Ada" and the short lines after it, or
/// before a last line with a dash and a name.
fn before_closing_line(text: &str) -> Option<&str> {
    let lines: Vec<_> = text.lines().collect();
    let first = lines.len().saturating_sub(MAX_SIGNATURE_LINES).max(1);
    let is_closed = |line: &str| analyzer::words(line).len() <= 5 && !line.contains(['?', '؟']);
    let start_of = |line: &str| line.as_ptr() as usize - text.as_ptr() as usize;
    for at in first..lines.len() {
        let line = lines[at];
        let ends_before = lines[..at].iter().rfind(|line| !line.trim().is_empty());
        let is_after_end = ends_before.is_some_and(|line| line.trim_end().ends_with(ENDS));
        let is_signature = at + 1 == lines.len() && is_after_end && is_dashed_name(line);
        let closes = is_sign_off(line) || is_signature;
        if closes && lines[at + 1..].iter().all(|line| is_closed(line)) {
            return Some(&text[..start_of(line)]);
        }
    }
    None
}

/// Returns the text before a last sentence of thanks: "Which river is it? Thanks, Ada".
fn before_thanks(text: &str) -> Option<&str> {
    let body = text.trim_end_matches(['.', '!', ' ', ')', '…']);
    let end = body.rfind(ENDS)?;
    let start = end + body[end..].chars().next().map_or(1, char::len_utf8);
    is_sign_off(&text[start..]).then(|| &text[..start])
}

/// Returns the text before mentions after the end of its last sentence: "Which river? cc @ada".
fn before_mentions(text: &str) -> Option<&str> {
    let last =
        mentions(text).pop().filter(|last| !text[last.end..].contains(char::is_alphanumeric))?;
    let before = text[..last.start].trim_end_matches([' ', '(', ',', '/', ':', '-', '\n']);
    let lower = before.to_ascii_lowercase();
    let cut = ["cc", "fyi", "thanks", "thx", "and", "&"].into_iter().find_map(|word| {
        let rest = lower.strip_suffix(word)?;
        (!rest.ends_with(char::is_alphanumeric)).then_some(rest.len())
    });
    let before = before[..cut.unwrap_or(before.len())].trim_end_matches([' ', '(', ',', '/']);
    let is_after_end = before.ends_with(ENDS) || cut.is_some();
    let is_after_mention = mentions(before).last().is_some_and(|other| other.end == before.len());
    let is_separate = text[before.len()..last.start].contains([',', '(', '\n', '-']);
    (is_after_end || is_after_mention || is_separate).then_some(before)
}

/// Returns whether a line is a closing formula, which a name may follow.
fn is_sign_off(line: &str) -> bool {
    let line = line.trim();
    let words = analyzer::words(line);
    if words.is_empty() || words.len() > MAX_CLOSING_WORDS || line.contains(['?', '؟']) {
        return false;
    }
    // A name follows in capitals, or after a comma.
    let is_name = |word: &Word| {
        let typed = &line[word.range.clone()];
        typed.starts_with(|c: char| c.is_uppercase() || !c.is_lowercase())
    };
    let is_end = |end: usize| {
        let rest = words.get(end..).unwrap_or_default();
        let after = rest.first().map_or("", |word| &line[..word.range.start]).trim_end();
        rest.len() <= 4 && (rest.iter().all(is_name) || after.ends_with([',', '!', '.', '،']))
    };
    FRAMING_WORDS.iter().any(|framing| {
        framing.sign_offs.iter().any(|pattern| pattern.find(&words, 0, &is_end).is_some())
    })
}

/// Returns whether a line is a dash and a name, as below a letter.
fn is_dashed_name(line: &str) -> bool {
    let Some(name) = line.trim().strip_prefix(['-', '–', '—', '~', '/']) else { return false };
    let words: Vec<_> = name.split_whitespace().collect();
    let is_name = |word: &&str| word.starts_with(char::is_uppercase);
    (1..=3).contains(&words.len()) && words.iter().all(is_name) && !name.contains(['?', '.'])
}

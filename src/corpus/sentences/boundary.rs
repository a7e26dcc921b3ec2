//! Decision whether a sentence ends at a position: at abbreviations, initials, ordinals, and within
//! quotations. Pure.

use super::rules::{Abbreviation, Ordinals, Rules};

pub const CLOSERS: [char; 13] =
    ['”', '’', '"', '\'', ')', ']', '»', '›', '}', '“', '」', '』', '）'];
pub const OPENERS: [char; 15] =
    ['“', '‘', '"', '\'', '(', '[', '«', '‹', '{', '„', '‚', '”', '「', '『', '（'];

/// Maximum length of a word before a full stop that may be an abbreviation, in bytes.
const MAX_WORD_BYTES: usize = 40;

/// Returns the word before a full stop at the end of `stem`, without the full stop.
fn last_word(stem: &str) -> &str {
    let window = &stem[stem.ceil_char_boundary(stem.len().saturating_sub(MAX_WORD_BYTES))..];
    window
        .rsplit(|c: char| c.is_whitespace() || OPENERS.contains(&c) || matches!(c, '—' | '/' | ';'))
        .next()
        .unwrap_or("")
}

/// Returns the first word of `after`, without the marks before it.
fn first_word(after: &str) -> &str {
    let after = without_openers(after);
    after.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("")
}

fn without_openers(after: &str) -> &str {
    after.trim_start_matches(|c: char| OPENERS.contains(&c) || matches!(c, '¿' | '¡'))
}

/// Returns whether a word is initials, such as `J`, `U.S` or `J.-P`.
fn is_initials(word: &str) -> bool {
    let mut parts = word.split(['.', '-']).filter(|part| !part.is_empty()).peekable();
    parts.peek().is_some()
        && parts.all(|part| {
            let mut chars = part.chars();
            chars.next().is_some_and(char::is_uppercase) && chars.next().is_none()
        })
}

fn is_roman(word: &str) -> bool {
    !word.is_empty() && word.len() < 8 && word.bytes().all(|byte| b"IVXLCDM".contains(&byte))
}

/// Returns whether a full stop at the end of `stem` does not end a sentence before `after`.
pub fn is_inner_full_stop(stem: &str, after: &str, rules: &Rules) -> bool {
    let word = last_word(stem);
    let before = last_word(stem[..stem.len() - word.len()].trim_end());
    let next = first_word(after);
    let is_starter = rules.is_starter(next) && !next_is_initial(after, next);
    let lower = word.to_lowercase();
    // `z. B.` is written with and without a space.
    let is_spaced = before.ends_with('.') && before.chars().count() <= MAX_SPACED_CHARS;
    let joined = if is_spaced { before.to_lowercase() + &lower } else { String::new() };
    let is = |kind| rules.is(&joined, kind) || rules.is(&lower, kind);
    if is_letter(word) && next_is_initial(after, next) {
        return true;
    }
    if is(Abbreviation::Numbered) && begins_with_number(next) {
        return true;
    }
    if rules.is(&joined, Abbreviation::Final) {
        return false;
    }
    if is(Abbreviation::Title) && !(is_starter && word.contains('.')) {
        return true;
    }
    if is(Abbreviation::Final) {
        return false;
    }
    if is(Abbreviation::Inner) {
        // `1950 г.` and `900 ft.` are units.
        let is_unit = before.ends_with(|c: char| c.is_numeric()) && !word.contains('.');
        let is_end = is_unit && next.starts_with(char::is_uppercase) && !is_fronted(stem);
        return !is_starter && !is_end;
    }
    if is_initials(word) {
        // `Washington, D.C. She has` has a sentence end; `J. A. Tolkien` has none.
        return !is_starter;
    }
    if is_ordinal(word, next, rules) {
        // The number in `No. 7. The` is not an ordinal.
        let numbered = before.strip_suffix('.').unwrap_or("").to_lowercase();
        let is_free = !rules.is(&numbered, Abbreviation::Numbered);
        let may_follow = rules.ordinals == Ordinals::Capital && !next.is_empty() && !is_starter;
        return rules.is_month(next) || begins_with_number(next) || may_follow && is_free;
    }
    is_caseless_initial(word, before, after, rules)
}

/// Returns whether a sentence has only begun, as in `В 1812 г. Наполеон`.
fn is_fronted(stem: &str) -> bool {
    let words = stem.split_whitespace().rev().take(FRONTED_WORDS + 1);
    let is_end = |word: &&str| word.ends_with(['.', '!', '?', '…']);
    words.take_while(|word| !is_end(word)).count() <= FRONTED_WORDS
}

/// Maximum number of words of a phrase before the subject.
const FRONTED_WORDS: usize = 3;

/// Maximum length of the first part of an abbreviation with a space, with its full stop.
const MAX_SPACED_CHARS: usize = 4;

fn begins_with_number(next: &str) -> bool {
    next.starts_with(char::is_numeric) || is_roman(next)
}

/// Returns whether a word is an initial in a script without cases: one of at least two short words
/// with a full stop.
fn is_caseless_initial(word: &str, before: &str, after: &str, rules: &Rules) -> bool {
    // The Arabic script and those of India. Words of one character end sentences in others.
    let has_initials = |c: char| matches!(c, '\u{600}'..='\u{6ff}' | '\u{900}'..='\u{dff}');
    let is_short = |word: &str| {
        !word.is_empty()
            && word.chars().count() <= rules.initial_chars
            && word.chars().all(has_initials)
            && !rules.is_last(word)
    };
    let stops = ['.', '۔'];
    let next = after.split(char::is_whitespace).next().unwrap_or("");
    let follows = before.strip_suffix(stops).is_some_and(is_short);
    is_letter(word) && word.chars().all(has_initials)
        || is_short(word) && (follows || next.strip_suffix(stops).is_some_and(is_short))
}

fn is_letter(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_alphabetic) && word.chars().nth(1).is_none()
}

/// Returns whether `after` begins with an initial, such as `A. Miller`. `next` is its first word.
fn next_is_initial(after: &str, next: &str) -> bool {
    let rest = without_openers(after).strip_prefix(next);
    is_letter(next) && rest.is_some_and(|rest| rest.starts_with('.'))
}

/// Returns whether a word is a number that is an ordinal or a part of a date with a full stop.
fn is_ordinal(word: &str, next: &str, rules: &Rules) -> bool {
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
    // In Korean a year has a full stop, too.
    let max = if begins_with_number(next) && !rules.has_starters() { 4 } else { 2 };
    rules.ordinals != Ordinals::None
        && !word.is_empty()
        && (is_number && word.len() <= max || is_roman(word))
}

/// Returns whether a sentence ends after a full stop or an ellipsis at the end of `stem` where
/// `sentencex` sees none: a function word in upper case begins the next sentence.
pub fn is_end_before_starter(stem: &str, after: &str, rules: &Rules) -> bool {
    let next = first_word(after);
    if !next.starts_with(char::is_uppercase) {
        return false;
    }
    let word = last_word(stem);
    let lower = word.to_lowercase();
    let is = |kind| rules.is(&lower, kind);
    (rules.is_alone
        || rules.is_starter(next)
        || is(Abbreviation::Final)
        || is(Abbreviation::Inner)
        || word.chars().nth(1).is_none())
        && !is_inner_full_stop(stem, after, rules)
}

/// Maximum length of a reporting clause that is searched for its verb, in bytes.
const MAX_CLAUSE_BYTES: usize = 200;

/// Returns whether a question or exclamation within quotation marks is a part of the sentence
/// around. In a script without cases `he asked` usually follows. `closed` is the text up to the
/// closing marks.
pub fn is_quoted_part(closed: &str, after: &str) -> bool {
    let Some(first) = after.chars().next() else { return false };
    let is_caseless = first.is_alphabetic() && !first.is_lowercase() && !first.is_uppercase();
    let stem = closed.trim_end_matches(CLOSERS);
    let is_quoted = stem.len() < closed.len() && !closed.ends_with([')', '）', ']']);
    // In Chinese the verb of the reporting clause is near.
    let is_han = matches!(first, '\u{4e00}'..='\u{9fff}');
    let reports = || {
        let near = &after[..after.floor_char_boundary(MAX_CLAUSE_BYTES)];
        let clause = near.split(['。', '，']).next().unwrap_or("");
        !is_han || clause.contains(['问', '問', '说', '說', '道', '喊', '叫'])
    };
    let is_ellipsis = stem.ends_with("...") || stem.ends_with('…');
    is_caseless
        && (is_ellipsis
            || is_quoted && stem.ends_with(['?', '!', '？', '！', '؟']) && reports()
            || is_quoted && (after.starts_with('と') || after.starts_with("って")))
}

/// Returns whether a text is the mark of an enumeration, such as `1.`, `(2)` or `a)`.
pub fn is_enumeration(text: &str) -> bool {
    let mark = text.trim_start_matches('(');
    let Some(mark) = mark.strip_suffix(['.', ')']) else { return false };
    let is_digits = mark.len() <= 3 && mark.chars().all(|c| c.is_ascii_digit());
    let is_single =
        is_letter(mark) && (text.ends_with(')') || mark.starts_with(char::is_uppercase));
    !mark.is_empty() && (is_digits || is_single)
}

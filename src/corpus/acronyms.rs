//! Acronyms that a text defines, as in `Islamic State Khorasan Province (ISKP)`. Pure.
//!
//! The algorithm is that of Schwartz & Hearst 2003, "A simple algorithm for identifying
//! abbreviation definitions in biomedical text", for short forms of two to ten characters.

use std::collections::HashSet;

use super::article::Alias;

/// Minimum length of an acronym, in chars.
const MIN_CHARS: usize = 2;
/// Maximum length of an acronym, in chars.
const MAX_CHARS: usize = 10;
/// Maximum length of a bracketed text, in bytes: ten characters and some white space.
const MAX_BRACKETED_BYTES: usize = 64;
/// Length of the text before a bracket that is searched, in bytes: fifteen words.
const MAX_LONG_BYTES: usize = 1 << 10;
/// Maximum number of acronyms of an article. Every question is searched for each of them.
const MAX_FOUND: usize = 1_000;

/// Returns the acronyms that follow their long form in brackets. Each pair appears once.
pub fn find_acronyms<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Alias> {
    let mut known = HashSet::new();
    let mut found: Vec<Alias> = Vec::new();
    for text in texts {
        for (open, _) in text.match_indices('(') {
            if found.len() == MAX_FOUND {
                return found;
            }
            let bracketed = &text[open + 1..text.floor_char_boundary(open + MAX_BRACKETED_BYTES)];
            let Some(length) = bracketed.find(')') else { continue };
            let short = bracketed[..length].trim();
            if !is_short_form(short) {
                continue;
            }
            let before = &text[text.ceil_char_boundary(open.saturating_sub(MAX_LONG_BYTES))..open];
            let Some(long) = long_form(before, short) else { continue };
            if known.insert((short, long)) {
                found.push(Alias { term: short.to_owned(), others: vec![long.to_owned()] });
            }
        }
    }
    found
}

/// Returns whether a text is a single word, mostly of capitals, that starts with a letter or digit.
fn is_short_form(short: &str) -> bool {
    let chars = short.chars().count();
    let capitals = short.chars().filter(|c| c.is_uppercase()).count();
    (MIN_CHARS..=MAX_CHARS).contains(&chars)
        && capitals >= MIN_CHARS
        && 2 * capitals >= chars
        && short.starts_with(char::is_alphanumeric)
        && !short.contains(char::is_whitespace)
}

/// Returns the shortest suffix of `before` that contains the letters of `short` in order, the first
/// one at the start of a word. The suffix has at most twice as many words as `short` has letters,
/// and at most five more.
fn long_form<'a>(before: &'a str, short: &str) -> Option<&'a str> {
    let before = before.trim_end();
    let letters: Vec<char> =
        short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let most_words = (letters.len() + 5).min(2 * letters.len());
    let mut left = letters.iter().rev().peekable();
    let mut words = 1;
    let mut chars = before.char_indices().rev().peekable();
    while let Some((at, c)) = chars.next() {
        // A name does not extend over the end of a sentence.
        if matches!(c, '.' | ';' | '(' | '\n') {
            return None;
        }
        let is_start = chars.peek().is_none_or(|(_, before)| !before.is_alphanumeric());
        words +=
            usize::from(c.is_whitespace() && !chars.peek().is_some_and(|c| c.1.is_whitespace()));
        if words > most_words {
            return None;
        }
        let lower = c.to_lowercase().next().unwrap_or(c);
        if left.peek().is_some_and(|letter| **letter == lower) && (left.len() > 1 || is_start) {
            left.next();
        }
        if left.peek().is_none() {
            return (words >= 2).then_some(&before[at..]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acronym_is_found_after_its_long_form() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found = find_acronyms([text].into_iter());
            let found: Vec<_> =
                found.iter().map(|alias| (alias.term.as_str(), alias.others[0].as_str())).collect();
            assert_eq!(found, expected, "{text}");
        };
        check(
            "the emergence of Islamic State Khorasan Province (ISKP) in 2014–15 and the ISKP (ISKP)",
            &[("ISKP", "Islamic State Khorasan Province")],
        );
        check("the World Health Organization (WHO) said", &[("WHO", "World Health Organization")]);
        check(
            "the Organisation for Economic Co-operation and Development (OECD)",
            &[("OECD", "Organisation for Economic Co-operation and Development")],
        );
        check("in 1998 (see below) it (USA) ended. (X) (", &[]);
        check("Ümit Özgür Akademisi (ÜÖA)", &[("ÜÖA", "Ümit Özgür Akademisi")]);
    }
}

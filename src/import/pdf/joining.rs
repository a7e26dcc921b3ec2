//! Joining of the lines of a paragraph, with hyphenation undone.

use std::collections::HashSet;

use super::line::Line;
use super::script::is_unspaced;
use super::superscript::SUPERSCRIPT;

/// Start and end of the number of a page that begins within a paragraph.
pub const PAGE: char = '\u{3}';

/// First parts after which a hyphen stays in an English word.
const HYPHENATED_PREFIXES: [&str; 6] = ["self", "well", "ex", "half", "quasi", "non"];

/// The words of a document, which tell a hyphen of a word from one that only divides it.
#[derive(Debug, Default)]
pub struct Words {
    plain: HashSet<String>,
    hyphenated: HashSet<String>,
}

impl Words {
    /// Collects the words that are not at the end or start of a line.
    pub fn of<'l>(lines: impl Iterator<Item = &'l Line>) -> Self {
        let mut words = Self::default();
        let mut is_divided = false;
        for line in lines {
            let mut parts: Vec<_> = line.text.split_whitespace().collect();
            if std::mem::take(&mut is_divided) && !parts.is_empty() {
                parts.remove(0);
            }
            if parts.last().is_some_and(|last| last.ends_with(is_hyphen)) {
                parts.pop();
                is_divided = true;
            }
            for word in parts {
                let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
                match word.contains(is_hyphen) {
                    true => words.hyphenated.insert(word.replace(is_hyphen, "-")),
                    false => words.plain.insert(word),
                };
            }
        }
        words
    }

    /// Returns whether the hyphen between the parts of a word that a line break divides belongs to
    /// the word.
    fn keeps_hyphen(&self, first: &str, second: &str) -> bool {
        let (first, second) = (first.to_lowercase(), second.to_lowercase());
        if self.hyphenated.contains(&format!("{first}-{second}")) {
            return true;
        }
        if self.plain.contains(&format!("{first}{second}")) {
            return false;
        }
        HYPHENATED_PREFIXES.contains(&first.as_str())
            // Both parts are words of their own: "river-bank", but not "be-come".
            || (first.chars().count() > 3
                && second.chars().count() > 3
                && self.plain.contains(&first)
                && self.plain.contains(&second))
    }
}

pub fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{AD}')
}

/// Appends the next line of a paragraph to its text. `page` is the page that begins between them.
pub fn join(text: &mut String, next: &str, page: Option<usize>, words: &Words) {
    let mark = page.map(|page| format!("{PAGE}{page}{PAGE}"));
    let next = next.trim_start();
    while text.ends_with(' ') {
        text.pop();
    }
    let last = text.chars().next_back();
    let first = next.chars().next();
    let (Some(last), Some(first)) = (last, first) else {
        text.extend(mark);
        text.push_str(next);
        return;
    };
    let before = text.chars().nth_back(1);
    let divides = is_hyphen(last) && before.is_some_and(char::is_alphanumeric);
    if divides && (first.is_alphanumeric() || last == '\u{AD}') {
        join_word(text, next, mark, words);
        return;
    }
    let is_closed = matches!(last, '—' | '/' | SUPERSCRIPT)
        && before.is_some_and(|c| !c.is_whitespace())
        && (last == '—' || continues_address(text, first));
    let glued = is_closed
        || (is_unspaced(last) && is_unspaced(first))
        || (continues_address(text, first) && matches!(last, '-' | '_' | '=' | '?' | '&' | '.'));
    if !glued {
        text.push(' ');
    }
    text.extend(mark);
    text.push_str(next);
}

/// Appends the next line to a text that ends within a word.
fn join_word(text: &mut String, next: &str, mark: Option<String>, words: &Words) {
    let Some(hyphen) = text.chars().next_back() else { return };
    let stem = &text[..text.len() - hyphen.len_utf8()];
    let first = stem.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let second = next.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let keeps = hyphen != '\u{AD}'
        && (!second.starts_with(char::is_lowercase)
            || first.ends_with(char::is_numeric)
            || words.keeps_hyphen(first, second));
    if !keeps {
        text.truncate(stem.len());
    }
    let Some(mark) = mark else {
        text.push_str(next);
        return;
    };
    // A page that begins within a word is marked after it.
    let end = next.find(char::is_whitespace).unwrap_or(next.len());
    text.push_str(&next[..end]);
    text.push(' ');
    text.push_str(&mark);
    text.push_str(next[end..].trim_start());
}

/// Returns whether the text ends with a web address that the next line continues.
fn continues_address(text: &str, first: char) -> bool {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    (word.contains("://") || word.starts_with("www.")) && !first.is_uppercase()
}

/// Removes the soft hyphens that are left within words, and shortens the dots that lead to a page
/// number.
pub fn cleaned(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let is_leader = |c: char| matches!(c, '.' | '…' | ' ');
    let mut rest = text;
    while let Some(at) = rest.find(['.', '…', '\u{AD}']) {
        cleaned.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(|c| !is_leader(c)).unwrap_or(rest.len());
        let dots = rest[..end].chars().map(|c| if c == '…' { 3 } else { usize::from(c == '.') });
        if dots.sum::<usize>() > 4 {
            cleaned.push_str(if cleaned.ends_with(' ') { "… " } else { " … " });
            rest = &rest[end..];
        } else {
            let mut chars = rest.chars();
            cleaned.extend(chars.next().filter(|c| *c != '\u{AD}'));
            rest = chars.as_str();
        }
    }
    cleaned + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words {
        let line = Line { text: text.to_owned(), ..Line::default() };
        Words::of([line].iter())
    }

    #[test]
    fn line_ends_are_joined() {
        let known = words("the well-known tide turns, sea walls and a river-bank");
        let check = |a: &str, b: &str, expected: &str| {
            let mut text = a.to_owned();
            join(&mut text, b, None, &known);
            assert_eq!(text, expected);
        };
        check("the hyphen-", "ation ends", "the hyphenation ends");
        check("a well-", "known fact", "a well-known fact");
        check("a river-", "bank", "a river-bank");
        check("the Anglo-", "Saxon", "the Anglo-Saxon");
        check("the ver\u{AD}", "batim text", "the verbatim text");
        check("from 10-", "12 metres", "from 10-12 metres");
        check("潮汐是海", "水的运动", "潮汐是海水的运动");
        check("the moon—", "our moon", "the moon—our moon");
        check("see https://example.org/", "tides now", "see https://example.org/tides now");
        check("either/", "or", "either/ or");
    }

    #[test]
    fn soft_hyphens_and_leaders_are_removed() {
        assert_eq!(cleaned("ver\u{AD}batim. So . . . it is."), "verbatim. So . . . it is.");
        assert_eq!(cleaned("1 Tides ........... 7"), "1 Tides … 7");
        assert_eq!(cleaned("1 Tides . . . . . . 7"), "1 Tides … 7");
    }

    #[test]
    fn page_that_begins_within_a_word_is_marked_after_it() {
        let mut text = "the hyphen-".to_owned();
        join(&mut text, "ation ends", Some(13), &words(""));
        assert_eq!(text, "the hyphenation \u{3}13\u{3}ends");
        let mut text = "of the".to_owned();
        join(&mut text, "river", Some(13), &words(""));
        assert_eq!(text, "of the \u{3}13\u{3}river");
    }
}

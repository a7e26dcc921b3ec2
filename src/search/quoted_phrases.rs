//! Phrases between quotation marks, which an answer must have word for word. Pure.

use crate::index::analyzer;

/// Maximum number of phrases of a query. Every phrase is compared with every candidate.
pub const MAX_PHRASES: usize = 8;
/// Maximum length of a phrase, in words; the rest of a longer phrase is ignored.
pub const MAX_PHRASE_WORDS: usize = 64;

/// Opening quotation marks, each with the marks that close it.
const QUOTATION_MARKS: [(char, &[char]); 4] =
    [('"', &['"']), ('“', &['”']), ('„', &['“', '”']), ('«', &['»'])];

/// Returns the quoted phrases of a question as folded words.
pub fn quoted_phrases(question: &str) -> Vec<Vec<String>> {
    let mut phrases = Vec::new();
    // An opening mark without a closing one is searched once only, so that the time stays linear.
    let mut unclosed = Vec::new();
    let mut rest = question;
    while phrases.len() < MAX_PHRASES {
        let next = rest.char_indices().find_map(|(at, c)| {
            let marks = QUOTATION_MARKS.iter().find(|(opening, _)| *opening == c)?;
            (!unclosed.contains(&c)).then_some((at + c.len_utf8(), marks))
        });
        let Some((after, (opening, closing))) = next else { break };
        rest = &rest[after..];
        let Some(close) = rest.find(*closing) else {
            unclosed.push(*opening);
            continue;
        };
        let words = analyzer::words(&rest[..close]).into_iter().map(|word| word.folded);
        let words: Vec<_> = words.take(MAX_PHRASE_WORDS).collect();
        phrases.extend(Some(words).filter(|words| !words.is_empty()));
        let mut after = rest[close..].chars();
        after.next();
        rest = after.as_str();
    }
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_phrases_end_at_their_closing_mark() {
        let check = |question: &str, expected: &[&[&str]]| {
            assert_eq!(quoted_phrases(question), expected, "{question}");
        };
        check("“water bankruptcy” or \"one\"", &[&["water", "bankruptcy"], &["one"]]);
        check("„Kabul“ «نفت» 5\" \"\" “", &[&["kabul"], &["نفت"]]);
        check("“ „ «a» \"b\"", &[&["a"], &["b"]]);
        check("no marks", &[]);
    }

    #[test]
    fn quoted_phrases_are_limited_in_number_and_length() {
        assert_eq!(quoted_phrases(&"\"a\" ".repeat(5_000)).len(), MAX_PHRASES);
        let long = format!("\"{}\"", "a ".repeat(5_000));
        assert_eq!(quoted_phrases(&long)[0].len(), MAX_PHRASE_WORDS);
    }
}

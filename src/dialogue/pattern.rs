//! Patterns of requests: sequences of words with alternatives and optional words. Pure.
//!
//! `what is|are this|it article|text? about` has five items. An item is a list of alternatives,
//! which are separated by `|`; `_` joins the words of an alternative; `?` makes the item optional.
//! The item `*` captures one or more words, and `*?` as few as possible or none. Words are compared
//! in their folded form.

use std::ops::Range;

use crate::index::analyzer::{self, Word};

/// A pattern of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(Vec<Item>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    /// One of these sequences of folded words.
    Words { alternatives: Vec<Vec<String>>, is_optional: bool },
    /// One or more words of any kind; optionally none, and then as few as possible.
    Capture { is_optional: bool },
}

/// Match of a pattern: how many words it has, and the captured ones, by their positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    pub end: usize,
    pub captured: Option<Range<usize>>,
}

impl Pattern {
    /// Parses a pattern.
    pub fn parse(text: &str) -> Pattern {
        Pattern(text.split_whitespace().map(Item::parse).collect())
    }

    /// Returns a match that begins at the word `start` and whose end is accepted.
    pub fn find(
        &self,
        words: &[Word],
        start: usize,
        accepts: &dyn Fn(usize) -> bool,
    ) -> Option<Match> {
        find(&self.0, words, start, None, accepts)
    }
}

impl Item {
    fn parse(text: &str) -> Item {
        if let "*" | "*?" = text {
            return Item::Capture { is_optional: text.len() > 1 };
        }
        let is_optional = text.ends_with('?');
        let alternatives = text.trim_end_matches('?').split('|').map(|alternative| {
            let words = analyzer::words(&alternative.replace('_', " "));
            words.into_iter().map(|word| word.folded).collect()
        });
        Item::Words { alternatives: alternatives.collect(), is_optional }
    }
}

fn find(
    items: &[Item],
    words: &[Word],
    at: usize,
    captured: Option<Range<usize>>,
    accepts: &dyn Fn(usize) -> bool,
) -> Option<Match> {
    let Some((item, rest)) = items.split_first() else {
        return accepts(at).then_some(Match { end: at, captured });
    };
    match item {
        Item::Words { alternatives, is_optional } => {
            let begins = |alternative: &&Vec<String>| {
                let words = words.get(at..at + alternative.len());
                words.is_some_and(|words| {
                    words.iter().zip(*alternative).all(|(word, known)| word.folded == *known)
                })
            };
            let found = alternatives.iter().filter(begins).find_map(|alternative| {
                find(rest, words, at + alternative.len(), captured.clone(), accepts)
            });
            match found {
                None if *is_optional => find(rest, words, at, captured, accepts),
                found => found,
            }
        }
        Item::Capture { is_optional: false } => (at + 1..=words.len())
            .rev()
            .find_map(|end| find(rest, words, end, Some(at..end), accepts)),
        Item::Capture { is_optional: true } => (at..=words.len())
            .find_map(|end| find(rest, words, end, (at < end).then_some(at..end), accepts)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pattern_matches_alternatives_options_and_captures() {
        let check = |pattern: &str, text: &str, expected: Option<&str>| {
            let words = analyzer::words(text);
            let found = Pattern::parse(pattern).find(&words, 0, &|end| end == words.len());
            let captured = found.map(|found| {
                let captured = found.captured.unwrap_or_default();
                words[captured].iter().map(|word| word.folded.as_str()).collect::<Vec<_>>()
            });
            assert_eq!(captured.map(|words| words.join(" ")).as_deref(), expected, "{text}");
        };
        check("what is|are this|it article? about", "What is this about?", Some(""));
        check("what is|are this|it article? about", "what are it article about", Some(""));
        check("what is|are this|it article? about", "what is about", None);
        check("main|key points", "The main points", None);
        check("articles by *", "articles by Ada Moon", Some("ada moon"));
        check("articles by *", "articles by", None);
        check("when was * published", "when was Storm Xaver published?", Some("storm xaver"));
        check("a_b|c d?", "a b", Some(""));
        check("my friend *? asks", "my friend asks", Some(""));
        check("my friend *? asks", "my friend Ada Moon asks", Some("ada moon"));
    }
}

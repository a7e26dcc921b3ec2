//! Spans of consecutive sentences that a quote may have. Pure.
//!
//! A span whose last sentence announces something, as in `as follows:`, or opens a block of code is
//! continued by what follows in its passage, as far as that is short enough.

use std::ops::Range;

use crate::corpus::article::{Passage, PassageKind};
use crate::corpus::ends_with_announcement;

/// Maximum length of a quote of several sentences, in chars.
const MAX_QUOTE_CHARS: usize = 300;
/// Maximum length of a quote that is continued by what it announces, in chars.
const MAX_CONTINUED_CHARS: usize = 500;

/// Ends of a line of code that opens a block.
const OPENING: [char; 4] = [':', '{', '(', '['];

/// A span of consecutive sentences of a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Sentences whose odds count.
    pub scored: Range<usize>,
    /// Sentences that are quoted: the scored ones, and what they announce.
    pub shown: Range<usize>,
    /// Whether the span does not end with an announcement.
    pub is_complete: bool,
}

/// Returns the spans of a passage that are short enough for a quote, by their first sentence.
pub fn spans(passage: &Passage) -> Vec<Span> {
    let sentences = Sentences::new(passage);
    let count = sentences.chars.len();
    let mut spans = Vec::new();
    for start in 0..count {
        for end in start + 1..=count {
            if end > start + 1 && sentences.length(start..end) > MAX_QUOTE_CHARS {
                break;
            }
            let shown = sentences.continued(start..end);
            let is_complete = !sentences.announces[shown.end - 1];
            spans.push(Span { scored: start..end, shown, is_complete });
        }
    }
    spans
}

/// The sentences of a passage, measured once for all spans.
struct Sentences {
    /// Position of each sentence in the passage, in chars.
    chars: Vec<Range<usize>>,
    /// Whether each sentence announces what follows it.
    announces: Vec<bool>,
}

impl Sentences {
    fn new(passage: &Passage) -> Sentences {
        let (mut chars, mut announces) = (Vec::new(), Vec::new());
        let (mut byte, mut position) = (0, 0);
        for (at, sentence) in passage.sentences.iter().enumerate() {
            let text = &passage.text[sentence.clone()];
            let start = position + passage.text[byte..sentence.start].chars().count();
            position = start + text.chars().count();
            byte = sentence.end;
            chars.push(start..position);
            announces.push(match passage.kind_of(at) {
                PassageKind::Code => text.trim_end().ends_with(OPENING),
                _ => ends_with_announcement(text),
            });
        }
        Sentences { chars, announces }
    }

    /// Returns the length of a span, in chars.
    fn length(&self, span: Range<usize>) -> usize {
        self.chars[span.end - 1].end - self.chars[span.start].start
    }

    /// Returns a span with the sentences after it that it announces and that fit.
    fn continued(&self, span: Range<usize>) -> Range<usize> {
        if !self.announces[span.end - 1] {
            return span;
        }
        let fits = |end: &usize| self.length(span.start..*end) <= MAX_CONTINUED_CHARS;
        let fitting = (span.end + 1..=self.chars.len()).take_while(fits);
        // An announcement at the end of what fits has nothing after it.
        let end = fitting.filter(|end| !self.announces[end - 1]).last();
        span.start..end.unwrap_or(span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus;

    #[test]
    fn span_is_continued_by_what_it_announces() {
        let check = |body: &str, expected: &[(&str, bool)]| {
            let text = format!("---\ntitle: T\n---\n{body}");
            let (article, _) =
                corpus::parse("t.md", "t.md", text.as_bytes()).expect("the article is valid");
            let passage = &article.passages[0];
            let shown = |span: &Span| {
                let sentences = &passage.sentences;
                let bytes = sentences[span.shown.start].start..sentences[span.shown.end - 1].end;
                (passage.text[bytes].to_owned(), span.is_complete)
            };
            let found: Vec<_> = spans(passage).iter().map(shown).collect();
            let found: Vec<_> = found.iter().map(|(text, is)| (text.as_str(), *is)).collect();
            assert_eq!(found, expected, "{body}");
        };
        check(
            "It rises. It falls.",
            &[("It rises.", true), ("It rises. It falls.", true), ("It falls.", true)],
        );
        check(
            "To enter:\n\n1. Call\n2. Wait",
            &[
                ("To enter:\n1. Call\n2. Wait", true),
                ("To enter:\n1. Call", true),
                ("To enter:\n1. Call\n2. Wait", true),
                ("1. Call", true),
                ("1. Call\n2. Wait", true),
                ("2. Wait", true),
            ],
        );
        check("To enter:", &[("To enter:", false)]);
        let code = format!("```\ndef a():\n    {}\n```", "b".repeat(600));
        check(&code, &[("def a():", false), (&"b".repeat(600), true)]);
        let long = "ebb ".repeat(200);
        check(
            &format!("It needs:\n\n- {long}"),
            &[("It needs:", false), (&format!("- {}", long.trim()), true)],
        );
    }
}

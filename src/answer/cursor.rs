//! Answer cursor: the quotes of an answer, small enough for a button's callback data. Pure.
//!
//! A cursor has no text. It refers to a quote by the passage's id, which is a hash of the passage's
//! text, so that an edited passage is not found and never misquoted.
//!
//! Format: the position (1 byte), then [`QUOTE_BYTES`] for each quote: the passage's id (8 bytes),
//! the first sentence and the number of sentences (10 and 6 bits), and the marks (40 bits). All
//! numbers are big-endian.

use std::ops::Range;
use std::sync::Arc;

use super::excerpt::Excerpt;
use super::outcome::MAX_EXCERPTS;
use crate::corpus::article::{Outline, Passage, PassageId};
use crate::index::analyzer::{self, Word};

/// Position in a list of one to three quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerCursor {
    quotes: [QuoteRef; MAX_EXCERPTS],
    len: usize,
    position: usize,
}

/// Reference to a quote: consecutive sentences of a passage, with marked words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteRef {
    pub passage: PassageId,
    /// Position of the first sentence, below 1024.
    first: u16,
    /// Number of sentences, 1 to 63.
    count: u8,
    /// Bit set of the marked words among the first 39. If only later words are marked, the position
    /// of the first marked word with the flag [`FAR`].
    marked: u64,
}

/// Size of a quote reference, in bytes.
const QUOTE_BYTES: usize = 8 + 2 + MARK_BYTES;
/// Size of the marks, in bytes.
const MARK_BYTES: usize = 5;
/// Number of words that the bit set of marks covers.
const MARKED_WORDS: usize = MARK_BYTES * 8 - 1;
/// Flag of marks that hold a position instead of a bit set.
const FAR: u64 = 1 << MARKED_WORDS;
/// Size of the number of sentences, in bits.
const COUNT_BITS: u32 = 6;

impl AnswerCursor {
    /// Maximum length of [`AnswerCursor::to_bytes`], in bytes.
    pub const MAX_BYTES: usize = 1 + MAX_EXCERPTS * QUOTE_BYTES;

    /// Makes a cursor at the first of some excerpts.
    ///
    /// Returns `None` if an excerpt does not consist of whole sentences or its sentences are too
    /// many or too far into the passage.
    pub fn of(excerpts: &[Excerpt]) -> Option<AnswerCursor> {
        let quotes: Vec<_> =
            excerpts.iter().take(MAX_EXCERPTS).map(QuoteRef::of).collect::<Option<_>>()?;
        AnswerCursor::of_quotes(&quotes, 0)
    }

    fn of_quotes(quotes: &[QuoteRef], position: usize) -> Option<AnswerCursor> {
        let len = quotes.len();
        let mut padded = [*quotes.first()?; MAX_EXCERPTS];
        padded.get_mut(..len)?.copy_from_slice(quotes);
        (position < len).then_some(AnswerCursor { quotes: padded, len, position })
    }

    /// Returns the quote at the position.
    pub fn current(&self) -> QuoteRef {
        self.quotes[self.position]
    }

    /// Returns the number of quotes after the position.
    pub fn remaining(&self) -> usize {
        self.len - self.position - 1
    }

    /// Returns the cursor at the next quote, if there is one.
    pub fn next(self) -> Option<AnswerCursor> {
        let position = self.position + 1;
        (position < self.len).then_some(AnswerCursor { position, ..self })
    }

    /// Returns the cursor at the previous quote, if there is one.
    pub fn previous(self) -> Option<AnswerCursor> {
        let position = self.position.checked_sub(1)?;
        Some(AnswerCursor { position, ..self })
    }

    /// Encodes the cursor in at most [`AnswerCursor::MAX_BYTES`].
    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = vec![self.position as u8];
        for quote in &self.quotes[..self.len] {
            bytes.extend(quote.passage.to_u64().to_be_bytes());
            bytes.extend(((quote.first << COUNT_BITS) | u16::from(quote.count)).to_be_bytes());
            bytes.extend(&quote.marked.to_be_bytes()[8 - MARK_BYTES..]);
        }
        bytes
    }

    /// Decodes a cursor; `None` for bytes that [`AnswerCursor::to_bytes`] never returns.
    pub fn from_bytes(bytes: &[u8]) -> Option<AnswerCursor> {
        let (position, rest) = bytes.split_first()?;
        let quotes = rest.chunks_exact(QUOTE_BYTES);
        if !quotes.remainder().is_empty() || rest.len() > MAX_EXCERPTS * QUOTE_BYTES {
            return None;
        }
        let quotes: Vec<_> = quotes.map(QuoteRef::from_bytes).collect::<Option<_>>()?;
        AnswerCursor::of_quotes(&quotes, usize::from(*position))
    }
}

impl QuoteRef {
    fn of(excerpt: &Excerpt) -> Option<QuoteRef> {
        let (passage, range) = (excerpt.passage(), excerpt.range());
        let sentences = &passage.sentences;
        let first = sentences.iter().position(|sentence| sentence.start == range.start)?;
        let last = sentences.iter().position(|sentence| sentence.end == range.end)?;
        let count = (last + 1).checked_sub(first)?;
        let fits = first < 1 << (16 - COUNT_BITS) && (1..1 << COUNT_BITS).contains(&count);
        let (first, count) = (first as u16, count as u8);
        let marked = encode_marks(excerpt);
        fits.then_some(QuoteRef { passage: passage.id, first, count, marked })
    }

    fn from_bytes(bytes: &[u8]) -> Option<QuoteRef> {
        let (id, rest) = bytes.split_first_chunk::<8>()?;
        let (sentences, marks) = rest.split_first_chunk::<2>()?;
        let sentences = u16::from_be_bytes(*sentences);
        let marked = marks.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        let count = (sentences & ((1 << COUNT_BITS) - 1)) as u8;
        let passage = PassageId::from_u64(u64::from_be_bytes(*id));
        (count > 0).then_some(QuoteRef { passage, first: sentences >> COUNT_BITS, count, marked })
    }

    /// Makes the excerpt of a passage; `None` if the passage has no such sentences.
    pub fn excerpt(&self, article: Arc<Outline>, passage: Arc<Passage>) -> Option<Excerpt> {
        let first = usize::from(self.first);
        let last = first + usize::from(self.count) - 1;
        let range = passage.sentences.get(first)?.start..passage.sentences.get(last)?.end;
        let words = analyzer::words(passage.text.get(range.clone())?);
        let marked = words.iter().enumerate().filter(|(position, _)| self.is_marked(*position));
        let marks: Vec<Range<usize>> = marked
            .map(|(_, word)| range.start + word.range.start..range.start + word.range.end)
            .collect();
        Excerpt::new(article, passage, range, &marks)
    }

    /// Returns whether the quote's word at a position is marked.
    fn is_marked(&self, position: usize) -> bool {
        match self.marked & FAR {
            0 => position < MARKED_WORDS && self.marked >> position & 1 == 1,
            _ => position as u64 == self.marked & !FAR,
        }
    }
}

/// Encodes the marked words of an excerpt as in [`QuoteRef::marked`].
fn encode_marks(excerpt: &Excerpt) -> u64 {
    let words = analyzer::words(excerpt.quote());
    let is_marked = |word: &Word| {
        let overlaps =
            |mark: &Range<usize>| mark.start < word.range.end && word.range.start < mark.end;
        excerpt.marks().iter().any(overlaps)
    };
    let near = words
        .iter()
        .take(MARKED_WORDS)
        .enumerate()
        .fold(0, |bits, (position, word)| bits | u64::from(is_marked(word)) << position);
    let far = words.iter().position(is_marked).map_or(0, |position| FAR | position as u64);
    if near == 0 { far } else { near }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::corpus;

    /// Returns an article whose only passage is `text`.
    fn article(text: &str) -> (Arc<Outline>, Arc<Passage>) {
        let file = format!("---\ntitle: Tides\n---\n{text}\n");
        let (article, _) =
            corpus::parse("tides.md", "tides.md", file.as_bytes()).expect("the article is valid");
        (Arc::new(article.outline), Arc::new(article.passages[0].clone()))
    }

    #[test]
    fn cursor_restores_the_quote_and_its_marks() {
        let long = format!("{}end of the sentence.", "word ".repeat(60));
        let check = |text: &str, sentences: Range<usize>, marked: &[&str], expected: &[&str]| {
            let (article, passage) = article(text);
            let ranges = &passage.sentences[sentences];
            let range = ranges[0].start..ranges[ranges.len() - 1].end;
            let mark = |word: &&str| {
                let start = passage.text.find(word).expect("the passage has the word");
                start..start + word.len()
            };
            let marks: Vec<_> = marked.iter().map(mark).collect();
            let excerpt = Excerpt::new(article.clone(), passage.clone(), range, &marks)
                .expect("the range is in the passage");
            let cursor = AnswerCursor::of(std::slice::from_ref(&excerpt)).expect("it is small");
            let restored = cursor.current().excerpt(article, passage).expect("it is unchanged");
            assert_eq!(restored.quote(), excerpt.quote(), "{text}");
            let words = restored.marks().iter().map(|mark| &restored.quote()[mark.clone()]);
            assert_eq!(words.collect::<Vec<_>>(), expected, "{text}");
        };
        let text = "The Moon causes tides. The Sun helps. Nobody is surprised.";
        check(text, 0..1, &["Moon", "tides"], &["Moon", "tides"]);
        check(text, 1..3, &["Sun", "surprised"], &["Sun", "surprised"]);
        check(text, 2..3, &[], &[]);
        // A mark of a part of a word is widened to the word.
        check(text, 0..1, &["tide"], &["tides"]);
        // After the 39th word, the first mark is kept.
        check(&long, 0..1, &["end", "sentence"], &["end"]);
    }

    #[test]
    fn cursor_refuses_excerpts_of_partial_sentences() {
        let (article, passage) = article("The Moon causes tides. The Sun helps.");
        let excerpt = Excerpt::new(article, passage, 4..8, &[]).expect("the range is in the text");
        assert_eq!(AnswerCursor::of(&[excerpt]), None);
        assert_eq!(AnswerCursor::of(&[]), None);
    }

    #[test]
    fn cursor_moves_between_its_quotes() {
        let quote =
            |id| QuoteRef { passage: PassageId::from_u64(id), first: 0, count: 1, marked: 0 };
        let check = |position: usize, previous: Option<u64>, next: Option<u64>, remaining| {
            let quotes = [quote(0), quote(1), quote(2)];
            let cursor = AnswerCursor::of_quotes(&quotes, position).expect("the position exists");
            let id = |cursor: AnswerCursor| cursor.current().passage.to_u64();
            assert_eq!(cursor.previous().map(id), previous, "{position}");
            assert_eq!(cursor.next().map(id), next, "{position}");
            assert_eq!(cursor.remaining(), remaining, "{position}");
        };
        check(0, None, Some(1), 2);
        check(1, Some(0), Some(2), 1);
        check(2, Some(1), None, 0);
        assert_eq!(AnswerCursor::of_quotes(&[quote(0)], 1), None);
    }

    // The format must not change: sent messages have buttons with these bytes.
    #[test]
    fn cursor_contract_bytes() {
        let quote = |id, first, count, marked| QuoteRef {
            passage: PassageId::from_u64(id),
            first,
            count,
            marked,
        };
        let quotes = [quote(1, 2, 3, 5), quote(u64::MAX, 0, 1, FAR | 40)];
        let cursor = AnswerCursor::of_quotes(&quotes, 1);
        let bytes = cursor.expect("the position is below the number of quotes").to_bytes();
        #[rustfmt::skip]
        let expected = [
            1,
            0, 0, 0, 0, 0, 0, 0, 1, 0, 0x83, 0, 0, 0, 0, 5,
            255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 0x80, 0, 0, 0, 40,
        ];
        assert_eq!(bytes, expected);
        assert_eq!(AnswerCursor::from_bytes(&expected), cursor);
    }

    proptest! {
        #[test]
        fn cursor_bytes_are_decoded_exactly_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..50)
        ) {
            if let Some(cursor) = AnswerCursor::from_bytes(&bytes) {
                prop_assert_eq!(cursor.to_bytes(), bytes);
                prop_assert!(cursor.to_bytes().len() <= AnswerCursor::MAX_BYTES);
                let back = cursor.next().and_then(AnswerCursor::previous).unwrap_or(cursor);
                prop_assert_eq!(back, cursor);
            }
        }
    }
}

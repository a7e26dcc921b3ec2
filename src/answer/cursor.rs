//! An answer small enough for a button: which passages, which sentences, which words. Pure.
//!
//! It holds no text, so that a quote made from it is a byte range of a passage or nothing at all:
//! a passage's id comes from its text, and one that was edited is not found.

use std::ops::Range;
use std::sync::Arc;

use super::{Excerpt, MAX_EXCERPTS};
use crate::corpus::article::{Outline, Passage, PassageId};
use crate::index::analyzer::{self, Word};

/// One to three quotes, and which of them is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerCursor {
    quotes: [QuoteRef; MAX_EXCERPTS],
    len: usize,
    at: usize,
}

/// One quote: sentences of a passage with marked words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteRef {
    pub passage: PassageId,
    /// The position of the first sentence, below 1024.
    first: u16,
    /// How many sentences, 1 to 63.
    count: u8,
    /// One bit for each of the quote's first 39 words: whether it is marked. If none of them is, and a
    /// later word is, that word's position with the flag [`FAR`].
    marked: u64,
}

/// The bytes of a step: an id, the sentences, the marks.
const QUOTE_BYTES: usize = 8 + 2 + MARK_BYTES;
const MARK_BYTES: usize = 5;
const MARKS: usize = MARK_BYTES * 8 - 1;
const FAR: u64 = 1 << MARKS;
const COUNT_BITS: u32 = 6;

impl AnswerCursor {
    /// At the most bytes that [`AnswerCursor::to_bytes`] gives.
    pub const MAX_BYTES: usize = 1 + MAX_EXCERPTS * QUOTE_BYTES;

    /// The trail of these excerpts, looking at the first. `None` if one of them is none of whole
    /// sentences, or stands too far inside its passage.
    pub fn of(excerpts: &[Excerpt]) -> Option<AnswerCursor> {
        let steps: Vec<_> =
            excerpts.iter().take(MAX_EXCERPTS).map(QuoteRef::of).collect::<Option<_>>()?;
        AnswerCursor::of_quotes(&steps, 0)
    }

    fn of_quotes(known: &[QuoteRef], at: usize) -> Option<AnswerCursor> {
        let mut steps = [*known.first()?; MAX_EXCERPTS];
        steps.get_mut(..known.len())?.copy_from_slice(known);
        (at < known.len()).then_some(AnswerCursor { quotes: steps, len: known.len(), at })
    }

    /// The quote that is looked at.
    pub fn current(&self) -> QuoteRef {
        self.quotes[self.at]
    }

    /// How many quotes come after this one.
    pub fn left(&self) -> usize {
        self.len - self.at - 1
    }

    /// The same trail, looking at the next quote.
    pub fn next(self) -> Option<AnswerCursor> {
        let at = self.at + 1;
        (at < self.len).then_some(AnswerCursor { at, ..self })
    }

    /// The same trail, looking at the quote before.
    pub fn before(self) -> Option<AnswerCursor> {
        let at = self.at.checked_sub(1)?;
        Some(AnswerCursor { at, ..self })
    }

    /// At most [`AnswerCursor::MAX_BYTES`].
    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = vec![self.at as u8];
        for step in &self.quotes[..self.len] {
            bytes.extend(step.passage.to_u64().to_be_bytes());
            bytes.extend(((step.first << COUNT_BITS) | u16::from(step.count)).to_be_bytes());
            bytes.extend(&step.marked.to_be_bytes()[8 - MARK_BYTES..]);
        }
        bytes
    }

    /// `None` for bytes that [`AnswerCursor::to_bytes`] never gives.
    pub fn from_bytes(bytes: &[u8]) -> Option<AnswerCursor> {
        let (at, rest) = bytes.split_first()?;
        let steps = rest.chunks_exact(QUOTE_BYTES);
        if !steps.remainder().is_empty() || rest.len() > MAX_EXCERPTS * QUOTE_BYTES {
            return None;
        }
        let steps: Vec<_> = steps.map(QuoteRef::from_bytes).collect::<Option<_>>()?;
        AnswerCursor::of_quotes(&steps, usize::from(*at))
    }
}

impl QuoteRef {
    fn of(excerpt: &Excerpt) -> Option<QuoteRef> {
        let (passage, range) = (excerpt.passage(), excerpt.range());
        let sentences = &passage.sentences;
        let first = sentences.iter().position(|sentence| sentence.start == range.start)?;
        let last = sentences.iter().position(|sentence| sentence.end == range.end)?;
        let count = (last + 1).checked_sub(first)?;
        let is_small = first < 1 << (16 - COUNT_BITS) && (1..1 << COUNT_BITS).contains(&count);
        let words = analyzer::words(excerpt.quote());
        let is_marked = |word: &Word| {
            let touches =
                |mark: &Range<usize>| mark.start < word.range.end && word.range.start < mark.end;
            excerpt.marks().iter().any(touches)
        };
        let near = words
            .iter()
            .take(MARKS)
            .enumerate()
            .fold(0, |bits, (position, word)| bits | u64::from(is_marked(word)) << position);
        let far = words.iter().position(is_marked).map_or(0, |position| FAR | position as u64);
        let marked = if near == 0 { far } else { near };
        let passage = passage.id;
        is_small.then_some(QuoteRef { passage, first: first as u16, count: count as u8, marked })
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

    /// The quote in its passage. `None` if the passage has no such sentences.
    pub fn excerpt(&self, article: Arc<Outline>, passage: Arc<Passage>) -> Option<Excerpt> {
        let first = usize::from(self.first);
        let last = first + usize::from(self.count) - 1;
        let range = passage.sentences.get(first)?.start..passage.sentences.get(last)?.end;
        let words = analyzer::words(passage.text.get(range.clone())?);
        let is_marked = |position: usize| match self.marked & FAR {
            0 => position < MARKS && self.marked >> position & 1 == 1,
            _ => position as u64 == self.marked & !FAR,
        };
        let marked = words.iter().enumerate().filter(|(position, _)| is_marked(*position));
        let marks: Vec<Range<usize>> = marked
            .map(|(_, word)| range.start + word.range.start..range.start + word.range.end)
            .collect();
        Excerpt::new(article, passage, range, &marks)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Buttons hold these bytes, and must work for years.
    #[test]
    fn contract_bytes_of_a_trail() {
        let step = |id, first, count, marked| QuoteRef {
            passage: PassageId::from_u64(id),
            first,
            count,
            marked,
        };
        let trail = AnswerCursor::of_quotes(&[step(1, 2, 3, 5), step(u64::MAX, 0, 1, FAR | 40)], 1);
        let bytes = trail.expect("it looks at one of two").to_bytes();
        #[rustfmt::skip]
        let expected = [
            1,
            0, 0, 0, 0, 0, 0, 0, 1, 0, 0x83, 0, 0, 0, 0, 5,
            255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 0x80, 0, 0, 0, 40,
        ];
        assert_eq!(bytes, expected);
        assert_eq!(AnswerCursor::from_bytes(&expected), trail);
    }

    proptest! {
        #[test]
        fn bytes_are_a_trail_or_nothing(bytes in prop::collection::vec(any::<u8>(), 0..50)) {
            if let Some(trail) = AnswerCursor::from_bytes(&bytes) {
                prop_assert_eq!(trail.to_bytes(), bytes);
                prop_assert!(trail.to_bytes().len() <= AnswerCursor::MAX_BYTES);
                prop_assert_eq!(trail.next().and_then(AnswerCursor::before).unwrap_or(trail), trail);
            }
        }
    }
}

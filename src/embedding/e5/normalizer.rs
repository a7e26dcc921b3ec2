//! The normalizer of XLM-RoBERTa, with the position of each character in the original text.
//!
//! The rules are those of SentencePiece's `nmt_nfkc` as the `tokenizers` crate applies them, so
//! that a text has the tokens of the training:
//!
//! - A grapheme of less than 6 bytes is replaced as a whole if its first character has a
//!   replacement, or if its first two characters compose and the first is not composed itself. The
//!   rest of the grapheme is dropped.
//! - In other graphemes, each character is replaced on its own.
//! - Several spaces become one.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;
use unicode_segmentation::UnicodeSegmentation;

use super::format::WeightFile;

/// A character of the normalized text.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalizedChar {
    pub character: char,
    /// Byte range of the characters that became it.
    pub source: Range<usize>,
}

/// Length in bytes from which a grapheme is not replaced as a whole.
const LONG_GRAPHEME: usize = 6;

/// Normalizes a text lazily. The ranges ascend; they may be equal, and may have gaps.
pub fn normalized<'a>(
    file: &'a WeightFile,
    text: &'a str,
) -> impl Iterator<Item = NormalizedChar> + 'a {
    let mut after_space = false;
    text.grapheme_indices(true)
        .flat_map(|(start, grapheme)| replaced_grapheme(file, start, grapheme))
        .filter(move |normalized| {
            let is_space = normalized.character == ' ';
            !(std::mem::replace(&mut after_space, is_space) && is_space)
        })
}

/// Returns the normalized characters of the grapheme at byte `start`.
fn replaced_grapheme<'a>(
    file: &'a WeightFile,
    start: usize,
    grapheme: &'a str,
) -> impl Iterator<Item = NormalizedChar> + 'a {
    let whole =
        if grapheme.len() < LONG_GRAPHEME { whole_replacement(file, grapheme) } else { None };
    let in_whole = whole.into_iter().flat_map(Replacement::chars);
    let in_whole = in_whole.map(move |character| (character, start..start + grapheme.len()));
    let alone = if whole.is_none() { grapheme } else { "" };
    let alone = alone.char_indices().flat_map(move |(offset, character)| {
        let replacement = file.replacement(character).map(Replacement::Text);
        let source = start + offset..start + offset + character.len_utf8();
        let replacement = replacement.unwrap_or(Replacement::Char(character));
        replacement.chars().map(move |character| (character, source.clone()))
    });
    in_whole.chain(alone).map(|(character, source)| NormalizedChar { character, source })
}

/// Returns the replacement of a whole grapheme, if any.
fn whole_replacement<'a>(file: &'a WeightFile, grapheme: &str) -> Option<Replacement<'a>> {
    let mut characters = grapheme.chars();
    let first = characters.next()?;
    if let Some(replacement) = file.replacement(first) {
        return Some(Replacement::Text(replacement));
    }
    let mark = characters.next()?;
    let mut replaced =
        file.replacement(mark).map_or(Replacement::Char(mark), Replacement::Text).chars();
    let mark = replaced.next().filter(|_| replaced.next().is_none())?;
    let composed = compose(first, mark).map(Replacement::Char);
    composed.filter(|_| std::iter::once(first).nfd().eq([first]))
}

/// Characters that take the place of others.
#[derive(Clone, Copy)]
enum Replacement<'a> {
    Text(&'a str),
    Char(char),
}

impl<'a> Replacement<'a> {
    fn chars(self) -> impl Iterator<Item = char> + 'a {
        let (text, character) = match self {
            Replacement::Text(text) => (text, None),
            Replacement::Char(character) => ("", Some(character)),
        };
        text.chars().chain(character)
    }
}

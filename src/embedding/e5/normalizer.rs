//! The normalizer of XLM-RoBERTa.
//!
//! The rules are those of SentencePiece's `nmt_nfkc` as the `tokenizers` crate applies them, so
//! that a text has the tokens of the training:
//!
//! - A grapheme of less than 6 bytes is replaced as a whole if its first character has a
//!   replacement, or if its first two characters compose and the first is not composed itself. The
//!   rest of the grapheme is dropped.
//! - In other graphemes, each character is replaced on its own.
//! - Several spaces become one.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;
use unicode_segmentation::UnicodeSegmentation;

use super::format::WeightFile;

/// Length in bytes from which a grapheme is not replaced as a whole.
const LONG_GRAPHEME: usize = 6;

/// Returns the characters of the normalized text.
pub fn normalized<'a>(file: &'a WeightFile, text: &'a str) -> impl Iterator<Item = char> + 'a {
    let mut after_space = false;
    text.graphemes(true).flat_map(|grapheme| replaced_grapheme(file, grapheme)).filter(
        move |character| {
            let is_space = *character == ' ';
            !(std::mem::replace(&mut after_space, is_space) && is_space)
        },
    )
}

/// Returns the normalized characters of a grapheme.
fn replaced_grapheme<'a>(
    file: &'a WeightFile,
    grapheme: &'a str,
) -> impl Iterator<Item = char> + 'a {
    let whole =
        if grapheme.len() < LONG_GRAPHEME { whole_replacement(file, grapheme) } else { None };
    let alone = if whole.is_none() { grapheme } else { "" };
    let alone = alone.chars().map(|character| {
        file.replacement(character).map_or(Replacement::Char(character), Replacement::Text)
    });
    whole.into_iter().chain(alone).flat_map(Replacement::chars)
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

//! The words that the pieces of a text belong to. Pure.

use super::tokenizer::WORD_START;
use crate::index::script;

/// Returns the number of the word that each piece belongs to, ascending; `None` for punctuation.
/// `pieces` has `None` for a character that is not in the vocabulary.
///
/// The pieces of a word are those up to the next space or punctuation mark. In a script without
/// spaces between words, each piece is a word.
pub fn word_numbers<'a>(pieces: impl Iterator<Item = Option<&'a str>>) -> Vec<Option<u32>> {
    let mut words = 0;
    let mut is_in_word = false;
    let number = |piece: Option<&str>| {
        let piece = piece.unwrap_or("?");
        let text = piece.trim_start_matches(WORD_START);
        let is_start = text.len() < piece.len();
        let is_punctuation = !text.contains(char::is_alphanumeric);
        let has_spaces = script::ngram_size(text).is_none();
        if !is_punctuation && (is_start || !is_in_word || !has_spaces) {
            words += 1;
        }
        is_in_word = !is_punctuation && has_spaces;
        (!is_punctuation).then_some(words)
    };
    pieces.map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_spaces_and_punctuation() {
        let words = |pieces: &str| {
            let pieces = pieces.split(' ').map(|piece| (piece != "unknown").then_some(piece));
            word_numbers(pieces).into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>()
        };
        assert_eq!(words("▁The ▁tide s , ▁rock - and ▁ ▁90 %"), [1, 2, 2, 0, 3, 0, 4, 0, 5, 0]);
        assert_eq!(words("▁ 潮 汐 大约 。 ok s"), [0, 1, 2, 3, 0, 4, 4]);
        assert_eq!(words("▁ज्वार - भाटा ▁घं टे ▁น้ํา ขึ้น"), [1, 0, 2, 3, 3, 4, 5]);
        assert_eq!(words("▁old unknown s"), [1, 0, 2]);
    }
}

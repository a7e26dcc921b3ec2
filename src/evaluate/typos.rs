//! Questions as they look after a slip of the finger. Pure.

use crate::index::analyzer;
use crate::search::aliases::Aliases;
use crate::search::query;

/// Shorter words are not taken for mistyped ones.
const MIN_CHARS: usize = 5;
const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";

/// The question with one wrong letter in one of its content words, if one has at least five letters
/// of the Latin alphabet. The same question always gets the same slip.
pub fn with_typo(question: &str) -> String {
    let terms = query::analyse(question, None, &[], &Aliases::default()).terms;
    let is_long = |word: &&str| {
        word.len() >= MIN_CHARS && word.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let words: Vec<_> = terms.iter().map(|term| term.typed.as_str()).filter(is_long).collect();
    let bytes = *blake3::hash(question.as_bytes()).as_bytes();
    let [which, place, letter, ..] = bytes.map(usize::from);
    if words.is_empty() {
        return question.to_owned();
    }
    let word = words[which % words.len()];
    let own =
        analyzer::words(question).into_iter().find(|own| question[own.range.clone()] == *word);
    let Some(start) = own.map(|own| own.range.start) else { return question.to_owned() };
    let at = start + place % word.len();
    let was = question.as_bytes()[at].to_ascii_lowercase();
    let others: Vec<_> = LETTERS.iter().filter(|other| **other != was).collect();
    let wrong = char::from(*others[letter % others.len()]);
    format!("{}{wrong}{}", &question[..at], &question[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_of_one_content_word_is_wrong() {
        let question = "When was the treaty of the Helmand river signed?";
        let slip = with_typo(question);
        let wrong = question.chars().zip(slip.chars()).filter(|(a, b)| a != b).count();
        assert_eq!((wrong, slip.len()), (1, question.len()), "{slip}");
        assert_eq!(slip, with_typo(question));
        assert!(slip.starts_with("When was the "));
        assert_eq!(with_typo("Who is he, где?"), "Who is he, где?");
    }
}

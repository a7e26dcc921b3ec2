//! Questions with a typing error. Pure.

use crate::index::analyzer;
use crate::search::aliases::Aliases;
use crate::search::query;
use crate::search::question_language::QuestionLanguages;

/// Minimum length of a word that gets a typing error, in bytes. Search does not correct shorter
/// words.
const MIN_BYTES: usize = 5;
const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";

/// Returns the question with one wrong letter in one content word of at least five Latin letters,
/// if it has such a word. The same question always gets the same error.
pub fn with_typo(question: &str) -> String {
    let terms =
        query::analyse(question, None, &QuestionLanguages::default(), &Aliases::default()).terms;
    let is_long = |word: &&str| {
        word.len() >= MIN_BYTES && word.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let words: Vec<_> = terms.iter().map(|term| term.typed.as_str()).filter(is_long).collect();
    let hash = *blake3::hash(question.as_bytes()).as_bytes();
    let [word_choice, position_choice, letter_choice, ..] = hash.map(usize::from);
    if words.is_empty() {
        return question.to_owned();
    }
    let chosen = words[word_choice % words.len()];
    let word =
        analyzer::words(question).into_iter().find(|word| question[word.range.clone()] == *chosen);
    let Some(start) = word.map(|word| word.range.start) else { return question.to_owned() };
    let at = start + position_choice % chosen.len();
    let right = question.as_bytes()[at].to_ascii_lowercase();
    let others: Vec<_> = LETTERS.iter().filter(|other| **other != right).collect();
    let wrong = char::from(*others[letter_choice % others.len()]);
    format!("{}{wrong}{}", &question[..at], &question[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typo_changes_one_letter_of_one_content_word() {
        let question = "When was the treaty of the Helmand river signed?";
        let mistyped = with_typo(question);
        let wrong = question.chars().zip(mistyped.chars()).filter(|(a, b)| a != b).count();
        assert_eq!((wrong, mistyped.len()), (1, question.len()), "{mistyped}");
        assert_eq!(mistyped, with_typo(question));
        assert!(mistyped.starts_with("When was the "));
        assert_eq!(with_typo("Who is he, где?"), "Who is he, где?");
    }
}

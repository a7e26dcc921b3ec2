//! Words of one family that no stemmer brings together: `settlers` and `settlement`.
//!
//! Pure. Two words are kin if they share their beginning for most of their length. A match of kin
//! counts for less than a match of the word.

use std::collections::HashMap;

use super::query::Query;

/// The words of a question, by their first letters.
pub struct Kin<'a> {
    by_beginning: HashMap<String, Vec<(usize, &'a str)>>,
}

/// Shorter beginnings bring strangers together.
const BEGINNING_CHARS: usize = 4;
/// Of the longer word.
const MIN_SHARED: f32 = 0.5;
const WEIGHT: f32 = 0.6;

impl<'a> Kin<'a> {
    pub fn of(query: &'a Query) -> Kin<'a> {
        let mut by_beginning: HashMap<String, Vec<(usize, &str)>> = HashMap::new();
        for (position, term) in query.terms.iter().enumerate() {
            if let Some(beginning) =
                beginning(&term.folded).filter(|_| term.folded.chars().all(char::is_alphabetic))
            {
                by_beginning
                    .entry(beginning.to_owned())
                    .or_default()
                    .push((position, &term.folded));
            }
        }
        Kin { by_beginning }
    }

    /// The terms that `word` is kin to, with what a match is worth.
    pub fn of_word(&self, word: &str) -> Vec<(usize, f32)> {
        let Some(terms) = beginning(word).and_then(|beginning| self.by_beginning.get(beginning))
        else {
            return Vec::new();
        };
        let shared =
            |term: &str| word.chars().zip(term.chars()).take_while(|(a, b)| a == b).count();
        let longer = |term: &str| word.chars().count().max(term.chars().count());
        terms
            .iter()
            .map(|(position, term)| (*position, shared(term) as f32 / longer(term) as f32))
            .filter(|(_, share)| *share >= MIN_SHARED)
            .map(|(position, share)| (position, WEIGHT * share))
            .collect()
    }
}

fn beginning(word: &str) -> Option<&str> {
    let mut ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.nth(BEGINNING_CHARS - 1).map(|end| &word[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::analyzer::Language;

    #[test]
    fn kin_share_most_of_their_letters() {
        let query = super::super::query::analyse(
            "settlement of Iran",
            None,
            &[Language::of_code("en")],
            &[],
        );
        let kin = Kin::of(&query);
        let check = |word: &str, expected: &[usize]| {
            let found: Vec<_> = kin.of_word(word).into_iter().map(|(term, _)| term).collect();
            assert_eq!(found, expected, "{word}");
        };
        check("settlers", &[0]);
        check("settle", &[0]);
        check("sett", &[]);
        check("set", &[]);
        check("iranian", &[1]);
        check("irascible", &[]);
    }
}

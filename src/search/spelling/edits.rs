//! Words of a language that are one slip of the finger away. Pure.
//!
//! A corpus that has `published` need not have `publish`, which a reader mistypes as `pujlish`.

use crate::index::analyzer::Language;
use crate::search::word_frequency;

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// The words of these languages that differ from a folded word by one letter that is wrong, missing,
/// too many or swapped with the next: those with the same first letter first, then the commonest.
/// Distances are Damerau's (1964).
pub fn edits1(folded: &str, languages: &[Language]) -> Vec<String> {
    if !word_frequency::has_word_frequencies(languages)
        || !folded.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    let mut slip = String::with_capacity(folded.len() + 1);
    let mut consider = |parts: [&str; 3]| {
        slip.clear();
        parts.iter().for_each(|part| slip.push_str(part));
        if word_frequency::is_word(&slip) && !found.contains(&slip) {
            found.push(slip.clone());
        }
    };
    for at in 0..=folded.len() {
        let (before, after) = folded.split_at(at);
        for letter in 0..LETTERS.len() {
            let letter = &LETTERS[letter..=letter];
            consider([before, letter, after]);
            if !after.is_empty() {
                consider([before, letter, &after[1..]]);
            }
        }
        if !after.is_empty() {
            consider([before, "", &after[1..]]);
        }
        if after.len() > 1 {
            let swapped: String = after[..2].chars().rev().collect();
            consider([before, &swapped, &after[2..]]);
        }
    }
    let rank = |word: &String| {
        let is_other = word.as_bytes().first() != folded.as_bytes().first();
        (is_other, word_frequency::information_content(word, true, languages))
    };
    let mut ranked: Vec<_> = found.into_iter().map(|word| (rank(&word), word)).collect();
    ranked.sort_by(|((a, x), one), ((b, y), other)| {
        a.cmp(b).then(x.total_cmp(y)).then_with(|| one.cmp(other))
    });
    ranked.into_iter().map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use crate::search::spelling::edits::*;

    #[test]
    fn each_kind_of_slip_is_undone() {
        let english = [Language::of_code("en")];
        for slip in ["pujlish", "publsh", "publiish", "pulbish", "oublish"] {
            assert!(edits1(slip, &english).contains(&"publish".to_owned()), "{slip}");
        }
        assert_eq!(edits1("xqzvkw", &english), Vec::<String>::new());
        assert_eq!(edits1("نفت", &english), Vec::<String>::new());
        assert_eq!(edits1("pujlish", &[Language::of_code("de")]), Vec::<String>::new());
    }
}

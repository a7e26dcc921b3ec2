//! Words of a language at Damerau–Levenshtein distance 1 (Damerau 1964). Pure.
//!
//! The corpus may have only another form of the intended word: a reader who types `pujlish` means
//! `publish`, and the corpus has `published`.

use crate::index::language::Language;
use crate::search::word_frequency;

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";

/// Returns the words of the languages that are one edit from a folded word.
///
/// An edit replaces, inserts or deletes a letter, or transposes two adjacent ones. Words with the
/// same first letter come first, then the more frequent ones.
pub fn edits1(folded: &str, languages: &[Language]) -> Vec<String> {
    if !word_frequency::has_word_frequencies(languages)
        || !folded.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return Vec::new();
    }
    let mut found: Vec<String> = Vec::new();
    let mut edited = String::with_capacity(folded.len() + 1);
    let mut consider = |parts: [&str; 3]| {
        edited.clear();
        parts.iter().for_each(|part| edited.push_str(part));
        if word_frequency::is_common_word(&edited) && !found.contains(&edited) {
            found.push(edited.clone());
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
            let transposed: String = after[..2].chars().rev().collect();
            consider([before, &transposed, &after[2..]]);
        }
    }
    let rank = |word: &String| {
        let has_other_first = word.as_bytes().first() != folded.as_bytes().first();
        (has_other_first, word_frequency::information_content(word, true, languages))
    };
    let mut ranked: Vec<_> = found.into_iter().map(|word| (rank(&word), word)).collect();
    ranked.sort_by(|((a, x), one), ((b, y), other)| {
        a.cmp(b).then(x.total_cmp(y)).then_with(|| one.cmp(other))
    });
    ranked.into_iter().map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_edits_undo_each_kind_of_typo() {
        let english = [Language::of_code("en")];
        for typo in ["pujlish", "publsh", "publiish", "pulbish", "oublish"] {
            assert!(edits1(typo, &english).contains(&"publish".to_owned()), "{typo}");
        }
        assert_eq!(edits1("xqzvkw", &english), Vec::<String>::new());
        assert_eq!(edits1("نفت", &english), Vec::<String>::new());
        assert_eq!(edits1("pujlish", &[Language::of_code("de")]), Vec::<String>::new());
    }
}

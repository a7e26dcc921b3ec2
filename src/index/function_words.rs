//! Function words of each language, and how much of a text they are.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use parking_lot::RwLock;
use unicode_normalization::UnicodeNormalization;

use super::analyzer::{self, Word};
use super::language::Language;

/// Returns the function words of a language, folded; none for a language without a list.
pub fn of(language: &Language) -> &'static HashSet<String> {
    static LISTS: LazyLock<RwLock<HashMap<String, &'static HashSet<String>>>> =
        LazyLock::new(RwLock::default);
    if let Some(list) = LISTS.read().get(language.code()) {
        return list;
    }
    let folded = listed(language).flat_map(analyzer::words).map(|word| word.folded);
    // The leak is bounded: a language has one list for the life of the process, except that tasks
    // that race for the first use make one each.
    let list: &'static HashSet<String> = Box::leak(Box::new(folded.collect()));
    LISTS.write().insert(language.code().to_owned(), list);
    list
}

/// Returns whether a word is a function word of a language. In Vietnamese it has to be spelled like
/// one: "ba" (three) folds to the same letters as "bà" (she).
pub fn has(language: &Language, typed: &str, folded: &str) -> bool {
    static VIETNAMESE: LazyLock<HashSet<String>> =
        LazyLock::new(|| listed(&Language::of_code("vi")).map(spelling).collect());
    of(language).contains(folded)
        && (language.code() != "vi" || VIETNAMESE.contains(&spelling(typed)))
}

/// Returns the words of the list of a language. Phrases are left out: their parts may be content
/// words.
fn listed(language: &Language) -> impl Iterator<Item = &'static str> {
    let words = stop_words::lookup(language.code()).unwrap_or_default();
    words.iter().copied().filter(|word| !word.contains(char::is_whitespace))
}

/// Returns a word in small letters, each with its accents as one character.
fn spelling(word: &str) -> String {
    word.nfc().flat_map(char::to_lowercase).collect()
}

/// Returns the share of the words that are function words of a language, from 0 to 1.
pub fn share(words: &[Word], language: &Language) -> f32 {
    let list = of(language);
    let count = words.iter().filter(|word| list.contains(&word.folded)).count();
    count as f32 / words.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_of_vietnamese_have_their_accents_and_are_no_parts_of_phrases() {
        let check = |code: &str, typed: &str, expected: bool| {
            let word = analyzer::words(typed).remove(0);
            let found = has(&Language::of_code(code), typed, &word.folded);
            assert_eq!(found, expected, "{typed}");
        };
        check("vi", "Là", true);
        check("vi", "bà", true);
        check("vi", "ba\u{300}", true);
        check("vi", "ba", false);
        check("vi", "Lan", false);
        check("vi", "thành", false);
        check("vi", "thanh", true);
        check("vi", "lâu", false);
        check("ko", "결과에", false);
        check("ru", "что", true);
        check("de", "für", true);
        check("de", "fur", true);
    }
}

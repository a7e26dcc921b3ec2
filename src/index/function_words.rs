//! Function words of each language, and how much of a text they are.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use parking_lot::RwLock;

use super::analyzer::{self, Word};
use super::language::Language;

/// Returns the function words of a language, folded; none for a language without a list.
pub fn of(language: &Language) -> &'static HashSet<String> {
    static LISTS: LazyLock<RwLock<HashMap<String, &'static HashSet<String>>>> =
        LazyLock::new(RwLock::default);
    if let Some(list) = LISTS.read().get(language.code()) {
        return list;
    }
    let words = stop_words::lookup(language.code()).unwrap_or_default();
    let folded = words.iter().flat_map(|word| analyzer::words(word)).map(|word| word.folded);
    // The leak is bounded: a language has one list for the life of the process, except that tasks
    // that race for the first use make one each.
    let list: &'static HashSet<String> = Box::leak(Box::new(folded.collect()));
    LISTS.write().insert(language.code().to_owned(), list);
    list
}

/// Returns the share of the words that are function words of a language, from 0 to 1.
pub fn share(words: &[Word], language: &Language) -> f32 {
    let list = of(language);
    let count = words.iter().filter(|word| list.contains(&word.folded)).count();
    count as f32 / words.len().max(1) as f32
}

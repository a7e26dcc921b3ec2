//! Sets of words as ids. Pure.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

use super::analysis::WordId;

/// A constant set of folded words, which is built at its first use.
pub struct WordSet {
    text: &'static str,
    ids: OnceLock<FxHashSet<WordId>>,
}

impl WordSet {
    /// Returns the set of the words in `text`, which are separated by white space.
    pub const fn new(text: &'static str) -> WordSet {
        WordSet { text, ids: OnceLock::new() }
    }

    /// Returns whether the set has a folded word.
    pub fn contains(&self, word: WordId) -> bool {
        let ids = || self.text.split_whitespace().map(WordId::of).collect();
        self.ids.get_or_init(ids).contains(&word)
    }
}

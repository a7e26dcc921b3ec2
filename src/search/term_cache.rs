//! Cache of dictionary lookups: related words, and replacements of words that the corpus lacks.
//!
//! Readers ask about the same subjects, so that the same words recur in different questions.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::term::Form;
use crate::index::{IndexError, Snapshot};

/// Lookups of words, shared by all questions.
pub struct TermCache {
    related_words: Cache<Key, Arc<[Form]>>,
    replacements: Cache<Key, Option<Arc<Replacement>>>,
}

/// A folded word and the stamp of the index, so that a changed index has no stale entries.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    stamp: [u8; 32],
    word: String,
}

/// Words that replace one that the corpus lacks.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// Alternatives, the likeliest first.
    pub words: Vec<String>,
    /// Strength of a match.
    pub weight: f32,
    /// Whether the first word corrects a mistyped one, which the answer mentions.
    pub is_correction: bool,
}

/// Capacity of each cache, in words. An entry has some kilobytes at most.
const CAPACITY: usize = 2048;

impl Default for TermCache {
    fn default() -> Self {
        TermCache { related_words: Cache::new(CAPACITY), replacements: Cache::new(CAPACITY) }
    }
}

impl TermCache {
    /// Returns the forms of the words related to `word`, from `look_up` if they are not cached.
    pub fn related_words(
        &self,
        snapshot: &Snapshot<'_>,
        word: &str,
        look_up: impl FnOnce() -> Result<Vec<Form>, IndexError>,
    ) -> Result<Arc<[Form]>, IndexError> {
        let key = Key::new(snapshot, word);
        self.related_words.get_or_insert_with(&key, || Ok(look_up()?.into()))
    }

    /// Returns the replacement of `word`, from `look_up` if it is not cached.
    pub fn replacement(
        &self,
        snapshot: &Snapshot<'_>,
        word: &str,
        look_up: impl FnOnce() -> Result<Option<Replacement>, IndexError>,
    ) -> Result<Option<Arc<Replacement>>, IndexError> {
        let key = Key::new(snapshot, word);
        self.replacements.get_or_insert_with(&key, || Ok(look_up()?.map(Arc::new)))
    }

    /// Removes all entries. Lookups in a damaged index may have been wrong.
    pub fn clear(&self) {
        self.related_words.clear();
        self.replacements.clear();
    }
}

impl Key {
    fn new(snapshot: &Snapshot<'_>, word: &str) -> Key {
        Key { stamp: snapshot.fingerprint(), word: word.to_owned() }
    }
}

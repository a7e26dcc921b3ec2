//! Cache of dictionary lookups: related words, other spellings, and replacements of words that the
//! corpus lacks.
//!
//! Readers ask about the same subjects, so that the same words recur in different questions.

use std::sync::Arc;

use quick_cache::sync::Cache;

use super::term::Form;
use crate::index::language::Language;
use crate::index::{IndexError, Snapshot};

/// Lookups of words, shared by all questions.
pub struct TermCache {
    variants: Cache<Key, Arc<[Form]>>,
    transliterations: Cache<Key, Arc<[Form]>>,
    related_words: Cache<Key, Arc<[Form]>>,
    replacements: Cache<Key, Option<Arc<Replacement>>>,
}

/// A folded word, its languages and the stamp of the index, so that a changed index has no stale
/// entries.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    stamp: [u8; 32],
    word: String,
    /// Languages of the lookup.
    languages: Vec<Language>,
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
        TermCache {
            variants: Cache::new(CAPACITY),
            transliterations: Cache::new(CAPACITY),
            related_words: Cache::new(CAPACITY),
            replacements: Cache::new(CAPACITY),
        }
    }
}

impl TermCache {
    /// Returns the forms of the spelling variants of a typed word, from `look_up` if they are not
    /// cached.
    pub fn variants(
        &self,
        snapshot: &Snapshot<'_>,
        typed: &str,
        languages: &[Language],
        look_up: impl FnOnce() -> Result<Vec<Form>, IndexError>,
    ) -> Result<Arc<[Form]>, IndexError> {
        let key = Key::new(snapshot, typed, languages);
        self.variants.get_or_insert_with(&key, || Ok(look_up()?.into()))
    }

    /// Returns the Latin spellings of a typed word in another script, from `look_up` if they are
    /// not cached.
    pub fn transliterations(
        &self,
        snapshot: &Snapshot<'_>,
        typed: &str,
        languages: &[Language],
        look_up: impl FnOnce() -> Result<Vec<Form>, IndexError>,
    ) -> Result<Arc<[Form]>, IndexError> {
        let key = Key::new(snapshot, typed, languages);
        self.transliterations.get_or_insert_with(&key, || Ok(look_up()?.into()))
    }

    /// Returns the forms of the words related to `word`, from `look_up` if they are not cached.
    pub fn related_words(
        &self,
        snapshot: &Snapshot<'_>,
        word: &str,
        languages: &[Language],
        look_up: impl FnOnce() -> Result<Vec<Form>, IndexError>,
    ) -> Result<Arc<[Form]>, IndexError> {
        let key = Key::new(snapshot, word, languages);
        self.related_words.get_or_insert_with(&key, || Ok(look_up()?.into()))
    }

    /// Returns the replacement of `word`, from `look_up` if it is not cached.
    pub fn replacement(
        &self,
        snapshot: &Snapshot<'_>,
        word: &str,
        languages: &[Language],
        look_up: impl FnOnce() -> Result<Option<Replacement>, IndexError>,
    ) -> Result<Option<Arc<Replacement>>, IndexError> {
        let key = Key::new(snapshot, word, languages);
        self.replacements.get_or_insert_with(&key, || Ok(look_up()?.map(Arc::new)))
    }

    /// Removes all entries. Lookups in a damaged index may have been wrong.
    pub fn clear(&self) {
        self.variants.clear();
        self.transliterations.clear();
        self.related_words.clear();
        self.replacements.clear();
    }
}

impl Key {
    fn new(snapshot: &Snapshot<'_>, word: &str, languages: &[Language]) -> Key {
        let (stamp, languages) = (snapshot.fingerprint(), languages.to_vec());
        Key { stamp, word: word.to_owned(), languages }
    }
}

//! What was found out about words lately: readers ask about the same things, each in a question of their own.
//!
//! Nothing here grows stale: all of it is forgotten when the index has changed.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::query::Form;
use crate::index::{IndexError, Snapshot};

/// Words that were looked up, shared by all who ask.
pub struct TermCache {
    entries: Mutex<Entries>,
}

struct Entries {
    /// Of the index in which they were looked up.
    stamp: [u8; 32],
    relatives: LruCache<String, Arc<[Form]>>,
    stand_ins: LruCache<String, Option<Arc<Replacement>>>,
}

/// What stands for a word that the corpus does not have.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// Any of them, the likeliest first.
    pub words: Vec<String>,
    /// What a match of it is worth.
    pub weight: f32,
    /// Whether the word was taken for mistyped, which the reader is told.
    pub is_told: bool,
}

/// Some kilobytes each, at most.
const WORDS: NonZeroUsize = NonZeroUsize::new(2048).expect("it is not 0");

impl Default for TermCache {
    fn default() -> Self {
        let (relatives, stand_ins) = (LruCache::new(WORDS), LruCache::new(WORDS));
        TermCache { entries: Mutex::new(Entries { stamp: [0; 32], relatives, stand_ins }) }
    }
}

impl TermCache {
    /// The relatives of a word, looked up if they are not known.
    pub fn related_words(
        &self,
        view: &Snapshot<'_>,
        word: &str,
        look_up: impl FnOnce() -> Result<Vec<Form>, IndexError>,
    ) -> Result<Arc<[Form]>, IndexError> {
        if let Some(known) = self.pages(view).relatives.get(word) {
            return Ok(Arc::clone(known));
        }
        let found: Arc<[Form]> = look_up()?.into();
        self.pages(view).relatives.put(word.to_owned(), Arc::clone(&found));
        Ok(found)
    }

    /// What stands for a word, looked up if it is not known.
    pub fn replacement(
        &self,
        view: &Snapshot<'_>,
        word: &str,
        look_up: impl FnOnce() -> Result<Option<Replacement>, IndexError>,
    ) -> Result<Option<Arc<Replacement>>, IndexError> {
        if let Some(known) = self.pages(view).stand_ins.get(word) {
            return Ok(known.clone());
        }
        let found = look_up()?.map(Arc::new);
        self.pages(view).stand_ins.put(word.to_owned(), found.clone());
        Ok(found)
    }

    /// Forgets all words, which may have been looked up in a damaged index.
    pub fn clear(&self) {
        let mut pages = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        pages.relatives.clear();
        pages.stand_ins.clear();
    }

    fn pages(&self, view: &Snapshot<'_>) -> MutexGuard<'_, Entries> {
        let mut pages = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.stamp != view.stamp() {
            pages.stamp = view.stamp();
            pages.relatives.clear();
            pages.stand_ins.clear();
        }
        pages
    }
}

//! The part of a corpus that may have changed. Pure.

use std::collections::BTreeSet;
use std::path::Path;

/// The part of a corpus that may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The whole corpus.
    All,
    /// Single entries, as paths within the corpus with `/` as separator. An entry may be missing,
    /// and may be something other than an article.
    Entries(BTreeSet<String>),
}

/// Maximum number of entries in a scope that is not the whole corpus.
const MAX_ENTRIES: usize = 256;

impl Scope {
    /// Returns the scope without entries.
    pub fn none() -> Scope {
        Scope::Entries(BTreeSet::new())
    }

    /// Adds an entry. With more than 256 entries the scope becomes the whole corpus.
    pub fn add(&mut self, entry: String) {
        if let Scope::Entries(entries) = self {
            entries.insert(entry);
            if entries.len() > MAX_ENTRIES {
                *self = Scope::All;
            }
        }
    }
}

/// Returns whether a path within the corpus has a hidden component. Scans skip such paths.
pub fn is_hidden(entry: &Path) -> bool {
    entry.iter().any(|part| part.to_string_lossy().starts_with('.'))
}

//! The part of a corpus that may have changed, and a look at single entries of the corpus directory.
//!
//! A look at single entries costs the number of these entries and not the size of the archive. It
//! applies the rules of [`scan`](super::scan), and gives up wherever only a scan can tell what an
//! entry means: at links, directories and whatever is no regular file.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

use super::{CorpusDir, ScannedFile, has_known_extension, scanned};

/// The part of a corpus that may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    All,
    /// These entries, as paths relative to the corpus directory with `/` between their parts. An
    /// entry may be gone, and may be something else than an article.
    Entries(BTreeSet<String>),
}

/// Maximum number of entries that are looked at one by one.
pub const MAX_ENTRIES: usize = 256;

impl Scope {
    /// Returns the scope without any entry.
    pub fn nothing() -> Scope {
        Scope::Entries(BTreeSet::new())
    }

    /// Adds an entry. With more than 256 entries the scope becomes all of the corpus.
    pub fn add(&mut self, entry: String) {
        if let Scope::Entries(entries) = self {
            entries.insert(entry);
            if entries.len() > MAX_ENTRIES {
                *self = Scope::All;
            }
        }
    }
}

/// Returns whether a path relative to the corpus directory leads through a hidden file or directory,
/// which no scan enters.
pub fn is_hidden(entry: &Path) -> bool {
    entry.iter().any(|part| part.to_string_lossy().starts_with('.'))
}

/// State of single entries of the corpus directory.
pub struct Listing {
    /// The regular files that could be articles, by path.
    pub files: Vec<ScannedFile>,
    /// The entries with the name of an article that do not exist.
    pub absent: Vec<String>,
    /// The other entries: each is a regular file, or does not exist.
    pub others: Vec<String>,
}

/// Looks at `entries`. Returns `None` if only a scan can tell what became of one of them.
pub fn list(dir: &CorpusDir, entries: &BTreeSet<String>) -> Option<Listing> {
    let is_dir = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
    // An entry may be seen a second time through a link that is followed.
    if !dir.follow_links().is_empty() || !fs::metadata(dir.path()).is_ok_and(|root| root.is_dir()) {
        return None;
    }
    let mut look = Listing { files: Vec::new(), absent: Vec::new(), others: Vec::new() };
    for entry in entries {
        let place = Path::new(entry);
        let is_plain = |part| matches!(part, Component::Normal(_));
        if entry.is_empty() || !place.components().all(is_plain) {
            return None;
        }
        if is_hidden(place) {
            continue;
        }
        let mut parents = place.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
        if !parents.all(|parent| is_dir(&dir.path().join(parent))) {
            return None;
        }
        let path = dir.path().join(place);
        let metadata = match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => Some(metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Ok(_) | Err(_) => return None,
        };
        match metadata {
            _ if !has_known_extension(&path) => look.others.push(entry.clone()),
            Some(metadata) => look.files.push(scanned(dir, &path, &metadata).ok()?),
            None => look.absent.push(entry.clone()),
        }
    }
    Some(look)
}

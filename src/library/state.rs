//! The library's door to how the index is.

use super::{Library, LibraryError};
use crate::index::FileProblem;

/// How much there is to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub articles: u64,
    pub passages: u64,
    /// Of the index on the disk.
    pub bytes: u64,
}

impl Library {
    /// What was wrong with files when the corpus was opened; `None` if they were not looked at.
    pub fn reported(&self) -> Option<&[FileProblem]> {
        self.index.reported()
    }

    /// What is the same only for the same files with the same contents.
    pub fn stamp(&self) -> [u8; 32] {
        self.index.snapshot().fingerprint()
    }

    /// How many articles there are to ask.
    pub fn article_count(&self) -> usize {
        self.index.snapshot().articles().count()
    }

    /// Returns whether the index is sound and can be read.
    pub fn check(&self) -> Result<(), LibraryError> {
        self.index.check_sound().map_err(LibraryError)?;
        self.read(|view| {
            if let Some(id) = view.articles().any_id() {
                view.outline(id)?;
            }
            view.passages().next().transpose().map(drop)
        })
    }

    /// Returns whether a [`Library::refresh`] is due since the index looks damaged; it costs some microseconds.
    pub fn looks_damaged(&self) -> bool {
        self.index.looks_damaged()
    }

    /// Returns whether the index is known to be damaged and not yet rebuilt.
    pub fn is_damaged(&self) -> bool {
        self.index.check_sound().is_err()
    }

    /// Number of files of the corpus that differ from the index, if another process owns the index and this one
    /// only reads it.
    pub fn differing(&self) -> Option<usize> {
        self.index.outdated_files()
    }

    pub fn size(&self) -> Result<Size, LibraryError> {
        self.read(|view| {
            Ok(Size {
                articles: view.articles().count() as u64,
                passages: view.passage_count(),
                bytes: view.bytes()?,
            })
        })
    }
}

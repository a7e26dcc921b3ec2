//! The library's door to how the index is.

use super::{Library, LibraryError};
use crate::index::Reported;

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
    pub fn reported(&self) -> Option<&[Reported]> {
        self.index.reported()
    }

    /// What is the same only for the same files with the same contents.
    pub fn stamp(&self) -> [u8; 32] {
        self.index.view().stamp()
    }

    /// How many articles there are to ask.
    pub fn article_count(&self) -> usize {
        self.index.view().listing().by_file().len()
    }

    /// Whether the index is open and can be read.
    pub fn check(&self) -> Result<(), LibraryError> {
        let view = self.index.view();
        if let Some(first) = view.listing().by_file().first() {
            view.outline(first.id).map_err(LibraryError)?;
        }
        view.passages().next().transpose().map(drop).map_err(LibraryError)
    }

    pub fn size(&self) -> Result<Size, LibraryError> {
        let view = self.index.view();
        Ok(Size {
            articles: view.listing().by_file().len() as u64,
            passages: view.passage_count(),
            bytes: view.bytes().map_err(LibraryError)?,
        })
    }
}

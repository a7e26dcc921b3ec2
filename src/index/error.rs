//! Errors of the index, for the operator.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::corpus::Problem;

/// The reason why an index cannot be used.
#[derive(Debug, Error)]
pub enum IndexError {
    /// Another process owns the data directory.
    #[error(
        "{}: another verbatim is using this data directory\n\
         hint: stop it, or give this one its own with `--data DIR`",
        .0.display()
    )]
    InUse(PathBuf),
    /// Another process owns the data directory, and its index cannot be read for this reason.
    #[error(
        "{}: another verbatim is using this data directory, and its index cannot be read: {}\n\
         hint: ask again when the other one has made its index, or give this one its own with \
         `--data DIR`",
        .0.display(), .1
    )]
    Unreadable(PathBuf, String),
    /// The data directory cannot be read or written.
    #[error(
        "{}: {}\n\
         hint: the data directory must be writable; another can be given with `--data DIR`",
        .0.display(), .1
    )]
    Data(PathBuf, io::Error),
    /// The corpus has no usable article, for these reasons.
    #[error("there is no article to ask{}", lines(.0))]
    NoArticle(Vec<Problem>),
    /// The index contradicts itself and must be rebuilt.
    #[error("the index is damaged: {0}\n{hint}", hint = REBUILD_HINT)]
    Corrupt(String),
    /// Tantivy failed.
    #[error("the index failed: {0}\n{hint}", hint = REBUILD_HINT)]
    Tantivy(tantivy::TantivyError),
}

const REBUILD_HINT: &str = "hint: a damaged index is rebuilt from the corpus by a running bot, or \
    else at the next start; this needs free disk space";

// Not `#[from]`: the message already contains the message of the source.
impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        IndexError::Tantivy(error)
    }
}

impl IndexError {
    /// Returns whether the data directory is not writable.
    pub fn is_write_refused(&self) -> bool {
        let IndexError::Data(_, error) = self else { return false };
        matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
    }
}

/// Returns each problem after a line end.
fn lines(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("\n{problem}")).collect()
}

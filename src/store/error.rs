//! Errors of the store, and whether a later attempt can succeed.

use std::io;
use std::path::PathBuf;

use rusqlite::{ErrorCode, ffi};

use super::stamps::Displacement;

/// Reason why the store cannot be used. The message is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A later version of the program wrote the file.
    #[error(
        "{}: written by a later version of verbatim (store version {version})\n\
         hint: use that version, or another data directory with `--data DIR`",
        path.display()
    )]
    Newer { path: PathBuf, version: i64 },
    /// The file cannot be opened, read or written.
    #[error(
        "{}: {error}\nhint: the data directory must be writable, on a disk with room",
        path.display()
    )]
    Sqlite { path: PathBuf, error: rusqlite::Error },
    /// A request to the open store failed.
    #[error("the store failed: {0}")]
    Request(rusqlite::Error),
    /// A file of the open store is not at its path any more, or its state is unknown, and it cannot
    /// be written there now.
    #[error(
        "{}: this file of the store {} ({error})\n\
         hint: the data directory must be there and writable, on a disk with room; the bot writes the \
         store there again by itself",
        path.display(),
        describe(*how)
    )]
    Displaced { path: PathBuf, how: Option<Displacement>, error: io::Error },
}

impl StoreError {
    /// Returns whether the file is corrupt.
    pub fn is_corrupt(&self) -> bool {
        self.sqlite().is_some_and(is_corrupt)
    }

    /// Returns whether the open file has lost its content, like a truncated one.
    pub(super) fn is_source_lost(&self) -> bool {
        let is_truncated = |error: &rusqlite::Error| {
            error.sqlite_error().map(|error| error.extended_code)
                == Some(ffi::SQLITE_IOERR_SHORT_READ)
        };
        self.sqlite().is_some_and(|error| is_corrupt(error) || is_truncated(error))
    }

    /// Returns whether a later attempt can succeed: the disk is full, or cannot be written now.
    pub fn may_pass(&self) -> bool {
        if matches!(self, StoreError::Displaced { .. }) {
            return true;
        }
        matches!(
            self.sqlite().and_then(rusqlite::Error::sqlite_error_code),
            Some(
                ErrorCode::DiskFull
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::ReadOnly
                    | ErrorCode::CannotOpen
                    | ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
            )
        )
    }

    /// Returns the error of SQLite, if there is one.
    fn sqlite(&self) -> Option<&rusqlite::Error> {
        match self {
            StoreError::Sqlite { error, .. } | StoreError::Request(error) => Some(error),
            StoreError::Newer { .. } | StoreError::Displaced { .. } => None,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::Request(error)
    }
}

/// Returns the part of the message that says what is wrong with a file.
fn describe(how: Option<Displacement>) -> String {
    match how {
        Some(how) => format!("{how} while the bot runs"),
        None => "cannot be looked at".to_owned(),
    }
}

/// Returns whether the file itself is damaged, and not the disk or the permissions.
pub(super) fn is_corrupt(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

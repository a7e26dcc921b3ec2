//! Why the store cannot be used, and whether that may pass.

use std::fmt;
use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::schema;

/// Why the store cannot be used. The message is for the operator.
#[derive(Debug)]
pub enum StoreError {
    /// The file was written by a later version.
    Newer { path: PathBuf, version: i64 },
    /// The file cannot be read or written.
    Sqlite { path: PathBuf, error: rusqlite::Error },
    /// A request failed.
    Request(rusqlite::Error),
}

impl StoreError {
    /// Whether the file itself is at fault.
    pub fn is_corrupt(&self) -> bool {
        match self {
            StoreError::Sqlite { error, .. } | StoreError::Request(error) => {
                schema::is_corrupt(error)
            }
            StoreError::Newer { .. } => false,
        }
    }

    /// Whether it may go better later with nothing done: the disk is full, or cannot be written now.
    pub fn may_pass(&self) -> bool {
        let (StoreError::Sqlite { error, .. } | StoreError::Request(error)) = self else {
            return false;
        };
        matches!(
            error.sqlite_error_code(),
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
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::Request(error)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Newer { path, version } => write!(
                f,
                "{}: written by a later version of verbatim (store version {version})\n\
                 hint: use that version, or another data directory with `--data DIR`",
                path.display()
            ),
            StoreError::Sqlite { path, error } => write!(
                f,
                "{}: {error}\nhint: the data directory must be writable, on a disk with room",
                path.display()
            ),
            StoreError::Request(error) => write!(f, "the store failed: {error}"),
        }
    }
}

impl std::error::Error for StoreError {}

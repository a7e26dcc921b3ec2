//! Why the store cannot be used, and whether that may pass.

use std::path::PathBuf;
use std::{fmt, io};

use rusqlite::{ErrorCode, ffi};

use super::{Displacement, schema};

/// Why the store cannot be used. The message is for the operator.
#[derive(Debug)]
pub enum StoreError {
    /// The file was written by a later version.
    Newer { path: PathBuf, version: i64 },
    /// The file cannot be read or written.
    Sqlite { path: PathBuf, error: rusqlite::Error },
    /// A request failed.
    Request(rusqlite::Error),
    /// A file of the open store is not at its path any more, or cannot be told to be, and cannot be
    /// written there again now.
    Displaced { path: PathBuf, how: Option<Displacement>, error: io::Error },
}

impl StoreError {
    /// Whether the file itself is at fault.
    pub fn is_corrupt(&self) -> bool {
        match self {
            StoreError::Sqlite { error, .. } | StoreError::Request(error) => {
                schema::is_corrupt(error)
            }
            StoreError::Newer { .. } | StoreError::Displaced { .. } => false,
        }
    }

    /// Whether the file that is open has lost what it held, as one does that was cut.
    pub(super) fn is_source_lost(&self) -> bool {
        let cut = |error: &rusqlite::Error| {
            error.sqlite_error().map(|error| error.extended_code)
                == Some(ffi::SQLITE_IOERR_SHORT_READ)
        };
        match self {
            StoreError::Sqlite { error, .. } | StoreError::Request(error) => {
                schema::is_corrupt(error) || cut(error)
            }
            StoreError::Newer { .. } | StoreError::Displaced { .. } => false,
        }
    }

    /// Whether it may go better later with nothing done: the disk is full, or cannot be written now.
    pub fn may_pass(&self) -> bool {
        if matches!(self, StoreError::Displaced { .. }) {
            return true;
        }
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
            StoreError::Displaced { path, how, error } => {
                write!(f, "{}: this file of the store ", path.display())?;
                match how {
                    Some(how) => write!(f, "{how} while the bot runs")?,
                    None => f.write_str("cannot be looked at")?,
                }
                write!(
                    f,
                    " ({error})\nhint: the data directory must be there and writable, on a disk with \
                     room; the bot writes the store there again by itself"
                )
            }
        }
    }
}

impl std::error::Error for StoreError {}

//! Export: a consistent copy of the store in one file.
//!
//! `VACUUM INTO` makes the copy, not SQLite's backup API: the backup API copies every page as it
//! is, also unused pages and the unused space of the others, where SQLite may have left text of
//! people who asked to be forgotten. `VACUUM INTO` writes only rows that exist, as of one moment,
//! and needs no write access to the store, so a bot can run at the same time. A copy appears under
//! its own name when it is complete, and only its owner can read it.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::{StoreError, is_corrupt};
use super::files::{self, FILE};
use super::schema;

/// Reason why a store was not exported. The message is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(
        "{}: there is no store\nhint: name the directory that has one with `--data DIR`",
        .0.display()
    )]
    Missing(PathBuf),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The copy cannot be written to a file.
    #[error(
        "{}: {error}\nhint: name a file in a directory that can be written, on a disk with room",
        path.display()
    )]
    Write { path: PathBuf, error: io::Error },
    /// The copy cannot be written to the output.
    #[error("the export cannot be written: {0}")]
    Output(io::Error),
}

/// Copies the store in the directory `data` to `file`, and replaces a file that is there.
pub fn export(data: &Path, file: &Path) -> Result<(), ExportError> {
    let store = existing(data)?;
    let failed = |error| ExportError::Write { path: file.to_owned(), error };
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    let new = tempfile::Builder::new().prefix(".verbatim-export-").tempfile_in(directory);
    let copy = new.map_err(failed)?;
    copy_into(&store, &copy, file)?;
    copy.as_file().sync_all().map_err(failed)?;
    copy.persist(file).map_err(|error| failed(error.error))?;
    // Some file systems cannot sync directories; the copy itself is on the disk.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
    Ok(())
}

/// Copies the store in the directory `data` to `out`. The copy is in that directory until it is
/// written.
pub fn export_to(data: &Path, out: &mut impl Write) -> Result<(), ExportError> {
    let store = existing(data)?;
    let new = files::new_export(data);
    let mut copy = new.map_err(|error| ExportError::Write { path: data.to_owned(), error })?;
    copy_into(&store, &copy, data)?;
    io::copy(copy.as_file_mut(), out).map_err(ExportError::Output)?;
    out.flush().map_err(ExportError::Output)
}

/// Returns the path of the store in the directory `data`.
fn existing(data: &Path) -> Result<PathBuf, ExportError> {
    let path = data.join(FILE);
    if path.exists() { Ok(path) } else { Err(ExportError::Missing(path)) }
}

/// Copies a store into an empty file. Errors of that file name `target`.
fn copy_into(store: &Path, copy: &NamedTempFile, target: &Path) -> Result<(), ExportError> {
    let connection = schema::connect_to_read(store)?;
    schema::version(&connection, store)?;
    let name = copy.path().to_string_lossy();
    match connection.execute("VACUUM INTO ?", [&*name]) {
        Ok(_) => Ok(()),
        Err(error) if is_corrupt(&error) => {
            Err(StoreError::Sqlite { path: store.to_owned(), error }.into())
        }
        Err(error) => {
            let error = io::Error::other(error);
            Err(ExportError::Write { path: target.to_owned(), error })
        }
    }
}

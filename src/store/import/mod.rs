//! Import: makes the store of a data directory from an export.
//!
//! Invariants: the export itself is only read. The new store is built in a directory of its own,
//! checked, and renamed when it is complete, so that a failed import leaves nothing. A store that
//! has any row is never replaced.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};
use tempfile::TempDir;

use super::error::{StoreError, is_corrupt};
use super::files::{self, COMPANIONS, FILE, companion, remove_companions};
use super::schema;

/// Reason why nothing was imported. The message is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// There is a store with rows, or the remains of one.
    #[error(
        "{}: there is a store already\nhint: move it away with its `-wal` and `-shm`, or give another \
         data directory with `--data DIR`",
        .0.display()
    )]
    Occupied(PathBuf),
    /// The first line is that of an export in JSON lines.
    #[error(
        "{name}: an export in the JSON format of an earlier version\nhint: nothing was imported; export \
         again with this version, `verbatim store export FILE --data DIR` with the old data directory, and \
         import that file"
    )]
    JsonLines { name: String },
    #[error(
        "{name}: this is no export\nhint: nothing was imported; give the file that \
         `verbatim store export` wrote"
    )]
    NotAnExport { name: String },
    /// The file is a copy of an open store, whose latest rows are in another file.
    #[error(
        "{name}: its `-wal` has rows that are not in this file\nhint: nothing was imported; give the file \
         that `verbatim store export` wrote"
    )]
    Unfinished { name: String },
    #[error(
        "{name}: the export is damaged ({problem})\nhint: nothing was imported; give the whole file as \
         `verbatim store export` wrote it"
    )]
    Damaged { name: String, problem: String },
    #[error(
        "{name}: written by a later version of verbatim (store version {version})\nhint: nothing was \
         imported; use that version"
    )]
    Newer { name: String, version: i64 },
    #[error("{name}: {error}\nhint: nothing was imported")]
    Read { name: String, error: io::Error },
    /// The data directory cannot be written.
    #[error(
        "{}: {error}\nhint: the data directory must be writable, on a disk with room",
        path.display()
    )]
    Data { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// First bytes of every SQLite database.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// First bytes of an export of an earlier version.
const JSON_LINES: &[u8] = b"{\"verbatim_store\"";
/// Name of the directory in which the new store is built.
const BUILD_DIRECTORY: &str = "verbatim.sqlite.import";

/// Imports the export in `file`; see [`import`].
pub fn import_file(data: &Path, file: &Path) -> Result<(), ImportError> {
    let name = file.display().to_string();
    if files::bytes(&companion(file, COMPANIONS[0])) > 0 {
        return Err(ImportError::Unfinished { name });
    }
    match File::open(file) {
        Ok(input) => import(data, input, &name),
        Err(error) => Err(ImportError::Read { name, error }),
    }
}

/// Makes the store in the directory `data` from an export, and migrates it to the current version.
/// Errors call the export `name`. The calling process must have the lock of the directory.
pub fn import(data: &Path, input: impl Read, name: &str) -> Result<(), ImportError> {
    let path = data.join(FILE);
    files::restrict_to_owner(data);
    refuse_if_occupied(&path)?;
    let failed = |error| ImportError::Data { path: path.clone(), error };
    let directory = build_directory(data).map_err(failed)?;
    let copy = directory.path().join(FILE);
    receive(input, &copy, name)?;
    check(&copy, name)?;
    migrate(&copy, name)?;
    File::open(&copy).and_then(|copy| copy.sync_all()).map_err(failed)?;
    // SQLite would take the companions of the store without rows for those of the new one.
    remove_companions(&path).map_err(failed)?;
    fs::rename(&copy, &path).map_err(failed)?;
    // Some file systems cannot sync directories; the store itself is on the disk.
    let _ = File::open(data).and_then(|data| data.sync_all());
    Ok(())
}

/// Fails if there is a store with rows, or the remains of one.
fn refuse_if_occupied(path: &Path) -> Result<(), ImportError> {
    if !path.exists() {
        let log = companion(path, COMPANIONS[0]);
        return if files::bytes(&log) == 0 { Ok(()) } else { Err(ImportError::Occupied(log)) };
    }
    match schema::connect_to_read(path).and_then(|connection| has_rows(&connection, path)) {
        Ok(false) => Ok(()),
        Ok(true) => Err(ImportError::Occupied(path.to_owned())),
        // An unreadable file may be a store that can be repaired.
        Err(StoreError::Sqlite { error, .. }) if is_corrupt(&error) => {
            Err(ImportError::Occupied(path.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns whether any table has a row.
fn has_rows(connection: &Connection, path: &Path) -> Result<bool, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    for table in schema::tables(connection).map_err(failed)? {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table})");
        if connection.query_row(&sql, [], |row| row.get(0)).map_err(failed)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the directory in which the new store is built, and removes that of an import that was
/// killed.
fn build_directory(data: &Path) -> io::Result<TempDir> {
    match fs::remove_dir_all(data.join(BUILD_DIRECTORY)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    tempfile::Builder::new().prefix(BUILD_DIRECTORY).rand_bytes(0).tempdir_in(data)
}

/// Writes the export to a new file, if its first bytes are those of a database.
fn receive(mut input: impl Read, copy: &Path, name: &str) -> Result<(), ImportError> {
    let name = || name.to_owned();
    let mut first = Vec::new();
    let read = input.by_ref().take(SQLITE.len() as u64).read_to_end(&mut first);
    read.map_err(|error| ImportError::Read { name: name(), error })?;
    if first.len() == SQLITE.len() && JSON_LINES.starts_with(&first) {
        return Err(ImportError::JsonLines { name: name() });
    }
    if first != SQLITE {
        return Err(ImportError::NotAnExport { name: name() });
    }
    let failed = |error| ImportError::Data { path: copy.to_owned(), error };
    files::create_private(copy).map_err(failed)?;
    let mut file = File::options().write(true).open(copy).map_err(failed)?;
    // The input and the disk can fail here; the operator sees the system's text for either.
    io::copy(&mut first.chain(input), &mut file)
        .map_err(|error| ImportError::Read { name: name(), error })?;
    Ok(())
}

/// Checks that every page can be read and that this program can migrate the tables.
fn check(copy: &Path, name: &str) -> Result<(), ImportError> {
    let name = || name.to_owned();
    let damaged =
        |error: rusqlite::Error| ImportError::Damaged { name: name(), problem: error.to_string() };
    let connection = schema::connect_to_read(copy)?;
    schema::check_integrity(&connection).map_err(damaged)?;
    // SQLite does not notice that the last page is incomplete.
    let (bytes, expected) = (files::bytes(copy), schema::bytes(&connection).map_err(damaged)?);
    if bytes != expected {
        let problem = format!("it has {bytes} bytes, expected {expected}");
        return Err(ImportError::Damaged { name: name(), problem });
    }
    match schema::version(&connection, copy) {
        Ok(0) => Err(ImportError::NotAnExport { name: name() }),
        Ok(_) => Ok(()),
        Err(StoreError::Newer { version, .. }) => Err(ImportError::Newer { name: name(), version }),
        Err(error) => Err(error.into()),
    }
}

/// Migrates the copy, and checks that its tables are those of the current version.
fn migrate(copy: &Path, name: &str) -> Result<(), ImportError> {
    let failed = |error| StoreError::Sqlite { path: copy.to_owned(), error };
    let connection = match schema::open(copy) {
        // SQL of a migration fails where tables are not those of a store.
        Err(StoreError::Sqlite { error, .. })
            if error.sqlite_error_code() == Some(ErrorCode::Unknown) =>
        {
            return Err(ImportError::NotAnExport { name: name.to_owned() });
        }
        connection => connection?,
    };
    let is_store = schema::is_current(&connection).map_err(failed)?;
    // The last connection to close moves the log into the file and removes the companions.
    connection.close().map_err(|(_, error)| failed(error))?;
    if is_store { Ok(()) } else { Err(ImportError::NotAnExport { name: name.to_owned() }) }
}

#[cfg(test)]
mod tests;

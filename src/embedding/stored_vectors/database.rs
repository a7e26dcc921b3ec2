//! The open database of the vectors: one connection that writes and one that reads in parallel.
//!
//! Invariants: a corrupt database is replaced by an empty one if this process owns it. Each write
//! is one transaction, and a kill of the process loses no committed transaction.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use parking_lot::Mutex;
use rusqlite::{Connection, Transaction};
use thiserror::Error;

use super::connection::{self, is_corrupt};

/// An open database.
pub struct Database {
    path: PathBuf,
    /// Never locked by a thread that waits for `writer`. Dropped before `writer`, since SQLite
    /// removes the write-ahead log only if the last connection can write.
    reader: Mutex<Connection>,
    /// `None` if another process owns the database.
    writer: Option<Mutex<Connection>>,
    /// Number of times that the database was found corrupt and was replaced.
    replaced: AtomicU32,
    has_reported_failure: AtomicBool,
}

/// An error of reading or writing the vectors. The message is for the operator.
#[derive(Debug, Error)]
#[error(
    "{}: {problem}\nhint: the data directory must be writable, on a disk with 3 KB for a \
     passage; vectors that are removed are computed again",
    path.display()
)]
pub struct VectorsError {
    path: PathBuf,
    problem: Problem,
}

/// The reason of a [`VectorsError`].
#[derive(Debug, Error)]
pub enum Problem {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

impl VectorsError {
    /// Returns the error of using `path`.
    pub fn new(path: &Path, problem: impl Into<Problem>) -> VectorsError {
        VectorsError { path: path.to_owned(), problem: problem.into() }
    }
}

impl Database {
    /// Opens the database of this process, and creates it if it is missing. A corrupt database is
    /// replaced by an empty one.
    pub fn open(path: PathBuf) -> Result<Database, VectorsError> {
        match open_owned(&path) {
            Ok((writer, reader)) => Ok(Database::new(path, reader, Some(writer))),
            Err(problem) => Err(VectorsError::new(&path, problem)),
        }
    }

    /// Opens the database of another process for reading. A database that cannot be read is empty,
    /// with a log line unless it is missing.
    pub fn open_shared(path: PathBuf) -> Result<Database, VectorsError> {
        let opened = connection::open_shared(&path).or_else(|error| {
            report_unreadable(&path, &error);
            connection::open_empty()
        });
        match opened {
            Ok(reader) => Ok(Database::new(path, reader, None)),
            Err(error) => Err(VectorsError::new(&path, error)),
        }
    }

    fn new(path: PathBuf, reader: Connection, writer: Option<Connection>) -> Database {
        Database {
            path,
            reader: Mutex::new(reader),
            writer: writer.map(Mutex::new),
            replaced: AtomicU32::new(0),
            has_reported_failure: AtomicBool::new(false),
        }
    }

    /// Returns the path of the database.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether this process owns the database.
    pub fn is_writable(&self) -> bool {
        self.writer.is_some()
    }

    /// Returns whether this process has replaced the database, so that rows were lost.
    pub fn was_replaced(&self) -> bool {
        self.replaced.load(Ordering::Relaxed) > 0
    }

    /// Reads from the database. As the owner, replaces a corrupt database. Logs the first error.
    pub fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let replaced = self.replaced.load(Ordering::Relaxed);
        let result = read(&self.reader.lock());
        let Err(error) = &result else { return result };
        match &self.writer {
            Some(writer) if is_corrupt(error) => {
                let mut writer = writer.lock();
                // Another thread may have replaced the database by now.
                if self.replaced.load(Ordering::Relaxed) == replaced
                    && let Err(error) = self.replace(&mut writer, error)
                {
                    tracing::warn!(%error, "a corrupt database of vectors cannot be replaced");
                }
            }
            _ if self.has_reported_failure.swap(true, Ordering::Relaxed) => {}
            _ => report_unreadable(&self.path, error),
        }
        result
    }

    /// Writes to the database in one transaction. If the database turns out to be corrupt, replaces
    /// it and writes once more.
    pub fn write(
        &self,
        write: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), VectorsError> {
        let failed = |error| VectorsError::new(&self.path, error);
        // The connection of a reader rejects a transaction that writes.
        let mut connection = self.writer.as_ref().unwrap_or(&self.reader).lock();
        match write_once(&mut connection, &write) {
            Err(error) if self.is_writable() && is_corrupt(&error) => {
                self.replace(&mut connection, &error)?;
                write_once(&mut connection, &write).map_err(failed)
            }
            result => result.map_err(failed),
        }
    }

    /// Replaces a corrupt database by an empty one. `writer` is the locked connection that writes.
    fn replace(
        &self,
        writer: &mut Connection,
        error: &rusqlite::Error,
    ) -> Result<(), VectorsError> {
        report_corrupt(&self.path, error);
        let mut reader = self.reader.lock();
        let mut replace = || -> Result<(), Problem> {
            // This closes the files.
            *reader = connection::open_empty()?;
            *writer = connection::open_empty()?;
            connection::remove(&self.path)?;
            (*writer, *reader) = connect(&self.path)?;
            Ok(())
        };
        self.replaced.fetch_add(1, Ordering::Relaxed);
        replace().map_err(|problem| VectorsError::new(&self.path, problem))
    }
}

/// Opens or creates the database of this process for writing and for reading. A corrupt database is
/// replaced by an empty one.
fn open_owned(path: &Path) -> Result<(Connection, Connection), Problem> {
    match connect(path) {
        Err(error) if is_corrupt(&error) => {
            report_corrupt(path, &error);
            connection::remove(path)?;
            Ok(connect(path)?)
        }
        opened => Ok(opened?),
    }
}

/// Opens or creates the database with a connection that writes, and one that reads in parallel.
fn connect(path: &Path) -> rusqlite::Result<(Connection, Connection)> {
    let writer = connection::open(path)?;
    let reader = connection::open_second(path)?;
    Ok((writer, reader))
}

fn write_once(
    connection: &mut Connection,
    write: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    write(&transaction)?;
    transaction.commit()
}

/// Logs that a database is corrupt and is replaced.
fn report_corrupt(path: &Path, error: &rusqlite::Error) {
    let file = path.display();
    tracing::warn!(%file, %error, "the database of vectors is corrupt and is replaced; the vectors are computed again");
}

/// Logs that a database cannot be read and is not replaced.
fn report_unreadable(path: &Path, error: &rusqlite::Error) {
    let file = path.display();
    tracing::warn!(%file, %error, "the vectors of passages cannot be read");
}

//! The stored vectors of passages and of their sentences, in one SQLite database.
//!
//! Vectors are found by the hash of the text that was encoded, so that an edited passage has no
//! vectors and an unchanged passage keeps its vectors in any article. The name of the database is a
//! hash of the model; the databases of other models are removed.
//!
//! All vectors can be computed again, so damage is never an error: a damaged row counts as missing,
//! and a corrupt database is replaced by an empty one.

mod database;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use thiserror::Error;

use super::input::ContentKey;
use super::nearest::NearestPassages;
use super::quantized::{PassageVectors, QuantizedVectors};
use crate::corpus::article::PassageId;

/// The open database of vectors under one data directory.
pub struct StoredVectors {
    path: PathBuf,
    /// Never locked by a thread that waits for `writer`. Dropped before `writer`, since only the
    /// last connection that can write removes the write-ahead log.
    reader: Mutex<Connection>,
    /// `None` if another process owns the data directory.
    writer: Option<Mutex<Connection>>,
    /// Number of times that the database was found corrupt and was replaced.
    replaced: AtomicU32,
    has_reported_failure: AtomicBool,
}

/// The access of this process to the stored vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// This process owns the data directory.
    ReadWrite,
    /// Another process owns the data directory: nothing is written.
    ReadOnly,
}

/// A passage whose vectors were computed but are not yet stored.
pub struct EncodedPassage {
    pub key: ContentKey,
    pub vectors: PassageVectors,
}

/// An error of reading or writing the vectors. The message is for the operator.
#[derive(Debug, Error)]
#[error(
    "{}: {problem}\nhint: the data directory must be writable, on a disk with about 3 KB for a \
     passage; vectors that are removed are computed again",
    path.display()
)]
pub struct VectorsError {
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug, Error)]
enum Problem {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// The vectors that are stored under a key.
enum Found {
    Vectors(PassageVectors),
    /// The vectors were stored, but cannot be read any more.
    Damaged,
    Missing,
}

const DIR: &str = "vectors";
/// Files of earlier versions, which were no databases.
const EARLIER_FILES: [&str; 4] = ["tokens", "means", "sentences", "passages"];
/// Extension of a database.
const EXTENSION: &str = ".db";
/// Part of the name of the database. A new value discards the vectors of earlier versions.
const VERSION: &[u8] = b"verbatim vectors 3";

/// Returns the directory of the vectors under `data`.
pub fn dir(data: &Path) -> PathBuf {
    data.join(DIR)
}

impl StoredVectors {
    /// Opens the database under `data`. As the owner, creates it if it is missing, replaces it if it
    /// is corrupt, and removes the vectors of models with another fingerprint.
    pub fn open(
        data: &Path,
        fingerprint: &[u8],
        access: Access,
    ) -> Result<StoredVectors, VectorsError> {
        let dir = dir(data);
        let name = file_name(fingerprint);
        let path = dir.join(&name);
        let (reader, writer) = match access {
            Access::ReadWrite => {
                let prepared = fs::create_dir_all(&dir).and_then(|()| remove_others(&dir, &name));
                prepared.map_err(|error| VectorsError { path: dir, problem: error.into() })?;
                let opened = open_owned(&path);
                let (writer, reader) =
                    opened.map_err(|problem| VectorsError { path: path.clone(), problem })?;
                (reader, Some(Mutex::new(writer)))
            }
            Access::ReadOnly => {
                let opened = database::open_shared(&path).or_else(|error| {
                    let file = path.display();
                    tracing::warn!(%file, %error, "the vectors of passages cannot be read");
                    database::open_empty()
                });
                let failed = |error: rusqlite::Error| VectorsError {
                    path: path.clone(),
                    problem: error.into(),
                };
                (opened.map_err(failed)?, None)
            }
        };
        Ok(StoredVectors {
            path,
            reader: Mutex::new(reader),
            writer,
            replaced: AtomicU32::new(0),
            has_reported_failure: AtomicBool::new(false),
        })
    }

    /// Returns whether this process may write the vectors.
    pub fn is_writable(&self) -> bool {
        self.writer.is_some()
    }

    /// Returns the vectors under `key`, or `None` if none are stored. If they turn out to be
    /// damaged, computes the vectors with `encode` and stores them.
    pub fn get_or_repair(
        &self,
        key: &ContentKey,
        encode: impl FnOnce() -> Option<PassageVectors>,
    ) -> Option<PassageVectors> {
        match self.find(key) {
            Found::Vectors(vectors) => return Some(vectors),
            Found::Missing => return None,
            Found::Damaged => {}
        }
        let repaired = EncodedPassage { key: *key, vectors: encode()? };
        if self.is_writable()
            && let Err(error) = self.append(std::slice::from_ref(&repaired))
        {
            tracing::warn!(%error, "cannot store the vectors of a passage");
        }
        Some(repaired.vectors)
    }

    /// Returns the vector of the passage under `key`. It is empty if the model could not encode the
    /// passage.
    pub fn passage(&self, key: &ContentKey) -> Option<QuantizedVectors> {
        let select = "SELECT vector FROM passages WHERE key = ?";
        let found = self.read(|connection| {
            let mut select = connection.prepare_cached(select)?;
            select.query_row([key], |row| vectors(row, 0)).optional()
        });
        found.ok()??
    }

    /// Stores the vectors of passages in one transaction. Once this returns, a kill of the process
    /// does not lose the vectors.
    pub fn append(&self, passages: &[EncodedPassage]) -> Result<(), VectorsError> {
        self.write(|transaction| {
            let mut passage = transaction.prepare_cached(
                "INSERT INTO passages (key, vector) VALUES (?, ?)
                 ON CONFLICT (key) DO UPDATE SET vector = excluded.vector RETURNING id",
            )?;
            let mut sentences = transaction
                .prepare_cached("INSERT OR REPLACE INTO sentences (id, vectors) VALUES (?, ?)")?;
            for EncodedPassage { key, vectors } in passages {
                let row = params![key, vectors.passage.to_bytes()];
                let id: i64 = passage.query_row(row, |row| row.get(0))?;
                sentences.execute(params![id, vectors.sentences.to_bytes()])?;
            }
            Ok(())
        })
    }

    /// Returns the passages of the index with this stamp, or `None` if their vectors are not known
    /// to be complete.
    pub fn load_complete(&self, stamp: &[u8; 32]) -> Option<NearestPassages> {
        // The cross join fixes the order of the loops, and with it the order of the rows.
        let select = "SELECT passage, key, vector FROM complete_index CROSS JOIN complete_passages
             LEFT JOIN passages USING (id) WHERE stamp = ?";
        let load = |connection: &Connection| {
            let mut select = connection.prepare(select)?;
            let mut rows = select.query([stamp])?;
            let mut nearest = NearestPassages::default();
            while let Some(row) = rows.next()? {
                let passage = PassageId::from_u64(row.get::<_, i64>(0)?.cast_unsigned());
                let (Some(key), Some(vector)) = (row.get(1)?, vectors(row, 2)?) else {
                    return Ok(None);
                };
                nearest.push(passage, key, &vector);
            }
            Ok(Some(nearest).filter(|nearest| !nearest.passages().is_empty()))
        };
        self.read(load).ok()?
    }

    /// Records that the index with this stamp has exactly these passages, and removes the vectors
    /// of all other texts. Records nothing if the vectors of a passage are not stored.
    pub fn complete(
        &self,
        stamp: &[u8; 32],
        passages: &[(PassageId, ContentKey)],
    ) -> Result<(), VectorsError> {
        self.write(|transaction| {
            transaction
                .execute_batch("DELETE FROM complete_index; DELETE FROM complete_passages")?;
            let mut list = transaction.prepare_cached(
                "INSERT INTO complete_passages SELECT ?, id FROM passages WHERE key = ?",
            )?;
            let mut listed = 0;
            for (passage, key) in passages {
                listed += list.execute(params![passage.to_u64().cast_signed(), key])?;
            }
            if listed == passages.len() {
                transaction.execute("INSERT INTO complete_index VALUES (?)", [stamp])?;
            }
            // The inner query reads the index of the keys, which is smaller than the table.
            transaction.execute(
                "DELETE FROM passages WHERE id IN
                     (SELECT id FROM passages WHERE id NOT IN (SELECT id FROM complete_passages))",
                [],
            )?;
            database::shrink(transaction)
        })
    }

    /// Looks up the vectors under `key`.
    fn find(&self, key: &ContentKey) -> Found {
        let select = "SELECT vector, vectors FROM passages LEFT JOIN sentences USING (id)
             WHERE key = ?";
        let found = self.read(|connection| {
            let mut select = connection.prepare_cached(select)?;
            let both = |row: &Row<'_>| Ok((vectors(row, 0)?, vectors(row, 1)?));
            select.query_row([key], both).optional()
        });
        match found {
            Ok(Some((Some(passage), Some(sentences)))) => {
                Found::Vectors(PassageVectors { passage, sentences })
            }
            Ok(Some(_)) => {
                let file = self.path.display();
                tracing::warn!(%file, "stored vectors are damaged and are computed again");
                Found::Damaged
            }
            // The row was lost with the database that was replaced.
            Ok(None) if self.replaced.load(Ordering::Relaxed) > 0 => Found::Damaged,
            Err(error) if database::is_corrupt(&error) => Found::Damaged,
            Ok(None) | Err(_) => Found::Missing,
        }
    }

    /// Reads from the database. As the owner, replaces a corrupt database. Logs the first error.
    fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let replaced = self.replaced.load(Ordering::Relaxed);
        let result = read(&self.reader.lock());
        let Err(error) = &result else { return result };
        match &self.writer {
            Some(writer) if database::is_corrupt(error) => {
                let mut writer = writer.lock();
                // Another thread may have replaced the database by now.
                if self.replaced.load(Ordering::Relaxed) == replaced
                    && let Err(error) = self.replace(&mut writer, error)
                {
                    tracing::warn!(%error, "a corrupt database of vectors cannot be replaced");
                }
            }
            _ if self.has_reported_failure.swap(true, Ordering::Relaxed) => {}
            _ => {
                let file = self.path.display();
                tracing::warn!(%file, %error, "the vectors of passages cannot be read");
            }
        }
        result
    }

    /// Writes to the database in one transaction. If the database turns out to be corrupt, replaces
    /// it and writes once more.
    fn write(
        &self,
        write: impl Fn(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<(), VectorsError> {
        let failed = |error: rusqlite::Error| VectorsError {
            path: self.path.clone(),
            problem: error.into(),
        };
        // The connection of a reader rejects a transaction that writes.
        let mut connection = self.writer.as_ref().unwrap_or(&self.reader).lock();
        match write_once(&mut connection, &write) {
            Err(error) if self.is_writable() && database::is_corrupt(&error) => {
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
            *reader = database::open_empty()?;
            *writer = database::open_empty()?;
            database::remove(&self.path)?;
            (*writer, *reader) = connect(&self.path)?;
            Ok(())
        };
        self.replaced.fetch_add(1, Ordering::Relaxed);
        replace().map_err(|problem| VectorsError { path: self.path.clone(), problem })
    }
}

/// Opens or creates the database of this process for writing and for reading. A corrupt database is
/// replaced by an empty one.
fn open_owned(path: &Path) -> Result<(Connection, Connection), Problem> {
    match connect(path) {
        Err(error) if database::is_corrupt(&error) => {
            report_corrupt(path, &error);
            database::remove(path)?;
            Ok(connect(path)?)
        }
        opened => Ok(opened?),
    }
}

/// Opens or creates the database with a connection that writes, and one that reads in parallel.
fn connect(path: &Path) -> rusqlite::Result<(Connection, Connection)> {
    let writer = database::open(path)?;
    let reader = database::open_second(path)?;
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

/// Parses the vectors in a column. Returns `None` if they are missing or damaged.
fn vectors(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<QuantizedVectors>> {
    let bytes = row.get_ref(column)?.as_blob().ok();
    Ok(bytes.and_then(QuantizedVectors::from_bytes))
}

fn report_corrupt(path: &Path, error: &rusqlite::Error) {
    let file = path.display();
    tracing::warn!(%file, %error, "the database of vectors is corrupt and is replaced; the vectors are computed again");
}

/// Returns the name of the database for the vectors of the model with this fingerprint.
fn file_name(fingerprint: &[u8]) -> String {
    let mut origin = blake3::Hasher::new();
    origin.update(VERSION).update(fingerprint);
    let hash = origin.finalize().to_hex();
    format!("{}{EXTENSION}", &hash[..16])
}

/// Removes the vectors of earlier versions and of other models, with one log line. `name` is the
/// database that is kept.
fn remove_others(dir: &Path, name: &str) -> io::Result<()> {
    let mut is_removed = false;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let file = entry.file_name();
        let Some(file) = file.to_str() else { continue };
        let is_earlier = EARLIER_FILES.contains(&file.trim_end_matches(".new"));
        if is_earlier || (file.contains(EXTENSION) && !file.starts_with(name)) {
            fs::remove_file(entry.path())?;
            is_removed = true;
        }
    }
    if is_removed {
        let dir = dir.display();
        tracing::info!(%dir, "the vectors of an earlier version or of another model were removed");
    }
    Ok(())
}

#[cfg(test)]
mod tests;

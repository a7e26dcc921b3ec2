//! The stored vectors of passages, of their sentences and of single words, in one SQLite database.
//!
//! Vectors are found by the hash of the text that was encoded, so that an edited passage has no
//! vectors and an unchanged passage keeps its vectors in any article. The name of the database is a
//! hash of the model; the databases of other models are removed.
//!
//! All vectors can be computed again, so damage is never an error: a damaged row counts as missing,
//! and a corrupt database is replaced by an empty one.

mod connection;
mod database;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, params};

use database::Database;
pub use database::VectorsError;

use super::input::ContentKey;
use super::nearest::NearestPassages;
use super::packed_sentences;
use super::passage_code::PassageCode;
use super::text_vectors::PassageVectors;
use super::token_vectors::TokenVectors;
use crate::corpus::article::PassageId;

/// The open database of vectors under one data directory.
pub struct StoredVectors {
    database: Database,
    code: PassageCode,
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
const VERSION: &[u8] = b"verbatim vectors 5";

/// Returns the directory of the vectors under `data`.
pub fn dir(data: &Path) -> PathBuf {
    data.join(DIR)
}

impl StoredVectors {
    /// Opens the database under `data`. With [`Access::ReadWrite`], creates a missing database,
    /// replaces a corrupt one, and removes the vectors of models with another fingerprint. A
    /// fingerprint always has the same `code`.
    pub fn open(
        data: &Path,
        fingerprint: &[u8],
        code: PassageCode,
        access: Access,
    ) -> Result<StoredVectors, VectorsError> {
        let dir = dir(data);
        let name = file_name(fingerprint);
        let database = match access {
            Access::ReadWrite => {
                let prepared = fs::create_dir_all(&dir).and_then(|()| remove_others(&dir, &name));
                prepared.map_err(|error| VectorsError::new(&dir, error))?;
                Database::open(dir.join(name))
            }
            Access::ReadOnly => Database::open_shared(dir.join(name)),
        };
        Ok(StoredVectors { database: database?, code })
    }

    /// Returns the code of the vectors of passages.
    pub fn code(&self) -> &PassageCode {
        &self.code
    }

    /// Returns whether this process may write the vectors.
    pub fn is_writable(&self) -> bool {
        self.database.is_writable()
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
        // Later questions read the stored form.
        repaired.vectors.into_stored(&self.code)
    }

    /// Returns the stored form of the vector of the passage under `key`, unless it is damaged.
    pub fn passage(&self, key: &ContentKey) -> Option<Vec<u8>> {
        let select = "SELECT vector FROM passages WHERE key = ?";
        let found = self.database.read(|connection| {
            let mut select = connection.prepare_cached(select)?;
            select.query_row([key], |row| Ok(row.get(0).ok())).optional()
        });
        found.ok()??.filter(|packed: &Vec<u8>| self.code.parse(packed).is_some())
    }

    /// Stores the vectors of passages in one transaction. Once this returns, a kill of the process
    /// does not lose the vectors.
    pub fn append(&self, passages: &[EncodedPassage]) -> Result<(), VectorsError> {
        self.database.write(|transaction| {
            let mut passage = transaction.prepare_cached(
                "INSERT INTO passages (key, vector) VALUES (?, ?)
                 ON CONFLICT (key) DO UPDATE SET vector = excluded.vector RETURNING id",
            )?;
            let mut sentences = transaction.prepare_cached(
                "INSERT OR REPLACE INTO sentences (id, vectors, tokens) VALUES (?, ?, ?)",
            )?;
            for EncodedPassage { key, vectors } in passages {
                let packed = self.code.pack(&vectors.passage);
                let id: i64 = passage.query_row(params![key, packed], |row| row.get(0))?;
                // The differences are to the vector that is read again.
                let unpacked = self.code.unpack(&packed).unwrap_or_default();
                let packed = packed_sentences::pack(&unpacked, &vectors.sentences);
                sentences.execute(params![id, packed, vectors.tokens.to_bytes()])?;
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
            let mut nearest = NearestPassages::new(self.code.clone());
            while let Some(row) = rows.next()? {
                let passage = PassageId::from_u64(row.get::<_, i64>(0)?.cast_unsigned());
                let packed = row.get_ref(2)?.as_blob().ok().and_then(|own| self.code.parse(own));
                let (Some(key), Some(packed)) = (row.get(1)?, packed) else {
                    return Ok(None);
                };
                nearest.push(passage, key, packed);
            }
            Ok(Some(nearest).filter(|nearest| !nearest.passages().is_empty()))
        };
        self.database.read(load).ok()?
    }

    /// Records that the index with this stamp has exactly these passages, and removes the vectors
    /// of all other texts. Records nothing if the vectors of a passage are not stored.
    pub fn complete(
        &self,
        stamp: &[u8; 32],
        passages: &[(PassageId, ContentKey)],
    ) -> Result<(), VectorsError> {
        self.database.write(|transaction| {
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
            connection::shrink(transaction)
        })
    }

    /// Returns the stored form of the vectors of all words.
    pub fn words(&self) -> HashMap<String, Vec<u8>> {
        let load = |connection: &Connection| {
            let mut select = connection.prepare("SELECT word, vector FROM words")?;
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        };
        self.database.read(load).unwrap_or_default()
    }

    /// Stores the vectors of words in one transaction.
    pub fn add_words(&self, words: &[(&str, Vec<u8>)]) -> Result<(), VectorsError> {
        self.database.write(|transaction| {
            let mut insert =
                transaction.prepare_cached("INSERT OR REPLACE INTO words VALUES (?, ?)")?;
            for (word, vector) in words {
                insert.execute(params![word, vector])?;
            }
            Ok(())
        })
    }

    /// Removes the vectors of words.
    pub fn remove_words(&self, words: &[&str]) -> Result<(), VectorsError> {
        self.database.write(|transaction| {
            let mut delete = transaction.prepare_cached("DELETE FROM words WHERE word = ?")?;
            for word in words {
                delete.execute([word])?;
            }
            Ok(())
        })
    }

    /// Looks up the vectors under `key`.
    fn find(&self, key: &ContentKey) -> Found {
        let select = "SELECT vector, vectors, tokens FROM passages LEFT JOIN sentences USING (id)
             WHERE key = ?";
        let found = self.database.read(|connection| {
            let mut select = connection.prepare_cached(select)?;
            select.query_row([key], |row| self.passage_vectors(row)).optional()
        });
        match found {
            Ok(Some(Some(vectors))) => Found::Vectors(vectors),
            Ok(Some(None)) => {
                let file = self.database.path().display();
                tracing::warn!(%file, "stored vectors are damaged and are computed again");
                Found::Damaged
            }
            // The row was lost with the database that was replaced.
            Ok(None) if self.database.was_replaced() => Found::Damaged,
            Err(error) if connection::is_corrupt(&error) => Found::Damaged,
            Ok(None) | Err(_) => Found::Missing,
        }
    }

    /// Parses the vectors of a passage, of its sentences and of its tokens. Returns `None` if some
    /// are missing or damaged.
    fn passage_vectors(&self, row: &Row<'_>) -> rusqlite::Result<Option<PassageVectors>> {
        let blob = |column| Ok::<_, rusqlite::Error>(row.get_ref(column)?.as_blob().ok());
        let (passage, sentences, tokens) = (blob(0)?, blob(1)?, blob(2)?);
        let parse = || {
            let passage = self.code.unpack(passage?)?;
            let sentences = packed_sentences::unpack(&passage, sentences?)?;
            Some(PassageVectors { passage, sentences, tokens: TokenVectors::from_bytes(tokens?)? })
        };
        Ok(parse())
    }
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

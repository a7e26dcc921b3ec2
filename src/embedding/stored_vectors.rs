//! The stored vectors of passages: all vectors of each passage in one file, and those of whole
//! passages again in a smaller file, which is read at start.
//!
//! A record is found by the hash of the text that was encoded, so that an edited passage has no
//! vectors and an unchanged passage keeps its vectors in any article. The files also record which
//! model made the vectors; the vectors of another model are discarded.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::quantized::{PassageVectors, QuantizedVectors};
use super::vector_file::{CompactWhen, ContentKey, VectorFile};
use crate::corpus::article::PassageId;

/// The files of vectors under one data directory.
pub struct StoredVectors {
    access: Access,
    sentences: VectorFile,
    passages: VectorFile,
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
    pub passage: PassageId,
    pub key: ContentKey,
    pub vectors: PassageVectors,
}

/// An error of reading or writing the vectors. The message is for the operator.
#[derive(Debug, Error)]
#[error(
    "{}: {error}\nhint: remove it, and it is computed again; the data directory must be writable",
    path.display()
)]
pub struct VectorsError {
    path: PathBuf,
    error: io::Error,
}

const DIR: &str = "vectors";
/// Files of earlier versions, which had other vectors.
const EARLIER_FILES: [&str; 2] = ["tokens", "means"];
/// Part of the origin of all vectors. A new value discards the vectors of earlier versions.
const VERSION: &[u8] = b"verbatim vectors 2";
/// Key of the record that lists all passages once their vectors are complete: the stamp of the
/// index, then each passage with the key of its vectors.
const COMPLETE: ContentKey = [0; 16];
/// Size of a passage in that record, in bytes.
const LISTED_BYTES: usize = 8 + size_of::<ContentKey>();

/// Returns the directory of the vectors under `data`.
pub fn dir(data: &Path) -> PathBuf {
    data.join(DIR)
}

impl StoredVectors {
    /// Opens the files under `data`. Vectors of a model with another fingerprint are discarded.
    pub fn open(
        data: &Path,
        fingerprint: &[u8],
        access: Access,
    ) -> Result<StoredVectors, VectorsError> {
        let dir = dir(data);
        if access == Access::ReadWrite
            && let Err(error) = std::fs::create_dir_all(&dir).and_then(|()| remove_earlier(&dir))
        {
            return Err(VectorsError { path: dir, error });
        }
        let mut origin = blake3::Hasher::new();
        origin.update(VERSION).update(fingerprint);
        let origin = origin.finalize();
        let open = |name| {
            let path = dir.join(name);
            let opened = match access {
                Access::ReadWrite => VectorFile::open(&path, origin.as_bytes()),
                Access::ReadOnly => VectorFile::open_read_only(&path, origin.as_bytes()),
            };
            opened.map_err(|error| VectorsError { path, error })
        };
        Ok(StoredVectors { access, sentences: open("sentences")?, passages: open("passages")? })
    }

    /// Returns whether this process may write the files.
    pub fn is_writable(&self) -> bool {
        self.access == Access::ReadWrite
    }

    /// Returns the vectors under `key`, or `None` if none are stored. If the record turns
    /// out to be damaged, computes the vectors with `encode` and stores them.
    pub fn get_or_repair(
        &self,
        key: &ContentKey,
        encode: impl FnOnce() -> Option<PassageVectors>,
    ) -> Option<PassageVectors> {
        let was_listed = self.sentences.has(key);
        match self.sentences.get(key) {
            Some(record) => PassageVectors::from_bytes(&record),
            None if was_listed => {
                let vectors = encode()?;
                if self.is_writable()
                    && let Err(error) = self.sentences.append(&[(*key, vectors.to_bytes())])
                {
                    tracing::warn!(%error, "cannot store the vectors of a passage");
                }
                Some(vectors)
            }
            None => None,
        }
    }

    /// Returns the vector of the passage under `key`, if the vectors of the sentences are stored as
    /// well. It is empty if the model could not encode the passage.
    pub fn passage(&self, key: &ContentKey) -> Option<QuantizedVectors> {
        if !self.sentences.has(key) {
            return None;
        }
        QuantizedVectors::from_bytes(&self.passages.get(key)?)
    }

    /// Appends the vectors of passages.
    pub fn append(&self, passages: &[EncodedPassage]) -> io::Result<()> {
        let all = passages.iter().map(|passage| (passage.key, passage.vectors.to_bytes()));
        let whole =
            passages.iter().map(|passage| (passage.key, passage.vectors.passage.to_bytes()));
        self.sentences.append(&all.collect::<Vec<_>>())?;
        self.passages.append(&whole.collect::<Vec<_>>())
    }

    /// Returns the passages of the index with this stamp, or `None` if their vectors are not known
    /// to be complete.
    pub fn complete_passages(&self, stamp: &[u8; 32]) -> Option<Vec<(PassageId, ContentKey)>> {
        let record = self.passages.get(&COMPLETE)?;
        let listed = record.strip_prefix(stamp)?.as_chunks::<LISTED_BYTES>().0;
        let passages = listed.iter().map(|bytes| {
            let (passage, key) = bytes.split_first_chunk::<8>()?;
            let passage = PassageId::from_u64(u64::from_le_bytes(*passage));
            Some((passage, key.try_into().ok()?))
        });
        passages.collect()
    }

    /// Records that the index with this stamp has exactly these passages, and removes the vectors
    /// of all other texts.
    pub fn complete(
        &self,
        stamp: &[u8; 32],
        passages: &[(PassageId, ContentKey)],
    ) -> io::Result<()> {
        let keys: HashSet<ContentKey> = passages.iter().map(|(_, key)| *key).collect();
        self.sentences.compact(CompactWhen::Half, |key| keys.contains(key))?;
        self.passages.compact(CompactWhen::Any, |key| keys.contains(key))?;
        let mut list = stamp.to_vec();
        for (passage, key) in passages {
            list.extend(passage.to_u64().to_le_bytes());
            list.extend(key);
        }
        self.passages.append(&[(COMPLETE, list)])
    }
}

/// Removes the vectors of earlier versions, with one log line.
fn remove_earlier(dir: &Path) -> io::Result<()> {
    let mut is_removed = false;
    for name in EARLIER_FILES {
        match std::fs::remove_file(dir.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => {
                removed?;
                is_removed = true;
            }
        }
    }
    if is_removed {
        tracing::info!(dir = %dir.display(), "the vectors of an earlier version were removed");
    }
    Ok(())
}

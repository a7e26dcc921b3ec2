//! Which files the index holds, and in what state it saw them. Kept in the commit's payload.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::schema;
use crate::corpus::article::Alias;
use crate::corpus::{ContentHash, FileStamp, Problem};

/// The files of the index, by their path in the corpus.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Catalog {
    pub schema: u32,
    pub files: BTreeMap<String, Indexed>,
}

/// One file as it was indexed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Indexed {
    pub stamp: Option<FileStamp>,
    /// In Unix seconds.
    pub modified: i64,
    pub hash: ContentHash,
    pub language: String,
    pub aliases: Vec<Alias>,
}

/// An index whose files were all checked.
pub struct Existing {
    pub index: tantivy::Index,
    pub catalog: Catalog,
}

/// Up to this size the files of an index are read whole at opening to check their sums: some ms.
const MAX_CHECKED_BYTES: u64 = 32 << 20;

impl Catalog {
    /// The index in `dir`, `None` if there is none, and the reason if it cannot be used.
    pub fn find(dir: &Path) -> Result<Option<Existing>, String> {
        if !dir.join("meta.json").exists() {
            return if dir.exists() { Err("it is incomplete".into()) } else { Ok(None) };
        }
        let index = tantivy::Index::open_in_dir(dir).map_err(|error| error.to_string())?;
        if index.schema() != schema::schema().0 {
            return Err("it has another schema".into());
        }
        let metas = index.load_metas().map_err(|error| error.to_string())?;
        let payload = metas.payload.as_deref().unwrap_or("");
        let catalog: Catalog =
            serde_json::from_str(payload).map_err(|_| "its list of files is unreadable")?;
        if catalog.schema != schema::VERSION {
            return Err("it was made by another version".into());
        }
        if size(dir) <= MAX_CHECKED_BYTES {
            let damaged = index.validate_checksum().map_err(|error| error.to_string())?;
            if !damaged.is_empty() {
                return Err("a file of it is damaged".into());
            }
        }
        Ok(Some(Existing { index, catalog }))
    }
}

impl Catalog {
    /// Whether it has the file of a problem, or one under the directory of it.
    pub fn has_under(&self, corpus: &Path, problem: &Problem) -> bool {
        let Ok(place) = Path::new(&problem.file).strip_prefix(corpus) else { return false };
        let parts: Vec<_> = place.iter().map(|part| part.to_string_lossy()).collect();
        let place = parts.join("/");
        if place.is_empty() {
            return !self.files.is_empty();
        }
        let under = format!("{place}/");
        let next = self.files.range(under.clone()..).next();
        self.files.contains_key(&place) || next.is_some_and(|(path, _)| path.starts_with(&under))
    }

    /// What is the same only for the same files with the same contents.
    pub fn hash(&self) -> [u8; 32] {
        let files: Vec<_> = self.files.iter().map(|(path, file)| (path, &file.hash)).collect();
        let listed =
            serde_json::to_vec(&(self.schema, files)).expect("a list of files is plain data");
        *blake3::hash(&listed).as_bytes()
    }
}

fn size(dir: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
    entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum()
}

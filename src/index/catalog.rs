//! Which files the index holds, and in what state it saw them.
//!
//! The list is a file beside those of the index, named by the hash of what it holds, and the commit whose
//! passages it lists has this name in its payload: so a list is whole, and the one that belongs to the
//! commit, or the index is built anew.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::integrity::{META, Verified};
use super::listing::ListedArticle;
use super::schema;
use super::snapshot::Snapshot;
use crate::corpus::article::Alias;
use crate::corpus::{CorpusDir, FileStamp, Problem};

/// The files of the index, by their path in the corpus.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Catalog {
    /// The first in every version.
    pub schema: u32,
    /// The directory in which the files were, as [`identity`] has it.
    pub corpus: String,
    /// Whether all that was to be taken over then is.
    pub is_whole: bool,
    pub files: BTreeMap<String, Indexed>,
}

/// One file as it was indexed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Indexed {
    pub stamp: Option<FileStamp>,
    pub language: String,
    pub aliases: Vec<Alias>,
    pub article: Arc<ListedArticle>,
}

/// An index whose files were all checked.
pub struct Existing {
    pub index: tantivy::Index,
    pub dir: PathBuf,
    pub catalog: Catalog,
    /// Stamps of its files, by which a change by another program is noticed.
    pub verified: Verified,
}

impl Existing {
    /// Keeps the stamps of files that were just verified for the next start.
    pub fn keep_verified(&self) {
        if Verified::read(&self.dir) != self.verified
            && let Err(error) = self.verified.write(&self.dir)
        {
            tracing::debug!(%error, "the stamps of the index could not be kept");
        }
    }

    /// Takes over the stamps of the files that an update has written. A failure costs a verification later.
    pub fn settle(&mut self) {
        let settled = self.verified.follow(&self.dir, &self.index).and_then(|has_changed| {
            let written = if has_changed { self.verified.write(&self.dir) } else { Ok(()) };
            written.map_err(|error| error.to_string())
        });
        if let Err(reason) = settled {
            tracing::debug!(reason, "the stamps of the index could not be kept");
        }
    }
}

/// Up to this size all files of an index are read at opening to check their sums: some ms.
const MAX_CHECKED_BYTES: u64 = 32 << 20;
/// What the names of lists begin with.
const LIST: &str = "files-";

impl Catalog {
    /// The index in `dir`, `None` if there is none, and the reason if it cannot be used. A file of a large
    /// index is not read again if its stamp is the one that `known` has of it.
    pub fn find(dir: &Path, known: &Verified) -> Result<Option<Existing>, String> {
        if !dir.join(META).exists() {
            return if dir.exists() { Err("it is incomplete".into()) } else { Ok(None) };
        }
        let index = tantivy::Index::open_in_dir(dir).map_err(|error| error.to_string())?;
        Catalog::load(dir, index, known)
    }

    /// Opens the index in `dir` that another process owns, as of its last commit, without writing anything.
    /// `None` if there is no commit; an error is a reason to try again, since the owner may just have removed a file.
    pub fn snapshot(dir: &Path) -> Result<Option<Existing>, String> {
        if !dir.join(META).exists() {
            return Ok(None);
        }
        let snapshot = Snapshot::of(dir).map_err(|error| error.to_string())?;
        let index = tantivy::Index::open(snapshot).map_err(|error| error.to_string())?;
        Catalog::load(dir, index, &Verified::read(dir))
    }

    fn load(
        dir: &Path,
        index: tantivy::Index,
        known: &Verified,
    ) -> Result<Option<Existing>, String> {
        if index.schema() != schema::schema().0 {
            return Err("it has another schema".into());
        }
        let metas = index.load_metas().map_err(|error| error.to_string())?;
        // Whoever made it was killed before there was anything in it.
        let Some(name) = metas.payload.as_deref() else { return Ok(None) };
        let catalog = Catalog::read(dir, name)?;
        let nothing = Verified::default();
        let known = if size(dir) <= MAX_CHECKED_BYTES { &nothing } else { known };
        let verified = Verified::of(dir, &metas, name, known)?;
        Ok(Some(Existing { index, dir: dir.to_owned(), catalog, verified }))
    }

    fn read(dir: &Path, name: &str) -> Result<Catalog, &'static str> {
        let unreadable = "its list of files is unreadable";
        let bytes = fs::read(dir.join(name)).map_err(|_| unreadable)?;
        if name != name_of(&bytes) {
            return Err(unreadable);
        }
        // What else is in a list of another version is not known.
        match postcard::take_from_bytes::<u32>(&bytes) {
            Ok((schema::VERSION, _)) => postcard::from_bytes(&bytes).map_err(|_| unreadable),
            Ok(_) => Err("it was made by another version"),
            Err(_) => Err(unreadable),
        }
    }

    /// Writes the list into `dir`, onto the disk, beside the one that holds still; gives its name.
    pub fn write(&self, dir: &Path) -> io::Result<String> {
        let bytes = postcard::to_stdvec(self).map_err(io::Error::other)?;
        let name = name_of(&bytes);
        let mut file = File::create(dir.join(&name))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        Ok(name)
    }

    /// Removes the lists of `dir` but the one with this name.
    pub fn remove_others(dir: &Path, name: &str) -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let own = entry.file_name();
            if own.to_string_lossy().starts_with(LIST) && own != name {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Whether it has the file of a problem, or one under the directory of it, and keeps it.
    pub fn has_under(&self, problem: &Problem) -> bool {
        let place = &problem.place;
        if problem.is_refused {
            return false;
        }
        if place.is_empty() {
            return !self.files.is_empty();
        }
        let under = format!("{place}/");
        let next = self.files.range(under.clone()..).next();
        self.files.contains_key(place) || next.is_some_and(|(path, _)| path.starts_with(&under))
    }

    /// What is the same only for the same files with the same contents.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.schema.to_le_bytes());
        for (path, file) in &self.files {
            hasher.update(&(path.len() as u64).to_le_bytes());
            hasher.update(path.as_bytes()).update(file.article.hash.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

/// Returns the directory of a corpus without links in its path, and the directories to which links
/// may lead. An index that was made with other directories may hold what must not be read.
pub fn identity(corpus: &CorpusDir) -> String {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let roots = corpus.follow_links().iter().map(|root| resolved(root));
    let parts = std::iter::once(resolved(corpus.path())).chain(roots);
    let parts: Vec<_> = parts.map(|path| path.to_string_lossy().into_owned()).collect();
    parts.join("\0")
}

fn name_of(list: &[u8]) -> String {
    format!("{LIST}{}", blake3::hash(list))
}

fn size(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_another_version_is_told_from_a_damaged_one() {
        let dir = tempfile::tempdir().unwrap();
        let read = |bytes: &[u8]| {
            let name = name_of(bytes);
            fs::write(dir.path().join(&name), bytes).unwrap();
            Catalog::read(dir.path(), &name).map(|catalog| catalog.schema)
        };
        let catalog = Catalog { schema: schema::VERSION, ..Catalog::default() };
        let bytes = postcard::to_stdvec(&catalog).unwrap();
        assert_eq!(read(&bytes), Ok(schema::VERSION));
        let unreadable = Err("its list of files is unreadable");
        assert_eq!(read(&bytes[..1]), unreadable);
        assert_eq!(read(&[]), unreadable);
        assert_eq!(read(&[1, 77]), Err("it was made by another version"));
        assert_eq!(
            Catalog::read(dir.path(), "files-0").map(drop),
            Err("its list of files is unreadable")
        );
    }
}

//! Opening of an index on disk, with the verification of its files.

use std::fs;
use std::path::{Path, PathBuf};

use super::catalog::Catalog;
use super::integrity::{META, VerifiedFiles};
use super::read_only_directory::ReadOnlyDirectory;
use super::schema;

/// An index whose files were all verified.
pub struct OpenedIndex {
    pub index: tantivy::Index,
    pub dir: PathBuf,
    pub catalog: Catalog,
    /// Stamps of the files of the index, which reveal a change by another program.
    pub verified: VerifiedFiles,
}

/// Maximum size of an index whose files are all read when the index is opened, in bytes. Reading
/// them takes some milliseconds.
const MAX_VERIFIED_BYTES: u64 = 32 << 20;

impl OpenedIndex {
    /// Opens the index in `dir`. Returns `None` if there is none, and the reason as an error if the
    /// index cannot be used. Files of a large index whose stamps equal those in `known` are not
    /// verified again.
    pub fn open(dir: &Path, known: &VerifiedFiles) -> Result<Option<OpenedIndex>, String> {
        if !dir.join(META).exists() {
            return if dir.exists() { Err("it is incomplete".into()) } else { Ok(None) };
        }
        let index = tantivy::Index::open_in_dir(dir).map_err(|error| error.to_string())?;
        OpenedIndex::verify(dir, index, known)
    }

    /// Opens the index in `dir`, which another process owns, as of its last commit and without
    /// writing. Returns `None` before the first commit. After an error the caller may retry: the
    /// owner may just have removed a file.
    pub fn open_read_only(dir: &Path) -> Result<Option<OpenedIndex>, String> {
        if !dir.join(META).exists() {
            return Ok(None);
        }
        let files = ReadOnlyDirectory::open(dir).map_err(|error| error.to_string())?;
        let index = tantivy::Index::open(files).map_err(|error| error.to_string())?;
        OpenedIndex::verify(dir, index, &VerifiedFiles::read(dir))
    }

    /// Checks the schema, the catalog and the files of an index.
    fn verify(
        dir: &Path,
        index: tantivy::Index,
        known: &VerifiedFiles,
    ) -> Result<Option<OpenedIndex>, String> {
        if index.schema() != schema::schema().0 {
            return Err("it has another schema".into());
        }
        let metas = index.load_metas().map_err(|error| error.to_string())?;
        // Without a payload, the process that created the index was killed before its first commit.
        let Some(list) = metas.payload.as_deref() else { return Ok(None) };
        let catalog = Catalog::read(dir, list)?;
        let nothing = VerifiedFiles::default();
        let known = if dir_bytes(dir) <= MAX_VERIFIED_BYTES { &nothing } else { known };
        let verified = VerifiedFiles::verify(dir, &metas, list, catalog.articles_file(), known)?;
        Ok(Some(OpenedIndex { index, dir: dir.to_owned(), catalog, verified }))
    }

    /// Opens the index in `dir`. Logs a warning and returns `None` if the index cannot be used.
    pub fn open_usable(dir: &Path) -> Option<OpenedIndex> {
        OpenedIndex::open(dir, &VerifiedFiles::read(dir)).unwrap_or_else(|reason| {
            tracing::warn!(%reason, "the index cannot be used and is rebuilt");
            None
        })
    }

    /// Saves the stamps of the verified files for the next start. A failure is only logged.
    pub fn save_verified(&self) {
        if VerifiedFiles::read(&self.dir) != self.verified
            && let Err(error) = self.verified.write(&self.dir)
        {
            tracing::debug!(%error, "the stamps of the index files could not be saved");
        }
    }

    /// Records and saves the stamps of the files that an update has written. A failure is only
    /// logged; it costs a verification later.
    pub fn record_written_files(&mut self) {
        let updated = self.verified.update(&self.dir, &self.index, self.catalog.articles_file());
        let saved = updated.and_then(|has_changed| {
            let written = if has_changed { self.verified.write(&self.dir) } else { Ok(()) };
            written.map_err(|error| error.to_string())
        });
        if let Err(reason) = saved {
            tracing::debug!(reason, "the stamps of the index files could not be saved");
        }
    }
}

/// Returns the total size of the files in `dir`, in bytes.
fn dir_bytes(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|data| data.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_reads_a_small_index_whole_although_its_stamps_are_known() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        let (schema, fields) = schema::schema();
        let index = tantivy::Index::create_in_dir(dir, schema).unwrap();
        let mut writer = index.writer_with_num_threads(1, 15 << 20).unwrap();
        let mut entry = tantivy::TantivyDocument::default();
        entry.add_bytes(fields.record, b"a record");
        writer.add_document(entry).unwrap();
        let mut commit = writer.prepare_commit().unwrap();
        commit.set_payload(&Catalog::default().write(dir).unwrap());
        commit.commit().unwrap();
        writer.wait_merging_threads().unwrap();

        let opened = OpenedIndex::open(dir, &VerifiedFiles::default()).unwrap().unwrap();
        opened.save_verified();
        assert_eq!(VerifiedFiles::read(dir), opened.verified);
        let store = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        let store = store.into_iter().find(|path| path.extension().is_some_and(|e| e == "store"));
        let store = store.unwrap();
        let mut bytes = fs::read(&store).unwrap();
        bytes[1] ^= 0x81;
        fs::write(&store, bytes).unwrap();
        let mut known = VerifiedFiles::default();
        known.update(dir, &index, None).unwrap();
        let name = store.file_name().unwrap().to_string_lossy();
        let expected = format!("{name}: its checksum does not match");
        assert_eq!(OpenedIndex::open(dir, &known).err(), Some(expected));
    }
}

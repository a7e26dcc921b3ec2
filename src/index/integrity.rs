//! Detection of damaged index files.
//!
//! Tantivy never changes a segment file after writing it. A file whose stamp (size, times and
//! inode) equals the stamp of its last verification is therefore intact. Any other file is read
//! whole and compared with the CRC-32 in its footer. The stamps are saved in the file `verified`.
//!
//! This module reads files and never maps them: if another program cuts a file, a read fails, but
//! a mapping raises SIGBUS.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

use tantivy::directory::FileSlice;
use tantivy::directory::footer::Footer;
use tantivy::index::SegmentComponent;
use tantivy::{IndexMeta, SegmentMeta};

use super::{articles_file, temporary_file};
use crate::corpus::FileStamp;

/// The files of an index by name, each with its stamp when the file was verified or written.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct VerifiedFiles {
    stamps: BTreeMap<String, FileStamp>,
}

/// A change of a file since its verification.
#[derive(Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Name of the file and description of the change, for the operator.
    pub what: String,
    /// Whether a mapping of the file may show changed or missing bytes.
    pub affects_mapping: bool,
}

/// Tantivy's list of segments.
pub const META: &str = "meta.json";
/// Tantivy's list of the files that it manages and may remove.
const MANAGED: &str = ".managed.json";
/// Name of the file with the stamps.
const VERIFIED: &str = "verified";
/// Size of the buffer to read files, in bytes.
const BUFFER_BYTES: usize = 64 << 10;
/// Length of the end of a footer, in bytes: the length of the footer and a magic number.
const FOOTER_HEAD_BYTES: u64 = 8;
/// Maximum length of a footer, in bytes. Footers have about 100 bytes.
const MAX_FOOTER_BYTES: u64 = 64 << 10;

impl VerifiedFiles {
    /// Reads the saved stamps from `dir`. Returns no stamps if they are missing or damaged.
    pub fn read(dir: &Path) -> VerifiedFiles {
        let Ok(bytes) = fs::read(dir.join(VERIFIED)) else { return VerifiedFiles::default() };
        let stamps = bytes.split_first_chunk::<32>().and_then(|(hash, body)| {
            let is_complete = blake3::hash(body) == blake3::Hash::from_bytes(*hash);
            is_complete.then(|| postcard::from_bytes(body).ok()).flatten()
        });
        VerifiedFiles { stamps: stamps.unwrap_or_default() }
    }

    /// Saves the stamps in `dir`, not necessarily to stable storage: they are only a cache.
    pub fn write(&self, dir: &Path) -> io::Result<()> {
        let body = postcard::to_stdvec(&self.stamps).map_err(io::Error::other)?;
        let bytes = [blake3::hash(&body).as_bytes().as_slice(), &body].concat();
        let mut file = temporary_file::create(dir)?;
        file.write_all(&bytes)?;
        file.persist(dir.join(VERIFIED))?;
        Ok(())
    }

    /// Verifies the files in `dir` whose stamps differ from those in `known`. `catalog` and
    /// `articles` are the files of the catalog, which verifies itself when opened. Fails with the
    /// name of the first damaged file.
    pub fn verify(
        dir: &Path,
        metas: &IndexMeta,
        catalog: &str,
        articles: Option<&str>,
        known: &VerifiedFiles,
    ) -> Result<VerifiedFiles, String> {
        let mut stamps = BTreeMap::new();
        for name in segment_files(metas) {
            let path = dir.join(&name);
            // Tantivy would open a segment with a missing file of positions. The stamp is taken
            // before the file is read, so that a change during the verification is noticed later.
            let stamp = stamp(&path).map_err(|error| format!("{name}: {error}"))?;
            if known.stamps.get(&name) != Some(&stamp) {
                verify(&path).map_err(|error| format!("{name}: {error}"))?;
            }
            stamps.insert(name, stamp);
        }
        for name in [META, MANAGED, catalog].into_iter().chain(articles) {
            let stamp = stamp(&dir.join(name)).map_err(|error| format!("{name}: {error}"))?;
            stamps.insert(name.to_owned(), stamp);
        }
        Ok(VerifiedFiles { stamps })
    }

    /// Adds the stamps of files that an update of this process wrote into `dir`. Earlier files keep
    /// their stamps, so that a change by another program is still noticed. Returns whether there
    /// was an update.
    pub fn update(
        &mut self,
        dir: &Path,
        index: &tantivy::Index,
        articles: Option<&str>,
    ) -> Result<bool, String> {
        let meta = stamp(&dir.join(META)).map_err(|error| format!("{META}: {error}"))?;
        if self.stamps.get(META) == Some(&meta) {
            return Ok(false);
        }
        let metas = index.load_metas().map_err(|error| error.to_string())?;
        let mut stamps = BTreeMap::from([(META.to_owned(), meta)]);
        let catalog = metas.payload.iter().cloned();
        for name in catalog.chain([MANAGED.to_owned()]) {
            let found = stamp(&dir.join(&name)).map_err(|error| format!("{name}: {error}"))?;
            stamps.insert(name, found);
        }
        for name in segment_files(&metas).chain(articles.map(str::to_owned)) {
            let found = match self.stamps.get(&name) {
                Some(known) => *known,
                None => stamp(&dir.join(&name)).map_err(|error| format!("{name}: {error}"))?,
            };
            stamps.insert(name, found);
        }
        self.stamps = stamps;
        Ok(true)
    }

    /// Returns the changes of the files in `dir` since their stamps were taken. Reads no file.
    pub fn changes(&self, dir: &Path) -> Vec<FileChange> {
        let changed = |(name, known): (&String, &FileStamp)| {
            let is_segment = ![META, MANAGED].contains(&name.as_str()) && name.contains('.');
            let is_mapped = is_segment || name.starts_with(articles_file::PREFIX);
            match stamp(&dir.join(name)) {
                Ok(now) if now == *known => None,
                Ok(now) => Some(FileChange {
                    what: format!("{name} was changed by another program"),
                    affects_mapping: is_mapped
                        && now.is_same_file(known)
                        && !now.is_unmodified(known),
                }),
                // A mapping keeps the bytes of a removed file.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    Some(FileChange { what: format!("{name} is missing"), affects_mapping: false })
                }
                Err(error) => {
                    Some(FileChange { what: format!("{name}: {error}"), affects_mapping: false })
                }
            }
        };
        self.stamps.iter().filter_map(changed).collect()
    }
}

/// Returns the names of the files of all segments. Each file must exist.
fn segment_files(metas: &IndexMeta) -> impl Iterator<Item = String> + '_ {
    metas.segments.iter().flat_map(|segment| {
        let deleted = segment.has_deletes().then_some(SegmentComponent::Delete);
        let components = [
            SegmentComponent::Postings,
            SegmentComponent::Positions,
            SegmentComponent::FastFields,
            SegmentComponent::FieldNorms,
            SegmentComponent::Terms,
            SegmentComponent::Store,
        ];
        components.into_iter().chain(deleted).map(|component| file_name(segment, component))
    })
}

fn file_name(segment: &SegmentMeta, component: SegmentComponent) -> String {
    segment.relative_path(component).to_string_lossy().into_owned()
}

fn stamp(path: &Path) -> io::Result<FileStamp> {
    let metadata = fs::metadata(path)?;
    FileStamp::of(&metadata).ok_or_else(|| io::Error::other("its times are before 1970"))
}

/// Compares the CRC-32 of a file with the CRC-32 in its footer.
fn verify(path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    // `extract_footer` subtracts this length unchecked.
    if length < FOOTER_HEAD_BYTES {
        return Err(io::Error::other("it is too short"));
    }
    let end = length.min(MAX_FOOTER_BYTES);
    file.seek(SeekFrom::Start(length - end))?;
    let mut tail = vec![0; end as usize];
    file.read_exact(&mut tail)?;
    let (footer, body) = Footer::extract_footer(FileSlice::from(tail))?;
    let body_bytes = length - end + tantivy::HasLen::len(&body) as u64;

    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, file).take(body_bytes);
    let mut hasher = crc32fast::Hasher::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    match hasher.finalize() == footer.crc {
        true => Ok(()),
        false => Err(io::Error::other("its checksum does not match")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::*;
    use crate::index::schema;

    const CATALOG_FILE: &str = "files-of-a-test";

    /// Creates an index of one entry with the saved stamps of its files.
    fn index() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let (schema, fields) = schema::schema();
        let index = tantivy::Index::create_in_dir(folder.path(), schema).unwrap();
        let mut writer = index.writer_with_num_threads(1, 15 << 20).unwrap();
        let mut entry = tantivy::TantivyDocument::default();
        entry.add_text(fields.text, "the tide rises");
        entry.add_bytes(fields.record, b"a record");
        writer.add_document(entry).unwrap();
        fs::write(folder.path().join(CATALOG_FILE), "").unwrap();
        let mut commit = writer.prepare_commit().unwrap();
        commit.set_payload(CATALOG_FILE);
        commit.commit().unwrap();
        writer.wait_merging_threads().unwrap();
        let verified = verify_all(folder.path(), &VerifiedFiles::default()).unwrap();
        verified.write(folder.path()).unwrap();
        folder
    }

    fn verify_all(dir: &Path, known: &VerifiedFiles) -> Result<VerifiedFiles, String> {
        let index = tantivy::Index::open_in_dir(dir).unwrap();
        let metas = index.load_metas().unwrap();
        VerifiedFiles::verify(dir, &metas, metas.payload.as_deref().unwrap(), None, known)
    }

    #[test]
    fn integrity_reads_a_file_only_if_its_stamp_has_changed() {
        let folder = index();
        let dir = folder.path();
        let kept = VerifiedFiles::read(dir);
        assert_eq!(kept, verify_all(dir, &VerifiedFiles::default()).unwrap());
        assert_eq!(kept.changes(dir), []);
        let store = kept.stamps.keys().find(|name| name.ends_with(".store")).unwrap().clone();
        let mut file = File::options().write(true).open(dir.join(&store)).unwrap();
        file.seek(SeekFrom::Start(1)).unwrap();
        file.write_all(b"?").unwrap();
        let mut known = kept.clone();
        known.stamps.insert(store.clone(), stamp(&dir.join(&store)).unwrap());
        assert_eq!(known.changes(dir), [], "its content is not read");
        assert!(verify_all(dir, &known).is_ok(), "its content is not read");
        let damage = format!("{store}: its checksum does not match");
        assert_eq!(verify_all(dir, &VerifiedFiles::default()), Err(damage));
    }

    #[test]
    fn integrity_detects_files_that_are_cut_or_missing() {
        let folder = index();
        let dir = folder.path();
        let kept = VerifiedFiles::read(dir);
        for name in kept.stamps.keys().filter(|name| name.len() > 36) {
            let path = dir.join(name);
            if !name.contains('.') {
                continue;
            }
            let whole = fs::read(&path).unwrap();
            for length in (0..12).chain([whole.len() / 2, whole.len() - 1]) {
                fs::write(&path, &whole[..length]).unwrap();
                assert!(
                    verify_all(dir, &VerifiedFiles::default()).is_err(),
                    "{name}, {length} bytes"
                );
            }
            fs::remove_file(&path).unwrap();
            assert!(verify_all(dir, &VerifiedFiles::default()).is_err(), "without {name}");
            let missing = FileChange { what: format!("{name} is missing"), affects_mapping: false };
            assert!(kept.changes(dir).contains(&missing));
            fs::write(&path, &whole).unwrap();
            assert!(verify_all(dir, &VerifiedFiles::default()).is_ok());
        }
    }

    #[test]
    fn integrity_ignores_saved_stamps_that_are_torn() {
        let folder = index();
        let dir = folder.path();
        let bytes = fs::read(dir.join(VERIFIED)).unwrap();
        for length in [0, 31, 32, bytes.len() - 1] {
            fs::write(dir.join(VERIFIED), &bytes[..length]).unwrap();
            assert_eq!(VerifiedFiles::read(dir), VerifiedFiles::default());
        }
    }
}

//! Detects damage of the index's files on the disk.
//!
//! Tantivy never changes a file of a segment once the file is written. A file whose stamp (size, times and
//! inode) is that of its last verification is therefore intact; any other file is read whole and compared
//! with the CRC-32 in its footer. The stamps are kept in the file `verified` of the index.
//!
//! Files are read here and never mapped: a file that another program cuts is an error of a read, and a
//! SIGBUS in a mapping.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use tantivy::directory::FileSlice;
use tantivy::directory::footer::Footer;
use tantivy::index::SegmentComponent;
use tantivy::{IndexMeta, SegmentMeta};

use super::articles_file;
use crate::corpus::FileStamp;

/// The files of an index, by name, each with the stamp that it had when it was verified or written.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Verified {
    stamps: BTreeMap<String, FileStamp>,
}

/// A difference between a file and its verified stamp.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// The file and what happened to it, for the operator.
    pub what: String,
    /// Whether bytes that a mapping shows may have changed or gone.
    pub reaches_mappings: bool,
}

pub const META: &str = "meta.json";
/// Tantivy's list of the files that it may remove.
pub const MANAGED: &str = ".managed.json";
const VERIFIED: &str = "verified";
const BUFFER: usize = 64 << 10;
/// Length of the end of a footer, which has the length of the footer and a magic number.
const FOOTER_HEAD_BYTES: u64 = 8;
/// Maximum length of the end of a file that is searched for the footer, which takes about 100 bytes.
const MAX_FOOTER_BYTES: u64 = 64 << 10;

impl Verified {
    /// Reads the stamps kept in `dir`; without readable ones the result is empty.
    pub fn read(dir: &Path) -> Verified {
        let Ok(bytes) = fs::read(dir.join(VERIFIED)) else { return Verified::default() };
        let stamps = bytes.split_first_chunk::<32>().and_then(|(hash, body)| {
            let is_whole = blake3::hash(body) == blake3::Hash::from_bytes(*hash);
            is_whole.then(|| postcard::from_bytes(body).ok()).flatten()
        });
        Verified { stamps: stamps.unwrap_or_default() }
    }

    /// Writes the stamps into `dir`.
    pub fn write(&self, dir: &Path) -> io::Result<()> {
        let body = postcard::to_stdvec(&self.stamps).map_err(io::Error::other)?;
        let bytes = [blake3::hash(&body).as_bytes().as_slice(), &body].concat();
        let part = dir.join(format!("{VERIFIED}.new"));
        fs::write(&part, bytes)?;
        fs::rename(part, dir.join(VERIFIED))
    }

    /// Verifies the files of the index in `dir` that do not have the stamp that `known` has of them. `list`
    /// and `articles` are the files of the catalog that belongs to `metas`, which was verified when it was opened. Returns the name of the first damaged file as an error.
    pub fn of(
        dir: &Path,
        metas: &IndexMeta,
        list: &str,
        articles: Option<&str>,
        known: &Verified,
    ) -> Result<Verified, String> {
        let mut stamps = BTreeMap::new();
        for name in segment_files(metas) {
            let path = dir.join(&name);
            // A missing file is an error here: Tantivy opens a segment without its positions. The stamp is taken
            // before the file is read, so that the next look notices a change during the verification.
            let stamp = stamp(&path).map_err(|error| format!("{name}: {error}"))?;
            if known.stamps.get(&name) != Some(&stamp) {
                verify(&path).map_err(|error| format!("{name}: {error}"))?;
            }
            stamps.insert(name, stamp);
        }
        for name in [META, MANAGED, list].into_iter().chain(articles) {
            let stamp = stamp(&dir.join(name)).map_err(|error| format!("{name}: {error}"))?;
            stamps.insert(name.to_owned(), stamp);
        }
        Ok(Verified { stamps })
    }

    /// Takes over the files that an update of this process wrote into `dir`. Files that were there before keep
    /// their stamps, so that a change by another program is still noticed. Returns whether there was an update.
    pub fn follow(
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
        let list = metas.payload.iter().cloned();
        for name in list.chain([MANAGED.to_owned()]) {
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

    /// Returns the files of `dir` that differ from their stamps, without reading them.
    pub fn changes(&self, dir: &Path) -> Vec<Change> {
        let changed = |(name, known): (&String, &FileStamp)| {
            let is_segment = ![META, MANAGED].contains(&name.as_str()) && name.contains('.');
            let is_mapped = is_segment || name.starts_with(articles_file::PREFIX);
            match stamp(&dir.join(name)) {
                Ok(now) if now == *known => None,
                Ok(now) => Some(Change {
                    what: format!("{name} was changed by another program"),
                    reaches_mappings: is_mapped
                        && now.is_same_file(known)
                        && !now.is_unmodified(known),
                }),
                // A mapping keeps the bytes of a file that was removed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    Some(Change { what: format!("{name} is missing"), reaches_mappings: false })
                }
                Err(error) => {
                    Some(Change { what: format!("{name}: {error}"), reaches_mappings: false })
                }
            }
        };
        self.stamps.iter().filter_map(changed).collect()
    }
}

/// Names of the files of all segments, each of which must be there.
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

/// Compares the CRC-32 of a file with that in its footer.
fn verify(path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    // Tantivy subtracts the length of the footer's own head without a look.
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
    let mut reader = BufReader::with_capacity(BUFFER, file).take(body_bytes);
    let mut hasher = crc32fast::Hasher::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    match hasher.finalize() == footer.crc {
        true => Ok(()),
        false => Err(io::Error::other("its checksum does not fit")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::*;
    use crate::index::catalog::Catalog;
    use crate::index::{Index, no_progress};

    /// An index of one article, and the directory of its files.
    fn index() -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let corpus = folder.path().join("corpus");
        fs::create_dir(&corpus).unwrap();
        fs::write(corpus.join("tides.md"), "---\ntitle: Tides\n---\n\nThe tide rises.\n").unwrap();
        drop(
            Index::open(&corpus.as_path().into(), &folder.path().join("data"), no_progress)
                .unwrap(),
        );
        let dir = folder.path().join("data/index");
        (folder, dir)
    }

    fn verified(dir: &Path, known: &Verified) -> Result<Verified, String> {
        let index = tantivy::Index::open_in_dir(dir).unwrap();
        let metas = index.load_metas().unwrap();
        Verified::of(dir, &metas, metas.payload.as_deref().unwrap(), None, known)
    }

    #[test]
    fn index_file_is_read_again_only_if_its_stamp_has_changed() {
        let (_folder, dir) = index();
        let kept = Verified::read(&dir);
        assert_eq!(kept, verified(&dir, &Verified::default()).unwrap());
        assert_eq!(kept.changes(&dir), []);
        let store = kept.stamps.keys().find(|name| name.ends_with(".store")).unwrap().clone();
        let mut file = File::options().write(true).open(dir.join(&store)).unwrap();
        file.seek(SeekFrom::Start(1)).unwrap();
        file.write_all(b"?").unwrap();
        let mut known = kept.clone();
        known.stamps.insert(store.clone(), stamp(&dir.join(&store)).unwrap());
        assert_eq!(known.changes(&dir), [], "its content is not looked at");
        assert!(verified(&dir, &known).is_ok(), "its content is not looked at");
        let told = format!("{store}: its checksum does not fit");
        assert_eq!(verified(&dir, &Verified::default()), Err(told.clone()));
        assert_eq!(Catalog::find(&dir, &known).err(), Some(told), "a small index is read whole");
    }

    #[test]
    fn index_file_that_is_cut_or_missing_is_damaged_whatever_its_length() {
        let (_folder, dir) = index();
        let kept = Verified::read(&dir);
        for name in kept.stamps.keys().filter(|name| name.len() > 36) {
            let path = dir.join(name);
            if !name.contains('.') {
                continue;
            }
            let whole = fs::read(&path).unwrap();
            for length in (0..12).chain([whole.len() / 2, whole.len() - 1]) {
                fs::write(&path, &whole[..length]).unwrap();
                assert!(verified(&dir, &Verified::default()).is_err(), "{name}, {length} bytes");
            }
            fs::remove_file(&path).unwrap();
            assert!(verified(&dir, &Verified::default()).is_err(), "without {name}");
            let missing = Change { what: format!("{name} is missing"), reaches_mappings: false };
            assert!(kept.changes(&dir).contains(&missing));
            fs::write(&path, &whole).unwrap();
            assert!(verified(&dir, &Verified::default()).is_ok());
        }
    }

    #[test]
    fn index_stamps_that_are_torn_are_none() {
        let (_folder, dir) = index();
        let bytes = fs::read(dir.join(VERIFIED)).unwrap();
        for length in [0, 31, 32, bytes.len() - 1] {
            fs::write(dir.join(VERIFIED), &bytes[..length]).unwrap();
            assert_eq!(Verified::read(&dir), Verified::default());
        }
    }
}

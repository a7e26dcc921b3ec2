//! A content-addressed, append-only, memory-mapped file of vectors.
//!
//! Invariants: the mapping covers the file up to the end of its last whole record, and no mapped
//! byte is ever overwritten: records are appended after the mapping, and compaction writes another
//! file. A record is returned only if its hash matches. A torn or damaged record, or one of another
//! origin, is treated as missing; the caller computes the vectors again.
//!
//! If another process truncates the file while it is mapped, reading the mapping raises SIGBUS.
//! Therefore the caller holds the lock of the data directory, or only reads. A reader maps only
//! whole records, and the owner truncates whole records only if the disk is full while they are
//! written. A disk that cannot read a block raises SIGBUS as well.
//!
//! This module never interprets the payloads, and never calls fsync for an append: a kill loses
//! nothing, and a power failure may lose the latest records, which their hashes reveal.

mod layout;

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::iter;
use std::ops::{Deref, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::{Mmap, MmapMut, MmapOptions};
use parking_lot::{Mutex, RwLock};
use rustc_hash::FxHashMap;

pub use layout::ContentKey;
use layout::{Place, UNIT};

/// An open file of vectors.
pub struct VectorFile {
    path: PathBuf,
    header: [u8; UNIT],
    /// Locked while records are written, and always before `contents`. `None` if another process
    /// owns the file.
    writer: Mutex<Option<File>>,
    /// Locked only to look up or to replace a place, never while payloads are read.
    contents: RwLock<Contents>,
}

/// The mapped bytes that are stored under a key, aligned to 64 bytes in memory.
pub struct Record {
    map: Arc<Mmap>,
    payload: Range<usize>,
}

/// The amount of unwanted bytes that makes a compaction worthwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompactWhen {
    /// More than half of the file, and more than a MiB.
    Half,
    Any,
}

struct Contents {
    map: Arc<Mmap>,
    places: FxHashMap<ContentKey, Place>,
}

const BUFFER: usize = 64 << 10;
const SMALL: usize = 1 << 20;

impl VectorFile {
    /// Opens or creates the file. `origin` identifies the model and the format of the vectors.
    ///
    /// An unusable file is replaced by an empty file, with one log line. Only the payload of the
    /// last record is read, since a kill can tear it. A torn or damaged end is truncated.
    pub fn open(path: &Path, origin: &[u8; 32]) -> io::Result<VectorFile> {
        remove_if_exists(&successor(path))?;
        let header = layout::file_header(origin);
        let (file, contents) = match open_existing(path, origin)? {
            Some(existing) => existing,
            None => recreate(path, [header.as_slice()])?,
        };
        Ok(VectorFile {
            path: path.to_owned(),
            header,
            writer: Mutex::new(Some(file)),
            contents: RwLock::new(contents),
        })
    }

    /// Opens the current contents of a file that another process owns. [`VectorFile::append`]
    /// fails. A missing or unusable file has no records.
    pub fn open_read_only(path: &Path, origin: &[u8; 32]) -> io::Result<VectorFile> {
        let contents = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            opened => {
                let file = opened?;
                let found = map(&file, file.metadata()?.len() as usize)?;
                let records = match layout::check_file_header(&found, origin) {
                    Ok(()) => sound_records(&found),
                    Err(_) => Vec::new(),
                };
                let end = end_of(&records);
                (!records.is_empty()).then(|| {
                    let places = records.into_iter().collect();
                    map(&file, end).map(|map| Contents { map, places })
                })
            }
        };
        let contents = match contents.transpose()? {
            Some(contents) => contents,
            None => Contents {
                map: Arc::new(MmapMut::map_anon(UNIT)?.make_read_only()?),
                places: FxHashMap::default(),
            },
        };
        Ok(VectorFile {
            path: path.to_owned(),
            header: layout::file_header(origin),
            writer: Mutex::new(None),
            contents: RwLock::new(contents),
        })
    }

    /// Returns whether there is a record, which may turn out to be damaged when it is read.
    pub fn has(&self, key: &ContentKey) -> bool {
        self.contents.read().places.contains_key(key)
    }

    /// Returns the bytes that were stored last under this key, if their hash matches.
    ///
    /// A damaged record is removed from the look-up, with one log line.
    pub fn get(&self, key: &ContentKey) -> Option<Record> {
        let (map, place) = {
            let contents = self.contents.read();
            (contents.map.clone(), *contents.places.get(key)?)
        };
        self.checked(&map, key, place)
    }

    /// Appends records. Once this returns, a kill of the process does not lose the records.
    ///
    /// On failure none of the records is stored, and earlier records are kept. A payload of 4 GiB
    /// or more is rejected with [`io::ErrorKind::InvalidInput`].
    pub fn append(&self, records: &[(ContentKey, Vec<u8>)]) -> io::Result<()> {
        let headers = records.iter().map(|(key, payload)| layout::record_header(key, payload));
        let headers = headers.collect::<io::Result<Vec<_>>>()?;
        let parts = headers.iter().zip(records).flat_map(|(header, (_, payload))| {
            [header.as_slice(), payload.as_slice(), layout::padding(payload)]
        });

        let writer = self.writer.lock();
        let file = writer.as_ref().ok_or_else(read_only)?;
        let end = self.contents.read().map.len();
        let map = write_from(file, end, parts).inspect_err(|_| {
            // If this fails too, the next append or the next opening truncates the file.
            let _ = file.set_len(end as u64);
        })?;
        let appended = layout::records(&map, end);
        let mut contents = self.contents.write();
        contents.map = map;
        contents.places.extend(appended);
        Ok(())
    }

    /// Removes the unwanted records, if they take as much space as `when` demands.
    ///
    /// The wanted records are written to a new file, which replaces the old file. During a
    /// compaction records can be read, and appending waits. On failure the file stays as it was.
    pub fn compact(
        &self,
        when: CompactWhen,
        is_wanted: impl Fn(&ContentKey) -> bool,
    ) -> io::Result<()> {
        let mut writer = self.writer.lock();
        if writer.is_none() {
            return Err(read_only());
        }
        let (map, wanted) = self.wanted(is_wanted);
        let kept = UNIT + size(&wanted);
        let dropped = map.len() - kept;
        let is_worthwhile = match when {
            CompactWhen::Half => dropped > SMALL && dropped > kept,
            CompactWhen::Any => dropped > 0,
        };
        if !is_worthwhile {
            return Ok(());
        }
        let sound = wanted.iter().filter(|(key, place)| self.checked(&map, key, *place).is_some());
        let sound = sound.map(|(_, place)| &map[place.whole()]);
        let parts = iter::once(self.header.as_slice()).chain(sound);
        let (file, contents) = recreate(&self.path, parts)?;
        *self.contents.write() = contents;
        *writer = Some(file);
        Ok(())
    }

    /// Returns the mapping and the wanted records, in file order.
    fn wanted(
        &self,
        is_wanted: impl Fn(&ContentKey) -> bool,
    ) -> (Arc<Mmap>, Vec<(ContentKey, Place)>) {
        let (map, mut records) = {
            let contents = self.contents.read();
            let places = contents.places.iter().map(|(key, place)| (*key, *place));
            (contents.map.clone(), places.collect::<Vec<_>>())
        };
        records.retain(|(key, _)| is_wanted(key));
        records.sort_unstable_by_key(|(_, place)| place.start);
        (map, records)
    }

    /// Returns the record at `place` if its hash matches. Forgets a damaged record.
    fn checked(&self, map: &Arc<Mmap>, key: &ContentKey, place: Place) -> Option<Record> {
        if layout::is_sound(map, key, place) {
            return Some(Record { map: map.clone(), payload: place.payload() });
        }
        if self.forget(key, place) {
            let file = self.path.display();
            tracing::warn!(%file, position = place.start, "a stored vector is damaged and will be computed again");
        }
        None
    }

    /// Removes a record from the look-up. Returns `false` if another record has replaced it, or if
    /// it was removed before.
    fn forget(&self, key: &ContentKey, place: Place) -> bool {
        let mut contents = self.contents.write();
        let is_there = contents.places.get(key) == Some(&place);
        if is_there {
            contents.places.remove(key);
        }
        is_there
    }
}

impl Deref for Record {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map[self.payload.clone()]
    }
}

/// Opens an existing file and truncates a damaged end. Returns `None` if the file is missing
/// or unusable.
fn open_existing(path: &Path, origin: &[u8; 32]) -> io::Result<Option<(File, Contents)>> {
    let file = match File::options().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let found = map_all(&file)?;
    if let Err(problem) = layout::check_file_header(&found, origin) {
        let file = path.display();
        tracing::warn!(%file, %problem, "a vector file cannot be used and is replaced by an empty file");
        return Ok(None);
    }
    let records = sound_records(&found);

    let lost = found.len() - UNIT - size(&records);
    if lost > 0 {
        let file = path.display();
        tracing::warn!(%file, bytes = lost, "a damaged part of a vector file is ignored");
    }
    let end = end_of(&records);
    // Reading a mapping beyond the end of its file would raise SIGBUS.
    drop(found);
    file.set_len(end as u64)?;
    let contents = Contents { map: map_all(&file)?, places: records.into_iter().collect() };
    Ok(Some((file, contents)))
}

/// Returns the records of a file, without torn or damaged records at its end.
fn sound_records(file: &[u8]) -> Vec<(ContentKey, Place)> {
    let mut records = layout::records(file, UNIT);
    while records.pop_if(|(key, place)| !layout::is_sound(file, key, *place)).is_some() {}
    records
}

/// Returns the end of the last of these records in its file, in bytes.
fn end_of(records: &[(ContentKey, Place)]) -> usize {
    records.last().map_or(UNIT, |(_, place)| place.whole().end)
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "another process owns these vectors")
}

/// Writes a header and whole records to a temporary file, and renames the file to `path`.
fn recreate<'a>(
    path: &Path,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> io::Result<(File, Contents)> {
    let temporary = successor(path);
    let write = || {
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(true).open(&temporary)?;
        let map = write_from(&file, 0, parts)?;
        let places: FxHashMap<_, _> = layout::records(&map, UNIT).into_iter().collect();
        if !places.is_empty() {
            // After a power failure the file must have the old or the new records.
            file.sync_all()?;
        }
        fs::rename(&temporary, path)?;
        Ok((file, Contents { map, places }))
    };
    write().inspect_err(|_| {
        // If this fails too, the next opening removes it.
        let _ = remove_if_exists(&temporary);
    })
}

/// Truncates the file to `end` bytes, which removes the rest of a failed append, writes `parts` and
/// maps the whole file.
fn write_from<'a>(
    file: &File,
    end: usize,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> io::Result<Arc<Mmap>> {
    file.set_len(end as u64)?;
    let mut out = BufWriter::with_capacity(BUFFER, file);
    out.seek(SeekFrom::Start(end as u64))?;
    for part in parts {
        out.write_all(part)?;
    }
    out.flush()?;
    map_all(file)
}

fn map_all(file: &File) -> io::Result<Arc<Mmap>> {
    map(file, file.metadata()?.len() as usize)
}

/// Maps the first `bytes` bytes of a file.
#[expect(unsafe_code, reason = "the vector file is mapped instead of read")]
fn map(file: &File, bytes: usize) -> io::Result<Arc<Mmap>> {
    // SAFETY: the mapped bytes do not change: the owner of the file writes after its whole records
    // only, and the caller's lock excludes other owners.
    let map = unsafe { MmapOptions::new().len(bytes).map(file)? };
    Ok(Arc::new(map))
}

fn size(records: &[(ContentKey, Place)]) -> usize {
    records.iter().map(|(_, place)| place.whole().len()).sum()
}

/// Returns the path of the temporary file that replaces the file at `path`.
fn successor(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn remove_if_exists(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
impl VectorFile {
    fn len(&self) -> usize {
        self.contents.read().places.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the size of the file, in bytes.
    fn bytes(&self) -> u64 {
        self.contents.read().map.len() as u64
    }
}

#[cfg(test)]
mod tests;

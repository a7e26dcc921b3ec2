//! Keeps vectors by the content they were computed from, in one file that only grows and is never
//! trusted.
//!
//! Invariants: the mapping covers the file up to the end of its last whole record, and no byte under
//! a mapping is ever written again: records are appended behind it, and compaction makes another file.
//! Nothing is handed out whose hash does not fit. What is lost (torn, damaged, of another origin) is
//! as if it had never been stored; the caller computes it again.
//!
//! A file that another process cuts while it is mapped would end this one with SIGBUS: the caller
//! holds the lock of the data directory, or only reads. A reader maps no more than whole records, which the owner
//! cuts only if the disk is full at that moment. A disk that cannot read back what it has is a SIGBUS, too.
//!
//! Never here: what the bytes mean; an fsync for each append (a kill loses nothing, a power failure
//! may lose the latest records, which their hashes then say).

mod layout;

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::iter;
use std::ops::{Deref, Range};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use memmap2::{Mmap, MmapMut, MmapOptions};
use rustc_hash::FxHashMap;

pub use layout::ContentKey;
use layout::{Place, UNIT};

/// An open file of vectors.
pub struct VectorFile {
    path: PathBuf,
    head: [u8; UNIT],
    /// Locked before `contents` where both are, and for as long as records are written. `None` if another
    /// process owns the file.
    writer: Mutex<Option<File>>,
    /// Locked only to look up or to exchange, never while bytes are read.
    contents: RwLock<Contents>,
}

/// The bytes stored under a key, without a copy; they begin at a multiple of 64 bytes in memory.
pub struct Record {
    map: Arc<Mmap>,
    payload: Range<usize>,
}

/// How much must be unwanted for a file to be written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompactWhen {
    /// More than half, and more than a MiB.
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
    /// Opens the file, or makes it; `origin` says which model and which form of vectors it holds.
    ///
    /// A file that cannot be used is begun anew, with one log line. Only the last record's payload is
    /// read, the one that a kill can tear; a torn or damaged end is cut off.
    pub fn open(path: &Path, origin: &[u8; 32]) -> io::Result<VectorFile> {
        remove_if_there(&successor(path))?;
        let head = layout::file_head(origin);
        let (file, contents) = match open_existing(path, origin)? {
            Some(existing) => existing,
            None => recreate(path, [head.as_slice()])?,
        };
        Ok(VectorFile {
            path: path.to_owned(),
            head,
            writer: Mutex::new(Some(file)),
            contents: RwLock::new(contents),
        })
    }

    /// Opens the file that another process owns, to read it as it is now: [`VectorFile::append`] fails. A file
    /// that is missing or cannot be used has no record.
    pub fn open_to_read(path: &Path, origin: &[u8; 32]) -> io::Result<VectorFile> {
        let contents = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            opened => {
                let file = opened?;
                let found = map(&file, file.metadata()?.len() as usize)?;
                let records = match layout::check_file_head(&found, origin) {
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
            head: layout::file_head(origin),
            writer: Mutex::new(None),
            contents: RwLock::new(contents),
        })
    }

    /// Whether there is a record; it may turn out to be damaged when it is read.
    pub fn has(&self, key: &ContentKey) -> bool {
        self.contents().places.contains_key(key)
    }

    /// The bytes stored last under this key, if their hash fits.
    ///
    /// A damaged record is forgotten, with one log line, so that it is computed again.
    pub fn get(&self, key: &ContentKey) -> Option<Record> {
        let (map, place) = {
            let contents = self.contents();
            (contents.map.clone(), *contents.places.get(key)?)
        };
        self.checked(&map, key, place)
    }

    /// Appends records; from then on they are read, and survive a kill of the process.
    ///
    /// If that fails, none of them is stored and those before stay as they are. A payload of 4 GiB or
    /// more is refused with [`io::ErrorKind::InvalidInput`].
    pub fn append(&self, records: &[(ContentKey, Vec<u8>)]) -> io::Result<()> {
        let heads = records.iter().map(|(key, payload)| layout::record_head(key, payload));
        let heads = heads.collect::<io::Result<Vec<_>>>()?;
        let parts = heads.iter().zip(records).flat_map(|(head, (_, payload))| {
            [head.as_slice(), payload.as_slice(), layout::padding(payload)]
        });

        let writer = self.writer();
        let file = writer.as_ref().ok_or_else(read_only)?;
        let end = self.contents().map.len();
        let map = write_behind(file, end, parts).inspect_err(|_| {
            // If this fails too, the next append or the next opening cuts the file.
            let _ = file.set_len(end as u64);
        })?;
        let appended = layout::records(&map, end);
        let mut contents = self.contents_to_change();
        contents.map = map;
        contents.places.extend(appended);
        Ok(())
    }

    /// Drops what is not wanted, if that is worth it.
    ///
    /// The wanted records are written to a new file, which then takes the old one's place; meanwhile
    /// records are read, and appending waits. If that fails, everything stays as it is.
    pub fn compact(
        &self,
        worth: CompactWhen,
        is_wanted: impl Fn(&ContentKey) -> bool,
    ) -> io::Result<()> {
        let mut writer = self.writer();
        if writer.is_none() {
            return Err(read_only());
        }
        let (map, wanted) = self.wanted(is_wanted);
        let kept = UNIT + size(&wanted);
        let dropped = map.len() - kept;
        let is_worth_it = match worth {
            CompactWhen::Half => dropped > SMALL && dropped > kept,
            CompactWhen::Any => dropped > 0,
        };
        if !is_worth_it {
            return Ok(());
        }
        let sound = wanted.iter().filter(|(key, place)| self.checked(&map, key, *place).is_some());
        let sound = sound.map(|(_, place)| &map[place.whole()]);
        let parts = iter::once(self.head.as_slice()).chain(sound);
        let (file, contents) = recreate(&self.path, parts)?;
        *self.contents_to_change() = contents;
        *writer = Some(file);
        Ok(())
    }

    /// The wanted records, in the file's order.
    fn wanted(
        &self,
        is_wanted: impl Fn(&ContentKey) -> bool,
    ) -> (Arc<Mmap>, Vec<(ContentKey, Place)>) {
        let (map, mut records) = {
            let contents = self.contents();
            let places = contents.places.iter().map(|(key, place)| (*key, *place));
            (contents.map.clone(), places.collect::<Vec<_>>())
        };
        records.retain(|(key, _)| is_wanted(key));
        records.sort_unstable_by_key(|(_, place)| place.start);
        (map, records)
    }

    fn checked(&self, map: &Arc<Mmap>, key: &ContentKey, place: Place) -> Option<Record> {
        if layout::is_sound(map, key, place) {
            return Some(Record { map: map.clone(), payload: place.payload() });
        }
        if self.forget(key, place) {
            let file = self.path.display();
            tracing::warn!(%file, position = place.start, "a damaged vector is to be computed again");
        }
        None
    }

    /// `false` if another record has taken its place by now, or if it is forgotten already.
    fn forget(&self, key: &ContentKey, place: Place) -> bool {
        let mut contents = self.contents_to_change();
        let is_there = contents.places.get(key) == Some(&place);
        if is_there {
            contents.places.remove(key);
        }
        is_there
    }

    // A lock is usable after a panic: at no moment does a place lie outside the mapping, and writing
    // begins with cutting the file to where it was.

    fn writer(&self) -> MutexGuard<'_, Option<File>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn contents(&self) -> RwLockReadGuard<'_, Contents> {
        self.contents.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn contents_to_change(&self) -> RwLockWriteGuard<'_, Contents> {
        self.contents.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for Record {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map[self.payload.clone()]
    }
}

/// `None` if there is no file that can be used.
fn open_existing(path: &Path, origin: &[u8; 32]) -> io::Result<Option<(File, Contents)>> {
    let file = match File::options().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let found = map_all(&file)?;
    if let Err(problem) = layout::check_file_head(&found, origin) {
        let file = path.display();
        tracing::warn!(%file, %problem, "a file of vectors cannot be used and is begun anew");
        return Ok(None);
    }
    let records = sound_records(&found);

    let lost = found.len() - UNIT - size(&records);
    if lost > 0 {
        let file = path.display();
        tracing::warn!(%file, bytes = lost, "a damaged part of a file of vectors is left out");
    }
    let end = end_of(&records);
    // A mapping longer than its file must not be touched.
    drop(found);
    file.set_len(end as u64)?;
    let contents = Contents { map: map_all(&file)?, places: records.into_iter().collect() };
    Ok(Some((file, contents)))
}

/// The records of a file without those at its end that are torn or damaged.
fn sound_records(file: &[u8]) -> Vec<(ContentKey, Place)> {
    let mut records = layout::records(file, UNIT);
    while records.pop_if(|(key, place)| !layout::is_sound(file, key, *place)).is_some() {}
    records
}

/// Where the last of these records ends in its file.
fn end_of(records: &[(ContentKey, Place)]) -> usize {
    records.last().map_or(UNIT, |(_, place)| place.whole().end)
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "another process owns these vectors")
}

/// Makes a file of a head and whole records beside `path`, and puts it there.
fn recreate<'a>(
    path: &Path,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> io::Result<(File, Contents)> {
    let beside = successor(path);
    let begin = || {
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(true).open(&beside)?;
        let map = write_behind(&file, 0, parts)?;
        let places: FxHashMap<_, _> = layout::records(&map, UNIT).into_iter().collect();
        if !places.is_empty() {
            // A power failure must not leave the new name with none of the old records.
            file.sync_all()?;
        }
        fs::rename(&beside, path)?;
        Ok((file, Contents { map, places }))
    };
    begin().inspect_err(|_| {
        // If this fails too, the next opening removes it.
        let _ = remove_if_there(&beside);
    })
}

/// Writes from `end` on, where nothing is left of an append that failed, and maps it all.
fn write_behind<'a>(
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

/// Maps the first bytes of a file.
#[expect(unsafe_code, reason = "the file of vectors is mapped instead of read")]
fn map(file: &File, bytes: usize) -> io::Result<Arc<Mmap>> {
    // SAFETY: what is mapped does not change, as nobody writes there: the owner of the file writes behind
    // whole records only, and other owners are kept away by the caller's lock.
    let map = unsafe { MmapOptions::new().len(bytes).map(file)? };
    Ok(Arc::new(map))
}

fn size(records: &[(ContentKey, Place)]) -> usize {
    records.iter().map(|(_, place)| place.whole().len()).sum()
}

/// Where the file is written that takes this one's place.
fn successor(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
impl VectorFile {
    fn len(&self) -> usize {
        self.contents().places.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The size of the file.
    fn bytes(&self) -> u64 {
        self.contents().map.len() as u64
    }
}

#[cfg(test)]
mod tests;

//! Stamps of the open files, by which the store notices that another program removed, replaced or
//! cut one.
//!
//! Invariant: a file of the store is never opened here while SQLite has it open, since closing it
//! would drop SQLite's locks (POSIX `fcntl` locks belong to the process). Only metadata is read.

use std::fmt;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::files::{COMPANIONS, companion};

/// Change of an open file by another program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Displacement {
    Removed,
    /// Another file has its name.
    Replaced,
    /// The file is shorter than before.
    Cut,
}

/// Identity and length of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    /// Device and inode.
    id: (u64, u64),
    bytes: u64,
}

/// Last stamps of the open database, its log and the log's index. The latter two are missing on a
/// file system that cannot have a write-ahead log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamps([Option<Stamp>; 3]);

impl Stamps {
    /// Reads the stamps of the files at the store's path. Fails if there is no database.
    pub fn read(path: &Path) -> io::Result<Stamps> {
        let [database, log, index] = all(path);
        let found = Stamp::of(&fs::metadata(database)?);
        let [log, index] =
            [log, index].map(|path| fs::metadata(path).ok().map(|found| Stamp::of(&found)));
        Ok(Stamps([Some(found), log, index]))
    }

    /// Returns the first file that another program has changed, with the kind of the change, and
    /// updates the stamps of files that have grown.
    pub fn displaced(&mut self, path: &Path) -> Option<(PathBuf, Displacement)> {
        for (known, path) in self.known(path) {
            // Missing permission to search the directory looks like a removed file.
            let Ok(found) = fs::metadata(&path) else {
                return Some((path, Displacement::Removed));
            };
            let found = Stamp::of(&found);
            if found.id != known.id {
                return Some((path, Displacement::Replaced));
            }
            if found.bytes < known.bytes {
                return Some((path, Displacement::Cut));
            }
            *known = found;
        }
        None
    }

    /// Updates the stamps of files that the store itself has shortened.
    pub fn shrink(&mut self, path: &Path) {
        for (known, path) in self.known(path) {
            if let Ok(found) = fs::metadata(&path).as_ref().map(Stamp::of)
                && found.id == known.id
            {
                *known = found;
            }
        }
    }

    /// Returns the known stamps with the paths of their files.
    fn known(&mut self, path: &Path) -> impl Iterator<Item = (&mut Stamp, PathBuf)> {
        let known = self.0.iter_mut().zip(all(path));
        known.filter_map(|(known, path)| Some((known.as_mut()?, path)))
    }
}

/// Returns the paths of the database, its log and the log's index.
fn all(path: &Path) -> [PathBuf; 3] {
    ["", COMPANIONS[0], COMPANIONS[1]].map(|suffix| companion(path, suffix))
}

impl Stamp {
    /// Reads the stamp from metadata.
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Stamp {
        use std::os::unix::fs::MetadataExt;
        Stamp { id: (metadata.dev(), metadata.ino()), bytes: metadata.len() }
    }

    /// Reads the stamp from metadata, without an identity: other systems neither remove nor replace
    /// an open file.
    #[cfg(not(unix))]
    fn of(metadata: &Metadata) -> Stamp {
        Stamp { id: (0, 0), bytes: metadata.len() }
    }
}

impl fmt::Display for Displacement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Displacement::Removed => "was removed",
            Displacement::Replaced => "was replaced by another file",
            Displacement::Cut => "was cut short",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::FILE;
    use super::*;

    #[test]
    fn stamps_notice_files_that_were_cut_removed_or_replaced() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join(FILE);
        let all = ["", "-wal", "-shm"].map(|suffix| companion(&path, suffix));
        for (position, damaged) in all.iter().enumerate() {
            let begin = || {
                all.iter().for_each(|file| fs::write(file, "some bytes").unwrap());
                Stamps::read(&path).unwrap()
            };
            let mut stamps = begin();
            assert_eq!(stamps.displaced(&path), None);
            fs::write(damaged, "some more bytes").unwrap();
            assert_eq!(stamps.displaced(&path), None, "{position}");
            fs::write(damaged, "some bytes").unwrap();
            let cut = stamps.displaced(&path);
            assert_eq!(cut, Some((damaged.clone(), Displacement::Cut)), "{position}");
            let mut stamps = begin();
            fs::rename(damaged, data.path().join("elsewhere")).unwrap();
            let removed = stamps.displaced(&path);
            assert_eq!(removed, Some((damaged.clone(), Displacement::Removed)), "{position}");
            fs::write(damaged, "other bytes, more of them").unwrap();
            let replaced = stamps.displaced(&path);
            assert_eq!(replaced, Some((damaged.clone(), Displacement::Replaced)), "{position}");
        }
    }
}

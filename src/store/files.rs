//! The files of the store: who may read them, and whether the open ones are still those at their paths.
//!
//! Invariant: a file of the store is never opened here while SQLite has it open, since closing it would
//! drop the locks that SQLite holds (POSIX `fcntl` locks belong to the process). Only its metadata is read.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::FILE;

/// Suffixes of the write-ahead log and of its index, which SQLite keeps next to the database.
pub(super) const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// What follows the store's name in the name of a copy that was put aside.
const ASIDE: &str = ".broken-";
/// Suffix of a store that is being written and does not have its own name yet.
const PART: &str = ".part";

/// What happened to a file of the open store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Displacement {
    Removed,
    /// Another file has its name.
    Replaced,
    /// It is shorter than it was.
    Cut,
}

/// Identity and length of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    /// Device and inode.
    id: (u64, u64),
    bytes: u64,
}

/// The open database, its log and the log's index, as they were when they were last looked at. Where the
/// file system knows no write-ahead log, only the database is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamps([Option<Stamp>; 3]);

impl Stamps {
    /// Reads the stamps of the files at the store's path. An error if there is no database.
    pub fn read(path: &Path) -> io::Result<Stamps> {
        let [database, log, index] = all(path);
        let found = Stamp::of(&fs::metadata(database)?);
        let [log, index] =
            [log, index].map(|path| fs::metadata(path).ok().map(|found| Stamp::of(&found)));
        Ok(Stamps([Some(found), log, index]))
    }

    /// Returns the first file that is not what it was, with what happened to it; remembers the lengths of
    /// files that have grown.
    pub fn displaced(&mut self, path: &Path) -> Option<(PathBuf, Displacement)> {
        for (known, path) in self.known(path) {
            // A directory that may not be searched hides a file as well as its removal does.
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

    /// Remembers the lengths of files that have become shorter by the store's own work.
    pub fn shrink(&mut self, path: &Path) {
        for (known, path) in self.known(path) {
            if let Ok(found) = fs::metadata(&path).as_ref().map(Stamp::of)
                && found.id == known.id
            {
                *known = found;
            }
        }
    }

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
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Stamp {
        use std::os::unix::fs::MetadataExt;
        Stamp { id: (metadata.dev(), metadata.ino()), bytes: metadata.len() }
    }

    /// Elsewhere a file that is open can be neither removed nor replaced.
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

/// Returns the path with a suffix behind its name.
pub(super) fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsStr::to_os_string);
    name.push(suffix);
    path.with_file_name(name)
}

/// Returns where a store is written that does not have its own name yet.
pub(super) fn part(path: &Path) -> PathBuf {
    companion(path, PART)
}

/// Returns the length of a file, 0 if it is missing.
pub(super) fn bytes(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

/// Moves a store that cannot be used out of the way, with its companions, under the first free name.
pub(super) fn put_aside(path: &Path) -> PathBuf {
    let name = |number: u32| companion(path, &format!("{ASIDE}{number}"));
    let is_free = |aside: &PathBuf| {
        !aside.exists() && COMPANIONS.iter().all(|suffix| !companion(aside, suffix).exists())
    };
    let free = (1..).map(name).find(is_free).unwrap_or_else(|| name(0));
    let moved = [""].iter().chain(&COMPANIONS).map(|suffix| {
        match fs::rename(companion(path, suffix), companion(&free, suffix)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            moved => moved,
        }
    });
    if let Err(error) = moved.collect::<io::Result<()>>() {
        tracing::error!(%error, "a store that cannot be used could not be put aside");
    }
    free
}

/// Removes the companions of a store that is not open.
pub(super) fn remove_companions(path: &Path) -> io::Result<()> {
    COMPANIONS.iter().try_for_each(|suffix| remove(&companion(path, suffix)))
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes the copies that were put aside before `oldest` (Unix seconds), or all without it. Returns how
/// many files were removed.
pub(super) fn remove_aside(path: &Path, oldest: Option<i64>) -> usize {
    let prefix = format!("{FILE}{ASIDE}");
    let is_old = |entry: &fs::DirEntry| {
        let Some(oldest) = oldest else { return true };
        let changed = entry.metadata().ok().map(|found| changed_at(&found));
        changed.is_some_and(|changed| changed < oldest)
    };
    let entries = path.parent().and_then(|data| fs::read_dir(data).ok());
    let copies = entries.into_iter().flatten().flatten().filter(|entry| {
        entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix)) && is_old(entry)
    });
    let removed = copies.map(|copy| match fs::remove_file(copy.path()) {
        Ok(()) => 1,
        Err(error) => {
            let file = copy.path();
            tracing::warn!(file = %file.display(), %error, "a copy of a store could not be removed");
            0
        }
    });
    removed.sum()
}

/// Returns when a file was moved, or changed otherwise, in Unix seconds.
#[cfg(unix)]
fn changed_at(found: &Metadata) -> i64 {
    std::os::unix::fs::MetadataExt::ctime(found)
}

#[cfg(not(unix))]
fn changed_at(found: &Metadata) -> i64 {
    let changed = found.modified().ok();
    let age = changed.and_then(|at| at.duration_since(std::time::SystemTime::UNIX_EPOCH).ok());
    age.map_or(i64::MAX, |age| age.as_secs() as i64)
}

/// Makes an empty file that nobody else can read, unless there is a file.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        opened => opened.map(drop),
    }
}

/// Makes a directory that nobody else can search, with its parents, unless it is there.
pub(super) fn make_private_directory(data: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)
}

/// Takes the data directory, and what the program keeps in it, away from everybody but its owner. A directory
/// that has directories of other programs, such as `/` or a home directory, or that belongs to another user is
/// left as it is, and the log says so.
#[cfg(unix)]
pub(super) fn tighten(data: &Path) {
    use std::os::unix::fs::MetadataExt;

    /// What others may do.
    const OTHERS: u32 = 0o077;
    /// Set on directories such as `/tmp`, which are everybody's.
    const STICKY: u32 = 0o1000;
    let Ok(found) = fs::metadata(data) else { return };
    let entries = || fs::read_dir(data).into_iter().flatten().flatten();
    if found.mode() & OTHERS != 0 {
        let is_shared = found.mode() & STICKY != 0
            || entries().any(|entry| entry.path().is_dir() && !may_be_in_data(&entry.file_name()));
        let narrow = || match is_shared {
            false => fs::set_permissions(data, narrowed(&found)),
            true => Err(io::Error::other("it has directories of other programs")),
        };
        match narrow() {
            Ok(()) => tracing::info!(
                data = %data.display(),
                "other users could read the data directory and cannot any more"
            ),
            Err(error) => tracing::warn!(
                data = %data.display(),
                %error,
                "other users can read the data directory; make it one of mode 0700 that belongs to \
                 the user of this program"
            ),
        }
    }
    for entry in entries().filter(|entry| is_ours(&entry.file_name())) {
        for found in walkdir::WalkDir::new(entry.path()).into_iter().flatten() {
            let Ok(metadata) = found.metadata() else { continue };
            let is_link = metadata.file_type().is_symlink();
            if !is_link && metadata.mode() & OTHERS != 0 {
                // A file of somebody else stays theirs; the directory keeps others out.
                let _ = fs::set_permissions(found.path(), narrowed(&metadata));
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) fn tighten(_: &Path) {}

/// Returns a file's permissions without those of everybody but its owner.
#[cfg(unix)]
fn narrowed(found: &Metadata) -> fs::Permissions {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    fs::Permissions::from_mode(found.mode() & 0o7700)
}

/// Returns whether a data directory that no other program uses may have a directory of this name.
#[cfg(unix)]
fn may_be_in_data(name: &OsStr) -> bool {
    is_ours(name) || ["model", "lost+found"].iter().any(|known| name == *known)
}

/// Returns whether the program itself has made a file or directory of this name in the data directory.
#[cfg(unix)]
fn is_ours(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(FILE) || ["index", "vectors", "lock", "chat-history"].contains(&&*name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_not_what_they_were_are_noticed() {
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

    #[test]
    fn copies_put_aside_keep_their_log_and_are_removed_together() {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join(FILE);
        for number in 1..=2 {
            fs::write(&path, "broken").unwrap();
            fs::write(companion(&path, "-wal"), "its log").unwrap();
            assert_eq!(put_aside(&path), companion(&path, &format!(".broken-{number}")));
        }
        fs::write(companion(&path, "-wal"), "a log alone").unwrap();
        let third = put_aside(&path);
        assert!(companion(&third, "-wal").exists() && !third.exists());
        fs::write(&path, "sound").unwrap();
        assert_eq!(remove_aside(&path, Some(0)), 0);
        assert_eq!(remove_aside(&path, None), 5);
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1);
    }
}

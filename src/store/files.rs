//! Names and permissions of the files in the data directory.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Name of the database in the data directory.
pub(super) const FILE: &str = "verbatim.sqlite";
/// Suffixes of the write-ahead log and its index, which SQLite keeps next to the database.
pub(super) const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// Suffix of an unusable store that was put aside, before its number.
const ASIDE: &str = ".broken-";
/// Suffix of an export on its way to standard output, before random characters.
const EXPORT: &str = ".export-";
/// Suffix of a store that is being written and does not have its final name yet.
const PART: &str = ".part";

/// Returns the path with a suffix after its file name.
pub(super) fn companion(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().map_or_else(OsString::new, OsStr::to_os_string);
    name.push(suffix);
    path.with_file_name(name)
}

/// Returns the path of a store that is being written and does not have its final name yet.
pub(super) fn part(path: &Path) -> PathBuf {
    companion(path, PART)
}

/// Returns the length of a file in bytes, or 0 if it is missing.
pub(super) fn bytes(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

/// Renames an unusable store and its companions to the first free name, which is returned.
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
        tracing::error!(%error, "an unusable store could not be put aside");
    }
    free
}

/// Removes the companions of a store that is not open.
pub(super) fn remove_companions(path: &Path) -> io::Result<()> {
    COMPANIONS.iter().try_for_each(|suffix| remove(&companion(path, suffix)))
}

/// Removes a file, if it exists.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes copies of a store, those put aside and those of killed exports: all of them, or only
/// those from before `oldest` (Unix seconds). Returns how many files were removed.
pub(super) fn remove_aside(path: &Path, oldest: Option<i64>) -> usize {
    let prefixes = [ASIDE, EXPORT].map(|suffix| format!("{FILE}{suffix}"));
    let is_copy = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let is_old = |entry: &fs::DirEntry| {
        let Some(oldest) = oldest else { return true };
        let changed = entry.metadata().ok().map(|found| changed_at(&found));
        changed.is_some_and(|changed| changed < oldest)
    };
    let entries = path.parent().and_then(|data| fs::read_dir(data).ok());
    let copies = entries
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_copy) && is_old(entry));
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

/// Returns when a file was moved or changed, in Unix seconds.
#[cfg(unix)]
fn changed_at(found: &Metadata) -> i64 {
    std::os::unix::fs::MetadataExt::ctime(found)
}

/// Returns when a file was changed, in Unix seconds.
#[cfg(not(unix))]
fn changed_at(found: &Metadata) -> i64 {
    let changed = found.modified().ok();
    let age = changed.and_then(|at| at.duration_since(std::time::SystemTime::UNIX_EPOCH).ok());
    age.map_or(i64::MAX, |age| age.as_secs() as i64)
}

/// Creates an empty file that only its owner can read, if there is no file.
pub(super) fn create_private(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        opened => opened.map(drop),
    }
}

/// Creates an empty file in the data directory that only its owner can read. Dropping it removes
/// it.
pub(super) fn new_export(data: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(&format!("{FILE}{EXPORT}")).tempfile_in(data)
}

/// Creates a directory that only its owner can search, and its parents, if there is none.
pub(super) fn create_private_directory(data: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)
}

/// Restricts the data directory, and the program's files in it, to their owner. A directory that
/// has directories of other programs, such as `/` or a home directory, or that belongs to another
/// user, stays as it is, with a warning in the log.
#[cfg(unix)]
pub(super) fn restrict_to_owner(data: &Path) {
    use std::os::unix::fs::MetadataExt;

    /// Permissions of the group and of all others.
    const OTHERS: u32 = 0o077;
    /// Mode bit of shared directories such as `/tmp`.
    const STICKY: u32 = 0o1000;
    let Ok(found) = fs::metadata(data) else { return };
    let entries = || fs::read_dir(data).into_iter().flatten().flatten();
    if found.mode() & OTHERS != 0 {
        let is_shared = found.mode() & STICKY != 0
            || entries().any(|entry| entry.path().is_dir() && !may_be_in_data(&entry.file_name()));
        let restrict = || match is_shared {
            false => fs::set_permissions(data, only_for_owner(&found)),
            true => Err(io::Error::other("it has directories of other programs")),
        };
        match restrict() {
            Ok(()) => tracing::info!(
                data = %data.display(),
                "other users could read the data directory and cannot any more"
            ),
            Err(error) => tracing::warn!(
                data = %data.display(),
                %error,
                "other users can read the data directory; use a directory with mode 0700 that belongs to \
                 the user of this program"
            ),
        }
    }
    for entry in entries().filter(|entry| is_of_program(&entry.file_name())) {
        for found in walkdir::WalkDir::new(entry.path()).into_iter().flatten() {
            let Ok(metadata) = found.metadata() else { continue };
            let is_link = metadata.file_type().is_symlink();
            if !is_link && metadata.mode() & OTHERS != 0 {
                // This fails for a file of another user, which the directory protects.
                let _ = fs::set_permissions(found.path(), only_for_owner(&metadata));
            }
        }
    }
}

/// Does nothing where the system has no such permissions.
#[cfg(not(unix))]
pub(super) fn restrict_to_owner(_: &Path) {}

/// Returns a file's permissions without those of the group and of all others.
#[cfg(unix)]
fn only_for_owner(found: &Metadata) -> fs::Permissions {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    fs::Permissions::from_mode(found.mode() & 0o7700)
}

/// Returns whether a data directory that no other program uses may have a directory of this name.
#[cfg(unix)]
fn may_be_in_data(name: &OsStr) -> bool {
    is_of_program(name) || ["model", "lost+found"].iter().any(|known| name == *known)
}

/// Returns whether the program makes files or directories of this name in the data directory.
#[cfg(unix)]
fn is_of_program(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(FILE) || ["index", "vectors", "lock", "chat-history"].contains(&&*name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn put_aside_keeps_the_log_with_its_store() {
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

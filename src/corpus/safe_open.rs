//! File access beneath a directory without following symbolic links, like `openat2` with
//! `RESOLVE_BENEATH` and `RESOLVE_NO_SYMLINKS`.
//!
//! A path is opened component by component, each relative to the open parent. A link or a named
//! pipe that replaces a component at any moment is therefore an error. The path of the root
//! directory itself may contain links.

use std::fs::File;
use std::io;
use std::path::{Component, Path};

/// Opens a regular file for reading. `file` is relative to `root`.
#[cfg(unix)]
pub fn open(root: &Path, file: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, openat};
    let (parent, name) = open_parent(root, file)?;
    // Without `NONBLOCK`, opening a named pipe waits for a writer.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::from(openat(&parent, name, flags | OFlags::CLOEXEC, Mode::empty())?);
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
    }
}

/// Name prefix of a temporary file: hidden, so that no scan reads the file.
const TEMPORARY_PREFIX: &str = ".unfinished-";
/// Permissions of a new file and of a new directory.
#[cfg(unix)]
const FILE_MODE: u32 = 0o644;
#[cfg(unix)]
const DIRECTORY_MODE: u32 = 0o755;

/// Writes a file durably, or replaces the file of this name: a reader sees the old content or the
/// new content. Creates missing directories. `file` is relative to `root`. A symbolic link of this
/// name is replaced, not followed.
#[cfg(unix)]
pub fn replace(root: &Path, file: &Path, content: &[u8]) -> io::Result<()> {
    use std::io::Write;

    use rustix::fs::{AtFlags, Mode, OFlags, openat, renameat, unlinkat};
    let (parent, name) = create_parent(root, file)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let temporary = format!("{TEMPORARY_PREFIX}{:016x}", fastrand::u64(..));
    let mut new = File::from(openat(&parent, &*temporary, flags, Mode::from_raw_mode(FILE_MODE))?);
    let written = new
        .write_all(content)
        .and_then(|()| rustix::fs::fchmod(&new, Mode::from_raw_mode(FILE_MODE)).map_err(Into::into))
        .and_then(|()| new.sync_all())
        .and_then(|()| Ok(renameat(&parent, &*temporary, &parent, name)?));
    if written.is_err() {
        // The error of the write is reported; a file that is left over is hidden.
        let _ = unlinkat(&parent, &*temporary, AtFlags::empty());
    }
    written
}

/// Opens the parent directory of `file`, whose missing directories are created.
#[cfg(unix)]
fn create_parent<'a>(
    root: &Path,
    file: &'a Path,
) -> io::Result<(std::os::fd::OwnedFd, &'a std::ffi::OsStr)> {
    use rustix::fs::{Mode, OFlags, fchmod, mkdirat, openat};
    use rustix::io::Errno;
    let mut names = components(file)?;
    let name = names.pop().ok_or(io::ErrorKind::InvalidInput)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mode = Mode::from_raw_mode(DIRECTORY_MODE);
    let mut parent = rustix::fs::open(root, flags - OFlags::NOFOLLOW, Mode::empty())?;
    for name in names {
        let is_new = match mkdirat(&parent, name, mode) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(error) => return Err(error.into()),
        };
        parent = openat(&parent, name, flags, Mode::empty())?;
        if is_new {
            fchmod(&parent, mode)?;
        }
    }
    Ok((parent, name))
}

/// Removes a file. `file` is relative to `root`. For a symbolic link, removes the link only.
#[cfg(unix)]
pub fn remove(root: &Path, file: &Path) -> io::Result<()> {
    let (parent, name) = open_parent(root, file)?;
    Ok(rustix::fs::unlinkat(&parent, name, rustix::fs::AtFlags::empty())?)
}

/// Opens the parent directory of `file`. Returns the directory and the last component of `file`.
#[cfg(unix)]
fn open_parent<'a>(
    root: &Path,
    file: &'a Path,
) -> io::Result<(std::os::fd::OwnedFd, &'a std::ffi::OsStr)> {
    use rustix::fs::{Mode, OFlags, openat};
    let mut names = components(file)?;
    let name = names.pop().ok_or(io::ErrorKind::InvalidInput)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut parent = rustix::fs::open(root, flags, Mode::empty())?;
    for name in names {
        parent = openat(&parent, name, flags | OFlags::NOFOLLOW, Mode::empty())?;
    }
    Ok((parent, name))
}

/// Opens a regular file for reading. `file` is relative to `root`.
#[cfg(not(unix))]
pub fn open(root: &Path, file: &Path) -> io::Result<File> {
    File::open(without_links(root, file)?)
}

/// Writes a file durably, or replaces the file of this name. Creates missing directories. `file` is
/// relative to `root`.
#[cfg(not(unix))]
pub fn replace(root: &Path, file: &Path, content: &[u8]) -> io::Result<()> {
    use std::io::Write;
    components(file)?;
    let path = root.canonicalize()?.join(file);
    let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(parent)?;
    if parent.canonicalize()? != parent {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a directory is a symbolic link"));
    }
    let mut new = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(parent)?;
    new.write_all(content)?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    Ok(())
}

/// Removes a file. `file` is relative to `root`.
#[cfg(not(unix))]
pub fn remove(root: &Path, file: &Path) -> io::Result<()> {
    std::fs::remove_file(without_links(root, file)?)
}

/// Returns the absolute path of a regular file. Fails if a component of `file` is a link.
#[cfg(not(unix))]
fn without_links(root: &Path, file: &Path) -> io::Result<std::path::PathBuf> {
    components(file)?;
    let path = root.canonicalize()?.join(file);
    match path.canonicalize()? == path && path.is_file() {
        true => Ok(path),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
    }
}

/// Returns whether the path `file`, relative to `root`, leaves `root`: by `..`, as an absolute
/// path, or through a symbolic link to a directory.
pub fn leads_out(root: &Path, file: &Path) -> bool {
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|data| data.is_symlink());
    let parents = file.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
    components(file).is_err()
        || parents.map(|parent| root.join(parent)).any(|parent| is_link(&parent))
}

/// Returns the components of a relative path. Fails if the path is absolute or contains `..`.
fn components(file: &Path) -> io::Result<Vec<&std::ffi::OsStr>> {
    let name = |part| match part {
        Component::Normal(name) => Ok(name),
        Component::CurDir | Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
            let what = "it lies outside of the directory";
            Err(io::Error::new(io::ErrorKind::InvalidInput, what))
        }
    };
    file.components().map(name).collect()
}

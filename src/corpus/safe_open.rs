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

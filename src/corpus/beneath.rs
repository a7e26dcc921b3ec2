//! Access to files below a directory without following a symbolic link.
//!
//! A path is looked up component by component, from one open directory to the next: a link or a
//! named pipe that replaces a component between two looks is refused. The directory itself may be
//! reached by a link.

use std::fs::File;
use std::io;
use std::path::{Component, Path};

/// Opens the regular file `file`, a path relative to `root`, for reading.
#[cfg(unix)]
pub fn open(root: &Path, file: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, openat};
    let (parent, name) = unix::parent(root, file)?;
    // Opening a named pipe would otherwise wait for its writer.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::from(openat(&parent, name, flags | OFlags::CLOEXEC, Mode::empty())?);
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
    }
}

/// Removes `file`, a path relative to `root`. A symbolic link is removed itself, never its target.
#[cfg(unix)]
pub fn remove(root: &Path, file: &Path) -> io::Result<()> {
    let (parent, name) = unix::parent(root, file)?;
    Ok(rustix::fs::unlinkat(&parent, name, rustix::fs::AtFlags::empty())?)
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;

    use rustix::fs::{Mode, OFlags, openat};

    /// Opens the directory that holds `file`. Returns it with the name of `file` in it.
    pub fn parent<'a>(root: &Path, file: &'a Path) -> io::Result<(OwnedFd, &'a OsStr)> {
        let mut names = super::names(file)?;
        let name = names.pop().ok_or(io::ErrorKind::InvalidInput)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let mut parent = rustix::fs::open(root, flags, Mode::empty())?;
        for name in names {
            parent = openat(&parent, name, flags | OFlags::NOFOLLOW, Mode::empty())?;
        }
        Ok((parent, name))
    }
}

/// Opens the regular file `file`, a path relative to `root`, for reading.
#[cfg(not(unix))]
pub fn open(root: &Path, file: &Path) -> io::Result<File> {
    File::open(without_links(root, file)?)
}

/// Removes `file`, a path relative to `root`.
#[cfg(not(unix))]
pub fn remove(root: &Path, file: &Path) -> io::Result<()> {
    std::fs::remove_file(without_links(root, file)?)
}

/// Returns the path of a regular file below `root` if no component of `file` is a link.
#[cfg(not(unix))]
fn without_links(root: &Path, file: &Path) -> io::Result<std::path::PathBuf> {
    names(file)?;
    let path = root.canonicalize()?.join(file);
    match path.canonicalize()? == path && path.is_file() {
        true => Ok(path),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")),
    }
}

/// Returns whether `file`, a path relative to `root`, leads out of `root`: by `..`, as an absolute
/// path, or through a symbolic link to a directory.
pub fn leads_out(root: &Path, file: &Path) -> bool {
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|data| data.is_symlink());
    let parents = file.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
    names(file).is_err() || parents.map(|parent| root.join(parent)).any(|parent| is_link(&parent))
}

/// Returns the components of a relative path; one with `..` is an error.
fn names(file: &Path) -> io::Result<Vec<&std::ffi::OsStr>> {
    let name = |part| match part {
        Component::Normal(name) => Ok(name),
        Component::CurDir | Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
            let what = "it lies outside of the directory";
            Err(io::Error::new(io::ErrorKind::InvalidInput, what))
        }
    };
    file.components().map(name).collect()
}

//! The free space of the data directory, and whether it can be written.

use std::path::Path;

/// The disk of the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// Whether the data directory exists. Otherwise the other facts are those of the directory in
    /// which it would be created.
    pub exists: bool,
    pub is_writable: bool,
    /// Free bytes for this user; `None` if the system does not say.
    pub free_bytes: Option<u64>,
}

impl Disk {
    /// Looks at the disk of the directory `data` without writing.
    pub fn of(data: &Path) -> Disk {
        let found = data.ancestors().find(|dir| dir.exists());
        let dir = found.filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let is_directory = dir.is_dir();
        Disk {
            exists: data.exists(),
            is_writable: is_directory && is_writable(dir),
            free_bytes: free_bytes(dir),
        }
    }
}

#[cfg(unix)]
fn is_writable(dir: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(dir, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn is_writable(dir: &Path) -> bool {
    dir.metadata().is_ok_and(|metadata| !metadata.permissions().readonly())
}

#[cfg(unix)]
fn free_bytes(dir: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_dir: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doctor_looks_at_the_disk_of_a_directory_that_is_missing() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let there = Disk::of(dir.path());
        assert!(there.exists && there.is_writable, "{there:?}");
        let missing = Disk::of(&dir.path().join("a/b"));
        assert!(!missing.exists && missing.is_writable, "{missing:?}");
        #[cfg(unix)]
        assert!(there.free_bytes.is_some());
        std::fs::write(dir.path().join("file"), "").expect("a new file");
        assert!(!Disk::of(&dir.path().join("file")).is_writable);
        assert!(!Disk::of(&dir.path().join("file/data")).is_writable);
        assert!(Disk::of(Path::new("no-such-data")).is_writable);
    }
}

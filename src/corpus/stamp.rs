//! Change detection: file metadata that changes with a file, and hashes of file contents.

use std::fs;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// File metadata that changes whenever the file changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStamp {
    bytes: u64,
    modified_ns: u64,
    changed_ns: u64,
    inode: u64,
}

impl FileStamp {
    /// Returns the current stamp of a file. Returns `None` if a time of the file is before 1970.
    pub fn of(metadata: &fs::Metadata) -> Option<FileStamp> {
        let modified_ns = unix_ns(metadata.modified().ok()?)?;
        let changed_ns = changed_ns(metadata).unwrap_or(modified_ns);
        Some(FileStamp { bytes: metadata.len(), modified_ns, changed_ns, inode: inode(metadata) })
    }

    /// Returns whether both stamps have the same inode. A file that replaced another file has a
    /// different inode, even under the same name.
    pub fn is_same_file(&self, other: &FileStamp) -> bool {
        self.inode == other.inode
    }

    /// Returns whether both stamps have the same length and modification time. Renaming a file or
    /// changing its permissions changes neither.
    pub fn is_unmodified(&self, other: &FileStamp) -> bool {
        (self.bytes, self.modified_ns) == (other.bytes, other.modified_ns)
    }
}

/// BLAKE3 hash of the bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Hashes the bytes of a file.
    pub fn of(bytes: &[u8]) -> ContentHash {
        ContentHash(*blake3::hash(bytes).as_bytes())
    }

    /// Returns the 32 bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the hash in hexadecimal digits.
    pub fn to_hex(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_string()
    }
}

/// Maximum step, in practice, by which the clock of a file system advances.
const CLOCK_GRANULARITY: Duration = Duration::from_millis(50);

/// Returns the stamp of a file and the time since its last change. The stamp is `None` if the file
/// changed so recently that another change could leave the stamp the same. Returns `None` if a
/// time of the file is before 1970.
pub fn stamp_and_age(metadata: &fs::Metadata) -> Option<(Option<FileStamp>, Duration)> {
    let stamp = FileStamp::of(metadata)?;
    let FileStamp { modified_ns, changed_ns, .. } = stamp;
    let now = unix_ns(SystemTime::now())?;
    let newest = modified_ns.max(changed_ns);
    let is_settled = newest + (CLOCK_GRANULARITY.as_nanos() as u64) < now;
    // A program can set the modification time at will, but not the change time. After the clock
    // was set back, a change time may lie in the future.
    let age = now.checked_sub(changed_ns).map_or(Duration::MAX, Duration::from_nanos);
    Some((is_settled.then_some(stamp), age))
}

/// Returns a time in nanoseconds since 1970, or `None` if it is earlier.
fn unix_ns(time: SystemTime) -> Option<u64> {
    time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|age| age.as_nanos() as u64)
}

#[cfg(unix)]
fn changed_ns(metadata: &fs::Metadata) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    Some(seconds.wrapping_mul(1_000_000_000).wrapping_add(metadata.ctime_nsec() as u64))
}

#[cfg(not(unix))]
fn changed_ns(_: &fs::Metadata) -> Option<u64> {
    None
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

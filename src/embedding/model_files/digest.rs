//! File digests: the size and the SHA-256 of a file, computed while the file is read or copied.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use data_encoding::HEXLOWER;
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The size and the SHA-256 of a file. Files with equal digests have equal contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDigest {
    pub bytes: u64,
    pub sha256: Sha256Sum,
}

/// A SHA-256, serialized as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sha256Sum([u8; 32]);

/// An error of [`copy`], by the side that failed.
#[derive(Debug)]
pub enum CopyError {
    Read(io::Error),
    Write(io::Error),
}

const BUFFER_BYTES: usize = 1 << 18;

impl FileDigest {
    /// Reads a file and returns its digest. Advances `bar` by the bytes that were read.
    pub fn of_file(path: &Path, bar: &ProgressBar) -> io::Result<FileDigest> {
        copy(File::open(path)?, io::sink(), u64::MAX, bar).map_err(|error| match error {
            CopyError::Read(error) | CopyError::Write(error) => error,
        })
    }
}

/// Returns the error text for a file of an unexpected size.
pub fn size_mismatch(expected: u64, found: u64) -> String {
    format!("expected {expected} bytes, found {found}")
}

/// Returns the error text for a file with unexpected contents.
pub fn digest_mismatch(expected: Sha256Sum, found: Sha256Sum) -> String {
    format!("expected SHA-256 {expected}, found {found}")
}

/// Copies `source` to `target` and returns the digest of the copy. Stops after `limit` + 1 bytes,
/// so that the size of the digest reveals a longer source.
pub fn copy(
    source: impl Read,
    mut target: impl Write,
    limit: u64,
    bar: &ProgressBar,
) -> Result<FileDigest, CopyError> {
    let mut source = source.take(limit.saturating_add(1));
    let mut hasher = Sha256::new();
    let mut bytes = 0;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CopyError::Read(error)),
        };
        hasher.update(&buffer[..read]);
        target.write_all(&buffer[..read]).map_err(CopyError::Write)?;
        bytes += read as u64;
        bar.inc(read as u64);
    }
    target.flush().map_err(CopyError::Write)?;
    Ok(FileDigest { bytes, sha256: Sha256Sum(hasher.finalize().into()) })
}

impl Sha256Sum {
    /// Returns the SHA-256 of `bytes`.
    pub fn of(bytes: &[u8]) -> Sha256Sum {
        Sha256Sum(Sha256::digest(bytes).into())
    }

    /// Returns the 32 bytes of the SHA-256.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Sha256Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Sha256Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256Sum({self})")
    }
}

impl From<Sha256Sum> for String {
    fn from(sum: Sha256Sum) -> String {
        sum.to_string()
    }
}

impl TryFrom<String> for Sha256Sum {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Sha256Sum, Self::Error> {
        let bytes = HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Sha256Sum).ok_or("a SHA-256 has 64 hexadecimal digits, 0-9 and a-f")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copy_returns_the_digest_and_stops_after_the_limit() {
        let mut copied = Vec::new();
        let digest = copy(&b"abc"[..], &mut copied, 3, &ProgressBar::hidden()).unwrap();
        assert_eq!((copied.as_slice(), digest.bytes), (&b"abc"[..], 3));
        // The example of FIPS 180-2, appendix B.1.
        insta::assert_snapshot!(digest.sha256, @"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let long = copy(&b"abcdef"[..], io::sink(), 3, &ProgressBar::hidden()).unwrap();
        assert_eq!(long.bytes, 4);
    }
}

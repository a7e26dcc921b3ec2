//! The file that an installation accepts. Pure.

use super::digest::{FileDigest, digest_mismatch, size_mismatch};
use super::error::ModelError;

/// The name and the digest of a file that an installation accepts.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedFile<'a> {
    /// Name of the model in errors.
    pub model: &'a str,
    pub digest: FileDigest,
}

impl ExpectedFile<'_> {
    /// Checks the size of a file. `location` names the file in the error.
    pub fn check_bytes(&self, location: &str, bytes: u64) -> Result<(), ModelError> {
        match bytes == self.digest.bytes {
            true => Ok(()),
            false => Err(self.mismatch(location, size_mismatch(self.digest.bytes, bytes))),
        }
    }

    /// Checks the size and the contents of a file. `location` names the file in the error.
    pub fn check(&self, location: &str, digest: &FileDigest) -> Result<(), ModelError> {
        self.check_bytes(location, digest.bytes)?;
        match *digest == self.digest {
            true => Ok(()),
            false => {
                let reason = digest_mismatch(self.digest.sha256, digest.sha256);
                Err(self.mismatch(location, reason))
            }
        }
    }

    fn mismatch(&self, location: &str, reason: String) -> ModelError {
        let model = self.model.to_owned();
        ModelError::Mismatch { location: location.to_owned(), model, reason }
    }
}

//! Look-up and verification of the installed model.

use std::fmt;
use std::path::{Path, PathBuf};

use indicatif::{HumanCount, ProgressBar};

use super::digest::{FileDigest, digest_mismatch};
use super::dir::{ModelDir, read_manifest};
use super::error::ModelError;
use super::manifest::{Manifest, WEIGHTS};

/// An installed model, whose file has the size that the manifest records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub dir: PathBuf,
    /// Identifies the weights. Vectors of another fingerprint are not comparable.
    pub fingerprint: [u8; 32],
    pub manifest: Manifest,
}

/// Returns the model in `dir`, after finishing a replacement that was interrupted. Checks the size
/// of the file, not its contents.
pub fn installed(dir: &Path) -> Result<Option<Installed>, ModelError> {
    ModelDir::of(dir).recover()?;
    installed_read_only(dir)
}

/// Returns the model in `dir` without writing anything. Checks the size of the files, not its
/// contents.
pub fn installed_read_only(dir: &Path) -> Result<Option<Installed>, ModelError> {
    Ok(read_manifest(dir)?.map(|manifest| Installed {
        dir: dir.to_owned(),
        fingerprint: manifest.fingerprint(),
        manifest,
    }))
}

/// Returns the model in `dir` like [`installed`], and checks the contents of its file.
pub fn verified(dir: &Path) -> Result<Option<Installed>, ModelError> {
    let Some(model) = installed(dir)? else { return Ok(None) };
    let path = model.weights();
    let expected = model.manifest.files.weights;
    match FileDigest::of_file(&path, &ProgressBar::hidden()) {
        Ok(digest) if digest == expected => Ok(Some(model)),
        Ok(digest) => {
            Err(ModelError::damaged(path, digest_mismatch(expected.sha256, digest.sha256)))
        }
        Err(error) => Err(ModelError::damaged(path, error.to_string())),
    }
}

/// Returns the model that was just installed into `dir`. Fails if there is none.
pub(super) fn newly_installed(dir: &Path) -> Result<Installed, ModelError> {
    installed(dir)?.ok_or_else(|| {
        ModelError::damaged(dir.to_owned(), "the model that was just installed was removed")
    })
}

impl Installed {
    /// Returns the path of the file of the model.
    pub fn weights(&self) -> PathBuf {
        self.dir.join(WEIGHTS)
    }
}

impl fmt::Display for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.manifest.name)?;
        writeln!(f, "in {}, from {}", self.dir.display(), self.manifest.source)?;
        writeln!(f, "  {WEIGHTS}  {} bytes", HumanCount(self.manifest.files.weights.bytes))
    }
}

//! Look-up and verification of the installed model.

use std::fmt;
use std::path::{Path, PathBuf};

use indicatif::{HumanCount, ProgressBar};

use super::digest::{FileDigest, digest_mismatch};
use super::dir::{ModelDir, read_manifest};
use super::error::ModelError;
use super::manifest::{Manifest, ModelFile};

/// An installed model, whose files have the sizes that the manifest records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub dir: PathBuf,
    pub kind: ModelKind,
    /// Hash of the SHA-256 of all files. Vectors of another fingerprint are not comparable.
    pub fingerprint: [u8; 32],
    pub manifest: Manifest,
}

/// Whether a model is the one that the weights of the ranking were learned with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelKind {
    AllMiniLm,
    Other,
}

/// Returns the model in `dir`, after finishing a replacement that was interrupted. Checks the sizes
/// of the files, not their contents.
pub fn installed(dir: &Path) -> Result<Option<Installed>, ModelError> {
    ModelDir::of(dir).recover()?;
    installed_read_only(dir)
}

/// Returns the model in `dir` without writing anything. Checks the sizes of the files, not their
/// contents.
pub fn installed_read_only(dir: &Path) -> Result<Option<Installed>, ModelError> {
    Ok(read_manifest(dir)?.map(|manifest| {
        let is_known = manifest.files == Manifest::all_minilm().files;
        Installed {
            dir: dir.to_owned(),
            kind: if is_known { ModelKind::AllMiniLm } else { ModelKind::Other },
            fingerprint: manifest.fingerprint(),
            manifest,
        }
    }))
}

/// Returns the model in `dir` like [`installed`], and checks the contents of all files.
pub fn verified(dir: &Path) -> Result<Option<Installed>, ModelError> {
    let Some(model) = installed(dir)? else { return Ok(None) };
    for file in ModelFile::ALL {
        let path = model.path(file);
        let expected = model.manifest.files.of(file);
        match FileDigest::of_file(&path, &ProgressBar::hidden()) {
            Ok(digest) if digest == *expected => {}
            Ok(digest) => {
                let reason = digest_mismatch(expected.sha256, digest.sha256);
                return Err(ModelError::damaged(path, reason));
            }
            Err(error) => return Err(ModelError::damaged(path, error.to_string())),
        }
    }
    Ok(Some(model))
}

/// Returns the model that was just installed into `dir`. Fails if there is none.
pub(super) fn newly_installed(dir: &Path) -> Result<Installed, ModelError> {
    installed(dir)?.ok_or_else(|| {
        ModelError::damaged(dir.to_owned(), "the model that was just installed was removed")
    })
}

impl Installed {
    /// Returns the path of a file of the model.
    pub fn path(&self, file: ModelFile) -> PathBuf {
        self.dir.join(file.name())
    }
}

impl ModelKind {
    /// Returns the warning that an operator should read about a model of this kind.
    pub fn warning(self) -> Option<&'static str> {
        match self {
            ModelKind::AllMiniLm => None,
            ModelKind::Other => Some(
                "warning: the weights of the ranking were learned with another model, so that \
                 answers may be worse than with none",
            ),
        }
    }
}

impl fmt::Display for Installed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.manifest.name)?;
        writeln!(f, "in {}, from {}", self.dir.display(), self.manifest.source)?;
        for file in ModelFile::ALL {
            let bytes = HumanCount(self.manifest.files.of(file).bytes).to_string();
            writeln!(f, "  {:<17} {bytes:>13} bytes", file.name())?;
        }
        Ok(())
    }
}

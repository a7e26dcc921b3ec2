//! The files that an installation accepts as a model. Pure.

use std::path::Path;

use super::digest::{FileDigest, digest_mismatch, size_mismatch};
use super::error::ModelError;
use super::manifest::{FileDigests, Manifest, ModelFile};

/// The model that an installation accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedModel {
    /// Exactly these files.
    Exact(Manifest),
    /// Any files with the right names.
    Any,
}

/// Maximum size of a file of any model, in bytes.
const MAX_BYTES: u64 = 2 << 30;

impl ExpectedModel {
    /// Returns the maximum size of a file, in bytes.
    pub(super) fn max_bytes(&self, file: ModelFile) -> u64 {
        match self {
            ExpectedModel::Exact(manifest) => manifest.files.of(file).bytes,
            ExpectedModel::Any => MAX_BYTES,
        }
    }

    /// Checks the size of a file. `location` names the file in the error.
    pub(super) fn check_bytes(
        &self,
        file: ModelFile,
        location: &str,
        bytes: u64,
    ) -> Result<(), ModelError> {
        match self {
            ExpectedModel::Exact(manifest) if manifest.files.of(file).bytes != bytes => {
                let reason = size_mismatch(manifest.files.of(file).bytes, bytes);
                Err(mismatch(manifest, location, reason))
            }
            ExpectedModel::Any if bytes > MAX_BYTES => {
                Err(ModelError::TooLarge { location: location.to_owned(), limit_bytes: MAX_BYTES })
            }
            ExpectedModel::Exact(_) | ExpectedModel::Any => Ok(()),
        }
    }

    /// Checks the size and the contents of a file. `location` names the file in the error.
    pub(super) fn check(
        &self,
        file: ModelFile,
        location: &str,
        digest: &FileDigest,
    ) -> Result<(), ModelError> {
        self.check_bytes(file, location, digest.bytes)?;
        match self {
            ExpectedModel::Exact(manifest) if manifest.files.of(file) != digest => {
                let reason = digest_mismatch(manifest.files.of(file).sha256, digest.sha256);
                Err(mismatch(manifest, location, reason))
            }
            ExpectedModel::Exact(_) | ExpectedModel::Any => Ok(()),
        }
    }

    /// Returns the manifest of files that were accepted. An unknown model is named after its
    /// source.
    pub(super) fn manifest(&self, files: FileDigests, source: String) -> Manifest {
        let known = Manifest::all_minilm();
        let name = match self {
            ExpectedModel::Exact(manifest) => manifest.name.clone(),
            ExpectedModel::Any if files == known.files => known.name,
            ExpectedModel::Any => Path::new(&source)
                .file_stem()
                .map_or_else(|| source.clone(), |stem| stem.to_string_lossy().into_owned()),
        };
        Manifest { name, source, files }
    }
}

fn mismatch(manifest: &Manifest, location: &str, reason: String) -> ModelError {
    let model = manifest.name.clone();
    ModelError::Mismatch { location: location.to_owned(), model, reason }
}

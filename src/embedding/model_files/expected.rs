//! Which files are accepted as a model, and how it is then called. Pure.

use std::path::Path;

use crate::embedding::model_files::digest::{FileDigest, digest_mismatch, size_mismatch};
use crate::embedding::model_files::error::ModelError;
use crate::embedding::model_files::manifest::{FileDigests, Manifest, ModelFile};

/// What an installation accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedModel {
    /// These files, to the byte.
    Exactly(Manifest),
    /// Whatever has the right names.
    Any,
}

/// A file of another model may have as many.
const MAX_BYTES: u64 = 2 << 30;

impl ExpectedModel {
    /// More bytes need not be read.
    pub(super) fn limit(&self, file: ModelFile) -> u64 {
        match self {
            ExpectedModel::Exactly(manifest) => manifest.files.of(file).bytes,
            ExpectedModel::Any => MAX_BYTES,
        }
    }

    /// Refuses a size before anything is copied.
    pub(super) fn check_bytes(
        &self,
        file: ModelFile,
        place: &str,
        bytes: u64,
    ) -> Result<(), ModelError> {
        match self {
            ExpectedModel::Exactly(manifest) if manifest.files.of(file).bytes != bytes => {
                let why = size_mismatch(manifest.files.of(file).bytes, bytes);
                Err(differs(manifest, place, why))
            }
            ExpectedModel::Any if bytes > MAX_BYTES => {
                Err(ModelError::TooLarge { place: place.to_owned(), limit_bytes: MAX_BYTES })
            }
            ExpectedModel::Exactly(_) | ExpectedModel::Any => Ok(()),
        }
    }

    pub(super) fn check(
        &self,
        file: ModelFile,
        place: &str,
        seal: &FileDigest,
    ) -> Result<(), ModelError> {
        self.check_bytes(file, place, seal.bytes)?;
        match self {
            ExpectedModel::Exactly(manifest) if manifest.files.of(file) != seal => {
                let why = digest_mismatch(manifest.files.of(file).sha256, seal.sha256);
                Err(differs(manifest, place, why))
            }
            ExpectedModel::Exactly(_) | ExpectedModel::Any => Ok(()),
        }
    }

    /// What is written down about files that were accepted.
    pub(super) fn manifest(&self, files: FileDigests, source: String) -> Manifest {
        let known = Manifest::all_minilm();
        let name = match self {
            ExpectedModel::Exactly(manifest) => manifest.name.clone(),
            ExpectedModel::Any if files == known.files => known.name,
            ExpectedModel::Any => Path::new(&source)
                .file_stem()
                .map_or_else(|| source.clone(), |stem| stem.to_string_lossy().into_owned()),
        };
        Manifest { name, source, files }
    }
}

fn differs(manifest: &Manifest, place: &str, why: String) -> ModelError {
    ModelError::Differs { place: place.to_owned(), model: manifest.name.clone(), why }
}

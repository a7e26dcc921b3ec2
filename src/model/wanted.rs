//! Which files are accepted as a model, and how it is then called. Pure.

use std::path::Path;

use super::error::{Found, ModelError};
use super::manifest::{Manifest, ModelFile, Seals};
use super::seal::Seal;

/// What an installation accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These files, to the byte.
    Exactly(Manifest),
    /// Whatever has the right names.
    Any,
}

/// A file of another model may have as many.
const MAX_BYTES: u64 = 2 << 30;

impl Wanted {
    /// More bytes need not be read.
    pub(super) fn limit(&self, file: ModelFile) -> u64 {
        match self {
            Wanted::Exactly(manifest) => manifest.files.of(file).bytes,
            Wanted::Any => MAX_BYTES,
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
            Wanted::Exactly(manifest) if manifest.files.of(file).bytes != bytes => {
                Err(differs(manifest, file, place, Found::Bytes(bytes)))
            }
            Wanted::Any if bytes > MAX_BYTES => {
                Err(ModelError::TooLarge { place: place.to_owned(), limit_bytes: MAX_BYTES })
            }
            Wanted::Exactly(_) | Wanted::Any => Ok(()),
        }
    }

    pub(super) fn check(
        &self,
        file: ModelFile,
        place: &str,
        seal: &Seal,
    ) -> Result<(), ModelError> {
        self.check_bytes(file, place, seal.bytes)?;
        match self {
            Wanted::Exactly(manifest) if manifest.files.of(file) != seal => {
                Err(differs(manifest, file, place, Found::Sum(seal.sha256)))
            }
            Wanted::Exactly(_) | Wanted::Any => Ok(()),
        }
    }

    /// What is written down about files that were accepted.
    pub(super) fn manifest(&self, files: Seals, source: String) -> Manifest {
        let known = Manifest::all_minilm();
        let name = match self {
            Wanted::Exactly(manifest) => manifest.name.clone(),
            Wanted::Any if files == known.files => known.name,
            Wanted::Any => Path::new(&source)
                .file_stem()
                .map_or_else(|| source.clone(), |stem| stem.to_string_lossy().into_owned()),
        };
        Manifest { name, source, files }
    }
}

fn differs(manifest: &Manifest, file: ModelFile, place: &str, found: Found) -> ModelError {
    ModelError::Differs {
        place: place.to_owned(),
        model: manifest.name.clone(),
        expected: *manifest.files.of(file),
        found,
    }
}

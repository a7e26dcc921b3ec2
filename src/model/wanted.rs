//! Which files are accepted as a model, and how it is then called. Pure.

use std::path::Path;

use super::error::ModelError;
use super::manifest::{Manifest, ModelFile, Seals};
use super::seal::{Seal, other_bytes, other_sum};

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
                let why = other_bytes(manifest.files.of(file).bytes, bytes);
                Err(differs(manifest, place, why))
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
                let why = other_sum(manifest.files.of(file).sha256, seal.sha256);
                Err(differs(manifest, place, why))
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

fn differs(manifest: &Manifest, place: &str, why: String) -> ModelError {
    ModelError::Differs { place: place.to_owned(), model: manifest.name.clone(), why }
}

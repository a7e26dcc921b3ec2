//! The sentence model on disk: installed, looked at, removed. What its numbers mean is not known here.
//!
//! A model is three files and `model.toml`, in a directory of their own. It is there whole or not at
//! all, also when the process is killed while it is replaced; see `place`.

mod digest;
mod dir;
mod error;
mod expected;
mod hub;
mod install;
mod manifest;
mod source;
mod staging;

use std::fmt;
use std::path::{Path, PathBuf};

use indicatif::{HumanCount, ProgressBar};

pub use digest::{FileDigest, Sha256Sum};
pub use error::ModelError;
pub use expected::ExpectedModel;
pub use hub::{HUB, from_hub};
pub use install::from_path;
pub use manifest::{FileDigests, Manifest, ModelFile};

use dir::ModelDir;

/// A model that is there, each file with the size that it was installed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub dir: PathBuf,
    pub kind: Kind,
    /// Derived from the files' SHA-256: what was computed with another model has another one.
    pub fingerprint: [u8; 32],
    pub manifest: Manifest,
}

/// Whether it is the model that the weights of the ranking were learned with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    AllMiniLm,
    Other,
}

/// What [`remove`] removed: directories, with the bytes that were in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed(Vec<(PathBuf, u64)>);

/// The model in `dir`, without reading its weights. Finishes a replacement that was cut short.
pub fn installed(dir: &Path) -> Result<Option<Installed>, ModelError> {
    ModelDir::of(dir).recover()?;
    installed_as_is(dir)
}

/// The model in `dir`, without reading its weights and without writing anything.
pub fn installed_as_is(dir: &Path) -> Result<Option<Installed>, ModelError> {
    Ok(dir::manifest(dir)?.map(|manifest| {
        let is_known = manifest.files == Manifest::all_minilm().files;
        Installed {
            dir: dir.to_owned(),
            kind: if is_known { Kind::AllMiniLm } else { Kind::Other },
            fingerprint: manifest.fingerprint(),
            manifest,
        }
    }))
}

/// The same, and every byte of it is read and checked.
pub fn checked(dir: &Path) -> Result<Option<Installed>, ModelError> {
    let Some(model) = installed(dir)? else { return Ok(None) };
    for file in ModelFile::ALL {
        let path = model.path(file);
        let expected = model.manifest.files.of(file);
        match FileDigest::of_file(&path, &ProgressBar::hidden()) {
            Ok(seal) if seal == *expected => {}
            Ok(seal) => {
                let why = digest::digest_mismatch(expected.sha256, seal.sha256);
                return Err(ModelError::damaged(path, why));
            }
            Err(error) => return Err(ModelError::damaged(path, error.to_string())),
        }
    }
    Ok(Some(model))
}

/// Removes the model in `dir`, and what is left of an installation that did not finish.
pub fn remove(dir: &Path) -> Result<Removed, ModelError> {
    let place = ModelDir::of(dir);
    let _lock = if place.part.exists() { Some(place.lock()?) } else { None };
    place.remove().map(Removed)
}

/// The model that was just put into `dir`.
fn installed_in(dir: &Path) -> Result<Installed, ModelError> {
    installed(dir)?.ok_or_else(|| {
        ModelError::damaged(dir.to_owned(), "the model that was just installed is gone again")
    })
}

impl Installed {
    pub fn path(&self, file: ModelFile) -> PathBuf {
        self.dir.join(file.name())
    }
}

impl Kind {
    /// What an operator should know about a model of this kind.
    pub fn warning(self) -> Option<&'static str> {
        match self {
            Kind::AllMiniLm => None,
            Kind::Other => Some(
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

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "there was no model");
        }
        self.0.iter().try_for_each(|(dir, bytes)| {
            writeln!(f, "removed {}, {} bytes", dir.display(), HumanCount(*bytes))
        })
    }
}

//! A model from a directory or an archive.

use std::path::Path;

use super::error::ModelError;
use super::manifest::{ModelFile, Seals};
use super::seal::Seal;
use super::source::Source;
use super::staging::{self, Staging};
use super::wanted::Wanted;
use super::{Installed, installed_in};

/// Puts the model that `path` holds into `dir`, in place of the one that is there.
pub fn from_path(dir: &Path, path: &Path, wanted: &Wanted) -> Result<Installed, ModelError> {
    let mut source = Source::at(path)?;
    let mut total = 0;
    for file in ModelFile::ALL {
        let bytes = source.bytes(file)?;
        wanted.check_bytes(file, &source.place(file), bytes)?;
        total += bytes;
    }
    staging::replace(dir, wanted, |staging| {
        staging.bar.set_length(total);
        let files = fill(staging, |file| {
            let from = source.place(file);
            staging.receive(file, &from, source.open(file)?)
        })?;
        Ok(wanted.manifest(files, path.display().to_string()))
    })?;
    installed_in(dir)
}

/// All files, by `get` where they are not here already.
pub(super) fn fill(
    staging: &Staging,
    mut get: impl FnMut(ModelFile) -> Result<Seal, ModelError>,
) -> Result<Seals, ModelError> {
    let mut one = |file: ModelFile| {
        staging.bar.set_message(file.name());
        staging.kept(file).map_or_else(|| get(file), Ok)
    };
    Ok(Seals {
        config: one(ModelFile::Config)?,
        tokenizer: one(ModelFile::Tokenizer)?,
        weights: one(ModelFile::Weights)?,
    })
}

//! A model from a directory or an archive.

use std::path::Path;

use crate::embedding::model_files::digest::FileDigest;
use crate::embedding::model_files::error::ModelError;
use crate::embedding::model_files::expected::ExpectedModel;
use crate::embedding::model_files::manifest::{FileDigests, ModelFile};
use crate::embedding::model_files::source::Source;
use crate::embedding::model_files::staging;
use crate::embedding::model_files::staging::Staging;
use crate::embedding::model_files::{Installed, installed_in};

/// Puts the model that `path` holds into `dir`, in place of the one that is there.
pub fn from_path(dir: &Path, path: &Path, wanted: &ExpectedModel) -> Result<Installed, ModelError> {
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
    mut get: impl FnMut(ModelFile) -> Result<FileDigest, ModelError>,
) -> Result<FileDigests, ModelError> {
    let mut one = |file: ModelFile| {
        staging.bar.set_message(file.name());
        staging.kept(file).map_or_else(|| get(file), Ok)
    };
    Ok(FileDigests {
        config: one(ModelFile::Config)?,
        tokenizer: one(ModelFile::Tokenizer)?,
        weights: one(ModelFile::Weights)?,
    })
}

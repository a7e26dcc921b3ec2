//! Installation of a model from a directory or an archive.

use std::path::Path;

use super::error::ModelError;
use super::expected::ExpectedModel;
use super::installed::{Installed, newly_installed};
use super::manifest::ModelFile;
use super::source::Source;
use super::staging;

/// Installs the model at `path`, a directory or an archive, into `dir`, and replaces the model that
/// is there.
pub fn install_from_path(
    dir: &Path,
    path: &Path,
    expected: &ExpectedModel,
) -> Result<Installed, ModelError> {
    let mut source = Source::at(path)?;
    let mut total = 0;
    for file in ModelFile::ALL {
        let bytes = source.bytes(file)?;
        expected.check_bytes(file, &source.location(file), bytes)?;
        total += bytes;
    }
    staging::replace(dir, expected, |staging| {
        staging.bar.set_length(total);
        let files = staging.collect(|file| {
            let location = source.location(file);
            staging.copy(file, &location, source.open(file)?)
        })?;
        Ok(expected.manifest(files, path.display().to_string()))
    })?;
    newly_installed(dir)
}

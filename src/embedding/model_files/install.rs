//! Installation of a model from a directory or an archive.

use std::path::Path;

use super::error::ModelError;
use super::expected::ExpectedFile;
use super::installed::{Installed, newly_installed};
use super::manifest::{FileDigests, Manifest};
use super::source::Source;
use super::staging;

/// Installs the model at `path`, a directory or an archive, into `dir`, and replaces the model that
/// is there. The model must have the name and the digest of `expected`.
pub fn install_from_path(
    dir: &Path,
    path: &Path,
    expected: &Manifest,
) -> Result<Installed, ModelError> {
    let file = ExpectedFile { model: &expected.name, digest: expected.files.weights };
    let mut source = Source::at(path)?;
    let location = source.location();
    file.check_bytes(&location, source.bytes()?)?;
    staging::replace(dir, |staging| {
        staging.bar.set_length(file.digest.bytes);
        let weights = match staging.kept(&file) {
            Some(digest) => digest,
            None => staging.copy(&file, &location, source.open()?)?,
        };
        let source = path.display().to_string();
        Ok(Manifest { name: expected.name.clone(), source, files: FileDigests { weights } })
    })?;
    newly_installed(dir)
}

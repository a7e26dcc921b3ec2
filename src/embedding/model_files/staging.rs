//! The staging directory, which receives the file of a new model before it replaces the old model.
//!
//! A file is used only after its digest is checked. A checked file is kept when an installation
//! fails or is killed, and is not copied again; an incomplete file is copied again from its start.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::digest::{self, CopyError, FileDigest};
use super::dir::{DOWNLOADS, LOCK, ModelDir, remove_file};
use super::error::ModelError;
use super::expected::ExpectedFile;
use super::manifest::{Manifest, WEIGHTS};

/// The staging directory of an installation, locked for this process.
pub(super) struct Staging<'a> {
    dir: &'a ModelDir,
    pub bar: ProgressBar,
    lock: File,
}

const STYLE: &str = "{msg} [{wide_bar}] {bytes}/{total_bytes} ({eta})";

/// Fetches the file of a model with `fill`, then replaces the model in `dir`.
pub(super) fn replace(
    dir: &Path,
    fill: impl FnOnce(&Staging) -> Result<Manifest, ModelError>,
) -> Result<(), ModelError> {
    let dir = ModelDir::of(dir);
    dir.recover()?;
    dir.refuse_foreign()?;
    let staging = Staging::begin(&dir)?;
    let filled = fill(&staging);
    staging.bar.finish_and_clear();
    match filled {
        Ok(manifest) => staging.commit(&manifest),
        Err(error) => {
            staging.abort();
            Err(error)
        }
    }
}

impl<'a> Staging<'a> {
    /// Creates and locks the staging directory. Files of an earlier installation are kept.
    fn begin(dir: &'a ModelDir) -> Result<Staging<'a>, ModelError> {
        let lock = dir.lock()?;
        // Without a manifest the directory is incomplete.
        remove_file(&dir.part.join(Manifest::FILE))?;
        let style = ProgressStyle::with_template(STYLE).expect("the template is valid");
        // The bar is hidden if standard error is not a terminal.
        let bar = ProgressBar::new(0).with_style(style);
        Ok(Staging { dir, bar, lock })
    }

    /// Returns the directory that the client of the hub downloads to.
    pub fn downloads(&self) -> PathBuf {
        self.dir.part.join(DOWNLOADS)
    }

    /// Returns the path of the new model's file.
    pub fn weights(&self) -> PathBuf {
        self.dir.part.join(WEIGHTS)
    }

    /// Returns the digest of the file that an earlier installation completed, if it is as expected.
    pub fn kept(&self, expected: &ExpectedFile) -> Option<FileDigest> {
        let path = self.weights();
        if fs::metadata(&path).ok()?.len() != expected.digest.bytes {
            return None;
        }
        let digest = FileDigest::of_file(&path, &ProgressBar::hidden()).ok()?;
        (digest == expected.digest).then(|| {
            self.bar.inc(digest.bytes);
            digest
        })
    }

    /// Copies the file from `source` and checks it. `location` names the source in errors.
    pub fn copy(
        &self,
        expected: &ExpectedFile,
        location: &str,
        source: impl Read,
    ) -> Result<FileDigest, ModelError> {
        self.bar.set_message(WEIGHTS);
        let path = self.weights();
        let mut target = File::create(&path).map_err(ModelError::dir(&path))?;
        let copied = digest::copy(source, &mut target, expected.digest.bytes, &self.bar)
            .map_err(|error| match error {
                CopyError::Read(error) => ModelError::Source(location.to_owned(), error),
                CopyError::Write(error) => ModelError::Dir(path.clone(), error),
            })
            .and_then(|digest| expected.check(location, &digest).map(|()| digest));
        match copied {
            Ok(digest) => target.sync_all().map_err(ModelError::dir(&path)).map(|()| digest),
            Err(error) => {
                // The next installation overwrites a file that cannot be removed.
                let _ = remove_file(&path);
                Err(error)
            }
        }
    }

    /// Writes the manifest and replaces the old model.
    fn commit(self, manifest: &Manifest) -> Result<(), ModelError> {
        let path = self.dir.part.join(Manifest::FILE);
        match fs::remove_dir_all(self.downloads()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(ModelError::Dir(self.downloads(), error));
            }
            _ => {}
        }
        let text = toml::to_string(manifest).expect("a manifest has only strings and numbers");
        let mut target = File::create(&path).map_err(ModelError::dir(&path))?;
        target
            .write_all(text.as_bytes())
            .and_then(|()| target.sync_all())
            .map_err(ModelError::dir(&path))?;
        self.dir.swap()
    }

    /// Ends a failed installation. Removes the staging directory if it has no file but the lock.
    fn abort(self) {
        let part = &self.dir.part;
        let is_empty = fs::read_dir(part).is_ok_and(|entries| entries.count() == 1);
        if is_empty {
            // A directory that cannot be removed does no harm.
            let _ = fs::remove_file(part.join(LOCK));
            let _ = fs::remove_dir(part);
        }
        // Closing the file does not unlock it if a forked process has a copy of the descriptor.
        let _ = self.lock.unlock();
    }
}

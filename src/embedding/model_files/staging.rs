//! The staging directory, which collects the files of a new model before it replaces the old model.
//!
//! A file is used only after its digest is checked. Checked files are kept when an installation
//! fails or is killed, and are not copied again; an incomplete file is copied again from its start.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::digest::{self, CopyError, FileDigest};
use super::dir::{DOWNLOADS, LOCK, ModelDir, remove_file};
use super::error::ModelError;
use super::expected::ExpectedModel;
use super::manifest::{FileDigests, Manifest, ModelFile};

/// The staging directory of an installation, locked for this process.
pub(super) struct Staging<'a> {
    dir: &'a ModelDir,
    pub expected: &'a ExpectedModel,
    pub bar: ProgressBar,
    lock: File,
}

const STYLE: &str = "{msg} [{wide_bar}] {bytes}/{total_bytes} ({eta})";

/// Collects the files of a model with `fill`, then replaces the model in `dir`.
pub(super) fn replace(
    dir: &Path,
    expected: &ExpectedModel,
    fill: impl FnOnce(&Staging) -> Result<Manifest, ModelError>,
) -> Result<(), ModelError> {
    let dir = ModelDir::of(dir);
    dir.recover()?;
    dir.refuse_foreign()?;
    let staging = Staging::begin(&dir, expected)?;
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
    fn begin(dir: &'a ModelDir, expected: &'a ExpectedModel) -> Result<Staging<'a>, ModelError> {
        let lock = dir.lock()?;
        // Without a manifest the directory is incomplete.
        remove_file(&dir.part.join(Manifest::FILE))?;
        let style = ProgressStyle::with_template(STYLE).expect("the template is valid");
        // The bar is hidden if standard error is not a terminal.
        let bar = ProgressBar::new(0).with_style(style);
        Ok(Staging { dir, expected, bar, lock })
    }

    /// Returns the directory that the client of the hub downloads to.
    pub fn downloads(&self) -> PathBuf {
        self.dir.part.join(DOWNLOADS)
    }

    /// Fetches all files with `fetch`, except those that an earlier installation completed. Returns
    /// their digests.
    pub fn collect(
        &self,
        mut fetch: impl FnMut(ModelFile) -> Result<FileDigest, ModelError>,
    ) -> Result<FileDigests, ModelError> {
        let mut digest_of = |file: ModelFile| {
            self.bar.set_message(file.name());
            self.kept(file).map_or_else(|| fetch(file), Ok)
        };
        Ok(FileDigests {
            config: digest_of(ModelFile::Config)?,
            tokenizer: digest_of(ModelFile::Tokenizer)?,
            weights: digest_of(ModelFile::Weights)?,
        })
    }

    /// Returns the digest of a file that an earlier installation completed, if it is as expected.
    fn kept(&self, file: ModelFile) -> Option<FileDigest> {
        let ExpectedModel::Exact(manifest) = self.expected else { return None };
        let path = self.dir.part.join(file.name());
        let expected = *manifest.files.of(file);
        if fs::metadata(&path).ok()?.len() != expected.bytes {
            return None;
        }
        let digest = FileDigest::of_file(&path, &ProgressBar::hidden()).ok()?;
        (digest == expected).then(|| {
            self.bar.inc(digest.bytes);
            digest
        })
    }

    /// Copies a file from `source` and checks it. `location` names the source in errors.
    pub fn copy(
        &self,
        file: ModelFile,
        location: &str,
        source: impl Read,
    ) -> Result<FileDigest, ModelError> {
        let path = self.dir.part.join(file.name());
        let mut target = File::create(&path).map_err(ModelError::dir(&path))?;
        let copied = digest::copy(source, &mut target, self.expected.max_bytes(file), &self.bar)
            .map_err(|error| match error {
                CopyError::Read(error) => ModelError::Source(location.to_owned(), error),
                CopyError::Write(error) => ModelError::Dir(path.clone(), error),
            })
            .and_then(|digest| self.expected.check(file, location, &digest).map(|()| digest));
        match copied {
            Ok(digest) => target.sync_all().map_err(ModelError::dir(&path)).map(|()| digest),
            Err(error) => {
                // The next installation overwrites a file that cannot be removed.
                let _ = remove_file(&path);
                Err(error)
            }
        }
    }

    /// Checks a downloaded file and moves it here. A file that fails the check is removed.
    /// `location` names the source in errors.
    pub fn adopt(
        &self,
        file: ModelFile,
        location: &str,
        downloaded: &Path,
    ) -> Result<FileDigest, ModelError> {
        let path = self.dir.part.join(file.name());
        let failed = ModelError::dir(downloaded);
        // The client of the hub returns a symbolic link.
        let target = fs::canonicalize(downloaded).map_err(&failed)?;
        let digest = FileDigest::of_file(&target, &ProgressBar::hidden()).map_err(&failed)?;
        let adopted = self.expected.check(file, location, &digest).and_then(|()| {
            File::open(&target).and_then(|file| file.sync_all()).map_err(&failed)?;
            fs::rename(&target, &path).map_err(ModelError::dir(&path))
        });
        remove_file(&target)?;
        remove_file(downloaded)?;
        adopted.map(|()| digest)
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

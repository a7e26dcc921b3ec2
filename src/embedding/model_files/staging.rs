//! Where a new model grows, file by file, until it is whole and takes the place of the old one.
//!
//! A file counts only once its seal is checked. What was checked stays when an installation fails or
//! is killed, and is not copied again; a file that was cut short is begun again.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use crate::embedding::model_files::digest;
use crate::embedding::model_files::digest::{CopyError, FileDigest};
use crate::embedding::model_files::dir::{DOWNLOADS, LOCK, ModelDir, remove_file};
use crate::embedding::model_files::error::ModelError;
use crate::embedding::model_files::expected::ExpectedModel;
use crate::embedding::model_files::manifest::{Manifest, ModelFile};

/// The directory in which the new model grows. One process at a time has it.
pub(super) struct Staging<'a> {
    place: &'a ModelDir,
    pub expected: &'a ExpectedModel,
    pub bar: ProgressBar,
    lock: File,
}

const STYLE: &str = "{msg} [{wide_bar}] {bytes}/{total_bytes} ({eta})";

/// Lets `fill` make a model, and then puts it into `dir`.
pub(super) fn replace(
    dir: &Path,
    wanted: &ExpectedModel,
    fill: impl FnOnce(&Staging) -> Result<Manifest, ModelError>,
) -> Result<(), ModelError> {
    let place = ModelDir::of(dir);
    place.recover()?;
    place.refuse_foreign()?;
    let staging = Staging::begin(&place, wanted)?;
    let filled = fill(&staging);
    staging.bar.finish_and_clear();
    match filled {
        Ok(manifest) => staging.finish(&manifest),
        Err(error) => {
            staging.leave();
            Err(error)
        }
    }
}

impl<'a> Staging<'a> {
    fn begin(place: &'a ModelDir, wanted: &'a ExpectedModel) -> Result<Staging<'a>, ModelError> {
        let lock = place.lock()?;
        // Until it is written anew, what is here is not whole.
        remove_file(&place.part.join(Manifest::FILE))?;
        let style = ProgressStyle::with_template(STYLE).expect("every test that installs makes it");
        // Hidden by itself where standard error is no terminal.
        let bar = ProgressBar::new(0).with_style(style);
        Ok(Staging { place, expected: wanted, bar, lock })
    }

    pub fn downloads(&self) -> PathBuf {
        self.place.part.join(DOWNLOADS)
    }

    /// The seal of a file that an earlier installation got whole, if it is the one that is wanted.
    pub fn kept(&self, file: ModelFile) -> Option<FileDigest> {
        let ExpectedModel::Exactly(wanted) = self.expected else { return None };
        let path = self.place.part.join(file.name());
        let expected = *wanted.files.of(file);
        if fs::metadata(&path).ok()?.len() != expected.bytes {
            return None;
        }
        let seal = FileDigest::of_file(&path, &ProgressBar::hidden()).ok()?;
        (seal == expected).then(|| {
            self.bar.inc(seal.bytes);
            seal
        })
    }

    /// Copies a file; `from` is how an error names it.
    pub fn receive(
        &self,
        file: ModelFile,
        from: &str,
        source: impl Read,
    ) -> Result<FileDigest, ModelError> {
        let path = self.place.part.join(file.name());
        let mut target = File::create(&path).map_err(ModelError::dir(&path))?;
        let copied = digest::copy(source, &mut target, self.expected.limit(file), &self.bar)
            .map_err(|error| match error {
                CopyError::Reading(error) => ModelError::Source(from.to_owned(), error),
                CopyError::Writing(error) => ModelError::Dir(path.clone(), error),
            })
            .and_then(|seal| self.expected.check(file, from, &seal).map(|()| seal));
        match copied {
            Ok(seal) => target.sync_all().map_err(ModelError::dir(&path)).map(|()| seal),
            Err(error) => {
                // The first error counts; what is half a file would be written anew all the same.
                let _ = remove_file(&path);
                Err(error)
            }
        }
    }

    /// Takes over a file that was downloaded beside the others; a wrong one is removed.
    pub fn adopt(
        &self,
        file: ModelFile,
        from: &str,
        downloaded: &Path,
    ) -> Result<FileDigest, ModelError> {
        let path = self.place.part.join(file.name());
        let failed = ModelError::dir(downloaded);
        // The hub's client gives a link to the file.
        let whole = fs::canonicalize(downloaded).map_err(&failed)?;
        let seal = FileDigest::of_file(&whole, &ProgressBar::hidden()).map_err(&failed)?;
        let adopted = self.expected.check(file, from, &seal).and_then(|()| {
            File::open(&whole).and_then(|file| file.sync_all()).map_err(&failed)?;
            fs::rename(&whole, &path).map_err(ModelError::dir(&path))
        });
        remove_file(&whole)?;
        remove_file(downloaded)?;
        adopted.map(|()| seal)
    }

    fn finish(self, manifest: &Manifest) -> Result<(), ModelError> {
        let path = self.place.part.join(Manifest::FILE);
        match fs::remove_dir_all(self.downloads()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(ModelError::Dir(self.downloads(), error));
            }
            _ => {}
        }
        let text = toml::to_string(manifest).expect("a manifest has only texts and numbers");
        let mut target = File::create(&path).map_err(ModelError::dir(&path))?;
        target
            .write_all(text.as_bytes())
            .and_then(|()| target.sync_all())
            .map_err(ModelError::dir(&path))?;
        self.place.swap()
    }

    /// After a failure: leaves no directory behind that holds nothing.
    fn leave(self) {
        let part = &self.place.part;
        let is_empty = fs::read_dir(part).is_ok_and(|entries| entries.count() == 1);
        if is_empty {
            // Left behind, they do no harm.
            let _ = fs::remove_file(part.join(LOCK));
            let _ = fs::remove_dir(part);
        }
        // Not by closing alone: a process that was just started may still hold a copy.
        let _ = self.lock.unlock();
    }
}

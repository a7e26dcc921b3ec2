//! The directory of the model, and its atomic replacement.
//!
//! The directory has two siblings: `.part` is the staging directory of a new model, and `.replaced`
//! keeps the old model between two renames. At every moment one of the three has a complete model,
//! which [`ModelDir::recover`] finds after a kill. Only files that an installation made are
//! removed.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use indicatif::HumanCount;

use super::digest::size_mismatch;
use super::error::ModelError;
use super::manifest::{EARLIER_FILES, Manifest, WEIGHTS, earlier_model};

/// The paths of the model's directory and its siblings.
pub(super) struct ModelDir {
    pub dir: PathBuf,
    pub part: PathBuf,
    replaced: PathBuf,
}

/// The directories that [`remove`] removed, with the size of their files in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed(Vec<(PathBuf, u64)>);

/// Name of the file in `.part` that is locked while a model is installed.
pub(super) const LOCK: &str = "lock";
/// Name of the directory in `.part` that the client of the hub downloads to.
pub(super) const DOWNLOADS: &str = "downloads";

/// Removes the model in `dir` and the rest of an interrupted installation.
pub fn remove(dir: &Path) -> Result<Removed, ModelError> {
    let dir = ModelDir::of(dir);
    let _lock = if dir.part.exists() { Some(dir.lock()?) } else { None };
    dir.remove().map(Removed)
}

impl ModelDir {
    /// Returns the paths for the model in `dir`.
    pub fn of(dir: &Path) -> ModelDir {
        // A symbolic link is kept, and its target is replaced.
        let dir = match fs::read_link(dir) {
            Ok(_) => fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned()),
            Err(_) => dir.components().collect(),
        };
        let sibling = |suffix: &str| {
            let mut name = dir.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        };
        ModelDir { part: sibling(".part"), replaced: sibling(".replaced"), dir }
    }

    /// Creates `.part` and locks it for this process. The lock is released when the file is closed.
    pub fn lock(&self) -> Result<File, ModelError> {
        let path = self.part.join(LOCK);
        fs::create_dir_all(&self.part).map_err(ModelError::dir(&self.part))?;
        let lock = File::create(&path).map_err(ModelError::dir(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(ModelError::Busy(self.dir.clone())),
            Err(TryLockError::Error(error)) => Err(ModelError::Dir(path, error)),
        }
    }

    /// Finishes a replacement that was interrupted.
    pub fn recover(&self) -> Result<(), ModelError> {
        if !self.dir.exists() {
            let complete = [&self.part, &self.replaced].into_iter().find(|dir| is_complete(dir));
            let Some(complete) = complete else { return Ok(()) };
            match fs::rename(complete, &self.dir) {
                // Another process finished the same replacement first.
                Err(_) if is_complete(&self.dir) => {}
                renamed => renamed.map_err(ModelError::dir(&self.dir))?,
            }
        }
        if self.replaced.exists() && is_complete(&self.dir) {
            clear(&self.replaced)?;
        }
        Ok(())
    }

    /// Replaces the model by the complete model in `.part`.
    pub fn swap(&self) -> Result<(), ModelError> {
        sync_dir(&self.part);
        if self.dir.exists() {
            clear(&self.replaced)?;
            fs::rename(&self.dir, &self.replaced).map_err(ModelError::dir(&self.dir))?;
        }
        // Between the renames, a reader may have recovered what looked like an interruption.
        let is_recovered = || !self.part.exists() && is_complete(&self.dir);
        match fs::rename(&self.part, &self.dir) {
            Err(error) if !is_recovered() => {
                // Restores the old model as well as possible; the first error is reported.
                let _ = fs::rename(&self.replaced, &self.dir);
                return Err(ModelError::Dir(self.dir.clone(), error));
            }
            _ => {}
        }
        if let Some(parent) = self.dir.parent() {
            sync_dir(parent);
        }
        remove_file(&self.dir.join(LOCK))?;
        clear(&self.replaced).map(drop)
    }

    /// Fails if one of the directories has a file that no installation made.
    pub fn refuse_foreign(&self) -> Result<(), ModelError> {
        [&self.dir, &self.part, &self.replaced].into_iter().try_for_each(|dir| refuse_foreign(dir))
    }

    /// Removes the three directories. Returns those that existed, with the size of their files.
    pub fn remove(&self) -> Result<Vec<(PathBuf, u64)>, ModelError> {
        self.refuse_foreign()?;
        let mut removed = Vec::new();
        for dir in [&self.dir, &self.part, &self.replaced] {
            if let Some(bytes) = clear(dir)? {
                removed.push((dir.clone(), bytes));
            }
        }
        Ok(removed)
    }
}

/// Returns the manifest of the model in `dir`, or `None` if the directory has no model. Fails if
/// the file is missing or has another size than in the manifest, or if the model is of an earlier
/// version.
pub(super) fn read_manifest(dir: &Path) -> Result<Option<Manifest>, ModelError> {
    let path = dir.join(Manifest::FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match dir.join(WEIGHTS).exists() {
                true => {
                    let reason = format!("it is missing, although `{WEIGHTS}` exists");
                    Err(ModelError::damaged(path, reason))
                }
                false => Ok(None),
            };
        }
        Err(error) => return Err(ModelError::damaged(path, error.to_string())),
    };
    if let Some(name) = earlier_model(&text) {
        return Err(ModelError::EarlierVersion(dir.to_owned(), name));
    }
    let manifest: Manifest = toml::from_str(&text)
        .map_err(|error| ModelError::damaged(path, error.message().to_owned()))?;
    let path = dir.join(WEIGHTS);
    let expected = manifest.files.weights.bytes;
    match fs::metadata(&path) {
        Ok(metadata) if metadata.len() == expected => Ok(Some(manifest)),
        Ok(metadata) => Err(ModelError::damaged(path, size_mismatch(expected, metadata.len()))),
        Err(error) => Err(ModelError::damaged(path, error.to_string())),
    }
}

/// Returns whether `dir` has a complete model.
fn is_complete(dir: &Path) -> bool {
    matches!(read_manifest(dir), Ok(Some(_)))
}

/// Fails if `dir` has a file that no installation made.
fn refuse_foreign(dir: &Path) -> Result<(), ModelError> {
    let foreign: Vec<_> = names(dir)?
        .unwrap_or_default()
        .into_iter()
        .filter(|name| !is_ours(name))
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    if foreign.is_empty() { Ok(()) } else { Err(ModelError::ForeignFiles(dir.to_owned(), foreign)) }
}

/// Removes the files that an installation made, then `dir`. Returns the size of the files in bytes,
/// or `None` if `dir` does not exist.
fn clear(dir: &Path) -> Result<Option<u64>, ModelError> {
    refuse_foreign(dir)?;
    let Some(names) = names(dir)? else { return Ok(None) };
    let mut bytes = 0;
    for name in names {
        let path = dir.join(&name);
        if name == DOWNLOADS {
            fs::remove_dir_all(&path).map_err(ModelError::dir(&path))?;
        } else {
            bytes += fs::metadata(&path).map_or(0, |metadata| metadata.len());
            remove_file(&path)?;
        }
    }
    match fs::remove_dir(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ModelError::Dir(dir.to_owned(), error))
        }
        _ => Ok(Some(bytes)),
    }
}

/// Returns whether an installation, also one of an earlier version, makes a file of this name.
fn is_ours(name: &OsStr) -> bool {
    let ours = [Manifest::FILE, WEIGHTS, LOCK, DOWNLOADS];
    name.to_str().is_some_and(|name| ours.contains(&name) || EARLIER_FILES.contains(&name))
}

/// Returns the names of the entries of `dir`, sorted, or `None` if `dir` does not exist.
fn names(dir: &Path) -> Result<Option<Vec<OsString>>, ModelError> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries.map_err(ModelError::dir(dir))?,
    };
    let names: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.file_name())).collect();
    let mut names = names.map_err(ModelError::dir(dir))?;
    names.sort();
    Ok(Some(names))
}

/// Removes a file, if it exists.
pub(super) fn remove_file(path: &Path) -> Result<(), ModelError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ModelError::Dir(path.to_owned(), error))
        }
        _ => Ok(()),
    }
}

/// Makes renames in `dir` durable. Errors are ignored, since some systems cannot sync directories.
fn sync_dir(dir: &Path) {
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
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

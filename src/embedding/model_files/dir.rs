//! The directory of the model and its two neighbours: `.part`, where a new one grows, and `.replaced`,
//! where the old one waits for the moment between two renames.
//!
//! Whenever the process is killed, one of the three holds a whole model, and [`Place::heal`] finds it.
//! Only files that an installation made are ever removed.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::embedding::model_files::digest::size_mismatch;
use crate::embedding::model_files::error::ModelError;
use crate::embedding::model_files::manifest::{Manifest, ModelFile};

pub(super) struct ModelDir {
    pub dir: PathBuf,
    pub part: PathBuf,
    old: PathBuf,
}

/// Held while a model is installed.
pub(super) const LOCK: &str = "lock";
/// What the hub's client keeps while it downloads, in `.part`.
pub(super) const DOWNLOADS: &str = "downloads";

impl ModelDir {
    pub fn of(dir: &Path) -> ModelDir {
        // A link stays; what it leads to is replaced.
        let dir = match fs::read_link(dir) {
            Ok(_) => fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned()),
            Err(_) => dir.components().collect(),
        };
        let beside = |suffix: &str| {
            let mut name = dir.clone().into_os_string();
            name.push(suffix);
            PathBuf::from(name)
        };
        ModelDir { part: beside(".part"), old: beside(".replaced"), dir }
    }

    /// Makes `.part`, for as long as the file lives for this process alone.
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

    /// Finishes a replacement that was cut short.
    pub fn recover(&self) -> Result<(), ModelError> {
        if !self.dir.exists() {
            let whole = [&self.part, &self.old].into_iter().find(|dir| is_whole(dir));
            let Some(whole) = whole else { return Ok(()) };
            match fs::rename(whole, &self.dir) {
                // Another process was faster.
                Err(_) if is_whole(&self.dir) => {}
                renamed => renamed.map_err(ModelError::dir(&self.dir))?,
            }
        }
        if self.old.exists() && is_whole(&self.dir) { clear(&self.old).map(drop) } else { Ok(()) }
    }

    /// Puts the finished `.part` where the model belongs.
    pub fn swap(&self) -> Result<(), ModelError> {
        sync_dir(&self.part);
        if self.dir.exists() {
            clear(&self.old)?;
            fs::rename(&self.dir, &self.old).map_err(ModelError::dir(&self.dir))?;
        }
        // A reader that found nothing in place may have healed what it took for cut short.
        let is_healed = || !self.part.exists() && is_whole(&self.dir);
        match fs::rename(&self.part, &self.dir) {
            Err(error) if !is_healed() => {
                // The first error counts; the model that was there must not be lost to it.
                let _ = fs::rename(&self.old, &self.dir);
                return Err(ModelError::Dir(self.dir.clone(), error));
            }
            _ => {}
        }
        if let Some(above) = self.dir.parent() {
            sync_dir(above);
        }
        remove_file(&self.dir.join(LOCK))?;
        clear(&self.old).map(drop)
    }

    /// Refuses where somebody keeps other files.
    pub fn refuse_foreign(&self) -> Result<(), ModelError> {
        [&self.dir, &self.part, &self.old].into_iter().try_for_each(|dir| refuse_foreign(dir))
    }

    /// Removes all three; the directories that were there, with what they held in bytes.
    pub fn remove(&self) -> Result<Vec<(PathBuf, u64)>, ModelError> {
        self.refuse_foreign()?;
        let mut removed = Vec::new();
        for dir in [&self.dir, &self.part, &self.old] {
            if let Some(bytes) = clear(dir)? {
                removed.push((dir.clone(), bytes));
            }
        }
        Ok(removed)
    }
}

/// The manifest of `dir`, or `None` where there is no model.
pub(super) fn manifest(dir: &Path) -> Result<Option<Manifest>, ModelError> {
    let path = dir.join(Manifest::FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let stray = ModelFile::ALL.into_iter().find(|file| dir.join(file.name()).exists());
            return match stray {
                Some(file) => Err(ModelError::damaged(
                    path,
                    format!("it is missing beside `{}`", file.name()),
                )),
                None => Ok(None),
            };
        }
        Err(error) => return Err(ModelError::damaged(path, error.to_string())),
    };
    let manifest: Manifest = toml::from_str(&text)
        .map_err(|error| ModelError::damaged(path, error.message().to_owned()))?;
    for file in ModelFile::ALL {
        let path = dir.join(file.name());
        let expected = manifest.files.of(file).bytes;
        match fs::metadata(&path) {
            Ok(metadata) if metadata.len() == expected => {}
            Ok(metadata) => {
                let why = size_mismatch(expected, metadata.len());
                return Err(ModelError::damaged(path, why));
            }
            Err(error) => return Err(ModelError::damaged(path, error.to_string())),
        }
    }
    Ok(Some(manifest))
}

fn is_whole(dir: &Path) -> bool {
    matches!(manifest(dir), Ok(Some(_)))
}

fn refuse_foreign(dir: &Path) -> Result<(), ModelError> {
    let foreign: Vec<_> = names(dir)?
        .unwrap_or_default()
        .into_iter()
        .filter(|name| !is_ours(name))
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    if foreign.is_empty() { Ok(()) } else { Err(ModelError::Foreign(dir.to_owned(), foreign)) }
}

/// Removes what an installation put into `dir`, then `dir`; how much that was, if it was there.
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

fn is_ours(name: &OsStr) -> bool {
    let ours = [Manifest::FILE, LOCK, DOWNLOADS];
    name.to_str().is_some_and(|name| ours.contains(&name) || ModelFile::named(name).is_some())
}

/// What is in `dir`, sorted; `None` if it is not there.
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

pub(super) fn remove_file(path: &Path) -> Result<(), ModelError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ModelError::Dir(path.to_owned(), error))
        }
        _ => Ok(()),
    }
}

/// Makes renames last through a power cut where directories can be synced; elsewhere nothing can.
fn sync_dir(dir: &Path) {
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
}

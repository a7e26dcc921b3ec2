//! The source of an installation: a directory or an archive with exactly one model.
//!
//! Only one entry of an archive is ever read, and the name of an entry is never used as a path.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use super::error::ModelError;
use super::manifest::WEIGHTS;

/// The file of the only model of a directory or an archive.
pub enum Source {
    File(PathBuf),
    Archive {
        path: PathBuf,
        archive: ZipArchive<BufReader<File>>,
        /// Position of the entry in the archive.
        entry: usize,
    },
}

impl Source {
    /// Finds the only model at `path`, a directory or an archive.
    pub fn at(path: &Path) -> Result<Source, ModelError> {
        let shown = path.display().to_string();
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => find_in_directory(path),
            Ok(_) => find_in_archive(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(ModelError::NoSource(path.to_owned()))
            }
            Err(error) => Err(ModelError::Source(shown, error)),
        }
    }

    /// Returns the name of the file for error messages.
    pub fn location(&self) -> String {
        match self {
            Source::File(path) => path.display().to_string(),
            Source::Archive { path, archive, entry } => {
                let name = archive.name_for_index(*entry);
                let name = name.and_then(Result::ok).unwrap_or_else(|| WEIGHTS.into());
                format!("{}: {name}", path.display())
            }
        }
    }

    /// Returns the declared size of the file, in bytes. The declaration of an archive may be wrong.
    pub fn bytes(&mut self) -> Result<u64, ModelError> {
        let location = self.location();
        match self {
            Source::File(path) => fs::metadata(path)
                .map(|metadata| metadata.len())
                .map_err(|error| ModelError::Source(location, error)),
            Source::Archive { archive, entry, .. } => archive
                .by_index(*entry)
                .map(|entry| entry.size())
                .map_err(|error| ModelError::Source(location, error.into())),
        }
    }

    /// Opens the file for reading.
    pub fn open(&mut self) -> Result<Box<dyn Read + '_>, ModelError> {
        let location = self.location();
        match self {
            Source::File(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(ModelError::Source(location, error)),
            },
            Source::Archive { archive, entry, .. } => match archive.by_index(*entry) {
                Ok(entry) => Ok(Box::new(entry)),
                Err(error) => Err(ModelError::Source(location, error.into())),
            },
        }
    }
}

/// Finds the only model in a directory or below it. A model directly in `root` takes precedence.
fn find_in_directory(root: &Path) -> Result<Source, ModelError> {
    if root.join(WEIGHTS).is_file() {
        return Ok(Source::File(root.join(WEIGHTS)));
    }
    let shown = root.display().to_string();
    fs::read_dir(root).map_err(|error| ModelError::Source(shown.clone(), error))?;
    // The cache of the hub consists of symbolic links. Unreadable entries are skipped.
    let entries = walkdir::WalkDir::new(root).follow_links(true).sort_by_file_name();
    let entries = entries.into_iter().flatten();
    let files = entries.filter(|entry| entry.file_type().is_file() && entry.file_name() == WEIGHTS);
    let files = files.map(|entry| (entry.path().display().to_string(), entry.into_path()));
    only_model(&shown, files.collect()).map(Source::File)
}

/// Finds the only model in an archive.
fn find_in_archive(path: &Path) -> Result<Source, ModelError> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| ModelError::Source(shown.clone(), error))?;
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
        ZipError::Io(error) => ModelError::Source(shown.clone(), error),
        other => ModelError::InvalidArchive(path.to_owned(), other.to_string()),
    })?;
    let names = archive.file_names().enumerate();
    let names = names.filter_map(|(index, name)| Some((name.ok()?.to_string(), index)));
    let files = names.filter(|(name, _)| name.rsplit('/').next() == Some(WEIGHTS));
    let entry = only_model(&shown, files.collect())?;
    Ok(Source::Archive { path: path.to_owned(), archive, entry })
}

/// Returns the only one of some files, each with its name.
fn only_model<File>(source: &str, mut files: Vec<(String, File)>) -> Result<File, ModelError> {
    match files.len() {
        0 => Err(ModelError::Missing(source.to_owned())),
        1 => Ok(files.remove(0).1),
        _ => Err(ModelError::Ambiguous {
            source_path: source.to_owned(),
            locations: files.into_iter().map(|(name, _)| name).collect(),
        }),
    }
}

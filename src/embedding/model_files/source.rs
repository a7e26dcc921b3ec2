//! The source of an installation: a directory or an archive with exactly one model.
//!
//! Only three entries of an archive are ever read, and the name of an entry is never used as a
//! path.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use super::error::ModelError;
use super::manifest::ModelFile;

/// A directory or archive that holds exactly one model.
pub enum Source {
    Directory(PathBuf),
    Archive {
        path: PathBuf,
        archive: ZipArchive<BufReader<File>>,
        /// Positions of the entries in the archive, in the order of [`ModelFile::ALL`].
        entries: [usize; 3],
    },
}

/// The model files of each directory of a source.
type Directories<Entry> = BTreeMap<String, BTreeMap<ModelFile, Entry>>;

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

    /// Returns the name of a file for error messages.
    pub fn location(&self, file: ModelFile) -> String {
        match self {
            Source::Directory(dir) => dir.join(file.name()).display().to_string(),
            Source::Archive { path, archive, entries } => {
                let name = archive.name_for_index(entries[file as usize]);
                let name = name.and_then(Result::ok).unwrap_or_else(|| file.name().into());
                format!("{}: {name}", path.display())
            }
        }
    }

    /// Returns the declared size of a file, in bytes. The declaration of an archive may be wrong.
    pub fn bytes(&mut self, file: ModelFile) -> Result<u64, ModelError> {
        let location = self.location(file);
        match self {
            Source::Directory(dir) => fs::metadata(dir.join(file.name()))
                .map(|metadata| metadata.len())
                .map_err(|error| ModelError::Source(location, error)),
            Source::Archive { archive, entries, .. } => archive
                .by_index(entries[file as usize])
                .map(|entry| entry.size())
                .map_err(|error| ModelError::Source(location, error.into())),
        }
    }

    /// Opens a file for reading.
    pub fn open(&mut self, file: ModelFile) -> Result<Box<dyn Read + '_>, ModelError> {
        let location = self.location(file);
        match self {
            Source::Directory(dir) => match File::open(dir.join(file.name())) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(ModelError::Source(location, error)),
            },
            Source::Archive { archive, entries, .. } => {
                match archive.by_index(entries[file as usize]) {
                    Ok(entry) => Ok(Box::new(entry)),
                    Err(error) => Err(ModelError::Source(location, error.into())),
                }
            }
        }
    }
}

/// Finds the only model in a directory or below it. A model directly in `root` takes precedence.
fn find_in_directory(root: &Path) -> Result<Source, ModelError> {
    if ModelFile::ALL.iter().all(|file| root.join(file.name()).is_file()) {
        return Ok(Source::Directory(root.to_owned()));
    }
    fs::read_dir(root).map_err(|error| ModelError::Source(root.display().to_string(), error))?;
    let mut directories: Directories<PathBuf> = BTreeMap::new();
    // The cache of the hub consists of symbolic links. Unreadable entries are skipped.
    for entry in walkdir::WalkDir::new(root).follow_links(true).into_iter().flatten() {
        let file = entry.file_name().to_str().and_then(ModelFile::named);
        if let (Some(file), true, Some(dir)) =
            (file, entry.file_type().is_file(), entry.path().parent())
        {
            let directory = directories.entry(dir.display().to_string()).or_default();
            directory.insert(file, dir.to_owned());
        }
    }
    let files = only_model(&root.display().to_string(), directories, str::to_owned)?;
    let dir = files.into_values().next().expect("the model has three files");
    Ok(Source::Directory(dir))
}

/// Finds the only model in an archive.
fn find_in_archive(path: &Path) -> Result<Source, ModelError> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| ModelError::Source(shown.clone(), error))?;
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
        ZipError::Io(error) => ModelError::Source(shown.clone(), error),
        other => ModelError::InvalidArchive(path.to_owned(), other.to_string()),
    })?;
    let mut directories: Directories<usize> = BTreeMap::new();
    for (index, name) in archive.file_names().enumerate() {
        let Ok(name) = name else { continue };
        let (dir, name) = name.rsplit_once('/').unwrap_or(("", &name));
        if let Some(file) = ModelFile::named(name) {
            directories.entry(dir.to_owned()).or_default().insert(file, index);
        }
    }
    let location = |directory: &str| match directory {
        "" => shown.clone(),
        directory => format!("{shown}: {directory}"),
    };
    let files = only_model(&shown, directories, location)?;
    let entries = ModelFile::ALL.map(|file| files[&file]);
    Ok(Source::Archive { path: path.to_owned(), archive, entries })
}

/// Returns the files of the only directory that has all three. Otherwise fails with an error that
/// names the directory that has most of them.
fn only_model<Entry>(
    source: &str,
    directories: Directories<Entry>,
    location: impl Fn(&str) -> String,
) -> Result<BTreeMap<ModelFile, Entry>, ModelError> {
    let (mut complete, incomplete): (Vec<_>, Vec<_>) =
        directories.into_iter().partition(|(_, files)| files.len() == ModelFile::ALL.len());
    if complete.len() > 1 {
        let locations = complete.iter().map(|(directory, _)| match directory.as_str() {
            "" => ".".to_owned(),
            directory => directory.to_owned(),
        });
        return Err(ModelError::Ambiguous {
            source_path: source.to_owned(),
            locations: locations.collect(),
        });
    }
    if let Some((_, files)) = complete.pop() {
        return Ok(files);
    }
    // Many programs have a `config.json`; only a model has weights.
    let nearest = incomplete
        .iter()
        .max_by_key(|(_, files)| (files.contains_key(&ModelFile::Weights), files.len()));
    let missing = |files: Option<&BTreeMap<ModelFile, Entry>>| {
        let is_missing = |file: &ModelFile| files.is_none_or(|files| !files.contains_key(file));
        ModelFile::ALL.into_iter().filter(is_missing).collect()
    };
    Err(match nearest {
        Some((directory, files)) => {
            ModelError::Missing { location: location(directory), files: missing(Some(files)) }
        }
        None => ModelError::Missing { location: source.to_owned(), files: missing(None) },
    })
}

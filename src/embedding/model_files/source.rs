//! Where a model is installed from: a directory or an archive, and the one place in it that holds
//! all three files.
//!
//! Of an archive only these three entries are ever read, and no entry's name becomes a path.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::embedding::model_files::error::ModelError;
use crate::embedding::model_files::manifest::ModelFile;

/// A directory or archive that holds exactly one model.
pub enum Source {
    Directory(PathBuf),
    Archive {
        path: PathBuf,
        archive: ZipArchive<BufReader<File>>,
        /// In the order of [`ModelFile::ALL`].
        entries: [usize; 3],
    },
}

/// For each place, the model's files in it.
type Places<Found> = BTreeMap<String, BTreeMap<ModelFile, Found>>;

impl Source {
    pub fn at(path: &Path) -> Result<Source, ModelError> {
        let shown = path.display().to_string();
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => directory(path),
            Ok(_) => archive(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(ModelError::NoSource(path.to_owned()))
            }
            Err(error) => Err(ModelError::Source(shown, error)),
        }
    }

    /// How an error names the file.
    pub fn place(&self, file: ModelFile) -> String {
        match self {
            Source::Directory(dir) => dir.join(file.name()).display().to_string(),
            Source::Archive { path, archive, entries } => {
                let name = archive.name_for_index(entries[file as usize]);
                let name = name.and_then(Result::ok).unwrap_or_else(|| file.name().into());
                format!("{}: {name}", path.display())
            }
        }
    }

    /// As many as are declared; those of an archive may prove wrong.
    pub fn bytes(&mut self, file: ModelFile) -> Result<u64, ModelError> {
        let place = self.place(file);
        match self {
            Source::Directory(dir) => fs::metadata(dir.join(file.name()))
                .map(|metadata| metadata.len())
                .map_err(|error| ModelError::Source(place, error)),
            Source::Archive { archive, entries, .. } => archive
                .by_index(entries[file as usize])
                .map(|entry| entry.size())
                .map_err(|error| ModelError::Source(place, error.into())),
        }
    }

    pub fn open(&mut self, file: ModelFile) -> Result<Box<dyn Read + '_>, ModelError> {
        let place = self.place(file);
        match self {
            Source::Directory(dir) => match File::open(dir.join(file.name())) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(ModelError::Source(place, error)),
            },
            Source::Archive { archive, entries, .. } => {
                match archive.by_index(entries[file as usize]) {
                    Ok(entry) => Ok(Box::new(entry)),
                    Err(error) => Err(ModelError::Source(place, error.into())),
                }
            }
        }
    }
}

fn directory(root: &Path) -> Result<Source, ModelError> {
    // Who names the model's own directory means that one, whatever lies below.
    if ModelFile::ALL.iter().all(|file| root.join(file.name()).is_file()) {
        return Ok(Source::Directory(root.to_owned()));
    }
    fs::read_dir(root).map_err(|error| ModelError::Source(root.display().to_string(), error))?;
    let mut places: Places<PathBuf> = BTreeMap::new();
    // The hub's own cache is made of links. What cannot be read below is no model.
    for entry in walkdir::WalkDir::new(root).follow_links(true).into_iter().flatten() {
        let file = entry.file_name().to_str().and_then(ModelFile::named);
        if let (Some(file), true, Some(dir)) =
            (file, entry.file_type().is_file(), entry.path().parent())
        {
            places.entry(dir.display().to_string()).or_default().insert(file, dir.to_owned());
        }
    }
    let files = only(&root.display().to_string(), places, |place| place.to_owned())?;
    let dir = files.into_values().next().expect("it holds all three files");
    Ok(Source::Directory(dir))
}

fn archive(path: &Path) -> Result<Source, ModelError> {
    let shown = path.display().to_string();
    let file = File::open(path).map_err(|error| ModelError::Source(shown.clone(), error))?;
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
        ZipError::Io(error) => ModelError::Source(shown.clone(), error),
        other => ModelError::NoArchive(path.to_owned(), other.to_string()),
    })?;
    let mut places: Places<usize> = BTreeMap::new();
    for (index, name) in archive.file_names().enumerate() {
        let Ok(name) = name else { continue };
        let (dir, name) = name.rsplit_once('/').unwrap_or(("", &name));
        if let Some(file) = ModelFile::named(name) {
            places.entry(dir.to_owned()).or_default().insert(file, index);
        }
    }
    let inside = |place: &str| match place {
        "" => shown.clone(),
        place => format!("{shown}: {place}"),
    };
    let files = only(&shown, places, inside)?;
    let entries = ModelFile::ALL.map(|file| files[&file]);
    Ok(Source::Archive { path: path.to_owned(), archive, entries })
}

/// The files of the only place that has all three; else an error that names the nearest.
fn only<Found>(
    source: &str,
    places: Places<Found>,
    shown: impl Fn(&str) -> String,
) -> Result<BTreeMap<ModelFile, Found>, ModelError> {
    let (mut whole, partial): (Vec<_>, Vec<_>) =
        places.into_iter().partition(|(_, files)| files.len() == ModelFile::ALL.len());
    if whole.len() > 1 {
        let places = whole.iter().map(|(place, _)| match place.as_str() {
            "" => ".".to_owned(),
            place => place.to_owned(),
        });
        return Err(ModelError::Several { source: source.to_owned(), places: places.collect() });
    }
    if let Some((_, files)) = whole.pop() {
        return Ok(files);
    }
    // A lone `config.json` says little; weights say that a model was meant.
    let nearest = partial
        .iter()
        .max_by_key(|(_, files)| (files.contains_key(&ModelFile::Weights), files.len()));
    let missing = |files: Option<&BTreeMap<ModelFile, Found>>| {
        let is_missing = |file: &ModelFile| files.is_none_or(|files| !files.contains_key(file));
        ModelFile::ALL.into_iter().filter(is_missing).collect()
    };
    Err(match nearest {
        Some((place, files)) => {
            ModelError::Missing { place: shown(place), files: missing(Some(files)) }
        }
        None => ModelError::Missing { place: source.to_owned(), files: missing(None) },
    })
}

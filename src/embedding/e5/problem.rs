//! The errors of opening a weight file.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// An error that keeps a weight file from being used. The message is for the operator.
#[derive(Debug, Error)]
pub enum ModelError {
    #[error("{}: cannot read the sentence model: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "{}: not a weight file of multilingual-e5-small: {problem}\nhint: install the model again",
        path.display()
    )]
    Invalid { path: PathBuf, problem: Problem },
}

/// A difference between a file and a weight file of multilingual-e5-small.
#[derive(Debug, Error, PartialEq)]
pub enum Problem {
    #[error("it does not start with E5S1")]
    Magic,
    #[error("its {field} is {found}, expected {expected}")]
    Header { field: &'static str, found: String, expected: String },
    #[error("it ends in the middle of {part}")]
    Truncated { part: &'static str },
    #[error("its vocabulary is invalid: {0}")]
    Vocabulary(&'static str),
    #[error("its character replacements are invalid")]
    Replacements,
    #[error("its tensor {name} is {problem}")]
    Tensor { name: String, problem: &'static str },
}

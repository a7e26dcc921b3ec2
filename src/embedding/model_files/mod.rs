//! The files of the sentence model: installation, verification and removal.
//!
//! A model is three files and the manifest `model.toml`, in a directory of their own. The directory
//! has a complete model or none, even if the process is killed while a model is replaced: see
//! `dir`. This module never interprets the weights.

mod digest;
mod dir;
mod error;
mod expected;
mod hub;
mod install;
mod installed;
mod manifest;
mod source;
mod staging;

pub use digest::{FileDigest, Sha256Sum};
pub use dir::{Removed, remove};
pub use error::ModelError;
pub use expected::ExpectedModel;
pub use hub::{DEFAULT_HUB_URL, install_from_hub};
pub use install::install_from_path;
pub use installed::{Installed, ModelKind, installed, installed_read_only, verified};
pub use manifest::{FileDigests, Manifest, ModelFile};

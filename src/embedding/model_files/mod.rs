//! The file of the sentence model: installation, verification and removal.
//!
//! A model is a file and the manifest `model.toml`, in a directory of their own. The directory has
//! a complete model or none, even if the process is killed while a model is replaced: see `dir`.
//! The files of the Hugging Face hub are converted; otherwise this module never interprets the
//! weights.

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
pub use hub::{DEFAULT_HUB_URL, install_from_hub};
pub use install::install_from_path;
pub use installed::{Installed, installed, installed_read_only, verified};
pub use manifest::{FileDigests, HubDigests, HubManifest, Manifest, WEIGHTS};

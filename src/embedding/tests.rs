//! The weight file of the real model, for tests of the modules of [`super::e5`].

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tempfile::TempDir;

use super::model_files::{Manifest, install_from_path};

/// The installed model and its directory, which is kept until the process ends.
static INSTALLED: LazyLock<Option<(TempDir, PathBuf)>> = LazyLock::new(|| {
    let source = std::env::var_os("VERBATIM_TEST_MODEL")?;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let model = dir.path().join("model");
    let installed = install_from_path(&model, Path::new(&source), &Manifest::e5_small())
        .expect("VERBATIM_TEST_MODEL names the model");
    Some((dir, installed.weights()))
});

/// Returns the weight file of the model that `VERBATIM_TEST_MODEL` names. Otherwise reports a
/// skipped test.
pub fn real_weight_file() -> Option<PathBuf> {
    if INSTALLED.is_none() {
        eprintln!("SKIPPED: VERBATIM_TEST_MODEL is not set");
    }
    INSTALLED.as_ref().map(|(_, path)| path.clone())
}

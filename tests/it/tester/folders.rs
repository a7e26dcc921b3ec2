//! Temporary folders with a corpus of one article.

use tempfile::TempDir;

const TIDES: &str = "---\ntitle: Tides & <Times>\nauthors: Ada\n---\n\n\
    Tides are the rise and fall of sea levels. The Moon causes them.\n\n\
    ## Neap tides\n\nA neap tide happens twice a month, when the Sun & the Moon are at right angles.\n\n\
    ## Tidal power\n\nA barrage across the Rance estuary has made electricity since 1966.\n";

/// Returns folders with an article about tides in `corpus`.
pub fn folders() -> TempDir {
    let folders = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(folders.path().join("corpus")).expect("a new directory");
    write(&folders, "tides.md", TIDES);
    folders
}

/// Writes a file of the corpus.
pub fn write(folders: &TempDir, file: &str, text: &str) {
    let path = folders.path().join("corpus").join(file);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).expect("the corpus can be written");
    }
    std::fs::write(path, text).expect("the corpus can be written");
}

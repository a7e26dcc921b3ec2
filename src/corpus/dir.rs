//! The corpus directory: its absolute path, its configured path, and the directories to which
//! symbolic links may lead.
//!
//! The absolute path stays valid when the working directory changes, and it matches the paths that
//! the file watcher reports.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::safe_open;
use super::selection::Selection;

/// The directory that contains the articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorpusDir {
    path: PathBuf,
    display: PathBuf,
    follow_links: Vec<PathBuf>,
    selection: Selection,
}

impl CorpusDir {
    /// Returns the corpus directory at `path`, shown to the operator as `display`. A symbolic link
    /// below the directory is followed only if its target lies below one of `follow_links`.
    pub fn new(path: &Path, display: &Path, follow_links: Vec<PathBuf>) -> CorpusDir {
        // Without a working directory a relative path cannot be made absolute.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let display = if display.as_os_str().is_empty() { Path::new(".") } else { display };
        let selection = Selection::default();
        CorpusDir { path, display: display.to_owned(), follow_links, selection }
    }

    /// Returns this directory with a selection of its files.
    pub fn with_selection(self, selection: Selection) -> CorpusDir {
        CorpusDir { selection, ..self }
    }

    /// Returns the selection of the files that are articles.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// Returns whether the directory lies in a work tree of Git, which gives all files the time of
    /// the checkout.
    pub fn is_in_git(&self) -> bool {
        let resolved = self.path.canonicalize();
        let path = resolved.as_deref().unwrap_or(&self.path);
        path.ancestors().any(|dir| dir.join(".git").exists())
    }

    /// Returns the absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path of the directory as it is shown to the operator.
    pub fn display_path(&self) -> String {
        self.display.display().to_string()
    }

    /// Returns the path of a file below the directory as it is shown to the operator. `file` is
    /// absolute or relative to the directory.
    pub fn display_file(&self, file: &Path) -> String {
        let relative = file.strip_prefix(&self.path).unwrap_or(file);
        match relative.as_os_str().is_empty() {
            true => self.display_path(),
            false => self.display.join(relative).display().to_string(),
        }
    }

    /// Returns the directories to which symbolic links may lead, as configured.
    pub fn follow_links(&self) -> &[PathBuf] {
        &self.follow_links
    }

    /// Returns the existing directories to which symbolic links may lead, as resolved paths.
    pub fn link_roots(&self) -> Vec<PathBuf> {
        self.follow_links.iter().filter_map(|root| root.canonicalize().ok()).collect()
    }

    /// Opens a regular file for reading. `file` is relative to the directory. Symbolic links are
    /// followed by the rule of [`CorpusDir::new`].
    pub fn open(&self, file: &Path) -> io::Result<File> {
        safe_open::open(&self.path, file).or_else(|error| {
            if self.follow_links.is_empty() {
                return Err(error);
            }
            let target = self.path.join(file).canonicalize()?;
            // The target is opened from its root without following links: a link may have replaced
            // a directory since the path was resolved.
            let roots = self.link_roots();
            let within =
                roots.iter().find_map(|root| Some((root, target.strip_prefix(root).ok()?)));
            within.map_or(Err(error), |(root, relative)| safe_open::open(root, relative))
        })
    }
}

impl From<&Path> for CorpusDir {
    fn from(path: &Path) -> CorpusDir {
        CorpusDir::new(path, path, Vec::new())
    }
}

impl From<&PathBuf> for CorpusDir {
    fn from(path: &PathBuf) -> CorpusDir {
        path.as_path().into()
    }
}

impl From<&CorpusDir> for CorpusDir {
    fn from(dir: &CorpusDir) -> CorpusDir {
        dir.clone()
    }
}

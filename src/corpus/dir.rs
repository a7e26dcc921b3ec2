//! The corpus directory: its place, the name that an operator knows it by, and the directories to
//! which symbolic links may lead.
//!
//! The place is absolute, so that neither a change of the working directory nor the absolute paths
//! of the file watcher matter.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::beneath;

/// The directory of the articles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorpusDir {
    path: PathBuf,
    shown: PathBuf,
    follow_links: Vec<PathBuf>,
}

impl CorpusDir {
    /// Returns the directory at `path`, shown to an operator as `shown`. A symbolic link below it
    /// is followed only if its target lies below one of `follow_links`.
    pub fn new(path: &Path, shown: &Path, follow_links: Vec<PathBuf>) -> CorpusDir {
        // Without a working directory a relative path cannot be made absolute.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let shown = if shown.as_os_str().is_empty() { Path::new(".") } else { shown };
        CorpusDir { path, shown: shown.to_owned(), follow_links }
    }

    /// Returns the absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the path as an operator knows it.
    pub fn shown(&self) -> String {
        self.shown.display().to_string()
    }

    /// Returns the path of a file below the directory as an operator knows it; `file` may be
    /// absolute.
    pub fn shown_file(&self, file: &Path) -> String {
        let place = file.strip_prefix(&self.path).unwrap_or(file);
        match place.as_os_str().is_empty() {
            true => self.shown(),
            false => self.shown.join(place).display().to_string(),
        }
    }

    /// Returns the directories to which symbolic links may lead, as they are configured.
    pub fn follow_links(&self) -> &[PathBuf] {
        &self.follow_links
    }

    /// Returns the directories to which symbolic links may lead, without links in their own paths.
    /// A directory that does not exist is left out.
    pub fn link_roots(&self) -> Vec<PathBuf> {
        self.follow_links.iter().filter_map(|root| root.canonicalize().ok()).collect()
    }

    /// Opens a regular file below the directory for reading; `file` is relative. A symbolic link is
    /// followed only as [`CorpusDir::new`] says.
    pub fn open(&self, file: &Path) -> io::Result<File> {
        beneath::open(&self.path, file).or_else(|error| {
            if self.follow_links.is_empty() {
                return Err(error);
            }
            let target = self.path.join(file).canonicalize()?;
            // The target is looked up again from its root, since a link may have been put on its
            // way.
            let roots = self.link_roots();
            let within =
                roots.iter().find_map(|root| Some((root, target.strip_prefix(root).ok()?)));
            within.map_or(Err(error), |(root, place)| beneath::open(root, place))
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

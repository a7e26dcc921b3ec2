//! Traversal of the corpus directory, which decides which files could be articles.
//!
//! Only regular files with an article's extension qualify. A symbolic link is followed only if its
//! fully resolved target lies below a directory that the operator listed in `follow_links`. Any
//! other link, named pipe, socket or device with an article's extension is reported as a problem
//! and does not affect other files.

use std::fs::{self, Metadata};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::dir::CorpusDir;
use super::file_type::has_known_extension;
use super::problem::Problem;

/// An entry of the corpus directory.
pub enum Entry {
    /// Absolute path and metadata of a regular file that could be an article. For a link, the
    /// metadata of its target.
    File(PathBuf, Metadata),
    /// A file of another type.
    Other(PathBuf),
    Problem(Problem),
}

/// Maximum number of links to directories on the path to a file.
const MAX_NESTED_LINKS: usize = 8;

/// Calls `visit` for each file and each problem below `dir`, until `visit` breaks. Hidden
/// entries are skipped.
pub fn walk(dir: &CorpusDir, visit: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> ControlFlow<()> {
    let root = dir.path();
    if fs::metadata(root).is_ok_and(|metadata| !metadata.is_dir()) {
        let hint = "give the directory of the articles with `--corpus DIR`";
        return visit(Entry::Problem(Problem::of_entry(dir, root, "it is not a directory", hint)));
    }
    Walk { dir, link_roots: dir.link_roots(), visit, link_parents: Vec::new() }.walk_dir(root)
}

struct Walk<'a> {
    dir: &'a CorpusDir,
    /// Directories whose files may be reached by links.
    link_roots: Vec<PathBuf>,
    visit: &'a mut dyn FnMut(Entry) -> ControlFlow<()>,
    /// Fully resolved parent directories of the links on the path to the current directory.
    link_parents: Vec<PathBuf>,
}

impl Walk<'_> {
    fn walk_dir(&mut self, path: &Path) -> ControlFlow<()> {
        let is_visible = |entry: &walkdir::DirEntry| {
            entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
        };
        for entry in walkdir::WalkDir::new(path).into_iter().filter_entry(is_visible) {
            let entry = match entry {
                Ok(entry) if entry.depth() == 0 => continue,
                Ok(entry) => entry,
                Err(error) => {
                    let what = error.io_error().map(ToString::to_string).unwrap_or_default();
                    let hint = "check that it exists and can be read";
                    self.report(error.path().unwrap_or(path), &what, hint)?;
                    continue;
                }
            };
            if entry.file_type().is_symlink() {
                self.visit_link(entry.path())?;
            } else if !entry.file_type().is_dir() && has_known_extension(entry.path()) {
                self.visit_file(entry.path(), entry.metadata().map_err(Into::into))?;
            } else if entry.file_type().is_file() {
                (self.visit)(Entry::Other(entry.into_path()))?;
            }
        }
        ControlFlow::Continue(())
    }

    fn visit_file(&mut self, path: &Path, metadata: std::io::Result<Metadata>) -> ControlFlow<()> {
        match metadata {
            Ok(metadata) if metadata.is_file() => {
                (self.visit)(Entry::File(path.to_owned(), metadata))
            }
            Ok(metadata) => {
                let what = format!("it is {} and not a regular file", special_file_kind(&metadata));
                self.report_forbidden(path, &what, "remove it, or put a regular file in its place")
            }
            Err(error) => self.report(path, &error.to_string(), "check that the file can be read"),
        }
    }

    fn visit_link(&mut self, path: &Path) -> ControlFlow<()> {
        let is_article = has_known_extension(path);
        let resolved = path.canonicalize().and_then(|target| Ok((fs::metadata(&target)?, target)));
        let (metadata, target) = match resolved {
            Ok(resolved) => resolved,
            Err(_) if !is_article => return ControlFlow::Continue(()),
            Err(error) => {
                let what = format!("it is a symbolic link that leads nowhere: {error}");
                return self.report_forbidden(
                    path,
                    &what,
                    "remove it, or put the file itself here",
                );
            }
        };
        if !is_article && !metadata.is_dir() {
            return ControlFlow::Continue(());
        }
        if !self.link_roots.iter().any(|root| target.starts_with(root)) {
            let what = "it is a symbolic link, which is not followed";
            let hint = match metadata.is_dir() {
                true => {
                    "put the files themselves here, or name their directory under `follow_links` in `[corpus]`"
                }
                false => {
                    "put the file itself here, or name its directory under `follow_links` in `[corpus]`"
                }
            };
            return self.report_forbidden(path, what, hint);
        }
        match metadata.is_dir() {
            true => self.walk_linked_dir(path, &target),
            false => self.visit_file(path, Ok(metadata)),
        }
    }

    fn walk_linked_dir(&mut self, path: &Path, target: &Path) -> ControlFlow<()> {
        let holder = path.parent().unwrap_or(path).canonicalize();
        self.link_parents.push(holder.unwrap_or_else(|_| path.to_owned()));
        let is_loop = self.link_parents.iter().any(|holder| holder.starts_with(target));
        let walked = if is_loop {
            self.report_forbidden(
                path,
                "it is a symbolic link that leads back to itself",
                "remove it",
            )
        } else if self.link_parents.len() > MAX_NESTED_LINKS {
            let what = "it lies behind too many symbolic links to directories";
            self.report_forbidden(path, what, "put the files themselves here")
        } else {
            self.walk_dir(path)
        };
        self.link_parents.pop();
        walked
    }

    /// Reports a problem that may be temporary: an article already in the index is kept.
    fn report(&mut self, path: &Path, what: &str, hint: &str) -> ControlFlow<()> {
        (self.visit)(Entry::Problem(Problem::of_entry(self.dir, path, what, hint)))
    }

    /// Reports an entry that must not be read: an article already in the index is dropped.
    fn report_forbidden(&mut self, path: &Path, what: &str, hint: &str) -> ControlFlow<()> {
        let problem =
            Problem { is_forbidden: true, ..Problem::of_entry(self.dir, path, what, hint) };
        (self.visit)(Entry::Problem(problem))
    }
}

/// Returns the kind, with its article, of an entry that is neither a regular file nor a directory.
#[cfg(unix)]
fn special_file_kind(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match metadata.file_type() {
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_block_device() || kind.is_char_device() => "a device",
        _ => "a special file",
    }
}

#[cfg(not(unix))]
fn special_file_kind(_: &Metadata) -> &'static str {
    "a special file"
}

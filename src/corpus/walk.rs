//! The walk through the corpus directory, which decides what could be an article.
//!
//! Only regular files with the extension of an article are read. A symbolic link is followed only
//! if its target, fully resolved, lies below a directory that the operator has named. Each other
//! link, named pipe, socket and device that has an article's extension is a problem of its own and
//! costs no other file.

use std::fs::{self, Metadata};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::dir::CorpusDir;
use super::{Problem, has_known_extension, problem};

/// An entry that could be an article, or the reason why it cannot be one.
pub enum Entry {
    /// The absolute path of a regular file, and its metadata; of a link, those of its target.
    File(PathBuf, Metadata),
    Fault(Problem),
}

/// Maximum number of links to directories that lie within each other.
const MAX_LINKS: usize = 8;

/// Calls `visit` for all that is below `dir` and not hidden, until it breaks off.
pub fn walk(dir: &CorpusDir, visit: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> ControlFlow<()> {
    let root = dir.path();
    if fs::metadata(root).is_ok_and(|metadata| !metadata.is_dir()) {
        let hint = "give the directory of the articles with `--corpus DIR`";
        return visit(Entry::Fault(fault(dir, root, "it is not a directory", hint)));
    }
    Walk { dir, roots: dir.link_roots(), visit, links: Vec::new() }.directory(root)
}

struct Walk<'a> {
    dir: &'a CorpusDir,
    /// Where links may lead.
    roots: Vec<PathBuf>,
    visit: &'a mut dyn FnMut(Entry) -> ControlFlow<()>,
    /// The directories, fully resolved, that hold the links through which the walk has come.
    links: Vec<PathBuf>,
}

impl Walk<'_> {
    fn directory(&mut self, path: &Path) -> ControlFlow<()> {
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
                    self.fault(error.path().unwrap_or(path), &what, hint)?;
                    continue;
                }
            };
            if entry.file_type().is_symlink() {
                self.link(entry.path())?;
            } else if !entry.file_type().is_dir() && has_known_extension(entry.path()) {
                self.file(entry.path(), entry.metadata().map_err(Into::into))?;
            }
        }
        ControlFlow::Continue(())
    }

    fn file(&mut self, path: &Path, metadata: std::io::Result<Metadata>) -> ControlFlow<()> {
        match metadata {
            Ok(metadata) if metadata.is_file() => {
                (self.visit)(Entry::File(path.to_owned(), metadata))
            }
            Ok(metadata) => {
                let what = format!("it is {} and not a regular file", kind(&metadata));
                self.refusal(path, &what, "remove it, or put a regular file in its place")
            }
            Err(error) => self.fault(path, &error.to_string(), "check that the file can be read"),
        }
    }

    fn link(&mut self, path: &Path) -> ControlFlow<()> {
        let is_article = has_known_extension(path);
        let resolved = path.canonicalize().and_then(|target| Ok((fs::metadata(&target)?, target)));
        let (metadata, target) = match resolved {
            Ok(resolved) => resolved,
            Err(_) if !is_article => return ControlFlow::Continue(()),
            Err(error) => {
                let what = format!("it is a symbolic link that leads nowhere: {error}");
                return self.refusal(path, &what, "remove it, or put the file itself here");
            }
        };
        if !is_article && !metadata.is_dir() {
            return ControlFlow::Continue(());
        }
        if !self.roots.iter().any(|root| target.starts_with(root)) {
            let what = "it is a symbolic link, which is not followed";
            let hint = match metadata.is_dir() {
                true => {
                    "put the files themselves here, or name their directory under `follow_links` in `[corpus]`"
                }
                false => {
                    "put the file itself here, or name its directory under `follow_links` in `[corpus]`"
                }
            };
            return self.refusal(path, what, hint);
        }
        match metadata.is_dir() {
            true => self.linked_directory(path, &target),
            false => self.file(path, Ok(metadata)),
        }
    }

    fn linked_directory(&mut self, path: &Path, target: &Path) -> ControlFlow<()> {
        let holder = path.parent().unwrap_or(path).canonicalize();
        self.links.push(holder.unwrap_or_else(|_| path.to_owned()));
        let is_loop = self.links.iter().any(|holder| holder.starts_with(target));
        let walked = if is_loop {
            self.refusal(path, "it is a symbolic link that leads back to itself", "remove it")
        } else if self.links.len() > MAX_LINKS {
            let what = "it lies behind too many symbolic links to directories";
            self.refusal(path, what, "put the files themselves here")
        } else {
            self.directory(path)
        };
        self.links.pop();
        walked
    }

    /// Reports what may be right again later: an article that was known stays.
    fn fault(&mut self, path: &Path, what: &str, hint: &str) -> ControlFlow<()> {
        (self.visit)(Entry::Fault(fault(self.dir, path, what, hint)))
    }

    /// Reports what must not be read: an article that was known goes.
    fn refusal(&mut self, path: &Path, what: &str, hint: &str) -> ControlFlow<()> {
        let refused = Problem { is_refused: true, ..fault(self.dir, path, what, hint) };
        (self.visit)(Entry::Fault(refused))
    }
}

/// Returns a problem of an entry of the corpus directory at the absolute path `path`.
pub fn fault(dir: &CorpusDir, path: &Path, what: &str, hint: &str) -> Problem {
    let place = path.strip_prefix(dir.path()).unwrap_or(path);
    let parts: Vec<_> = place.iter().map(|part| part.to_string_lossy()).collect();
    Problem { place: parts.join("/"), ..problem(&dir.shown_file(path), None, what, hint) }
}

/// Returns the kind of an entry that is neither a regular file nor a directory.
#[cfg(unix)]
fn kind(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match metadata.file_type() {
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        kind if kind.is_block_device() || kind.is_char_device() => "a device",
        _ => "a special file",
    }
}

#[cfg(not(unix))]
fn kind(_: &Metadata) -> &'static str {
    "a special file"
}

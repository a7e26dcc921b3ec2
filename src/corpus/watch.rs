//! Tells when something below the corpus directory may have changed.
//!
//! Only a hint: whoever hears it looks for itself, and looks now and then without one, since not every file
//! system tells.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::CorpusDir;

/// A watched directory, until this is dropped.
pub struct Watch {
    dir: CorpusDir,
    tell: Arc<dyn Fn() + Send + Sync>,
    watched: Option<Watched>,
    has_failed: bool,
}

struct Watched {
    /// The directory itself, which may be moved away and made anew under its name.
    dir: Option<Identity>,
    _watcher: RecommendedWatcher,
}

type Identity = (u64, u64);

impl Watch {
    /// Calls `tell` from another thread after each change below `dir`, once this is renewed.
    pub fn of(dir: &CorpusDir, tell: impl Fn() + Send + Sync + 'static) -> Watch {
        Watch { dir: dir.clone(), tell: Arc::new(tell), watched: None, has_failed: false }
    }

    /// Whether a directory is watched.
    pub fn is_on(&self) -> bool {
        self.watched.is_some()
    }

    /// Sees to it that the directory that now has the name is watched, which walks through it.
    pub fn renew(&mut self) {
        let dir = identity(self.dir.path());
        if self.watched.as_ref().is_none_or(|watched| watched.dir != dir) {
            let watcher = watcher(&self.dir, &self.tell);
            if let Err(error) = &watcher
                && !self.has_failed
            {
                tracing::warn!(%error, "the corpus cannot be watched; it is looked at again and again");
            }
            self.has_failed = watcher.is_err();
            self.watched = watcher.ok().map(|_watcher| Watched { dir, _watcher });
        }
    }
}

/// Watches the corpus directory by its path without links: so begin the paths of events on every
/// system.
fn watcher(
    corpus: &CorpusDir,
    tell: &Arc<dyn Fn() + Send + Sync>,
) -> notify::Result<RecommendedWatcher> {
    let tell = Arc::clone(tell);
    let dir = corpus.path().canonicalize().map_err(notify::Error::io)?;
    // The name of the directory may come to mean another one: by a rename, or by a link that is
    // replaced.
    let mut names = vec![dir.clone()];
    if let (Some(parent), Some(name)) = (corpus.path().parent(), corpus.path().file_name())
        && let Ok(parent) = parent.canonicalize()
    {
        names.push(parent.join(name));
    }
    names.dedup();
    let mut roots = vec![dir];
    roots.extend(corpus.link_roots());
    let (own, named) = (roots.clone(), names.clone());
    let is_ours = move |event: &notify::Event| {
        let is_own =
            |path: &PathBuf| named.contains(path) || own.iter().any(|root| path.starts_with(root));
        event.paths.is_empty() || event.paths.iter().any(is_own)
    };
    let hear = move |event: notify::Result<notify::Event>| {
        // After an error nobody knows what was missed.
        if event.is_ok_and(|event| !is_change(&event) || !is_ours(&event)) {
            return;
        }
        tell();
    };
    // A link to a large tree would otherwise have all of it watched.
    let config = notify::Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(hear, config)?;
    for root in &roots {
        watcher.watch(root, RecursiveMode::Recursive)?;
    }
    for parent in names.iter().filter_map(|name| name.parent()) {
        if !roots.iter().any(|root| parent.starts_with(root)) {
            // Without it, the name is looked up now and then.
            let _ = watcher.watch(parent, RecursiveMode::NonRecursive);
        }
    }
    Ok(watcher)
}

/// That we read the files ourselves is none.
fn is_change(event: &notify::Event) -> bool {
    match event.kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

#[cfg(unix)]
fn identity(dir: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(dir).ok().map(|data| (data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn identity(dir: &Path) -> Option<Identity> {
    fs::metadata(dir).ok().map(|_| (0, 0))
}

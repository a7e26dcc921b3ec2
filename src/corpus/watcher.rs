//! File watcher of the corpus directory: reports which entries may have changed.
//!
//! A report is only a hint. The index scans the reported entries itself, and the whole corpus from
//! time to time, because not every file system reports changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;

use super::dir::CorpusDir;
use super::scope::{Scope, is_hidden};

/// A watcher of the corpus directory. Dropping the watcher ends the watch.
pub struct CorpusWatcher {
    dir: CorpusDir,
    on_change: Arc<dyn Fn() + Send + Sync>,
    changes: Arc<PendingChanges>,
    watched: Option<WatchedDir>,
    has_failed: bool,
}

struct WatchedDir {
    /// Identity of the watched directory, which may be replaced under the same name.
    dir: Option<DirIdentity>,
    _watcher: RecommendedWatcher,
}

/// Device and inode of a directory.
type DirIdentity = (u64, u64);

/// Changes since the last [`PendingChanges::take`].
#[derive(Debug)]
pub struct PendingChanges(Mutex<Scope>);

impl PendingChanges {
    /// Returns the part of the corpus that may have changed since the last call, and clears it.
    pub fn take(&self) -> Scope {
        std::mem::replace(&mut *self.0.lock(), Scope::none())
    }

    /// Records changed entries. `None` means the whole corpus.
    fn record(&self, entries: Option<Vec<String>>) {
        let mut changes = self.0.lock();
        match entries {
            Some(entries) => entries.into_iter().for_each(|entry| changes.add(entry)),
            None => *changes = Scope::All,
        }
    }
}

impl CorpusWatcher {
    /// Returns a watcher that is not watching yet: [`CorpusWatcher::ensure_watching`] starts the
    /// watch. The watcher calls `on_change` from its own thread after each change below `dir`.
    pub fn new(dir: &CorpusDir, on_change: impl Fn() + Send + Sync + 'static) -> CorpusWatcher {
        let changes = Arc::new(PendingChanges(Mutex::new(Scope::All)));
        let (dir, on_change) = (dir.clone(), Arc::new(on_change));
        CorpusWatcher { dir, on_change, changes, watched: None, has_failed: false }
    }

    /// Returns the pending changes. They are complete only while the directory is watched.
    pub fn changes(&self) -> Arc<PendingChanges> {
        Arc::clone(&self.changes)
    }

    /// Returns whether the directory is watched.
    pub fn is_watching(&self) -> bool {
        self.watched.is_some()
    }

    /// Starts the watch, or restarts it if another directory now has the name of the corpus
    /// directory. Starting walks through the whole directory.
    pub fn ensure_watching(&mut self) {
        let dir = dir_identity(self.dir.path());
        if self.watched.as_ref().is_none_or(|watched| watched.dir != dir) {
            let watcher = start_watcher(&self.dir, &self.on_change, &self.changes);
            // Changes before this moment were possibly missed.
            self.changes.record(None);
            if let Err(error) = &watcher
                && !self.has_failed
            {
                tracing::warn!(%error, "the corpus cannot be watched for changes; it is scanned at intervals instead");
            }
            self.has_failed = watcher.is_err();
            self.watched = watcher.ok().map(|_watcher| WatchedDir { dir, _watcher });
        }
    }
}

/// Starts to watch the corpus directory. The watch uses the resolved path of the directory, since
/// the paths of events start with the resolved path on every system.
fn start_watcher(
    corpus: &CorpusDir,
    on_change: &Arc<dyn Fn() + Send + Sync>,
    changes: &Arc<PendingChanges>,
) -> notify::Result<RecommendedWatcher> {
    let (on_change, changes) = (Arc::clone(on_change), Arc::clone(changes));
    let dir = corpus.path().canonicalize().map_err(notify::Error::io)?;
    // Another directory may take the name: by a rename, or when a link is replaced.
    let mut names = vec![dir.clone()];
    if let (Some(parent), Some(name)) = (corpus.path().parent(), corpus.path().file_name())
        && let Ok(parent) = parent.canonicalize()
    {
        names.push(parent.join(name));
    }
    names.dedup();
    let has_links = !corpus.follow_links().is_empty();
    let mut roots = vec![dir.clone()];
    roots.extend(corpus.link_roots());
    let (own, named, dir_names) = (roots.clone(), names.clone(), names.clone());
    let is_relevant = move |event: &notify::Event| {
        let is_own =
            |path: &PathBuf| named.contains(path) || own.iter().any(|root| path.starts_with(root));
        event.paths.is_empty() || event.paths.iter().any(is_own)
    };
    let handle = move |event: notify::Result<notify::Event>| {
        let entries = match event {
            Ok(event) if !is_change(&event) || !is_relevant(&event) => return,
            Ok(event) if !has_links => changed_entries(&dir, &dir_names, &event),
            // An error loses an unknown number of events. An entry behind a link has other paths.
            Ok(_) | Err(_) => None,
        };
        // Scans skip hidden files.
        if entries.as_ref().is_some_and(Vec::is_empty) {
            return;
        }
        changes.record(entries);
        on_change();
    };
    // Following links could watch a large tree outside of the corpus.
    let config = notify::Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(handle, config)?;
    for root in &roots {
        watcher.watch(root, RecursiveMode::Recursive)?;
    }
    for parent in names.iter().filter_map(|name| name.parent()) {
        if !roots.iter().any(|root| parent.starts_with(root)) {
            // If this fails, `ensure_watching` still notices a new directory under the name.
            let _ = watcher.watch(parent, RecursiveMode::NonRecursive);
        }
    }
    Ok(watcher)
}

/// Returns the visible entries of the corpus directory `dir` that an event names. Returns `None` if
/// the event may concern further entries, or the directory itself under one of its `names`.
fn changed_entries(dir: &Path, names: &[PathBuf], event: &notify::Event) -> Option<Vec<String>> {
    // Other systems than Linux may report a parent directory, or a name in another case.
    if !cfg!(target_os = "linux") || event.need_rescan() || event.paths.is_empty() {
        return None;
    }
    let mut entries = Vec::new();
    for path in &event.paths {
        if dir.starts_with(path) || names.contains(path) {
            return None;
        }
        // The other end of a move may lie outside of the corpus.
        if let Ok(relative) = path.strip_prefix(dir)
            && !is_hidden(relative)
        {
            entries.push(relative.to_str()?.to_owned());
        }
    }
    Some(entries)
}

/// Returns whether an event reports a change. Reading a file is reported, too, but is not a change.
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
fn dir_identity(dir: &Path) -> Option<DirIdentity> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(dir).ok().map(|data| (data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn dir_identity(dir: &Path) -> Option<DirIdentity> {
    fs::metadata(dir).ok().map(|_| (0, 0))
}

//! Reports that something below the corpus directory may have changed, and which entries.
//!
//! The report is only a hint: the index looks at the entries itself, and now and then at the whole
//! corpus, since not every file system reports changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::scope::is_hidden;
use super::{CorpusDir, Scope};

/// A watched directory, until this is dropped.
pub struct CorpusWatcher {
    dir: CorpusDir,
    notify: Arc<dyn Fn() + Send + Sync>,
    changes: Arc<Changes>,
    watched: Option<WatchedDir>,
    has_failed: bool,
}

struct WatchedDir {
    /// The directory itself, which may be moved away and made anew under its name.
    dir: Option<Identity>,
    _watcher: RecommendedWatcher,
}

type Identity = (u64, u64);

/// The changes since they were taken the last time.
#[derive(Debug)]
pub struct Changes(Mutex<Scope>);

impl Changes {
    /// Returns what may have changed since the last call.
    pub fn take(&self) -> Scope {
        let mut changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *changes, Scope::nothing())
    }

    /// Adds entries; `None` is all of the corpus.
    fn add(&self, entries: Option<Vec<String>>) {
        let mut changes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match entries {
            Some(entries) => entries.into_iter().for_each(|entry| changes.add(entry)),
            None => *changes = Scope::All,
        }
    }
}

impl CorpusWatcher {
    /// Calls `tell` from another thread after each change below `dir`, once this is renewed.
    pub fn start(dir: &CorpusDir, tell: impl Fn() + Send + Sync + 'static) -> CorpusWatcher {
        let changes = Arc::new(Changes(Mutex::new(Scope::All)));
        let (dir, notify) = (dir.clone(), Arc::new(tell));
        CorpusWatcher { dir, notify, changes, watched: None, has_failed: false }
    }

    /// Returns the changes that are seen, which are complete only while a directory is watched.
    pub fn changes(&self) -> Arc<Changes> {
        Arc::clone(&self.changes)
    }

    /// Whether a directory is watched.
    pub fn is_on(&self) -> bool {
        self.watched.is_some()
    }

    /// Sees to it that the directory that now has the name is watched, which walks through it.
    pub fn renew(&mut self) {
        let dir = identity(self.dir.path());
        if self.watched.as_ref().is_none_or(|watched| watched.dir != dir) {
            let watcher = watcher(&self.dir, &self.notify, &self.changes);
            // Changes before this moment may have been missed.
            self.changes.add(None);
            if let Err(error) = &watcher
                && !self.has_failed
            {
                tracing::warn!(%error, "the corpus cannot be watched; it is looked at again and again");
            }
            self.has_failed = watcher.is_err();
            self.watched = watcher.ok().map(|_watcher| WatchedDir { dir, _watcher });
        }
    }
}

/// Watches the corpus directory by its path without links: so begin the paths of events on every
/// system.
fn watcher(
    corpus: &CorpusDir,
    tell: &Arc<dyn Fn() + Send + Sync>,
    changes: &Arc<Changes>,
) -> notify::Result<RecommendedWatcher> {
    let (tell, changes) = (Arc::clone(tell), Arc::clone(changes));
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
    let has_links = !corpus.follow_links().is_empty();
    let mut roots = vec![dir.clone()];
    roots.extend(corpus.link_roots());
    let (own, named, names_of_dir) = (roots.clone(), names.clone(), names.clone());
    let is_ours = move |event: &notify::Event| {
        let is_own =
            |path: &PathBuf| named.contains(path) || own.iter().any(|root| path.starts_with(root));
        event.paths.is_empty() || event.paths.iter().any(is_own)
    };
    let hear = move |event: notify::Result<notify::Event>| {
        let entries = match event {
            Ok(event) if !is_change(&event) || !is_ours(&event) => return,
            Ok(event) if !has_links => entries(&dir, &names_of_dir, &event),
            // After an error it is unknown what was missed. An entry behind a link has other names.
            Ok(_) | Err(_) => None,
        };
        // No scan sees hidden files.
        if entries.as_ref().is_some_and(Vec::is_empty) {
            return;
        }
        changes.add(entries);
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

/// Returns the entries of the corpus directory `dir` that an event names, without hidden ones. `None`
/// if the event may concern other entries, too, or the directory itself, which `names` leads to.
fn entries(dir: &Path, names: &[PathBuf], event: &notify::Event) -> Option<Vec<String>> {
    // Other systems than Linux may name a directory instead, or a name in another case.
    if !cfg!(target_os = "linux") || event.need_rescan() || event.paths.is_empty() {
        return None;
    }
    let mut entries = Vec::new();
    for path in &event.paths {
        if dir.starts_with(path) || names.contains(path) {
            return None;
        }
        // The other end of a move may be outside.
        if let Ok(place) = path.strip_prefix(dir)
            && !is_hidden(place)
        {
            entries.push(place.to_str()?.to_owned());
        }
    }
    Some(entries)
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

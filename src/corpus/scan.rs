//! Scans for article files: of a whole corpus, or of single entries. No file is read.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Component, Path};
use std::time::{Duration, SystemTime};

use super::article::ArticleId;
use super::dir::CorpusDir;
use super::file_type::has_known_extension;
use super::problem::Problem;
use super::scope::is_hidden;
use super::selection::ExcludedBy;
use super::stamp::{FileStamp, stamp_and_age};
use super::walk::{self, Entry};

/// A file that could be an article and that was not read yet.
#[derive(Debug, Clone, PartialEq)]
pub struct ScannedFile {
    /// Path within the corpus, with `/` as separator.
    pub path: String,
    /// `None` if the file changed so recently that another change could leave the stamp the same.
    pub stamp: Option<FileStamp>,
    /// Time since the last change.
    pub unchanged_for: Duration,
    /// Modification time in Unix seconds.
    pub modified: i64,
}

/// The files of a corpus before any is read.
#[derive(Debug, Default)]
pub struct Survey {
    /// Files that could be articles, sorted by path.
    pub files: Vec<ScannedFile>,
    pub problems: Vec<Problem>,
    /// Paths of the files that a pattern leaves out.
    pub excluded: Vec<(String, ExcludedBy)>,
    /// Number of the files of other types, by extension.
    pub others: BTreeMap<String, usize>,
}

/// Scans a corpus. Returns the files that could be articles, sorted by path, and the problems
/// that show without reading a file.
pub fn scan(dir: &CorpusDir) -> (Vec<ScannedFile>, Vec<Problem>) {
    let Survey { files, problems, .. } = survey(dir);
    (files, problems)
}

/// Scans a corpus like [`scan`], with the files that are left out.
pub fn survey(dir: &CorpusDir) -> Survey {
    let mut found = Survey::default();
    // The visitor never breaks.
    let _ = walk::walk(dir, &mut |entry| {
        match entry {
            Entry::File(path, metadata) => match scanned_file(dir, &path, &metadata) {
                Ok(file) => found.files.push(file),
                Err(problem) => found.problems.push(problem),
            },
            Entry::Other(path) => {
                let extension = path.extension().unwrap_or_default().to_string_lossy();
                *found.others.entry(extension.to_lowercase()).or_default() += 1;
            }
            Entry::Problem(problem) => found.problems.push(problem),
        }
        ControlFlow::Continue(())
    });
    select(dir, &mut found);
    let Survey { files, problems, excluded, .. } = &mut found;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    excluded.sort();
    remove_duplicates(dir, files, problems);
    if files.is_empty() && problems.is_empty() {
        let hint = "put an article there: a `.md`, `.mdx` or `.txt` file";
        problems.push(Problem::of_entry(dir, dir.path(), "there is no article here", hint));
    }
    found
}

/// Moves the files that a pattern leaves out to `excluded`. The default patterns do not apply if
/// they would leave no file.
fn select(dir: &CorpusDir, found: &mut Survey) {
    let selection = dir.selection();
    let is_article = |file: &ScannedFile| selection.excluded_by(&file.path).is_none();
    let is_emptied = !found.files.iter().any(is_article);
    found.files.retain(|file| match selection.excluded_by(&file.path) {
        None => true,
        Some(ExcludedBy::Default(_)) if is_emptied => true,
        Some(by) => {
            found.excluded.push((file.path.clone(), by));
            false
        }
    });
}

/// Returns whether a corpus has any file that could be an article.
pub fn has_articles(dir: &CorpusDir) -> bool {
    let is_article = |path: &Path| {
        let relative = path.strip_prefix(dir.path()).unwrap_or(path).to_string_lossy().into_owned();
        let by = dir.selection().excluded_by(&relative);
        matches!(by, None | Some(ExcludedBy::Default(_)))
    };
    let walked = walk::walk(dir, &mut |entry| match entry {
        Entry::File(path, _) if is_article(&path) => ControlFlow::Break(()),
        Entry::File(..) | Entry::Other(_) | Entry::Problem(_) => ControlFlow::Continue(()),
    });
    walked.is_break()
}

/// State of single entries of a corpus.
pub struct ScannedEntries {
    /// Regular files that could be articles, sorted by path.
    pub files: Vec<ScannedFile>,
    /// Missing entries with an article's extension.
    pub absent: Vec<String>,
    /// Entries that are no articles by their extension or by a pattern: each is a regular file or
    /// missing.
    pub others: Vec<String>,
}

/// Scans single entries of a corpus by the rules of [`scan`]. The cost depends on the number of
/// entries and not on the size of the corpus.
///
/// Returns `None` if only a full scan can classify an entry: if the entry or one of its parents is
/// a link, if the entry is a directory or a special file, if a default pattern matches it, or if
/// links are followed.
pub fn scan_entries(dir: &CorpusDir, entries: &BTreeSet<String>) -> Option<ScannedEntries> {
    let is_dir = |path: &Path| fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir());
    // Where links are followed, one entry may appear under two paths.
    if !dir.follow_links().is_empty() || !fs::metadata(dir.path()).is_ok_and(|root| root.is_dir()) {
        return None;
    }
    let mut scanned = ScannedEntries { files: Vec::new(), absent: Vec::new(), others: Vec::new() };
    for entry in entries {
        let relative = Path::new(entry);
        let is_plain = |part| matches!(part, Component::Normal(_));
        if entry.is_empty() || !relative.components().all(is_plain) {
            return None;
        }
        if is_hidden(relative) {
            continue;
        }
        let mut parents =
            relative.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
        if !parents.all(|parent| is_dir(&dir.path().join(parent))) {
            return None;
        }
        let path = dir.path().join(relative);
        let metadata = match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_file() => Some(metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Ok(_) | Err(_) => return None,
        };
        let by = dir.selection().excluded_by(entry);
        match metadata {
            _ if !has_known_extension(&path) => scanned.others.push(entry.clone()),
            // Whether a default pattern applies depends on the other files.
            _ if matches!(by, Some(ExcludedBy::Default(_))) => return None,
            _ if by.is_some() => scanned.others.push(entry.clone()),
            Some(metadata) => scanned.files.push(scanned_file(dir, &path, &metadata).ok()?),
            None => scanned.absent.push(entry.clone()),
        }
    }
    Some(scanned)
}

/// Describes the file at the absolute path `path`. Fails if its name is not UTF-8.
fn scanned_file(
    dir: &CorpusDir,
    path: &Path,
    metadata: &fs::Metadata,
) -> Result<ScannedFile, Problem> {
    let relative = path.strip_prefix(dir.path()).unwrap_or(path);
    let parts: Option<Vec<_>> = relative.iter().map(|part| part.to_str()).collect();
    let Some(parts) = parts else {
        let (what, hint) = ("its name is not UTF-8", "give it another name");
        return Err(Problem::of_entry(dir, path, what, hint));
    };
    // If the file system reports no usable times, do not wait for the file to settle.
    let (stamp, unchanged_for) = stamp_and_age(metadata).unwrap_or((None, Duration::MAX));
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let modified = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(ScannedFile { path: parts.join("/"), stamp, unchanged_for, modified: modified as i64 })
}

/// Removes all but the first of the files that share an article id, such as `tides.md` and
/// `tides.txt`, and reports each removed file.
fn remove_duplicates(dir: &CorpusDir, files: &mut Vec<ScannedFile>, problems: &mut Vec<Problem>) {
    // Only the ids are copied: a second list of the paths of a large corpus takes too much memory.
    let (mut known, mut duplicates) = (HashSet::with_capacity(files.len()), Vec::new());
    files.retain(|file| {
        let is_first = known.insert(ArticleId::of_file(&file.path));
        if !is_first {
            duplicates.push(file.path.clone());
        }
        is_first
    });
    let ids: HashSet<_> = duplicates.iter().map(|file| ArticleId::of_file(file)).collect();
    let mut firsts = HashMap::new();
    for file in files.iter().filter(|_| !ids.is_empty()) {
        let id = ArticleId::of_file(&file.path);
        if ids.contains(&id) {
            firsts.insert(id, file.path.as_str());
        }
    }
    for duplicate in duplicates {
        let first = firsts.get(&ArticleId::of_file(&duplicate)).copied().unwrap_or_default();
        let what = format!("it has the same id as {}", dir.display_file(Path::new(first)));
        let path = dir.path().join(&duplicate);
        problems.push(Problem::of_entry(dir, &path, &what, "give one of them another name"));
    }
}

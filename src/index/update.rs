//! Incremental updates of an index from the files of a corpus.
//!
//! A file is read only if its stamp has changed, and indexed only if its hash has changed. Each
//! commit contains whole articles and a catalog of their files, so an update that was killed
//! resumes after the last commit. If a file becomes invalid or unreadable, the index keeps the
//! earlier article.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use tantivy::IndexSettings;

use super::catalog::{Catalog, corpus_identity};
use super::error::IndexError;
use super::integrity::VerifiedFiles;
use super::opened::OpenedIndex;
use super::progress::Progress;
use super::schema;
use super::writer::{self, FileOutcome, UpdateSize, UpdateWriter};
use crate::corpus::article::ArticleId;
use crate::corpus::{self, CorpusDir, Problem, ScannedEntries, ScannedFile};

/// A problem of a file, and its effect on the article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    pub problem: Problem,
    /// Whether the index keeps the earlier article of the file.
    pub is_kept: bool,
}

/// The result of an update.
#[derive(Debug, Default)]
pub struct Updated {
    /// Problems of the scanned files.
    pub reported: Vec<FileProblem>,
    /// Number of files that are left out as their owner wants.
    pub left_out: usize,
    /// Whether another update is needed, because files are unsettled or the update was cancelled.
    pub is_incomplete: bool,
    /// Files that were skipped because another program may still be writing them.
    pub unsettled: Vec<String>,
    /// Whether the progress callback cancelled the update.
    pub is_cancelled: bool,
    /// Files whose articles may have been added, changed or removed. `None` if they are too many to
    /// list.
    pub touched: Option<Vec<String>>,
}

/// Maximum number of files that an update lists as touched.
const MAX_TOUCHED: usize = 1_024;
/// Amount of text after which an update commits, in bytes. A killed process loses at most this work
/// of some seconds.
const COMMIT_BYTES: u64 = 8 << 20;
/// Size of a compressed block of records, in bytes. Reading a record decompresses its whole block.
const BLOCK_BYTES: usize = 4 << 10;

/// Updates `opened`, or builds a new index in `dir`. Fails if the corpus has no article.
pub fn open(
    opened: Option<OpenedIndex>,
    corpus: &CorpusDir,
    dir: &Path,
    on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(OpenedIndex, Updated), IndexError> {
    let (files, problems) = corpus::scan(corpus);
    let mut opened = match opened {
        Some(opened) => opened,
        None => create_index(dir)?,
    };
    if files.is_empty() {
        return Err(IndexError::NoArticle(problems));
    }
    let difference = compare(&opened.catalog, &files, &problems, Duration::ZERO);
    let updated = apply(&mut opened, corpus, difference, problems, on_progress)?;
    if opened.catalog.is_empty() {
        let problems = updated.reported.into_iter().map(|reported| reported.problem);
        return Err(IndexError::NoArticle(problems.collect()));
    }
    Ok((opened, updated))
}

/// Updates an index in use with the files that have not changed for `debounce`. Never removes the
/// last article.
pub fn refresh(
    opened: &mut OpenedIndex,
    corpus: &CorpusDir,
    debounce: Duration,
    on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Updated, IndexError> {
    let (files, problems) = corpus::scan(corpus);
    let difference = compare(&opened.catalog, &files, &problems, debounce);
    apply(opened, corpus, difference, problems, on_progress)
}

/// Updates an index in use with single entries of the corpus, by the rules of [`refresh`].
/// `reported` has the problems of the whole corpus before the update.
///
/// Returns `None` and changes nothing if only [`refresh`] can classify the entries: if an entry
/// shares an article id with another file, if an entry is a directory or a link, or if no article
/// would remain.
pub fn refresh_entries(
    opened: &mut OpenedIndex,
    corpus: &CorpusDir,
    entries: &BTreeSet<String>,
    reported: &[FileProblem],
    debounce: Duration,
    on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<Updated>, IndexError> {
    let catalog = &opened.catalog;
    if !catalog.is_complete || catalog.corpus != corpus_identity(corpus) {
        return Ok(None);
    }
    let Some(scanned) = corpus::scan_entries(corpus, entries) else { return Ok(None) };
    let gone: Vec<_> =
        scanned.absent.iter().filter(|path| catalog.contains(path)).cloned().collect();
    if gone.len() >= catalog.len()
        || scanned.absent.iter().chain(&scanned.others).any(|path| catalog.has_below(path))
        || needs_full_scan(catalog, &scanned, reported)
    {
        return Ok(None);
    }
    let today = corpus::today();
    let (mut changed, mut unsettled) = (Vec::new(), Vec::new());
    for file in &scanned.files {
        let stamp = catalog.get(&file.path).and_then(|known| known.stamp);
        if catalog.is_current(file, stamp, &today) {
            continue;
        }
        match file.unchanged_for >= debounce {
            true => changed.push(file),
            false => unsettled.push(file.path.clone()),
        }
    }
    let is_observed = |path: &&String| catalog.observed().contains_key(path.as_str());
    let absent = scanned.absent.iter().chain(&scanned.others).filter(is_observed);
    let forgotten = absent.cloned().collect();
    let difference = Difference { changed, gone, replaced: HashMap::new(), unsettled, forgotten };
    apply(opened, corpus, difference, Vec::new(), on_progress).map(Some)
}

/// Returns whether a scanned entry shares its article id with another file, or is above or below a
/// path with a problem.
fn needs_full_scan(catalog: &Catalog, scanned: &ScannedEntries, reported: &[FileProblem]) -> bool {
    let files = scanned.files.iter().map(|file| file.path.as_str());
    let paths = files.chain(scanned.absent.iter().map(String::as_str));
    let mut ids = HashMap::new();
    let is_shared = paths.into_iter().any(|path| {
        ids.insert(ArticleId::of_file(path), path).is_some() || catalog.has_duplicate(path)
    });
    let is_concerned = |problem: &Problem| {
        let path = problem.path.as_str();
        let lies_below = |entry: &&str| *entry != path && Path::new(entry).starts_with(path);
        let lies_above = |entry: &String| Path::new(path).starts_with(entry);
        ids.get(&ArticleId::of_file(path)).is_some_and(|entry| *entry != path)
            || ids.values().any(lies_below)
            || scanned
                .others
                .iter()
                .chain(&scanned.absent)
                .any(|entry| *entry != path && lies_above(entry))
    };
    is_shared || reported.iter().any(|reported| is_concerned(&reported.problem))
}

/// Returns the number of corpus files that were added, changed or removed since `catalog` was made.
pub fn count_outdated(catalog: &Catalog, corpus: &CorpusDir) -> usize {
    let (files, problems) = corpus::scan(corpus);
    let Difference { changed, gone, .. } = compare(catalog, &files, &problems, Duration::ZERO);
    // A file without a stamp changed just before it was indexed or scanned: compare the time.
    let is_same = |file: &&ScannedFile| {
        let known = catalog.get(&file.path);
        known.is_some_and(|known| {
            (known.stamp.is_none() || file.stamp.is_none())
                && known.article.modified == file.modified
        })
    };
    changed.iter().filter(|file| !is_same(file)).count() + gone.len()
}

/// The difference between a corpus and a catalog.
struct Difference<'a> {
    /// Files to read: their stamps differ.
    changed: Vec<&'a ScannedFile>,
    /// Files that exist only in the catalog.
    gone: Vec<String>,
    /// Missing files whose article id another file has now. Each stays until that file is indexed.
    replaced: HashMap<ArticleId, String>,
    /// Files to read later, since another program may still be writing them.
    unsettled: Vec<String>,
    /// Files that were left out and are missing now.
    forgotten: Vec<String>,
}

/// Applies a difference to the index, until `on_progress` breaks. Changes nothing if no article
/// would remain.
fn apply(
    opened: &mut OpenedIndex,
    corpus: &CorpusDir,
    difference: Difference<'_>,
    problems: Vec<Problem>,
    mut on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Updated, IndexError> {
    let Difference { changed, gone, mut replaced, unsettled, forgotten } = difference;
    let touched = (changed.len() + gone.len() + replaced.len() <= MAX_TOUCHED).then(|| {
        let changed = changed.iter().map(|file| &file.path);
        changed.chain(&gone).chain(replaced.values()).cloned().collect()
    });
    let mut is_cancelled = false;
    let mut reported = Vec::new();
    for problem in problems {
        let is_kept = opened.catalog.keeps_article_of(&problem);
        reported.push(FileProblem { problem, is_kept });
    }
    let identity = corpus_identity(corpus);
    let is_known = opened.catalog.is_complete
        && opened.catalog.corpus == identity
        && opened.catalog.is_checkout == corpus.is_in_git();
    let has_changes = !changed.is_empty() || !gone.is_empty() || !forgotten.is_empty();
    if !is_known || has_changes || writer::is_fragmented(opened)? {
        let mut next = opened.catalog.clone();
        next.corpus = identity;
        next.is_checkout = corpus.is_in_git();
        let size = match changed.len() + gone.len() > next.len() / 2 {
            true => UpdateSize::Most,
            false => UpdateSize::Some,
        };
        next.is_complete = false;
        let mut writer = UpdateWriter::new(opened, size);
        for file in forgotten {
            next.observe(&file, None);
        }
        for file in gone {
            writer.remove(&mut next, &file)?;
        }
        let all = changed.len() as u64;
        for (file, done) in changed.into_iter().zip(1..) {
            let FileOutcome { problems, bytes } =
                writer.index_file(&mut next, &mut replaced, corpus, file)?;
            let is_kept = next.contains(&file.path);
            reported.extend(problems.into_iter().map(|problem| FileProblem { problem, is_kept }));
            if bytes >= COMMIT_BYTES {
                writer.commit(&mut next)?;
            }
            if on_progress(Progress { done, all }).is_break() && done < all {
                is_cancelled = true;
                break;
            }
        }
        next.is_complete = !is_cancelled;
        if !next.is_empty() {
            writer.finish(&mut next)?;
        }
    }
    reported.sort_by(|a, b| a.problem.order().cmp(&b.problem.order()));
    let is_incomplete = is_cancelled || !unsettled.is_empty();
    let left_out = opened.catalog.left_out();
    Ok(Updated { left_out, reported, is_incomplete, unsettled, is_cancelled, touched })
}

/// Creates an empty index in `dir`, after removing whatever exists under this path.
fn create_index(dir: &Path) -> Result<OpenedIndex, IndexError> {
    let failed = |error| IndexError::Data(dir.to_owned(), error);
    match std::fs::symlink_metadata(dir) {
        Ok(found) if found.is_file() => std::fs::remove_file(dir).map_err(failed)?,
        Ok(_) => std::fs::remove_dir_all(dir).map_err(failed)?,
        Err(_) => {}
    }
    std::fs::create_dir_all(dir).map_err(failed)?;
    let settings = IndexSettings { docstore_blocksize: BLOCK_BYTES, ..IndexSettings::default() };
    let index = tantivy::Index::builder().schema(schema::schema().0).settings(settings);
    let index = index.create_in_dir(dir)?;
    let catalog = Catalog::default();
    Ok(OpenedIndex { index, dir: dir.to_owned(), catalog, verified: VerifiedFiles::default() })
}

/// Compares a catalog with the scanned files of a corpus. A file that a problem hides from the
/// scan, such as an unreadable parent directory, does not count as missing.
fn compare<'a>(
    catalog: &Catalog,
    files: &'a [ScannedFile],
    problems: &[Problem],
    debounce: Duration,
) -> Difference<'a> {
    let today = corpus::today();
    // Both are sorted by path and are merged in one pass.
    let mut known = catalog.heads().peekable();
    let (mut changed, mut missing, mut unsettled) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        while let Some(head) = known.next_if(|head| head.file < file.path.as_str()) {
            missing.push(head.file.to_owned());
        }
        let head = known.next_if(|head| head.file == file.path);
        if catalog.is_current(file, head.and_then(|head| head.stamp), &today) {
            continue;
        }
        match file.unchanged_for >= debounce {
            true => changed.push(file),
            false => unsettled.push(file.path.clone()),
        }
    }
    missing.extend(known.map(|head| head.file.to_owned()));
    let ids: HashSet<_> = missing.iter().map(|path| ArticleId::of_file(path)).collect();
    let scanned: HashSet<_> = match ids.is_empty() {
        true => HashSet::new(),
        false => {
            let scanned = files.iter().map(|file| ArticleId::of_file(&file.path));
            scanned.filter(|id| ids.contains(id)).collect()
        }
    };
    let (replaced, gone): (Vec<_>, Vec<_>) =
        missing.into_iter().partition(|path| scanned.contains(&ArticleId::of_file(path)));
    let is_kept = |path: &String| problems.iter().any(|problem| keeps_article(path, problem));
    let gone = gone.into_iter().filter(|path| !is_kept(path)).collect();
    let replaced = replaced.into_iter().map(|path| (ArticleId::of_file(&path), path)).collect();
    let is_scanned =
        |path: &str| files.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok();
    let forgotten = catalog.observed().keys().filter(|path| !is_scanned(path));
    let forgotten = forgotten.map(ToString::to_string).collect();
    Difference { changed, gone, replaced, unsettled, forgotten }
}

/// Returns whether a problem of a file, or of a directory above it, keeps the article of the file.
fn keeps_article(path: &str, problem: &Problem) -> bool {
    !problem.is_forbidden && Path::new(path).starts_with(&problem.path)
}

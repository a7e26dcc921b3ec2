//! Brings an index up to date with the files of a corpus.
//!
//! A file is read only if its stamp has changed, and indexed only if its hash has. Each commit holds whole
//! articles and lists their files, so that whoever is killed goes on after the last one. A file that has
//! become faulty, and what cannot be looked at, leaves its article as it was.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use tantivy::IndexSettings;

use super::catalog::{self, Catalog, OpenedIndex};
use super::integrity::Verified;
use super::schema;
use super::writer::{self, FileOutcome, UpdateSize, UpdateWriter};
use super::{IndexError, Progress};
use crate::corpus::article::ArticleId;
use crate::corpus::{self, CorpusDir, Listing, Problem, ScannedFile};

/// What was wrong with a file, and what that means for its article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    pub problem: Problem,
    /// Whether the article stays as it was before the file went wrong.
    pub is_kept: bool,
}

/// What an update found.
#[derive(Debug, Default)]
pub struct Updated {
    pub reported: Vec<FileProblem>,
    /// Whether a file was left for later because it may still be written, or because it was broken off.
    pub is_unsettled: bool,
    /// Files that were left for later because they may still be written.
    pub unsettled: Vec<String>,
    /// Whether `tell` broke the update off.
    pub is_broken_off: bool,
    /// Files whose articles may have come, changed or gone; `None` if there are too many.
    pub touched: Option<Vec<String>>,
}

/// Maximum number of files that an update lists as touched.
const MAX_TOUCHED: usize = 1_024;
/// So much text is indexed before it is committed: some seconds' work, which is lost if the process is killed.
const COMMIT_BYTES: u64 = 8 << 20;
/// Records are compressed together up to this size: to read one, its whole block is unpacked.
const BLOCK_BYTES: usize = 4 << 10;

/// Brings `existing` up to date, or builds a new index in `dir`. Fails if there is no article.
pub fn open(
    existing: Option<OpenedIndex>,
    corpus: &CorpusDir,
    dir: &Path,
    tell: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(OpenedIndex, Updated), IndexError> {
    let (files, problems) = corpus::scan(corpus);
    let mut existing = match existing {
        Some(existing) => existing,
        None => create(dir)?,
    };
    if files.is_empty() {
        return Err(IndexError::NoArticle(problems));
    }
    let difference = compare(&existing.catalog, &files, &problems, Duration::ZERO);
    let updated = index_changes(&mut existing, corpus, difference, problems, tell)?;
    if existing.catalog.is_empty() {
        let problems = updated.reported.into_iter().map(|reported| reported.problem);
        return Err(IndexError::NoArticle(problems.collect()));
    }
    Ok((existing, updated))
}

/// Brings an index in use up to date with the files that have not changed for `quiet`. The last article
/// stays, whatever becomes of its file.
pub fn refresh(
    existing: &mut OpenedIndex,
    corpus: &CorpusDir,
    quiet: Duration,
    tell: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Updated, IndexError> {
    let (files, problems) = corpus::scan(corpus);
    let difference = compare(&existing.catalog, &files, &problems, quiet);
    index_changes(existing, corpus, difference, problems, tell)
}

/// Brings an index in use up to date with single entries of the corpus directory, as [`refresh`] does with all.
/// `reported` is what was reported of the whole corpus before. Returns `None`, with nothing changed, if only
/// [`refresh`] can tell what became of the entries: if they share an id with other files, if a directory or a
/// link is among them, or if no article would be left.
pub fn refresh_entries(
    existing: &mut OpenedIndex,
    corpus: &CorpusDir,
    entries: &BTreeSet<String>,
    reported: &[FileProblem],
    quiet: Duration,
    tell: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Option<Updated>, IndexError> {
    let catalog = &existing.catalog;
    if !catalog.is_whole || catalog.corpus != catalog::identity(corpus) {
        return Ok(None);
    }
    let Some(look) = corpus::list(corpus, entries) else { return Ok(None) };
    let gone: Vec<_> = look.absent.iter().filter(|path| catalog.contains(path)).cloned().collect();
    if gone.len() >= catalog.len()
        || look.absent.iter().chain(&look.others).any(|path| catalog.has_below(path))
        || has_duplicates(catalog, &look, reported)
    {
        return Ok(None);
    }
    let (mut changed, mut unsettled) = (Vec::new(), Vec::new());
    for file in &look.files {
        let stamp = catalog.get(&file.path).and_then(|known| known.stamp);
        if stamp.is_some() && stamp == file.stamp {
            continue;
        }
        match file.quiet_for >= quiet {
            true => changed.push(file),
            false => unsettled.push(file.path.clone()),
        }
    }
    let difference = Difference { changed, gone, duplicates: HashMap::new(), unsettled };
    index_changes(existing, corpus, difference, Vec::new(), tell).map(Some)
}

/// Returns whether an entry may share its id with another file, or lies below or above a path with a problem.
fn has_duplicates(catalog: &Catalog, look: &Listing, reported: &[FileProblem]) -> bool {
    let files = look.files.iter().map(|file| file.path.as_str());
    let paths = files.chain(look.absent.iter().map(String::as_str));
    let mut ids = HashMap::new();
    let is_shared = paths.into_iter().any(|path| {
        ids.insert(ArticleId::of_file(path), path).is_some() || catalog.has_duplicate(path)
    });
    let is_concerned = |problem: &Problem| {
        let place = problem.place.as_str();
        let lies_below = |path: &&str| *path != place && Path::new(path).starts_with(place);
        let lies_above = |path: &String| Path::new(place).starts_with(path);
        ids.get(&ArticleId::of_file(place)).is_some_and(|path| *path != place)
            || ids.values().any(lies_below)
            || look.others.iter().chain(&look.absent).any(|path| *path != place && lies_above(path))
    };
    is_shared || reported.iter().any(|reported| is_concerned(&reported.problem))
}

/// Number of files of `corpus` that are not in `catalog` as they are now, and of those that are gone.
pub fn differing(catalog: &Catalog, corpus: &CorpusDir) -> usize {
    let (files, problems) = corpus::scan(corpus);
    let Difference { changed, gone, .. } = compare(catalog, &files, &problems, Duration::ZERO);
    // A file without a stamp was changed a moment before it was indexed, or before now.
    let is_same = |file: &&ScannedFile| {
        let known = catalog.get(&file.path);
        known.is_some_and(|known| {
            (known.stamp.is_none() || file.stamp.is_none())
                && known.article.modified == file.modified
        })
    };
    changed.iter().filter(|file| !is_same(file)).count() + gone.len()
}

/// What an index lacks of the corpus.
struct Difference<'a> {
    /// To be read again.
    changed: Vec<&'a ScannedFile>,
    /// In the catalog only.
    gone: Vec<String>,
    /// The same, of articles that another file has now: they go when that one is taken over.
    duplicates: HashMap<ArticleId, String>,
    /// To be read later.
    unsettled: Vec<String>,
}

/// Takes over what differs, until `tell` breaks off. Nothing changes if that would leave no article.
fn index_changes(
    existing: &mut OpenedIndex,
    corpus: &CorpusDir,
    difference: Difference<'_>,
    problems: Vec<Problem>,
    mut tell: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Updated, IndexError> {
    let Difference { changed, gone, duplicates: mut twins, unsettled } = difference;
    let touched = (changed.len() + gone.len() + twins.len() <= MAX_TOUCHED).then(|| {
        let changed = changed.iter().map(|file| &file.path);
        changed.chain(&gone).chain(twins.values()).cloned().collect()
    });
    let mut is_broken_off = false;
    let mut reported = Vec::new();
    for problem in problems {
        let is_kept = existing.catalog.has_under(&problem);
        reported.push(FileProblem { problem, is_kept });
    }
    let identity = catalog::identity(corpus);
    let is_known = existing.catalog.is_whole && existing.catalog.corpus == identity;
    if !is_known || !changed.is_empty() || !gone.is_empty() || writer::is_scattered(existing)? {
        let mut next = existing.catalog.clone();
        next.corpus = identity;
        let extent = match changed.len() + gone.len() > next.len() / 2 {
            true => UpdateSize::Most,
            false => UpdateSize::Some,
        };
        next.is_whole = false;
        let mut batch = UpdateWriter::new(existing, extent);
        for file in gone {
            batch.remove(&mut next, &file)?;
        }
        let all = changed.len() as u64;
        for (file, done) in changed.into_iter().zip(1..) {
            let FileOutcome { problems, bytes } =
                batch.index_file(&mut next, &mut twins, corpus, file)?;
            let is_kept = next.contains(&file.path);
            reported.extend(problems.into_iter().map(|problem| FileProblem { problem, is_kept }));
            if bytes >= COMMIT_BYTES {
                batch.commit(&mut next)?;
            }
            if tell(Progress { done, all }).is_break() && done < all {
                is_broken_off = true;
                break;
            }
        }
        next.is_whole = !is_broken_off;
        if !next.is_empty() {
            batch.finish(&mut next)?;
        }
    }
    reported.sort_by(|a, b| a.problem.order().cmp(&b.problem.order()));
    let is_unsettled = is_broken_off || !unsettled.is_empty();
    Ok(Updated { reported, is_unsettled, unsettled, is_broken_off, touched })
}

fn create(dir: &Path) -> Result<OpenedIndex, IndexError> {
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
    Ok(OpenedIndex { index, dir: dir.to_owned(), catalog, verified: Verified::default() })
}

/// What differs. What a problem keeps from being listed, such as a directory that cannot be read, is not
/// gone.
fn compare<'a>(
    catalog: &Catalog,
    files: &'a [ScannedFile],
    problems: &[Problem],
    quiet: Duration,
) -> Difference<'a> {
    // Both are sorted by file, so that one walk through both finds what differs.
    let mut known = catalog.heads().peekable();
    let (mut changed, mut missing, mut unsettled) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        while let Some(head) = known.next_if(|head| head.file < file.path.as_str()) {
            missing.push(head.file.to_owned());
        }
        let head = known.next_if(|head| head.file == file.path);
        let stamp = head.and_then(|head| head.stamp);
        if stamp.is_some() && stamp == file.stamp {
            continue;
        }
        match file.quiet_for >= quiet {
            true => changed.push(file),
            false => unsettled.push(file.path.clone()),
        }
    }
    missing.extend(known.map(|head| head.file.to_owned()));
    let ids: HashSet<_> = missing.iter().map(|path| ArticleId::of_file(path)).collect();
    let listed: HashSet<_> = match ids.is_empty() {
        true => HashSet::new(),
        false => {
            let listed = files.iter().map(|file| ArticleId::of_file(&file.path));
            listed.filter(|id| ids.contains(id)).collect()
        }
    };
    let (twins, gone): (Vec<_>, Vec<_>) =
        missing.into_iter().partition(|path| listed.contains(&ArticleId::of_file(path)));
    let is_kept = |path: &String| problems.iter().any(|problem| is_under(path, problem));
    let gone = gone.into_iter().filter(|path| !is_kept(path)).collect();
    let twins = twins.into_iter().map(|path| (ArticleId::of_file(&path), path)).collect();
    Difference { changed, gone, duplicates: twins, unsettled }
}

/// Whether a problem is that of a file or of a directory over it, and leaves its article as it was.
fn is_under(path: &str, problem: &Problem) -> bool {
    !problem.is_refused && Path::new(path).starts_with(&problem.place)
}

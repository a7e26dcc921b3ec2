//! Brings an index up to date with the files of a corpus.
//!
//! A file is read only if its stamp has changed, and indexed only if its hash has. Each commit holds whole
//! articles and lists their files, so that whoever is killed goes on after the last one. A file that has
//! become faulty, and what cannot be looked at, leaves its article as it was.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use tantivy::IndexSettings;

use super::batch::{self, Batch, Extent, Taken};
use super::catalog::{self, Catalog, Existing};
use super::integrity::Verified;
use super::schema;
use super::{IndexError, Progress};
use crate::corpus::article::ArticleId;
use crate::corpus::{self, CorpusDir, Problem, ScannedFile};

/// What was wrong with a file, and what that means for its article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    pub problem: Problem,
    /// Whether the article stays as it was before the file went wrong.
    pub is_kept: bool,
}

/// What an update found.
#[derive(Debug, Default)]
pub struct Updated {
    pub reported: Vec<Reported>,
    /// Whether a file was left for later because it may still be written, or because it was broken off.
    pub is_unsettled: bool,
}

/// So much text is indexed before it is committed: some seconds' work, which is lost if the process is killed.
const COMMIT_BYTES: u64 = 16 << 20;
/// Records are compressed together up to this size: to read one, its whole block is unpacked.
const BLOCK_BYTES: usize = 4 << 10;

/// Brings `existing` up to date, or builds a new index in `dir`. Fails if there is no article.
pub fn open(
    existing: Option<Existing>,
    corpus: &CorpusDir,
    dir: &Path,
    tell: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(Existing, Updated), IndexError> {
    let (files, problems) = corpus::scan(corpus);
    let mut existing = match existing {
        Some(existing) => existing,
        None => create(dir)?,
    };
    if files.is_empty() {
        return Err(IndexError::NoArticle(problems));
    }
    let scan = Scan { corpus, files: &files, problems, quiet: Duration::ZERO };
    let updated = take_over(&mut existing, scan, tell)?;
    if existing.catalog.is_empty() {
        let problems = updated.reported.into_iter().map(|reported| reported.problem);
        return Err(IndexError::NoArticle(problems.collect()));
    }
    Ok((existing, updated))
}

/// Brings an index in use up to date with the files that have not changed for `quiet`. The last article
/// stays, whatever becomes of its file.
pub fn refresh(
    existing: &mut Existing,
    corpus: &CorpusDir,
    quiet: Duration,
    tell: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Updated, IndexError> {
    let (files, problems) = corpus::scan(corpus);
    take_over(existing, Scan { corpus, files: &files, problems, quiet }, tell)
}

/// Number of files of `corpus` that are not in `catalog` as they are now, and of those that are gone.
pub fn differing(catalog: &Catalog, corpus: &CorpusDir) -> usize {
    let (files, problems) = corpus::scan(corpus);
    let scan = Scan { corpus, files: &files, problems, quiet: Duration::ZERO };
    let Difference { changed, gone, .. } = compare(catalog, &scan);
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

/// What lies in the corpus now.
struct Scan<'a> {
    corpus: &'a CorpusDir,
    files: &'a [ScannedFile],
    problems: Vec<Problem>,
    /// A file that was changed since is left for later.
    quiet: Duration,
}

/// What an index lacks of a scan.
struct Difference<'a> {
    /// To be read again.
    changed: Vec<&'a ScannedFile>,
    /// In the catalog only.
    gone: Vec<String>,
    /// The same, of articles that another file has now: they go when that one is taken over.
    twins: HashMap<ArticleId, String>,
    is_unsettled: bool,
}

/// Takes over what differs, until `tell` breaks off. Nothing changes if that would leave no article.
fn take_over(
    existing: &mut Existing,
    scan: Scan<'_>,
    mut tell: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Updated, IndexError> {
    let Difference { changed, gone, mut twins, mut is_unsettled } =
        compare(&existing.catalog, &scan);
    let Scan { corpus, problems, .. } = scan;
    let mut reported = Vec::new();
    for problem in problems {
        let is_kept = existing.catalog.has_under(&problem);
        reported.push(Reported { problem, is_kept });
    }
    let identity = catalog::identity(corpus);
    let is_known = existing.catalog.is_whole && existing.catalog.corpus == identity;
    if !is_known || !changed.is_empty() || !gone.is_empty() || batch::is_scattered(existing)? {
        let mut next = existing.catalog.clone();
        next.corpus = identity;
        let extent = match changed.len() + gone.len() > next.len() / 2 {
            true => Extent::Most,
            false => Extent::Some,
        };
        next.is_whole = false;
        let mut batch = Batch::new(existing, extent);
        for file in gone {
            batch.remove(&mut next, &file)?;
        }
        let all = changed.len() as u64;
        let mut is_broken_off = false;
        for (file, done) in changed.into_iter().zip(1..) {
            let Taken { problems, bytes } = batch.take(&mut next, &mut twins, corpus, file)?;
            let is_kept = next.contains(&file.path);
            reported.extend(problems.into_iter().map(|problem| Reported { problem, is_kept }));
            if bytes >= COMMIT_BYTES {
                batch.commit(&mut next)?;
            }
            if tell(Progress { done, all }).is_break() && done < all {
                is_broken_off = true;
                break;
            }
        }
        is_unsettled |= is_broken_off;
        next.is_whole = !is_broken_off;
        if !next.is_empty() {
            batch.finish(&mut next)?;
        }
    }
    reported.sort_by(|a, b| a.problem.order().cmp(&b.problem.order()));
    Ok(Updated { reported, is_unsettled })
}

fn create(dir: &Path) -> Result<Existing, IndexError> {
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
    Ok(Existing { index, dir: dir.to_owned(), catalog, verified: Verified::default() })
}

/// What differs. What a problem keeps from being listed, such as a directory that cannot be read, is not
/// gone.
fn compare<'a>(catalog: &Catalog, scan: &Scan<'a>) -> Difference<'a> {
    let Scan { files, problems, quiet, .. } = scan;
    // Both are sorted by file, so that one walk through both finds what differs.
    let mut known = catalog.heads().peekable();
    let (mut changed, mut missing, mut is_unsettled) = (Vec::new(), Vec::new(), false);
    for file in *files {
        while let Some(head) = known.next_if(|head| head.file < file.path.as_str()) {
            missing.push(head.file.to_owned());
        }
        let head = known.next_if(|head| head.file == file.path);
        let stamp = head.and_then(|head| head.stamp);
        if stamp.is_some() && stamp == file.stamp {
            continue;
        }
        match file.quiet_for >= *quiet {
            true => changed.push(file),
            false => is_unsettled = true,
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
    Difference { changed, gone, twins, is_unsettled }
}

/// Whether a problem is that of a file or of a directory over it, and leaves its article as it was.
fn is_under(path: &str, problem: &Problem) -> bool {
    !problem.is_refused && Path::new(path).starts_with(&problem.place)
}

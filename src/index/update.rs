//! Brings an index up to date with the files of a corpus.
//!
//! A file is read only if its stamp has changed, and indexed only if its hash has. What the index
//! holds changes in one commit, together with the list of files. A file that has become faulty, and what
//! cannot be looked at, leaves its article as it was.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use tantivy::indexer::LogMergePolicy;
use tantivy::schema::Schema;
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{IndexWriter, TantivyDocument, Term};

use super::IndexError;
use super::analysis::Analysis;
use super::analyzer::{self, Language};
use super::catalog::{Catalog, Existing, Indexed};
use super::record;
use super::schema::{self, Fields, VERSION};
use crate::corpus::article::{Article, ArticleId};
use crate::corpus::{self, Problem, ScannedFile};

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
    /// Whether a file was left for later because it may still be written.
    pub is_unsettled: bool,
}

const WRITER_BYTES: usize = 64 << 20;
/// Below this number of entries, deleted ones are cleared out at once, so that the frequencies of
/// words do not depend on the index's past.
const MAX_COMPACTED: u32 = 200_000;

/// Brings `existing` up to date, or builds a new index in `dir`. Fails if there is no article.
pub fn open(
    existing: Option<Existing>,
    corpus: &Path,
    dir: &Path,
) -> Result<(Existing, Updated), IndexError> {
    let (files, problems) = corpus::scan(corpus);
    let is_fresh = existing.is_none();
    let mut existing = match existing {
        Some(existing) => existing,
        None => create(dir, &schema::schema().0)?,
    };
    if files.is_empty() {
        return Err(IndexError::NoArticle(problems));
    }
    let scan = Scan { corpus, files: &files, problems, quiet: Duration::ZERO };
    let updated = take_over(&mut existing, scan, is_fresh)?;
    if existing.catalog.files.is_empty() {
        let problems = updated.reported.into_iter().map(|reported| reported.problem);
        return Err(IndexError::NoArticle(problems.collect()));
    }
    Ok((existing, updated))
}

/// Brings an index in use up to date with the files that have not changed for `quiet`. The last article
/// stays, whatever becomes of its file.
pub fn refresh(
    existing: &mut Existing,
    corpus: &Path,
    quiet: Duration,
) -> Result<Updated, IndexError> {
    let (files, problems) = corpus::scan(corpus);
    take_over(existing, Scan { corpus, files: &files, problems, quiet }, false)
}

/// What lies in the corpus now.
struct Scan<'a> {
    corpus: &'a Path,
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

/// Takes over what differs, in one commit. Nothing changes if that would leave no article.
fn take_over(
    existing: &mut Existing,
    scan: Scan<'_>,
    is_fresh: bool,
) -> Result<Updated, IndexError> {
    let Existing { index, catalog } = existing;
    let Difference { changed, gone, mut twins, is_unsettled } = compare(catalog, &scan);
    let Scan { corpus, problems, .. } = scan;
    let report = |problem: Problem, is_kept| Reported { problem, is_kept };
    let mut reported: Vec<_> = problems
        .into_iter()
        .map(|problem| {
            let is_kept = !is_fresh && catalog.has_under(corpus, &problem);
            report(problem, is_kept)
        })
        .collect();
    if is_fresh || !changed.is_empty() || !gone.is_empty() {
        let fields = schema::schema().1;
        let mut batch = Batch { index, fields, writer: None, dirty: is_fresh };
        let mut next = catalog.clone();
        for file in gone {
            batch.remove(&mut next, &file)?;
        }
        for file in changed {
            let problems = batch.take(&mut next, &mut twins, corpus, file)?;
            let is_kept = next.files.contains_key(&file.path);
            reported.extend(problems.into_iter().map(|problem| report(problem, is_kept)));
        }
        if !next.files.is_empty() {
            let writer = batch.commit(&next)?;
            *catalog = next;
            // What is committed holds, however untidy.
            if let Some(mut writer) = writer
                && let Err(error) =
                    compact(index, &mut writer).and_then(|()| Ok(writer.wait_merging_threads()?))
            {
                tracing::warn!(%error, "the index could not be tidied up");
            }
        }
    }
    reported
        .sort_by(|a, b| (&a.problem.file, a.problem.line).cmp(&(&b.problem.file, b.problem.line)));
    Ok(Updated { reported, is_unsettled })
}

fn create(dir: &Path, schema: &Schema) -> Result<Existing, IndexError> {
    let failed = |error| IndexError::Data(dir.to_owned(), error);
    if dir.exists() {
        std::fs::remove_dir_all(dir).map_err(failed)?;
    }
    std::fs::create_dir_all(dir).map_err(failed)?;
    let index = tantivy::Index::create_in_dir(dir, schema.clone())?;
    Ok(Existing { index, catalog: Catalog { schema: VERSION, files: BTreeMap::new() } })
}

/// What differs. What a problem keeps from being listed, such as a directory that cannot be read, is not
/// gone.
fn compare<'a>(catalog: &Catalog, scan: &Scan<'a>) -> Difference<'a> {
    let Scan { corpus, files, problems, quiet } = scan;
    let is_other = |file: &&ScannedFile| {
        let known = catalog.files.get(&file.path);
        known.is_none_or(|known| known.stamp.is_none() || known.stamp != file.stamp)
    };
    let (changed, unsettled): (Vec<_>, Vec<_>) =
        files.iter().filter(is_other).partition(|file| file.quiet_for >= *quiet);
    let listed: HashSet<_> = files.iter().map(|file| ArticleId::of_file(&file.path)).collect();
    let is_kept = |path: &String| {
        problems.iter().any(|problem| is_under(corpus, path, problem))
            && !listed.contains(&ArticleId::of_file(path))
    };
    let is_listed = |path: &String| files.binary_search_by(|file| file.path.cmp(path)).is_ok();
    let gone = catalog.files.keys().filter(|path| !is_listed(path) && !is_kept(path)).cloned();
    let (twins, gone): (Vec<_>, Vec<_>) =
        gone.partition(|path| listed.contains(&ArticleId::of_file(path)));
    let twins = twins.into_iter().map(|path| (ArticleId::of_file(&path), path)).collect();
    Difference { changed, gone, twins, is_unsettled: !unsettled.is_empty() }
}

/// Whether a problem is that of a file or of a directory over it.
fn is_under(corpus: &Path, path: &str, problem: &Problem) -> bool {
    corpus.join(path).starts_with(&problem.file)
}

struct Batch<'a> {
    index: &'a tantivy::Index,
    fields: Fields,
    /// Opened when there is something to write, since its buffers are large.
    writer: Option<IndexWriter>,
    dirty: bool,
}

impl Batch<'_> {
    fn writer(&mut self) -> Result<&mut IndexWriter, IndexError> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let writer = self.index.writer_with_num_threads(1, WRITER_BYTES)?;
                writer.set_merge_policy(Box::new(LogMergePolicy::default()));
                writer
            }
        };
        Ok(self.writer.insert(writer))
    }

    fn remove(&mut self, catalog: &mut Catalog, path: &str) -> Result<(), IndexError> {
        if catalog.files.remove(path).is_some() {
            let id = ArticleId::of_file(path).to_u64();
            let article = Term::from_field_u64(self.fields.article, id);
            self.writer()?.delete_term(article);
            self.dirty = true;
        }
        Ok(())
    }

    fn take(
        &mut self,
        catalog: &mut Catalog,
        twins: &mut HashMap<ArticleId, String>,
        corpus: &Path,
        file: &ScannedFile,
    ) -> Result<Vec<Problem>, IndexError> {
        let (article, hash) = match corpus::read(corpus, &file.path) {
            Ok(read) => read,
            // It went since the corpus was scanned, as the next look will see.
            Err(_) if !corpus.join(&file.path).exists() => return Ok(Vec::new()),
            // What was there before stays; of a new file there is nothing.
            Err(problems) => return Ok(problems),
        };
        if let Some(known) = catalog.files.get_mut(&file.path).filter(|known| known.hash == hash) {
            self.dirty |= known.stamp != file.stamp;
            (known.stamp, known.modified) = (file.stamp, file.modified);
            return Ok(Vec::new());
        }
        self.dirty = true;
        self.remove(catalog, &file.path)?;
        if let Some(twin) = twins.remove(&article.outline.id) {
            self.remove(catalog, &twin)?;
        }
        let language = language_of(&article);
        self.add(&article, &language)?;
        let indexed = Indexed {
            stamp: file.stamp,
            modified: file.modified,
            hash,
            language: language.code().to_owned(),
            aliases: article.outline.aliases.clone(),
        };
        catalog.files.insert(file.path.clone(), indexed);
        Ok(Vec::new())
    }

    fn add(&mut self, article: &Article, language: &Language) -> Result<(), IndexError> {
        let (fields, outline) = (self.fields, &article.outline);
        let id = outline.id.to_u64();
        let mut entry = TantivyDocument::default();
        entry.add_u64(fields.article, id);
        entry.add_u64(fields.outline_of, id);
        for section in &outline.sections {
            entry.add_u64(fields.outline_of, section.id.to_u64());
        }
        entry.add_bytes(fields.record, &record::encode_outline(outline));
        self.writer()?.add_document(entry)?;

        let title = stems(&outline.title, language);
        for (position, passage) in article.passages.iter().enumerate() {
            let mut entry = TantivyDocument::default();
            entry.add_u64(fields.article, id);
            entry.add_u64(fields.passage, passage.id.to_u64());
            entry.add_u64(fields.section, outline.sections[passage.section].id.to_u64());
            entry.add_u64(fields.position, position as u64);
            entry.add_pre_tokenized_text(fields.text, stems(&passage.text, language));
            entry.add_pre_tokenized_text(fields.words, words(&passage.text));
            let headings = outline.headings_of(passage.section).join(" ");
            entry.add_pre_tokenized_text(fields.heading, stems(&headings, language));
            entry.add_pre_tokenized_text(fields.title, title.clone());
            let analysis = Analysis::of(&passage.text, &headings, &outline.title, language);
            let record = record::encode_passage(outline.id, passage, analysis);
            entry.add_bytes(fields.record, &record);
            self.writer()?.add_document(entry)?;
        }
        Ok(())
    }

    /// Commits what has changed, and gives the writer if there was one.
    fn commit(mut self, catalog: &Catalog) -> Result<Option<IndexWriter>, IndexError> {
        if self.dirty {
            let payload = serde_json::to_string(catalog).expect("a catalog is plain data");
            let mut commit = self.writer()?.prepare_commit()?;
            commit.set_payload(&payload);
            commit.commit()?;
        }
        Ok(self.writer)
    }
}

fn compact(index: &tantivy::Index, writer: &mut IndexWriter) -> Result<(), IndexError> {
    let segments = index.searchable_segment_metas()?;
    let entries: u32 = segments.iter().map(|segment| segment.max_doc()).sum();
    let deleted = segments.iter().any(|segment| segment.num_deleted_docs() > 0);
    if (deleted || segments.len() > 1) && entries <= MAX_COMPACTED {
        let ids: Vec<_> = segments.iter().map(|segment| segment.id()).collect();
        writer.merge(&ids).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    Ok(())
}

fn language_of(article: &Article) -> Language {
    let declared = article.outline.language.as_deref();
    let sample: String = article
        .passages
        .iter()
        .take(20)
        .flat_map(|passage| [passage.text.as_str(), "\n"])
        .collect();
    Language::of_text(declared, &sample)
}

fn stems(text: &str, language: &Language) -> PreTokenizedString {
    let stemmer = language.stemmer();
    pre_analysed(text, |folded| analyzer::stem(stemmer.as_ref(), folded))
}

fn words(text: &str) -> PreTokenizedString {
    pre_analysed(text, str::to_owned)
}

fn pre_analysed(text: &str, form: impl Fn(&str) -> String) -> PreTokenizedString {
    let tokens = analyzer::words(text)
        .into_iter()
        .enumerate()
        .map(|(position, word)| Token {
            offset_from: word.range.start,
            offset_to: word.range.end,
            position,
            text: form(&word.folded),
            position_length: 1,
        })
        .collect();
    // The text itself is stored in the record only.
    PreTokenizedString { text: String::new(), tokens }
}

//! Brings an index up to date with the files of a corpus.
//!
//! A file is read only if its stamp has changed, and indexed only if its hash has. What the index
//! holds changes in one commit, together with the list of files.

use std::collections::BTreeMap;
use std::path::Path;

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

/// An index that agrees with the corpus.
pub struct Updated {
    pub index: tantivy::Index,
    pub catalog: Catalog,
    pub problems: Vec<Problem>,
}

const WRITER_BYTES: usize = 64 << 20;
/// Below this number of entries, deleted ones are cleared out at once, so that the frequencies of
/// words do not depend on the index's past.
const MAX_COMPACTED: u32 = 200_000;

/// Brings `existing` up to date, or builds a new index in `dir`.
pub fn update(
    existing: Option<Existing>,
    corpus: &Path,
    dir: &Path,
) -> Result<Updated, IndexError> {
    let (schema, fields) = schema::schema();
    let (files, mut problems) = corpus::scan(corpus);
    let fresh = existing.is_none();
    let Existing { index, mut catalog } = match existing {
        Some(existing) => existing,
        None => create(dir, &schema)?,
    };
    let (changed, gone) = compare(&catalog, &files);
    if fresh || !changed.is_empty() || !gone.is_empty() {
        let mut batch =
            Batch { fields, writer: index.writer_with_num_threads(1, WRITER_BYTES)?, dirty: fresh };
        batch.writer.set_merge_policy(Box::new(LogMergePolicy::default()));
        for file in gone {
            batch.remove(&mut catalog, &file);
        }
        for file in changed {
            problems.extend(batch.take(&mut catalog, corpus, file)?);
        }
        batch.commit(&index, &catalog)?;
    }
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    if catalog.files.is_empty() {
        return Err(IndexError::NoArticle(problems));
    }
    Ok(Updated { index, catalog, problems })
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

/// The files to read again, and those that are in the catalog only.
fn compare<'a>(catalog: &Catalog, files: &'a [ScannedFile]) -> (Vec<&'a ScannedFile>, Vec<String>) {
    let changed = files
        .iter()
        .filter(|file| {
            catalog
                .files
                .get(&file.path)
                .is_none_or(|known| known.stamp.is_none() || known.stamp != file.stamp)
        })
        .collect();
    let gone = catalog
        .files
        .keys()
        .filter(|path| files.binary_search_by(|file| file.path.cmp(path)).is_err())
        .cloned()
        .collect();
    (changed, gone)
}

struct Batch {
    fields: Fields,
    writer: IndexWriter,
    dirty: bool,
}

impl Batch {
    fn remove(&mut self, catalog: &mut Catalog, path: &str) {
        if catalog.files.remove(path).is_some() {
            let id = ArticleId::of_file(path).to_u64();
            self.writer.delete_term(Term::from_field_u64(self.fields.article, id));
            self.dirty = true;
        }
    }

    fn take(
        &mut self,
        catalog: &mut Catalog,
        corpus: &Path,
        file: &ScannedFile,
    ) -> Result<Vec<Problem>, IndexError> {
        let (article, hash) = match corpus::read(corpus, &file.path) {
            Ok(read) => read,
            Err(problems) => {
                self.remove(catalog, &file.path);
                return Ok(problems);
            }
        };
        self.dirty = true;
        if let Some(known) = catalog.files.get_mut(&file.path).filter(|known| known.hash == hash) {
            known.stamp = file.stamp;
            return Ok(Vec::new());
        }
        self.remove(catalog, &file.path);
        let language = language_of(&article);
        self.add(&article, &language)?;
        let indexed = Indexed {
            stamp: file.stamp,
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
        self.writer.add_document(entry)?;

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
            self.writer.add_document(entry)?;
        }
        Ok(())
    }

    fn commit(mut self, index: &tantivy::Index, catalog: &Catalog) -> Result<(), IndexError> {
        if self.dirty {
            let payload = serde_json::to_string(catalog).expect("a catalog is plain data");
            let mut commit = self.writer.prepare_commit()?;
            commit.set_payload(&payload);
            commit.commit()?;
            self.compact(index)?;
        }
        self.writer.wait_merging_threads()?;
        Ok(())
    }

    fn compact(&mut self, index: &tantivy::Index) -> Result<(), IndexError> {
        let segments = index.searchable_segment_metas()?;
        let entries: u32 = segments.iter().map(|segment| segment.max_doc()).sum();
        let deleted = segments.iter().any(|segment| segment.num_deleted_docs() > 0);
        if (deleted || segments.len() > 1) && entries <= MAX_COMPACTED {
            let ids: Vec<_> = segments.iter().map(|segment| segment.id()).collect();
            self.writer.merge(&ids).wait()?;
            self.writer.garbage_collect_files().wait()?;
        }
        Ok(())
    }
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

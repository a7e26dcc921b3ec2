//! Writes articles into an index: each is analysed once, and stands there whole or not at all.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::indexer::{LogMergePolicy, NoMergePolicy};
use tantivy::{IndexWriter, TantivyDocument, Term};

use super::analysis::{Analysed, Analysis, Analyst, WordId};
use super::analyzer::Language;
use super::catalog::{Catalog, Existing, Indexed};
use super::listing::ListedArticle;
use super::schema::{self, Fields};
use super::{IndexError, record};
use crate::corpus::article::{Article, ArticleId};
use crate::corpus::{self, CorpusDir, Problem, ScannedFile};

/// Changes of an index that are not committed yet.
pub struct Batch<'a> {
    existing: &'a mut Existing,
    fields: Fields,
    /// Opened when there is something to write, since its buffers are large.
    writer: Option<IndexWriter>,
    analysts: HashMap<Language, Analyst>,
    extent: Extent,
    is_dirty: bool,
    /// Of text, since the last commit.
    bytes: u64,
}

/// How much of an index changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// So much that it is laid out anew.
    Most,
    Some,
}

/// What became of a file.
pub struct Taken {
    pub problems: Vec<Problem>,
    /// How much text there is to commit.
    pub bytes: u64,
}

const WRITER_BYTES: usize = 64 << 20;
/// Below this number of entries, deleted ones are cleared out at once, so that the frequencies of
/// words do not depend on the index's past. Above it, when they are this share of a segment.
const MAX_COMPACTED: u32 = 20_000;
const MAX_DELETED: f32 = 0.2;
/// Small changes add fewer than these before they are merged among themselves.
const MAX_SEGMENTS: usize = 20;
/// An article's first paragraphs tell its language.
const MAX_SAMPLE_BYTES: usize = 1 << 9;

impl Batch<'_> {
    pub fn new(existing: &mut Existing, extent: Extent) -> Batch<'_> {
        Batch {
            existing,
            fields: schema::schema().1,
            writer: None,
            analysts: HashMap::new(),
            extent,
            is_dirty: false,
            bytes: 0,
        }
    }

    /// Removes the article of a file.
    pub fn remove(&mut self, catalog: &mut Catalog, path: &str) -> Result<(), IndexError> {
        if catalog.files.remove(path).is_some() {
            let id = ArticleId::of_file(path).to_u64();
            let article = Term::from_field_u64(self.fields.article, id);
            self.writer()?.delete_term(article);
            self.is_dirty = true;
        }
        Ok(())
    }

    /// Takes over a file if it has changed. Of `twins`, the one with the same article goes.
    pub fn take(
        &mut self,
        catalog: &mut Catalog,
        twins: &mut HashMap<ArticleId, String>,
        corpus: &CorpusDir,
        file: &ScannedFile,
    ) -> Result<Taken, IndexError> {
        let taken = |batch: &Self, problems| Taken { problems, bytes: batch.bytes };
        let (article, hash) = match corpus::read(corpus, &file.path) {
            Ok(read) => read,
            // It went since the corpus was scanned, as the next look will see.
            Err(_) if !corpus.path().join(&file.path).exists() => {
                return Ok(taken(self, Vec::new()));
            }
            // What was there before stays; of a new file there is nothing.
            Err(problems) => return Ok(taken(self, problems)),
        };
        let known = catalog.files.get_mut(&file.path);
        if let Some(known) = known.filter(|known| known.article.hash == hash) {
            self.is_dirty |= (known.stamp, known.article.modified) != (file.stamp, file.modified);
            known.stamp = file.stamp;
            Arc::make_mut(&mut known.article).modified = file.modified;
            return Ok(taken(self, Vec::new()));
        }
        self.is_dirty = true;
        self.remove(catalog, &file.path)?;
        if let Some(twin) = twins.remove(&article.outline.id) {
            self.remove(catalog, &twin)?;
        }
        let language = language_of(&article);
        let title_stems = self.add(&article, &language)?;
        let outline = article.outline;
        let indexed = Indexed {
            stamp: file.stamp,
            language: language.code().to_owned(),
            aliases: outline.aliases,
            article: Arc::new(ListedArticle {
                id: outline.id,
                file: file.path.clone(),
                hash,
                modified: file.modified,
                title: outline.title,
                title_stems,
                published: outline.published,
                is_signed: !outline.authors.is_empty(),
                sections: outline.sections.len(),
            }),
        };
        catalog.files.insert(file.path.clone(), indexed);
        Ok(taken(self, Vec::new()))
    }

    /// Gives the stems of its title.
    fn add(&mut self, article: &Article, language: &Language) -> Result<Vec<WordId>, IndexError> {
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

        let analyst =
            self.analysts.entry(language.clone()).or_insert_with(|| Analyst::new(language));
        let title = analyst.analyse(&outline.title);
        let mut headings = Analysed::default();
        let mut section = None;
        let mut entries = Vec::new();
        for (position, passage) in article.passages.iter().enumerate() {
            if section.replace(passage.section) != Some(passage.section) {
                headings = analyst.analyse(&outline.headings_of(passage.section).join(" "));
            }
            let text = analyst.analyse(&passage.text);
            let mut entry = TantivyDocument::default();
            entry.add_u64(fields.article, id);
            entry.add_u64(fields.passage, passage.id.to_u64());
            entry.add_u64(fields.section, outline.sections[passage.section].id.to_u64());
            entry.add_u64(fields.position, position as u64);
            entry.add_text(fields.text, joined(text.stems()));
            entry.add_text(fields.words, joined(text.folded()));
            entry.add_text(fields.heading, joined(headings.stems()));
            entry.add_text(fields.title, joined(title.stems()));
            let analysis = Analysis::of(&text, &headings, &title);
            let record = record::encode_passage(outline.id, passage, analysis);
            entry.add_bytes(fields.record, &record);
            self.bytes += passage.text.len() as u64;
            entries.push(entry);
        }
        for entry in entries {
            self.writer()?.add_document(entry)?;
        }
        Ok(title.stems().map(WordId::of).collect())
    }

    /// Commits what has changed.
    pub fn commit(&mut self, catalog: &Catalog) -> Result<(), IndexError> {
        if !self.is_dirty {
            return Ok(());
        }
        let dir = self.existing.dir.clone();
        let failed = |error| IndexError::Data(dir.clone(), error);
        let list = catalog.write(&dir).map_err(failed)?;
        let mut commit = self.writer()?.prepare_commit()?;
        commit.set_payload(&list);
        commit.commit()?;
        self.existing.catalog = catalog.clone();
        (self.is_dirty, self.bytes) = (false, 0);
        if let Err(error) = Catalog::remove_others(&dir, &list) {
            tracing::warn!(%error, "lists of files that are not needed any more could not be removed");
        }
        Ok(())
    }

    /// Commits, even if only the list itself is new, and tidies up.
    pub fn finish(mut self, catalog: &Catalog) -> Result<(), IndexError> {
        let known = &self.existing.catalog;
        self.is_dirty |= (known.is_whole, &known.corpus) != (catalog.is_whole, &catalog.corpus);
        self.commit(catalog)?;
        if is_scattered(self.existing)? {
            self.writer()?;
        }
        // What is committed holds, however untidy.
        if let Some(mut writer) = self.writer {
            let compacted = compact(&self.existing.index, &mut writer, self.extent);
            // Nothing may write into the index any more when this returns.
            let ended = writer.wait_merging_threads();
            if let Err(error) = compacted.and(ended.map_err(IndexError::from)) {
                tracing::warn!(%error, "the index could not be tidied up");
            }
        }
        Ok(())
    }

    fn writer(&mut self) -> Result<&mut IndexWriter, IndexError> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let writer = self.existing.index.writer_with_num_threads(1, WRITER_BYTES)?;
                match self.extent {
                    Extent::Most => writer.set_merge_policy(Box::new(NoMergePolicy)),
                    Extent::Some => {
                        let mut policy = LogMergePolicy::default();
                        policy.set_del_docs_ratio_before_merge(MAX_DELETED);
                        writer.set_merge_policy(Box::new(policy));
                    }
                }
                writer
            }
        };
        Ok(self.writer.insert(writer))
    }
}

/// Whether an index was left in many pieces, by a process that was killed before it could merge them.
pub fn is_scattered(existing: &Existing) -> Result<bool, IndexError> {
    Ok(existing.index.searchable_segment_ids()?.len() > MAX_SEGMENTS)
}

/// One segment is searched sooner than several, and merged once rather than step by step.
fn compact(
    index: &tantivy::Index,
    writer: &mut IndexWriter,
    extent: Extent,
) -> Result<(), IndexError> {
    let segments = index.searchable_segment_metas()?;
    let entries: u32 = segments.iter().map(|segment| segment.max_doc()).sum();
    let deleted = segments.iter().any(|segment| segment.num_deleted_docs() > 0);
    let is_due =
        extent == Extent::Most || entries <= MAX_COMPACTED || segments.len() > MAX_SEGMENTS;
    if (deleted || segments.len() > 1) && is_due {
        let ids: Vec<_> = segments.iter().map(|segment| segment.id()).collect();
        // The files of a segment stay for as long as somebody knows it.
        drop(segments);
        writer.merge(&ids).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    Ok(())
}

fn language_of(article: &Article) -> Language {
    let declared = article.outline.language.as_deref();
    let mut sample = String::new();
    for passage in &article.passages {
        if sample.len() > MAX_SAMPLE_BYTES {
            break;
        }
        sample.push_str(&passage.text);
        sample.push('\n');
    }
    Language::of_text(declared, &sample)
}

/// For a field whose tokenizer cuts at spaces, which no word has.
fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.fold(String::new(), |mut all, word| {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(word);
        all
    })
}

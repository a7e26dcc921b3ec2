//! Writes articles into an index: each is analysed once, and stands there whole or not at all.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::{IndexWriter, SegmentMeta, TantivyDocument, Term};

use super::analysis::{Analysed, Analysis, Analyst, WordId};
use super::analyzer::Language;
use super::article_list::ArticleSummary;
use super::catalog::{Catalog, Indexed, OpenedIndex};
use super::schema::{self, Fields};
use super::{IndexError, record};
use crate::corpus::article::{Article, ArticleId};
use crate::corpus::{self, CorpusDir, Problem, ScannedFile};

/// Changes of an index that are not committed yet.
pub struct UpdateWriter<'a> {
    existing: &'a mut OpenedIndex,
    fields: Fields,
    /// Opened when there is something to write, since its buffers are large.
    writer: Option<IndexWriter>,
    analysts: HashMap<Language, Analyst>,
    extent: UpdateSize,
    is_dirty: bool,
    /// Of text, since the last commit.
    bytes: u64,
}

/// How much of an index changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateSize {
    /// So much that it is laid out anew.
    Most,
    Some,
}

/// What became of a file.
pub struct FileOutcome {
    pub problems: Vec<Problem>,
    /// How much text there is to commit.
    pub bytes: u64,
}

/// A writer's buffers, which are filled only as far as the text since the last commit needs.
const WRITER_BYTES: usize = 64 << 20;
/// Below this number of entries, deleted ones are cleared out at once, so that the frequencies of
/// words do not depend on the index's past. Above it, when they are this share of a segment.
const MAX_COMPACTED: u32 = 20_000;
const MAX_DELETED: f32 = 0.2;
/// Small changes add fewer than these before they are merged among themselves.
const MAX_SEGMENTS: usize = 20;
/// Maximum number of entries of a segment that is made by merging: Tantivy needs 16 bytes of memory for each
/// entry that it merges. A segment with half as many is full: it is merged only to clear out deleted entries.
const MAX_MERGED: u32 = 4_000_000;
/// Tantivy merges eight segments of about the same size, of at most so many entries each.
const MAX_MERGED_BY_POLICY: usize = MAX_MERGED as usize / 8;
/// An article's first paragraphs tell its language.
const MAX_SAMPLE_BYTES: usize = 1 << 9;

impl UpdateWriter<'_> {
    pub fn new(existing: &mut OpenedIndex, extent: UpdateSize) -> UpdateWriter<'_> {
        UpdateWriter {
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
        if catalog.remove(path) {
            let id = ArticleId::of_file(path).to_u64();
            let article = Term::from_field_u64(self.fields.article, id);
            self.writer()?.delete_term(article);
            self.is_dirty = true;
        }
        Ok(())
    }

    /// Takes over a file if it has changed. Of `twins`, the one with the same article goes.
    pub fn index_file(
        &mut self,
        catalog: &mut Catalog,
        twins: &mut HashMap<ArticleId, String>,
        corpus: &CorpusDir,
        file: &ScannedFile,
    ) -> Result<FileOutcome, IndexError> {
        let taken = |batch: &Self, problems| FileOutcome { problems, bytes: batch.bytes };
        let (article, hash) = match corpus::read(corpus, &file.path) {
            Ok(read) => read,
            // It went since the corpus was scanned, as the next look will see.
            Err(_) if !corpus.path().join(&file.path).exists() => {
                return Ok(taken(self, Vec::new()));
            }
            // What was there before stays; of a new file there is nothing.
            Err(problems) => return Ok(taken(self, problems)),
        };
        let known = catalog.get(&file.path);
        if let Some(known) = known.filter(|known| known.article.hash == hash) {
            if (known.stamp, known.article.modified) != (file.stamp, file.modified) {
                let mut known = Arc::unwrap_or_clone(known);
                known.stamp = file.stamp;
                Arc::make_mut(&mut known.article).modified = file.modified;
                catalog.insert(known);
                self.is_dirty = true;
            }
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
            article: Arc::new(ArticleSummary {
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
        catalog.insert(indexed);
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
    pub fn commit(&mut self, catalog: &mut Catalog) -> Result<(), IndexError> {
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
        if let Err(error) = catalog.remove_others(&dir, &list) {
            tracing::warn!(%error, "lists of files that are not needed any more could not be removed");
        }
        Ok(())
    }

    /// Commits, even if only the list itself is new, and tidies up.
    pub fn finish(mut self, catalog: &mut Catalog) -> Result<(), IndexError> {
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
                // Every further thread would cost each small change its start and its memory.
                let options = IndexWriterOptions::builder()
                    .num_worker_threads(1)
                    .num_merge_threads(1)
                    .memory_budget_per_thread(WRITER_BYTES)
                    .build();
                let writer = self.existing.index.writer_with_options(options)?;
                match self.extent {
                    UpdateSize::Most => writer.set_merge_policy(Box::new(NoMergePolicy)),
                    UpdateSize::Some => {
                        let mut policy = LogMergePolicy::default();
                        policy.set_del_docs_ratio_before_merge(MAX_DELETED);
                        policy.set_max_docs_before_merge(MAX_MERGED_BY_POLICY);
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
pub fn is_scattered(existing: &OpenedIndex) -> Result<bool, IndexError> {
    let segments = existing.index.searchable_segment_metas()?;
    Ok(segments.iter().filter(|segment| !is_full(segment)).count() > MAX_SEGMENTS)
}

fn is_full(segment: &SegmentMeta) -> bool {
    segment.max_doc() >= MAX_MERGED / 2
}

/// One segment is searched sooner than several, and merged once rather than step by step.
fn compact(
    index: &tantivy::Index,
    writer: &mut IndexWriter,
    extent: UpdateSize,
) -> Result<(), IndexError> {
    let groups = groups(index.searchable_segment_metas()?, extent);
    for group in &groups {
        writer.merge(group).wait()?;
    }
    if !groups.is_empty() {
        // This also removes the files of what was merged, since no description of it is in use any more.
        writer.garbage_collect_files().wait()?;
    }
    Ok(())
}

/// Returns the groups of segments that are to be merged, each into one.
fn groups(mut segments: Vec<SegmentMeta>, extent: UpdateSize) -> Vec<Vec<SegmentId>> {
    let entries: u64 = segments.iter().map(|segment| u64::from(segment.max_doc())).sum();
    let small = segments.iter().filter(|segment| !is_full(segment)).count();
    let is_due =
        extent == UpdateSize::Most || entries <= u64::from(MAX_COMPACTED) || small > MAX_SEGMENTS;
    let is_stale = |segment: &SegmentMeta| {
        let share = segment.num_deleted_docs() as f32 / segment.max_doc().max(1) as f32;
        let is_left_by_policy = segment.num_docs() as usize > MAX_MERGED_BY_POLICY;
        share > MAX_DELETED && (extent == UpdateSize::Most || is_left_by_policy)
    };
    segments.sort_by_key(SegmentMeta::max_doc);
    let (mut groups, mut room) = (Vec::<Vec<&SegmentMeta>>::new(), 0_u32);
    for segment in &segments {
        if is_full(segment) || !is_due {
            groups.extend(is_stale(segment).then(|| vec![segment]));
            room = 0;
            continue;
        }
        match (groups.last_mut(), room.checked_sub(segment.num_docs())) {
            (Some(group), Some(left)) => {
                group.push(segment);
                room = left;
            }
            (_, _) => {
                groups.push(vec![segment]);
                room = MAX_MERGED - segment.num_docs();
            }
        }
    }
    let is_worth_it = |group: &Vec<&SegmentMeta>| {
        group.len() > 1 || group.iter().any(|segment| segment.num_deleted_docs() > 0)
    };
    groups.retain(is_worth_it);
    groups.into_iter().map(|group| group.iter().map(|segment| segment.id()).collect()).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Segments as (entries, deleted ones), and how many entries are left in each group that is to be merged.
    #[track_caller]
    fn check(segments: &[(u32, u32)], extent: UpdateSize, expected: &[u32]) {
        let index = tantivy::Index::create_in_ram(schema::schema().0);
        let segment = |(entries, deleted): &(u32, u32)| {
            let meta = index.new_segment_meta(SegmentId::generate_random(), *entries);
            if *deleted > 0 { meta.with_delete_meta(*deleted, 1) } else { meta }
        };
        let segments: Vec<_> = segments.iter().map(segment).collect();
        let left = |id: &SegmentId| {
            segments.iter().find(|segment| segment.id() == *id).map_or(0, SegmentMeta::num_docs)
        };
        let groups = groups(segments.clone(), extent);
        let sizes: Vec<u32> = groups.iter().map(|group| group.iter().map(left).sum()).collect();
        assert_eq!(sizes, expected);
    }

    #[test]
    fn index_merges_no_more_entries_at_once_than_memory_is_for() {
        check(&[(100, 0)], UpdateSize::Most, &[]);
        check(&[(100, 1)], UpdateSize::Some, &[99]);
        check(&[(100, 0), (50, 0)], UpdateSize::Some, &[150]);
        check(&[(90_000, 0), (50, 0)], UpdateSize::Some, &[]);
        check(&[(90_000, 0), (50, 0)], UpdateSize::Most, &[90_050]);
        // Ten million passages, in parts of the size in which they are committed.
        check(&[(40_000, 0); 250], UpdateSize::Most, &[4_000_000, 4_000_000, 2_000_000]);
        check(&[(3_000_000, 1), (2_500_000, 0), (10, 0), (20, 0)], UpdateSize::Most, &[30]);
        check(&[(3_000_000, 900_000), (10, 0)], UpdateSize::Some, &[2_100_000]);
        check(&[(600_000, 200_000), (10, 0)], UpdateSize::Some, &[]);
        check(&[(800_000, 200_000), (10, 0)], UpdateSize::Some, &[600_000]);
        let full_and_small: Vec<_> = [(2_000_000, 0); 30].into_iter().chain([(5, 0); 21]).collect();
        check(&full_and_small, UpdateSize::Some, &[105]);
        check(&full_and_small[..50], UpdateSize::Some, &[]);
    }
}

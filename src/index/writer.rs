//! Writing of articles into an index. Each commit contains whole articles only.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::{IndexWriter, SegmentMeta, TantivyDocument, Term};

use super::analysis::{AnalysedText, Analysis, PlaceInArticle, TextAnalyzer, WordId};
use super::article_summary::{ArticleSummary, IndexedArticle};
use super::catalog::{Catalog, Observed};
use super::definitions;
use super::error::IndexError;
use super::language::Language;
use super::language_detection;
use super::opened::OpenedIndex;
use super::record;
use super::schema::{self, Fields};
use crate::corpus::article::{Article, ArticleId};
use crate::corpus::{self, CorpusDir, Inspected, Problem, ScannedFile, Severity};

/// A writer of an index, with changes that are not committed yet.
pub struct UpdateWriter<'a> {
    opened: &'a mut OpenedIndex,
    fields: Fields,
    /// Tantivy's writer, opened on the first change because its buffers are large.
    writer: Option<IndexWriter>,
    analyzers: HashMap<Language, TextAnalyzer>,
    size: UpdateSize,
    /// Whether there are uncommitted changes.
    is_dirty: bool,
    /// Amount of text since the last commit, in bytes.
    bytes: u64,
}

/// The share of an index that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateSize {
    /// Most of the index, so that all segments are merged afterwards.
    Most,
    /// Some articles.
    Some,
}

/// The result of indexing a file.
pub struct FileOutcome {
    pub problems: Vec<Problem>,
    /// Amount of uncommitted text, in bytes.
    pub bytes: u64,
}

/// Size of the writer's buffers, in bytes. They are filled only as far as needed.
const WRITER_BYTES: usize = 64 << 20;
/// Maximum number of entries in an index whose deleted entries are removed at once, so that word
/// frequencies do not depend on earlier contents.
const MAX_FULLY_COMPACTED: u32 = 20_000;
/// Share of deleted entries above which a segment of a larger index is compacted.
const MAX_DELETED_SHARE: f32 = 0.2;
/// Maximum number of small segments before they are merged.
const MAX_SEGMENTS: usize = 20;
/// Maximum number of entries of a merged segment. Merging takes 16 bytes of memory per entry. A
/// segment with half as many entries is full: it is merged only to remove deleted entries.
const MAX_MERGED: u32 = 4_000_000;
/// Maximum number of entries of a segment that Tantivy's policy merges, eight at a time.
const MAX_MERGED_BY_POLICY: usize = MAX_MERGED as usize / 8;
/// Length of the text from which the language of an article is detected, in bytes.
const MAX_SAMPLE_BYTES: usize = 1 << 9;

impl UpdateWriter<'_> {
    /// Returns a writer without changes.
    pub fn new(opened: &mut OpenedIndex, size: UpdateSize) -> UpdateWriter<'_> {
        UpdateWriter {
            opened,
            fields: schema::schema().1,
            writer: None,
            analyzers: HashMap::new(),
            size,
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

    /// Indexes a file if its content has changed. Removes the entry of `replaced` with the same
    /// article id, and its article.
    pub fn index_file(
        &mut self,
        catalog: &mut Catalog,
        replaced: &mut HashMap<ArticleId, String>,
        corpus: &CorpusDir,
        file: &ScannedFile,
    ) -> Result<FileOutcome, IndexError> {
        let outcome = |writer: &Self, problems| FileOutcome { problems, bytes: writer.bytes };
        let Inspected { article, problems, holds_until } = corpus::inspect(corpus, &file.path);
        let stamp = file.stamp;
        let Some((article, hash)) = article else {
            // The file was removed after the scan, and the next scan will notice.
            if !corpus.path().join(&file.path).exists() {
                return Ok(outcome(self, Vec::new()));
            }
            // An article that its owner takes back is removed. Otherwise an earlier article of the
            // file stays in the index.
            if problems.iter().any(|problem| problem.severity == Severity::LeftOut) {
                self.remove(catalog, &file.path)?;
                let observed = Observed { stamp, is_left_out: true, holds_until };
                catalog.observe(&file.path, Some(observed));
            }
            return Ok(outcome(self, lasting(problems)));
        };
        let observed = Observed { stamp, is_left_out: false, holds_until };
        let depends_on_day = observed.holds_until.is_some();
        catalog.observe(&file.path, depends_on_day.then_some(observed));
        for problem in &problems {
            let (file, line, what) = (&problem.file, problem.line, &problem.what);
            tracing::debug!(file, line, what, "a part of the metadata is not read");
        }
        let known = catalog.get(&file.path);
        if let Some(known) = known.filter(|known| known.article.hash == hash) {
            if (known.stamp, known.article.modified) != (file.stamp, file.modified) {
                let mut known = Arc::unwrap_or_clone(known);
                known.stamp = file.stamp;
                Arc::make_mut(&mut known.article).modified = file.modified;
                catalog.insert(known);
                self.is_dirty = true;
            }
            return Ok(outcome(self, Vec::new()));
        }
        self.is_dirty = true;
        self.remove(catalog, &file.path)?;
        if let Some(file) = replaced.remove(&article.outline.id) {
            self.remove(catalog, &file)?;
        }
        let language = language_of(&article);
        let title_stems = self.add_article(&article, &language)?;
        let outline = article.outline;
        let indexed = IndexedArticle {
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
                authors: outline.authors,
                tags: outline.tags,
                sections: outline.sections.len(),
            }),
        };
        catalog.insert(indexed);
        Ok(outcome(self, Vec::new()))
    }

    /// Adds the entries of an article. Returns the stems of its title.
    fn add_article(
        &mut self,
        article: &Article,
        language: &Language,
    ) -> Result<Vec<WordId>, IndexError> {
        let (fields, outline) = (self.fields, &article.outline);
        let id = outline.id.to_u64();
        let mut entry = TantivyDocument::default();
        entry.add_u64(fields.article, id);
        entry.add_u64(fields.outline_of, id);
        for section in &outline.sections {
            entry.add_u64(fields.outline_of, section.id.to_u64());
        }
        entry.add_bytes(fields.record, &record::encode_outline(outline));
        let analyzer =
            self.analyzers.entry(language.clone()).or_insert_with(|| TextAnalyzer::new(language));
        let title = analyzer.analyse(&outline.title);
        let file_name = analyzer.analyse(&corpus::title_from_file_name(&outline.file));
        entry.add_text(fields.name, join_words(title.stems().chain(file_name.stems())));
        let file_name: Vec<_> = file_name.stems().map(WordId::of).collect();
        let (mut headings, mut heading_words) = (AnalysedText::default(), 0);
        let mut section = None;
        let mut entries = Vec::new();
        for (position, passage) in article.passages.iter().enumerate() {
            if section.replace(passage.section) != Some(passage.section) {
                let path = outline.headings_of(passage.section);
                headings = analyzer.analyse(&path.join(" "));
                let own = path.last().map(|own| analyzer.analyse(own).stems().count());
                heading_words = own.unwrap_or(0) as u32;
            }
            let text = analyzer.analyse(&passage.text);
            let mut entry = TantivyDocument::default();
            entry.add_u64(fields.article, id);
            entry.add_u64(fields.passage, passage.id.to_u64());
            entry.add_u64(fields.section, outline.sections[passage.section].id.to_u64());
            entry.add_u64(fields.position, position as u64);
            entry.add_text(fields.text, join_words(text.stems()));
            let defined = definitions::defined_names(&passage.text, &passage.sentences, &text);
            entry.add_text(fields.defined, defined.join(" "));
            entry.add_text(fields.words, join_words(text.folded()));
            entry.add_text(fields.heading, join_words(headings.stems()));
            entry.add_text(fields.title, join_words(title.stems()));
            let place = PlaceInArticle {
                position: position as u32,
                heading_words,
                file_name: file_name.clone(),
            };
            let analysis = Analysis::of(&text, &headings, &title, place);
            let record = record::encode_passage(outline.id, passage, analysis);
            entry.add_bytes(fields.record, &record);
            self.bytes += passage.text.len() as u64;
            entries.push(entry);
        }
        self.writer()?.add_document(entry)?;
        for entry in entries {
            self.writer()?.add_document(entry)?;
        }
        Ok(title.stems().map(WordId::of).collect())
    }

    /// Commits the changes and removes the files of the last catalog.
    pub fn commit(&mut self, catalog: &mut Catalog) -> Result<(), IndexError> {
        if !self.is_dirty {
            return Ok(());
        }
        let dir = self.opened.dir.clone();
        let failed = |error| IndexError::Data(dir.clone(), error);
        let list = catalog.write(&dir).map_err(failed)?;
        let mut commit = self.writer()?.prepare_commit()?;
        commit.set_payload(&list);
        commit.commit()?;
        self.opened.catalog = catalog.clone();
        (self.is_dirty, self.bytes) = (false, 0);
        if let Err(error) = catalog.remove_others(&dir, &list) {
            tracing::warn!(%error, "unused catalog files could not be removed");
        }
        Ok(())
    }

    /// Commits the changes, also if only the catalog has changed, and merges segments.
    pub fn finish(mut self, catalog: &mut Catalog) -> Result<(), IndexError> {
        let known = &self.opened.catalog;
        self.is_dirty |= (known.is_complete, &known.corpus, known.is_checkout, known.observed())
            != (catalog.is_complete, &catalog.corpus, catalog.is_checkout, catalog.observed());
        self.commit(catalog)?;
        if is_fragmented(self.opened)? {
            self.writer()?;
        }
        // The commit is complete: a failed merge is only logged.
        if let Some(mut writer) = self.writer {
            let compacted = compact(&self.opened.index, &mut writer, self.size);
            // No thread may write into the index after this function returns.
            let ended = writer.wait_merging_threads();
            if let Err(error) = compacted.and(ended.map_err(IndexError::from)) {
                tracing::warn!(%error, "the segments of the index could not be merged");
            }
        }
        Ok(())
    }

    /// Returns Tantivy's writer, and opens it if necessary.
    fn writer(&mut self) -> Result<&mut IndexWriter, IndexError> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                // More threads would make small changes slower, since each costs time and memory.
                let options = IndexWriterOptions::builder()
                    .num_worker_threads(1)
                    .num_merge_threads(1)
                    .memory_budget_per_thread(WRITER_BYTES)
                    .build();
                let writer = self.opened.index.writer_with_options(options)?;
                match self.size {
                    UpdateSize::Most => writer.set_merge_policy(Box::new(NoMergePolicy)),
                    UpdateSize::Some => {
                        let mut policy = LogMergePolicy::default();
                        policy.set_del_docs_ratio_before_merge(MAX_DELETED_SHARE);
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

/// Returns the problems that cost an article.
fn lasting(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.retain(|problem| problem.severity != Severity::Warning);
    problems
}

/// Returns whether an index has too many small segments, because a process was killed before it
/// merged them.
pub fn is_fragmented(opened: &OpenedIndex) -> Result<bool, IndexError> {
    let segments = opened.index.searchable_segment_metas()?;
    Ok(segments.iter().filter(|segment| !is_full(segment)).count() > MAX_SEGMENTS)
}

fn is_full(segment: &SegmentMeta) -> bool {
    segment.max_doc() >= MAX_MERGED / 2
}

/// Merges segments, since one segment is searched faster than several.
fn compact(
    index: &tantivy::Index,
    writer: &mut IndexWriter,
    size: UpdateSize,
) -> Result<(), IndexError> {
    let groups = merge_groups(index.searchable_segment_metas()?, size);
    for group in &groups {
        writer.merge(group).wait()?;
    }
    if !groups.is_empty() {
        // Also removes the files of the merged segments.
        writer.garbage_collect_files().wait()?;
    }
    Ok(())
}

/// Returns the groups of segments to merge, each into one segment.
fn merge_groups(mut segments: Vec<SegmentMeta>, size: UpdateSize) -> Vec<Vec<SegmentId>> {
    let entries: u64 = segments.iter().map(|segment| u64::from(segment.max_doc())).sum();
    let small = segments.iter().filter(|segment| !is_full(segment)).count();
    let is_due = size == UpdateSize::Most
        || entries <= u64::from(MAX_FULLY_COMPACTED)
        || small > MAX_SEGMENTS;
    let is_stale = |segment: &SegmentMeta| {
        let share = segment.num_deleted_docs() as f32 / segment.max_doc().max(1) as f32;
        let is_left_by_policy = segment.num_docs() as usize > MAX_MERGED_BY_POLICY;
        share > MAX_DELETED_SHARE && (size == UpdateSize::Most || is_left_by_policy)
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
    let needs_merge = |group: &Vec<&SegmentMeta>| {
        group.len() > 1 || group.iter().any(|segment| segment.num_deleted_docs() > 0)
    };
    groups.retain(needs_merge);
    groups.into_iter().map(|group| group.iter().map(|segment| segment.id()).collect()).collect()
}

/// Returns the declared language of an article, or the detected one.
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
    language_detection::of_text(declared, &sample)
}

/// Joins words with spaces, for a field that is tokenized at white space.
fn join_words<'a>(words: impl Iterator<Item = &'a str>) -> String {
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

    /// Checks the remaining entries of each merge group. A segment is (entries, deleted entries).
    #[track_caller]
    fn check(segments: &[(u32, u32)], size: UpdateSize, expected: &[u32]) {
        let index = tantivy::Index::create_in_ram(schema::schema().0);
        let segment = |(entries, deleted): &(u32, u32)| {
            let meta = index.new_segment_meta(SegmentId::generate_random(), *entries);
            if *deleted > 0 { meta.with_delete_meta(*deleted, 1) } else { meta }
        };
        let segments: Vec<_> = segments.iter().map(segment).collect();
        let left = |id: &SegmentId| {
            segments.iter().find(|segment| segment.id() == *id).map_or(0, SegmentMeta::num_docs)
        };
        let groups = merge_groups(segments.clone(), size);
        let sizes: Vec<u32> = groups.iter().map(|group| group.iter().map(left).sum()).collect();
        assert_eq!(sizes, expected);
    }

    #[test]
    fn merge_groups_have_a_limited_number_of_entries() {
        check(&[(100, 0)], UpdateSize::Most, &[]);
        check(&[(100, 1)], UpdateSize::Some, &[99]);
        check(&[(100, 0), (50, 0)], UpdateSize::Some, &[150]);
        check(&[(90_000, 0), (50, 0)], UpdateSize::Some, &[]);
        check(&[(90_000, 0), (50, 0)], UpdateSize::Most, &[90_050]);
        // Ten million passages, in segments of the size of a commit.
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

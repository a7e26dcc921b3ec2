//! Articles to a Tantivy index on disk, brought up to date file by file.
//!
//! Invariants: the list of files with their hashes travels in the payload of the very commit that
//! holds their passages, so that a killed update leaves the index as it was before; a record is
//! never handed out unless its checksum fits. Opening an unchanged corpus reads no article.

pub mod analysis;
pub mod analyzer;
mod cache;
mod catalog;
mod record;
pub mod schema;
pub mod script;
mod update;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tantivy::collector::{DocSetCollector, TopDocs};
use tantivy::query::{Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term};

use crate::corpus::Problem;
use crate::corpus::article::{Alias, ArticleId, Outline, Passage, PassageId, SectionId};
use analysis::Analysis;
use analyzer::Language;
use cache::Cache;
use catalog::{Catalog, Existing};
use schema::Fields;
use update::Updated;

/// An open index, locked against other processes.
pub struct Index {
    reader: IndexReader,
    fields: Fields,
    languages: Vec<Language>,
    aliases: Vec<Alias>,
    articles: Vec<ArticleId>,
    problems: Vec<Problem>,
    stamp: [u8; 32],
    cache: Cache,
    _lock: DataLock,
}

/// The data directory as this process's own, until it is dropped.
pub struct DataLock {
    _file: File,
}

/// A passage as the index keeps it.
#[derive(Debug, Clone)]
pub struct StoredPassage {
    pub article: ArticleId,
    pub passage: Arc<Passage>,
    pub analysis: Analysis,
}

/// Why an index cannot be used. The message is for the operator.
#[derive(Debug)]
pub enum IndexError {
    /// Another process has this data directory.
    InUse(PathBuf),
    /// The data directory cannot be read or written.
    Data(PathBuf, io::Error),
    /// There is no article to ask; what is wrong with the corpus.
    NoArticle(Vec<Problem>),
    /// The index contradicts itself: it is to be made anew.
    Corrupt(String),
    Tantivy(tantivy::TantivyError),
}

const INDEX: &str = "index";
const LOCK: &str = "lock";
const LOCK_ATTEMPTS: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

impl Index {
    /// Opens the index under `data` and brings it up to date with the files of `corpus`.
    ///
    /// An index that is missing, corrupt or of another schema is built anew, with one log line.
    pub fn open(corpus: &Path, data: &Path) -> Result<Index, IndexError> {
        let lock = lock(data)?;
        let dir = data.join(INDEX);
        let found = Catalog::find(&dir).unwrap_or_else(|reason| {
            tracing::warn!(%reason, "the index cannot be used and is built anew");
            None
        });
        let (updated, reader) = match read_up_to_date(found, corpus, &dir) {
            Err(IndexError::Tantivy(error)) => {
                tracing::warn!(%error, "the index cannot be used and is built anew");
                read_up_to_date(None, corpus, &dir)?
            }
            other => other?,
        };
        let (paths, files) = (updated.catalog.files.keys(), updated.catalog.files.values());
        let languages: BTreeSet<_> = files.clone().map(|file| file.language.as_str()).collect();
        Ok(Index {
            reader,
            fields: schema::schema().1,
            languages: languages.into_iter().map(Language::of_code).collect(),
            aliases: files.clone().flat_map(|file| file.aliases.iter().cloned()).collect(),
            articles: paths.map(|path| ArticleId::of_file(path)).collect(),
            stamp: updated.catalog.hash(),
            problems: updated.problems,
            cache: Cache::new(),
            _lock: lock,
        })
    }

    /// Removes the index under `data`, so that the next opening builds it anew.
    pub fn discard(data: &Path) -> Result<(), IndexError> {
        let dir = data.join(INDEX);
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(IndexError::Data(dir, error))
            }
            _ => Ok(()),
        }
    }

    /// What was wrong with the files that were left out.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The languages of the articles.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// The aliases of all articles.
    pub fn aliases(&self) -> &[Alias] {
        &self.aliases
    }

    /// What is the same only for an index of the same files.
    pub fn stamp(&self) -> [u8; 32] {
        self.stamp
    }

    /// How many articles there are.
    pub fn article_count(&self) -> usize {
        self.articles.len()
    }

    /// The index as it is now; a view stays as it is while an update goes on.
    pub fn view(&self) -> View<'_> {
        View { searcher: self.reader.searcher(), index: self }
    }
}

/// The index at one moment.
pub struct View<'a> {
    searcher: Searcher,
    index: &'a Index,
}

impl View<'_> {
    /// The index that this is a view of.
    pub fn index(&self) -> &Index {
        self.index
    }

    /// Tantivy's view of it, for the search.
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The fields to search.
    pub fn fields(&self) -> Fields {
        self.index.fields
    }

    /// The `limit` best passages for `query`, best first.
    pub fn top(&self, query: &dyn Query, limit: usize) -> Result<Vec<DocAddress>, IndexError> {
        let collector = TopDocs::with_limit(limit).order_by_score();
        let top = self.searcher.search(query, &collector)?;
        Ok(top.into_iter().map(|(_, address)| address).collect())
    }

    /// The passage at an address that a search gave.
    pub fn passage_at(&self, address: DocAddress) -> Result<Arc<StoredPassage>, IndexError> {
        let segment = self.searcher.segment_reader(address.segment_ord).segment_id();
        self.index
            .cache
            .passage((segment, address.doc_id), || record::decode_passage(&self.record(address)?))
    }

    /// One article.
    pub fn outline(&self, id: ArticleId) -> Result<Option<Arc<Outline>>, IndexError> {
        let generation = self.searcher.generation().generation_id();
        self.index.cache.outline((generation, id), || self.first_outline(id.to_u64()))
    }

    /// The article that has this section.
    pub fn outline_with(&self, id: SectionId) -> Result<Option<Arc<Outline>>, IndexError> {
        let found = self.first_outline(id.to_u64())?;
        Ok(found.filter(|outline| outline.sections.iter().any(|section| section.id == id)))
    }

    /// Every article, by title.
    pub fn outlines(&self) -> Result<Vec<Arc<Outline>>, IndexError> {
        let mut outlines = Vec::new();
        for id in &self.index.articles {
            outlines.extend(self.outline(*id)?);
        }
        outlines.sort_by(|a, b| (&a.title, &a.file).cmp(&(&b.title, &b.file)));
        Ok(outlines)
    }

    /// One passage; `None` when there is no such text (any more).
    pub fn passage(&self, id: PassageId) -> Result<Option<Arc<StoredPassage>>, IndexError> {
        let found = self.with_number(self.index.fields.passage, id.to_u64())?;
        found.first().map(|address| self.passage_at(*address)).transpose()
    }

    /// How many passages there are.
    pub fn passage_count(&self) -> u64 {
        self.searcher.num_docs().saturating_sub(self.index.article_count() as u64)
    }

    /// Every passage, in the index's order. They are read one by one and not kept.
    pub fn passages(&self) -> impl Iterator<Item = Result<StoredPassage, IndexError>> + '_ {
        let segments = self.searcher.segment_readers().iter().zip(0..);
        let addresses = segments.flat_map(|(segment, segment_ord)| {
            segment.doc_ids_alive().map(move |doc_id| DocAddress { segment_ord, doc_id })
        });
        addresses.filter_map(|address| {
            let decoded =
                self.record(address).and_then(|record| record::decode_if_passage(&record));
            decoded.transpose()
        })
    }

    /// The passages of one section, in the file's order.
    pub fn passages_of(&self, id: SectionId) -> Result<Vec<Arc<StoredPassage>>, IndexError> {
        let mut found = Vec::new();
        for address in self.with_number(self.index.fields.section, id.to_u64())? {
            let segment = self.searcher.segment_reader(address.segment_ord);
            let positions = segment.fast_fields().u64("position")?;
            found.push((positions.first(address.doc_id), self.passage_at(address)?));
        }
        found.sort_by_key(|(position, _)| *position);
        Ok(found.into_iter().map(|(_, passage)| passage).collect())
    }

    fn first_outline(&self, number: u64) -> Result<Option<Arc<Outline>>, IndexError> {
        let found = self.with_number(self.index.fields.outline_of, number)?;
        let Some(address) = found.first() else { return Ok(None) };
        Ok(record::decode_outline(&self.record(*address)?)?.map(Arc::new))
    }

    fn with_number(&self, field: Field, number: u64) -> Result<Vec<DocAddress>, IndexError> {
        let query = TermQuery::new(Term::from_field_u64(field, number), IndexRecordOption::Basic);
        let mut found: Vec<_> =
            self.searcher.search(&query, &DocSetCollector)?.into_iter().collect();
        found.sort();
        Ok(found)
    }

    fn record(&self, address: DocAddress) -> Result<Vec<u8>, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let record =
            document.get_first(self.index.fields.record).and_then(|value| value.as_bytes());
        record
            .map(<[u8]>::to_vec)
            .ok_or_else(|| IndexError::Corrupt("an entry has no record".into()))
    }
}

fn read_up_to_date(
    found: Option<Existing>,
    corpus: &Path,
    dir: &Path,
) -> Result<(Updated, IndexReader), IndexError> {
    let updated = update::update(found, corpus, dir)?;
    let reader = updated.index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
    Ok((updated, reader))
}

/// Takes the data directory for this process, making it when missing. An open index has it taken.
pub fn lock(data: &Path) -> Result<DataLock, IndexError> {
    fs::create_dir_all(data).map_err(|error| IndexError::Data(data.to_owned(), error))?;
    let path = data.join(LOCK);
    let failed = |error| IndexError::Data(path.clone(), error);
    let mut file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    for attempt in 1.. {
        match file.try_lock() {
            Ok(()) => break,
            // One that is just ending, or a child that was forked and has not begun yet, has it for
            // a moment only.
            Err(TryLockError::WouldBlock) if attempt < LOCK_ATTEMPTS => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::WouldBlock) => return Err(IndexError::InUse(data.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    // Who has it, for an operator who looks; nothing reads it.
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed)?;
    Ok(DataLock { _file: file })
}

impl From<tantivy::TantivyError> for IndexError {
    fn from(error: tantivy::TantivyError) -> Self {
        IndexError::Tantivy(error)
    }
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IndexError::InUse(data) => write!(
                f,
                "{}: another verbatim is using this data directory\n\
                 hint: stop it, or give this one its own with `--data DIR`",
                data.display()
            ),
            IndexError::Data(path, error) => write!(
                f,
                "{}: {error}\nhint: the data directory must be writable; another can be given \
                 with `--data DIR`",
                path.display()
            ),
            IndexError::NoArticle(problems) => {
                f.write_str("there is no article to ask")?;
                problems.iter().try_for_each(|problem| write!(f, "\n{problem}"))
            }
            IndexError::Corrupt(what) => {
                write!(f, "the index is corrupt: {what}\nhint: remove the data directory's `index`")
            }
            IndexError::Tantivy(error) => {
                write!(f, "the index failed: {error}\nhint: remove the data directory's `index`")
            }
        }
    }
}

impl std::error::Error for IndexError {}

//! Point-in-time snapshots of the index, for searching and reading.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustc_hash::FxHashSet;
use tantivy::collector::TopDocs;
use tantivy::directory::OwnedBytes;
use tantivy::fastfield::Column;
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::store::StoreReader;
use tantivy::{DocAddress, DocId, DocSet, IndexReader, ReloadPolicy, Searcher, TERMINATED, Term};

use super::analyzer::WordStemmer;
use super::article_filter::ArticleFilter;
use super::article_list::ArticleList;
use super::article_summary::ArticleSummary;
use super::cache::RecordCache;
use super::catalog::Catalog;
use super::error::IndexError;
use super::language::Language;
use super::opened::OpenedIndex;
use super::record::{self, StoredPassage};
use super::restriction::{self, FieldTerms, Restriction, ShownStatistics};
use super::schema::Fields;
use crate::corpus::article::{Alias, ArticleId, Outline, PassageId, SectionId};

/// The index at one moment, or the part of it that a filter shows. Updates do not change a
/// snapshot.
pub struct Snapshot<'a> {
    generation: Arc<Generation>,
    fields: Fields,
    cache: &'a RecordCache,
    /// `None` if all articles are shown.
    restriction: Option<Arc<Restriction>>,
}

/// The content of an index between two updates.
pub struct Generation {
    searcher: Searcher,
    /// Number that is unique among the generations of this process.
    number: u64,
    segments: Vec<Segment>,
    languages: Vec<Language>,
    aliases: Vec<Alias>,
    articles: ArticleList,
    /// Hash of all paths and file contents.
    pub fingerprint: [u8; 32],
}

/// The readers of a segment, by the numbers of its entries.
struct Segment {
    store: StoreReader,
    /// Passage ids. `None` if the segment has no passages.
    passages: Option<Column<u64>>,
    /// Positions of the passages in their articles.
    positions: Option<Column<u64>>,
}

/// Number of decompressed blocks of the document store that are cached per segment.
const CACHED_BLOCKS: usize = 64;

impl Generation {
    /// Opens the readers of all segments that `searcher` has.
    pub fn new(searcher: Searcher, catalog: &Catalog) -> Result<Generation, IndexError> {
        let segments = searcher.segment_readers().iter();
        let segments = segments.map(|segment| {
            Ok(Segment {
                store: segment.get_store_reader(CACHED_BLOCKS)?,
                passages: segment.fast_fields().column_opt("passage")?,
                positions: segment.fast_fields().column_opt("position")?,
            })
        });
        static GENERATIONS: AtomicU64 = AtomicU64::new(0);
        Ok(Generation {
            number: GENERATIONS.fetch_add(1, Ordering::Relaxed),
            segments: segments.collect::<tantivy::Result<_>>()?,
            searcher,
            languages: catalog.languages().map(Language::of_code).collect(),
            aliases: catalog.aliases(|_| true),
            articles: ArticleList::new(catalog),
            fingerprint: catalog.fingerprint(),
        })
    }

    /// Returns a number that is unique among the generations of this process.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Computes the restriction of the generation to the articles that pass a filter.
    pub fn restriction(&self, filter: &ArticleFilter) -> Result<Restriction, IndexError> {
        Restriction::new(&self.searcher, &self.articles, self.fingerprint, filter)
    }
}

/// The current generation of an index, and Tantivy's reader, which opens later generations.
pub struct OpenGeneration {
    pub reader: IndexReader,
    pub generation: Generation,
}

impl OpenGeneration {
    /// Opens the current generation of an index.
    pub fn of(opened: &OpenedIndex) -> Result<OpenGeneration, IndexError> {
        let reader = opened.index.reader_builder();
        let reader = reader.reload_policy(ReloadPolicy::Manual).try_into()?;
        let generation = Generation::new(IndexReader::searcher(&reader), &opened.catalog)?;
        Ok(OpenGeneration { reader, generation })
    }
}

impl<'a> Snapshot<'a> {
    /// Returns a snapshot of a generation.
    pub fn new(
        generation: Arc<Generation>,
        fields: Fields,
        cache: &'a RecordCache,
    ) -> Snapshot<'a> {
        Snapshot { generation, fields, cache, restriction: None }
    }

    /// Restricts a snapshot of all articles. The restriction must be of the same generation.
    pub fn restricted(self, restriction: Arc<Restriction>) -> Snapshot<'a> {
        Snapshot { restriction: Some(restriction), ..self }
    }

    /// Returns whether only some of the articles may be shown.
    pub fn is_restricted(&self) -> bool {
        self.restriction.is_some()
    }

    /// Returns Tantivy's searcher, which knows no restriction.
    fn searcher(&self) -> &Searcher {
        &self.generation.searcher
    }

    /// Returns the number of passages with a term in their field.
    pub fn doc_freq(&self, term: &Term) -> Result<u64, IndexError> {
        Ok(match &self.restriction {
            None => self.searcher().doc_freq(term)?,
            Some(restriction) => self.statistics(restriction).doc_freq(term)?,
        })
    }

    /// Returns the number of words in a field of all passages.
    pub fn token_count(&self, field: Field) -> Result<u64, IndexError> {
        Ok(match &self.restriction {
            None => self.searcher().total_num_tokens(field)?,
            Some(restriction) => self.statistics(restriction).total_num_tokens(field)?,
        })
    }

    /// Returns the terms of a field in each segment.
    pub fn field_terms(&self, field: Field) -> Result<Vec<FieldTerms>, IndexError> {
        Ok(restriction::field_terms(self.searcher(), self.restriction.as_deref(), field)?)
    }

    fn statistics<'s>(&'s self, restriction: &'s Restriction) -> ShownStatistics<'s> {
        ShownStatistics { searcher: self.searcher(), restriction }
    }

    /// Returns the languages of the articles.
    pub fn languages(&self) -> &[Language] {
        self.restriction.as_ref().map_or(&self.generation.languages, |shown| &shown.languages)
    }

    /// Returns whether an article in a language has a form of a folded word in its text.
    pub fn has_word(&self, language: &Language, folded: &str) -> bool {
        let stem = WordStemmer::new(language).stem(folded);
        let term = Term::from_field_text(self.fields.text, &stem);
        // A damaged index is reported by the search that follows.
        self.doc_freq(&term).is_ok_and(|count| count > 0)
    }

    /// Returns the aliases of all articles.
    pub fn aliases(&self) -> &[Alias] {
        self.restriction.as_ref().map_or(&self.generation.aliases, |shown| &shown.aliases)
    }

    /// Returns the list of all articles.
    pub fn articles(&self) -> &ArticleList {
        self.restriction.as_ref().map_or(&self.generation.articles, |shown| &shown.articles)
    }

    /// Returns a hash of all paths and file contents, which changes whenever one of them changes.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.restriction.as_ref().map_or(self.generation.fingerprint, |shown| shown.fingerprint)
    }

    /// Returns the ids of the passages that are shown. Returns `None` if all are.
    pub fn shown_passages(&self) -> Option<&FxHashSet<PassageId>> {
        let restriction = self.restriction.as_deref()?;
        Some(restriction.passages.get_or_init(|| {
            let segments = self.searcher().segment_readers().iter().zip(&self.generation.segments);
            let ids = segments.filter_map(|(reader, segment)| {
                let (entries, column) =
                    (restriction.entries.of(reader), segment.passages.as_ref()?);
                let ids: Vec<_> = entries.iter().filter_map(|entry| column.first(entry)).collect();
                Some(ids)
            });
            ids.flatten().map(PassageId::from_u64).collect()
        }))
    }

    /// Returns the fields of the schema.
    pub fn fields(&self) -> Fields {
        self.fields
    }

    /// Returns the addresses of the `limit` best passages for `query`, best first.
    pub fn top_passages(
        &self,
        query: &dyn Query,
        limit: usize,
    ) -> Result<Vec<DocAddress>, IndexError> {
        let collector = TopDocs::with_limit(limit).order_by_score();
        let top = match &self.restriction {
            None => self.searcher().search(query, &collector)?,
            Some(restriction) => {
                let shown = restriction.entries.clone();
                let shown = BooleanQuery::intersection(vec![query.box_clone(), Box::new(shown)]);
                let statistics = self.statistics(restriction);
                self.searcher().search_with_statistics_provider(&shown, &collector, &statistics)?
            }
        };
        Ok(top.into_iter().map(|(_, address)| address).collect())
    }

    /// Returns the outlines of the `limit` best articles for a query on their names, best first.
    pub fn top_articles(
        &self,
        query: &dyn Query,
        limit: usize,
    ) -> Result<Vec<Outline>, IndexError> {
        let addresses = self.top_passages(query, limit)?.into_iter();
        let outlines = addresses.map(|address| record::decode_outline(&self.entry(address)?));
        outlines.filter_map(Result::transpose).collect()
    }

    /// Returns the passage at an address from [`Snapshot::top_passages`].
    pub fn passage_at(&self, address: DocAddress) -> Result<Arc<StoredPassage>, IndexError> {
        let segment = self.searcher().segment_reader(address.segment_ord).segment_id();
        self.cache
            .passage((segment, address.doc_id), || record::decode_passage(&self.entry(address)?))
    }

    /// Returns the outline of an article.
    pub fn outline(&self, id: ArticleId) -> Result<Option<Arc<Outline>>, IndexError> {
        // The cache knows no restriction.
        if self.restriction.as_ref().is_some_and(|restriction| !restriction.has(id)) {
            return Ok(None);
        }
        self.cache.outline((self.generation.number, id), || self.first_outline(id.to_u64()))
    }

    /// Returns the outline of the article that contains a section.
    pub fn outline_of_section(&self, id: SectionId) -> Result<Option<Arc<Outline>>, IndexError> {
        let found = self.first_outline(id.to_u64())?;
        Ok(found.filter(|outline| outline.sections.iter().any(|section| section.id == id)))
    }

    /// Returns the outlines of articles. Skips articles that do not exist.
    pub fn outlines(
        &self,
        articles: impl IntoIterator<Item = Arc<ArticleSummary>>,
    ) -> Result<Vec<Arc<Outline>>, IndexError> {
        let outlines = articles.into_iter().map(|article| self.outline(article.id));
        outlines.filter_map(Result::transpose).collect()
    }

    /// Returns a passage. Returns `None` if its text was changed or removed.
    pub fn passage(&self, id: PassageId) -> Result<Option<Arc<StoredPassage>>, IndexError> {
        let found = self.addresses_of(self.fields.passage, id.to_u64())?;
        found.first().map(|address| self.passage_at(*address)).transpose()
    }

    /// Returns the number of passages.
    pub fn passage_count(&self) -> u64 {
        let entries = match &self.restriction {
            None => self.searcher().num_docs(),
            Some(restriction) => restriction.entries.count(),
        };
        entries.saturating_sub(self.articles().count() as u64)
    }

    /// Returns the size of the index on disk, in bytes.
    pub fn bytes(&self) -> Result<u64, IndexError> {
        let usage = self.searcher().space_usage().map_err(tantivy::TantivyError::from)?;
        Ok(usage.total().get_bytes())
    }

    /// Returns every passage, in the order of the index. Reads one passage at a time, without the
    /// cache.
    pub fn passages(&self) -> impl Iterator<Item = Result<StoredPassage, IndexError>> + '_ {
        let segments = self.searcher().segment_readers().iter().zip(0..);
        let addresses = segments.flat_map(|(segment, segment_ord)| {
            let shown = self.restriction.as_ref().map(|shown| shown.entries.of(segment));
            let is_shown = move |id: &DocId| shown.as_ref().is_none_or(|shown| shown.contains(*id));
            let shown = segment.doc_ids_alive().filter(is_shown);
            shown.map(move |doc_id| DocAddress { segment_ord, doc_id })
        });
        addresses.filter_map(|address| {
            let decoded = self.entry(address).and_then(|entry| record::decode_if_passage(&entry));
            decoded.transpose()
        })
    }

    /// Returns the ids of an article's passages in the file's order, without reading a passage.
    /// Returns `None` if the article does not exist.
    pub fn passage_ids(&self, id: ArticleId) -> Result<Option<Vec<PassageId>>, IndexError> {
        let entries = self.addresses_of(self.fields.article, id.to_u64())?;
        if entries.is_empty() {
            return Ok(None);
        }
        let mut found = Vec::new();
        for address in entries {
            // The entry of the article itself has no passage id.
            let passages = self.segment(address).passages.as_ref();
            let passage = passages.and_then(|passages| passages.first(address.doc_id));
            let passage = passage.map(PassageId::from_u64);
            found.extend(passage.map(|passage| (self.position(address), passage)));
        }
        found.sort_by_key(|(position, _)| *position);
        Ok(Some(found.into_iter().map(|(_, passage)| passage).collect()))
    }

    /// Returns the passages of a section in the file's order.
    pub fn section_passages(&self, id: SectionId) -> Result<Vec<Arc<StoredPassage>>, IndexError> {
        let mut found = Vec::new();
        for address in self.addresses_of(self.fields.section, id.to_u64())? {
            found.push((self.position(address), self.passage_at(address)?));
        }
        found.sort_by_key(|(position, _)| *position);
        Ok(found.into_iter().map(|(_, passage)| passage).collect())
    }

    /// Returns the outline whose `outline_of` field has a number.
    fn first_outline(&self, number: u64) -> Result<Option<Arc<Outline>>, IndexError> {
        let found = self.addresses_of(self.fields.outline_of, number)?;
        let Some(address) = found.first() else { return Ok(None) };
        Ok(record::decode_outline(&self.entry(*address)?)?.map(Arc::new))
    }

    /// Returns the addresses of the shown entries whose `field` has a number, in the order of the
    /// index.
    fn addresses_of(&self, field: Field, number: u64) -> Result<Vec<DocAddress>, IndexError> {
        let term = Term::from_field_u64(field, number);
        let mut found = Vec::new();
        for (segment, segment_ord) in self.searcher().segment_readers().iter().zip(0..) {
            let index = segment.inverted_index(field)?;
            let postings = index.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(tantivy::TantivyError::from)? else {
                continue;
            };
            let shown = self.restriction.as_ref().map(|shown| shown.entries.of(segment));
            let is_shown = |id| shown.as_ref().is_none_or(|shown| shown.contains(id));
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) && is_shown(postings.doc()) {
                    found.push(DocAddress { segment_ord, doc_id: postings.doc() });
                }
                postings.advance();
            }
        }
        Ok(found)
    }

    /// Returns the bytes of an entry, which end with its record.
    fn entry(&self, address: DocAddress) -> Result<OwnedBytes, IndexError> {
        Ok(self.segment(address).store.get_document_bytes(address.doc_id)?)
    }

    /// Returns the position of a passage in its article.
    fn position(&self, address: DocAddress) -> Option<u64> {
        self.segment(address).positions.as_ref()?.first(address.doc_id)
    }

    fn segment(&self, address: DocAddress) -> &Segment {
        &self.generation.segments[address.segment_ord as usize]
    }
}

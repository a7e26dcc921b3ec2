//! The index at one moment, to search it and to read it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tantivy::collector::TopDocs;
use tantivy::directory::OwnedBytes;
use tantivy::fastfield::Column;
use tantivy::query::Query;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::store::StoreReader;
use tantivy::{DocAddress, DocSet, Searcher, TERMINATED, Term};

use super::analyzer::Language;
use super::article_list::{ArticleList, ArticleSummary};
use super::catalog::Catalog;
use super::schema::Fields;
use super::{Index, IndexError, StoredPassage, record};
use crate::corpus::article::{Alias, ArticleId, Outline, PassageId, SectionId};

/// The index at one moment: it stays as it is while an update goes on.
pub struct Snapshot<'a> {
    pub(super) edition: Arc<Generation>,
    pub(super) index: &'a Index,
}

/// What an index holds between two updates.
pub(super) struct Generation {
    pub searcher: Searcher,
    /// Differs for all editions of this process.
    number: u64,
    segments: Vec<Segment>,
    pub languages: Vec<Language>,
    pub aliases: Vec<Alias>,
    pub listing: ArticleList,
    pub stamp: [u8; 32],
}

/// What is read of a segment by the numbers of its entries.
struct Segment {
    store: StoreReader,
    /// The ids of passages. It may have none.
    passages: Option<Column<u64>>,
    positions: Option<Column<u64>>,
}

/// So many blocks of each segment are kept unpacked.
const BLOCKS: usize = 64;

impl Generation {
    pub fn new(searcher: Searcher, catalog: &Catalog) -> Result<Generation, IndexError> {
        let segments = searcher.segment_readers().iter();
        let segments = segments.map(|segment| {
            Ok(Segment {
                store: segment.get_store_reader(BLOCKS)?,
                passages: segment.fast_fields().column_opt("passage")?,
                positions: segment.fast_fields().column_opt("position")?,
            })
        });
        static EDITIONS: AtomicU64 = AtomicU64::new(0);
        Ok(Generation {
            number: EDITIONS.fetch_add(1, Ordering::Relaxed),
            segments: segments.collect::<tantivy::Result<_>>()?,
            searcher,
            languages: catalog.languages().map(Language::of_code).collect(),
            aliases: catalog.aliases(),
            listing: ArticleList::of(catalog),
            stamp: catalog.hash(),
        })
    }
}

impl Snapshot<'_> {
    /// Tantivy's view of it, for the search.
    pub fn searcher(&self) -> &Searcher {
        &self.edition.searcher
    }

    /// The languages of the articles.
    pub fn languages(&self) -> &[Language] {
        &self.edition.languages
    }

    /// The aliases of all articles.
    pub fn aliases(&self) -> &[Alias] {
        &self.edition.aliases
    }

    /// Every article, as it is listed.
    pub fn listing(&self) -> &ArticleList {
        &self.edition.listing
    }

    /// What is the same only for an index of the same files.
    pub fn stamp(&self) -> [u8; 32] {
        self.edition.stamp
    }

    /// The fields to search.
    pub fn fields(&self) -> Fields {
        self.index.fields
    }

    /// The `limit` best passages for `query`, best first.
    pub fn top(&self, query: &dyn Query, limit: usize) -> Result<Vec<DocAddress>, IndexError> {
        let collector = TopDocs::with_limit(limit).order_by_score();
        let top = self.searcher().search(query, &collector)?;
        Ok(top.into_iter().map(|(_, address)| address).collect())
    }

    /// The passage at an address that a search gave.
    pub fn passage_at(&self, address: DocAddress) -> Result<Arc<StoredPassage>, IndexError> {
        let segment = self.searcher().segment_reader(address.segment_ord).segment_id();
        self.index
            .cache
            .passage((segment, address.doc_id), || record::decode_passage(&self.entry(address)?))
    }

    /// One article.
    pub fn outline(&self, id: ArticleId) -> Result<Option<Arc<Outline>>, IndexError> {
        self.index.cache.outline((self.edition.number, id), || self.first_outline(id.to_u64()))
    }

    /// The article that has this section.
    pub fn outline_with(&self, id: SectionId) -> Result<Option<Arc<Outline>>, IndexError> {
        let found = self.first_outline(id.to_u64())?;
        Ok(found.filter(|outline| outline.sections.iter().any(|section| section.id == id)))
    }

    /// Those of these articles that there are.
    pub fn outlines(
        &self,
        listed: impl IntoIterator<Item = Arc<ArticleSummary>>,
    ) -> Result<Vec<Arc<Outline>>, IndexError> {
        let outlines = listed.into_iter().map(|article| self.outline(article.id));
        outlines.filter_map(Result::transpose).collect()
    }

    /// One passage; `None` when there is no such text (any more).
    pub fn passage(&self, id: PassageId) -> Result<Option<Arc<StoredPassage>>, IndexError> {
        let found = self.with_number(self.index.fields.passage, id.to_u64())?;
        found.first().map(|address| self.passage_at(*address)).transpose()
    }

    /// How many passages there are.
    pub fn passage_count(&self) -> u64 {
        self.searcher().num_docs().saturating_sub(self.listing().count() as u64)
    }

    /// How much of the disk the index takes.
    pub fn bytes(&self) -> Result<u64, IndexError> {
        let usage = self.searcher().space_usage().map_err(tantivy::TantivyError::from)?;
        Ok(usage.total().get_bytes())
    }

    /// Every passage, in the index's order. They are read one by one and not kept.
    pub fn passages(&self) -> impl Iterator<Item = Result<StoredPassage, IndexError>> + '_ {
        let segments = self.searcher().segment_readers().iter().zip(0..);
        let addresses = segments.flat_map(|(segment, segment_ord)| {
            segment.doc_ids_alive().map(move |doc_id| DocAddress { segment_ord, doc_id })
        });
        addresses.filter_map(|address| {
            let decoded = self.entry(address).and_then(|entry| record::decode_if_passage(&entry));
            decoded.transpose()
        })
    }

    /// The ids of an article's passages, in the file's order, without reading any. `None` if there is no
    /// such article.
    pub fn passage_ids(&self, id: ArticleId) -> Result<Option<Vec<PassageId>>, IndexError> {
        let entries = self.with_number(self.index.fields.article, id.to_u64())?;
        if entries.is_empty() {
            return Ok(None);
        }
        let mut found = Vec::new();
        for address in entries {
            // The entry of the article itself has none.
            let passages = self.segment(address).passages.as_ref();
            let passage = passages.and_then(|passages| passages.first(address.doc_id));
            let passage = passage.map(PassageId::from_u64);
            found.extend(passage.map(|passage| (self.position(address), passage)));
        }
        found.sort_by_key(|(position, _)| *position);
        Ok(Some(found.into_iter().map(|(_, passage)| passage).collect()))
    }

    /// The passages of one section, in the file's order.
    pub fn passages_of(&self, id: SectionId) -> Result<Vec<Arc<StoredPassage>>, IndexError> {
        let mut found = Vec::new();
        for address in self.with_number(self.index.fields.section, id.to_u64())? {
            found.push((self.position(address), self.passage_at(address)?));
        }
        found.sort_by_key(|(position, _)| *position);
        Ok(found.into_iter().map(|(_, passage)| passage).collect())
    }

    fn first_outline(&self, number: u64) -> Result<Option<Arc<Outline>>, IndexError> {
        let found = self.with_number(self.index.fields.outline_of, number)?;
        let Some(address) = found.first() else { return Ok(None) };
        Ok(record::decode_outline(&self.entry(*address)?)?.map(Arc::new))
    }

    /// The entries that have a number, in the index's order.
    fn with_number(&self, field: Field, number: u64) -> Result<Vec<DocAddress>, IndexError> {
        let term = Term::from_field_u64(field, number);
        let mut found = Vec::new();
        for (segment, segment_ord) in self.searcher().segment_readers().iter().zip(0..) {
            let index = segment.inverted_index(field)?;
            let postings = index.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(tantivy::TantivyError::from)? else {
                continue;
            };
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) {
                    found.push(DocAddress { segment_ord, doc_id: postings.doc() });
                }
                postings.advance();
            }
        }
        Ok(found)
    }

    /// The bytes of an entry, which end with its record.
    fn entry(&self, address: DocAddress) -> Result<OwnedBytes, IndexError> {
        Ok(self.segment(address).store.get_document_bytes(address.doc_id)?)
    }

    /// Where a passage stands in its article.
    fn position(&self, address: DocAddress) -> Option<u64> {
        self.segment(address).positions.as_ref()?.first(address.doc_id)
    }

    fn segment(&self, address: DocAddress) -> &Segment {
        &self.edition.segments[address.segment_ord as usize]
    }
}

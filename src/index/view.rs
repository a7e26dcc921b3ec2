//! The index at one moment, to search it and to read it.

use std::collections::BTreeSet;
use std::sync::Arc;

use tantivy::collector::{DocSetCollector, TopDocs};
use tantivy::query::{Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{DocAddress, Searcher, TantivyDocument, Term};

use super::analyzer::Language;
use super::catalog::{Catalog, Indexed};
use super::schema::Fields;
use super::{Index, IndexError, StoredPassage, record};
use crate::corpus::ContentHash;
use crate::corpus::article::{Alias, ArticleId, Outline, PassageId, SectionId};

/// The index at one moment: it stays as it is while an update goes on.
pub struct View<'a> {
    pub(super) edition: Arc<Edition>,
    pub(super) index: &'a Index,
}

/// What an index holds between two updates.
pub(super) struct Edition {
    pub searcher: Searcher,
    pub languages: Vec<Language>,
    pub aliases: Vec<Alias>,
    pub articles: Vec<ListedArticle>,
    pub stamp: [u8; 32],
}

/// An article as it is listed, known without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedArticle {
    pub id: ArticleId,
    /// Relative to the corpus directory, with `/` between its parts.
    pub file: String,
    pub hash: ContentHash,
    /// When the file was last modified, in Unix seconds.
    pub modified: i64,
}

impl Edition {
    pub fn new(searcher: Searcher, catalog: &Catalog) -> Edition {
        let files = &catalog.files;
        let languages: BTreeSet<_> = files.values().map(|file| file.language.as_str()).collect();
        let listed = |(path, file): (&String, &Indexed)| ListedArticle {
            id: ArticleId::of_file(path),
            file: path.clone(),
            hash: file.hash.clone(),
            modified: file.modified,
        };
        Edition {
            searcher,
            languages: languages.into_iter().map(Language::of_code).collect(),
            aliases: files.values().flat_map(|file| file.aliases.iter().cloned()).collect(),
            articles: files.iter().map(listed).collect(),
            stamp: catalog.hash(),
        }
    }
}

impl View<'_> {
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

    /// Every article, by its file.
    pub fn listed(&self) -> &[ListedArticle] {
        &self.edition.articles
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
            .passage((segment, address.doc_id), || record::decode_passage(&self.record(address)?))
    }

    /// One article.
    pub fn outline(&self, id: ArticleId) -> Result<Option<Arc<Outline>>, IndexError> {
        let generation = self.searcher().generation().generation_id();
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
        for article in self.listed() {
            outlines.extend(self.outline(article.id)?);
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
        self.searcher().num_docs().saturating_sub(self.edition.articles.len() as u64)
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
            let decoded =
                self.record(address).and_then(|record| record::decode_if_passage(&record));
            decoded.transpose()
        })
    }

    /// The passages of one section, in the file's order.
    pub fn passages_of(&self, id: SectionId) -> Result<Vec<Arc<StoredPassage>>, IndexError> {
        let mut found = Vec::new();
        for address in self.with_number(self.index.fields.section, id.to_u64())? {
            let segment = self.searcher().segment_reader(address.segment_ord);
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
            self.searcher().search(&query, &DocSetCollector)?.into_iter().collect();
        found.sort();
        Ok(found)
    }

    fn record(&self, address: DocAddress) -> Result<Vec<u8>, IndexError> {
        let document: TantivyDocument = self.searcher().doc(address)?;
        let record =
            document.get_first(self.index.fields.record).and_then(|value| value.as_bytes());
        record
            .map(<[u8]>::to_vec)
            .ok_or_else(|| IndexError::Corrupt("an entry has no record".into()))
    }
}

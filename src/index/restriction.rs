//! Restrictions of a snapshot to the articles that pass a filter.
//!
//! Everything that a restricted snapshot tells is computed from its own articles: their words, the
//! frequencies of these, their languages and their aliases. A reader cannot notice whether the
//! index has other articles.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use rustc_hash::FxHashSet;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::termdict::TermDictionary;
use tantivy::{DocSet, Searcher, TERMINATED, Term};

use super::article_filter::ArticleFilter;
use super::article_list::ArticleList;
use super::error::IndexError;
use super::language::Language;
use super::visible_entries::{EntrySet, VisibleEntries};
use crate::corpus::article::{Alias, ArticleId, PassageId};

/// The part of a generation of the index that a filter shows.
pub struct Restriction {
    pub articles: ArticleList,
    pub languages: Vec<Language>,
    pub aliases: Vec<Alias>,
    pub entries: VisibleEntries,
    /// Hash of the content of the index and the articles that are shown.
    pub fingerprint: [u8; 32],
    /// Ids of the passages, collected on first use.
    pub passages: OnceLock<FxHashSet<PassageId>>,
    ids: Arc<FxHashSet<ArticleId>>,
    /// Numbers of words by field, counted on first use.
    tokens: Mutex<HashMap<Field, u64>>,
}

impl Restriction {
    /// Restricts the generation that `searcher` reads, with the articles `all`, by a filter.
    pub fn new(
        searcher: &Searcher,
        all: &ArticleList,
        fingerprint: [u8; 32],
        filter: &ArticleFilter,
    ) -> Result<Restriction, IndexError> {
        let (mut ids, mut languages) = (FxHashSet::default(), BTreeMap::<_, usize>::new());
        let mut hasher = blake3::Hasher::new();
        hasher.update(&fingerprint);
        for (head, entry) in all.catalog().articles() {
            if filter.passes(&head, || entry.summary()) && ids.insert(head.id) {
                *languages.entry(head.language).or_default() += 1;
                hasher.update(&head.id.to_u64().to_le_bytes());
            }
        }
        let mut languages: Vec<_> = languages.into_iter().collect();
        languages.sort_by_key(|(_, count)| Reverse(*count));
        let mut segments = Vec::new();
        for segment in searcher.segment_readers() {
            let articles = segment.fast_fields().u64("article")?;
            let is_shown = |entry: &u32| {
                let article = articles.first(*entry).map(ArticleId::from_u64);
                article.is_some_and(|article| ids.contains(&article))
            };
            let shown: EntrySet = segment.doc_ids_alive().filter(is_shown).collect();
            segments.push((segment.segment_id(), shown));
        }
        let ids = Arc::new(ids);
        Ok(Restriction {
            articles: all.restricted(Arc::clone(&ids)),
            languages: languages.iter().map(|(code, _)| Language::of_code(code)).collect(),
            aliases: all.catalog().aliases(|id| ids.contains(&id)),
            entries: segments.into_iter().collect(),
            fingerprint: *hasher.finalize().as_bytes(),
            passages: OnceLock::new(),
            ids,
            tokens: Mutex::default(),
        })
    }

    /// Returns whether an article is shown.
    pub fn has(&self, article: ArticleId) -> bool {
        self.ids.contains(&article)
    }
}

/// The terms of a field in one segment, with the frequencies that a snapshot shows.
pub struct FieldTerms {
    index: Arc<InvertedIndexReader>,
    /// `None` if all entries are shown.
    shown: Option<Arc<EntrySet>>,
}

impl FieldTerms {
    /// Returns the dictionary, which also has terms that only hidden entries have.
    pub fn dictionary(&self) -> &TermDictionary {
        self.index.terms()
    }

    /// Returns the number of entries with a term of the dictionary. 0 means that the snapshot does
    /// not show the term.
    pub fn frequency(&self, term: &TermInfo) -> tantivy::Result<u64> {
        let Some(shown) = &self.shown else { return Ok(u64::from(term.doc_freq)) };
        let mut postings =
            self.index.read_postings_from_terminfo(term, IndexRecordOption::Basic)?;
        let mut frequency = 0;
        while postings.doc() != TERMINATED {
            frequency += u64::from(shown.contains(postings.doc()));
            postings.advance();
        }
        Ok(frequency)
    }
}

/// Returns the terms of a field in each segment.
pub fn field_terms(
    searcher: &Searcher,
    restriction: Option<&Restriction>,
    field: Field,
) -> tantivy::Result<Vec<FieldTerms>> {
    let terms = searcher.segment_readers().iter().map(|segment| {
        let shown = restriction.map(|restriction| restriction.entries.of(segment));
        Ok(FieldTerms { index: segment.inverted_index(field)?, shown })
    });
    terms.collect()
}

/// The statistics of BM25 for a restricted snapshot.
pub struct ShownStatistics<'a> {
    pub searcher: &'a Searcher,
    pub restriction: &'a Restriction,
}

impl Bm25StatisticsProvider for ShownStatistics<'_> {
    /// Returns the sum of the lengths of a field, as far as Tantivy keeps them: long ones are
    /// rounded.
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        if let Some(known) = self.restriction.tokens.lock().get(&field) {
            return Ok(*known);
        }
        let mut tokens = 0;
        for segment in self.searcher.segment_readers() {
            let lengths = segment.get_fieldnorms_reader(field)?;
            let shown = self.restriction.entries.of(segment);
            tokens += shown.iter().map(|entry| u64::from(lengths.fieldnorm(entry))).sum::<u64>();
        }
        self.restriction.tokens.lock().insert(field, tokens);
        Ok(tokens)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.restriction.entries.count())
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let mut frequency = 0;
        for terms in field_terms(self.searcher, Some(self.restriction), term.field())? {
            if let Some(term) = terms.index.get_term_info(term)? {
                frequency += terms.frequency(&term)?;
            }
        }
        Ok(frequency)
    }
}

//! Cache of decoded records: decoding a record costs more than finding it.
//!
//! No entry can be stale. A segment is immutable, and an outline is cached for one generation of
//! the index.

use std::sync::Arc;

use quick_cache::sync;
use tantivy::DocId;
use tantivy::index::SegmentId;

use super::error::IndexError;
use super::record::StoredPassage;
use crate::corpus::article::{ArticleId, Outline};

/// Address of a passage in the index.
pub type PassageKey = (SegmentId, DocId);
/// An article in a generation of the index.
pub type OutlineKey = (u64, ArticleId);

/// Maximum number of cached passages, of some kilobytes each.
const MAX_PASSAGES: usize = 4096;
/// Maximum number of cached outlines, of some kilobytes each.
const MAX_OUTLINES: usize = 256;

/// Decoded passages and outlines, shared by all readers.
pub struct RecordCache {
    passages: sync::Cache<PassageKey, Arc<StoredPassage>>,
    outlines: sync::Cache<OutlineKey, Arc<Outline>>,
}

/// The reason why an outline is not cached.
enum NotCached {
    Missing,
    Failed(IndexError),
}

impl RecordCache {
    /// Returns an empty cache.
    pub fn new() -> RecordCache {
        RecordCache {
            passages: sync::Cache::new(MAX_PASSAGES),
            outlines: sync::Cache::new(MAX_OUTLINES),
        }
    }

    /// Returns the passage under `key`, or reads and caches it.
    pub fn passage(
        &self,
        key: PassageKey,
        read: impl FnOnce() -> Result<StoredPassage, IndexError>,
    ) -> Result<Arc<StoredPassage>, IndexError> {
        self.passages.get_or_insert_with(&key, || read().map(Arc::new))
    }

    /// Returns the outline under `key`, or reads and caches it. An outline that does not exist is
    /// not cached.
    pub fn outline(
        &self,
        key: OutlineKey,
        read: impl FnOnce() -> Result<Option<Arc<Outline>>, IndexError>,
    ) -> Result<Option<Arc<Outline>>, IndexError> {
        let read = || read().map_err(NotCached::Failed)?.ok_or(NotCached::Missing);
        match self.outlines.get_or_insert_with(&key, read) {
            Ok(outline) => Ok(Some(outline)),
            Err(NotCached::Missing) => Ok(None),
            Err(NotCached::Failed(error)) => Err(error),
        }
    }
}

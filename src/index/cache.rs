//! What was read from the index lately: decoding a record costs more than finding it.
//!
//! Nothing here grows stale: a segment never changes what it has under a number, and an outline is
//! kept for one edition of the index.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use tantivy::DocId;
use tantivy::index::SegmentId;

use super::{IndexError, StoredPassage};
use crate::corpus::article::{ArticleId, Outline};

/// A passage's place in the index.
pub type PassageKey = (SegmentId, DocId);
/// An article in an edition of the index.
pub type OutlineKey = (u64, ArticleId);

/// Some kilobytes each.
const PASSAGES: NonZeroUsize = NonZeroUsize::new(4096).expect("it is not 0");
const OUTLINES: NonZeroUsize = NonZeroUsize::new(256).expect("it is not 0");

/// Passages and outlines, shared by all who ask; the least lately used are forgotten.
pub struct Cache {
    passages: Mutex<LruCache<PassageKey, Arc<StoredPassage>>>,
    outlines: Mutex<LruCache<OutlineKey, Arc<Outline>>>,
}

impl Cache {
    pub fn new() -> Cache {
        Cache {
            passages: Mutex::new(LruCache::new(PASSAGES)),
            outlines: Mutex::new(LruCache::new(OUTLINES)),
        }
    }

    /// The passage under `key`, read if it is not known.
    pub fn passage(
        &self,
        key: PassageKey,
        read: impl FnOnce() -> Result<StoredPassage, IndexError>,
    ) -> Result<Arc<StoredPassage>, IndexError> {
        if let Some(known) = lock(&self.passages).get(&key) {
            return Ok(Arc::clone(known));
        }
        let passage = Arc::new(read()?);
        lock(&self.passages).put(key, Arc::clone(&passage));
        Ok(passage)
    }

    /// The outline under `key`, read if it is not known; `None` if there is none.
    pub fn outline(
        &self,
        key: OutlineKey,
        read: impl FnOnce() -> Result<Option<Arc<Outline>>, IndexError>,
    ) -> Result<Option<Arc<Outline>>, IndexError> {
        if let Some(known) = lock(&self.outlines).get(&key) {
            return Ok(Some(Arc::clone(known)));
        }
        let outline = read()?;
        if let Some(outline) = &outline {
            lock(&self.outlines).put(key, Arc::clone(outline));
        }
        Ok(outline)
    }
}

/// A cache is whole even if somebody stumbled while they had it.
fn lock<T>(cache: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    cache.lock().unwrap_or_else(PoisonError::into_inner)
}

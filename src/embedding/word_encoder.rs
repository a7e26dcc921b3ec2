//! The vectors of the words and pairs of words of questions, each encoded alone, and cached: they
//! recur.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;

use super::permits::TimedSemaphore;
use super::sentence_model::SentenceModel;

/// The vectors of recent words and pairs.
pub struct WordEncoder {
    recent: Cache<String, Arc<[f32]>>,
}

/// Number of cached vectors, 1.5 KB each.
const CACHED: usize = 2048;
/// Timeout for the vectors of the words of a question. Most words take some milliseconds together.
const TIMEOUT: Duration = Duration::from_millis(50);

impl WordEncoder {
    pub fn new() -> WordEncoder {
        WordEncoder { recent: Cache::new(CACHED) }
    }

    /// Returns the vector of each text, or `None` if no permit is available in time or the model
    /// cannot encode them.
    pub fn encode(
        &self,
        model: &SentenceModel,
        permits: &TimedSemaphore,
        texts: &[String],
    ) -> Option<Vec<Arc<[f32]>>> {
        let known: Vec<_> = texts.iter().map(|text| self.recent.get(text)).collect();
        let pairs = texts.iter().zip(&known).filter(|(_, known)| known.is_none());
        let unknown: Vec<_> = pairs.map(|(text, _)| text.as_str()).collect();
        let mut computed = Vec::new();
        if !unknown.is_empty() {
            let _permit = permits.acquire(TIMEOUT)?;
            computed = model.encode_words(&unknown)?;
        }
        let mut computed = computed.into_iter();
        let vectors = known.into_iter().zip(texts).map(|(known, text)| {
            known.or_else(|| {
                let vector: Arc<[f32]> = computed.next()?.into();
                self.recent.insert(text.clone(), Arc::clone(&vector));
                Some(vector)
            })
        });
        vectors.collect()
    }
}

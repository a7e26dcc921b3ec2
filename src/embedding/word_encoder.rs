//! The vectors of the words of questions, each encoded alone, and cached: words recur.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;

use super::permits::TimedSemaphore;
use super::sentence_model::SentenceModel;

/// The vectors of recent words.
pub struct WordEncoder {
    recent: Cache<String, Arc<[f32]>>,
}

/// Number of cached words, 1.5 KB each.
const CACHED_WORDS: usize = 1024;
/// Timeout for the vectors of the words of a question. Most words take some milliseconds together.
const TIMEOUT: Duration = Duration::from_millis(50);

impl WordEncoder {
    pub fn new() -> WordEncoder {
        WordEncoder { recent: Cache::new(CACHED_WORDS) }
    }

    /// Returns the vector of each word, or `None` if no permit is available in time or the model
    /// cannot encode the words.
    pub fn encode(
        &self,
        model: &SentenceModel,
        permits: &TimedSemaphore,
        words: &[&str],
    ) -> Option<Vec<Arc<[f32]>>> {
        let known: Vec<_> = words.iter().map(|word| self.recent.get(*word)).collect();
        let pairs = words.iter().zip(&known).filter(|(_, known)| known.is_none());
        let unknown: Vec<_> = pairs.map(|(word, _)| *word).collect();
        let mut computed = Vec::new();
        if !unknown.is_empty() {
            let _permit = permits.acquire(TIMEOUT)?;
            computed = model.encode_words(&unknown)?;
        }
        let mut computed = computed.into_iter();
        let vectors = known.into_iter().zip(words).map(|(known, word)| {
            known.or_else(|| {
                let vector: Arc<[f32]> = computed.next()?.into();
                self.recent.insert((*word).to_owned(), Arc::clone(&vector));
                Some(vector)
            })
        });
        vectors.collect()
    }
}

//! Questions to vectors: once each, a bounded number at a time.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use lru::LruCache;

use super::permits::TimedSemaphore;
use super::{SentenceModel, TokenVectors};

/// The vectors of questions that were asked lately, and the way to those of others.
pub struct QueryEncoder {
    recent: Mutex<LruCache<String, Arc<TokenVectors>>>,
    slots: TimedSemaphore,
    timed_out: AtomicU64,
}

/// A longer question is cut: what it asks has been said by then.
const PIECES: usize = 96;
/// More than those pieces have.
const MAX_BYTES: usize = 4 << 10;
/// A question that waits longer for its turn is answered by its words.
const ENCODE_TIMEOUT: Duration = Duration::from_millis(100);
/// Buttons and edits ask again what was asked.
const RECENT: NonZeroUsize = NonZeroUsize::new(256).expect("it is not 0");

impl QueryEncoder {
    pub fn new() -> QueryEncoder {
        QueryEncoder {
            recent: Mutex::new(LruCache::new(RECENT)),
            slots: TimedSemaphore::new(
                thread::available_parallelism().map_or(1, NonZeroUsize::get),
            ),
            timed_out: AtomicU64::new(0),
        }
    }

    /// The vectors of a question; `None` if it would have to wait too long for them.
    pub fn vectors(&self, model: &SentenceModel, question: &str) -> Option<Arc<TokenVectors>> {
        let question = &question[..question.floor_char_boundary(MAX_BYTES)];
        let recent = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = recent().get(question) {
            return Some(Arc::clone(known));
        }
        let Some(_slot) = self.slots.take(ENCODE_TIMEOUT) else {
            self.timed_out.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        let vectors = Arc::new((model.encode)(question, PIECES)?);
        recent().put(question.to_owned(), Arc::clone(&vectors));
        Some(vectors)
    }

    /// How many had to do without.
    pub fn late(&self) -> u64 {
        self.timed_out.load(Ordering::Relaxed)
    }
}

//! The vectors of questions: cached, and computed for a bounded number of questions at a time.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use quick_cache::sync::{Cache, GuardResult};

use super::permits::TimedSemaphore;
use super::sentence_model::SentenceModel;
use super::text_vectors::QuestionVectors;

/// The vectors of recent questions, and the permits to compute those of new questions.
pub struct QueryEncoder {
    recent: Cache<String, Arc<QuestionVectors>>,
    permits: TimedSemaphore,
    timed_out: AtomicU64,
}

/// Maximum length of the text that is split into tokens, in bytes. The model reads less of it.
const MAX_BYTES: usize = 4 << 10;
/// Timeout for the vector of a question. Afterwards the question is ranked lexically.
const ENCODE_TIMEOUT: Duration = Duration::from_millis(100);
/// Number of cached questions. Buttons and edits ask a question again.
const CACHED_QUESTIONS: usize = 256;

impl QueryEncoder {
    /// Creates an encoder with one permit for each processor.
    pub fn new() -> QueryEncoder {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        QueryEncoder {
            recent: Cache::new(CACHED_QUESTIONS),
            permits: TimedSemaphore::new(processors),
            timed_out: AtomicU64::new(0),
        }
    }

    /// Returns the vectors of a question, or `None` if no permit is available in time or the
    /// model cannot encode the question.
    pub fn encode(&self, model: &SentenceModel, question: &str) -> Option<Arc<QuestionVectors>> {
        let question = &question[..question.floor_char_boundary(MAX_BYTES)];
        let deadline = Instant::now() + ENCODE_TIMEOUT;
        // Another thread may be computing the vector of the same question.
        let guard = match self.recent.get_value_or_guard(question, Some(ENCODE_TIMEOUT)) {
            GuardResult::Value(vectors) => return Some(vectors),
            GuardResult::Guard(guard) => Some(guard),
            GuardResult::Timeout => None,
        };
        let permit = guard.and_then(|guard| {
            let timeout = deadline.saturating_duration_since(Instant::now());
            Some((guard, self.permits.acquire(timeout)?))
        });
        let Some((guard, _permit)) = permit else {
            self.timed_out.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        let vectors = Arc::new(model.encode_question(question)?);
        // The insertion fails only if the entry was removed, and no caller removes entries.
        let _ = guard.insert(Arc::clone(&vectors));
        Some(vectors)
    }

    /// Returns the permits to use a processor.
    pub fn permits(&self) -> &TimedSemaphore {
        &self.permits
    }

    /// Returns how many questions got no vector in time.
    pub fn timed_out(&self) -> u64 {
        self.timed_out.load(Ordering::Relaxed)
    }
}

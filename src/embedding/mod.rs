//! Token vectors of texts, by a small sentence model that runs in this process.
//!
//! Optional: without a model nobody has a [`Meaning`], and words decide alone. The vectors of passages
//! are computed once, stored beside the index and read through a mapping; those of a question are
//! computed when it is asked. What computes them is a [`SentenceModel`]; `installed` makes it, and comes
//! with the feature `model`, like all that speaks of how a model runs. Never here: what the vectors say about a
//! sentence, which is the search's.

mod backfill;
#[cfg(feature = "model")]
mod bert;
#[cfg(feature = "model")]
mod encoder;
mod input;
#[cfg(feature = "model")]
mod load;
#[cfg(feature = "model")]
pub mod model_files;
mod permits;
#[cfg(feature = "model")]
mod projection;
mod quantized;
mod query_encoder;
mod vector_file;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub use backfill::{BackfillError, Threads};
#[cfg(feature = "model")]
pub use encoder::EncoderError;
#[cfg(feature = "model")]
pub use load::EmbeddingError;
pub use quantized::{QuantizedVectors, TokenVectors};

use crate::corpus::article::{Outline, Passage, PassageId};
use crate::index::analyzer::Language;
use input::EncoderInput;
use query_encoder::QueryEncoder;
use vector_file::{ContentKey, VectorFile};

/// A model in memory, with the vectors of a corpus.
pub struct EmbeddingIndex {
    shared: Arc<Shared>,
    /// Whether the stored vectors are those of another corpus, too.
    is_guest: bool,
    nearby: RwLock<NearestPassages>,
}

/// What this process may do with the stored vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The data directory is this process's own.
    Own,
    /// Another process owns the data directory: nothing is written.
    Read,
}

/// What is the same for all corpora.
struct Shared {
    model: SentenceModel,
    access: Access,
    questions: QueryEncoder,
    /// Of each passage its token vectors, and in a smaller file their mean.
    tokens: VectorFile,
    means: VectorFile,
}

/// The passages of the corpus that are known, with their means, to find those near to a question.
#[derive(Default)]
struct NearestPassages {
    passages: Vec<(PassageId, ContentKey)>,
    means: QuantizedVectors,
}

/// Removes all vectors under `data`; `false` if there were none.
pub fn discard(data: &Path) -> io::Result<bool> {
    match std::fs::remove_dir_all(data.join(DIR)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        removed => removed.map(|()| true),
    }
}

/// Gives the vectors of a text's first pieces, as many as wanted; `None` if the text cannot be read.
pub type Encode = dyn Fn(&str, usize) -> Option<TokenVectors> + Send + Sync;

/// A sentence model in memory, by what it can do.
pub struct SentenceModel {
    pub encode: Box<Encode>,
    /// The only language that it is known to read, as a code.
    pub language: Option<&'static str>,
    /// What it is made of: vectors of another origin are of no use to it.
    pub origin: Vec<u8>,
}

/// The vectors cannot be read or written. The message is for the operator.
#[derive(Debug)]
pub struct VectorsError {
    path: PathBuf,
    error: io::Error,
}

const DIR: &str = "vectors";
/// The vectors of a longer passage end here, after some 20 KB: a second of work.
const PASSAGE_PIECES: usize = 4096;
/// Raised whenever vectors of an earlier build would be read wrongly.
const VERSION: &[u8] = b"verbatim vectors 1";

impl EmbeddingIndex {
    /// Opens the vectors under `data`, which must be this process's own unless `access` is to read.
    pub fn new(
        model: SentenceModel,
        data: &Path,
        access: Access,
    ) -> Result<EmbeddingIndex, VectorsError> {
        let dir = data.join(DIR);
        if access == Access::Own
            && let Err(error) = std::fs::create_dir_all(&dir)
        {
            return Err(VectorsError { path: dir, error });
        }
        let mut origin = blake3::Hasher::new();
        origin.update(VERSION).update(&model.origin);
        let origin = origin.finalize();
        let open = |name| {
            let path = dir.join(name);
            let opened = match access {
                Access::Own => VectorFile::open(&path, origin.as_bytes()),
                Access::Read => VectorFile::open_to_read(&path, origin.as_bytes()),
            };
            opened.map_err(|error| VectorsError { path, error })
        };
        let (tokens, means) = (open("tokens")?, open("means")?);
        let shared = Shared { model, access, questions: QueryEncoder::new(), tokens, means };
        Ok(EmbeddingIndex { shared: Arc::new(shared), is_guest: false, nearby: RwLock::default() })
    }

    /// The same model with the same vectors, for another corpus.
    pub fn for_corpus(&self) -> EmbeddingIndex {
        let shared = Arc::clone(&self.shared);
        EmbeddingIndex { shared, is_guest: true, nearby: RwLock::default() }
    }

    /// The vectors of a question; `None` if it would have to wait too long for them.
    pub fn of_question(&self, question: &str) -> Option<Arc<TokenVectors>> {
        self.shared.questions.vectors(&self.shared.model, question)
    }

    /// Whether the model helps with a corpus in these languages.
    pub fn reads(&self, languages: &[Language]) -> bool {
        let is_read = |only| languages.iter().any(|language: &Language| language.code() == only);
        self.shared.model.language.is_none_or(is_read)
    }

    /// The vectors of a passage, if they are computed. Those that turn out to be damaged are computed
    /// again at once.
    pub fn of_passage(&self, article: &Outline, passage: &Passage) -> Option<TokenVectors> {
        let reading = EncoderInput::of(article, passage);
        let key = reading.key();
        let was_there = self.shared.tokens.has(&key);
        match self.shared.tokens.get(&key) {
            Some(record) => TokenVectors::from_bytes(&record),
            None if was_there => {
                let vectors = self.shared.model.read(&reading)?;
                if self.shared.access == Access::Read {
                    return Some(vectors);
                }
                let stored = self.shared.tokens.append(&[(key, vectors.to_bytes())]);
                // They are right all the same.
                stored.unwrap_or_else(|error| tracing::warn!(%error, "vectors cannot be stored"));
                Some(vectors)
            }
            None => None,
        }
    }

    /// The passages whose means are nearest to that of a question, nearest first, at most `most`.
    pub fn nearest(&self, question: &TokenVectors, most: usize) -> Vec<PassageId> {
        let mean = question.vectors.mean(0..question.vectors.len());
        let nearby = self.nearby();
        let cosines = mean.cosines(&nearby.means).into_iter();
        let passages = nearby.passages.iter().map(|(passage, _)| *passage);
        let mut passages: Vec<_> = cosines.zip(passages).collect();
        let nearer = |a: &(f32, PassageId), b: &(f32, PassageId)| {
            b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1))
        };
        if passages.len() > most {
            passages.select_nth_unstable_by(most, nearer);
            passages.truncate(most);
        }
        passages.sort_unstable_by(nearer);
        passages.into_iter().map(|(_, passage)| passage).collect()
    }

    /// How many questions did without vectors because too many were asked at the same time.
    pub fn timed_out(&self) -> u64 {
        self.shared.questions.late()
    }

    // After a panic it holds less than it could, and nothing wrong.

    fn nearby(&self) -> RwLockReadGuard<'_, NearestPassages> {
        self.nearby.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn nearby_to_change(&self) -> RwLockWriteGuard<'_, NearestPassages> {
        self.nearby.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SentenceModel {
    /// The vectors of a passage, read in its context.
    fn read(&self, reading: &EncoderInput) -> Option<TokenVectors> {
        Some((self.encode)(&reading.text, PASSAGE_PIECES)?.behind(reading.start))
    }
}

impl fmt::Display for VectorsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VectorsError { path, error } = self;
        let path = path.display();
        write!(
            f,
            "{path}: {error}\nhint: remove it, it is computed anew; the data directory must be writable"
        )
    }
}

impl std::error::Error for VectorsError {}

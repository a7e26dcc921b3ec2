//! Token vectors of texts, by a small sentence model that runs in this process.
//!
//! Optional: without a model nobody has a [`Meaning`], and words decide alone. The vectors of passages
//! are computed once, stored beside the index and read through a mapping; those of a question are
//! computed when it is asked. Never here: what the vectors say about a sentence, which is the search's.

mod catch_up;
mod encoder;
mod in_context;
mod projection;
mod questions;
mod slots;
mod vector_file;
mod vectors;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub use catch_up::{CatchUpError, Threads};
pub use encoder::EncoderError;
pub use vectors::{TokenVectors, Vectors};

use crate::corpus::article::{Outline, Passage, PassageId};
use crate::index::analyzer::Language;
use crate::model::{Installed, Kind};
use encoder::Encoder;
use in_context::InContext;
use projection::Projection;
use questions::Questions;
use vector_file::{Key, VectorFile};

/// A model in memory, with the vectors of a corpus.
pub struct Meaning {
    shared: Arc<Shared>,
    /// Whether the stored vectors are those of another corpus, too.
    is_guest: bool,
    nearby: RwLock<Nearby>,
}

/// What is the same for all corpora.
struct Shared {
    encoder: Encoder,
    kind: Kind,
    questions: Questions,
    /// Of each passage its token vectors, and in a smaller file their mean.
    tokens: VectorFile,
    means: VectorFile,
}

/// The passages of the corpus that are known, with their means, to find those near to a question.
#[derive(Default)]
struct Nearby {
    passages: Vec<(PassageId, Key)>,
    means: Vectors,
}

/// Removes all vectors under `data`; `false` if there were none.
pub fn discard(data: &Path) -> io::Result<bool> {
    match std::fs::remove_dir_all(data.join(DIR)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        removed => removed.map(|()| true),
    }
}

/// Why the model or its vectors cannot be used. The message is for the operator.
#[derive(Debug)]
pub enum MeaningError {
    Encoder(EncoderError),
    /// The vectors cannot be read or written.
    Vectors(PathBuf, io::Error),
}

const DIR: &str = "vectors";
/// Raised whenever vectors of an earlier build would be read wrongly.
const VERSION: &[u8] = b"verbatim vectors 1";

impl Meaning {
    /// Reads a model, and opens the vectors under `data`, a directory that this process has for itself.
    pub fn open(model: &Installed, data: &Path) -> Result<Meaning, MeaningError> {
        match model.kind {
            Kind::AllMiniLm => Meaning::projected(model, data, Some(&Projection::of_known_model())),
            // Where its vectors lie is not known.
            Kind::Other => Meaning::projected(model, data, None),
        }
    }

    /// The same, with a projection that is learned from these texts and given as bytes, too.
    pub fn learn(
        model: &Installed,
        data: &Path,
        texts: &[&str],
    ) -> Result<(Meaning, Vec<u8>), MeaningError> {
        let encoder = Encoder::open(&model.dir, None).map_err(MeaningError::Encoder)?;
        // A paragraph that cannot be read teaches nothing.
        let vectors = texts.iter().filter_map(|text| encoder.raw(text).ok()).flatten();
        let projection = Projection::learn(vectors);
        Ok((Meaning::projected(model, data, Some(&projection))?, projection.to_bytes()))
    }

    fn projected(
        model: &Installed,
        data: &Path,
        projection: Option<&Projection>,
    ) -> Result<Meaning, MeaningError> {
        let encoder = Encoder::open(&model.dir, projection).map_err(MeaningError::Encoder)?;
        let dir = data.join(DIR);
        let failed = |error| MeaningError::Vectors(dir.clone(), error);
        std::fs::create_dir_all(&dir).map_err(failed)?;
        let projected = projection.map(Projection::to_bytes).unwrap_or_default();
        let mut origin = blake3::Hasher::new();
        origin.update(VERSION).update(&model.fingerprint).update(&projected);
        let origin = origin.finalize();
        let open = |name| {
            let path = dir.join(name);
            let opened = VectorFile::open(&path, origin.as_bytes());
            opened.map_err(|error| MeaningError::Vectors(path, error))
        };
        let (tokens, means) = (open("tokens")?, open("means")?);
        let (questions, kind) = (Questions::new(), model.kind);
        let shared = Shared { encoder, kind, questions, tokens, means };
        Ok(Meaning { shared: Arc::new(shared), is_guest: false, nearby: RwLock::default() })
    }

    /// Whether a model can be used at all: it has to read a sentence.
    pub fn try_out(model: &Installed) -> Result<(), MeaningError> {
        Encoder::open(&model.dir, None).map(|_| ()).map_err(MeaningError::Encoder)
    }

    /// The same model with the same vectors, for another corpus.
    pub fn beside(&self) -> Meaning {
        let shared = Arc::clone(&self.shared);
        Meaning { shared, is_guest: true, nearby: RwLock::default() }
    }

    /// The vectors of a question; `None` if it would have to wait too long for them.
    pub fn of_question(&self, question: &str) -> Option<Arc<TokenVectors>> {
        self.shared.questions.vectors(&self.shared.encoder, question)
    }

    /// Whether the model helps with a corpus in these languages. The known one reads English, and where
    /// that is among others it helps and harms them alike; of another model its operator knows.
    pub fn reads(&self, languages: &[Language]) -> bool {
        let is_english = |language: &Language| language.code() == "en";
        self.shared.kind == Kind::Other || languages.iter().any(is_english)
    }

    /// The vectors of a passage, if they are computed. Those that turn out to be damaged are computed
    /// again at once.
    pub fn of_passage(&self, article: &Outline, passage: &Passage) -> Option<TokenVectors> {
        let reading = InContext::of(article, passage);
        let key = reading.key();
        let was_there = self.shared.tokens.has(&key);
        match self.shared.tokens.get(&key) {
            Some(record) => TokenVectors::from_bytes(&record),
            None if was_there => {
                let vectors = self.shared.encoder.read(&reading)?;
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
    pub fn late(&self) -> u64 {
        self.shared.questions.late()
    }

    // After a panic it holds less than it could, and nothing wrong.

    fn nearby(&self) -> RwLockReadGuard<'_, Nearby> {
        self.nearby.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn nearby_to_change(&self) -> RwLockWriteGuard<'_, Nearby> {
        self.nearby.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for MeaningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MeaningError::Encoder(error) => error.fmt(f),
            MeaningError::Vectors(path, error) => write!(
                f,
                "{}: {error}\nhint: remove it, it is computed anew; the data directory must be writable",
                path.display()
            ),
        }
    }
}

impl std::error::Error for MeaningError {}

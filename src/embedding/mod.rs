//! Embeddings: vectors of passages, sentences, tokens and questions, from a sentence model in this
//! process.
//!
//! The model is optional; without it the ranking is lexical. [`model_files`] installs the model,
//! `e5` encodes texts with it, `sentence_model` makes the vectors of passages and questions,
//! `reader` scores sentences that are read together with a question,
//! `backfill` computes those of the passages and of the words of the corpus once, and
//! `stored_vectors` keeps them under the data directory. The vectors of a question are computed
//! when it is asked.
//!
//! This module never scores a sentence: that is the task of [`search`](crate::search).

mod backfill;
mod e5;
mod input;
mod level_code;
pub mod model_files;
mod nearest;
mod packed_rows;
mod packed_sentences;
mod passage_code;
mod permits;
mod pooling;
mod quantized;
mod query_encoder;
mod reader;
#[cfg(feature = "train")]
pub mod reader_training;
mod sentence_model;
mod stored_vectors;
mod text_vectors;
mod token_projection;
#[cfg(feature = "train")]
pub mod token_training;
mod token_vectors;
mod word_backfill;
mod word_encoder;
mod word_vectors;

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use parking_lot::RwLock;
use rustc_hash::FxHashSet;
use thiserror::Error;

pub use backfill::{BackfillError, Threads};
pub use e5::{QuantizeError, quantize};
pub use nearest::Nearest;
pub use quantized::QuantizedVectors;
pub use sentence_model::EncoderError;
pub use stored_vectors::{Access, VectorsError};
pub use text_vectors::{PassageVectors, QuestionVectors};
pub use token_projection::{QuestionTokens, dot};
pub use token_vectors::{DIMENSIONS as TOKEN_DIMENSIONS, TokenVectors};
pub use word_vectors::{NearWord, WordInContext};

use crate::corpus::article::{Outline, Passage, PassageId};
use crate::index::{Progress, Snapshot};
use backfill::Backfill;
use input::EncoderInput;
use model_files::Installed;
use nearest::NearestPassages;
use passage_code::PassageCode;
use query_encoder::QueryEncoder;
use reader::{ReadSentence, Reader};
use sentence_model::SentenceModel;
use stored_vectors::StoredVectors;
use word_encoder::WordEncoder;
use word_vectors::WordVectors;

/// A sentence model in memory, with the vectors of the passages of one corpus.
pub struct EmbeddingIndex {
    shared: Arc<Shared>,
    /// Whether the stored vectors belong to another corpus as well, so that none may be removed.
    is_secondary: bool,
    nearest: RwLock<NearestPassages>,
    words: RwLock<WordVectors>,
}

/// The parts that are common to all corpora of a process.
struct Shared {
    model: SentenceModel,
    query_encoder: QueryEncoder,
    word_encoder: WordEncoder,
    reader: Reader,
    stored: StoredVectors,
}

/// An error that keeps the model or its vectors from being used. The message is for the operator.
#[derive(Debug, Error)]
pub enum EmbeddingError {
    #[error(transparent)]
    Encoder(EncoderError),
    #[error(transparent)]
    Vectors(VectorsError),
}

impl EmbeddingIndex {
    /// Loads an installed model and opens the vectors under `data`. With [`Access::ReadWrite`] this
    /// process must own `data`.
    pub fn open(
        model: &Installed,
        data: &Path,
        access: Access,
    ) -> Result<EmbeddingIndex, EmbeddingError> {
        let model = SentenceModel::load(model).map_err(EmbeddingError::Encoder)?;
        let code = PassageCode::new(model.passage_center().into());
        let stored = StoredVectors::open(data, model.fingerprint(), code, access)
            .map_err(EmbeddingError::Vectors)?;
        let shared = Arc::new(Shared {
            model,
            query_encoder: QueryEncoder::new(),
            word_encoder: WordEncoder::new(),
            reader: Reader::new(),
            stored,
        });
        Ok(EmbeddingIndex::new(shared, false))
    }

    /// Checks that an installed model can be loaded and can encode a sentence.
    pub fn verify(model: &Installed) -> Result<(), EmbeddingError> {
        SentenceModel::load(model).map(drop).map_err(EmbeddingError::Encoder)
    }

    /// Returns an index for another corpus, with the same model and the same stored vectors.
    pub fn for_corpus(&self) -> EmbeddingIndex {
        let shared = Arc::clone(&self.shared);
        EmbeddingIndex::new(shared, true)
    }

    fn new(shared: Arc<Shared>, is_secondary: bool) -> EmbeddingIndex {
        let (nearest, words) = (RwLock::default(), RwLock::default());
        EmbeddingIndex { shared, is_secondary, nearest, words }
    }

    /// Returns the vectors of a question, or `None` if the model is busy for too long or cannot
    /// encode the question.
    pub fn question_vectors(&self, question: &str) -> Option<Arc<QuestionVectors>> {
        self.shared.query_encoder.encode(&self.shared.model, question)
    }

    /// Returns the stored vectors of a passage. Vectors that turn out to be damaged are computed
    /// again at once.
    pub fn passage_vectors(&self, article: &Outline, passage: &Passage) -> Option<PassageVectors> {
        let input = EncoderInput::of(article, passage);
        let encode = || self.shared.model.encode_passage(&input);
        self.shared.stored.get_or_repair(&input.key(), encode)
    }

    /// Returns at most `limit` passages, by descending cosine between their vectors and that of a
    /// question. If there is a set `among`, passages outside of it do not count.
    pub fn nearest(
        &self,
        question: &QuantizedVectors,
        limit: usize,
        among: Option<&FxHashSet<PassageId>>,
    ) -> Nearest {
        self.nearest.read().nearest(question, limit, among)
    }

    /// Returns, for each word of a question, the `limit` words of the corpus whose vectors are
    /// nearest, the nearest first: in another language, its translations. `texts` has the words and
    /// the pairs of neighboring ones. Returns `None` if the model is busy for too long.
    pub fn near_words(
        &self,
        words: &[WordInContext],
        texts: &[String],
        limit: usize,
    ) -> Option<Vec<Vec<NearWord>>> {
        if words.is_empty() || self.words.read().is_empty() {
            return None;
        }
        let Shared { model, query_encoder, word_encoder, .. } = &*self.shared;
        let vectors = word_encoder.encode(model, query_encoder.permits(), texts)?;
        Some(self.words.read().nearest(words, &vectors, model.word_center()?, limit))
    }

    /// Reads sentences of passages together with a question, and returns a score for each. Returns
    /// `None` if the processors are busy with other questions.
    pub fn read_sentences(
        &self,
        question: &str,
        sentences: &[(Arc<Outline>, &Passage, usize)],
    ) -> Option<Vec<f32>> {
        let Shared { model, query_encoder, reader, .. } = &*self.shared;
        let contexts =
            sentences.iter().map(|(article, passage, _)| input::context(article, passage));
        let contexts: Vec<_> = contexts.collect();
        let read = sentences.iter().zip(&contexts).map(|((_, passage, at), context)| {
            let sentence = &passage.text[passage.sentences[*at].clone()];
            ReadSentence { context, sentence }
        });
        reader.scores(model, query_encoder.permits(), question, &read.collect::<Vec<_>>())
    }

    /// Computes the missing vectors of the passages of `snapshot`, until all are stored or `report`
    /// breaks off. With [`Access::ReadOnly`] only loads the vectors that are stored.
    ///
    /// The vectors are stored after every batch, so that a stopped backfill resumes there.
    pub fn backfill(
        &self,
        snapshot: &Snapshot<'_>,
        threads: Threads,
        report: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Progress, BackfillError> {
        let Shared { model, stored, .. } = &*self.shared;
        let is_secondary = self.is_secondary;
        let (nearest, words) = (&self.nearest, &self.words);
        Backfill { model, stored, is_secondary, nearest, words }.run(snapshot, threads, report)
    }

    /// Returns how many questions got no vector because the model was busy for too long.
    pub fn timed_out(&self) -> u64 {
        self.shared.query_encoder.timed_out()
    }
}

/// Removes all vectors under `data`. Returns `false` if there were none.
pub fn remove_vectors(data: &Path) -> io::Result<bool> {
    match std::fs::remove_dir_all(stored_vectors::dir(data)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        removed => removed.map(|()| true),
    }
}

#[cfg(test)]
mod tests;

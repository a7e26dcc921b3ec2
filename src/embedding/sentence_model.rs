//! The sentence model of an installation: vectors of questions and of passages.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use thiserror::Error;

use super::e5::{HIDDEN, Model, ModelError};
use super::input::EncoderInput;
use super::model_files::Installed;
use super::pooling;
use super::quantized::{PassageVectors, QuantizedVectors};

/// A sentence model that is ready to encode texts.
pub struct SentenceModel {
    model: Model,
    /// Identifies the weights: vectors of another fingerprint are not comparable.
    fingerprint: [u8; 32],
}

/// An error that keeps a model from being used. The message is for the operator.
#[derive(Debug, Error)]
pub enum EncoderError {
    #[error(transparent)]
    Model(ModelError),
    #[error(
        "{}: it cannot encode a sentence\nhint: install the model again with `verbatim model install`",
        .0.display()
    )]
    Probe(PathBuf),
}

/// The prefixes that the model was trained with.
const QUESTION_PREFIX: &str = "query: ";
const PASSAGE_PREFIX: &str = "passage: ";
/// Maximum number of tokens of a question. A longer question is cut.
const MAX_QUESTION_TOKENS: usize = 96;
/// Maximum number of tokens of a sentence with its context. A longer sentence is cut.
const MAX_SENTENCE_TOKENS: usize = 512;
/// Maximum number of tokens of all sentences of a passage, encoded in some seconds.
const MAX_PASSAGE_TOKENS: usize = 4096;
/// Sentence that a model must be able to encode.
const PROBE_SENTENCE: &str = "Can you read this?";

impl SentenceModel {
    /// Loads an installed model and checks that it can encode a sentence.
    pub fn load(installed: &Installed) -> Result<SentenceModel, EncoderError> {
        let path = installed.weights();
        let model = Model::open(&path).map_err(EncoderError::Model)?;
        let model = SentenceModel { model, fingerprint: installed.fingerprint };
        let probe = model.encode_question(PROBE_SENTENCE);
        let is_sound = probe.is_some_and(|probe| {
            let length = probe.cosines(&probe)[0];
            (0.9..1.1).contains(&length)
        });
        if is_sound { Ok(model) } else { Err(EncoderError::Probe(path)) }
    }

    /// Returns the bytes that identify the weights.
    pub fn fingerprint(&self) -> &[u8] {
        &self.fingerprint
    }

    /// Returns the vector of a question: the mean of its tokens. Logs a warning and returns `None`
    /// if the model cannot encode the question.
    pub fn encode_question(&self, question: &str) -> Option<QuantizedVectors> {
        let encode = || {
            let tokens = self.model.tokens(QUESTION_PREFIX, question, MAX_QUESTION_TOKENS);
            self.model.encode(&[tokens])
        };
        Some(QuantizedVectors::of(&guarded(encode)?.pop()?))
    }

    /// Returns the vector of each sentence of a passage, and their mean as that of the passage.
    /// Sentences beyond [`MAX_PASSAGE_TOKENS`] have zero vectors. Logs a warning and returns `None`
    /// if the model cannot encode the passage.
    pub fn encode_passage(&self, input: &EncoderInput) -> Option<PassageVectors> {
        let encode = || {
            let mut tokens_left = MAX_PASSAGE_TOKENS;
            let mut read = Vec::new();
            for sentence in &input.sentences {
                if tokens_left == 0 {
                    break;
                }
                let text = [input.context.as_str(), sentence].concat();
                let tokens = self.model.tokens(PASSAGE_PREFIX, &text, MAX_SENTENCE_TOKENS);
                tokens_left = tokens_left.saturating_sub(tokens.len());
                read.push(tokens);
            }
            self.model.encode(&read)
        };
        let mut vectors = guarded(encode)?;
        let passage = QuantizedVectors::of(&pooling::mean(&vectors.concat(), HIDDEN));
        vectors.resize(input.sentences.len(), vec![0.0; HIDDEN]);
        let mut sentences = QuantizedVectors::default();
        vectors.iter().for_each(|vector| sentences.push(vector));
        Some(PassageVectors { passage, sentences })
    }
}

/// Encodes a text, which is untrusted input: a panic costs only the vectors of this text.
fn guarded<T>(encode: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(encode))
        .inspect_err(|_| tracing::warn!("the sentence model cannot encode a text"))
        .ok()
}

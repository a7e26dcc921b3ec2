//! The sentence model of an installation: vectors of questions and of passages.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::OnceLock;

use thiserror::Error;

use super::e5::{Adapter, Encoded, HIDDEN, Model, ModelError};
use super::input::EncoderInput;
use super::model_files::Installed;
use super::pooling;
use super::quantized::QuantizedVectors;
use super::text_vectors::{PassageVectors, QuestionVectors};
use super::token_projection::{self, TokenProjection};
use super::token_vectors::TokenVectors;

/// A sentence model that is ready to encode texts.
pub struct SentenceModel {
    model: Model,
    /// Identifies the weights and the maps of token vectors: vectors of another fingerprint are not
    /// comparable.
    fingerprint: [u8; 32],
    /// See [`SentenceModel::passage_center`].
    passage_center: Vec<f32>,
    /// See [`SentenceModel::word_center`]. `None` if the model cannot encode the words.
    word_center: OnceLock<Option<Vec<f32>>>,
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
/// Maximum number of tokens of a word that is encoded alone. A longer word is cut.
const MAX_WORD_TOKENS: usize = 32;
/// Words whose average vector is the center. Another choice needs another version of the stored
/// vectors.
const CENTER_WORDS: &str = "the of and in was with from this which you time people water good work \
    year house country school government war long see make city name world under group power king \
    church";
/// Sentences that a model must be able to encode. The mean of their vectors is the center of
/// passages: another choice needs another version of the stored vectors.
const PROBE_SENTENCES: [&str; 2] = [
    "The river rises in the mountains and flows into the sea.",
    "The war ended with a treaty between both kings.",
];

impl SentenceModel {
    /// Loads an installed model and checks that it can encode a sentence.
    pub fn load(installed: &Installed) -> Result<SentenceModel, EncoderError> {
        let path = installed.weights();
        let model = Model::open(&path).map_err(EncoderError::Model)?;
        let fingerprint = fingerprint(&installed.fingerprint, token_projection::FILE);
        let tokens = |text| model.tokens(PASSAGE_PREFIX, "", text, MAX_SENTENCE_TOKENS);
        let probe = guarded(|| model.encode(&PROBE_SENTENCES.map(tokens)));
        let means = probe.into_iter().flatten().flat_map(|sentence| sentence.mean);
        let passage_center = pooling::mean(&means.collect::<Vec<_>>(), HIDDEN);
        let length = token_projection::dot(&passage_center, &passage_center);
        if !(0.9..1.1).contains(&length) {
            return Err(EncoderError::Probe(path));
        }
        Ok(SentenceModel { model, fingerprint, passage_center, word_center: OnceLock::new() })
    }

    /// Returns what the vectors of all passages have in common, about: a vector of unit length.
    pub fn passage_center(&self) -> &[f32] {
        &self.passage_center
    }

    /// Returns the bytes that identify the weights and the maps.
    pub fn fingerprint(&self) -> &[u8] {
        &self.fingerprint
    }

    /// Returns the vectors of a question. Logs a warning and returns `None` if the model cannot
    /// encode the question.
    pub fn encode_question(&self, question: &str) -> Option<QuestionVectors> {
        let Encoded { mean, tokens, .. } = guarded(|| self.read_question(question))??;
        let tokens = TokenProjection::shipped().question(&tokens);
        Some(QuestionVectors { text: QuantizedVectors::of(&mean), tokens })
    }

    /// Returns the vectors of a passage. Sentences beyond [`MAX_PASSAGE_TOKENS`] have zero vectors
    /// and no tokens. Logs a warning and returns `None` if the model cannot encode the passage.
    pub fn encode_passage(&self, input: &EncoderInput) -> Option<PassageVectors> {
        let encoded = guarded(|| self.read_passage(input))?;
        let means: Vec<_> = encoded.iter().flat_map(|sentence| &sentence.mean).copied().collect();
        let passage = QuantizedVectors::of(&pooling::mean(&means, HIDDEN));
        let (mut sentences, mut tokens) = (QuantizedVectors::default(), TokenVectors::default());
        for sentence in &encoded {
            sentences.push(&sentence.mean);
            let words = pooling::word_means(&sentence.tokens, HIDDEN, &sentence.words);
            TokenProjection::shipped().push_sentence(&words, &mut tokens);
        }
        for _ in encoded.len()..input.sentences.len() {
            sentences.push(&[0.0; HIDDEN]);
            tokens.push(&[]);
        }
        Some(PassageVectors { passage, sentences, tokens })
    }

    /// Returns the vectors of words, each encoded alone. A prefix would take longer, and translates
    /// no better. Logs a warning and returns `None` if the model cannot encode them.
    pub fn encode_words(&self, words: &[&str]) -> Option<Vec<Vec<f32>>> {
        let tokens = |word: &&str| self.model.tokens("", "", word, MAX_WORD_TOKENS);
        let encode = || self.model.encode(&words.iter().map(tokens).collect::<Vec<_>>());
        Some(guarded(encode)?.into_iter().map(|word| word.mean).collect())
    }

    /// Returns what the vectors of all words have in common.
    pub fn word_center(&self) -> Option<&[f32]> {
        let center = self.word_center.get_or_init(|| {
            let words: Vec<_> = CENTER_WORDS.split(' ').collect();
            let vectors = self.encode_words(&words)?;
            let average = |at: usize| {
                vectors.iter().map(|vector| vector[at]).sum::<f32>() / words.len() as f32
            };
            Some((0..HIDDEN).map(average).collect())
        });
        center.as_deref()
    }

    /// Returns the tokens of a question and of a sentence with its context, for the reader.
    pub(super) fn pair(&self, question: &str, context: &str, sentence: &str) -> Vec<u32> {
        let question = [QUESTION_PREFIX, question].concat();
        self.model.pair(&question, &[PASSAGE_PREFIX, context, sentence].concat())
    }

    /// Returns the model, whose weights the training of the reader needs.
    #[cfg(feature = "train")]
    pub(super) fn model(&self) -> &Model {
        &self.model
    }

    /// Returns the scores of pairs by the reader, or `None` if its adapter does not fit the model.
    /// Logs a warning and returns `None` if the model cannot encode a pair.
    pub(super) fn pair_scores(&self, adapter: &Adapter, pairs: &[Vec<u32>]) -> Option<Vec<f32>> {
        if !self.model.fits(adapter) {
            return None;
        }
        guarded(|| self.model.scores(adapter, pairs))
    }

    /// Returns the model's vectors of a question.
    pub(super) fn read_question(&self, question: &str) -> Option<Encoded> {
        let tokens = self.model.tokens(QUESTION_PREFIX, "", question, MAX_QUESTION_TOKENS);
        self.model.encode(&[tokens]).pop()
    }

    /// Returns the model's vectors of the sentences of a passage, up to [`MAX_PASSAGE_TOKENS`].
    pub(super) fn read_passage(&self, input: &EncoderInput) -> Vec<Encoded> {
        let mut tokens_left = MAX_PASSAGE_TOKENS;
        let mut read = Vec::new();
        for sentence in &input.sentences {
            if tokens_left == 0 {
                break;
            }
            let (context, max) = (&input.context, MAX_SENTENCE_TOKENS);
            let tokens = self.model.tokens(PASSAGE_PREFIX, context, sentence, max);
            tokens_left = tokens_left.saturating_sub(tokens.len());
            read.push(tokens);
        }
        self.model.encode(&read)
    }
}

/// Returns the bytes that identify weights with a fingerprint of their own, and the maps of token
/// vectors.
fn fingerprint(weights: &[u8; 32], maps: &[u8]) -> [u8; 32] {
    blake3::Hasher::new().update(weights).update(maps).finalize().into()
}

/// Encodes a text, which is untrusted input: a panic costs only the vectors of this text.
fn guarded<T>(encode: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(encode))
        .inspect_err(|_| tracing::warn!("the sentence model cannot encode a text"))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn fingerprint_depends_on_the_weights_and_on_the_maps() {
        let own = fingerprint(&[1; 32], b"maps");
        assert_eq!(own, fingerprint(&[1; 32], b"maps"));
        assert_ne!(own, fingerprint(&[2; 32], b"maps"));
        assert_ne!(own, fingerprint(&[1; 32], b"other maps"));
    }
}

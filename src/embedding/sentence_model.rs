//! A sentence model in memory: the encoder of an installed model, with the projection that fits it.

use super::encoder::{Encoder, EncoderError};
use super::input::EncoderInput;
use super::model_files::{Installed, ModelKind};
use super::projection::Projection;
use super::quantized::TokenVectors;
use crate::index::language::Language;

/// A sentence model that is ready to encode texts.
pub struct SentenceModel {
    encoder: Encoder,
    kind: ModelKind,
    /// Identifies the model and its projection: vectors of another fingerprint are not comparable.
    fingerprint: Vec<u8>,
}

/// Language of all-MiniLM-L6-v2, as a code. Texts in other languages of a corpus are encoded as
/// well; in a mixed corpus that helps as often as it harms.
const ALL_MINILM_LANGUAGE: &str = "en";
/// Maximum number of word pieces of a passage: about 20 KB of text, encoded in about a second.
const MAX_PASSAGE_PIECES: usize = 4096;

impl SentenceModel {
    /// Loads an installed model. The known model gets its fixed projection; other models have none,
    /// since the principal directions of their vectors are unknown.
    pub fn load(model: &Installed) -> Result<SentenceModel, EncoderError> {
        let projection = match model.kind {
            ModelKind::AllMiniLm => Some(Projection::of_known_model()),
            ModelKind::Other => None,
        };
        SentenceModel::load_with(model, projection.as_ref())
    }

    /// Loads an installed model with a projection that is learned from the vectors of `texts`. Also
    /// returns the projection as bytes.
    pub fn load_with_learned_projection(
        model: &Installed,
        texts: &[&str],
    ) -> Result<(SentenceModel, Vec<u8>), EncoderError> {
        let encoder = Encoder::open(&model.dir, None)?;
        // A text that the model cannot encode contributes nothing.
        let vectors = texts.iter().filter_map(|text| encoder.encode_raw(text).ok()).flatten();
        let projection = Projection::learn(vectors);
        Ok((SentenceModel::load_with(model, Some(&projection))?, projection.to_bytes()))
    }

    fn load_with(
        model: &Installed,
        projection: Option<&Projection>,
    ) -> Result<SentenceModel, EncoderError> {
        let encoder = Encoder::open(&model.dir, projection)?;
        let projection = projection.map(Projection::to_bytes).unwrap_or_default();
        let fingerprint = [model.fingerprint.to_vec(), projection].concat();
        Ok(SentenceModel { encoder, kind: model.kind, fingerprint })
    }

    /// Checks that an installed model can be loaded and can encode a sentence.
    pub fn verify(model: &Installed) -> Result<(), EncoderError> {
        Encoder::open(&model.dir, None).map(drop)
    }

    /// Returns the bytes that identify the model and its projection.
    pub fn fingerprint(&self) -> &[u8] {
        &self.fingerprint
    }

    /// Returns whether the model can encode texts in one of these languages. A model that the
    /// operator chose is assumed to fit the corpus.
    pub fn supports(&self, languages: &[Language]) -> bool {
        match self.kind {
            ModelKind::AllMiniLm => {
                languages.iter().any(|language| language.code() == ALL_MINILM_LANGUAGE)
            }
            ModelKind::Other => true,
        }
    }

    /// Returns the vectors of the first `max_pieces` word pieces of a text, or `None` if the model
    /// cannot encode the text.
    pub fn encode(&self, text: &str, max_pieces: usize) -> Option<TokenVectors> {
        self.encoder.encode(text, max_pieces)
    }

    /// Returns the token vectors of a passage, which was encoded with its context.
    pub fn encode_passage(&self, input: &EncoderInput) -> Option<TokenVectors> {
        Some(self.encode(&input.text, MAX_PASSAGE_PIECES)?.strip_prefix(input.start))
    }
}

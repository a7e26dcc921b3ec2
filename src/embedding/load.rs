//! An installed model to a [`SentenceModel`]: the encoder, and the projection that fits it.

use std::fmt;
use std::path::Path;

use super::encoder::{Encoder, EncoderError};
use super::projection::Projection;
use super::{Access, EmbeddingIndex, SentenceModel, VectorsError};
use crate::embedding::model_files::{Installed, Kind};

/// Why the model or its vectors cannot be used. The message is for the operator.
#[derive(Debug)]
pub enum EmbeddingError {
    Encoder(EncoderError),
    Vectors(VectorsError),
}

/// The language of the known model. Where it is among others it helps and harms them alike.
const ENGLISH: &str = "en";

impl EmbeddingIndex {
    /// Reads a model, and opens the vectors under `data`, which must be this process's own unless `access` is
    /// to read.
    pub fn open(
        model: &Installed,
        data: &Path,
        access: Access,
    ) -> Result<EmbeddingIndex, EmbeddingError> {
        let known = match model.kind {
            Kind::AllMiniLm => Some(Projection::of_known_model()),
            // Where its vectors lie is not known.
            Kind::Other => None,
        };
        EmbeddingIndex::projected(model, data, known.as_ref(), access)
    }

    /// The same, with a projection that is learned from these texts and given as bytes, too.
    pub fn learn(
        model: &Installed,
        data: &Path,
        texts: &[&str],
    ) -> Result<(EmbeddingIndex, Vec<u8>), EmbeddingError> {
        let encoder = Encoder::open(&model.dir, None).map_err(EmbeddingError::Encoder)?;
        // A paragraph that cannot be read teaches nothing.
        let vectors = texts.iter().filter_map(|text| encoder.raw(text).ok()).flatten();
        let projection = Projection::learn(vectors);
        Ok((
            EmbeddingIndex::projected(model, data, Some(&projection), Access::Own)?,
            projection.to_bytes(),
        ))
    }

    fn projected(
        model: &Installed,
        data: &Path,
        projection: Option<&Projection>,
        access: Access,
    ) -> Result<EmbeddingIndex, EmbeddingError> {
        let encoder = Encoder::open(&model.dir, projection).map_err(EmbeddingError::Encoder)?;
        let projected = projection.map(Projection::to_bytes).unwrap_or_default();
        let read = SentenceModel {
            encode: Box::new(move |text, most| encoder.encode(text, most)),
            language: match model.kind {
                Kind::AllMiniLm => Some(ENGLISH),
                // Its operator knows.
                Kind::Other => None,
            },
            origin: [model.fingerprint.to_vec(), projected].concat(),
        };
        EmbeddingIndex::new(read, data, access).map_err(EmbeddingError::Vectors)
    }

    /// Whether a model can be used at all: it has to read a sentence.
    pub fn try_out(model: &Installed) -> Result<(), EmbeddingError> {
        Encoder::open(&model.dir, None).map(|_| ()).map_err(EmbeddingError::Encoder)
    }
}

impl fmt::Display for EmbeddingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmbeddingError::Encoder(error) => error.fmt(f),
            EmbeddingError::Vectors(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EmbeddingError {}

//! The sentence model: tokenizer and encoder of one weight file.

use std::path::Path;

use super::encoder::Encoder;
use super::format::{HIDDEN, MAX_TOKENS, WeightFile};
use super::problem::ModelError;
use super::tokenizer::Tokenizer;
use crate::embedding::pooling;

/// multilingual-e5-small, ready to encode. A model is immutable, so that any number of threads may
/// share it. Equal inputs have equal vectors, bit by bit, on all processors.
pub struct Model {
    file: WeightFile,
    tokenizer: Tokenizer,
    encoder: Encoder,
}

/// Number of tokens up to which texts are encoded together. Each loaded weight serves all of them.
const BATCH_TOKENS: usize = if cfg!(test) { 32 } else { 256 };

impl Model {
    /// Maps a weight file into memory and indexes its vocabulary.
    pub fn open(path: &Path) -> Result<Model, ModelError> {
        let file = WeightFile::open(path)?;
        let invalid = |problem| ModelError::Invalid { path: path.to_owned(), problem };
        let encoder = Encoder::new(&file).map_err(invalid)?;
        Ok(Model { tokenizer: Tokenizer::new(&file), encoder, file })
    }

    /// Returns the ids of the tokens of the prefix and the text, with the start and the end token:
    /// at most `max_tokens`, which is at least 2 and at most [`MAX_TOKENS`]. The prefix is
    /// `"query: "` or `"passage: "`.
    pub fn tokens(&self, prefix: &str, text: &str, max_tokens: usize) -> Vec<u32> {
        let max_tokens = max_tokens.clamp(2, MAX_TOKENS);
        let mut ids = vec![self.file.special.start];
        ids.extend(self.tokenizer.ids(&self.file, &[prefix, text].concat(), max_tokens - 2));
        ids.push(self.file.special.end);
        ids
    }

    /// Returns the vector of each text of these tokens: the mean of its tokens. Uses one thread.
    pub fn encode(&self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let mut vectors = Vec::with_capacity(texts.len());
        let mut rest = texts;
        while !rest.is_empty() {
            let mut tokens = 0;
            let fits = rest.iter().take_while(|ids| {
                tokens += ids.len();
                tokens <= BATCH_TOKENS
            });
            let (batch, others) = rest.split_at(fits.count().max(1));
            let output = self.encoder.forward(&self.file, batch);
            let mut output = output.as_slice();
            for ids in batch {
                let (own, others) = output.split_at(ids.len() * HIDDEN);
                vectors.push(pooling::mean(own, HIDDEN));
                output = others;
            }
            rest = others;
        }
        vectors
    }
}

#[cfg(test)]
#[path = "tests/model.rs"]
mod tests;

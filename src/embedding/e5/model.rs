//! The sentence model: tokenizer and encoder of one weight file.

use std::ops::Range;
use std::path::Path;

use super::encoder::{Encoder, Outputs};
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

/// The tokens of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Tokens {
    /// The start token, those of the prefix, the context and the text, and the end token.
    ids: Vec<u32>,
    /// Positions of the tokens of the text in `ids`.
    of_text: Range<usize>,
}

/// The vectors of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// The mean of all tokens of the last layer, of unit length.
    pub mean: Vec<f32>,
    /// The vectors of the tokens of the text, without those of the context: `HIDDEN` numbers each.
    pub tokens: Vec<f32>,
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

    /// Returns the tokens of a text, with the prefix and the context before it: at most
    /// `max_tokens`, which is at least 2 and at most [`MAX_TOKENS`]. The prefix is `"query: "` or
    /// `"passage: "`.
    pub fn tokens(&self, prefix: &str, context: &str, text: &str, max_tokens: usize) -> Tokens {
        let max_tokens = max_tokens.clamp(2, MAX_TOKENS);
        let read = |text: &[&str]| {
            let mut ids = vec![self.file.special.start];
            ids.extend(self.tokenizer.ids(&self.file, &text.concat(), max_tokens - 2));
            ids
        };
        // Tokens never reach over a space, which the prefix and the context end with.
        let start = read(&[prefix, context]).len();
        let mut ids = read(&[prefix, context, text]);
        let of_text = start.min(ids.len())..ids.len();
        ids.push(self.file.special.end);
        Tokens { ids, of_text }
    }

    /// Returns the vectors of each text. Uses one thread.
    pub fn encode(&self, texts: &[Tokens]) -> Vec<Encoded> {
        let mut vectors = Vec::with_capacity(texts.len());
        let mut rest = texts;
        while !rest.is_empty() {
            let mut tokens = 0;
            let fits = rest.iter().take_while(|text| {
                tokens += text.len();
                tokens <= BATCH_TOKENS
            });
            let (batch, others) = rest.split_at(fits.count().max(1));
            let ids: Vec<_> = batch.iter().map(|text| text.ids.as_slice()).collect();
            let Outputs { tokens, last } = self.encoder.forward(&self.file, &ids);
            let mut start = 0;
            for text in batch {
                let all = start..start + text.len() * HIDDEN;
                let own = &tokens[all.clone()];
                vectors.push(Encoded {
                    mean: pooling::mean(&last[all.clone()], HIDDEN),
                    tokens: own[text.of_text.start * HIDDEN..text.of_text.end * HIDDEN].to_vec(),
                });
                start = all.end;
            }
            rest = others;
        }
        vectors
    }
}

impl Tokens {
    /// Returns the number of tokens, which is at least 2.
    pub fn len(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
#[path = "tests/model.rs"]
mod tests;

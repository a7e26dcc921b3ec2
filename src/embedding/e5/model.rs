//! The sentence model: tokenizer and encoder of one weight file.

use std::ops::Range;
use std::path::Path;

use super::adapter::Adapter;
#[cfg(feature = "train")]
use super::encoder::LayerWeights;
use super::encoder::{Encoder, Outputs};
use super::format::{HIDDEN, MAX_TOKENS, SpecialPieces, WeightFile};
use super::problem::ModelError;
use super::tokenizer::Tokenizer;
use super::words::word_numbers;
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
    /// The number of the word of each of these tokens, ascending; `None` for punctuation.
    pub words: Vec<Option<u32>>,
}

/// Number of tokens up to which texts are encoded together. Each loaded weight serves all of them.
const BATCH_TOKENS: usize = if cfg!(test) { 32 } else { 256 };
/// Maximum number of tokens of a pair. A longer second text is cut.
const MAX_PAIR_TOKENS: usize = 110;
/// Maximum number of tokens of the first text of a pair.
const MAX_FIRST_TOKENS: usize = 48;

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

    /// Returns the tokens of two texts that are read together, each with its prefix: at most
    /// [`MAX_PAIR_TOKENS`], and at most [`MAX_FIRST_TOKENS`] of the first. Two ends separate the
    /// texts, as in the training of XLM-RoBERTa.
    pub fn pair(&self, first: &str, second: &str) -> Vec<u32> {
        let SpecialPieces { start, end, .. } = self.file.special;
        let mut ids = vec![start];
        ids.extend(self.tokenizer.ids(&self.file, first, MAX_FIRST_TOKENS));
        ids.extend([end, end]);
        let left = MAX_PAIR_TOKENS - ids.len() - 1;
        ids.extend(self.tokenizer.ids(&self.file, second, left));
        ids.push(end);
        ids
    }

    /// Returns whether an adapter is one of this model, and not of a smaller or larger one.
    pub fn fits(&self, adapter: &Adapter) -> bool {
        adapter.layers.len() == self.file.layers()
    }

    /// Returns the score of each pair of [`Model::pair`] by an adapter that fits. Uses one thread.
    pub fn scores(&self, adapter: &Adapter, pairs: &[Vec<u32>]) -> Vec<f32> {
        let mut scores = Vec::with_capacity(pairs.len());
        for batch in batches(pairs, Vec::len) {
            let ids: Vec<_> = batch.iter().map(Vec::as_slice).collect();
            let hidden = self.encoder.forward_adapted(&self.file, adapter, &ids);
            let mut rows = hidden.chunks_exact(HIDDEN);
            scores.extend(batch.iter().map(|pair| {
                let values = rows.by_ref().take(pair.len()).flatten();
                let products = values.zip(adapter.output.iter().cycle()).map(|(a, b)| a * b);
                products.sum::<f32>() / pair.len() as f32 + adapter.constant
            }));
        }
        scores
    }

    /// Returns the input of the first layer for several texts.
    #[cfg(feature = "train")]
    pub fn input(&self, texts: &[&[u32]]) -> Vec<f32> {
        self.encoder.input(&self.file, texts)
    }

    /// Returns the weights of the first layers.
    #[cfg(feature = "train")]
    pub fn layer_weights(&self, layers: usize) -> Vec<LayerWeights> {
        self.encoder.layer_weights(&self.file, layers)
    }

    /// Returns the vectors of each text. Uses one thread.
    pub fn encode(&self, texts: &[Tokens]) -> Vec<Encoded> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in batches(texts, Tokens::len) {
            let ids: Vec<_> = batch.iter().map(|text| text.ids.as_slice()).collect();
            let Outputs { tokens, last } = self.encoder.forward(&self.file, &ids);
            let mut start = 0;
            for text in batch {
                let all = start..start + text.len() * HIDDEN;
                let own = &tokens[all.clone()];
                let Range { start: first, end } = text.of_text.clone();
                vectors.push(Encoded {
                    mean: pooling::mean(&last[all.clone()], HIDDEN),
                    tokens: own[first * HIDDEN..end * HIDDEN].to_vec(),
                    words: self.words(&text.ids[first..end]),
                });
                start = all.end;
            }
        }
        vectors
    }

    /// Returns the number of the word of each piece; `None` for punctuation.
    fn words(&self, ids: &[u32]) -> Vec<Option<u32>> {
        let piece = |id: &u32| str::from_utf8(self.file.piece(*id as usize)).ok();
        word_numbers(ids.iter().map(|id| piece(id).filter(|_| *id != self.file.special.unknown)))
    }
}

/// Splits texts into those that are encoded together.
fn batches<T>(texts: &[T], length: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let mut rest = texts;
    std::iter::from_fn(move || {
        let mut tokens = 0;
        let fits = rest.iter().take_while(|text| {
            tokens += length(text);
            tokens <= BATCH_TOKENS
        });
        let (batch, others) = rest.split_at(fits.count().max(1).min(rest.len()));
        rest = others;
        (!batch.is_empty()).then_some(batch)
    })
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

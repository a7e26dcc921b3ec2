//! The sentence model: tokenizer and encoder of one weight file.

use std::ops::Range;
use std::path::Path;

use super::encoder::Encoder;
use super::format::{HIDDEN, MAX_TOKENS, WeightFile};
use super::problem::ModelError;
use super::tokenizer::{Token, Tokenizer};

/// multilingual-e5-small, ready to encode. A model is immutable, so that any number of threads may
/// share it. Equal inputs have equal vectors, bit by bit, on all processors.
pub struct Model {
    file: WeightFile,
    tokenizer: Tokenizer,
    encoder: Encoder,
}

/// The tokens of an input and their vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// For each token, its byte range in the text, without leading spaces. The first token is the
    /// start token and the last the end token; their ranges and those of the prefix are empty.
    pub ranges: Vec<Range<usize>>,
    /// Output of the last layer: `ranges.len() × HIDDEN` numbers, token by token.
    pub vectors: Vec<f32>,
}

/// Number of tokens that two windows of a longer text share, so that each token has context on both
/// sides.
const WINDOW_OVERLAP: usize = 64;

impl Model {
    /// Maps a weight file into memory and indexes its vocabulary.
    pub fn open(path: &Path) -> Result<Model, ModelError> {
        let file = WeightFile::open(path)?;
        let invalid = |problem| ModelError::Invalid { path: path.to_owned(), problem };
        let encoder = Encoder::new(&file).map_err(invalid)?;
        Ok(Model { tokenizer: Tokenizer::new(&file), encoder, file })
    }

    /// Returns the vectors of the prefix and the text, cut off at `max_tokens` with the start and
    /// the end token. The prefix is `"query: "` or `"passage: "`. Uses one thread.
    ///
    /// A text of more than [`MAX_TOKENS`] is encoded in overlapping windows, each with the prefix.
    pub fn encode(&self, prefix: &str, text: &str, max_tokens: usize) -> Encoded {
        let joined = [prefix, text].concat();
        let pieces = self.tokenizer.tokens(&self.file, &joined, max_tokens.saturating_sub(2));
        let in_prefix = pieces.partition_point(|token| token.range.end <= prefix.len());
        let (before, pieces) = pieces.split_at(in_prefix);
        let mut encoded = Encoded { ranges: Vec::new(), vectors: Vec::new() };
        for window in windows(pieces.len(), MAX_TOKENS - 2 - before.len().min(MAX_TOKENS / 2)) {
            encoded.vectors.extend(self.encode_window(before, pieces, &window));
        }
        let end = pieces.last().map_or(0, |last| last.range.end - prefix.len());
        encoded.ranges = vec![0..0; 1 + before.len()];
        let in_text = |position: usize| position.saturating_sub(prefix.len());
        encoded.ranges.extend(
            pieces.iter().map(|token| in_text(token.range.start)..in_text(token.range.end)),
        );
        encoded.ranges.push(end..end);
        encoded
    }

    /// Returns the kept vectors of one window. The first window keeps those of the start token and
    /// of the prefix, and the last one that of the end token.
    fn encode_window(&self, prefix: &[Token], pieces: &[Token], window: &Window) -> Vec<f32> {
        let special = self.file.special;
        let mut ids = vec![special.start];
        ids.extend(prefix.iter().chain(&pieces[window.pieces.clone()]).map(|token| token.id));
        ids.push(special.end);
        let vectors = self.encoder.forward(&self.file, &ids);
        let position = |piece: usize| 1 + prefix.len() + piece - window.pieces.start;
        let first = if window.kept.start == 0 { 0 } else { position(window.kept.start) };
        let is_last = window.kept.end == pieces.len();
        let end = if is_last { ids.len() } else { position(window.kept.end) };
        vectors[first * HIDDEN..end * HIDDEN].to_vec()
    }
}

/// A run of tokens that are encoded together.
#[derive(Debug, PartialEq)]
struct Window {
    pieces: Range<usize>,
    /// The tokens whose vectors are kept.
    kept: Range<usize>,
}

/// Covers `count` tokens with overlapping windows of at most `size` tokens that keep each token
/// once. There is at least one window.
fn windows(count: usize, size: usize) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut kept = 0;
    while kept < count || windows.is_empty() {
        let start = kept.saturating_sub(WINDOW_OVERLAP / 2);
        let end = (start + size).min(count);
        let kept_end = if end == count { end } else { end - WINDOW_OVERLAP / 2 };
        windows.push(Window { pieces: start..end, kept: kept..kept_end });
        kept = kept_end;
    }
    windows
}

#[cfg(test)]
#[path = "tests/model.rs"]
mod tests;

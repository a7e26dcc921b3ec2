//! The encoder: splits a text into word pieces and computes their vectors with a BERT model.
//!
//! An [`Encoder`] is immutable, so that any number of threads may share it. A call blocks until the
//! vectors are computed; large matrix products also use the threads of rayon's global pool.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::error;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use safetensors::tensor::Metadata;
use thiserror::Error;
use tokenizers::Tokenizer;

use super::bert::{Bert, Shape};
use super::projection::Projection;
use super::quantized::TokenVectors;

/// A tokenizer and a BERT model in memory.
pub struct Encoder {
    tokenizer: Tokenizer,
    bert: Bert,
    /// Matrix that reduces the dimensions of the output, if any.
    projection: Option<Tensor>,
    /// Special tokens that the model expects before a text.
    prefix: Vec<u32>,
    /// Special tokens that the model expects after a text.
    suffix: Vec<u32>,
}

/// An error that keeps a model from being used. The message is for the operator.
#[derive(Debug, Error)]
#[error(
    "{}: {problem}\nhint: install the model again with `verbatim model install`",
    path.display()
)]
pub struct EncoderError {
    path: PathBuf,
    problem: String,
}

/// The byte ranges of word pieces in their text, and their vectors.
type Pieces = (Vec<Range<usize>>, Vec<Vec<f32>>);

type Result<T, E = Box<dyn error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Number of word pieces that are encoded together. The model was trained with 256, two of them
/// special tokens.
const WINDOW_PIECES: usize = 254;
/// Number of word pieces that two windows of a longer text share, so that each piece has context on
/// both sides.
const WINDOW_OVERLAP: usize = 64;
/// Sentence that a model must be able to encode.
const PROBE_SENTENCE: &str = "Can you read this?";
/// Maximum length of the header of a safetensors file by its specification, in bytes.
const MAX_HEADER_BYTES: u64 = 100_000_000;

impl Encoder {
    /// Loads `config.json`, `tokenizer.json` and `model.safetensors` from `dir`, and checks that
    /// the model can encode a sentence. `projection` is applied to all vectors of
    /// [`Encoder::encode`].
    pub fn open(dir: &Path, projection: Option<&Projection>) -> Result<Encoder, EncoderError> {
        let failed =
            |problem: &str| EncoderError { path: dir.to_owned(), problem: problem.to_owned() };
        // The parsers panic on files that contradict each other.
        let loaded = catch_unwind(|| Encoder::load(dir, projection));
        let encoder = loaded.unwrap_or_else(|_| Err(failed("its files contradict each other")))?;
        let probe = encoder.encode(PROBE_SENTENCE, usize::MAX);
        let is_sound = probe.is_some_and(|probe| {
            !probe.vectors.is_empty()
                && probe.vectors.cosines(&probe.vectors).iter().all(|cosine| cosine.is_finite())
        });
        if is_sound { Ok(encoder) } else { Err(failed("it cannot encode a sentence")) }
    }

    fn load(dir: &Path, projection: Option<&Projection>) -> Result<Encoder, EncoderError> {
        let config = dir.join("config.json");
        let shape: Shape = serde_json::from_slice(&read(&config)?)
            .map_err(|error| EncoderError { path: config, problem: error.to_string() })?;
        let vocabulary = dir.join("tokenizer.json");
        let (tokenizer, prefix, suffix) = tokenizer(&read(&vocabulary)?)
            .map_err(|problem| EncoderError { path: vocabulary, problem })?;
        let weights = dir.join("model.safetensors");
        let invalid_weights = |error: candle_core::Error| EncoderError {
            path: weights.clone(),
            problem: error.to_string(),
        };
        let tensors = tensors(&weights)
            .map_err(|error| EncoderError { path: weights.clone(), problem: error.to_string() })?;
        let variables = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        let bert = Bert::load(variables, &shape).map_err(invalid_weights)?;
        let projection = projection.map(Projection::matrix).transpose().map_err(invalid_weights)?;
        Ok(Encoder { tokenizer, bert, projection, prefix, suffix })
    }

    /// Returns the vectors of all word pieces of a text, not quantized.
    pub fn encode_raw(&self, text: &str) -> Result<Vec<Vec<f32>>> {
        let (_, vectors) = self.encode_pieces(text, usize::MAX)?;
        Ok(vectors)
    }

    /// Returns the quantized vectors of the first `max_pieces` word pieces of a text, each in its
    /// context. Logs a warning and returns `None` if the model cannot encode the text.
    pub fn encode(&self, text: &str, max_pieces: usize) -> Option<TokenVectors> {
        // A text is untrusted input: a panic costs only the vectors of this text.
        let encoded = catch_unwind(AssertUnwindSafe(|| self.encode_pieces(text, max_pieces)));
        encoded
            .unwrap_or_else(|_| Err("the encoder panicked".into()))
            .map(|(ranges, vectors)| TokenVectors::new(ranges, &vectors))
            .inspect_err(|error| tracing::warn!(%error, "the sentence model cannot encode a text"))
            .ok()
    }

    /// Computes the vectors of the first `max_pieces` word pieces of a text, window by window.
    fn encode_pieces(&self, text: &str, max_pieces: usize) -> Result<Pieces> {
        let pieces = self.tokenizer.encode(text, false)?;
        let ids = &pieces.get_ids()[..pieces.len().min(max_pieces)];
        let ranges = pieces.get_offsets().iter().map(|(start, end)| *start..*end);
        let mut vectors = Vec::with_capacity(ids.len());
        for window in windows(ids.len()) {
            let mut rows = self.encode_window(&ids[window.pieces.clone()])?;
            let kept =
                window.kept.start - window.pieces.start..window.kept.end - window.pieces.start;
            vectors.extend(rows.drain(kept));
        }
        Ok((ranges.take(ids.len()).collect(), vectors))
    }

    /// Returns the output of the last layer for the word pieces of one window.
    fn encode_window(&self, ids: &[u32]) -> candle_core::Result<Vec<Vec<f32>>> {
        let all = [self.prefix.as_slice(), ids, &self.suffix].concat();
        let rows = self.bert.forward(&all)?.narrow(0, self.prefix.len(), ids.len())?;
        match &self.projection {
            Some(projection) => rows.matmul(projection)?.to_vec2(),
            None => rows.to_vec2(),
        }
    }
}

/// Reads the tensors of a file one by one, so that the weights are never in memory twice.
fn tensors(path: &Path) -> Result<HashMap<String, Tensor>> {
    let mut file = File::open(path)?;
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let end = u64::from_le_bytes(length).checked_add(8).filter(|end| *end <= MAX_HEADER_BYTES);
    let end = end.ok_or("its header is too long")?;
    let mut header = Vec::new();
    file.by_ref().take(end - 8).read_to_end(&mut header)?;
    let metadata: Metadata = serde_json::from_slice(&header)?;
    let mut infos: Vec<_> = metadata.tensors().into_iter().collect();
    // The largest tensor needs the largest buffer, so it is read while memory is still empty.
    infos.sort_by_key(|(_, info)| Reverse(info.data_offsets.1 - info.data_offsets.0));
    let mut tensors = HashMap::new();
    for (name, info) in infos {
        let (start, stop) = info.data_offsets;
        let mut bytes = vec![0; stop - start];
        file.seek(SeekFrom::Start(end + start as u64))?;
        file.read_exact(&mut bytes)?;
        let kind = DType::try_from(info.dtype)?;
        let tensor = Tensor::from_raw_buffer(&bytes, kind, &info.shape, &Device::Cpu)?;
        tensors.insert(name, tensor);
    }
    Ok(tensors)
}

fn read(path: &Path) -> Result<Vec<u8>, EncoderError> {
    std::fs::read(path)
        .map_err(|error| EncoderError { path: path.to_owned(), problem: error.to_string() })
}

/// Parses a tokenizer and turns off its truncation and padding. Also returns the special tokens
/// that the tokenizer puts before and after a text.
fn tokenizer(json: &[u8]) -> Result<(Tokenizer, Vec<u32>, Vec<u32>), String> {
    let mut tokenizer = Tokenizer::from_bytes(json).map_err(|error| error.to_string())?;
    tokenizer.with_padding(None);
    tokenizer.with_truncation(None).map_err(|error| error.to_string())?;
    let encoded = tokenizer.encode("a", true).map_err(|error| error.to_string())?;
    let is_special = encoded.get_special_tokens_mask();
    let start = is_special.iter().position(|mark| *mark == 0).unwrap_or(is_special.len());
    let end = is_special.iter().rposition(|mark| *mark == 0).map_or(start, |last| last + 1);
    let ids = encoded.get_ids();
    Ok((tokenizer, ids[..start].to_vec(), ids[end..].to_vec()))
}

/// A run of word pieces that are encoded together.
#[derive(Debug, PartialEq)]
struct Window {
    pieces: Range<usize>,
    /// The pieces whose vectors are kept.
    kept: Range<usize>,
}

/// Covers `count` word pieces with overlapping windows that keep each piece once.
fn windows(count: usize) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut kept = 0;
    while kept < count {
        let start = kept.saturating_sub(WINDOW_OVERLAP / 2);
        let end = (start + WINDOW_PIECES).min(count);
        let kept_end = if end == count { end } else { end - WINDOW_OVERLAP / 2 };
        windows.push(Window { pieces: start..end, kept: kept..kept_end });
        kept = kept_end;
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::model_files::{self, ExpectedModel, Manifest};

    #[test]
    fn encode_raw_agrees_with_a_reference_implementation() {
        let Some(path) = std::env::var_os("VERBATIM_TEST_MODEL") else {
            eprintln!("SKIPPED: VERBATIM_TEST_MODEL is not set");
            return;
        };
        let dir = tempfile::tempdir().expect("a temporary directory");
        let expected = ExpectedModel::Exact(Manifest::all_minilm());
        let installed =
            model_files::install_from_path(&dir.path().join("model"), Path::new(&path), &expected);
        let installed = installed.expect("the file holds the known model");
        let encoder = Encoder::open(&installed.dir, None).expect("the model is sound");
        let vectors =
            encoder.encode_raw("Why are Afghans being expelled?").expect("the text can be encoded");
        // Computed from the same weights by an implementation of BERT in JAX.
        let expected = [[-0.011, 0.043, 0.144], [0.034, 0.023, 0.093], [-0.074, 0.026, 0.028]];
        assert_eq!(vectors.len(), 7);
        for (vector, expected) in vectors.iter().zip(expected) {
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
            for (value, expected) in vector.iter().zip(expected) {
                assert!((value / length - expected).abs() < 0.001, "{:?}", &vector[..3]);
            }
        }
    }

    #[test]
    fn windows_keep_each_piece_once_with_context_on_both_sides() {
        assert_eq!(windows(0), []);
        assert_eq!(windows(254), [Window { pieces: 0..254, kept: 0..254 }]);
        for count in [255, 400, 1000, 5000] {
            let windows = windows(count);
            let kept: Vec<_> = windows.iter().flat_map(|window| window.kept.clone()).collect();
            assert_eq!(kept, (0..count).collect::<Vec<_>>());
            for window in &windows {
                assert!(window.pieces.len() <= WINDOW_PIECES);
                let has_context = |kept: usize, edge: usize| {
                    kept == edge || kept.abs_diff(edge) == WINDOW_OVERLAP / 2
                };
                assert!(
                    window.kept.start == 0 || has_context(window.kept.start, window.pieces.start)
                );
                assert!(
                    window.kept.end == count || has_context(window.kept.end, window.pieces.end)
                );
            }
        }
    }
}

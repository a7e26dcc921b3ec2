//! A text to the vectors of its word pieces, by a small BERT that runs in this process.
//!
//! The only place that knows tokenizers. An [`Encoder`] is only read: any number of
//! threads may share it. A call returns when it is done; large products use rayon's threads beside the
//! caller's.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use safetensors::tensor::Metadata;
use tokenizers::Tokenizer;

use super::bert::{Bert, Shape};
use super::projection::Projection;
use super::quantized::TokenVectors;

/// A model in memory.
pub struct Encoder {
    tokenizer: Tokenizer,
    bert: Bert,
    /// Multiplied with what the model says, if fewer dimensions are to be kept.
    projection: Option<Tensor>,
    /// What the model expects before a text and after it.
    before: Vec<u32>,
    after: Vec<u32>,
}

/// Why a model cannot be used. The message is for the operator.
#[derive(Debug)]
pub struct EncoderError {
    path: PathBuf,
    what: String,
}

/// The bytes of each piece in the text, and its vector.
type Pieces = (Vec<Range<usize>>, Vec<Vec<f32>>);

/// Pieces that are read together: the model was trained with 256, of which two mark the ends.
const WINDOW: usize = 254;
/// Pieces that two windows of a longer text share, so that each piece has context on both sides.
const SHARED: usize = 64;
const PROBE: &str = "Can you read this?";
/// As the format has it.
const MAX_HEADER: u64 = 100_000_000;

impl Encoder {
    /// Reads the model in `dir`: `config.json`, `tokenizer.json` and `model.safetensors`. Of its vectors
    /// `projection` keeps what counts. It has to read a sentence before it is trusted.
    pub fn open(dir: &Path, projection: Option<&Projection>) -> Result<Encoder, EncoderError> {
        let failed = |what: &str| EncoderError { path: dir.to_owned(), what: what.to_owned() };
        // Files that contradict each other make what reads them stumble.
        let loaded = catch_unwind(|| Encoder::load(dir, projection));
        let encoder = loaded.unwrap_or_else(|_| Err(failed("its files contradict each other")))?;
        let read = encoder.encode(PROBE, usize::MAX);
        let is_sound = read.is_some_and(|read| {
            !read.vectors.is_empty()
                && read.vectors.cosines(&read.vectors).iter().all(|near| near.is_finite())
        });
        if is_sound { Ok(encoder) } else { Err(failed("it cannot read a sentence")) }
    }

    fn load(dir: &Path, projection: Option<&Projection>) -> Result<Encoder, EncoderError> {
        let config = dir.join("config.json");
        let of_config = |what: String| EncoderError { path: config.clone(), what };
        let shape: Shape = serde_json::from_slice(&read(&config)?)
            .map_err(|error| of_config(error.to_string()))?;
        let words = dir.join("tokenizer.json");
        let of_words = |what: String| EncoderError { path: words.clone(), what };
        let (tokenizer, before, after) = tokenizer(&read(&words)?).map_err(of_words)?;
        let weights = dir.join("model.safetensors");
        let of_weights = |error: candle_core::Error| EncoderError {
            path: weights.clone(),
            what: error.to_string(),
        };
        let tensors = tensors(&weights)
            .map_err(|error| EncoderError { path: weights.clone(), what: error.to_string() })?;
        let variables = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
        let bert = Bert::load(variables, &shape).map_err(of_weights)?;
        let projection = projection.map(Projection::matrix).transpose().map_err(of_weights)?;
        Ok(Encoder { tokenizer, bert, projection, before, after })
    }

    /// The vectors of a text's pieces, as the model gives them.
    pub fn raw(&self, text: &str) -> Result<Vec<Vec<f32>>, Box<dyn Error + Send + Sync>> {
        let (_, vectors) = self.vectors(text, usize::MAX)?;
        Ok(vectors)
    }

    /// The vectors of a text's first `most` pieces, each in its context.
    ///
    /// `None` when the model cannot read the text, which is no fault of the reader's.
    pub fn encode(&self, text: &str, most: usize) -> Option<TokenVectors> {
        // A text is data: no text may cost more than its own vectors.
        let read = catch_unwind(AssertUnwindSafe(|| self.vectors(text, most)));
        read.unwrap_or_else(|_| Err("it stumbled".into()))
            .map(|(ranges, vectors)| TokenVectors::new(ranges, &vectors))
            .inspect_err(|error| tracing::warn!(%error, "the model cannot read a text"))
            .ok()
    }

    fn vectors(&self, text: &str, most: usize) -> Result<Pieces, Box<dyn Error + Send + Sync>> {
        let pieces = self.tokenizer.encode(text, false)?;
        let ids = &pieces.get_ids()[..pieces.len().min(most)];
        let ranges = pieces.get_offsets().iter().map(|(start, end)| *start..*end);
        let mut vectors = Vec::with_capacity(ids.len());
        for window in windows(ids.len()) {
            let mut rows = self.last_layer(&ids[window.pieces.clone()])?;
            let kept =
                window.kept.start - window.pieces.start..window.kept.end - window.pieces.start;
            vectors.extend(rows.drain(kept));
        }
        Ok((ranges.take(ids.len()).collect(), vectors))
    }

    /// The last layer for pieces that are read together.
    fn last_layer(&self, ids: &[u32]) -> candle_core::Result<Vec<Vec<f32>>> {
        let all = [self.before.as_slice(), ids, &self.after].concat();
        let rows = self.bert.read(&all)?.narrow(0, self.before.len(), ids.len())?;
        match &self.projection {
            Some(projection) => rows.matmul(projection)?.to_vec2(),
            None => rows.to_vec2(),
        }
    }
}

/// The tensors of a file, read one by one, so that they are never in memory twice.
fn tensors(path: &Path) -> Result<HashMap<String, Tensor>, Box<dyn Error>> {
    let mut file = File::open(path)?;
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let end = u64::from_le_bytes(length).checked_add(8).filter(|end| *end <= MAX_HEADER);
    let end = end.ok_or("its header is too long")?;
    let mut header = Vec::new();
    file.by_ref().take(end - 8).read_to_end(&mut header)?;
    let metadata: Metadata = serde_json::from_slice(&header)?;
    let mut infos: Vec<_> = metadata.tensors().into_iter().collect();
    // While the largest is read, there is nothing else yet.
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
        .map_err(|error| EncoderError { path: path.to_owned(), what: error.to_string() })
}

/// A tokenizer that neither cuts nor pads, and the marks that it puts before and after a text.
fn tokenizer(json: &[u8]) -> Result<(Tokenizer, Vec<u32>, Vec<u32>), String> {
    let mut tokenizer = Tokenizer::from_bytes(json).map_err(|error| error.to_string())?;
    tokenizer.with_padding(None);
    tokenizer.with_truncation(None).map_err(|error| error.to_string())?;
    let marked = tokenizer.encode("a", true).map_err(|error| error.to_string())?;
    let is_mark = marked.get_special_tokens_mask();
    let first = is_mark.iter().position(|mark| *mark == 0).unwrap_or(is_mark.len());
    let last = is_mark.iter().rposition(|mark| *mark == 0).map_or(first, |at| at + 1);
    let ids = marked.get_ids();
    Ok((tokenizer, ids[..first].to_vec(), ids[last..].to_vec()))
}

/// Pieces that are read together, and those of them whose vectors are kept.
#[derive(Debug, PartialEq)]
struct Window {
    pieces: Range<usize>,
    kept: Range<usize>,
}

fn windows(count: usize) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut kept = 0;
    while kept < count {
        let start = kept.saturating_sub(SHARED / 2);
        let end = (start + WINDOW).min(count);
        let last = if end == count { end } else { end - SHARED / 2 };
        windows.push(Window { pieces: start..end, kept: kept..last });
        kept = last;
    }
    windows
}

impl fmt::Display for EncoderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}\nhint: install the model anew with `verbatim model install`",
            self.path.display(),
            self.what
        )
    }
}

impl Error for EncoderError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::model_files;
    use crate::embedding::model_files::{ExpectedModel, Manifest};

    #[test]
    fn the_vectors_are_those_that_another_program_computes() {
        let Some(path) = std::env::var_os("VERBATIM_TEST_MODEL") else {
            eprintln!("SKIPPED: the real model is not at hand");
            return;
        };
        let dir = tempfile::tempdir().expect("a temporary directory");
        let wanted = ExpectedModel::Exactly(Manifest::all_minilm());
        let installed =
            model_files::from_path(&dir.path().join("model"), Path::new(&path), &wanted);
        let installed = installed.expect("it is the real one");
        let encoder = Encoder::open(&installed.dir, None).expect("it can be read");
        let vectors = encoder.raw("Why are Afghans being expelled?").expect("it is text");
        // From the same weights, with the equations of BERT written down in JAX.
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
    fn a_long_text_is_read_in_windows_that_keep_each_piece_once() {
        assert_eq!(windows(0), []);
        assert_eq!(windows(254), [Window { pieces: 0..254, kept: 0..254 }]);
        for count in [255, 400, 1000, 5000] {
            let windows = windows(count);
            let kept: Vec<_> = windows.iter().flat_map(|window| window.kept.clone()).collect();
            assert_eq!(kept, (0..count).collect::<Vec<_>>());
            for window in &windows {
                assert!(window.pieces.len() <= WINDOW);
                let has_context =
                    |edge: usize, of: usize| edge == of || edge.abs_diff(of) == SHARED / 2;
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

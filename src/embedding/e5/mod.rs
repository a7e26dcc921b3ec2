//! multilingual-e5-small (Wang et al. 2024, "Multilingual E5 Text Embeddings"): vectors of texts in
//! about a hundred languages, on the processor, from 4-bit weights in a memory-mapped file.
//!
//! [`Model`] joins the tokenizer and the encoder. The encoder multiplies vectors of 8 bits with
//! matrices of 4 bits, in integers, so that equal texts have equal vectors on all processors.

mod activations;
mod adapter;
mod attention;
mod charsmap;
mod cursor;
mod encoder;
mod format;
mod functions;
mod matrix;
#[cfg(target_arch = "x86_64")]
mod matrix_avx2;
#[cfg(target_arch = "x86_64")]
mod matrix_avx512;
mod matrix_rows;
mod model;
mod normalizer;
mod piece_index;
mod problem;
mod quantize;
mod tokenizer;
mod words;

pub use adapter::Adapter;
#[cfg(feature = "train")]
pub use adapter::{ADAPTED_LAYERS, LowRank, RANK};
#[cfg(feature = "train")]
pub use encoder::LayerWeights;
pub use format::HIDDEN;
#[cfg(feature = "train")]
pub use format::{HEADS, LAYER_NORM_EPSILON};
#[cfg(feature = "train")]
pub use functions::gelu;
pub use model::{Encoded, Model};
pub use problem::ModelError;
pub use quantize::{QuantizeError, quantize};

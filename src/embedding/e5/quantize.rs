//! Quantization: writes the weight file of [`format`](super::format) from the files of the Hugging
//! Face hub, `model.safetensors` with weights in `f32`, and `tokenizer.json`.
//!
//! The rule is that of `quantize_row_q4_0` in ggml.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use memmap2::Mmap;
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::charsmap::CharsMap;
use super::format::{
    BLOCK, BLOCK_BYTES, HIDDEN, INTERMEDIATE, LAYER_NORM_EPSILON, MAGIC, MAX_TOKENS, TOKEN_TYPES,
    header,
};

/// An error of reading the files of the hub or of writing the weight file.
#[derive(Debug, Error)]
pub enum QuantizeError {
    /// One of the files of the hub cannot be read.
    #[error("a file of the hub cannot be read: {0}")]
    Read(io::Error),
    /// The files of the hub are not those of multilingual-e5-small.
    #[error("the files are not those of multilingual-e5-small: {0}")]
    Invalid(String),
    #[error("the weight file cannot be written: {0}")]
    Write(io::Error),
}

/// The part of `tokenizer.json` that is used.
#[derive(Deserialize)]
struct TokenizerFile {
    #[serde(default)]
    normalizer: Value,
    model: Unigram,
}

/// The vocabulary: each piece with its log probability.
#[derive(Deserialize)]
struct Unigram {
    vocab: Vec<(String, f64)>,
}

/// A tensor of the weight file.
struct Tensor<'a> {
    name: String,
    /// The numbers in `f32`, little-endian.
    bytes: &'a [u8],
    is_quantized: bool,
}

/// Pieces for the ids of the start, the end, padding and unknown characters.
const SPECIAL: [&str; 4] = ["<s>", "</s>", "<pad>", "<unk>"];
/// The normalizer changes no character from this one on.
const REPLACED_END: u32 = 0x30000;

/// Writes the weight file `target`.
pub fn quantize(weights: &Path, tokenizer: &Path, target: &Path) -> Result<(), QuantizeError> {
    let tokenizer = std::fs::read(tokenizer).map_err(QuantizeError::Read)?;
    let tokenizer: TokenizerFile =
        serde_json::from_slice(&tokenizer).map_err(|error| invalid(&error))?;
    // SAFETY: The downloaded file is not written to any more.
    #[expect(unsafe_code)]
    let map = File::open(weights)
        .and_then(|file| unsafe { Mmap::map(&file) })
        .map_err(QuantizeError::Read)?;
    let weights = SafeTensors::deserialize(&map).map_err(|error| invalid(&error))?;
    let layers = (0..)
        .take_while(|number| weights.tensor(&layer(*number, "attention.self.query.weight")).is_ok())
        .count();
    let embeddings = weights
        .tensor("embeddings.word_embeddings.weight")
        .map_err(|error| invalid(&error))?
        .shape()
        .first()
        .copied()
        .unwrap_or_default();
    let tensors = tensors(&weights, layers, embeddings)?;

    let mut file = MAGIC.to_vec();
    header(layers, embeddings).iter().for_each(|(_, value)| file.extend(value.to_le_bytes()));
    file.extend(LAYER_NORM_EPSILON.to_le_bytes());
    file.extend((BLOCK as u32).to_le_bytes());
    write_vocabulary(&tokenizer.model.vocab, &mut file)?;
    write_replacements(&tokenizer.normalizer, &mut file)?;
    write_directory(&tensors, &mut file);
    write(&file, &tensors, target).map_err(QuantizeError::Write)
}

fn invalid(error: &dyn std::error::Error) -> QuantizeError {
    QuantizeError::Invalid(error.to_string())
}

/// Returns the name of a tensor of a layer in `model.safetensors`.
fn layer(number: usize, name: &str) -> String {
    format!("encoder.layer.{number}.{name}")
}

/// Finds all tensors of the model and checks their shapes.
fn tensors<'a>(
    weights: &SafeTensors<'a>,
    layers: usize,
    embeddings: usize,
) -> Result<Vec<Tensor<'a>>, QuantizeError> {
    let mut tensors = Vec::new();
    let mut add = |name: String, source: &str, shape: &[usize], is_quantized: bool| {
        let found = weights.tensor(source).map_err(|error| invalid(&error))?;
        if found.shape() != shape || found.dtype() != Dtype::F32 {
            let reason = format!("its tensor {source} is of another type or shape");
            return Err(QuantizeError::Invalid(reason));
        }
        tensors.push(Tensor { name, bytes: found.data(), is_quantized });
        Ok(())
    };
    let table = |name: &str| format!("embeddings.{name}.weight");
    add("emb.word".into(), &table("word_embeddings"), &[embeddings, HIDDEN], true)?;
    add("emb.pos".into(), &table("position_embeddings"), &[MAX_TOKENS, HIDDEN], false)?;
    add("emb.type".into(), &table("token_type_embeddings"), &[TOKEN_TYPES, HIDDEN], false)?;
    add("emb.ln.w".into(), "embeddings.LayerNorm.weight", &[HIDDEN], false)?;
    add("emb.ln.b".into(), "embeddings.LayerNorm.bias", &[HIDDEN], false)?;
    for number in 0..layers {
        for (name, source, rows, columns) in [
            ("q", "attention.self.query", HIDDEN, HIDDEN),
            ("k", "attention.self.key", HIDDEN, HIDDEN),
            ("v", "attention.self.value", HIDDEN, HIDDEN),
            ("ao", "attention.output.dense", HIDDEN, HIDDEN),
            ("fi", "intermediate.dense", INTERMEDIATE, HIDDEN),
            ("fo", "output.dense", HIDDEN, INTERMEDIATE),
        ] {
            let [weight, bias] = ["weight", "bias"].map(|part| format!("{source}.{part}"));
            add(format!("l{number}.{name}.w"), &layer(number, &weight), &[rows, columns], true)?;
            add(format!("l{number}.{name}.b"), &layer(number, &bias), &[rows], false)?;
        }
        for (name, source) in [("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")] {
            for (part, source_part) in [("w", "weight"), ("b", "bias")] {
                let source = layer(number, &format!("{source}.{source_part}"));
                add(format!("l{number}.{name}.{part}"), &source, &[HIDDEN], false)?;
            }
        }
    }
    Ok(tensors)
}

fn write_vocabulary(vocabulary: &[(String, f64)], file: &mut Vec<u8>) -> Result<(), QuantizeError> {
    let missing = |piece: &str| QuantizeError::Invalid(format!("it has no piece {piece}"));
    file.extend((vocabulary.len() as u32).to_le_bytes());
    for special in SPECIAL {
        let id = vocabulary.iter().position(|(piece, _)| piece == special);
        file.extend((id.ok_or_else(|| missing(special))? as u32).to_le_bytes());
    }
    let bytes: usize = vocabulary.iter().map(|(piece, _)| piece.len()).sum();
    file.extend((bytes as u64).to_le_bytes());
    let mut end = 0_u32;
    file.extend(end.to_le_bytes());
    for (piece, _) in vocabulary {
        end += piece.len() as u32;
        file.extend(end.to_le_bytes());
    }
    vocabulary.iter().for_each(|(_, score)| file.extend((*score as f32).to_le_bytes()));
    vocabulary.iter().for_each(|(piece, _)| file.extend(piece.as_bytes()));
    Ok(())
}

/// Writes the characters that the rules of the normalizer change.
fn write_replacements(normalizer: &Value, file: &mut Vec<u8>) -> Result<(), QuantizeError> {
    let mut entries = Vec::new();
    let mut count = 0_u32;
    if let Some(rules) = compiled_rules(normalizer) {
        let cut_off = || QuantizeError::Invalid("the rules of its normalizer are cut off".into());
        let rules = CharsMap::parse(rules).ok_or_else(cut_off)?;
        for character in (0..REPLACED_END).filter_map(char::from_u32) {
            let text = character.to_string();
            let replacement = rules.replacement(&text).filter(|replacement| *replacement != text);
            let Some(replacement) = replacement else { continue };
            count += 1;
            entries.extend(u32::from(character).to_le_bytes());
            entries.push(replacement.chars().count() as u8);
            replacement.chars().for_each(|c| entries.extend(u32::from(c).to_le_bytes()));
        }
    }
    file.extend(count.to_le_bytes());
    file.extend((entries.len() as u32).to_le_bytes());
    file.extend(entries);
    Ok(())
}

/// Returns the compiled rules of a normalizer, which may be a sequence of normalizers.
fn compiled_rules(normalizer: &Value) -> Option<&str> {
    let inner = || normalizer.get("normalizers")?.as_array()?.iter().find_map(compiled_rules);
    normalizer.get("precompiled_charsmap").and_then(Value::as_str).or_else(inner)
}

fn write_directory(tensors: &[Tensor<'_>], file: &mut Vec<u8>) {
    // Name length, type, number of values, start and length.
    let entry_bytes = |tensor: &Tensor| 2 + tensor.name.len() + 1 + 4 + 8 + 8;
    let mut start = file.len() + 4 + tensors.iter().map(entry_bytes).sum::<usize>();
    file.extend((tensors.len() as u32).to_le_bytes());
    for tensor in tensors {
        let values = tensor.bytes.len() / 4;
        let length = if tensor.is_quantized { values / BLOCK * BLOCK_BYTES } else { 4 * values };
        file.extend((tensor.name.len() as u16).to_le_bytes());
        file.extend(tensor.name.as_bytes());
        file.push(u8::from(tensor.is_quantized));
        file.extend((values as u32).to_le_bytes());
        file.extend((start as u64).to_le_bytes());
        file.extend((length as u64).to_le_bytes());
        start += length;
    }
}

fn write(start: &[u8], tensors: &[Tensor<'_>], target: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(target)?);
    file.write_all(start)?;
    for tensor in tensors {
        if tensor.is_quantized {
            for block in tensor.bytes.as_chunks::<{ 4 * BLOCK }>().0 {
                file.write_all(&quantized(block))?;
            }
        } else {
            file.write_all(tensor.bytes)?;
        }
    }
    file.into_inner()?.sync_all()
}

/// Returns the Q4_0 block of 32 numbers.
fn quantized(bytes: &[u8; 4 * BLOCK]) -> [u8; BLOCK_BYTES] {
    let mut values = [0.0_f32; BLOCK];
    for (value, bytes) in values.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *value = f32::from_le_bytes(*bytes);
    }
    let larger = |a: f32, b: f32| if b.abs() > a.abs() { b } else { a };
    let scale = values.into_iter().fold(0.0, larger) / -8.0;
    let shifted = |value: f32| if scale == 0.0 { 8.5 } else { value / scale + 8.5 };
    let bits = values.map(|value| shifted(value).floor().clamp(0.0, 15.0) as u8);
    let mut block = [0; BLOCK_BYTES];
    block[..2].copy_from_slice(&f32_to_half(scale).to_le_bytes());
    let (low, high) = bits.split_at(BLOCK / 2);
    for (byte, (low, high)) in block[2..].iter_mut().zip(low.iter().zip(high)) {
        *byte = low | high << 4;
    }
    block
}

/// Rounds to an `f16`, to even on a tie. Numbers that are too large become infinite.
fn f32_to_half(value: f32) -> u16 {
    let sign = (value.to_bits() >> 16) as u16 & 0x8000;
    let magnitude = value.abs();
    // The smallest normal number of an f16 is 2^-14, and the smallest subnormal one 2^-24.
    let half = if magnitude < 6.103_515_6e-5 {
        (magnitude * 16_777_216.0).round_ties_even() as u16
    } else {
        let bits = magnitude.to_bits();
        let rounded = bits + 0xfff + (bits >> 13 & 1);
        ((rounded >> 13) - (112 << 10)).min(0x7c00) as u16
    };
    sign | half
}

#[cfg(test)]
mod tests {
    use super::super::matrix_rows::half_to_f32;
    use super::*;

    #[test]
    fn f32_to_half_rounds_to_the_nearest_half() {
        for half in (0..0x7c00).chain(0x8000..0xfc00) {
            assert_eq!(f32_to_half(half_to_f32(half)), half);
        }
        // The first two are ties, which are rounded to even.
        let cases = [(1.0 + 1.0 / 2048.0, 0x3c00), (1.0 + 3.0 / 2048.0, 0x3c02), (1e9, 0x7c00)];
        for (value, expected) in cases {
            assert_eq!(f32_to_half(value), expected, "{value}");
        }
    }

    #[test]
    fn quantized_blocks_keep_the_largest_number_and_zeros() {
        let mut values = [0.0_f32; BLOCK];
        values[3] = -4.0;
        values[20] = 1.9;
        let mut bytes = [0; 4 * BLOCK];
        for (bytes, value) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(values) {
            *bytes = value.to_le_bytes();
        }
        let block = quantized(&bytes);
        assert_eq!(half_to_f32(u16::from_le_bytes([block[0], block[1]])), 0.5);
        // -8 × 0.5, 0 and 4 × 0.5, all plus 8.
        assert_eq!((block[2 + 3] & 15, block[2] & 15, block[2 + 4] >> 4), (0, 8, 12));
        // The scale of zeros is a negative zero, as in ggml.
        assert_eq!(quantized(&[0; 4 * BLOCK])[..3], [0, 0x80, 0x88]);
    }
}

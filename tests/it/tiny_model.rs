//! A sentence model of a few kilobytes: synonyms share a direction, and every other word has its
//! own. It replaces the real model where a test checks the procedure and not the quality.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use serde_json::json;
use verbatim::embedding::model_files;
use verbatim::embedding::model_files::ExpectedModel;

const DIMENSIONS: usize = 64;
const MARKS: [&str; 4] = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"];

/// Writes the model's three files into `dir`. The vocabulary is that of `texts` and `same`; the
/// words of each line of `same` are synonyms.
pub fn write(dir: &Path, same: &[&[&str]], texts: &[&str]) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (meaning, words) in same.iter().enumerate() {
        known.extend(words.iter().map(|word| ((*word).to_owned(), meaning)));
    }
    for mark in [".", ",", "?", ":", "-"] {
        known.insert(mark.to_owned(), same.len() + known.len());
    }
    let letters = |c: char| !c.is_alphanumeric();
    for word in texts.iter().flat_map(|text| text.split(letters)).filter(|word| !word.is_empty()) {
        let next = known.len() + same.len();
        known.entry(word.to_lowercase()).or_insert(next);
    }
    let mut vocabulary: BTreeMap<&str, usize> = MARKS.into_iter().zip(0..).collect();
    let mut directions: Vec<f32> = MARKS.iter().flat_map(|mark| direction(mark)).collect();
    for (word, meaning) in &known {
        vocabulary.insert(word, vocabulary.len());
        directions.extend(direction(&format!("meaning {meaning}")));
    }
    fs::create_dir_all(dir).expect("a new directory");
    let put = |name: &str, value: serde_json::Value| {
        fs::write(dir.join(name), value.to_string()).expect("a new file");
    };
    put(
        "tokenizer.json",
        json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
            "normalizer": {"type": "Lowercase"},
            "pre_tokenizer": {"type": "Whitespace"},
            "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
            "decoder": null,
            "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"}
        }),
    );
    put(
        "config.json",
        json!({
            "vocab_size": vocabulary.len(), "hidden_size": DIMENSIONS, "num_hidden_layers": 0,
            "num_attention_heads": 1, "intermediate_size": 1, "hidden_act": "gelu",
            "hidden_dropout_prob": 0.0, "max_position_embeddings": 512, "type_vocab_size": 1,
            "initializer_range": 0.02, "layer_norm_eps": 1e-12, "pad_token_id": 0
        }),
    );
    let table = |values: Vec<f32>, rows: usize| {
        Tensor::from_vec(values, (rows, DIMENSIONS), &Device::Cpu).expect("as many as they say")
    };
    let row = |value: f32| Tensor::full(value, DIMENSIONS, &Device::Cpu).expect("a row");
    let zeros = |rows: usize| table(vec![0.0; rows * DIMENSIONS], rows);
    let tensors = HashMap::from([
        ("embeddings.word_embeddings.weight", table(directions, vocabulary.len())),
        ("embeddings.position_embeddings.weight", zeros(512)),
        ("embeddings.token_type_embeddings.weight", zeros(1)),
        ("embeddings.LayerNorm.weight", row(1.0)),
        ("embeddings.LayerNorm.bias", row(0.0)),
    ]);
    candle_core::safetensors::save(&tensors, dir.join("model.safetensors")).expect("a new file");
}

/// Installs such a model and returns its place.
pub fn install(data: &Path, same: &[&[&str]], texts: &[&str]) -> PathBuf {
    let source = data.join("tiny");
    write(&source, same, texts);
    let dir = data.join("model");
    model_files::install_from_path(&dir, &source, &ExpectedModel::Any).expect("it is whole");
    dir
}

/// Returns as many ones as minus ones, in the order of the bits of a hash.
fn direction(of: &str) -> impl Iterator<Item = f32> {
    let mut bytes = [0; DIMENSIONS / 16];
    blake3::Hasher::new().update(of.as_bytes()).finalize_xof().fill(&mut bytes);
    let bits = bytes.into_iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    bits.flat_map(|bit| if bit == 1 { [1.0, -1.0] } else { [-1.0, 1.0] })
}

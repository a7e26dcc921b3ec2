//! A sentence model of a few kilobytes without layers: synonyms share a direction, and every other
//! word has its own. It replaces the real model where a test checks the procedure and not the
//! quality.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::json;
use verbatim::embedding::model_files::{
    self, FileDigest, FileDigests, HubDigests, HubManifest, Manifest, Sha256Sum, WEIGHTS,
};

const DIMENSIONS: usize = 384;
/// Pieces with a zero vector, so that they do not change the mean of a text.
const ZEROS: [&str; 11] =
    ["<s>", "<pad>", "</s>", ".", ",", "?", ":", "-", "▁query", "▁passage", "▁"];
/// Name of the tiny model.
const NAME: &str = "a tiny model";

/// The files of a tiny model on a hub.
pub struct HubFiles {
    pub weights: Vec<u8>,
    pub tokenizer: Vec<u8>,
}

impl HubFiles {
    /// Makes the files. The vocabulary is that of `texts` and `same`; the words of each line of
    /// `same` are synonyms. The embedding table has at least `rows` rows.
    pub fn new(same: &[&[&str]], texts: &[&str], rows: usize) -> HubFiles {
        let mut meanings: BTreeMap<String, usize> = BTreeMap::new();
        for (meaning, words) in same.iter().enumerate() {
            meanings.extend(words.iter().map(|word| ((*word).to_owned(), meaning)));
        }
        let other = |c: char| !c.is_alphanumeric();
        for word in texts.iter().flat_map(|text| text.split(other)).filter(|word| !word.is_empty())
        {
            let next = meanings.len() + same.len();
            let meaning = *meanings.entry(word.to_lowercase()).or_insert(next);
            meanings.insert(word.to_owned(), meaning);
        }
        let mut vocabulary: Vec<(String, f64)> = Vec::new();
        let mut table: Vec<f32> = Vec::new();
        for piece in ZEROS {
            let score = if piece.starts_with('<') { 0.0 } else { -1.0 };
            vocabulary.push((piece.to_owned(), score));
            table.extend([0.0; DIMENSIONS]);
        }
        vocabulary.push(("<unk>".to_owned(), 0.0));
        table.extend(direction("an unknown word"));
        for (word, meaning) in &meanings {
            vocabulary.push((format!("▁{word}"), -1.0));
            table.extend(direction(&format!("meaning {meaning}")));
        }
        table.resize(table.len().max(rows * DIMENSIONS), 0.0);
        let tokenizer = json!({"model": {"type": "Unigram", "vocab": vocabulary}});
        HubFiles { weights: weights(table), tokenizer: tokenizer.to_string().into_bytes() }
    }

    /// Returns the expectation of exactly these files.
    pub fn manifest(&self) -> HubManifest {
        let [weights, tokenizer] = [&self.weights, &self.tokenizer].map(|bytes| digest(bytes));
        HubManifest { name: NAME.into(), files: HubDigests { weights, tokenizer } }
    }
}

/// Returns `model.safetensors` with this embedding table.
fn weights(table: Vec<f32>) -> Vec<u8> {
    let tensors = [
        ("word_embeddings.weight", vec![table.len() / DIMENSIONS, DIMENSIONS], table),
        ("position_embeddings.weight", vec![512, DIMENSIONS], vec![0.0; 512 * DIMENSIONS]),
        ("token_type_embeddings.weight", vec![2, DIMENSIONS], vec![0.0; 2 * DIMENSIONS]),
        ("LayerNorm.weight", vec![DIMENSIONS], vec![1.0; DIMENSIONS]),
        ("LayerNorm.bias", vec![DIMENSIONS], vec![0.0; DIMENSIONS]),
    ];
    let tensors = tensors.map(|(name, shape, values)| {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        (format!("embeddings.{name}"), shape, bytes)
    });
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        (name.as_str(), view.expect("as many as the shape says"))
    });
    safetensors::serialize(views, None::<HashMap<String, String>>).expect("the names differ")
}

pub fn digest(bytes: &[u8]) -> FileDigest {
    FileDigest { bytes: bytes.len() as u64, sha256: Sha256Sum::of(bytes) }
}

/// Returns the expectation of exactly this file.
pub fn manifest(weights: &[u8]) -> Manifest {
    let files = FileDigests { weights: digest(weights) };
    Manifest { name: NAME.into(), source: String::new(), files }
}

/// Writes the file of a model into `dir`. Returns its manifest.
pub fn write(dir: &Path, same: &[&[&str]], texts: &[&str]) -> Manifest {
    let files = HubFiles::new(same, texts, 0);
    let hub = tempfile::tempdir().expect("a temporary directory");
    let [weights, tokenizer] = ["weights", "tokenizer"].map(|name| hub.path().join(name));
    fs::write(&weights, files.weights).expect("a new file");
    fs::write(&tokenizer, files.tokenizer).expect("a new file");
    fs::create_dir_all(dir).expect("a new directory");
    let target = dir.join(WEIGHTS);
    verbatim::embedding::quantize(&weights, &tokenizer, &target).expect("the files are sound");
    manifest(&fs::read(target).expect("it was written"))
}

/// Installs such a model and returns its place.
pub fn install(data: &Path, same: &[&[&str]], texts: &[&str]) -> PathBuf {
    let source = data.join("tiny");
    let manifest = write(&source, same, texts);
    let dir = data.join("model");
    model_files::install_from_path(&dir, &source, &manifest).expect("it is whole");
    dir
}

/// Returns the vector of a word: a part that all words share, so that cosines are as high as those
/// of the real model, and a part of its own.
fn direction(of: &str) -> impl Iterator<Item = f32> {
    signs("all").zip(signs(of)).map(|(common, own)| common + own)
}

/// Returns as many ones as minus ones, in the order of the bits of a hash.
fn signs(of: &str) -> impl Iterator<Item = f32> {
    let mut bytes = [0; DIMENSIONS / 16];
    blake3::Hasher::new().update(of.as_bytes()).finalize_xof().fill(&mut bytes);
    let bits = bytes.into_iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    bits.flat_map(|bit| if bit == 1 { [1.0, -1.0] } else { [-1.0, 1.0] })
}

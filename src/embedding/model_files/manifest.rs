//! What a model consists of, as `model.toml` beside its files says it. Pure.

use serde::{Deserialize, Serialize};

use crate::embedding::model_files::digest::{FileDigest, Sha256Sum};

/// A file that a model must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ModelFile {
    /// The shape of the network.
    Config,
    /// The vocabulary, and how words are cut to fit it.
    Tokenizer,
    Weights,
}

impl ModelFile {
    /// Smallest first: what is wrong with a model shows early.
    pub const ALL: [ModelFile; 3] = [ModelFile::Config, ModelFile::Tokenizer, ModelFile::Weights];

    pub fn name(self) -> &'static str {
        match self {
            ModelFile::Config => "config.json",
            ModelFile::Tokenizer => "tokenizer.json",
            ModelFile::Weights => "model.safetensors",
        }
    }

    pub fn named(name: &str) -> Option<ModelFile> {
        ModelFile::ALL.into_iter().find(|file| file.name() == name)
    }
}

/// The name and origin of a model, and what each of its files is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub name: String,
    /// Where it came from: a path, or an address of the hub.
    pub source: String,
    pub files: FileDigests,
}

/// What each file of a model is known by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDigests {
    #[serde(rename = "config.json")]
    pub config: FileDigest,
    #[serde(rename = "tokenizer.json")]
    pub tokenizer: FileDigest,
    #[serde(rename = "model.safetensors")]
    pub weights: FileDigest,
}

impl FileDigests {
    pub fn of(&self, file: ModelFile) -> &FileDigest {
        match file {
            ModelFile::Config => &self.config,
            ModelFile::Tokenizer => &self.tokenizer,
            ModelFile::Weights => &self.weights,
        }
    }
}

impl Manifest {
    pub const FILE: &str = "model.toml";

    /// The model that the weights of the ranking were learned with.
    pub fn all_minilm() -> Manifest {
        toml::from_str(include_str!("all_minilm.toml"))
            .expect("it is built in, and a test reads it")
    }

    /// The same for the same files, wherever they came from.
    pub fn fingerprint(&self) -> [u8; 32] {
        let sums = ModelFile::ALL.map(|file| *self.files.of(file).sha256.bytes());
        *Sha256Sum::of(sums.as_flattened()).bytes()
    }
}

#[cfg(test)]
mod tests {
    use crate::embedding::model_files::manifest::*;

    #[test]
    fn a_manifest_survives_its_text_and_a_torn_one_is_refused() {
        let known = Manifest::all_minilm();
        let text = toml::to_string(&known).unwrap();
        assert_eq!(toml::from_str::<Manifest>(&text).as_ref(), Ok(&known));
        let torn = (0..text.trim_end().len())
            .filter(|end| toml::from_str::<Manifest>(&text[..*end]).is_ok());
        assert_eq!(torn.collect::<Vec<_>>(), Vec::<usize>::new());
    }

    #[test]
    fn the_fingerprint_is_that_of_the_files() {
        let known = Manifest::all_minilm();
        let moved = Manifest { name: "a copy".into(), source: "elsewhere".into(), ..known.clone() };
        assert_eq!(known.fingerprint(), moved.fingerprint());
        let mut changed = known.clone();
        changed.files.config.sha256 = known.files.weights.sha256;
        assert_ne!(known.fingerprint(), changed.fingerprint());
    }
}

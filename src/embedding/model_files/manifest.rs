//! The manifest of a model, `model.toml`: its name, its source and the digests of its files. Pure.

use serde::{Deserialize, Serialize};

use super::digest::{FileDigest, Sha256Sum};

/// A file that a model must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ModelFile {
    /// The shape of the network.
    Config,
    /// The vocabulary and the rules that split words into pieces.
    Tokenizer,
    Weights,
}

impl ModelFile {
    /// All files, smallest first, so that an installation fails early.
    pub const ALL: [ModelFile; 3] = [ModelFile::Config, ModelFile::Tokenizer, ModelFile::Weights];

    /// Returns the name of the file in the directory of the model.
    pub fn name(self) -> &'static str {
        match self {
            ModelFile::Config => "config.json",
            ModelFile::Tokenizer => "tokenizer.json",
            ModelFile::Weights => "model.safetensors",
        }
    }

    /// Parses the name of a file.
    pub fn named(name: &str) -> Option<ModelFile> {
        ModelFile::ALL.into_iter().find(|file| file.name() == name)
    }
}

/// The name, the source and the digests of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub name: String,
    /// The path or the URL that the model was installed from.
    pub source: String,
    pub files: FileDigests,
}

/// The digests of the files of a model.
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
    /// Returns the digest of a file.
    pub fn of(&self, file: ModelFile) -> &FileDigest {
        match file {
            ModelFile::Config => &self.config,
            ModelFile::Tokenizer => &self.tokenizer,
            ModelFile::Weights => &self.weights,
        }
    }
}

impl Manifest {
    /// Name of the manifest in the directory of the model.
    pub const FILE: &str = "model.toml";

    /// Returns the manifest of all-MiniLM-L6-v2, with which the weights of the ranking were
    /// learned.
    pub fn all_minilm() -> Manifest {
        toml::from_str(include_str!("all_minilm.toml"))
            .expect("the built-in manifest is valid, which a test checks")
    }

    /// Returns a hash of the digests. It does not depend on the name and the source of the model.
    pub fn fingerprint(&self) -> [u8; 32] {
        let sums = ModelFile::ALL.map(|file| *self.files.of(file).sha256.bytes());
        *Sha256Sum::of(sums.as_flattened()).bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifest_survives_serialization_and_a_truncated_one_is_rejected() {
        let known = Manifest::all_minilm();
        let text = toml::to_string(&known).unwrap();
        assert_eq!(toml::from_str::<Manifest>(&text).as_ref(), Ok(&known));
        let truncated = (0..text.trim_end().len())
            .filter(|end| toml::from_str::<Manifest>(&text[..*end]).is_ok());
        assert_eq!(truncated.collect::<Vec<_>>(), Vec::<usize>::new());
    }

    #[test]
    fn fingerprint_depends_on_the_files_only() {
        let known = Manifest::all_minilm();
        let moved = Manifest { name: "a copy".into(), source: "elsewhere".into(), ..known.clone() };
        assert_eq!(known.fingerprint(), moved.fingerprint());
        let mut changed = known.clone();
        changed.files.config.sha256 = known.files.weights.sha256;
        assert_ne!(known.fingerprint(), changed.fingerprint());
    }
}

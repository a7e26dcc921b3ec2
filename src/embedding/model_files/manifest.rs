//! The manifest of a model, `model.toml`: its name, its source and the digest of its file. Pure.

use serde::{Deserialize, Serialize};

use super::digest::FileDigest;

/// Name of the file of a model, in its directory and in an archive: the weights and the vocabulary.
pub const WEIGHTS: &str = "e5-small-q4.bin";
/// Files of the models of earlier versions.
pub(super) const EARLIER_FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

/// The name, the source and the digest of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub name: String,
    /// The path or the URL that the model was installed from.
    pub source: String,
    pub files: FileDigests,
}

/// The digest of the file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileDigests {
    #[serde(rename = "e5-small-q4.bin")]
    pub weights: FileDigest,
}

/// The name and the digests of a model on the hub, from which the file of a model is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubManifest {
    pub name: String,
    pub files: HubDigests,
}

/// The digests of the files of a model on the hub.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubDigests {
    #[serde(rename = "model.safetensors")]
    pub weights: FileDigest,
    #[serde(rename = "tokenizer.json")]
    pub tokenizer: FileDigest,
}

/// The manifest of a model of an earlier version.
#[derive(Deserialize)]
struct EarlierManifest {
    name: String,
    files: toml::Table,
}

impl Manifest {
    /// Name of the manifest in the directory of the model.
    pub const FILE: &str = "model.toml";

    /// Returns the manifest of multilingual-e5-small.
    pub fn e5_small() -> Manifest {
        toml::from_str(include_str!("e5_small.toml"))
            .expect("the built-in manifest is valid, which a test checks")
    }

    /// Returns bytes that do not depend on the name and the source of the model.
    pub fn fingerprint(&self) -> [u8; 32] {
        *self.files.weights.sha256.bytes()
    }
}

impl HubManifest {
    /// Returns the manifest of multilingual-e5-small on the hub.
    pub fn e5_small() -> HubManifest {
        toml::from_str(include_str!("e5_small_hub.toml"))
            .expect("the built-in manifest is valid, which a test checks")
    }
}

/// Returns the name of the model if `text` is the manifest of a model of an earlier version.
pub(super) fn earlier_model(text: &str) -> Option<String> {
    let manifest: EarlierManifest = toml::from_str(text).ok()?;
    let is_earlier = EARLIER_FILES.iter().all(|file| manifest.files.contains_key(*file));
    is_earlier.then_some(manifest.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::model_files::Sha256Sum;

    #[test]
    fn manifest_survives_serialization_and_a_truncated_one_is_rejected() {
        let known = Manifest::e5_small();
        let text = toml::to_string(&known).unwrap();
        assert_eq!(toml::from_str::<Manifest>(&text).as_ref(), Ok(&known));
        let truncated = (0..text.trim_end().len())
            .filter(|end| toml::from_str::<Manifest>(&text[..*end]).is_ok());
        assert_eq!(truncated.collect::<Vec<_>>(), Vec::<usize>::new());
        assert_eq!(HubManifest::e5_small().name, known.name);
    }

    #[test]
    fn fingerprint_depends_on_the_file_only() {
        let known = Manifest::e5_small();
        let moved = Manifest { name: "a copy".into(), source: "elsewhere".into(), ..known.clone() };
        assert_eq!(known.fingerprint(), moved.fingerprint());
        let mut changed = known.clone();
        changed.files.weights.sha256 = Sha256Sum::of(b"");
        assert_ne!(known.fingerprint(), changed.fingerprint());
    }

    #[test]
    fn earlier_model_is_recognized_by_its_files() {
        let file = |name: &str| format!("[files.\"{name}\"]\nbytes = 1\nsha256 = \"00\"\n");
        let earlier =
            format!("name = \"old\"\nsource = \"\"\n{}", EARLIER_FILES.map(file).concat());
        assert_eq!(earlier_model(&earlier).as_deref(), Some("old"));
        let present = toml::to_string(&Manifest::e5_small()).unwrap();
        assert_eq!(earlier_model(&present), None);
        assert_eq!(earlier_model("name = \"old\""), None);
    }
}

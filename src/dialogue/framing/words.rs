//! The words around a question in the languages of the interface, from `words.toml`. Pure.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::super::pattern::Pattern;
use crate::index::analyzer;

/// Words around a question in one language, as written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWords {
    greetings: String,
    addressees: String,
    particles: Vec<String>,
    prefaces: Vec<String>,
    openings: String,
    personal: String,
    sign_offs: Vec<String>,
}

/// Words around a question in one language.
pub struct FramingWords {
    /// First words of a greeting.
    pub greetings: HashSet<String>,
    /// Words that may follow the first word of a greeting.
    pub addressees: HashSet<String>,
    /// Phrases before a message that are no part of it: "quick question".
    pub particles: Vec<Pattern>,
    /// Phrases before an embedded question: "I was wondering".
    pub prefaces: Vec<Pattern>,
    /// First words of an embedded question.
    pub openings: HashSet<String>,
    /// Words of sentences about the person who writes.
    pub personal: HashSet<String>,
    /// Phrases at the beginning of a closing line.
    pub sign_offs: Vec<Pattern>,
}

/// The words of all languages.
pub static FRAMING_WORDS: LazyLock<Vec<FramingWords>> = LazyLock::new(|| {
    let languages: BTreeMap<String, RawWords> = toml::from_str(include_str!("words.toml"))
        .expect("the built-in file is valid, which a test checks");
    languages.into_values().map(FramingWords::from_raw).collect()
});

impl FramingWords {
    fn from_raw(raw: RawWords) -> FramingWords {
        FramingWords {
            greetings: folded(&raw.greetings),
            addressees: folded(&raw.addressees),
            particles: patterns(&raw.particles),
            prefaces: patterns(&raw.prefaces),
            openings: folded(&raw.openings),
            personal: folded(&raw.personal),
            sign_offs: patterns(&raw.sign_offs),
        }
    }
}

/// Returns whether a text begins with the first word of a question.
pub fn begins_with_opening(text: &str) -> bool {
    let words = analyzer::words(text);
    let Some(first) = words.first() else { return false };
    FRAMING_WORDS.iter().any(|framing| framing.openings.contains(&first.folded))
}

fn patterns(texts: &[String]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::parse(text)).collect()
}

fn folded(list: &str) -> HashSet<String> {
    analyzer::words(list).into_iter().map(|word| word.folded).collect()
}

//! Discourse cues: words that connect a sentence with the sentence before it, from `cues.toml`.
//! Pure.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::index::analyzer::{self, Word};
use crate::index::language::Language;

/// The discourse cues of one language. Phrases are lists of folded words.
pub struct DiscourseCues {
    /// Phrases at the beginning of a dependent sentence.
    pub openers: Vec<Opener>,
    /// Phrases at the beginning of a sentence that look like a cue and are none.
    pub exceptions: Vec<Vec<String>>,
    /// Pronouns for things.
    pub pronouns: Vec<String>,
    /// Pronouns for persons.
    pub personal_pronouns: Vec<String>,
    pub demonstratives: Vec<String>,
    /// Phrases that are cues near the beginning of a sentence.
    pub early_phrases: Vec<Vec<String>>,
    /// Nouns that need a description, or an earlier mention.
    pub vague_nouns: Vec<String>,
    /// Phrases at the beginning of a sentence that contradicts the sentence before.
    pub contrasts: Vec<Opener>,
    /// First characters of a dependent sentence, for scripts without spaces.
    pub prefixes: Vec<String>,
}

/// A phrase at the beginning of a sentence.
pub struct Opener {
    words: Vec<String>,
    /// Whether a comma must follow.
    needs_comma: bool,
}

/// The entry of a language in `cues.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawCues {
    openers: Vec<String>,
    unless: Vec<String>,
    pronouns: Vec<String>,
    persons: Vec<String>,
    pointers: Vec<String>,
    early: Vec<String>,
    vague: Vec<String>,
    turns: Vec<String>,
    beginnings: Vec<String>,
}

static DISCOURSE_CUES: LazyLock<BTreeMap<String, DiscourseCues>> = LazyLock::new(|| {
    let languages: BTreeMap<String, RawCues> = toml::from_str(include_str!("cues.toml"))
        .expect("the built-in file is valid, which a test checks");
    languages.into_iter().map(|(code, raw)| (code, DiscourseCues::from_raw(raw))).collect()
});

/// Returns the discourse cues of a language, or `None` if `cues.toml` does not have the language.
pub fn for_language(language: &Language) -> Option<&'static DiscourseCues> {
    DISCOURSE_CUES.get(language.code())
}

impl DiscourseCues {
    fn from_raw(raw: RawCues) -> DiscourseCues {
        let phrases = |list: &[String]| list.iter().map(|phrase| folded(phrase)).collect();
        let openers = |list: &[String]| list.iter().map(|entry| Opener::parse(entry)).collect();
        let words = |list: &[String]| list.iter().flat_map(|word| folded(word)).collect();
        DiscourseCues {
            openers: openers(&raw.openers),
            exceptions: phrases(&raw.unless),
            pronouns: words(&raw.pronouns),
            personal_pronouns: words(&raw.persons),
            demonstratives: words(&raw.pointers),
            early_phrases: phrases(&raw.early),
            vague_nouns: words(&raw.vague),
            contrasts: openers(&raw.turns),
            prefixes: raw.beginnings,
        }
    }
}

impl Opener {
    /// Parses an entry of `cues.toml`: a phrase, and a comma at its end if the text must have one.
    fn parse(entry: &str) -> Opener {
        Opener { words: folded(entry), needs_comma: entry.ends_with([',', '،']) }
    }

    /// Returns whether `sentence`, which has these words, begins with the phrase.
    pub fn opens(&self, sentence: &str, words: &[Word]) -> bool {
        let last = self.words.len().checked_sub(1).and_then(|last| words.get(last));
        let has_comma = |last: &Word| sentence[last.range.end..].starts_with([',', '،']);
        starts_with(words, &self.words) && (!self.needs_comma || last.is_some_and(has_comma))
    }
}

/// Returns whether `words` begin with a phrase.
pub fn starts_with(words: &[Word], phrase: &[String]) -> bool {
    !phrase.is_empty()
        && words.len() >= phrase.len()
        && words.iter().zip(phrase).all(|(word, part)| word.folded == *part)
}

fn folded(phrase: &str) -> Vec<String> {
    analyzer::words(phrase).into_iter().map(|word| word.folded).collect()
}

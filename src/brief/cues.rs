//! The words that tie a sentence to the one before, read from `cues.toml`. Pure.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::index::analyzer::{self, Language, Word};

/// [`Lists`], with their phrases as folded words.
pub struct DiscourseCues {
    pub openers: Vec<Opener>,
    pub unless: Vec<Vec<String>>,
    pub pronouns: Vec<String>,
    pub persons: Vec<String>,
    pub pointers: Vec<String>,
    pub early: Vec<Vec<String>>,
    pub vague: Vec<String>,
    pub turns: Vec<Opener>,
    pub beginnings: Vec<String>,
}

/// How a sentence may begin.
pub struct Opener {
    words: Vec<String>,
    /// Whether a comma must follow.
    has_comma: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Lists {
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
    let lists: BTreeMap<String, Lists> = toml::from_str(include_str!("cues.toml"))
        .expect("the file is part of the program and under test");
    lists.into_iter().map(|(code, lists)| (code, DiscourseCues::of(lists))).collect()
});

/// The words of a language; `None` if nobody listed them.
pub fn of(language: &Language) -> Option<&'static DiscourseCues> {
    DISCOURSE_CUES.get(language.code())
}

impl DiscourseCues {
    fn of(lists: Lists) -> DiscourseCues {
        let phrases = |list: &[String]| list.iter().map(|phrase| folded(phrase)).collect();
        let openers = |list: &[String]| list.iter().map(|entry| Opener::of(entry)).collect();
        DiscourseCues {
            openers: openers(&lists.openers),
            unless: phrases(&lists.unless),
            pronouns: lists.pronouns.iter().flat_map(|word| folded(word)).collect(),
            persons: lists.persons.iter().flat_map(|word| folded(word)).collect(),
            pointers: lists.pointers.iter().flat_map(|word| folded(word)).collect(),
            early: phrases(&lists.early),
            vague: lists.vague.iter().flat_map(|word| folded(word)).collect(),
            turns: openers(&lists.turns),
            beginnings: lists.beginnings,
        }
    }
}

impl Opener {
    fn of(entry: &str) -> Opener {
        Opener { words: folded(entry), has_comma: entry.ends_with([',', '،']) }
    }

    /// Whether a sentence with these words begins so.
    pub fn opens(&self, sentence: &str, words: &[Word]) -> bool {
        let end = self.words.len().checked_sub(1).and_then(|last| words.get(last));
        let is_set_off = |end: &Word| sentence[end.range.end..].starts_with([',', '،']);
        starts(words, &self.words) && (!self.has_comma || end.is_some_and(is_set_off))
    }
}

/// Whether `words` begin with a phrase.
pub fn starts(words: &[Word], phrase: &[String]) -> bool {
    !phrase.is_empty()
        && words.len() >= phrase.len()
        && words.iter().zip(phrase).all(|(word, part)| word.folded == *part)
}

fn folded(phrase: &str) -> Vec<String> {
    analyzer::words(phrase).into_iter().map(|word| word.folded).collect()
}

//! The phrases of requests in the languages of the interface, from `phrases.toml`. Pure.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::pattern::Pattern;
use crate::index::analyzer::{self, Word};

/// Kind of a request that a phrase makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Briefing,
    BriefingOn,
    Source,
    Help,
    Identity,
    More,
    Articles,
    Newest,
    NewestOn,
    ByAuthor,
    Published,
}

/// Phrases of one language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPhrases {
    before: String,
    after: String,
    patterns: BTreeMap<Kind, Vec<String>>,
}

struct Phrases {
    /// Folded words that may precede a phrase.
    before: HashSet<String>,
    /// Folded words that may follow a phrase.
    after: HashSet<String>,
    patterns: Vec<(Kind, Pattern)>,
}

/// A phrase in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    pub kind: Kind,
    /// Byte range of the captured words.
    pub captured: Option<Range<usize>>,
}

/// Maximum length of a message with a phrase, in words.
const MAX_WORDS: usize = 20;

static PHRASES: LazyLock<Vec<Phrases>> = LazyLock::new(|| {
    let languages: BTreeMap<String, RawPhrases> = toml::from_str(include_str!("phrases.toml"))
        .expect("the built-in file is valid, which a test checks");
    languages.into_values().map(Phrases::from_raw).collect()
});

impl Phrases {
    fn from_raw(raw: RawPhrases) -> Phrases {
        let parse = |(kind, patterns): (Kind, Vec<String>)| {
            patterns.into_iter().map(move |pattern| (kind, Pattern::parse(&pattern)))
        };
        Phrases {
            before: folded(&raw.before),
            after: folded(&raw.after),
            patterns: raw.patterns.into_iter().flat_map(parse).collect(),
        }
    }

    /// Returns the first phrase that, with the words around it, is all of the message.
    fn find(&self, words: &[Word]) -> Option<Phrase> {
        let before = words.iter().take_while(|word| self.before.contains(&word.folded)).count();
        let is_end = |end: usize| words[end..].iter().all(|word| self.after.contains(&word.folded));
        let starts = 0..=before.min(words.len() - 1);
        starts.into_iter().find_map(|start| {
            self.patterns.iter().find_map(|(kind, pattern)| {
                let found = pattern.find(words, start, &is_end)?;
                let captured = found.captured.map(|captured| {
                    words[captured.start].range.start..words[captured.end - 1].range.end
                });
                Some(Phrase { kind: *kind, captured })
            })
        })
    }
}

/// Returns the phrase that a message consists of, in any of the languages.
pub fn phrase(message: &str) -> Option<Phrase> {
    // A longer message, such as a pasted passage, need not be analysed.
    if message.len() > MAX_WORDS * 32 {
        return None;
    }
    let words = analyzer::words(message);
    if words.is_empty() || words.len() > MAX_WORDS {
        return None;
    }
    let found = PHRASES.iter().filter_map(|phrases| phrases.find(&words));
    // A phrase without captured words is more specific.
    found.min_by_key(|found| found.captured.is_some())
}

fn folded(list: &str) -> HashSet<String> {
    analyzer::words(list).into_iter().map(|word| word.folded).collect()
}

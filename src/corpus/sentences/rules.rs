//! Abbreviations and sentence starts of each language. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// Rules of one language, each a list of words.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Lists {
    titles: String,
    numbered: String,
    inner: String,
    #[serde(rename = "final")]
    last: String,
    months: String,
    ordinals: Ordinals,
    is_alone: bool,
    initial_chars: Option<usize>,
    last_words: String,
    starters: String,
}

/// Whether ordinals of a language have a full stop.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ordinals {
    #[default]
    None,
    /// With a full stop, and a word in lower case or a month follows.
    Lower,
    /// With a full stop, and any word may follow.
    Capital,
}

/// The kind of an abbreviation, by its place in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abbreviation {
    /// Never at the end of a sentence, such as `Dr.`.
    Title,
    /// Within a sentence if a number follows, such as `No.`.
    Numbered,
    /// At the end of a sentence if a function word follows, such as `Inc.`.
    Inner,
    /// At the end of a sentence if a capital follows, such as `etc.`.
    Final,
}

/// Rules of one language.
#[derive(Debug, Default)]
pub struct Rules {
    abbreviations: HashMap<&'static str, Vec<Abbreviation>>,
    months: HashSet<&'static str>,
    starters: HashSet<&'static str>,
    pub ordinals: Ordinals,
    /// Whether `sentencex` has no good rules for the language.
    pub is_alone: bool,
    has_starters: bool,
    /// Maximum length of an initial in a script without cases, in chars.
    pub initial_chars: usize,
    last_words: HashSet<&'static str>,
}

static LANGUAGES: LazyLock<HashMap<String, Rules>> = LazyLock::new(|| {
    // The file is part of the program, and the tests read it.
    let lists: HashMap<String, Lists> =
        toml::from_str(include_str!("languages.toml")).expect("the table is valid");
    let lists: &'static HashMap<String, Lists> = Box::leak(Box::new(lists));
    let common = lists.get("any");
    lists.iter().map(|(code, lists)| (code.clone(), Rules::new(lists, common))).collect()
});

impl Rules {
    /// Returns the rules of a language by its primary subtag. A language without rules of its own
    /// gets those for any language.
    pub fn of(language: &str) -> &'static Rules {
        let code = match language {
            "nb" | "nn" => "no",
            code => code,
        };
        // The table has a row for any language.
        LANGUAGES.get(code).unwrap_or(&LANGUAGES["any"])
    }

    fn new(lists: &'static Lists, common: Option<&'static Lists>) -> Rules {
        let mut rules = Rules {
            ordinals: lists.ordinals,
            is_alone: lists.is_alone,
            has_starters: !lists.starters.is_empty(),
            initial_chars: lists.initial_chars.unwrap_or(1),
            ..Rules::default()
        };
        let kinds = [
            (lists.titles.as_str(), Abbreviation::Title),
            (common.map_or("", |common| common.titles.as_str()), Abbreviation::Title),
            (&lists.numbered, Abbreviation::Numbered),
            (&lists.inner, Abbreviation::Inner),
            (&lists.last, Abbreviation::Final),
        ];
        for (words, kind) in kinds {
            for word in words.split_whitespace() {
                rules.abbreviations.entry(word).or_default().push(kind);
            }
        }
        rules.last_words.extend(lists.last_words.split_whitespace());
        rules.months.extend(lists.months.split_whitespace());
        rules.starters.extend(common.map_or("", |common| &common.starters).split_whitespace());
        rules.starters.extend(lists.starters.split_whitespace());
        rules
    }

    /// Returns whether a word before a full stop is an abbreviation of a kind.
    pub fn is(&self, lower: &str, kind: Abbreviation) -> bool {
        self.abbreviations.get(lower).is_some_and(|kinds| kinds.contains(&kind))
    }

    /// Returns whether the language has words that begin a sentence.
    pub fn has_starters(&self) -> bool {
        self.has_starters
    }

    /// Returns whether a capitalized word is a function word, so that it begins a sentence.
    pub fn is_starter(&self, word: &str) -> bool {
        self.starters.contains(word)
    }

    /// Returns whether a short word ends sentences, so that it is not an initial.
    pub fn is_last(&self, word: &str) -> bool {
        self.last_words.contains(word)
    }

    /// Returns whether a word is the name of a month that an ordinal precedes.
    pub fn is_month(&self, word: &str) -> bool {
        self.months.contains(word)
    }
}

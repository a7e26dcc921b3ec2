//! A passage as the search compares it: analysed once, when it is indexed.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::analyzer::{self, Language};

/// A word or a stem by 32 bits of its FNV-1a hash (Fowler, Noll & Vo 1991).
///
/// Among the hundred words of a passage a stranger is taken for one of the question's ten words
/// once in four million times; it would then be marked for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WordId(u32);

impl WordId {
    /// The id of a folded word or of its stem.
    pub fn of(word: &str) -> WordId {
        let step = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        WordId(word.as_bytes().iter().fold(0x811c_9dc5, step))
    }
}

/// A word of a passage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalysedWord {
    start: u32,
    end: u32,
    /// The word, folded.
    pub folded: WordId,
    /// Its stem in the language of the article.
    pub stem: WordId,
}

impl AnalysedWord {
    /// Where it stands in the passage, in bytes.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The words of a passage and those of the headings over it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Ascending.
    pub words: Vec<AnalysedWord>,
    /// Stems.
    pub headings: Vec<WordId>,
    pub title: Vec<WordId>,
}

impl Analysis {
    /// Analyses a passage of less than 4 GB.
    pub fn of(text: &str, headings: &str, title: &str, language: &Language) -> Analysis {
        Analysis {
            words: analysed(text, language),
            headings: analysed(headings, language).into_iter().map(|word| word.stem).collect(),
            title: analysed(title, language).into_iter().map(|word| word.stem).collect(),
        }
    }
}

fn analysed(text: &str, language: &Language) -> Vec<AnalysedWord> {
    let stemmer = language.stemmer();
    let words = analyzer::words(text).into_iter();
    let one = |word: analyzer::Word| AnalysedWord {
        start: word.range.start as u32,
        end: word.range.end as u32,
        folded: WordId::of(&word.folded),
        stem: WordId::of(&analyzer::stem(stemmer.as_ref(), &word.folded)),
    };
    words.map(one).collect()
}

//! A passage as the search compares it: analysed once, when it is indexed.

use std::mem;
use std::ops::Range;
use std::rc::Rc;

use frostem::Stemmer;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::analyzer::{self, Language, Word};

/// A word or a stem by 32 bits of its FNV-1a hash (Fowler, Noll & Vo 1991).
///
/// Among the hundred words of a passage a stranger is taken for one of the question's ten words
/// once in four million times; it would then be marked for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "[u8; 4]", into = "[u8; 4]")]
pub struct WordId(u32);

impl From<[u8; 4]> for WordId {
    fn from(bytes: [u8; 4]) -> WordId {
        WordId(u32::from_le_bytes(bytes))
    }
}

impl From<WordId> for [u8; 4] {
    fn from(id: WordId) -> [u8; 4] {
        id.0.to_le_bytes()
    }
}

impl WordId {
    /// The id of a folded word or of its stem.
    pub fn of(word: &str) -> WordId {
        let step = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        WordId(word.as_bytes().iter().fold(0x811c_9dc5, step))
    }
}

/// A word of a passage.
#[derive(Debug, Clone, PartialEq)]
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
    #[serde(serialize_with = "pack", deserialize_with = "unpack")]
    pub words: Vec<AnalysedWord>,
    /// Stems.
    pub headings: Vec<WordId>,
    pub title: Vec<WordId>,
}

impl Analysis {
    /// Of a passage of less than 4 GB.
    pub fn of(text: &Analysed, headings: &Analysed, title: &Analysed) -> Analysis {
        let stems = |text: &Analysed| text.stems().map(WordId::of).collect();
        let one = |(word, stem): (&Word, &str)| AnalysedWord {
            start: word.range.start as u32,
            end: word.range.end as u32,
            folded: WordId::of(&word.folded),
            stem: WordId::of(stem),
        };
        Analysis {
            words: text.words.iter().zip(text.stems()).map(one).collect(),
            headings: stems(headings),
            title: stems(title),
        }
    }
}

/// A word as it is stored: two thirds of what the numbers by themselves would take.
#[derive(Serialize, Deserialize)]
struct PackedWord {
    /// From the start of the word before.
    gap: u32,
    bytes: u32,
    folded: WordId,
    /// If it is another.
    stem: Option<WordId>,
}

fn pack<S: Serializer>(words: &[AnalysedWord], serializer: S) -> Result<S::Ok, S::Error> {
    let mut before = 0;
    serializer.collect_seq(words.iter().map(|word| PackedWord {
        gap: word.start.wrapping_sub(mem::replace(&mut before, word.start)),
        bytes: word.end.wrapping_sub(word.start),
        folded: word.folded,
        stem: Some(word.stem).filter(|stem| *stem != word.folded),
    }))
}

fn unpack<'a, D: Deserializer<'a>>(deserializer: D) -> Result<Vec<AnalysedWord>, D::Error> {
    let mut start = 0_u32;
    let words = Vec::<PackedWord>::deserialize(deserializer)?.into_iter();
    let word = words.map(|PackedWord { gap, bytes, folded, stem }| {
        start = start.wrapping_add(gap);
        let stem = stem.unwrap_or(folded);
        AnalysedWord { start, end: start.wrapping_add(bytes), folded, stem }
    });
    Ok(word.collect())
}

/// A text by its words.
#[derive(Debug, Clone, Default)]
pub struct Analysed {
    words: Vec<Word>,
    /// Of each word.
    stems: Vec<Rc<str>>,
}

impl Analysed {
    /// Its words, folded.
    pub fn folded(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.folded.as_str())
    }

    /// The stem of each.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        self.stems.iter().map(|stem| &**stem)
    }
}

/// Analyses the texts of one language.
pub struct Analyst {
    stemmer: Option<Stemmer>,
    /// Stems of words that came before.
    known: FxHashMap<String, Rc<str>>,
}

/// So many words are most of what any text is made of.
const MAX_KNOWN: usize = 50_000;

impl Analyst {
    pub fn new(language: &Language) -> Analyst {
        Analyst { stemmer: language.stemmer(), known: FxHashMap::default() }
    }

    pub fn analyse(&mut self, text: &str) -> Analysed {
        let words = analyzer::words(text);
        Analysed { stems: words.iter().map(|word| self.stem(&word.folded)).collect(), words }
    }

    fn stem(&mut self, folded: &str) -> Rc<str> {
        if let Some(known) = self.known.get(folded) {
            return Rc::clone(known);
        }
        let stem: Rc<str> = analyzer::stem(self.stemmer.as_ref(), folded).into();
        if self.known.len() < MAX_KNOWN {
            self.known.insert(folded.to_owned(), Rc::clone(&stem));
        }
        stem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_stored_as_they_are() {
        // Overlapping ones, too, as in scripts without spaces.
        for text in ["", "The tides were rising; the tide is high.", "潮汐很高"] {
            let text = Analyst::new(&Language::of_code("en")).analyse(text);
            let analysis = Analysis::of(&text, &text, &Analysed::default());
            let bytes = postcard::to_stdvec(&analysis).unwrap();
            assert_eq!(postcard::from_bytes::<Analysis>(&bytes).unwrap(), analysis);
        }
    }
}

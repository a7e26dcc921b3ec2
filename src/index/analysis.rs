//! Analysed passages: the words and stems that the search compares, computed at indexing.

use std::mem;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::analyzer::{self, Word, WordStemmer};
use super::language::Language;

/// A word or a stem, as the 32-bit FNV-1a hash of its bytes (Fowler, Noll & Vo 1991).
///
/// For a passage of a hundred words and a question of ten, a collision has a probability of one in
/// four million. A collision highlights a wrong word.
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
    /// Returns the id of a folded word or of its stem.
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
    /// Folded word.
    pub folded: WordId,
    /// Stem in the language of the article.
    pub stem: WordId,
}

impl AnalysedWord {
    /// Returns the byte range of the word in the passage.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The words of a passage, and the stems of its title and headings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Words of the passage, by position.
    #[serde(serialize_with = "pack", deserialize_with = "unpack")]
    pub words: Vec<AnalysedWord>,
    /// Stems of the headings above the passage, outermost heading first.
    pub headings: Vec<WordId>,
    /// Stems of the article's title.
    pub title: Vec<WordId>,
    pub place: PlaceInArticle,
}

/// The place of a passage in its article.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlaceInArticle {
    /// Number of passages of the article before the passage.
    pub position: u32,
    /// Number of stems of the innermost heading, the last ones of the headings.
    pub heading_words: u32,
    /// Stems of the words in the name of the file.
    pub file_name: Vec<WordId>,
}

impl Analysis {
    /// Returns the analysis of a passage, which must be shorter than 4 GiB.
    pub fn of(
        text: &AnalysedText,
        headings: &AnalysedText,
        title: &AnalysedText,
        place: PlaceInArticle,
    ) -> Analysis {
        let stems = |text: &AnalysedText| text.stems().map(WordId::of).collect();
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
            place,
        }
    }

    /// Returns the stems of the innermost heading.
    pub fn own_heading(&self) -> &[WordId] {
        let before = self.headings.len().saturating_sub(self.place.heading_words as usize);
        &self.headings[before..]
    }
}

/// The stored form of a word. Differences and an optional stem save a third of the space.
#[derive(Serialize, Deserialize)]
struct PackedWord {
    /// Distance from the start of the previous word, in bytes.
    gap: u32,
    /// Length in bytes.
    bytes: u32,
    folded: WordId,
    /// `None` if the stem equals the folded word.
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

/// A text as folded words and their stems.
#[derive(Debug, Clone, Default)]
pub struct AnalysedText {
    words: Vec<Word>,
    /// Stem of each word.
    stems: Vec<Rc<str>>,
}

impl AnalysedText {
    /// Returns the words: byte range, folded form and stem.
    pub fn words(&self) -> impl Iterator<Item = (&Range<usize>, &str, &str)> {
        let words = self.words.iter().zip(&self.stems);
        words.map(|(word, stem)| (&word.range, word.folded.as_str(), &**stem))
    }

    /// Returns the folded words.
    pub fn folded(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.folded.as_str())
    }

    /// Returns the stem of each word.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        self.stems.iter().map(|stem| &**stem)
    }
}

/// An analyser of the texts of one language, with a cache of stems.
pub struct TextAnalyzer {
    stemmer: WordStemmer,
    /// Stems of earlier words.
    stem_cache: FxHashMap<String, Rc<str>>,
}

/// Maximum number of cached stems. That many words cover most of any text.
const MAX_CACHED_STEMS: usize = 50_000;

impl TextAnalyzer {
    /// Returns an analyser with an empty cache.
    pub fn new(language: &Language) -> TextAnalyzer {
        TextAnalyzer { stemmer: WordStemmer::new(language), stem_cache: FxHashMap::default() }
    }

    /// Splits a text into words and stems them.
    pub fn analyse(&mut self, text: &str) -> AnalysedText {
        let words = analyzer::words(text);
        AnalysedText { stems: words.iter().map(|word| self.stem(&word.folded)).collect(), words }
    }

    fn stem(&mut self, folded: &str) -> Rc<str> {
        if let Some(known) = self.stem_cache.get(folded) {
            return Rc::clone(known);
        }
        let stem: Rc<str> = self.stemmer.stem(folded).into();
        if self.stem_cache.len() < MAX_CACHED_STEMS {
            self.stem_cache.insert(folded.to_owned(), Rc::clone(&stem));
        }
        stem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn analysis_survives_a_round_trip_through_its_packed_form() {
        // The words of scripts without spaces overlap.
        for text in ["", "The tides were rising; the tide is high.", "潮汐很高"] {
            let text = TextAnalyzer::new(&Language::of_code("en")).analyse(text);
            let place = PlaceInArticle::default();
            let analysis = Analysis::of(&text, &text, &AnalysedText::default(), place);
            let bytes = postcard::to_stdvec(&analysis).unwrap();
            assert_eq!(postcard::from_bytes::<Analysis>(&bytes).unwrap(), analysis);
        }
    }
}

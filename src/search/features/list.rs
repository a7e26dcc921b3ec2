//! Names, descriptions and weights of the features. Pure.

use std::sync::LazyLock;

use crate::search::mode::Mode;
use crate::search::similarity::{self, SimilarityFeature};
use crate::search::weights;

/// Number of features: the lexical ones, then those of similarity.
pub const COUNT: usize = LEXICAL_COUNT + similarity::COUNT;
/// Number of lexical features.
pub const LEXICAL_COUNT: usize = 47;

/// Feature values of one sentence, or their weights, in the order of [`FEATURES`].
pub type Features = [f32; COUNT];

/// Name and description of a feature. The name is the key in `words.toml` and `meaning.toml`.
#[derive(Clone, Copy)]
pub struct Feature {
    pub name: &'static str,
    pub description: &'static str,
}

const fn feature(name: &'static str, description: &'static str) -> Feature {
    Feature { name, description }
}

/// All features.
pub const FEATURES: [Feature; COUNT] = {
    let mut all = [feature("", ""); COUNT];
    let mut at = 0;
    while at < COUNT {
        all[at] = match at.checked_sub(LEXICAL_COUNT) {
            None => LEXICAL[at],
            Some(at) => feature(similarity::FEATURES[at].0, similarity::FEATURES[at].1),
        };
        at += 1;
    }
    all
};

/// Features of the words: 31 of the sentence, then 16 of its passage.
const LEXICAL: [Feature; LEXICAL_COUNT] = [
    feature("sentence", "weight of the terms in the sentence"),
    feature("sentence_bm25", "BM25 of the sentence"),
    feature("sentence_exact", "weight of the terms written as in the question"),
    feature("focus", "weight of the question focus: the term after what or which"),
    feature("subject", "weight of the terms in the first words"),
    feature("with_before", "weight of the terms in the sentence or the one before"),
    feature("with_after", "weight of the terms in the sentence or the one after"),
    feature("inherits", "weight of the terms in the sentence before, if a pronoun refers to it"),
    feature("best", "BM25, relative to the best sentence of the passage"),
    feature("order", "weight of the terms that keep the question's order"),
    feature("tight", "weight of pairs of terms, divided by their distance"),
    feature("wide_pairs", "share of the question's bigrams, function words included"),
    feature("minor", "share of the question's minor words"),
    feature("length", "number of words, logarithmic"),
    feature("new", "number of words that the question lacks, logarithmic"),
    feature("position", "position in the passage, logarithmic"),
    feature("time", "1 for a time, if a time is asked for"),
    feature("person", "1 for a name, if a person is asked for"),
    feature("amount", "1 for a number, if an amount is asked for"),
    feature("cause", "1 for a causal word, if a cause is asked for"),
    feature("wanted", "number of words of the expected answer type, logarithmic"),
    feature("near", "weight of the terms near such a word"),
    feature("spelled_out", "1 for a name next to its long form, if a meaning is asked for"),
    feature("defines", "1 for a name with an apposition, if a definition is asked for"),
    feature("phrase", "1 for a quoted phrase of the question"),
    feature("names", "weight of the names in the sentence"),
    feature("definition", "how clearly it begins as a definition, if one is asked for"),
    feature("code", "1 for a line of code"),
    feature("under", "weight of the terms that the headings have and the sentence lacks"),
    feature("asks", "1 for a question, which answers nothing"),
    feature("agent", "1 for what is asked to have done something, in the first words"),
    feature("passage", "weight of the terms in the passage"),
    feature("passage_bm25", "BM25 of the passage"),
    feature("passage_exact", "weight of the terms in the passage written as in the question"),
    feature("passage_names", "weight of the names in the passage"),
    feature("passage_best", "BM25 of the best sentence of the passage"),
    feature("passage_pairs", "weight of terms adjacent in the question and in the passage"),
    feature("passage_length", "number of words of the passage, logarithmic"),
    feature("heading", "weight of the terms in the headings of the passage"),
    feature("headed", "1 under headings, or a title alone, with every term of the question"),
    feature("title", "weight of the terms in the title of the article"),
    feature("article", "weight of the terms in the title and the candidates of the article"),
    feature("heading_exact", "how far the innermost heading is what the question names"),
    feature("title_exact", "how far the title or the file name is what the question names"),
    feature("title_same", "1 / position in an article whose title has the words of the question"),
    feature("opening", "title_exact, divided by the position of the passage in the article"),
    feature("boilerplate", "1 for links, credits and sign-up lines, which answer nothing"),
];

/// Weights of the features, for each mode.
static WEIGHTS: LazyLock<[Features; 2]> = LazyLock::new(|| {
    let read = |text| weights::of(text, &FEATURES.map(|feature| feature.name));
    [read(include_str!("../words.toml")), read(include_str!("../meaning.toml"))]
});

/// Returns the weights of the features in a mode.
pub fn weights(mode: Mode) -> &'static Features {
    &WEIGHTS[mode as usize]
}

/// Computes the score of a sentence, comparable within one question.
pub fn score(weights: &Features, features: &Features) -> f32 {
    features.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// Returns the value of a similarity feature of a sentence; 0 in lexical mode.
pub fn similarity(features: &Features, feature: SimilarityFeature) -> f32 {
    features[LEXICAL_COUNT + feature as usize]
}

/// Returns the maximum of each similarity feature over some sentences; 0 in lexical mode.
pub fn max_similarities<'a>(
    sentences: impl Iterator<Item = &'a Features>,
) -> [f32; similarity::COUNT] {
    let similarities = sentences.map(|features| -> [f32; similarity::COUNT] {
        std::array::from_fn(|at| features[LEXICAL_COUNT + at])
    });
    let higher = |a: [f32; similarity::COUNT], b: [f32; similarity::COUNT]| {
        std::array::from_fn(|at| a[at].max(b[at]))
    };
    similarities.reduce(higher).unwrap_or_default()
}

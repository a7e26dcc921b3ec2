//! Similarity: cosines between the vector of a question and those of sentences and passages. Pure.
//!
//! Nearly all cosines of the model lie between 0.7 and 1. They are scaled so that a difference that
//! matters is about 1.

use super::query::Query;
use super::term_stats::TermStats;
use crate::embedding::{PassageVectors, QuantizedVectors};
use crate::index::analyzer;

/// Number of similarity features of a sentence.
pub const COUNT: usize = 6;
/// Name and description of each feature.
pub const FEATURES: [(&str, &str); COUNT] = [
    ("similarity", "similarity of the sentence and the question"),
    ("similarity_passage", "similarity of the passage and the question"),
    ("similarity_lead", "similarity, relative to the most similar sentence of all candidates"),
    ("similarity_passage_lead", "similarity_passage, relative to the most similar candidate"),
    ("similarity_near", "the higher similarity of the sentences before and after"),
    ("similarity_rank", "1 / rank of the passage among the candidates by similarity_passage"),
];

/// Position of a feature that also indicates whether the corpus answers the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimilarityFeature {
    Sentence = 0,
    Passage = 1,
}

/// The similarities of a question to a passage and to each of its sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Similarities {
    pub sentences: Vec<f32>,
    pub passage: f32,
}

/// Cosine of an unrelated text, about.
const UNRELATED: f32 = 0.8;
/// Similarity of a text whose cosine is 1 above [`UNRELATED`].
const SCALE: f32 = 10.0;

impl Similarities {
    /// Computes the similarities of a question to a passage.
    pub fn new(question: &QuantizedVectors, passage: &PassageVectors) -> Similarities {
        let of = |vectors| question.cosines(vectors).into_iter().map(scaled);
        Similarities {
            sentences: of(&passage.sentences).collect(),
            passage: of(&passage.passage).next().unwrap_or(scaled(0.0)),
        }
    }

    /// Returns the similarity of the sentence at a position. A passage that the model could not
    /// encode has no vectors of sentences.
    fn sentence(&self, at: usize) -> f32 {
        self.sentences.get(at).copied().unwrap_or(scaled(0.0))
    }

    /// Returns the higher similarity of the sentences before and after a position; that of the
    /// sentence itself if it is the only one.
    fn near(&self, at: usize) -> f32 {
        let before = at.checked_sub(1).and_then(|before| self.sentences.get(before));
        let neighbors = before.into_iter().chain(self.sentences.get(at + 1)).copied();
        neighbors.reduce(f32::max).unwrap_or(self.sentence(at))
    }
}

/// Computes the features of the first `sentence_count` sentences of each candidate. `candidates`
/// has the similarities of each candidate and its number of sentences.
pub fn features(candidates: &[(Similarities, usize)]) -> Vec<Vec<[f32; COUNT]>> {
    let all = || candidates.iter().map(|(similarities, _)| similarities);
    let best_sentence = all().flat_map(|of| &of.sentences).copied().fold(scaled(0.0), f32::max);
    let best_passage = all().map(|of| of.passage).fold(scaled(0.0), f32::max);
    let of_candidate = |(own, sentence_count): &(Similarities, usize)| {
        let rank = 1 + all().filter(|other| other.passage > own.passage).count();
        let of_sentence = |at: usize| {
            [
                own.sentence(at),
                own.passage,
                own.sentence(at) - best_sentence,
                own.passage - best_passage,
                own.near(at),
                1.0 / rank as f32,
            ]
        };
        (0..*sentence_count).map(of_sentence).collect()
    };
    candidates.iter().map(of_candidate).collect()
}

/// Returns the similarity for a cosine: 0 for an unrelated text and 1 for a clearly related one.
pub fn scaled(cosine: f32) -> f32 {
    (cosine - UNRELATED) * SCALE
}

/// Returns the question with mistyped words replaced by their corrections, trimmed.
pub fn corrected_text(query: &Query, terms: &[TermStats]) -> String {
    let mut corrected = String::with_capacity(query.text.len());
    let mut copied = 0;
    for word in analyzer::words(&query.text) {
        let mut pairs = query.terms.iter().zip(terms);
        let stats = pairs.find(|(term, _)| term.folded == word.folded);
        if let Some(correction) = stats.and_then(|(_, stats)| stats.corrected.as_deref()) {
            corrected.push_str(&query.text[copied..word.range.start]);
            corrected.push_str(correction);
            copied = word.range.end;
        }
    }
    corrected.push_str(&query.text[copied..]);
    corrected.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::language::Language;
    use crate::search::aliases::Aliases;
    use crate::search::query;

    /// Returns a question with statistics that give each term the weight 1.
    fn question(text: &str) -> (Query, Vec<TermStats>) {
        let query =
            query::analyse(text, None, &[Language::of_code("en")][..].into(), &Aliases::default());
        let stats = query.terms.iter().map(|term| TermStats {
            typed: term.typed.clone(),
            corrected: None,
            is_in_corpus: true,
            is_name: false,
            idf: 1.0,
            information_content: 1.0,
            turn_weight: 1.0,
        });
        let stats = stats.collect();
        (query, stats)
    }

    /// Returns a vector whose cosine with `[1.0, 0.0]` is `cosine`.
    fn vector(cosine: f32) -> [f32; 2] {
        [cosine, (1.0 - cosine * cosine).sqrt()]
    }

    #[test]
    fn similarity_features_have_their_values() {
        let question = QuantizedVectors::of(&[1.0, 0.0]);
        let candidate = |passage: f32, sentences: &[f32]| {
            let passage = QuantizedVectors::of(&vector(passage));
            let mut vectors = PassageVectors { passage, ..PassageVectors::default() };
            sentences.iter().for_each(|cosine| vectors.sentences.push(&vector(*cosine)));
            (Similarities::new(&question, &vectors), sentences.len())
        };
        let unencoded = (Similarities::new(&question, &PassageVectors::default()), 1);
        let candidates = [candidate(0.85, &[0.82, 0.9, 0.7]), candidate(0.88, &[0.8]), unencoded];
        let expected = [
            vec![
                [0.2, 0.5, -0.8, -0.3, 1.0, 0.5],
                [1.0, 0.5, 0.0, -0.3, 0.2, 0.5],
                [-1.0, 0.5, -2.0, -0.3, 1.0, 0.5],
            ],
            vec![[0.0, 0.8, -1.0, 0.0, 0.0, 1.0]],
            vec![[-8.0, -8.0, -9.0, -8.8, -8.0, 1.0 / 3.0]],
        ];
        let found = features(&candidates);
        for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
            for ((found, expected), (name, _)) in found.iter().zip(expected).zip(FEATURES) {
                // The vectors are quantized.
                assert!((found - expected).abs() < 0.05, "{name}: {found} for {expected}");
            }
        }
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1, 1]);
    }

    #[test]
    fn corrected_text_has_the_corrections() {
        let check = |text: &str, corrections: &[(&str, &str)], expected: &str| {
            let (query, mut stats) = question(text);
            for (typed, corrected) in corrections {
                let mistyped = stats.iter_mut().filter(|term| term.typed == *typed);
                mistyped.for_each(|term| term.corrected = Some((*corrected).to_owned()));
            }
            assert_eq!(corrected_text(&query, &stats), expected, "{text}");
        };
        check(" What causes tdies? ", &[("tdies", "tides")], "What causes tides?");
        check(
            "tdies, Tdies and mon",
            &[("tdies", "tides"), ("mon", "moon")],
            "tides, tides and moon",
        );
        check("What causes tides?", &[], "What causes tides?");
    }

    #[test]
    fn similarity_feature_positions_match_their_names() {
        let names = [
            (SimilarityFeature::Sentence, "similarity"),
            (SimilarityFeature::Passage, "similarity_passage"),
        ];
        for (feature, name) in names {
            assert_eq!(FEATURES[feature as usize].0, name);
        }
    }
}

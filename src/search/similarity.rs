//! Similarity: cosines between the vectors of a question and those of passages. Pure.
//!
//! Sentences and passages have vectors for the whole text, and one for each word. The coverage of a
//! question by a text is the average of the cosines between each token of the question and the
//! nearest word of the text ("late interaction", Khattab & Zaharia 2020): it tells sentences of a
//! passage apart, which are about the same. All values are scaled so that a difference that matters
//! is about 1.

use super::query::Query;
use super::term_stats::TermStats;
use crate::embedding::{PassageVectors, QuestionVectors};
use crate::index::analyzer;

/// Number of similarity features of a sentence.
pub const COUNT: usize = 8;
/// Name and description of each feature.
pub const FEATURES: [(&str, &str); COUNT] = [
    ("similarity", "similarity of the sentence and the question"),
    ("similarity_passage", "similarity of the passage and the question"),
    ("similarity_near", "the higher similarity of the sentences before and after"),
    ("similarity_rank", "1 / rank of the passage among the candidates by similarity_passage"),
    ("coverage", "coverage of the question by the tokens of the sentence"),
    ("coverage_passage", "coverage of the question by the tokens of the passage"),
    ("coverage_own_lead", "coverage, relative to the best sentence of the passage"),
    ("coverage_near", "coverage by the sentence with the ones before and after"),
];

/// Position of a feature that also indicates whether the corpus answers the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SimilarityFeature {
    Sentence = 0,
    Passage = 1,
    SentenceCoverage = 4,
    PassageCoverage = 5,
}

/// The similarities of a question to a passage and to each of its sentences.
#[derive(Debug, Clone, PartialEq)]
pub struct Similarities {
    sentences: Vec<f32>,
    passage: f32,
    coverage: Coverage,
}

/// Coverage of a question by the tokens of a passage.
#[derive(Debug, Clone, PartialEq)]
struct Coverage {
    /// Coverage by each sentence.
    sentences: Vec<f32>,
    /// Coverage by each sentence together with its neighbors.
    near: Vec<f32>,
    passage: f32,
    best_sentence: f32,
}

/// Cosine of an unrelated text, about: nearly all cosines of the model lie between 0.7 and 1.
const UNRELATED: f32 = 0.8;
/// Similarity of a text whose cosine is 1 above [`UNRELATED`].
const SCALE: f32 = 10.0;
/// Coverage by an unrelated text, about, before it is scaled.
const UNRELATED_COVERAGE: f32 = 0.4;
/// Scaled coverage by a text that covers a question by 1 more than an unrelated text.
const COVERAGE_SCALE: f32 = 10.0;
/// Cosine of the nearest token of a sentence without tokens.
const NO_TOKEN: f32 = 0.0;

impl Similarities {
    /// Computes the similarities of a question to a passage.
    pub fn new(question: &QuestionVectors, passage: &PassageVectors) -> Similarities {
        let of = |vectors| question.text.cosines(vectors).into_iter().map(scaled);
        Similarities {
            sentences: of(&passage.sentences).collect(),
            passage: of(&passage.passage).next().unwrap_or(scaled(0.0)),
            coverage: Coverage::new(question, passage),
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

impl Coverage {
    fn new(question: &QuestionVectors, passage: &PassageVectors) -> Coverage {
        let (asked, tokens) = (&question.tokens, &passage.tokens);
        let count = asked.weights.len();
        let cosines = asked.vectors.cosines(tokens.vectors());
        let token_count: usize = tokens.lengths().iter().sum();
        // For each sentence, the cosine of each token of the question with the nearest token.
        let mut start = 0;
        let nearest = tokens.lengths().iter().map(|length| {
            let own = start..start + length;
            start = own.end;
            let rows = (0..count).map(|row| &cosines[row * token_count..][own.clone()]);
            rows.map(|row| row.iter().copied().fold(NO_TOKEN, f32::max)).collect::<Vec<_>>()
        });
        let nearest: Vec<_> = nearest.collect();
        let covered = |sentences: &[Vec<f32>]| {
            let weighted = asked.weights.iter().enumerate().map(|(token, weight)| {
                let nearest = sentences.iter().map(|sentence| sentence[token]);
                weight * nearest.fold(NO_TOKEN, f32::max)
            });
            scaled_coverage(weighted.sum())
        };
        let near = |at: usize| &nearest[at.saturating_sub(1)..nearest.len().min(at + 2)];
        let sentences: Vec<_> = nearest.iter().map(std::slice::from_ref).map(covered).collect();
        Coverage {
            near: (0..nearest.len()).map(near).map(covered).collect(),
            passage: covered(&nearest),
            best_sentence: sentences.iter().copied().fold(scaled_coverage(NO_TOKEN), f32::max),
            sentences,
        }
    }
}

/// Computes the features of the first `sentence_count` sentences of each candidate. `candidates`
/// has the similarities of each candidate and its number of sentences.
pub fn features(candidates: &[(Similarities, usize)]) -> Vec<Vec<[f32; COUNT]>> {
    let all = || candidates.iter().map(|(similarities, _)| similarities);
    let least = scaled_coverage(NO_TOKEN);
    let of_candidate = |(own, sentence_count): &(Similarities, usize)| {
        let rank = 1 + all().filter(|other| other.passage > own.passage).count();
        let covering = &own.coverage;
        let of_sentence = |at: usize| {
            let of = |values: &[f32]| values.get(at).copied().unwrap_or(least);
            let coverage = of(&covering.sentences);
            [
                own.sentence(at),
                own.passage,
                own.near(at),
                1.0 / rank as f32,
                coverage,
                covering.passage,
                coverage - covering.best_sentence,
                of(&covering.near),
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

fn scaled_coverage(coverage: f32) -> f32 {
    (coverage - UNRELATED_COVERAGE) * COVERAGE_SCALE
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
    use crate::embedding::{QuantizedVectors, QuestionTokens, TOKEN_DIMENSIONS as DIMENSIONS};
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
            forms: Vec::new(),
        });
        let stats = stats.collect();
        (query, stats)
    }

    /// Returns a vector whose cosine with `[1.0, 0.0]` is `cosine`.
    fn vector(cosine: f32) -> [f32; 2] {
        [cosine, (1.0 - cosine * cosine).sqrt()]
    }

    /// Returns the vector of a token, orthogonal to those of other numbers.
    fn token(number: usize) -> [f32; DIMENSIONS] {
        std::array::from_fn(|at| if (at >> number) & 1 == 0 { 0.1436 } else { -0.1436 })
    }

    #[test]
    fn similarity_features_have_their_values() {
        let mut tokens = QuestionTokens { weights: vec![0.75, 0.25], ..QuestionTokens::default() };
        (0..2).for_each(|number| tokens.vectors.push(&token(number)));
        let question = QuestionVectors { text: QuantizedVectors::of(&[1.0, 0.0]), tokens };
        let candidate = |passage: f32, sentences: &[(f32, &[usize])]| {
            let passage = QuantizedVectors::of(&vector(passage));
            let mut vectors = PassageVectors { passage, ..PassageVectors::default() };
            for (cosine, tokens) in sentences {
                vectors.sentences.push(&vector(*cosine));
                let tokens: Vec<_> = tokens.iter().map(|number| token(*number)).collect();
                vectors.tokens.push(&tokens);
            }
            (Similarities::new(&question, &vectors), sentences.len())
        };
        let unencoded = (Similarities::new(&question, &PassageVectors::default()), 1);
        let candidates = [
            candidate(0.85, &[(0.82, &[0, 2]), (0.9, &[1, 2]), (0.7, &[])]),
            candidate(0.88, &[(0.8, &[2])]),
            unencoded,
        ];
        // The cosine of equal tokens is 0.5 after their quantization.
        let (both, first, second, none) = (0.98, -0.27, -2.75, -4.0);
        let (lead, lead_of_none) = (second - first, none - first);
        let expected = [
            vec![
                [0.2, 0.5, 1.0, 0.5, first, both, 0.0, both],
                [1.0, 0.5, 0.2, 0.5, second, both, lead, both],
                [-1.0, 0.5, 1.0, 0.5, none, both, lead_of_none, second],
            ],
            vec![[0.0, 0.8, 0.0, 1.0, none, none, 0.0, none]],
            vec![[-8.0, -8.0, -8.0, 0.333, none, none, 0.0, none]],
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
            (SimilarityFeature::SentenceCoverage, "coverage"),
            (SimilarityFeature::PassageCoverage, "coverage_passage"),
        ];
        for (feature, name) in names {
            assert_eq!(FEATURES[feature as usize].0, name);
        }
    }
}

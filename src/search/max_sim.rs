//! Late interaction: MaxSim between the token vectors of a question and of each sentence. Pure.
//!
//! MaxSim (Khattab & Zaharia 2020, ColBERT) takes, for each token of the question, the highest
//! cosine of any token of the text, then the average of these. Here the average is weighted: a
//! token counts as much as its word weighs.

use std::ops::Range;
use std::sync::Arc;

use super::matcher::REFERENCE_WEIGHT;
use super::query::Query;
use super::term_stats::TermStats;
use crate::embedding::{QuantizedVectors, TokenVectors};
use crate::index::analyzer;

/// Number of MaxSim features of a sentence.
pub const COUNT: usize = 11;
/// Name and description of each feature.
pub const FEATURES: [(&str, &str); COUNT] = [
    ("maxsim", "MaxSim of the question's tokens, weighted by term"),
    ("maxsim_sum", "maxsim, scaled up for a longer question"),
    ("maxsim_plain", "MaxSim with equal weights for all words"),
    ("maxsim_light", "MaxSim of the question's function words"),
    ("maxsim_before", "maxsim of the sentence together with the one before"),
    ("maxsim_after", "maxsim of the sentence together with the one after"),
    ("maxsim_best", "maxsim, relative to the best sentence of the passage"),
    ("maxsim_back", "MaxSim of the sentence's tokens against the question"),
    ("mean", "cosine of the mean vectors of the sentence and the question"),
    ("passage_maxsim", "maxsim of the passage"),
    ("passage_mean", "cosine of the mean vectors of the passage and the question"),
];

/// Position of a feature that also indicates whether the corpus answers the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxSimFeature {
    Plain = 2,
    Back = 7,
    Mean = 8,
    PassageMean = 10,
}

/// Weight of a word that is not a term.
const FUNCTION_WORD_WEIGHT: f32 = 0.1;

/// Token vectors of a question with the weight of each token.
pub struct QueryVectors {
    vectors: Arc<TokenVectors>,
    mean: QuantizedVectors,
    /// For each token, one divided by the number of tokens of its word; 0 outside of words.
    shares: Vec<f32>,
    /// Share of each token, multiplied by the weight of its word.
    weights: Vec<f32>,
    /// Share of each token of a function word; 0 for all others.
    function_word_shares: Vec<f32>,
}

/// For each token of the question, its highest cosine in a part of a passage.
struct MaxSims(Vec<f32>);

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

impl QueryVectors {
    /// Weights the token vectors of `text`, which [`corrected_text`] returned.
    pub fn new(
        vectors: Arc<TokenVectors>,
        text: &str,
        query: &Query,
        terms: &[TermStats],
    ) -> QueryVectors {
        let term_weight = |folded: &str| {
            let mut pairs = query.terms.iter().zip(terms);
            let found = pairs.find(|(term, stats)| {
                term.folded == folded || stats.corrected.as_deref() == Some(folded)
            });
            found.map(|(_, stats)| stats.term_weight())
        };
        let token_count = vectors.ranges().len();
        let mut question = QueryVectors {
            mean: vectors.vectors.mean(0..token_count),
            shares: vec![0.0; token_count],
            weights: vec![0.0; token_count],
            function_word_shares: vec![0.0; token_count],
            vectors: Arc::clone(&vectors),
        };
        for word in analyzer::words(text) {
            let tokens = vectors.tokens_in(&word.range);
            let share = 1.0 / tokens.len().max(1) as f32;
            let weight = term_weight(&word.folded);
            question.shares[tokens.clone()].fill(share);
            let weighted = share * weight.unwrap_or(FUNCTION_WORD_WEIGHT);
            question.weights[tokens.clone()].fill(weighted);
            let function_word_share = if weight.is_none() { share } else { 0.0 };
            question.function_word_shares[tokens].fill(function_word_share);
        }
        question
    }

    /// Computes the features of each sentence of a passage; `sentences` are byte ranges.
    pub fn features(
        &self,
        passage: &TokenVectors,
        sentences: &[Range<usize>],
    ) -> Vec<[f32; COUNT]> {
        let token_count = passage.ranges().len();
        let cosines = self.vectors.vectors.cosines(&passage.vectors);
        let spans: Vec<_> = sentences.iter().map(|bytes| passage.tokens_in(bytes)).collect();
        let max_sims = |span: &Range<usize>| MaxSims::new(&cosines, token_count, span);
        let of_sentences: Vec<_> = spans.iter().map(max_sims).collect();
        let maxsim = |max_sims: &MaxSims| max_sims.average(&self.weights);
        let best = of_sentences.iter().map(maxsim).fold(f32::MIN_POSITIVE, f32::max);
        let length_factor = (self.weights.iter().sum::<f32>() / REFERENCE_WEIGHT).sqrt();
        let of_passage = maxsim(&max_sims(&(0..token_count)));
        let mean_cosine = |span: &Range<usize>| {
            let mean = passage.vectors.mean(span.clone());
            self.mean.cosines(&mean).first().copied().unwrap_or_default()
        };
        let mean_of_passage = mean_cosine(&(0..token_count));
        let one = |(at, own): (usize, &MaxSims)| {
            let together_with = |other: Option<&MaxSims>| {
                other.map_or(maxsim(own), |other| maxsim(&own.union(other)))
            };
            let span = &spans[at];
            [
                maxsim(own),
                maxsim(own) * length_factor,
                own.average(&self.shares),
                own.average(&self.function_word_shares),
                together_with(at.checked_sub(1).map(|before| &of_sentences[before])),
                together_with(of_sentences.get(at + 1)),
                maxsim(own) / best,
                reverse_max_sim(&cosines, token_count, span),
                mean_cosine(span),
                of_passage,
                mean_of_passage,
            ]
        };
        of_sentences.iter().enumerate().map(one).collect()
    }
}

impl MaxSims {
    /// Takes the maxima over `span`, a range of the passage's tokens.
    ///
    /// `cosines` has a row of `token_count` values for each token of the question.
    fn new(cosines: &[f32], token_count: usize, span: &Range<usize>) -> MaxSims {
        let rows = cosines.chunks_exact(token_count.max(1));
        MaxSims(rows.map(|row| row[span.clone()].iter().copied().fold(0.0, f32::max)).collect())
    }

    fn union(&self, other: &MaxSims) -> MaxSims {
        MaxSims(self.0.iter().zip(&other.0).map(|(own, other)| own.max(*other)).collect())
    }

    fn average(&self, weights: &[f32]) -> f32 {
        let sum: f32 = self.0.iter().zip(weights).map(|(cosine, weight)| cosine * weight).sum();
        sum / weights.iter().sum::<f32>().max(f32::MIN_POSITIVE)
    }
}

/// Computes the unweighted MaxSim of a span of the passage against the question.
fn reverse_max_sim(cosines: &[f32], token_count: usize, span: &Range<usize>) -> f32 {
    let highest = |at: usize| {
        let column = cosines.chunks_exact(token_count.max(1)).map(|row| row[at]);
        column.fold(0.0, f32::max)
    };
    span.clone().map(highest).sum::<f32>() / span.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::language::Language;
    use crate::search::aliases::Aliases;
    use crate::search::query;

    /// Words with a vector of their own. All others have none, and a cosine of 0 with every word.
    const VOCABULARY: [&str; 6] = ["what", "causes", "tides", "rise", "the", "moon"];

    /// Returns the vectors of a text whose words are tokens, orthogonal for different words.
    fn word_vectors(text: &str) -> TokenVectors {
        let words = analyzer::words(text);
        let vector = |word: &analyzer::Word| {
            VOCABULARY.iter().map(|known| f32::from(*known == word.folded)).collect()
        };
        let vectors: Vec<Vec<f32>> = words.iter().map(vector).collect();
        TokenVectors::new(words.into_iter().map(|word| word.range).collect(), &vectors)
    }

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

    #[test]
    fn max_sim_features_have_their_values() {
        const QUESTION: &str = "What causes tides?";
        const TEXT: &str = "Tides rise. The Moon causes tides.";
        let (query, stats) = question(QUESTION);
        let vectors = QueryVectors::new(word_vectors(QUESTION).into(), QUESTION, &query, &stats);
        let features = vectors.features(&word_vectors(TEXT), &[0..11, 12..34]);
        let check = |name: &str, expected: [f32; 2]| {
            let position = FEATURES.iter().position(|(known, _)| *known == name);
            let position = position.expect("the feature exists");
            for (features, expected) in features.iter().zip(expected) {
                // The vectors are quantized.
                let value = features[position];
                assert!((value - expected).abs() < 0.01, "{name}: {value} for {expected}");
            }
        };
        // "what" weighs 0.1, "causes" and "tides" weigh 1.
        check("maxsim", [1.0 / 2.1, 2.0 / 2.1]);
        check("maxsim_sum", [1.0 / 2.1 * 0.8367, 2.0 / 2.1 * 0.8367]);
        check("maxsim_plain", [1.0 / 3.0, 2.0 / 3.0]);
        check("maxsim_light", [0.0, 0.0]);
        check("maxsim_before", [1.0 / 2.1, 2.0 / 2.1]);
        check("maxsim_after", [2.0 / 2.1, 2.0 / 2.1]);
        check("maxsim_best", [0.5, 1.0]);
        check("maxsim_back", [1.0 / 2.0, 2.0 / 4.0]);
        check("mean", [1.0 / 6.0_f32.sqrt(), 2.0 / 12.0_f32.sqrt()]);
        check("passage_maxsim", [2.0 / 2.1, 2.0 / 2.1]);
        check("passage_mean", [3.0 / 24.0_f32.sqrt(), 3.0 / 24.0_f32.sqrt()]);
    }

    #[test]
    fn max_sim_text_has_the_corrections() {
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
    fn max_sim_feature_positions_match_their_names() {
        let names = [
            MaxSimFeature::Plain,
            MaxSimFeature::Back,
            MaxSimFeature::Mean,
            MaxSimFeature::PassageMean,
        ]
        .map(|feature| FEATURES[feature as usize].0);
        assert_eq!(names, ["maxsim_plain", "maxsim_back", "mean", "passage_mean"]);
    }
}

//! Scores of sentences: linear in their features, and corrected by the reranker in semantic mode.
//! Pure.

use std::sync::LazyLock;

use super::features::{self, Features};
use super::mode::Mode;
use super::reranker::Reranker;

/// The weights of the features, and the network that corrects the scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorer {
    /// Weights of the features.
    pub weights: Features,
    /// Corrects the linear scores; `None` in lexical mode.
    pub reranker: Option<Reranker>,
}

/// The scorers that the program contains, for each mode.
static SHIPPED: LazyLock<[Scorer; 2]> = LazyLock::new(|| {
    [(Mode::Lexical, None), (Mode::Semantic, Some(Reranker::shipped()))]
        .map(|(mode, reranker)| Scorer { weights: *features::weights(mode), reranker })
});

impl Scorer {
    /// Returns the scorer that the program contains for a mode.
    pub fn shipped(mode: Mode) -> &'static Scorer {
        &SHIPPED[mode as usize]
    }

    /// Returns the score of each sentence of all candidates of a question, from their features.
    pub fn scores(&self, candidates: &[&[Features]]) -> Vec<Vec<f32>> {
        let linear = self.linear_scores(candidates);
        match &self.reranker {
            Some(reranker) => reranker.scores(candidates, &linear),
            None => linear,
        }
    }

    /// Returns the linear score of each sentence of all candidates.
    pub fn linear_scores(&self, candidates: &[&[Features]]) -> Vec<Vec<f32>> {
        let score = |features: &Features| features::score(&self.weights, features);
        candidates.iter().map(|features| features.iter().map(score).collect()).collect()
    }
}

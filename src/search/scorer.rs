//! Scores of sentences: linear in their features, corrected by the reranker and by the reader in
//! semantic mode. Pure.

use std::sync::LazyLock;

use super::features::{self, Features};
use super::mode::Mode;
use super::reading;
use super::reranker::Reranker;
use super::weights;

/// The weights of the features, and the networks that correct the scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorer {
    /// Weights of the features.
    pub weights: Features,
    /// Corrects the linear scores; `None` in lexical mode.
    pub reranker: Option<Reranker>,
    /// Weights of the scores of the reader.
    pub reading: ReadingWeights,
}

/// Weights of the scores of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ReadingWeights {
    pub native: f32,
    /// For questions in another language than the articles.
    pub foreign: f32,
}

/// Names of the weights of the reader in the file of the weights.
pub const READING_NAMES: [&str; 2] = ["reading", "reading_foreign"];

/// The scorers that the program contains, for each mode.
static SHIPPED: LazyLock<[Scorer; 2]> = LazyLock::new(|| {
    [(Mode::Lexical, None), (Mode::Semantic, Some(Reranker::shipped()))].map(|(mode, reranker)| {
        Scorer {
            weights: *features::weights(mode),
            reranker,
            reading: match mode {
                Mode::Lexical => ReadingWeights::default(),
                Mode::Semantic => ReadingWeights::shipped(),
            },
        }
    })
});

impl ReadingWeights {
    fn shipped() -> ReadingWeights {
        let [native, foreign] = weights::of(include_str!("meaning.toml"), &READING_NAMES);
        ReadingWeights { native, foreign }
    }

    /// Returns the weight for a question in a language of the articles, or in another one.
    pub fn of(self, is_foreign: bool) -> f32 {
        if is_foreign { self.foreign } else { self.native }
    }
}

impl Scorer {
    /// Returns the scorer that the program contains for a mode.
    pub fn shipped(mode: Mode) -> &'static Scorer {
        &SHIPPED[mode as usize]
    }

    /// Returns the score of each sentence of all candidates of a question, from their features. The
    /// reader may correct it.
    pub fn scores(&self, candidates: &[&[Features]]) -> Vec<Vec<f32>> {
        let linear = self.linear_scores(candidates);
        match &self.reranker {
            Some(reranker) => reranker.scores(candidates, &linear),
            None => linear,
        }
    }

    /// Adds what the reader says to the scores of the sentences of all candidates. `read` has its
    /// scores.
    pub fn add_reading(&self, scores: &mut [Vec<f32>], read: &[&[Option<f32>]], is_foreign: bool) {
        let weight = self.reading.of(is_foreign);
        for (scores, additions) in scores.iter_mut().zip(reading::additions(read)) {
            scores.iter_mut().zip(additions).for_each(|(score, own)| *score += weight * own);
        }
    }

    /// Returns the linear score of each sentence of all candidates.
    pub fn linear_scores(&self, candidates: &[&[Features]]) -> Vec<Vec<f32>> {
        let score = |features: &Features| features::score(&self.weights, features);
        candidates.iter().map(|features| features.iter().map(score).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_counts_by_the_weight_of_the_language() {
        let reading = ReadingWeights { native: 0.5, foreign: 2.0 };
        let scorer = Scorer { reading, ..Scorer::shipped(Mode::Lexical).clone() };
        let read: [&[Option<f32>]; 2] = [&[Some(3.0), None], &[Some(-1.0)]];
        let added = |is_foreign: bool| {
            let mut scores = vec![vec![1.0, 0.0], vec![2.0]];
            scorer.add_reading(&mut scores, &read, is_foreign);
            scores
        };
        assert_eq!(added(false), [vec![2.5, -0.5], vec![1.5]]);
        assert_eq!(added(true), [vec![7.0, -2.0], vec![0.0]]);
    }
}

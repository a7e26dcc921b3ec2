//! The sentence model as the training of the reader sees it.

use super::EmbeddingIndex;
pub use super::e5::{
    ADAPTED_LAYERS, Adapter, HEADS, HIDDEN, LAYER_NORM_EPSILON, LayerWeights, LowRank, RANK, gelu,
};

/// Returns the tokens of a question and of a sentence that stands directly below the title.
pub fn pair(embeddings: &EmbeddingIndex, question: &str, title: &str, sentence: &str) -> Vec<u32> {
    embeddings.shared.model.pair(question, &format!("{title}. "), sentence)
}

/// Returns the input of the first layer for several pairs: [`HIDDEN`] numbers for each token.
pub fn input(embeddings: &EmbeddingIndex, pairs: &[Vec<u32>]) -> Vec<f32> {
    let pairs: Vec<_> = pairs.iter().map(Vec::as_slice).collect();
    embeddings.shared.model.model().input(&pairs)
}

/// Returns the weights of the layers that the reader has.
pub fn layer_weights(embeddings: &EmbeddingIndex) -> Vec<LayerWeights> {
    embeddings.shared.model.model().layer_weights(ADAPTED_LAYERS)
}

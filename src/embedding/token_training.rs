//! The model's vectors of questions and passages, for the training of the maps of token vectors.

use super::EmbeddingIndex;
pub use super::e5::{Encoded, HIDDEN};
use super::input::EncoderInput;
pub use super::token_projection::{TokenProjection, dot, softplus};
pub use super::token_vectors::{DIMENSIONS, quantized};

/// The vector of a token, as it is compared.
pub type Vector = [f32; DIMENSIONS];

/// Returns the model's vectors of a question, or `None` if it has none.
pub fn read_question(embeddings: &EmbeddingIndex, question: &str) -> Option<Encoded> {
    embeddings.shared.model.read_question(question)
}

/// Returns the model's vectors of the sentences of a passage that stands directly below the title.
pub fn read_passage(embeddings: &EmbeddingIndex, title: &str, sentences: &[&str]) -> Vec<Encoded> {
    let sentences = sentences.iter().map(|sentence| (*sentence).to_owned()).collect();
    let input = EncoderInput { context: format!("{title}. "), sentences };
    embeddings.shared.model.read_passage(&input)
}

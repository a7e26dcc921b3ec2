//! The texts that are encoded for a passage: each sentence with the title and the innermost heading
//! before it. Pure.
//!
//! A sentence that is encoded alone tells its neighbors apart better than the mean of its tokens in
//! the encoded passage, and the title says what "it" is.

use crate::corpus::article::{Outline, Passage};

/// The first bytes of the BLAKE3 hash of an encoder's input.
pub type ContentKey = [u8; 16];

/// A passage as the model reads it.
pub struct EncoderInput {
    /// See [`context`].
    pub context: String,
    pub sentences: Vec<String>,
}

impl EncoderInput {
    /// Takes the sentences of a passage with their context.
    pub fn of(article: &Outline, passage: &Passage) -> EncoderInput {
        let context = context(article, passage);
        let sentences = passage.sentences.iter();
        let sentences = sentences.map(|bytes| passage.text[bytes.clone()].to_owned()).collect();
        EncoderInput { context, sentences }
    }

    /// Returns a hash of the input. Equal inputs have equal vectors.
    pub fn key(&self) -> ContentKey {
        let mut hasher = blake3::Hasher::new();
        for text in std::iter::once(&self.context).chain(&self.sentences) {
            hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
        }
        let mut key = ContentKey::default();
        hasher.finalize_xof().fill(&mut key);
        key
    }
}

/// Returns the title and the innermost heading above a passage, each with a full stop and a space
/// after it.
pub fn context(article: &Outline, passage: &Passage) -> String {
    let heading = article.headings_of(passage.section).pop();
    let mut context = String::new();
    for above in [article.title.as_str()].into_iter().chain(heading) {
        context.push_str(above);
        context.push_str(". ");
    }
    context
}

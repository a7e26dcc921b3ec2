//! The text that is encoded for a passage: the title and the headings, then the passage. Pure.

use super::vector_file::ContentKey;
use crate::corpus::article::{Outline, Passage};

/// A passage with its context, as the model reads it.
pub struct EncoderInput {
    pub text: String,
    /// Start of the passage in `text`, in bytes.
    pub start: usize,
}

impl EncoderInput {
    /// Joins the title of the article, the headings above the passage and the passage.
    pub fn of(article: &Outline, passage: &Passage) -> EncoderInput {
        let mut text = String::with_capacity(passage.text.len() + article.title.len());
        let headings = article.headings_of(passage.section);
        for context in [article.title.as_str()].into_iter().chain(headings) {
            text.push_str(context);
            text.push_str(". ");
        }
        let start = text.len();
        text.push_str(&passage.text);
        EncoderInput { text, start }
    }

    /// Returns a hash of the input. Equal inputs have equal vectors.
    pub fn key(&self) -> ContentKey {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(self.start as u64).to_le_bytes()).update(self.text.as_bytes());
        let mut key = ContentKey::default();
        hasher.finalize_xof().fill(&mut key);
        key
    }
}

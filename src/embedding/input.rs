//! What a passage is read as: behind its article's title and the headings that lead to it. Pure.

use super::vector_file::ContentKey;
use crate::corpus::article::{Outline, Passage};

/// A passage in its context.
pub struct EncoderInput {
    pub text: String,
    /// Where the passage itself begins, in bytes.
    pub start: usize,
}

impl EncoderInput {
    /// The passage behind what stands over it.
    pub fn of(article: &Outline, passage: &Passage) -> EncoderInput {
        let mut text = String::with_capacity(passage.text.len() + article.title.len());
        for before in
            [article.title.as_str()].into_iter().chain(article.headings_of(passage.section))
        {
            text.push_str(before);
            text.push_str(". ");
        }
        let start = text.len();
        text.push_str(&passage.text);
        EncoderInput { text, start }
    }

    /// The same for what gives the same vectors.
    pub fn key(&self) -> ContentKey {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(self.start as u64).to_le_bytes()).update(self.text.as_bytes());
        let mut key = ContentKey::default();
        hasher.finalize_xof().fill(&mut key);
        key
    }
}

//! The text that is encoded for a passage: the title and the headings, then the passage. Pure.

use std::ops::Range;

use super::vector_file::ContentKey;
use crate::corpus::article::{Outline, Passage};

/// A passage with its context, as the model reads it.
pub struct EncoderInput {
    pub text: String,
    /// Byte range of each sentence of the passage in `text`.
    pub sentences: Vec<Range<usize>>,
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
        let sentences = passage.sentences.iter();
        let sentences = sentences.map(|bytes| start + bytes.start..start + bytes.end).collect();
        EncoderInput { text, sentences }
    }

    /// Returns a hash of the input. Equal inputs have equal vectors.
    pub fn key(&self) -> ContentKey {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(self.sentences.len() as u64).to_le_bytes());
        for bytes in &self.sentences {
            hasher.update(&(bytes.start as u64).to_le_bytes());
            hasher.update(&(bytes.end as u64).to_le_bytes());
        }
        hasher.update(self.text.as_bytes());
        let mut key = ContentKey::default();
        hasher.finalize_xof().fill(&mut key);
        key
    }
}

//! Statistics of the question's terms: document frequency, information content, correction. Pure.

use super::term::Form;

/// Statistics of a content word of the question in the corpus and in its language.
#[derive(Debug, Clone, PartialEq)]
pub struct TermStats {
    /// The word as the reader typed it.
    pub typed: String,
    /// Word that replaced a mistyped one in the query.
    pub corrected: Option<String>,
    /// Whether the corpus has the word in any form.
    pub is_in_corpus: bool,
    /// Whether the word is written like a name or a number.
    pub is_name: bool,
    /// Inverse document frequency, divided by that of a word that no passage has.
    pub idf: f32,
    /// Information content of the word in its language, from 0.1 to 1.
    pub information_content: f32,
    /// 1 for a word of the question itself, less for one that an earlier question contributes.
    pub turn_weight: f32,
    /// Forms that match the term in the corpus.
    pub forms: Vec<Form>,
}

impl TermStats {
    /// Returns how much the term says about what is asked, from 0 to 1.
    ///
    /// A term weighs the more, the rarer it is both in the corpus and in its language.
    pub fn term_weight(&self) -> f32 {
        self.idf * self.information_content * self.turn_weight
    }
}

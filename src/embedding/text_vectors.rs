//! The vectors of a question and of a passage.

use super::packed_sentences;
use super::passage_code::PassageCode;
use super::quantized::QuantizedVectors;
use super::token_projection::QuestionTokens;
use super::token_vectors::TokenVectors;

/// The vectors of a passage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PassageVectors {
    /// The mean of the vectors of the sentences; none if the model could not encode the passage.
    pub passage: QuantizedVectors,
    /// The vector of each sentence; a zero vector for a sentence without a token.
    pub sentences: QuantizedVectors,
    /// The vectors of the words of each sentence, for late interaction.
    pub tokens: TokenVectors,
}

/// The vectors of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionVectors {
    /// The mean of the tokens: one vector.
    pub text: QuantizedVectors,
    pub tokens: QuestionTokens,
}

impl PassageVectors {
    /// Returns the vectors as they are after they were stored, with other errors of rounding.
    pub(super) fn into_stored(self, code: &PassageCode) -> Option<PassageVectors> {
        let passage = code.unpack(&code.pack(&self.passage))?;
        let packed = packed_sentences::pack(&passage, &self.sentences);
        let sentences = packed_sentences::unpack(&passage, &packed)?;
        Some(PassageVectors { passage, sentences, ..self })
    }
}

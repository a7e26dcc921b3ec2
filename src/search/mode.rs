//! Lexical and semantic ranking.

/// A way to rank sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Ranks by the words that a sentence shares with the question.
    Lexical,
    /// Ranks by shared words and by the similarity of their meaning.
    Semantic,
}

impl Mode {
    /// Returns the name of the mode in tables and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Lexical => "words",
            Mode::Semantic => "meaning",
        }
    }

    /// Returns the file name of the mode's weights.
    pub fn file(self) -> &'static str {
        match self {
            Mode::Lexical => "words.toml",
            Mode::Semantic => "meaning.toml",
        }
    }
}

//! The tokenizer of XLM-RoBERTa: splits a text into pieces of the vocabulary by a unigram language
//! model (Kudo 2018, "Subword Regularization"), as SentencePiece does.
//!
//! A word is a mark `▁` with the characters up to the next space. The Viterbi algorithm finds the
//! most probable split of each word. The time is linear in the length of the text, since a piece
//! has at most 48 bytes.

use super::format::WeightFile;
use super::normalizer::normalized;
use super::piece_index::PieceIndex;

/// A tokenizer with the vocabulary of a weight file.
pub struct Tokenizer {
    index: PieceIndex,
    /// Log probability of a character that is not in the vocabulary.
    unknown_score: f64,
}

/// Mark at the start of each word.
pub const WORD_START: char = '▁';
/// Difference between the log probabilities of the rarest piece and of an unknown character, as in
/// SentencePiece.
const UNKNOWN_PENALTY: f64 = 10.0;

impl Tokenizer {
    /// Builds the index of the vocabulary.
    pub fn new(file: &WeightFile) -> Tokenizer {
        let scores = (0..file.piece_count()).map(|id| f64::from(file.score(id)));
        let lowest = scores.fold(f64::INFINITY, f64::min);
        Tokenizer { index: PieceIndex::new(file), unknown_score: lowest - UNKNOWN_PENALTY }
    }

    /// Returns the ids of the first `max_tokens` pieces of a text, without start and end token.
    /// Text in the form of a special token, such as `</s>`, is split like other text. `file` must
    /// be the file of [`Tokenizer::new`].
    pub fn ids(&self, file: &WeightFile, text: &str, max_tokens: usize) -> Vec<u32> {
        let mut ids = Vec::new();
        let mut word = String::new();
        for character in normalized(file, text) {
            let is_space = character == ' ';
            if is_space {
                self.split(file, &mut word, &mut ids);
                if ids.len() >= max_tokens {
                    break;
                }
            }
            if word.is_empty() {
                word.push(WORD_START);
            }
            word.extend((!is_space).then_some(character));
        }
        self.split(file, &mut word, &mut ids);
        ids.truncate(max_tokens);
        ids
    }

    /// Appends the pieces of the most probable split of a word, and clears the word.
    fn split(&self, file: &WeightFile, word: &mut String, ids: &mut Vec<u32>) {
        let unknown = file.special.unknown;
        let paths = self.best_paths(file, word);
        let first = ids.len();
        let mut end = word.len();
        while end > 0 {
            let path = &paths[end];
            // Neighboring unknown characters are one token.
            if path.piece != unknown || ids[first..].last() != Some(&unknown) {
                ids.push(path.piece);
            }
            end = path.start;
        }
        ids[first..].reverse();
        word.clear();
    }

    /// Returns the most probable path to each byte position of a word. The paths to positions
    /// inside a character are not valid.
    fn best_paths(&self, file: &WeightFile, word: &str) -> Vec<Path> {
        let mut paths = vec![Path { score: f64::NEG_INFINITY, start: 0, piece: 0 }; word.len() + 1];
        paths[0].score = 0.0;
        for (start, character) in word.char_indices() {
            let before = paths[start].score;
            let mut extend = |end: usize, piece: u32, score: f64| {
                if before + score > paths[end].score {
                    paths[end] = Path { score: before + score, start, piece };
                }
            };
            let mut is_known = false;
            self.index.for_each_prefix(file, &word.as_bytes()[start..], |length, piece| {
                is_known |= length == character.len_utf8();
                extend(start + length, piece, f64::from(file.score(piece as usize)));
            });
            if !is_known {
                let end = start + character.len_utf8();
                extend(end, file.special.unknown, self.unknown_score);
            }
        }
        paths
    }
}

/// The most probable split of the first bytes of a word.
#[derive(Clone)]
struct Path {
    /// Sum of the log probabilities of the pieces.
    score: f64,
    /// Start of the last piece, in bytes.
    start: usize,
    /// Id of the last piece.
    piece: u32,
}

#[cfg(test)]
#[path = "tests/tokenizer.rs"]
mod tests;

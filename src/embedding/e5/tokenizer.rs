//! The tokenizer of XLM-RoBERTa: splits a text into pieces of the vocabulary by a unigram language
//! model (Kudo 2018, "Subword Regularization"), as SentencePiece does.
//!
//! A word is a mark `▁` with the characters up to the next space. The Viterbi algorithm finds the
//! most probable split of each word. The time is linear in the length of the text, since a piece
//! has at most 48 bytes.

use std::ops::Range;

use super::format::WeightFile;
use super::normalizer::{NormalizedChar, normalized};
use super::piece_index::PieceIndex;

/// A tokenizer with the vocabulary of a weight file.
pub struct Tokenizer {
    index: PieceIndex,
    /// Log probability of a character that is not in the vocabulary.
    unknown_score: f64,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: u32,
    /// Byte range in the text, without leading spaces. Pieces that stand for a single character of
    /// the text have equal ranges. The range of a mark alone is that of the space, or empty at the
    /// start of the text.
    pub range: Range<usize>,
}

/// Mark at the start of each word.
const WORD_START: char = '▁';
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

    /// Returns the first `max_tokens` tokens of a text, without start and end token. Text in the
    /// form of a special token, such as `</s>`, is split like other text. `file` must be the file
    /// of [`Tokenizer::new`].
    pub fn tokens(&self, file: &WeightFile, text: &str, max_tokens: usize) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut word = Word::default();
        for normalized in normalized(file, text) {
            if normalized.character == ' ' {
                self.split(file, &mut word, &mut tokens);
                if tokens.len() >= max_tokens {
                    break;
                }
                word.push(NormalizedChar { character: WORD_START, ..normalized });
            } else {
                if word.text.is_empty() {
                    let start = normalized.source.start;
                    let source = start..start;
                    word.push(NormalizedChar { character: WORD_START, source });
                }
                word.push(normalized);
            }
        }
        self.split(file, &mut word, &mut tokens);
        tokens.truncate(max_tokens);
        tokens
    }

    /// Appends the tokens of a word, and clears the word.
    fn split(&self, file: &WeightFile, word: &mut Word, tokens: &mut Vec<Token>) {
        let mut next = 0;
        for (id, end) in self.best_split(file, &word.text) {
            let rest = &word.sources[next..];
            let count = rest.iter().take_while(|(start, _)| *start < end).count();
            // The mark of the word is not a part of the text.
            let skipped = usize::from(next == 0 && count > 1);
            let covered = &rest[skipped..count];
            // A token has at least one character.
            if let (Some((_, first)), Some((_, last))) = (covered.first(), covered.last()) {
                tokens.push(Token { id, range: first.start..last.end });
            }
            next += count;
        }
        word.text.clear();
        word.sources.clear();
    }

    /// Returns the pieces of the most probable split of a word, each with its end in bytes.
    fn best_split(&self, file: &WeightFile, word: &str) -> Vec<(u32, usize)> {
        let unknown = file.special.unknown;
        let paths = self.best_paths(file, word);
        let mut pieces: Vec<(u32, usize)> = Vec::new();
        let mut end = word.len();
        while end > 0 {
            let path = &paths[end];
            // Neighboring unknown characters are one token.
            if path.piece != unknown || pieces.last().is_none_or(|(piece, _)| *piece != unknown) {
                pieces.push((path.piece, end));
            }
            end = path.start;
        }
        pieces.reverse();
        pieces
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

/// A word of the normalized text.
#[derive(Default)]
struct Word {
    text: String,
    /// For each character, its start in `text` and its byte range in the original text.
    sources: Vec<(usize, Range<usize>)>,
}

impl Word {
    fn push(&mut self, normalized: NormalizedChar) {
        self.sources.push((self.text.len(), normalized.source));
        self.text.push(normalized.character);
    }
}

#[cfg(test)]
#[path = "tests/tokenizer.rs"]
mod tests;

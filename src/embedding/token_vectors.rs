//! Vectors of the tokens of passages, those of a word joined, with 2 bits per dimension. Pure.

use super::level_code::{LevelCode, TWO_BITS};
use super::quantized::QuantizedVectors;

/// The vectors of the tokens of each sentence of a passage.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TokenVectors {
    /// The vectors of all sentences, one after the other.
    vectors: QuantizedVectors,
    /// The number of tokens of each sentence.
    lengths: Vec<usize>,
}

/// Dimensions of the vector of a token.
pub const DIMENSIONS: usize = 48;

/// Bytes of a vector.
const BYTES: usize = LevelCode::<2>::bytes(DIMENSIONS);

impl TokenVectors {
    /// Appends a sentence with the vectors of its tokens, each of unit length.
    pub fn push(&mut self, vectors: &[[f32; DIMENSIONS]]) {
        let levels = vectors.iter().flat_map(|vector| TWO_BITS.levels(vector));
        self.extend(levels.collect(), vectors.len());
    }

    /// Returns the vectors of all sentences, one after the other.
    pub fn vectors(&self) -> &QuantizedVectors {
        &self.vectors
    }

    /// Returns the number of tokens of each sentence.
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// Returns the vectors as bytes: for each sentence the number of its tokens and their codes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut values = self.vectors.values();
        for length in &self.lengths {
            // A sentence has at most 512 tokens.
            bytes.extend((*length as u16).to_le_bytes());
            let (own, rest) = values.split_at(length * DIMENSIONS);
            bytes.extend(TWO_BITS.pack(own));
            values = rest;
        }
        bytes
    }

    /// Parses the bytes of [`TokenVectors::to_bytes`].
    pub fn from_bytes(mut bytes: &[u8]) -> Option<TokenVectors> {
        let mut vectors = TokenVectors::default();
        while !bytes.is_empty() {
            let (length, rest) = bytes.split_first_chunk::<2>()?;
            let length = usize::from(u16::from_le_bytes(*length));
            let (codes, rest) = rest.split_at_checked(length * BYTES)?;
            vectors.extend(TWO_BITS.unpack(codes).collect(), length);
            bytes = rest;
        }
        Some(vectors)
    }

    fn extend(&mut self, values: Vec<i8>, length: usize) {
        let scale = TWO_BITS.scale(DIMENSIONS);
        self.vectors.extend(&QuantizedVectors::from_parts(DIMENSIONS, values, scale));
        self.lengths.push(length);
    }
}

/// Returns a vector of unit length as it is after quantization.
#[cfg(any(test, feature = "train"))]
pub fn quantized(vector: &[f32; DIMENSIONS]) -> [f32; DIMENSIONS] {
    let mut levels = TWO_BITS.levels(vector);
    let scale = TWO_BITS.scale(DIMENSIONS);
    std::array::from_fn(|_| f32::from(levels.next().unwrap_or_default()) * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(seed: usize) -> [f32; DIMENSIONS] {
        let mut vector = std::array::from_fn(|at| ((seed * 31 + at * 17) % 23) as f32 - 11.0);
        let length = vector.iter().map(|value: &f32| value * value).sum::<f32>().sqrt();
        vector.iter_mut().for_each(|value| *value /= length);
        vector
    }

    fn vectors() -> TokenVectors {
        let mut vectors = TokenVectors::default();
        vectors.push(&[vector(1), vector(2), vector(3)]);
        vectors.push(&[]);
        vectors.push(&[vector(4)]);
        vectors
    }

    #[test]
    fn quantized_vectors_are_near_to_their_vectors() {
        let all: Vec<_> = (1..=4).map(vector).collect();
        for (at, row) in all.iter().enumerate() {
            let cosines = QuantizedVectors::of(row).cosines(vectors().vectors());
            for (other, (cosine, vector)) in cosines.iter().zip(&all).enumerate() {
                let exact: f32 = row.iter().zip(vector).map(|(a, b)| a * b).sum();
                assert!((cosine - exact).abs() < 0.15, "{at} {other}: {cosine} for {exact}");
                let quantized: f32 = row.iter().zip(quantized(vector)).map(|(a, b)| a * b).sum();
                assert!((cosine - quantized).abs() < 0.02, "{at} {other}");
            }
        }
    }

    #[test]
    fn from_bytes_restores_the_vectors_and_rejects_other_bytes() {
        let bytes = vectors().to_bytes();
        assert_eq!(bytes.len(), 3 * 2 + 4 * BYTES);
        assert_eq!(TokenVectors::from_bytes(&bytes), Some(vectors()));
        assert_eq!(TokenVectors::from_bytes(&[]), Some(TokenVectors::default()));
        let ends = [0, 2 + 3 * BYTES, 4 + 3 * BYTES, bytes.len()];
        for length in (0..bytes.len()).filter(|length| !ends.contains(length)) {
            assert_eq!(TokenVectors::from_bytes(&bytes[..length]), None, "{length} bytes");
        }
    }
}

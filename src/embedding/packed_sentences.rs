//! The stored form of the vectors of sentences: the difference to the vector of their passage, with
//! 3 bits per dimension. Pure.
//!
//! The sentences of a passage are near to it, so that the differences are small, and so are the
//! errors of rounding.

use super::level_code::{LevelCode, THREE_BITS};
use super::quantized::QuantizedVectors;

/// In place of the length of a difference: a sentence without a vector.
const NO_VECTOR: f32 = -1.0;
/// Maximum length of the difference of two vectors of unit length, and a rounding error.
const MAX_LENGTH: f32 = 2.1;

/// Returns the bytes of the vectors of sentences: for each one the length of the difference, which
/// is 0 if the sentence has the vector of the passage, and the codes of its direction. `passage`
/// has one vector, or none if there are no sentences.
pub fn pack(passage: &QuantizedVectors, sentences: &QuantizedVectors) -> Vec<u8> {
    let passage = passage.row(0);
    let mut bytes = Vec::new();
    for at in 0..sentences.len() {
        let sentence = sentences.row(at);
        let differences = sentence.iter().zip(&passage).map(|(own, passage)| own - passage);
        let differences: Vec<f32> = differences.collect();
        let length = differences.iter().map(|value| value * value).sum::<f32>().sqrt();
        let direction = differences.iter().map(|value| value / length.max(f32::MIN_POSITIVE));
        let levels: Vec<_> = THREE_BITS.levels(&direction.collect::<Vec<_>>()).collect();
        let has_vector = sentence.iter().any(|value| *value != 0.0);
        bytes.extend((if has_vector { length } else { NO_VECTOR }).to_le_bytes());
        bytes.extend(THREE_BITS.pack(&levels));
    }
    bytes
}

/// Parses the bytes of [`pack`]. Returns `None` if they are damaged.
pub fn unpack(passage: &QuantizedVectors, bytes: &[u8]) -> Option<QuantizedVectors> {
    let mut sentences = QuantizedVectors::default();
    if bytes.is_empty() {
        return Some(sentences);
    }
    let center = passage.row(0);
    let scale = THREE_BITS.scale(center.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (codes, after) = after.split_at_checked(LevelCode::<3>::bytes(center.len()))?;
        let length = f32::from_le_bytes(*length);
        if length == 0.0 {
            sentences.extend(passage);
        } else if length == NO_VECTOR {
            sentences.push(&vec![0.0; center.len()]);
        } else if (0.0..=MAX_LENGTH).contains(&length) {
            let levels = THREE_BITS.unpack(codes).map(f32::from);
            let values = levels.zip(&center).map(|(level, center)| center + level * scale * length);
            sentences.push(&values.collect::<Vec<_>>());
        } else {
            return None;
        }
        rest = after;
    }
    Some(sentences)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIMENSIONS: usize = 384;

    /// Returns a passage and sentences: near ones, its own vector and a sentence without a vector.
    fn vectors() -> (QuantizedVectors, QuantizedVectors) {
        let random = &mut fastrand::Rng::with_seed(5);
        let passage: Vec<_> = (0..DIMENSIONS).map(|_| random.f32() - 0.5).collect();
        let mut sentences = QuantizedVectors::default();
        for distance in [0.4, 1.0] {
            let near = passage.iter().map(|value| value + distance * (random.f32() - 0.5));
            sentences.push(&near.collect::<Vec<_>>());
        }
        sentences.push(&passage);
        sentences.push(&[0.0; DIMENSIONS]);
        (QuantizedVectors::of(&passage), sentences)
    }

    #[test]
    fn unpacked_vectors_are_nearly_the_packed_ones() {
        let (passage, sentences) = vectors();
        let bytes = pack(&passage, &sentences);
        assert_eq!(bytes.len(), 4 * (4 + DIMENSIONS / 8 * 3));
        let unpacked = unpack(&passage, &bytes).expect("they are sound");
        for at in 0..3 {
            let cosine = QuantizedVectors::of(&sentences.row(at)).cosines(&unpacked)[at];
            assert!(cosine > 0.99, "{at}: {cosine}");
        }
        assert_eq!(unpacked.row(2), passage.row(0));
        assert_eq!(unpacked.row(3), [0.0; DIMENSIONS]);
        let none = QuantizedVectors::default();
        assert_eq!(unpack(&none, &pack(&none, &none)), Some(none));
    }

    #[test]
    fn unpack_rejects_damaged_bytes() {
        let (passage, sentences) = vectors();
        let bytes = pack(&passage, &sentences);
        let whole = bytes.len() / 4;
        for length in (1..bytes.len()).filter(|length| length % whole != 0) {
            assert_eq!(unpack(&passage, &bytes[..length]), None, "{length} bytes");
        }
        for length in [f32::NAN, f32::INFINITY, -2.0, 2.2] {
            let mut damaged = bytes.clone();
            damaged[..4].copy_from_slice(&length.to_le_bytes());
            assert_eq!(unpack(&passage, &damaged), None, "{length}");
        }
    }
}

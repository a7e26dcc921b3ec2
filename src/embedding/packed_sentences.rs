//! The stored form of the vectors of sentences: the difference to the vector of their passage, with
//! 4 bits per dimension. Pure.
//!
//! The sentences of a passage are near to it, so that the differences are small, and so are the
//! errors of rounding.

use super::quantized::QuantizedVectors;

/// Highest code of a difference. The codes mean odd multiples of half a step, from -15 to 15.
const MAX_CODE: f32 = 15.0;
/// In place of a step: a sentence without a vector.
const NO_VECTOR: f32 = -1.0;
/// Maximum step. A difference of unit vectors is at most 2.
const MAX_STEP: f32 = 0.5;

/// Returns the bytes of the vectors of sentences: for each one the step, which is 0 if the sentence
/// has the vector of the passage, and the codes. `passage` has one vector, or none if there are no
/// sentences.
pub fn pack(passage: &QuantizedVectors, sentences: &QuantizedVectors) -> Vec<u8> {
    let passage = passage.row(0);
    let mut bytes = Vec::new();
    for at in 0..sentences.len() {
        let sentence = sentences.row(at);
        let differences = sentence.iter().zip(&passage).map(|(own, passage)| own - passage);
        let differences: Vec<f32> = differences.collect();
        let largest = differences.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let step = match sentence.iter().all(|value| *value == 0.0) {
            true => NO_VECTOR,
            false => 2.0 * largest / MAX_CODE,
        };
        bytes.extend(step.to_le_bytes());
        let code = |difference: &f32| {
            let code = difference / step.abs().max(f32::MIN_POSITIVE) + MAX_CODE / 2.0;
            code.round().clamp(0.0, MAX_CODE) as u8
        };
        bytes.extend(
            differences.chunks(2).map(|two| {
                two.iter().rev().fold(0, |byte, difference| byte << 4 | code(difference))
            }),
        );
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
    let mut rest = bytes;
    while !rest.is_empty() {
        let (step, after) = rest.split_first_chunk::<4>()?;
        let (codes, after) = after.split_at_checked(center.len().div_ceil(2))?;
        let step = f32::from_le_bytes(*step);
        if step == 0.0 {
            sentences.extend(passage);
        } else if step == NO_VECTOR {
            sentences.push(&vec![0.0; center.len()]);
        } else if (0.0..=MAX_STEP).contains(&step) {
            let codes = codes.iter().flat_map(|byte| [byte & 15, byte >> 4]);
            let pairs = codes.zip(&center);
            let value =
                |(code, center): (u8, &f32)| center + (f32::from(code) - MAX_CODE / 2.0) * step;
            sentences.push(&pairs.map(value).collect::<Vec<_>>());
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
        assert_eq!(bytes.len(), 4 * (4 + DIMENSIONS / 2));
        let unpacked = unpack(&passage, &bytes).expect("they are sound");
        for at in 0..3 {
            let cosine = QuantizedVectors::of(&sentences.row(at)).cosines(&unpacked)[at];
            assert!(cosine > 0.998, "{at}: {cosine}");
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
        for step in [f32::NAN, f32::INFINITY, -2.0, 0.7] {
            let mut damaged = bytes.clone();
            damaged[..4].copy_from_slice(&step.to_le_bytes());
            assert_eq!(unpack(&passage, &damaged), None, "{step}");
        }
    }
}

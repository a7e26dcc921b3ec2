//! The compact form of the vectors of passages: the difference to a center, with 4 bits per
//! dimension. Pure.
//!
//! The vectors of all texts have much in common. Without it, a number has a quarter of the rounding
//! error.

use std::sync::Arc;

use super::level_code::{FOUR_BITS, LevelCode};
use super::quantized::QuantizedVectors;

/// The code of the vectors of passages, with its center.
#[derive(Debug, Clone, PartialEq)]
pub struct PassageCode {
    center: Arc<[f32]>,
}

/// The compact form of a vector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PackedPassage<'a> {
    /// Length of the difference to the center.
    pub length: f32,
    /// Direction of the difference, in [`FOUR_BITS`].
    pub direction: &'a [u8],
}

/// Maximum length of the difference of two vectors of unit length, and a rounding error.
const MAX_LENGTH: f32 = 2.1;

impl PassageCode {
    pub fn new(center: Arc<[f32]>) -> PassageCode {
        PassageCode { center }
    }

    pub fn center(&self) -> &[f32] {
        &self.center
    }

    /// Returns the factor that turns the levels of a direction into its values.
    pub fn scale(&self) -> f32 {
        FOUR_BITS.scale(self.center.len())
    }

    /// Returns the bytes of the vector of a passage; none if the model could not encode it.
    pub fn pack(&self, passage: &QuantizedVectors) -> Vec<u8> {
        let vector = passage.row(0);
        if vector.is_empty() {
            return Vec::new();
        }
        let difference = vector.iter().zip(&*self.center).map(|(own, center)| own - center);
        let mut direction: Vec<_> = difference.collect();
        let length = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
        direction.iter_mut().for_each(|value| *value /= length.max(f32::MIN_POSITIVE));
        let levels: Vec<_> = FOUR_BITS.levels(&direction).collect();
        length.to_le_bytes().into_iter().chain(FOUR_BITS.pack(&levels)).collect()
    }

    /// Parses the bytes of [`PassageCode::pack`]; `Some(None)` for a passage that the model could
    /// not encode. Returns `None` if they are damaged.
    pub fn parse<'a>(&self, bytes: &'a [u8]) -> Option<Option<PackedPassage<'a>>> {
        if bytes.is_empty() {
            return Some(None);
        }
        let (length, direction) = bytes.split_first_chunk::<4>()?;
        let length = f32::from_le_bytes(*length);
        let is_sound = (0.0..=MAX_LENGTH).contains(&length)
            && direction.len() == LevelCode::<4>::bytes(self.center.len());
        is_sound.then_some(Some(PackedPassage { length, direction }))
    }

    /// Returns the vector of the bytes of [`PassageCode::pack`], or `None` if they are damaged.
    pub fn unpack(&self, bytes: &[u8]) -> Option<QuantizedVectors> {
        let Some(packed) = self.parse(bytes)? else { return Some(QuantizedVectors::default()) };
        Some(QuantizedVectors::of(&self.values(packed)))
    }

    /// Returns the values of a vector, which has nearly unit length.
    pub fn values(&self, packed: PackedPassage<'_>) -> Vec<f32> {
        let factor = packed.length * self.scale();
        let levels = FOUR_BITS.unpack(packed.direction);
        let pairs = levels.zip(&*self.center);
        pairs.map(|(level, center)| center + f32::from(level) * factor).collect()
    }
}

impl Default for PassageCode {
    /// Returns a code for vectors of zero dimensions.
    fn default() -> PassageCode {
        PassageCode::new(Arc::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIMENSIONS: usize = 384;

    fn code() -> PassageCode {
        PassageCode::new((0..DIMENSIONS).map(|at| (at % 5) as f32 / 50.0).collect())
    }

    #[test]
    fn unpacked_vectors_are_nearly_the_packed_ones() {
        let random = &mut fastrand::Rng::with_seed(3);
        let code = code();
        let vector = code.center().iter().map(|center| center + (random.f32() - 0.5) / 20.0);
        let passage = QuantizedVectors::of(&vector.collect::<Vec<_>>());
        let bytes = code.pack(&passage);
        assert_eq!(bytes.len(), 4 + DIMENSIONS / 2);
        let unpacked = code.unpack(&bytes).expect("they are sound");
        let cosine = passage.cosines(&unpacked)[0];
        assert!(cosine > 0.998, "{cosine}");
        let none = QuantizedVectors::default();
        assert_eq!(code.unpack(&code.pack(&none)), Some(none));
    }

    #[test]
    fn parse_rejects_damaged_bytes() {
        let bytes = code().pack(&QuantizedVectors::of(&[0.1; DIMENSIONS]));
        for length in 1..bytes.len() {
            assert_eq!(code().parse(&bytes[..length]), None, "{length} bytes");
        }
        for length in [f32::NAN, f32::INFINITY, -0.1, 2.2] {
            let damaged = [&length.to_le_bytes(), &bytes[4..]].concat();
            assert_eq!(code().parse(&damaged), None, "{length}");
        }
    }
}

//! Vectors with few bits per dimension. Pure.
//!
//! Each number of a vector is rounded to one of some levels at equal distances, which are the same
//! for all vectors of unit length: the best ones for numbers with a normal distribution (Max 1960,
//! "Quantizing for Minimum Distortion").

/// A code with `BITS` bits per dimension.
pub struct LevelCode<const BITS: usize> {
    /// Distance of neighboring levels, in standard deviations.
    step: f32,
}

pub const TWO_BITS: LevelCode<2> = LevelCode { step: 0.9957 };
pub const THREE_BITS: LevelCode<3> = LevelCode { step: 0.5860 };
pub const FOUR_BITS: LevelCode<4> = LevelCode { step: 0.3352 };

/// The number of dimensions of a vector must be a multiple of this, so that its codes fill bytes.
const GROUP: usize = 8;

impl<const BITS: usize> LevelCode<BITS> {
    /// The highest level. The levels are odd numbers, in half steps.
    pub const MAX_LEVEL: i8 = (1 << BITS) - 1;

    /// Returns the number of bytes of a vector.
    pub const fn bytes(dimensions: usize) -> usize {
        dimensions / GROUP * BITS
    }

    /// Returns the factor that turns the levels of a vector into its values.
    pub fn scale(&self, dimensions: usize) -> f32 {
        self.step / 2.0 / (dimensions as f32).sqrt()
    }

    /// Returns the levels of a vector of unit length.
    pub fn levels(&self, vector: &[f32]) -> impl Iterator<Item = i8> {
        let half_steps = 1.0 / self.scale(vector.len());
        vector.iter().map(move |value| {
            let level = 2.0 * (value * half_steps / 2.0).floor() + 1.0;
            level.clamp(-f32::from(Self::MAX_LEVEL), f32::from(Self::MAX_LEVEL)) as i8
        })
    }

    /// Returns the bytes of levels.
    pub fn pack(&self, levels: &[i8]) -> impl Iterator<Item = u8> {
        levels.as_chunks::<GROUP>().0.iter().flat_map(|group| {
            let codes = group.map(|level| ((level + Self::MAX_LEVEL) / 2).cast_unsigned());
            let bits = codes.iter().rev().fold(0, |bits, code| bits << BITS | u32::from(*code));
            bits.to_le_bytes().into_iter().take(BITS)
        })
    }

    /// Returns the levels of the bytes of [`LevelCode::pack`].
    pub fn unpack(&self, bytes: &[u8]) -> impl Iterator<Item = i8> {
        bytes.as_chunks::<BITS>().0.iter().flat_map(|group| {
            let bits = group.iter().rev().fold(0, |bits, byte| bits << 8 | u32::from(*byte));
            (0..GROUP).map(move |at| {
                let code = bits >> (at * BITS) & ((1 << BITS) - 1);
                2 * code as i8 - Self::MAX_LEVEL
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const BITS: usize>(code: &LevelCode<BITS>, max_error: f32) {
        const DIMENSIONS: usize = 64;
        let random = &mut fastrand::Rng::with_seed(BITS as u64);
        let normal = |_| (0..12).map(|_| random.f32()).sum::<f32>() - 6.0;
        let vector: Vec<_> = (0..DIMENSIONS).map(normal).collect();
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        let vector: Vec<_> = vector.iter().map(|value| value / length).collect();
        let levels: Vec<_> = code.levels(&vector).collect();
        let bytes: Vec<_> = code.pack(&levels).collect();
        assert_eq!(bytes.len(), LevelCode::<BITS>::bytes(DIMENSIONS));
        assert_eq!(code.unpack(&bytes).collect::<Vec<_>>(), levels);
        let scale = code.scale(DIMENSIONS);
        let errors = vector.iter().zip(&levels).map(|(a, level)| a - f32::from(*level) * scale);
        let error: f32 = errors.map(|error| error * error).sum();
        assert!((max_error / 3.0..max_error).contains(&error), "{error}");
    }

    #[test]
    fn levels_are_restored_from_their_bytes_and_are_near_to_the_values() {
        check(&TWO_BITS, 0.15);
        check(&THREE_BITS, 0.05);
        check(&FOUR_BITS, 0.02);
    }
}

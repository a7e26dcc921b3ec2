//! Vectors with 2 bits per dimension. Pure.
//!
//! All vectors have nearly unit length, so that the four values of a dimension are the same for all
//! vectors: the best ones for numbers with a normal distribution (Max 1960, "Quantizing for Minimum
//! Distortion").

/// Number of dimensions in a byte.
pub const DIMENSIONS_PER_BYTE: usize = 4;
/// Distance of neighboring values, in standard deviations.
const STEP: f32 = 0.9957;
/// The values of the codes 0 to 3, in half steps.
const LEVELS: [i8; 4] = [-3, -1, 1, 3];

/// Returns the factor that turns the levels of a vector into its values.
pub fn scale(dimensions: usize) -> f32 {
    STEP / 2.0 / (dimensions as f32).sqrt()
}

/// Returns the levels of a vector of unit length, odd numbers from -3 to 3.
pub fn levels(vector: &[f32]) -> impl Iterator<Item = i8> {
    let deviations = (vector.len() as f32).sqrt();
    vector.iter().map(move |value| {
        let code = ((value * deviations / STEP).floor() + 2.0).clamp(0.0, 3.0) as u8;
        LEVELS[usize::from(code)]
    })
}

/// Returns the bytes of levels. Their number must be a multiple of [`DIMENSIONS_PER_BYTE`].
pub fn pack(levels: &[i8]) -> impl Iterator<Item = u8> {
    levels.as_chunks::<DIMENSIONS_PER_BYTE>().0.iter().map(|four| {
        let codes = four.map(|level| ((level + 3) / 2).cast_unsigned());
        codes.iter().rev().fold(0, |byte, code| byte << 2 | code)
    })
}

/// Returns the levels of the bytes of [`pack`].
pub fn unpack(bytes: &[u8]) -> impl Iterator<Item = i8> {
    bytes.iter().flat_map(|byte| {
        let byte = *byte;
        [0, 2, 4, 6].map(|shift| LEVELS[usize::from(byte >> shift & 3)])
    })
}

//! The input of a matrix product, quantized to 8 bits per value, row by row.

use multiversion::multiversion;

use super::format::BLOCK;

/// Vectors of one input, quantized in blocks of 32 values like ggml's Q8_0.
#[derive(Default)]
pub struct Activations {
    /// Number of blocks of a vector.
    pub vector_blocks: usize,
    /// The blocks, vector by vector.
    pub blocks: Vec<ValueBlock>,
}

/// 32 values of a vector.
#[derive(Clone, Copy, Default)]
pub struct ValueBlock {
    /// Four values of 8 bits in each number, the first in the lowest byte.
    pub values: [i32; BLOCK_NUMBERS],
    /// The factor that turns the values into the original ones.
    pub scale: f32,
    /// Number that makes up for the offset 8 of Q4_0 in a scalar product. It fits 16 bits.
    pub correction: i32,
}

/// Number of packed numbers of a block.
pub const BLOCK_NUMBERS: usize = BLOCK / 4;
/// Adding and subtracting this number rounds a small `f32` to an integer, to even on a tie.
const ROUNDING: f32 = 12_582_912.0;
/// Offset of the weights of Q4_0.
const WEIGHT_OFFSET: i32 = 8;

impl Activations {
    /// Replaces the vectors by others of `columns` dimensions, which must be a multiple of 32.
    pub fn quantize(&mut self, vectors: &[f32], columns: usize) {
        let (values, _) = vectors.as_chunks::<BLOCK>();
        self.vector_blocks = columns / BLOCK;
        self.blocks.resize(values.len(), ValueBlock::default());
        quantize_blocks(values, &mut self.blocks);
    }

    /// Returns the number of vectors.
    pub fn count(&self) -> usize {
        self.blocks.len() / self.vector_blocks
    }
}

#[multiversion(targets("x86_64+avx2", "aarch64+neon"))]
fn quantize_blocks(values: &[[f32; BLOCK]], blocks: &mut [ValueBlock]) {
    for (block, values) in blocks.iter_mut().zip(values) {
        *block = quantize_block(values);
    }
}

#[inline(always)]
fn quantize_block(values: &[f32; BLOCK]) -> ValueBlock {
    let mut largest = [0.0_f32; 8];
    for values in values.as_chunks::<8>().0 {
        for (largest, value) in largest.iter_mut().zip(values) {
            let size = value.abs();
            *largest = if size > *largest { size } else { *largest };
        }
    }
    let largest = largest.into_iter().fold(0.0, f32::max);
    // The reciprocal of smaller numbers is infinite.
    let factor = if largest > f32::MIN_POSITIVE * 128.0 { 127.0 / largest } else { 0.0 };
    let mut rounded = [0_i32; BLOCK];
    for (rounded, value) in rounded.iter_mut().zip(values) {
        let shifted = value * factor + ROUNDING;
        *rounded = shifted.to_bits().wrapping_sub(ROUNDING.to_bits()) as i32;
    }
    let mut block = ValueBlock { scale: largest / 127.0, ..ValueBlock::default() };
    for (packed, [a, b, c, d]) in block.values.iter_mut().zip(rounded.as_chunks::<4>().0) {
        *packed = a & 255 | (b & 255) << 8 | (c & 255) << 16 | d << 24;
    }
    block.correction = -WEIGHT_OFFSET * rounded.iter().sum::<i32>();
    block
}

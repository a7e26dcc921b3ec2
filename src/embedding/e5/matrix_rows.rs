//! Access to neighboring rows of a matrix of 4-bit weights, for products of several rows at a time.

use super::format::{BLOCK_BYTES, Blocks};

/// Number of rows that are unpacked together.
pub const GROUP: usize = 8;

/// One block of each of the rows of a group.
pub struct GroupBlock {
    /// The scales of the rows.
    pub scales: [f32; GROUP],
    /// For each row, 4 bytes of packed weights, the first in the lowest byte.
    pub packed: [[i32; GROUP]; 4],
}

/// Eight neighboring rows of a matrix.
pub struct Group<'a> {
    rows: [&'a [[u8; BLOCK_BYTES]]; GROUP],
}

impl<'a> Group<'a> {
    /// Selects the rows from `row` on.
    pub fn new(matrix: Blocks<'a>, row: usize) -> Group<'a> {
        let row_blocks = matrix.blocks.len() / matrix.rows;
        let mut rows = [&matrix.blocks[..0]; GROUP];
        for (number, blocks) in rows.iter_mut().enumerate() {
            *blocks = &matrix.blocks[(row + number) * row_blocks..][..row_blocks];
        }
        Group { rows }
    }

    /// Returns block `column` of each row.
    #[inline(always)]
    pub fn block(&self, column: usize) -> GroupBlock {
        let mut block = GroupBlock { scales: [0.0; GROUP], packed: [[0; GROUP]; 4] };
        for (number, row) in self.rows.iter().enumerate() {
            let [s0, s1, weights @ ..] = &row[column];
            block.scales[number] = half_to_f32(u16::from_le_bytes([*s0, *s1]));
            for (packed, four) in block.packed.iter_mut().zip(weights.as_chunks::<4>().0) {
                packed[number] = i32::from_le_bytes(*four);
            }
        }
        block
    }
}

/// Converts an `f16` in its binary format. Infinities and NaN become large numbers.
pub fn half_to_f32(half: u16) -> f32 {
    // Multiplying by 2^112 corrects the exponent, also that of subnormal numbers.
    let magnitude = f32::from_bits(u32::from(half & 0x7fff) << 13) * f32::from_bits(239 << 23);
    f32::from_bits(magnitude.to_bits() | u32::from(half & 0x8000) << 16)
}

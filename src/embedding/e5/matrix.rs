//! The product of quantized vectors with a matrix of 4-bit weights.
//!
//! Each block of 32 products is added up in integers, so that all instruction sets give the same
//! result; the sums of the blocks are added in `f32`, in the order of the columns. The result for a
//! vector does not depend on the other vectors.
//!
//! The matrix stays in its Q4_0 blocks. Eight or sixteen rows at a time are unpacked and used for
//! all vectors.

use multiversion::multiversion;

use super::activations::{Activations, ValueBlock};
use super::format::{BLOCK, Blocks};
use super::matrix_rows::{GROUP, Group, GroupBlock};
#[cfg(target_arch = "x86_64")]
use super::{matrix_avx2, matrix_avx512};

/// Sets `products` to `bias + matrix × vector` for each vector: `vectors × rows` values. The number
/// of rows must be a multiple of 16, and the vectors must have as many dimensions as the matrix has
/// columns.
pub fn multiply(matrix: Blocks, vectors: &Activations, bias: &[f32], products: &mut Vec<f32>) {
    products.resize(vectors.count() * matrix.rows, 0.0);
    #[cfg(target_arch = "x86_64")]
    if matrix_avx512::is_available() {
        return matrix_avx512::multiply(matrix, vectors, bias, products);
    } else if matrix_avx2::is_available() {
        return matrix_avx2::multiply(matrix, vectors, bias, products);
    }
    multiply_portable(matrix, vectors, bias, products);
}

/// One block of each row of a group, unpacked.
#[derive(Clone, Copy, Default)]
struct UnpackedBlock {
    /// The weights of each row, in the order of the columns.
    weights: [[i16; BLOCK]; GROUP],
    scales: [f32; GROUP],
}

/// Writes the products of [`multiply`] without special instructions.
#[multiversion(targets("aarch64+neon"))]
pub fn multiply_portable(
    matrix: Blocks,
    vectors: &Activations,
    bias: &[f32],
    products: &mut [f32],
) {
    let values: Vec<[i16; BLOCK]> = vectors.blocks.iter().map(unpacked_values).collect();
    let mut blocks = vec![UnpackedBlock::default(); vectors.vector_blocks];
    for row in (0..matrix.rows).step_by(GROUP) {
        let group = Group::new(matrix, row);
        for (column, block) in blocks.iter_mut().enumerate() {
            *block = unpacked(&group.block(column));
        }
        let vectors = vectors.blocks.chunks_exact(blocks.len());
        let vectors = vectors.zip(values.chunks_exact(blocks.len()));
        for ((vector, values), products) in vectors.zip(products.chunks_exact_mut(matrix.rows)) {
            let mut sums = [0.0_f32; GROUP];
            for ((block, vector), values) in blocks.iter().zip(vector).zip(values) {
                for ((sum, weights), scale) in sums.iter_mut().zip(&block.weights).zip(block.scales)
                {
                    let products = weights.iter().zip(values);
                    let products =
                        products.map(|(weight, value)| i32::from(*weight) * i32::from(*value));
                    *sum += products.sum::<i32>() as f32 * (scale * vector.scale);
                }
            }
            for ((product, sum), bias) in products[row..].iter_mut().zip(sums).zip(&bias[row..]) {
                *product = sum + bias;
            }
        }
    }
}

#[inline(always)]
fn unpacked(block: &GroupBlock) -> UnpackedBlock {
    let mut unpacked = UnpackedBlock { scales: block.scales, ..UnpackedBlock::default() };
    for (part, packed) in block.packed.iter().enumerate() {
        for (weights, packed) in unpacked.weights.iter_mut().zip(packed) {
            for (byte, number) in packed.to_le_bytes().into_iter().zip(4 * part..) {
                weights[number] = i16::from(byte & 15) - 8;
                weights[number + BLOCK / 2] = i16::from(byte >> 4) - 8;
            }
        }
    }
    unpacked
}

#[inline(always)]
fn unpacked_values(block: &ValueBlock) -> [i16; BLOCK] {
    let mut values = [0; BLOCK];
    for (values, packed) in values.as_chunks_mut::<4>().0.iter_mut().zip(block.values) {
        *values = packed.to_le_bytes().map(|value| i16::from(value as i8));
    }
    values
}

#[cfg(test)]
#[path = "tests/matrix.rs"]
mod tests;

//! The matrix product of [`super::matrix`] with the AVX2 instructions of x86-64.
//!
//! A register holds four weights of each of eight rows. `vpmaddubsw` multiplies them by four values
//! of a vector and adds pairs of products. The sums of pairs fit 16 bits: those of the first and
//! second of four weights with the whole correction for their offset, 32 × 8 × 127 at most, and
//! those of the others without it, 16 × 15 × 127. The additions in between wrap around.

use std::arch::x86_64::*;

use super::activations::{Activations, BLOCK_NUMBERS, ValueBlock};
use super::format::Blocks;
use super::matrix_rows::{GROUP, Group};

/// Number of vectors that are multiplied together with each loaded weight.
const TILE: usize = 4;
/// Number of groups of rows that are multiplied together with each loaded value.
const GROUPS: usize = 2;
/// Number of rows that are multiplied together.
const ROWS: usize = GROUPS * GROUP;

/// Returns whether the processor has the instructions.
pub fn is_available() -> bool {
    is_x86_feature_detected!("avx2")
}

/// Writes the products of [`super::matrix::multiply`]. Panics if the instructions are missing.
pub fn multiply(matrix: Blocks, vectors: &Activations, bias: &[f32], products: &mut [f32]) {
    assert!(is_available());
    // SAFETY: The processor has the instructions of AVX2.
    #[expect(unsafe_code)]
    unsafe {
        multiply_groups(matrix, vectors, bias, products);
    }
}

/// One block of each row of two groups, unpacked.
#[derive(Clone, Copy)]
struct UnpackedBlock {
    /// Four unsigned weights of each row of each group, the next four, …
    weights: [[__m256i; GROUPS]; BLOCK_NUMBERS],
    /// The scales of the rows.
    scales: [__m256; GROUPS],
}

#[target_feature(enable = "avx2")]
fn multiply_groups(matrix: Blocks, vectors: &Activations, bias: &[f32], products: &mut [f32]) {
    let empty = UnpackedBlock {
        weights: [[_mm256_setzero_si256(); GROUPS]; BLOCK_NUMBERS],
        scales: [_mm256_setzero_ps(); GROUPS],
    };
    let mut unpacked = vec![empty; vectors.vector_blocks];
    for (number, bias) in bias.as_chunks::<ROWS>().0.iter().enumerate() {
        let row = number * ROWS;
        for index in 0..GROUPS {
            unpack(Group::new(matrix, row + index * GROUP), index, &mut unpacked);
        }
        for (tile, products) in vectors
            .blocks
            .chunks(TILE * vectors.vector_blocks)
            .zip(products.chunks_mut(TILE * matrix.rows))
        {
            match tile.len() / vectors.vector_blocks {
                1 => write(multiply_tile::<1>(&unpacked, tile), bias, products, row),
                2 => write(multiply_tile::<2>(&unpacked, tile), bias, products, row),
                3 => write(multiply_tile::<3>(&unpacked, tile), bias, products, row),
                _ => write(multiply_tile::<TILE>(&unpacked, tile), bias, products, row),
            }
        }
    }
}

/// Unpacks group number `index` of a block.
#[target_feature(enable = "avx2")]
fn unpack(group: Group, index: usize, unpacked: &mut [UnpackedBlock]) {
    let low_bits = _mm256_set1_epi8(15);
    for (column, unpacked) in unpacked.iter_mut().enumerate() {
        let block = group.block(column);
        unpacked.scales[index] = floats(block.scales);
        for (part, [a, b, c, d, e, f, g, h]) in block.packed.into_iter().enumerate() {
            let packed = _mm256_setr_epi32(a, b, c, d, e, f, g, h);
            let high = _mm256_srli_epi16::<4>(packed);
            unpacked.weights[part][index] = _mm256_and_si256(packed, low_bits);
            unpacked.weights[part + 4][index] = _mm256_and_si256(high, low_bits);
        }
    }
}

/// Returns the products of the rows with each of `N` vectors, without bias.
#[target_feature(enable = "avx2")]
#[inline]
fn multiply_tile<const N: usize>(
    group: &[UnpackedBlock],
    vectors: &[ValueBlock],
) -> [[__m256; GROUPS]; N] {
    let mut sums = [[_mm256_setzero_ps(); GROUPS]; N];
    let mut rest = [vectors; N];
    for (number, rest) in rest.iter_mut().enumerate() {
        *rest = &vectors[number * group.len()..][..group.len()];
    }
    let ones = _mm256_set1_epi16(1);
    for (column, block) in group.iter().enumerate() {
        let mut values = [&vectors[0]; N];
        let mut pairs = [[_mm256_setzero_si256(); GROUPS]; N];
        for i in 0..N {
            values[i] = &rest[i][column];
            pairs[i] = [_mm256_set1_epi32(values[i].correction & 0xffff); GROUPS];
        }
        for (number, weights) in block.weights.iter().enumerate() {
            for i in 0..N {
                let four = _mm256_set1_epi32(values[i].values[number]);
                for (pairs, weights) in pairs[i].iter_mut().zip(weights) {
                    *pairs = _mm256_add_epi16(*pairs, _mm256_maddubs_epi16(*weights, four));
                }
            }
        }
        for i in 0..N {
            let value_scale = _mm256_set1_ps(values[i].scale);
            for index in 0..GROUPS {
                let dots = _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs[i][index], ones));
                let scale = _mm256_mul_ps(block.scales[index], value_scale);
                // Not a fused multiplication, so that all processors round alike.
                sums[i][index] = _mm256_add_ps(sums[i][index], _mm256_mul_ps(dots, scale));
            }
        }
    }
    sums
}

/// Writes the products of a tile, plus the bias, for the rows from `row` on.
#[target_feature(enable = "avx2")]
#[inline]
fn write<const N: usize>(
    sums: [[__m256; GROUPS]; N],
    bias: &[f32; ROWS],
    products: &mut [f32],
    row: usize,
) {
    let rows = products.len() / N;
    for (sums, products) in sums.into_iter().zip(products.chunks_exact_mut(rows)) {
        let sums: [f32; ROWS] = bytemuck::cast(sums);
        for ((product, sum), bias) in products[row..row + ROWS].iter_mut().zip(sums).zip(bias) {
            *product = sum + bias;
        }
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn floats([a, b, c, d, e, f, g, h]: [f32; GROUP]) -> __m256 {
    _mm256_setr_ps(a, b, c, d, e, f, g, h)
}

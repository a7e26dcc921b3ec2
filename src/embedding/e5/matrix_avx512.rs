//! The matrix product of [`super::matrix`] with the AVX-512 and VNNI instructions of x86-64.
//!
//! A register holds four weights of each of sixteen rows. `vpdpbusd` multiplies them by four values
//! of a vector and adds the products to the sum of each row.

use std::arch::x86_64::*;

use super::activations::{Activations, BLOCK_NUMBERS, ValueBlock};
use super::format::{BLOCK_BYTES, Blocks};
use super::matrix_rows::half_to_f32;

/// Largest number of vectors that are multiplied together with each loaded weight.
const TILE: usize = 8;
/// Number of rows that are multiplied together.
const ROWS: usize = 16;

/// Returns whether the processor has the instructions.
pub fn is_available() -> bool {
    is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vnni")
}

/// Writes the products of [`super::matrix::multiply`]. Panics if the instructions are missing.
pub fn multiply(matrix: Blocks, vectors: &Activations, bias: &[f32], products: &mut [f32]) {
    assert!(is_available());
    // SAFETY: The processor has the instructions of AVX-512 and VNNI.
    #[expect(unsafe_code)]
    unsafe {
        multiply_rows(matrix, vectors, bias, products);
    }
}

/// One block of each of the rows, unpacked.
#[derive(Clone, Copy)]
struct UnpackedBlock {
    /// Four unsigned weights of each row, the next four, …
    weights: [__m512i; BLOCK_NUMBERS],
    /// The scales of the rows.
    scales: __m512,
}

#[target_feature(enable = "avx512bw,avx512vnni")]
fn multiply_rows(matrix: Blocks, vectors: &Activations, bias: &[f32], products: &mut [f32]) {
    let empty = UnpackedBlock {
        weights: [_mm512_setzero_si512(); BLOCK_NUMBERS],
        scales: _mm512_setzero_ps(),
    };
    let mut unpacked = vec![empty; vectors.vector_blocks];
    for (number, bias) in bias.as_chunks::<ROWS>().0.iter().enumerate() {
        let row = number * ROWS;
        unpack(matrix, row, &mut unpacked);
        let (mut blocks, mut products) = (&vectors.blocks[..], &mut *products);
        while !blocks.is_empty() {
            let count = match blocks.len() / unpacked.len() {
                TILE.. => TILE,
                4.. => 4,
                2.. => 2,
                _ => 1,
            };
            let (tile, rest) = blocks.split_at(count * unpacked.len());
            let (own, others) = products.split_at_mut(count * matrix.rows);
            match count {
                TILE => write(multiply_tile::<TILE>(&unpacked, tile), bias, own, row),
                4 => write(multiply_tile::<4>(&unpacked, tile), bias, own, row),
                2 => write(multiply_tile::<2>(&unpacked, tile), bias, own, row),
                _ => write(multiply_tile::<1>(&unpacked, tile), bias, own, row),
            }
            (blocks, products) = (rest, others);
        }
    }
}

/// Unpacks the rows of `matrix` from `row` on.
#[target_feature(enable = "avx512bw,avx512vnni")]
fn unpack(matrix: Blocks, row: usize, unpacked: &mut [UnpackedBlock]) {
    let low_bits = _mm512_set1_epi8(15);
    let row_blocks = unpacked.len();
    let rows = &matrix.blocks[row * row_blocks..][..ROWS * row_blocks];
    for (column, own) in unpacked.iter_mut().enumerate() {
        let mut blocks = [&rows[0]; ROWS];
        for (number, block) in blocks.iter_mut().enumerate() {
            *block = &rows[number * row_blocks + column];
        }
        own.scales = scales(blocks);
        for (part, packed) in transposed(blocks).into_iter().enumerate() {
            let high = _mm512_srli_epi16::<4>(packed);
            own.weights[part] = _mm512_and_si512(packed, low_bits);
            own.weights[part + BLOCK_NUMBERS / 2] = _mm512_and_si512(high, low_bits);
        }
    }
}

#[target_feature(enable = "avx512bw,avx512vnni")]
#[inline]
fn scales(blocks: [&[u8; BLOCK_BYTES]; ROWS]) -> __m512 {
    let scales = blocks.map(|[low, high, ..]| half_to_f32(u16::from_le_bytes([*low, *high])));
    bytemuck::cast(scales)
}

/// Returns the first four bytes of packed weights of each block, the next four, …
#[target_feature(enable = "avx512bw,avx512vnni")]
#[inline]
fn transposed(blocks: [&[u8; BLOCK_BYTES]; ROWS]) -> [__m512i; BLOCK_NUMBERS / 2] {
    let packed = blocks.map(|[_, _, packed @ ..]| bytemuck::cast::<_, __m128i>(*packed));
    // Every fourth block: the four numbers of a block are next to each other.
    let every_fourth = |first: usize| {
        let joined = _mm512_castsi128_si512(packed[first]);
        let joined = _mm512_inserti32x4::<1>(joined, packed[first + 4]);
        let joined = _mm512_inserti32x4::<2>(joined, packed[first + 8]);
        _mm512_inserti32x4::<3>(joined, packed[first + 12])
    };
    let [a, b, c, d] = [every_fourth(0), every_fourth(1), every_fourth(2), every_fourth(3)];
    let (ab, cd) = (_mm512_unpacklo_epi32(a, b), _mm512_unpacklo_epi32(c, d));
    let (ab_high, cd_high) = (_mm512_unpackhi_epi32(a, b), _mm512_unpackhi_epi32(c, d));
    [
        _mm512_unpacklo_epi64(ab, cd),
        _mm512_unpackhi_epi64(ab, cd),
        _mm512_unpacklo_epi64(ab_high, cd_high),
        _mm512_unpackhi_epi64(ab_high, cd_high),
    ]
}

/// Returns the products of the rows with each of `N` vectors, without bias.
#[target_feature(enable = "avx512bw,avx512vnni")]
#[inline]
fn multiply_tile<const N: usize>(rows: &[UnpackedBlock], vectors: &[ValueBlock]) -> [__m512; N] {
    let mut sums = [_mm512_setzero_ps(); N];
    for (column, block) in rows.iter().enumerate() {
        let mut values = [&vectors[0]; N];
        let mut dots = [_mm512_setzero_si512(); N];
        for i in 0..N {
            values[i] = &vectors[i * rows.len() + column];
            dots[i] = _mm512_set1_epi32(values[i].correction);
        }
        for (number, weights) in block.weights.iter().enumerate() {
            for i in 0..N {
                let four = _mm512_set1_epi32(values[i].values[number]);
                dots[i] = _mm512_dpbusd_epi32(dots[i], *weights, four);
            }
        }
        for i in 0..N {
            let scale = _mm512_mul_ps(block.scales, _mm512_set1_ps(values[i].scale));
            // Not a fused multiplication, so that all processors round alike.
            let products = _mm512_mul_ps(_mm512_cvtepi32_ps(dots[i]), scale);
            sums[i] = _mm512_add_ps(sums[i], products);
        }
    }
    sums
}

/// Writes the products of a tile, plus the bias, for the rows from `row` on.
#[target_feature(enable = "avx512bw,avx512vnni")]
#[inline]
fn write<const N: usize>(sums: [__m512; N], bias: &[f32; ROWS], products: &mut [f32], row: usize) {
    let rows = products.len() / N;
    for (sums, products) in sums.into_iter().zip(products.chunks_exact_mut(rows)) {
        let sums: [f32; ROWS] = bytemuck::cast(sums);
        for ((product, sum), bias) in products[row..row + ROWS].iter_mut().zip(sums).zip(bias) {
            *product = sum + bias;
        }
    }
}

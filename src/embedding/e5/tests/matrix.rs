//! Tests of the matrix product against a product in `f64` of the same quantized numbers.

use super::super::format::BLOCK_BYTES;
use super::super::matrix_rows::half_to_f32;
use super::*;

/// Returns bytes that look random, and are the same in each run.
fn random_bytes(count: usize) -> Vec<u8> {
    let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    std::iter::successors(Some(1_u32), next).map(|state| (state >> 24) as u8).take(count).collect()
}

/// Returns blocks with random weights and scales between 0.5 and 2.
fn random_blocks(count: usize) -> Vec<[u8; BLOCK_BYTES]> {
    let bytes = random_bytes(count * BLOCK_BYTES);
    let scaled = |mut block: [u8; BLOCK_BYTES]| {
        block[1] = 0x38 | block[1] & 0x87;
        block
    };
    bytes.as_chunks().0.iter().copied().map(scaled).collect()
}

fn weight(block: &[u8; BLOCK_BYTES], position: usize) -> f64 {
    let byte = block[2 + position % 16];
    let bits = if position < 16 { byte & 15 } else { byte >> 4 };
    let scale = half_to_f32(u16::from_le_bytes([block[0], block[1]]));
    (f64::from(bits) - 8.0) * f64::from(scale)
}

#[test]
fn product_is_that_of_the_unpacked_numbers_for_all_numbers_of_vectors() {
    let (rows, columns) = (48, 96);
    let blocks = random_blocks(rows * columns / 32);
    let matrix = Blocks { rows, blocks: &blocks };
    let bias: Vec<f32> = (0..rows).map(|row| row as f32).collect();
    for count in 1..18 {
        let numbers = random_bytes(count * columns);
        // All values are multiples of the scale 1 / 127, so that they are quantized without error.
        let mut values: Vec<f32> =
            numbers.iter().map(|byte| (f32::from(*byte as i8)).max(-127.0) / 127.0).collect();
        values.iter_mut().step_by(32).for_each(|value| *value = 1.0);
        let mut input = Activations::default();
        input.quantize(&values, columns);
        let mut products = Vec::new();
        multiply(matrix, &input, &bias, &mut products);
        for (vector, products) in values.chunks(columns).zip(products.chunks(rows)) {
            for (row, product) in products.iter().enumerate() {
                let weights =
                    (0..columns).map(|at| weight(&blocks[(row * columns + at) / 32], at % 32));
                let expected: f64 = weights.zip(vector).map(|(w, v)| w * f64::from(*v)).sum();
                let difference = f64::from(*product) - f64::from(bias[row]) - expected;
                assert!(difference.abs() < 1e-3, "{product} {expected}");
            }
        }
        let mut portable = vec![0.0; products.len()];
        multiply_portable(matrix, &input, &bias, &mut portable);
        assert_eq!(products, portable);
        #[cfg(target_arch = "x86_64")]
        if matrix_avx2::is_available() {
            let mut products = vec![0.0; portable.len()];
            matrix_avx2::multiply(matrix, &input, &bias, &mut products);
            assert_eq!(products, portable);
        }
    }
}

#[test]
fn extreme_numbers_do_not_overflow() {
    for byte in [0x00, 0xff, 0x0f, 0xf0] {
        let mut block = [byte; BLOCK_BYTES];
        [block[0], block[1]] = [0, 0x3c];
        let blocks = [block; 16];
        for value in [-1.0_f32, 1.0] {
            let mut input = Activations::default();
            input.quantize(&[value; 32], 32);
            let mut products = Vec::new();
            multiply(Blocks { rows: 16, blocks: &blocks }, &input, &[0.0; 16], &mut products);
            let expected = (0..32).map(|at| weight(&block, at) * f64::from(value)).sum::<f64>();
            assert!((f64::from(products[0]) - expected).abs() < 1e-3, "{} {expected}", products[0]);
        }
    }
}

#[test]
fn half_to_f32_converts_normal_and_subnormal_numbers() {
    for (half, expected) in
        [(0x3c00, 1.0), (0xc000, -2.0), (0x0001, 5.960_464_5e-8), (0x7bff, 65504.0), (0x8000, -0.0)]
    {
        assert_eq!(half_to_f32(half), expected);
    }
}

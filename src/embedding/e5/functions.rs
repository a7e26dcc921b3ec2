//! The functions between the matrix products of a transformer: layer normalization, GELU and the
//! exponential. All results are the same on all processors.

use multiversion::multiversion;

use super::format::{HIDDEN, LAYER_NORM_EPSILON};

/// Adding and subtracting this number rounds a small `f32` to an integer, to even on a tie.
const ROUNDING: f32 = 12_582_912.0;

/// Returns e to the power of `x`, with a relative error of about 1e-7. `x` below −87 or above 88
/// is taken for −87 or 88.
///
/// The algorithm is that of `expf` in the Cephes library: a polynomial on half a binade.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = if x > -87.0 { x } else { -87.0 };
    let x = if x < 88.0 { x } else { 88.0 };
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let power = shifted - ROUNDING;
    // ln 2 in two parts, so that the first product is exact.
    let rest = x - power * 0.693_359_4 + power * 2.121_944_4e-4;
    let mut sum = 1.987_569_2e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        sum = sum * rest + coefficient;
    }
    let mantissa = sum * rest * rest + rest + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUNDING.to_bits()).wrapping_add(127);
    mantissa * f32::from_bits(exponent << 23)
}

/// Applies GELU to each value: `x × Φ(x)` with the normal distribution Φ. The absolute error is
/// below 1e-6.
#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2", "aarch64+neon"))]
pub fn gelu(values: &mut [f32]) {
    for value in values {
        *value = gelu_of(*value);
    }
}

/// Returns `x × Φ(x)`. The complementary error function is approximation 7.1.26 of Abramowitz and
/// Stegun, "Handbook of Mathematical Functions".
#[inline(always)]
fn gelu_of(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let mut sum = 1.061_405_4;
    for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_72, 0.254_829_6] {
        sum = sum * t + coefficient;
    }
    let erfc = sum * t * exp(-z * z);
    let tail = 0.5 * x * erfc;
    if x < 0.0 { tail } else { x - tail }
}

/// Adds `added` to `vectors` and normalizes each vector: mean 0 and variance 1, then times `weight`
/// plus `bias`. Vectors and parameters have [`HIDDEN`] dimensions.
#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2", "aarch64+neon"))]
pub fn add_and_normalize(vectors: &mut [f32], added: &[f32], weight: &[f32], bias: &[f32]) {
    for (vector, added) in vectors.chunks_exact_mut(HIDDEN).zip(added.chunks_exact(HIDDEN)) {
        for (value, added) in vector.iter_mut().zip(added) {
            *value += added;
        }
        let mean = sum(vector, |value| value) / HIDDEN as f32;
        let variance = sum(vector, |value| (value - mean) * (value - mean)) / HIDDEN as f32;
        let factor = 1.0 / (variance + LAYER_NORM_EPSILON).sqrt();
        for ((value, weight), bias) in vector.iter_mut().zip(weight).zip(bias) {
            *value = (*value - mean) * factor * weight + bias;
        }
    }
}

/// Returns the sum of a function of the values, in an order that does not depend on the processor.
/// The number of values must be a multiple of 16.
#[inline(always)]
fn sum(values: &[f32], function: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0; 16];
    for values in values.as_chunks::<16>().0 {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += function(*value);
        }
    }
    sums.into_iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_the_standard_library() {
        for step in -870..880 {
            let x = step as f32 / 10.0;
            let expected = f64::from(x).exp();
            assert!((f64::from(exp(x)) / expected - 1.0).abs() < 3e-7, "{x}");
        }
    }

    #[test]
    fn gelu_agrees_with_known_values() {
        let known = [(0.0, 0.0), (1.0, 0.841_344_7), (-1.0, -0.158_655_3), (3.0, 2.995_950_3)];
        for (x, expected) in known {
            let mut values = [x];
            gelu(&mut values);
            assert!((values[0] - expected).abs() < 1e-6, "{x}: {}", values[0]);
        }
    }
}

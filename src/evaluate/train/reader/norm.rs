//! Layer normalization and GELU, with their gradients.

use crate::embedding::reader_training::{HIDDEN, LAYER_NORM_EPSILON};

/// Parameters of a layer normalization, which stay as they are.
pub struct Norm {
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
}

/// Intermediate results of a normalization, from which the gradients are computed.
pub struct Normalized {
    /// The vectors with mean 0 and variance 1, before the parameters.
    values: Vec<f32>,
    /// The factor of each vector.
    factors: Vec<f32>,
}

impl Norm {
    /// Returns the sum of two lists of vectors, each of them normalized.
    pub fn forward(&self, a: &[f32], b: &[f32]) -> (Vec<f32>, Normalized) {
        let mut values: Vec<f32> = a.iter().zip(b).map(|(a, b)| a + b).collect();
        let mut factors = Vec::with_capacity(values.len() / HIDDEN);
        for vector in values.chunks_exact_mut(HIDDEN) {
            let mean = vector.iter().sum::<f32>() / HIDDEN as f32;
            vector.iter_mut().for_each(|value| *value -= mean);
            let variance = vector.iter().map(|value| value * value).sum::<f32>() / HIDDEN as f32;
            let factor = 1.0 / (variance + LAYER_NORM_EPSILON).sqrt();
            vector.iter_mut().for_each(|value| *value *= factor);
            factors.push(factor);
        }
        let parameters = self.weight.iter().zip(&self.bias).cycle();
        let output = values.iter().zip(parameters);
        let output = output.map(|(value, (weight, bias))| value * weight + bias).collect();
        (output, Normalized { values, factors })
    }

    /// Returns the gradient of each of the two inputs, given that of the output.
    pub fn backward(&self, normalized: &Normalized, of_output: &[f32]) -> Vec<f32> {
        let weights = self.weight.iter().cycle();
        let mut gradient: Vec<f32> =
            of_output.iter().zip(weights).map(|(slope, weight)| slope * weight).collect();
        let vectors = normalized.values.chunks_exact(HIDDEN).zip(&normalized.factors);
        for (slopes, (values, factor)) in gradient.chunks_exact_mut(HIDDEN).zip(vectors) {
            let mean = slopes.iter().sum::<f32>() / HIDDEN as f32;
            let along = slopes.iter().zip(values).map(|(slope, value)| slope * value).sum::<f32>();
            let along = along / HIDDEN as f32;
            for (slope, value) in slopes.iter_mut().zip(values) {
                *slope = factor * (*slope - mean - along * value);
            }
        }
        gradient
    }
}

/// Returns the slope of GELU at a value.
pub fn gelu_slope(x: f32, gelu: f32) -> f32 {
    // x Φ(x) has the slope Φ(x) + x φ(x).
    let share = if x.abs() > 1e-4 { gelu / x } else { 0.5 };
    let density =
        (-0.5 * x * x).exp() * std::f32::consts::FRAC_2_SQRT_PI * std::f32::consts::FRAC_1_SQRT_2
            / 2.0;
    share + x * density
}

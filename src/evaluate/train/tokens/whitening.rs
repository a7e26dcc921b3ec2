//! Whitening: a linear map of vectors to fewer dimensions that keeps most of their variance, after
//! which all dimensions have the variance 1 and no two are correlated. Pure.

use super::late_interaction::INPUT;
use crate::embedding::token_training::HIDDEN;

/// A center and a linear map.
pub struct Whitening {
    pub center: Vec<f32>,
    /// One row for each dimension of the result.
    pub rows: Vec<Vec<f32>>,
}

/// Steps of the subspace iteration. Fewer would find the dimensions of the most variance, too.
const STEPS: usize = 60;

/// Variance up to which a dimension is left out, as in a sample of a few tokens.
const MIN_VARIANCE: f64 = 1e-9;

impl Whitening {
    /// Finds the map for vectors like those of `sample`: `HIDDEN` numbers each. The subspace of the
    /// most variance comes from a subspace iteration (Golub & Van Loan, "Matrix Computations",
    /// section 8.2), started with `random`.
    pub fn of(sample: &[f32], random: &mut fastrand::Rng) -> Whitening {
        let count = (sample.len() / HIDDEN).max(1) as f64;
        let mut center = vec![0.0_f64; HIDDEN];
        for vector in sample.chunks_exact(HIDDEN) {
            center
                .iter_mut()
                .zip(vector)
                .for_each(|(sum, value)| *sum += f64::from(*value) / count);
        }
        let mut covariance = vec![vec![0.0_f64; HIDDEN]; HIDDEN];
        for vector in sample.chunks_exact(HIDDEN) {
            let pairs = vector.iter().zip(&center);
            let vector: Vec<_> = pairs.map(|(value, center)| f64::from(*value) - center).collect();
            for (row, value) in covariance.iter_mut().zip(&vector) {
                add_scaled(row, value / count, &vector);
            }
        }
        let mut rows = random_rows(INPUT, HIDDEN, random);
        for _ in 0..STEPS {
            orthonormalize(&mut rows);
            rows = rows.iter().map(|row| product(&covariance, row)).collect();
        }
        orthonormalize(&mut rows);
        whiten(&mut rows, &covariance);
        Whitening {
            center: center.iter().map(|value| *value as f32).collect(),
            rows: rows.iter().map(|row| row.iter().map(|value| *value as f32).collect()).collect(),
        }
    }

    /// Maps a vector of `HIDDEN` numbers.
    pub fn apply(&self, vector: &[f32]) -> [f32; INPUT] {
        let pairs = vector.iter().zip(&self.center);
        let centered: Vec<_> = pairs.map(|(value, center)| value - center).collect();
        let mut mapped = [0.0; INPUT];
        for (value, row) in mapped.iter_mut().zip(&self.rows) {
            *value = row.iter().zip(&centered).map(|(a, b)| a * b).sum();
        }
        mapped
    }

    /// Returns the map from `HIDDEN` numbers that whitens and then applies `weights`.
    pub fn compose(&self, weights: &[f32]) -> Vec<f32> {
        let mut row = vec![0.0; HIDDEN];
        for (weight, own) in weights.iter().zip(&self.rows) {
            row.iter_mut().zip(own).for_each(|(sum, value)| *sum += weight * value);
        }
        row
    }
}

/// Returns rows of random numbers between −1 and 1.
pub fn random_rows(count: usize, length: usize, random: &mut fastrand::Rng) -> Vec<Vec<f64>> {
    (0..count).map(|_| (0..length).map(|_| 2.0 * random.f64() - 1.0).collect()).collect()
}

/// Makes the rows orthogonal to each other, with unit length (modified Gram-Schmidt).
pub fn orthonormalize(rows: &mut [Vec<f64>]) {
    for at in 0..rows.len() {
        let (done, rest) = rows.split_at_mut(at);
        let row = &mut rest[0];
        for other in done.iter() {
            let along = dot(row, other);
            add_scaled(row, -along, other);
        }
        let length = dot(row, row).sqrt().max(f64::MIN_POSITIVE);
        row.iter_mut().for_each(|value| *value /= length);
    }
}

/// Changes the rows within the subspace that they span, so that they whiten vectors of this
/// covariance: Gram-Schmidt with the covariance as the scalar product.
fn whiten(rows: &mut [Vec<f64>], covariance: &[Vec<f64>]) {
    for at in 0..rows.len() {
        let (done, rest) = rows.split_at_mut(at);
        let row = &mut rest[0];
        for other in done.iter() {
            let along = dot(&product(covariance, other), row);
            add_scaled(row, -along, other);
        }
        let variance = dot(&product(covariance, row), row);
        let factor = if variance > MIN_VARIANCE { 1.0 / variance.sqrt() } else { 0.0 };
        row.iter_mut().for_each(|value| *value *= factor);
    }
}

fn product(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

fn add_scaled(sum: &mut [f64], factor: f64, vector: &[f64]) {
    sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += factor * value);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitened_vectors_have_unit_variance_and_no_correlation() {
        let random = &mut fastrand::Rng::with_seed(3);
        // The first dimensions vary most, and neighbors are correlated.
        let mut sample = Vec::new();
        for _ in 0..2000 {
            let mut before = 0.0;
            for at in 0..HIDDEN {
                let value = before / 2.0 + (random.f32() - 0.5) * 20.0 / (1.0 + at as f32);
                sample.push(value + 3.0);
                before = value;
            }
        }
        let whitening = Whitening::of(&sample, random);
        let mapped: Vec<_> =
            sample.chunks_exact(HIDDEN).map(|vector| whitening.apply(vector)).collect();
        for (a, b) in [(0, 0), (5, 5), (63, 63), (0, 1), (7, 40)] {
            let products = mapped.iter().map(|vector| vector[a] * vector[b]);
            let covariance = products.sum::<f32>() / mapped.len() as f32;
            let expected = if a == b { 1.0 } else { 0.0 };
            assert!((covariance - expected).abs() < 0.05, "{a} {b}: {covariance}");
        }
    }
}

//! Vectors quantized to 8 bits per dimension, and their cosines. Pure.
//!
//! The quantization has no measurable effect on the quality of the ranking.

use multiversion::multiversion;

/// A list of vectors of equal dimensions, of unit length except for rounding errors.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QuantizedVectors {
    dimensions: usize,
    /// The quantized values, row by row.
    values: Vec<i8>,
    /// For each vector, the factor that turns its values into those of a unit vector.
    scales: Vec<f32>,
}

impl QuantizedVectors {
    /// Returns a list of one vector, scaled to unit length.
    pub fn of(vector: &[f32]) -> QuantizedVectors {
        let mut vectors = QuantizedVectors::default();
        vectors.push(vector);
        vectors
    }

    /// Returns vectors of these quantized values, row by row, with the same scale for all.
    pub(super) fn from_parts(dimensions: usize, values: Vec<i8>, scale: f32) -> QuantizedVectors {
        let scales = vec![scale; values.len() / dimensions];
        QuantizedVectors { dimensions, values, scales }
    }

    /// Returns the quantized values, row by row.
    pub(super) fn values(&self) -> &[i8] {
        &self.values
    }

    /// Returns the factor that turns the values of the vector at a position into those of a unit
    /// vector; 0 if there is none.
    pub(super) fn scale(&self, at: usize) -> f32 {
        self.scales.get(at).copied().unwrap_or_default()
    }

    /// Returns the vector at a position; empty if there is none.
    pub(super) fn row(&self, at: usize) -> Vec<f32> {
        let Some(scale) = self.scales.get(at) else { return Vec::new() };
        let values = &self.values[at * self.dimensions..][..self.dimensions];
        values.iter().map(|value| f32::from(*value) * scale).collect()
    }

    /// Returns the number of vectors.
    pub(super) fn len(&self) -> usize {
        self.scales.len()
    }

    /// Appends a vector, scaled to unit length. All vectors must have equal dimensions.
    pub fn push(&mut self, vector: &[f32]) {
        self.dimensions = vector.len();
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        let largest = vector.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let step = largest.max(f32::MIN_POSITIVE) / f32::from(i8::MAX);
        self.values.extend(vector.iter().map(|value| (value / step).round() as i8));
        self.scales.push(step / length.max(f32::MIN_POSITIVE));
    }

    /// Appends vectors of equal dimensions. Vectors of zero dimensions are appended as zero
    /// vectors.
    pub fn extend(&mut self, others: &QuantizedVectors) {
        if others.dimensions == 0 {
            self.values.resize(self.values.len() + others.len() * self.dimensions, 0);
        } else if self.dimensions == 0 {
            // All vectors so far have zero dimensions.
            self.dimensions = others.dimensions;
            self.values = vec![0; self.scales.len() * self.dimensions];
        }
        self.values.extend(&others.values);
        self.scales.extend(&others.scales);
    }

    /// Returns the cosines of each vector with each vector of `others`, row by row.
    pub fn cosines(&self, others: &QuantizedVectors) -> Vec<f32> {
        let products = products(&self.values, &others.values, self.dimensions.max(1));
        let scales = self.scales.iter();
        let scales = scales.flat_map(|scale| others.scales.iter().map(move |other| scale * other));
        products.into_iter().zip(scales).map(|(product, scale)| product as f32 * scale).collect()
    }
}

/// Returns the scalar products of each row of `a` with each row of `b`. Compiled for several
/// instruction sets; the widest available one is used.
#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2", "aarch64+neon"))]
fn products(a: &[i8], b: &[i8], dimensions: usize) -> Vec<i32> {
    let rows = a.len() / dimensions;
    let mut products = Vec::with_capacity(rows * (b.len() / dimensions));
    for a in a.chunks_exact(dimensions) {
        for b in b.chunks_exact(dimensions) {
            products.push(a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum());
        }
    }
    products
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors() -> QuantizedVectors {
        let mut vectors = QuantizedVectors::default();
        for vector in [[1.0, 0.0, 0.0], [0.0, -2.0, 0.0], [3.0, 3.0, 0.0]] {
            vectors.push(&vector);
        }
        vectors
    }

    #[test]
    fn cosines_depend_on_the_direction_only() {
        let cosines = vectors().cosines(&vectors());
        let half = 0.5_f32.sqrt();
        let expected = [1.0, 0.0, half, 0.0, 1.0, -half, half, -half, 1.0];
        for (found, expected) in cosines.iter().zip(expected) {
            assert!((found - expected).abs() < 0.01, "{cosines:?}");
        }
    }

    #[test]
    fn extend_appends_vectors_of_zero_dimensions_as_zero_vectors() {
        let empty = QuantizedVectors::of(&[]);
        let mut all = empty.clone();
        all.extend(&vectors());
        all.extend(&empty);
        let cosines = QuantizedVectors::of(&[1.0, 0.0, 0.0]).cosines(&all);
        assert_eq!(cosines.len(), 5);
        assert!(cosines[0] == 0.0 && cosines[1] > 0.99 && cosines[4] == 0.0, "{cosines:?}");
    }

    #[test]
    fn cosines_with_a_zero_vector_are_zero() {
        assert_eq!(vectors().cosines(&QuantizedVectors::default()), [0.0_f32; 0]);
        assert_eq!(QuantizedVectors::of(&[0.0; 3]).cosines(&vectors()), [0.0; 3]);
    }
}

//! Dimensionality reduction: a fixed projection onto the principal directions of token vectors.
//!
//! `verbatim learn` learned the projection of the known model from articles. The projection is
//! built into this program: 128 rows of 384 numbers. It reduces the vectors to a third of their
//! size with hardly a loss: with the same weights ex@1 was 81.2 without it and 80.9 with it, pooled
//! 80.5 and 80.2.

use candle_core::{Device, Tensor};

use super::quantized::QuantizedVectors;

/// A projection matrix. Its rows are orthogonal directions, by descending variance.
pub struct Projection(QuantizedVectors);

/// Number of dimensions after the projection.
const KEPT: usize = 128;
/// Number of orthogonal iterations: enough to separate directions whose variance differs by some
/// percent.
const ITERATIONS: usize = 60;

impl Projection {
    /// Returns the projection for all-MiniLM-L6-v2.
    pub fn of_known_model() -> Projection {
        let rows = QuantizedVectors::from_bytes(include_bytes!("projection.bin"));
        Projection(rows.expect("the built-in file is valid, which a test checks"))
    }

    /// Learns the principal directions of these vectors, all of them scaled to unit length.
    ///
    /// The algorithm is orthogonal iteration (Golub & Van Loan 2013, 8.2.4) on the second moments.
    /// The moments are not centred, since cosines are not centred either.
    pub fn learn(vectors: impl Iterator<Item = Vec<f32>>) -> Projection {
        let mut moments: Vec<f64> = Vec::new();
        for vector in vectors {
            moments.resize(vector.len() * vector.len(), 0.0);
            let squares: f64 = vector.iter().map(|value| f64::from(value * value)).sum();
            for (row, a) in moments.chunks_exact_mut(vector.len()).zip(&vector) {
                let share = f64::from(*a) / squares.max(f64::MIN_POSITIVE);
                row.iter_mut().zip(&vector).for_each(|(sum, b)| *sum += share * f64::from(*b));
            }
        }
        let dimensions = moments.len().isqrt();
        let mut rows: Vec<Vec<f64>> =
            (0..KEPT.min(dimensions)).map(|index| initial_row(index, dimensions)).collect();
        for _ in 0..ITERATIONS {
            let products = rows.iter().map(|row| {
                moments.chunks_exact(dimensions).map(|moment| dot(moment, row)).collect()
            });
            rows = orthonormalize(products.collect());
        }
        let mut kept = QuantizedVectors::default();
        for row in rows {
            kept.push(&row.into_iter().map(|value| value as f32).collect::<Vec<_>>());
        }
        Projection(kept)
    }

    /// Returns the bytes of `projection.bin`.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    /// Returns the projection as a matrix with a column for each dimension that is kept.
    pub fn matrix(&self) -> candle_core::Result<Tensor> {
        let rows = self.0.rows();
        let count = rows.len();
        Tensor::from_vec(rows.concat(), (count, self.0.dimensions()), &Device::Cpu)?
            .t()?
            .contiguous()
    }
}

/// Returns an arbitrary direction to start the iteration from. The directions are different and not
/// orthogonal to any axis.
fn initial_row(index: usize, dimensions: usize) -> Vec<f64> {
    (0..dimensions).map(|column| ((index + 1) as f64 * (column + 1) as f64).sin()).collect()
}

/// Returns an orthonormal basis of the rows, by the modified Gram-Schmidt process.
fn orthonormalize(rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(rows.len());
    for mut row in rows {
        for previous in &basis {
            let shared = dot(&row, previous);
            row.iter_mut().zip(previous).for_each(|(value, other)| *value -= shared * other);
        }
        let length = dot(&row, &row).sqrt().max(f64::MIN_POSITIVE);
        row.iter_mut().for_each(|value| *value /= length);
        basis.push(row);
    }
    basis
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projection_finds_the_directions_of_highest_variance_first() {
        let (first, second) = ([3.0, 3.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]);
        let third = [1.0, -1.0, 0.0, 0.0];
        let vectors = [first, second, first, third, second, first];
        let rows = Projection::learn(vectors.iter().map(|vector| vector.to_vec())).0.rows();
        let half = 0.5_f32.sqrt();
        let is_near = |row: &[f32], expected: [f32; 4]| {
            row.iter().zip(expected).all(|(value, expected)| (value.abs() - expected).abs() < 0.01)
        };
        assert!(is_near(&rows[0], [half, half, 0.0, 0.0]), "{rows:?}");
        assert!(is_near(&rows[1], [0.0, 0.0, 1.0, 0.0]), "{rows:?}");
        assert!(is_near(&rows[2], [half, half, 0.0, 0.0]), "{rows:?}");
    }

    #[test]
    fn projection_of_known_model_is_an_orthonormal_basis() {
        let Projection(rows) = Projection::of_known_model();
        assert_eq!((rows.len(), rows.dimensions()), (KEPT, 384));
        for (index, cosine) in rows.cosines(&rows).iter().enumerate() {
            let expected = if index / KEPT == index % KEPT { 1.0 } else { 0.0 };
            assert!((cosine - expected).abs() < 0.02, "{index}: {cosine}");
        }
    }
}

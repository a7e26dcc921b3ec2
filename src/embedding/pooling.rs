//! Mean pooling: the vector of a text is the mean of the vectors of its tokens. Pure.

/// Returns the mean of vectors of these dimensions, scaled to unit length. The mean of no vectors
/// is a zero vector.
pub fn mean(vectors: &[f32], dimensions: usize) -> Vec<f32> {
    let mut sum = vec![0.0_f32; dimensions];
    for vector in vectors.chunks_exact(dimensions) {
        sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
    }
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
    let factor = 1.0 / length.max(f32::MIN_POSITIVE);
    sum.iter_mut().for_each(|value| *value *= factor);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_has_unit_length_unless_there_are_no_vectors() {
        assert_eq!(mean(&[3.0, 0.0, 3.0, 8.0], 2), [0.6, 0.8]);
        assert_eq!(mean(&[], 2), [0.0, 0.0]);
    }
}

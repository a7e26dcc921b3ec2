//! Mean pooling: the vector of a text or of a word is the mean of the vectors of its tokens. Pure.

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

/// Returns the mean of the vectors of each word, unscaled, from the vectors of tokens of these
/// dimensions. `words` has the number of the word of each token, ascending. Tokens without a word
/// are left out. Such vectors take a third less space, and a question is covered nearly as well
/// (Clavié et al. 2024, "Reducing the Footprint of Multi-Vector Retrieval with Minimal Performance
/// Impact via Token Pooling").
pub fn word_means(vectors: &[f32], dimensions: usize, words: &[Option<u32>]) -> Vec<f32> {
    let tokens = words.iter().zip(vectors.chunks_exact(dimensions));
    let tokens: Vec<_> = tokens.filter(|(word, _)| word.is_some()).collect();
    let mut means = Vec::new();
    for word in tokens.chunk_by(|(a, _), (b, _)| a == b) {
        let count = word.len() as f32;
        means.extend(
            (0..dimensions)
                .map(|at| word.iter().map(|(_, vector)| vector[at]).sum::<f32>() / count),
        );
    }
    means
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_means_join_the_tokens_of_a_word_and_leave_out_those_without() {
        let vectors = [1.0, 2.0, 3.0, 6.0, 5.0, 5.0, 7.0, 8.0];
        let words = [Some(1), Some(1), None, Some(2)];
        assert_eq!(word_means(&vectors, 2, &words), [2.0, 4.0, 7.0, 8.0]);
        assert_eq!(word_means(&vectors, 2, &[None; 4]), [0.0_f32; 0]);
    }

    #[test]
    fn mean_has_unit_length_unless_there_are_no_vectors() {
        assert_eq!(mean(&[3.0, 0.0, 3.0, 8.0], 2), [0.6, 0.8]);
        assert_eq!(mean(&[], 2), [0.0, 0.0]);
    }
}

//! LexRank (Erkan & Radev 2004): the centrality of each sentence among the others. Pure.
//!
//! This is continuous LexRank, which uses all similarities without a threshold, biased towards
//! relevant sentences (Otterbacher, Erkan & Radev 2005). The similarity matrix is the product of
//! the sentence vectors with themselves and is never stored: an iteration multiplies with the
//! vectors twice, so that its cost grows with the words of an article, not with the square of its
//! sentences.

use super::tf_isf::{SentenceVectors, SparseVector};

/// Damping factor: the share of the centrality that comes from similar sentences. The rest comes
/// from the bias.
const DAMPING: f32 = 0.6;
/// Number of iterations. Each multiplies the error by at most the damping factor, so that the final
/// error is below 0.001.
const ITERATIONS: usize = 14;
/// Sum of similarities below which a sentence has no word in common with any other.
const MIN_SIMILARITY: f32 = 1e-5;

/// Returns the centrality of each sentence, from 0 to 1. The highest is 1, unless all are 0. `bias`
/// has a relevance for each sentence, not negative, in any unit.
pub fn lexrank(vectors: &SentenceVectors, bias: &[f32]) -> Vec<f32> {
    let rows = &vectors.rows;
    let total: f32 = bias.iter().sum();
    let bias: Vec<f32> = match total > 0.0 {
        true => bias.iter().map(|bias| bias / total).collect(),
        false => vec![1.0 / rows.len().max(1) as f32; rows.len()],
    };
    let similarity_sums = similarity_product(rows, vectors.word_count(), &vec![1.0; rows.len()]);
    let mut centrality = bias.clone();
    for _ in 0..ITERATIONS {
        let share = |(centrality, sum): (&f32, &f32)| {
            if *sum > MIN_SIMILARITY { centrality / sum } else { 0.0 }
        };
        let shares: Vec<f32> = centrality.iter().zip(&similarity_sums).map(share).collect();
        let received = similarity_product(rows, vectors.word_count(), &shares);
        let next = |(received, bias): (&f32, &f32)| DAMPING * received + (1.0 - DAMPING) * bias;
        centrality = received.iter().zip(&bias).map(next).collect();
    }
    let highest = centrality.iter().copied().fold(0.0, f32::max);
    let relative = |value: &f32| if highest > 0.0 { value / highest } else { 0.0 };
    centrality.iter().map(relative).collect()
}

/// Returns the product of `vector` and the matrix of similarities between different sentences.
fn similarity_product(rows: &[SparseVector], words: usize, vector: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0; words];
    for (row, factor) in rows.iter().zip(vector) {
        for (word, weight) in row {
            sums[*word] += weight * factor;
        }
    }
    let element = |(row, own): (&SparseVector, &f32)| {
        let all: f32 = row.iter().map(|(word, weight)| weight * sums[*word]).sum();
        if row.is_empty() { 0.0 } else { (all - own).max(0.0) }
    };
    rows.iter().zip(vector).map(element).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::tf_isf::similarity;
    use crate::index::language::Language;

    #[test]
    fn lexrank_is_highest_for_the_sentence_that_shares_most_words() {
        let english = Language::of_code("en");
        let texts =
            ["River treaty.", "River dam treaty drought.", "Dam.", "Drought.", "Bread.", "The."];
        let vectors = SentenceVectors::new(texts.into_iter().map(|text| (text, &english)));
        let centrality = lexrank(&vectors, &[1.0; 6]);
        assert_eq!(centrality[1], 1.0);
        assert!(centrality[0] > centrality[4] && centrality[4] > 0.0);
        let biased = lexrank(&vectors, &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(biased[4], 1.0);
    }

    #[test]
    fn similarity_product_equals_that_of_the_full_matrix() {
        let english = Language::of_code("en");
        let texts = ["River treaty water.", "River dam.", "Water dam treaty.", "Bread."];
        let vectors = SentenceVectors::new(texts.into_iter().map(|text| (text, &english)));
        let (vector, rows) = ([0.1, 0.2, 0.3, 0.4], &vectors.rows);
        let product = similarity_product(rows, vectors.word_count(), &vector);
        for row in 0..rows.len() {
            let others = (0..rows.len()).filter(|other| *other != row);
            let sum: f32 =
                others.map(|other| similarity(&rows[row], &rows[other]) * vector[other]).sum();
            assert!((product[row] - sum).abs() < 1e-6, "{row}");
        }
    }
}

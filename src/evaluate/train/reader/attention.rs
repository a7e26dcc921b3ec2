//! Scaled dot-product attention within each text, and its gradients.

use super::product::{View, add_product};
use crate::embedding::reader_training::{HEADS, HIDDEN};

/// Number of dimensions of a head.
const HEAD: usize = HIDDEN / HEADS;

/// Queries, keys and values of all tokens of several texts: [`HIDDEN`] numbers each.
pub struct Projected {
    pub queries: Vec<f32>,
    pub keys: Vec<f32>,
    pub values: Vec<f32>,
}

/// The attention of each token to each token of its text: text by text, head by head.
pub struct Attention(Vec<Vec<f32>>);

fn scale() -> f32 {
    1.0 / (HEAD as f32).sqrt()
}

/// Returns one head of the vectors of a text.
fn head(vectors: &[f32], start: usize, length: usize, head: usize) -> Vec<f32> {
    let rows = vectors[start * HIDDEN..(start + length) * HIDDEN].chunks_exact(HIDDEN);
    rows.flat_map(|row| &row[head * HEAD..(head + 1) * HEAD]).copied().collect()
}

/// Adds to one head of the vectors of a text.
fn add_to_head(vectors: &mut [f32], start: usize, length: usize, head: usize, added: &[f32]) {
    let rows = vectors[start * HIDDEN..(start + length) * HIDDEN].chunks_exact_mut(HIDDEN);
    for (row, added) in rows.zip(added.chunks_exact(HEAD)) {
        let own = &mut row[head * HEAD..(head + 1) * HEAD];
        own.iter_mut().zip(added).for_each(|(value, added)| *value += added);
    }
}

/// Returns the mean of the values for each token, weighted by its attention. `lengths` has the
/// number of tokens of each text.
pub fn forward(projected: &Projected, lengths: &[usize]) -> (Vec<f32>, Attention) {
    let mut mixed = vec![0.0; projected.values.len()];
    let mut attention = Vec::new();
    let mut start = 0;
    for length in lengths.iter().copied() {
        for at in 0..HEADS {
            let own = |vectors: &[f32]| head(vectors, start, length, at);
            let (queries, keys) = (own(&projected.queries), own(&projected.keys));
            let values = own(&projected.values);
            let mut weights = vec![0.0; length * length];
            let keys = View::new(&keys, HEAD).transposed();
            add_product(scale(), View::new(&queries, HEAD), keys, &mut weights);
            weights.chunks_exact_mut(length).for_each(softmax);
            let mut mean = vec![0.0; length * HEAD];
            add_product(1.0, View::new(&weights, length), View::new(&values, HEAD), &mut mean);
            add_to_head(&mut mixed, start, length, at, &mean);
            attention.push(weights);
        }
        start += length;
    }
    (mixed, Attention(attention))
}

fn softmax(scores: &mut [f32]) {
    let highest = scores.iter().copied().fold(f32::MIN, f32::max);
    scores.iter_mut().for_each(|score| *score = (*score - highest).exp());
    let sum: f32 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
}

/// Returns the gradients of queries, keys and values, given that of the output of [`forward`].
pub fn backward(
    projected: &Projected,
    attention: &Attention,
    lengths: &[usize],
    of_mixed: &[f32],
) -> Projected {
    let zero = || vec![0.0; of_mixed.len()];
    let mut gradient = Projected { queries: zero(), keys: zero(), values: zero() };
    let mut weights = attention.0.iter();
    let mut start = 0;
    for length in lengths.iter().copied() {
        for (at, weights) in (0..HEADS).zip(weights.by_ref()) {
            let own = |vectors: &[f32]| head(vectors, start, length, at);
            let (queries, keys) = (own(&projected.queries), own(&projected.keys));
            let (values, slopes) = (own(&projected.values), own(of_mixed));
            let zero = || vec![0.0; length * HEAD];
            let (mut of_queries, mut of_keys, mut of_values) = (zero(), zero(), zero());
            let slopes = View::new(&slopes, HEAD);
            let of_output = View::new(weights, length).transposed();
            add_product(1.0, of_output, slopes, &mut of_values);
            let mut of_weights = vec![0.0; length * length];
            let values = View::new(&values, HEAD).transposed();
            add_product(1.0, slopes, values, &mut of_weights);
            let rows = of_weights.chunks_exact_mut(length).zip(weights.chunks_exact(length));
            for (slopes, weights) in rows {
                let mean: f32 = slopes.iter().zip(weights).map(|(slope, own)| slope * own).sum();
                let pairs = slopes.iter_mut().zip(weights);
                pairs.for_each(|(slope, own)| *slope = own * (*slope - mean));
            }
            let of_scores = View::new(&of_weights, length);
            add_product(scale(), of_scores, View::new(&keys, HEAD), &mut of_queries);
            let of_scores = of_scores.transposed();
            add_product(scale(), of_scores, View::new(&queries, HEAD), &mut of_keys);
            for (vectors, added) in [
                (&mut gradient.queries, of_queries),
                (&mut gradient.keys, of_keys),
                (&mut gradient.values, of_values),
            ] {
                add_to_head(vectors, start, length, at, &added);
            }
        }
        start += length;
    }
    gradient
}

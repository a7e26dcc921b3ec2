//! Scaled dot-product attention between all tokens of an input, for all heads.

use multiversion::multiversion;

use super::format::{HEADS, HIDDEN};
use super::functions::exp;

/// Number of dimensions of a head.
const HEAD: usize = HIDDEN / HEADS;
/// Number of products that are added to a sum together. Fewer stores make the loops faster.
const STEP: usize = 4;
/// The number of tokens is rounded up to a multiple of this number.
const PADDING: usize = 16;

/// Keys and values of one head.
struct Head {
    /// For each [`PADDING`] tokens, the first dimension of their keys, then the second, …
    keys: Vec<[[f32; PADDING]; HEAD]>,
    /// The value of each token, and zeros up to a multiple of [`PADDING`] tokens.
    values: Vec<[f32; HEAD]>,
}

/// Writes to `mixed` the mean of the `values` for each token, weighted by the attention of its
/// query to all keys: `tokens × HIDDEN` numbers, like the other parameters.
#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2", "aarch64+neon"))]
pub fn attend(queries: &[f32], keys: &[f32], values: &[f32], mixed: &mut [f32]) {
    let tokens = queries.len() / HIDDEN;
    let padded = tokens.next_multiple_of(PADDING);
    let mut weights = vec![0.0_f32; padded];
    let mut head = Head {
        keys: vec![[[0.0; PADDING]; HEAD]; padded / PADDING],
        values: vec![[0.0; HEAD]; padded],
    };
    for start in (0..HIDDEN).step_by(HEAD) {
        load(&mut head, start, keys, values);
        let queries = queries.chunks_exact(HIDDEN).zip(mixed.chunks_exact_mut(HIDDEN));
        for (query, mixed) in queries {
            similarities(&query[start..start + HEAD], &head, &mut weights);
            softmax(&mut weights, tokens);
            mix(&weights, &head, &mut mixed[start..start + HEAD]);
        }
    }
}

/// Copies the keys and values of the head whose first dimension is `start`.
#[inline(always)]
fn load(head: &mut Head, start: usize, keys: &[f32], values: &[f32]) {
    let vectors = keys.chunks_exact(HIDDEN).zip(values.chunks_exact(HIDDEN));
    for (token, (key, value)) in vectors.enumerate() {
        head.values[token].copy_from_slice(&value[start..start + HEAD]);
        let keys = &mut head.keys[token / PADDING];
        for (keys, number) in keys.iter_mut().zip(&key[start..start + HEAD]) {
            keys[token % PADDING] = *number;
        }
    }
}

/// Writes the scaled scalar product of the query with each key.
#[inline(always)]
fn similarities(query: &[f32], head: &Head, products: &mut [f32]) {
    let scale = 1.0 / (HEAD as f32).sqrt();
    let query: [f32; HEAD] = std::array::from_fn(|at| query[at] * scale);
    for (products, keys) in products.as_chunks_mut().0.iter_mut().zip(&head.keys) {
        let mut sums = [0.0; PADDING];
        for (query, keys) in query.as_chunks().0.iter().zip(keys.as_chunks().0) {
            add_products(&mut sums, query, keys);
        }
        *products = sums;
    }
}

/// Adds the sum of vectors, each times a factor.
#[inline(always)]
fn add_products<const N: usize>(
    sums: &mut [f32; N],
    factors: &[f32; STEP],
    vectors: &[[f32; N]; STEP],
) {
    let ([a, b, c, d], [va, vb, vc, vd]) = (factors, vectors);
    for (at, sum) in sums.iter_mut().enumerate() {
        *sum += (a * va[at] + b * vb[at]) + (c * vc[at] + d * vd[at]);
    }
}

/// Turns the first `count` numbers into a probability distribution, and the others into zeros. The
/// length must be a multiple of [`PADDING`].
#[inline(always)]
fn softmax(numbers: &mut [f32], count: usize) {
    numbers[count..].fill(f32::NEG_INFINITY);
    let mut largest = [f32::NEG_INFINITY; PADDING];
    for numbers in numbers.as_chunks::<PADDING>().0 {
        for (largest, number) in largest.iter_mut().zip(numbers) {
            *largest = if number > largest { *number } else { *largest };
        }
    }
    let largest = largest.into_iter().fold(f32::NEG_INFINITY, f32::max);
    for number in numbers.iter_mut() {
        *number = exp(*number - largest);
    }
    numbers[count..].fill(0.0);
    let mut sums = [0.0; PADDING];
    for numbers in numbers.as_chunks::<PADDING>().0 {
        for (sum, number) in sums.iter_mut().zip(numbers) {
            *sum += number;
        }
    }
    let factor = 1.0 / sums.into_iter().sum::<f32>();
    for number in numbers {
        *number *= factor;
    }
}

/// Writes the weighted sum of the values.
#[inline(always)]
fn mix(weights: &[f32], head: &Head, mixed: &mut [f32]) {
    let mut sums = [0.0; HEAD];
    let weights = weights.as_chunks::<STEP>().0;
    for (weights, values) in weights.iter().zip(head.values.as_chunks::<STEP>().0) {
        add_products(&mut sums, weights, values);
    }
    mixed.copy_from_slice(&sums);
}

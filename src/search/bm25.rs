//! BM25 and inverse document frequency (Robertson & Zaragoza 2009). Pure.

use super::term_frequency::TermFrequencies;

/// Saturation of the term frequency.
const K1: f32 = 0.8;
/// Strength of the length normalisation, from 0 to 1.
const B: f32 = 0.6;

/// Computes the inverse document frequency as Lucene and Tantivy do; it is never negative.
pub fn idf(document_frequency: u64, document_count: u64) -> f32 {
    let (n, df) = (document_count as f32, document_frequency.min(document_count) as f32);
    (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
}

/// Computes the BM25 score of a text, with `term_weights` in place of the IDF.
pub fn bm25(term_weights: &[f32], frequencies: &TermFrequencies, average_words: f32) -> f32 {
    let norm = K1 * (1.0 - B + B * frequencies.word_count as f32 / average_words);
    frequencies
        .weighted_sum(term_weights, |_, term| term.frequency * (K1 + 1.0) / (term.frequency + norm))
}

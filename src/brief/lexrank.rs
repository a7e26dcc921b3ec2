//! How central each sentence is among the others: LexRank (Erkan & Radev 2004). Pure.
//!
//! The continuous kind, in which every similarity counts, drawn to what is asked (Otterbacher, Erkan
//! & Radev 2005). The matrix of all similarities is the product of the rows with themselves, and is
//! never made: a step multiplies with the rows twice, so that its cost grows with the words of an
//! article and not with the square of its sentences.

use super::tf_isf::{SentenceVectors, SparseVector};

/// The share of a sentence's standing that its likes give it; the rest comes from what is asked.
const FROM_LIKES: f32 = 0.6;
/// Each step leaves at most that share of the error: after these it is below a thousandth.
const STEPS: usize = 14;
/// Below this a sentence shares no word with any other.
const NOTHING: f32 = 1e-5;

/// For each row from 0 to 1, the highest being 1 unless there is none. `pull` says how much each is asked for, in
/// any unit; it is not negative.
pub fn lexrank(vectors: &SentenceVectors, pull: &[f32]) -> Vec<f32> {
    let rows = &vectors.rows;
    let total: f32 = pull.iter().sum();
    let pull: Vec<f32> = match total > 0.0 {
        true => pull.iter().map(|pull| pull / total).collect(),
        false => vec![1.0 / rows.len().max(1) as f32; rows.len()],
    };
    let alike = times(rows, vectors.word_count(), &vec![1.0; rows.len()]);
    let mut central = pull.clone();
    for _ in 0..STEPS {
        let share = |(central, alike): (&f32, &f32)| {
            if *alike > NOTHING { central / alike } else { 0.0 }
        };
        let given: Vec<f32> = central.iter().zip(&alike).map(share).collect();
        let taken = times(rows, vectors.word_count(), &given);
        let next = |(taken, pull): (&f32, &f32)| FROM_LIKES * taken + (1.0 - FROM_LIKES) * pull;
        central = taken.iter().zip(&pull).map(next).collect();
    }
    let highest = central.iter().copied().fold(0.0, f32::max);
    central.iter().map(|central| if highest > 0.0 { central / highest } else { 0.0 }).collect()
}

/// The matrix of similarities, without those of each sentence to itself, times `of`.
fn times(rows: &[SparseVector], words: usize, of: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0; words];
    for (row, factor) in rows.iter().zip(of) {
        for (word, weight) in row {
            sums[*word] += weight * factor;
        }
    }
    let one = |(row, own): (&SparseVector, &f32)| {
        let all: f32 = row.iter().map(|(word, weight)| weight * sums[*word]).sum();
        if row.is_empty() { 0.0 } else { (all - own).max(0.0) }
    };
    rows.iter().zip(of).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brief::tf_isf::similarity;
    use crate::index::analyzer::Language;

    #[test]
    fn the_sentence_that_shares_most_with_the_others_is_the_most_central() {
        let english = Language::of_code("en");
        let texts =
            ["River treaty.", "River dam treaty drought.", "Dam.", "Drought.", "Bread.", "The."];
        let vectors = SentenceVectors::of(texts.into_iter().map(|text| (text, &english)));
        let central = lexrank(&vectors, &[1.0; 6]);
        assert_eq!(central[1], 1.0);
        assert!(central[0] > central[4] && central[4] > 0.0);
        // What is asked for gains.
        let asked = lexrank(&vectors, &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(asked[4], 1.0);
    }

    #[test]
    fn a_product_is_that_of_the_whole_matrix() {
        let english = Language::of_code("en");
        let texts = ["River treaty water.", "River dam.", "Water dam treaty.", "Bread."];
        let vectors = SentenceVectors::of(texts.into_iter().map(|text| (text, &english)));
        let (of, rows) = ([0.1, 0.2, 0.3, 0.4], &vectors.rows);
        let product = times(rows, vectors.word_count(), &of);
        for at in 0..rows.len() {
            let others = (0..rows.len()).filter(|other| *other != at);
            let sum: f32 =
                others.map(|other| similarity(&rows[at], &rows[other]) * of[other]).sum();
            assert!((product[at] - sum).abs() < 1e-6, "{at}");
        }
    }
}

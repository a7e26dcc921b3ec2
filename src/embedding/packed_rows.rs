//! Vectors in memory in the form of a [`LevelCode`], and their scalar products. Pure.

use multiversion::multiversion;

use super::level_code::LevelCode;
use super::quantized::QuantizedVectors;

/// A list of vectors of equal dimensions with `BITS` bits per dimension, 2 or 4.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PackedRows<const BITS: usize> {
    /// The codes, row by row.
    codes: Vec<u8>,
    count: usize,
}

impl<const BITS: usize> PackedRows<BITS> {
    /// Number of codes in a byte.
    const PER_BYTE: usize = 8 / BITS;

    /// Appends the bytes of a vector, as [`LevelCode::pack`] gives them.
    pub fn push(&mut self, codes: &[u8]) {
        self.codes.extend(codes);
        self.count += 1;
    }

    /// Returns the product of the levels of each vector with the values of a query, which is one
    /// vector of the same dimensions.
    pub fn products(&self, query: &QuantizedVectors) -> Vec<f32> {
        let values = query.values();
        let bytes = LevelCode::<BITS>::bytes(values.len());
        if bytes == 0 {
            return vec![0.0; self.count];
        }
        // A byte holds the codes of neighboring dimensions.
        let part = |at: usize| values.iter().skip(at).step_by(Self::PER_BYTE).copied().collect();
        let parts: Vec<Vec<i8>> = (0..Self::PER_BYTE).map(part).collect();
        let sum: i32 = values.iter().map(|value| i32::from(*value)).sum();
        let codes = match &parts[..] {
            [a, b] => products_of_4_bits(&self.codes, [a, b]),
            [a, b, c, d] => products_of_2_bits(&self.codes, [a, b, c, d]),
            _ => unreachable!("vectors have 2 or 4 bits per dimension"),
        };
        let max_level = i32::from(LevelCode::<BITS>::MAX_LEVEL);
        let scale = query.scale(0);
        codes.into_iter().map(|codes| (2 * codes - max_level * sum) as f32 * scale).collect()
    }
}

/// Returns the products of the codes of each row, two in a byte, with the values of a query. The
/// widest available instruction set is used.
#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2", "aarch64+neon"))]
fn products_of_4_bits(codes: &[u8], [a, b]: [&Vec<i8>; 2]) -> Vec<i32> {
    let of_row = |row: &[u8]| {
        let pairs = row.iter().zip(a.iter().zip(b));
        pairs
            .map(|(byte, (a, b))| {
                i32::from(byte & 15) * i32::from(*a) + i32::from(byte >> 4) * i32::from(*b)
            })
            .sum()
    };
    codes.chunks_exact(a.len()).map(of_row).collect()
}

/// Returns the products of the codes of each row, four in a byte, with the values of a query.
#[multiversion(targets("x86_64+avx512f+avx512bw", "x86_64+avx2", "aarch64+neon"))]
fn products_of_2_bits(codes: &[u8], [a, b, c, d]: [&Vec<i8>; 4]) -> Vec<i32> {
    let of_row = |row: &[u8]| {
        let values = a.iter().zip(b).zip(c.iter().zip(d));
        row.iter()
            .zip(values)
            .map(|(byte, ((a, b), (c, d)))| {
                i32::from(byte & 3) * i32::from(*a)
                    + i32::from(byte >> 2 & 3) * i32::from(*b)
                    + i32::from(byte >> 4 & 3) * i32::from(*c)
                    + i32::from(byte >> 6) * i32::from(*d)
            })
            .sum()
    };
    codes.chunks_exact(a.len()).map(of_row).collect()
}

#[cfg(test)]
mod tests {
    use super::super::level_code::{FOUR_BITS, TWO_BITS};
    use super::*;

    fn check<const BITS: usize>(code: &LevelCode<BITS>) {
        const DIMENSIONS: usize = 40;
        let random = &mut fastrand::Rng::with_seed(7);
        let vector = |random: &mut fastrand::Rng| -> Vec<_> {
            (0..DIMENSIONS).map(|_| (random.f32() - 0.5) / 4.0).collect()
        };
        let query = QuantizedVectors::of(&vector(random));
        let mut rows = PackedRows::<BITS>::default();
        let mut expected = Vec::new();
        for _ in 0..5 {
            let levels: Vec<_> = code.levels(&vector(random)).collect();
            let bytes: Vec<_> = code.pack(&levels).collect();
            rows.push(&bytes);
            let pairs = query.row(0).into_iter().zip(levels);
            expected.push(pairs.map(|(value, level)| value * f32::from(level)).sum::<f32>());
        }
        let products = rows.products(&query);
        assert_eq!(products.len(), 5);
        for (product, expected) in products.iter().zip(expected) {
            assert!((product - expected).abs() < 1e-4, "{product}, {expected}");
        }
    }

    #[test]
    fn products_are_those_of_the_levels() {
        check(&FOUR_BITS);
        check(&TWO_BITS);
        let mut empty = PackedRows::<4>::default();
        empty.push(&[]);
        assert_eq!(empty.products(&QuantizedVectors::of(&[])), [0.0]);
    }
}

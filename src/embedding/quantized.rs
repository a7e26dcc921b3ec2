//! Vectors quantized to 8 bits per dimension, and their cosines. Pure.
//!
//! The quantization has no measurable effect on the quality of the ranking.

use std::ops::Range;

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

/// The token vectors of a text: one vector for each word piece.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TokenVectors {
    /// Byte range of each piece in the text, ascending.
    ranges: Vec<Range<usize>>,
    pub vectors: QuantizedVectors,
}

impl QuantizedVectors {
    /// Returns the number of vectors.
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// Returns whether the list has no vector.
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// Returns the number of dimensions of each vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Returns the vectors as floating-point numbers.
    pub fn rows(&self) -> Vec<Vec<f32>> {
        let rows = self.values.chunks_exact(self.dimensions.max(1)).zip(&self.scales);
        rows.map(|(row, scale)| row.iter().map(|value| f32::from(*value) * scale).collect())
            .collect()
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

    /// Returns the direction of the mean of some vectors. The mean of no vectors is a zero vector.
    pub fn mean(&self, positions: Range<usize>) -> QuantizedVectors {
        let mut sum = vec![0.0; self.dimensions];
        for position in positions {
            let row = &self.values[position * self.dimensions..][..self.dimensions];
            let scale = self.scales[position];
            sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += f32::from(*value) * scale);
        }
        let mut mean = QuantizedVectors::default();
        mean.push(&sum);
        mean
    }

    /// Returns the vectors as bytes: their number, their dimensions, the scales and the values.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.values.len() + 4 * self.scales.len() + 8);
        self.write(&mut bytes);
        bytes
    }

    /// Parses the bytes of [`QuantizedVectors::to_bytes`].
    pub fn from_bytes(mut bytes: &[u8]) -> Option<QuantizedVectors> {
        let count = take_u32(&mut bytes)? as usize;
        let dimensions = take_u32(&mut bytes)? as usize;
        let (scales, values) = bytes.split_at_checked(count.checked_mul(4)?)?;
        if values.len() != count.checked_mul(dimensions)? {
            return None;
        }
        let (scales, _) = scales.as_chunks::<4>();
        Some(QuantizedVectors {
            dimensions,
            values: values.iter().map(|byte| i8::from_le_bytes([*byte])).collect(),
            scales: scales.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
        })
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend((self.len() as u32).to_le_bytes());
        bytes.extend((self.dimensions as u32).to_le_bytes());
        self.scales.iter().for_each(|scale| bytes.extend(scale.to_le_bytes()));
        bytes.extend(self.values.iter().map(|value| value.to_le_bytes()[0]));
    }
}

impl TokenVectors {
    /// Pairs the byte ranges of pieces with their vectors. Surplus ranges or vectors are ignored.
    pub fn new(ranges: Vec<Range<usize>>, vectors: &[Vec<f32>]) -> TokenVectors {
        let mut paired = TokenVectors::default();
        for (range, vector) in ranges.into_iter().zip(vectors) {
            paired.ranges.push(range);
            paired.vectors.push(vector);
        }
        paired
    }

    /// Returns the byte range of each piece in the text, ascending.
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    /// Returns the positions of the pieces that begin within these bytes of the text.
    pub fn tokens_in(&self, bytes: &Range<usize>) -> Range<usize> {
        let position = |byte: usize| self.ranges.partition_point(|range| range.start < byte);
        position(bytes.start)..position(bytes.end)
    }

    /// Returns the vectors of the text without its first bytes, with the ranges moved accordingly.
    pub fn strip_prefix(&self, bytes: usize) -> TokenVectors {
        let first = self.ranges.partition_point(|range| range.start < bytes);
        let QuantizedVectors { dimensions, values, scales } = &self.vectors;
        TokenVectors {
            ranges: self.ranges[first..]
                .iter()
                .map(|range| range.start - bytes..range.end - bytes)
                .collect(),
            vectors: QuantizedVectors {
                dimensions: *dimensions,
                values: values[first * dimensions..].to_vec(),
                scales: scales[first..].to_vec(),
            },
        }
    }

    /// Returns the ranges and the vectors as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.vectors.values.len() + 12 * self.ranges.len() + 12);
        bytes.extend((self.ranges.len() as u32).to_le_bytes());
        for range in &self.ranges {
            bytes.extend((range.start as u32).to_le_bytes());
            bytes.extend((range.end as u32).to_le_bytes());
        }
        self.vectors.write(&mut bytes);
        bytes
    }

    /// Parses the bytes of [`TokenVectors::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<TokenVectors> {
        let mut rest = bytes;
        let count = take_u32(&mut rest)? as usize;
        let mut ranges = Vec::with_capacity(count.min(bytes.len()));
        for _ in 0..count {
            ranges.push(take_u32(&mut rest)? as usize..take_u32(&mut rest)? as usize);
        }
        let vectors = QuantizedVectors::from_bytes(rest)?;
        (vectors.len() == count).then_some(TokenVectors { ranges, vectors })
    }
}

fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    Some(u32::from_le_bytes(*number))
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

    fn vectors() -> TokenVectors {
        TokenVectors::new(
            vec![0..4, 5..9, 10..12],
            &[vec![1.0, 0.0, 0.0], vec![0.0, -2.0, 0.0], vec![3.0, 3.0, 0.0]],
        )
    }

    #[test]
    fn cosines_depend_on_the_direction_only() {
        let vectors = vectors().vectors;
        let cosines = vectors.cosines(&vectors);
        let half = 0.5_f32.sqrt();
        let expected = [1.0, 0.0, half, 0.0, 1.0, -half, half, -half, 1.0];
        for (found, expected) in cosines.iter().zip(expected) {
            assert!((found - expected).abs() < 0.01, "{cosines:?}");
        }
        let mean = vectors.mean(0..1).cosines(&vectors.mean(2..3));
        assert!((mean[0] - half).abs() < 0.01);
    }

    #[test]
    fn extend_appends_vectors_of_zero_dimensions_as_zero_vectors() {
        let empty = QuantizedVectors::default().mean(0..0);
        let mut all = empty.clone();
        all.extend(&vectors().vectors);
        all.extend(&empty);
        let cosines = vectors().vectors.mean(0..1).cosines(&all);
        assert_eq!(cosines.len(), 5);
        assert!(cosines[0] == 0.0 && cosines[1] > 0.99 && cosines[4] == 0.0, "{cosines:?}");
    }

    #[test]
    fn cosines_with_a_zero_vector_are_zero() {
        let empty = QuantizedVectors::default();
        assert_eq!(vectors().vectors.cosines(&empty), [0.0_f32; 0]);
        assert_eq!(vectors().vectors.mean(0..0).cosines(&vectors().vectors), [0.0; 3]);
    }

    #[test]
    fn from_bytes_restores_the_vectors_and_rejects_truncated_bytes() {
        let bytes = vectors().to_bytes();
        assert_eq!(TokenVectors::from_bytes(&bytes), Some(vectors()));
        for length in 0..bytes.len() {
            assert_eq!(TokenVectors::from_bytes(&bytes[..length]), None, "{length} bytes");
        }
        let mean = vectors().vectors.mean(0..3);
        assert_eq!(QuantizedVectors::from_bytes(&mean.to_bytes()), Some(mean));
    }

    #[test]
    fn tokens_in_finds_pieces_by_the_bytes_of_a_sentence() {
        assert_eq!(vectors().tokens_in(&(5..12)), 1..3);
        assert_eq!(vectors().tokens_in(&(20..30)), 3..3);
        assert_eq!(vectors().strip_prefix(5).ranges(), [0..4, 5..7]);
    }
}

//! A low-rank adapter (LoRA; Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models")
//! of the first layers of the transformer, which turns them into a reader of question and sentence.
//!
//! Each matrix of a layer gets the product of two small matrices added: `up × down`.

use multiversion::multiversion;

use super::format::{HIDDEN, INTERMEDIATE};

/// Number of layers that the reader has.
#[cfg(any(test, feature = "train"))]
pub const ADAPTED_LAYERS: usize = 12;
/// Number of dimensions between the two small matrices.
pub const RANK: usize = 8;
/// Number of rows, and of columns, that are processed together. They divide all sizes.
const LANES: usize = 8;
const STEP: usize = 4;
/// Columns and rows of each adapted matrix of a layer: query, key, value, output of the attention,
/// and the two products of the feed-forward network.
pub const SHAPES: [(usize, usize); 6] = [
    (HIDDEN, HIDDEN),
    (HIDDEN, HIDDEN),
    (HIDDEN, HIDDEN),
    (HIDDEN, HIDDEN),
    (HIDDEN, INTERMEDIATE),
    (INTERMEDIATE, HIDDEN),
];

/// The adapters of all layers, and the score that is read from the last of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapter {
    pub layers: Vec<[LowRank; SHAPES.len()]>,
    /// Weights of the mean of all tokens.
    pub output: Vec<f32>,
    pub constant: f32,
}

/// Two small matrices, whose product is added to a matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct LowRank {
    /// Row by row: [`RANK`] rows with as many numbers as the matrix has columns.
    pub down: Vec<f32>,
    /// Column by column: [`RANK`] columns with as many numbers as the matrix has rows.
    pub up: Vec<f32>,
}

impl Adapter {
    /// Returns an adapter of zeros.
    pub fn zero(layers: usize) -> Adapter {
        let layer = || SHAPES.map(|(columns, rows)| LowRank::zero(columns, rows));
        Adapter {
            layers: (0..layers).map(|_| layer()).collect(),
            output: vec![0.0; HIDDEN],
            constant: 0.0,
        }
    }

    /// Returns all parameters, in a fixed order.
    #[cfg(any(test, feature = "train"))]
    pub fn values(&self) -> impl Iterator<Item = &f32> + Clone {
        let matrices = self.layers.iter().flatten().flat_map(|own| own.down.iter().chain(&own.up));
        matrices.chain(&self.output).chain([&self.constant])
    }

    /// Returns all parameters, in the order of [`Adapter::values`].
    #[cfg(any(test, feature = "train"))]
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut f32> {
        let matrices = self.layers.iter_mut().flatten();
        let matrices = matrices.flat_map(|own| own.down.iter_mut().chain(&mut own.up));
        matrices.chain(&mut self.output).chain([&mut self.constant])
    }

    /// Returns the adapter as bytes: the number of layers, the numbers of the low-rank matrices
    /// with 8 bits each, and the output.
    #[cfg(any(test, feature = "train"))]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.layers.len() as u8];
        for own in self.layers.iter().flatten() {
            for matrix in [&own.down, &own.up] {
                matrix.chunks_exact(matrix.len() / RANK).for_each(|row| push_row(&mut bytes, row));
            }
        }
        let output = self.output.iter().chain([&self.constant]);
        bytes.extend(output.flat_map(|value| value.to_le_bytes()));
        bytes
    }

    /// Parses the bytes of [`Adapter::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Adapter> {
        let (layers, mut rest) = bytes.split_first()?;
        let mut adapter = Adapter::zero(usize::from(*layers));
        for own in adapter.layers.iter_mut().flatten() {
            for matrix in [&mut own.down, &mut own.up] {
                let length = matrix.len() / RANK;
                for row in matrix.chunks_exact_mut(length) {
                    let (scale, values) = rest.split_first_chunk()?;
                    let (values, others) = values.split_at_checked(length)?;
                    let scale = f32::from_le_bytes(*scale);
                    let values = values.iter().map(|value| scale * f32::from(*value as i8));
                    row.iter_mut().zip(values).for_each(|(own, value)| *own = value);
                    rest = others;
                }
            }
        }
        let (output, rest) = rest.as_chunks();
        let mut output = output.iter().map(|value| f32::from_le_bytes(*value));
        for own in adapter.output.iter_mut().chain([&mut adapter.constant]) {
            *own = output.next()?;
        }
        (rest.is_empty() && output.next().is_none()).then_some(adapter)
    }
}

/// Appends the scale of a row and its numbers, rounded to 8 bits.
#[cfg(any(test, feature = "train"))]
fn push_row(bytes: &mut Vec<u8>, row: &[f32]) {
    let largest = row.iter().fold(0.0, |largest: f32, value| largest.max(value.abs()));
    let scale = largest / 127.0;
    bytes.extend(scale.to_le_bytes());
    let rounded = |value: &f32| if scale > 0.0 { (value / scale).round() as i8 } else { 0 };
    bytes.extend(row.iter().map(|value| rounded(value) as u8));
}

impl LowRank {
    fn zero(columns: usize, rows: usize) -> LowRank {
        LowRank { down: vec![0.0; RANK * columns], up: vec![0.0; RANK * rows] }
    }

    /// Adds the product with each vector of `vectors` to the one of `products`.
    pub fn add(&self, vectors: &[f32], products: &mut [f32]) {
        add(&self.down, &self.up, vectors, products);
    }
}

/// Adds the products. The small matrices are first rearranged, so that the loops over the ranks and
/// over some rows stay in registers.
#[multiversion(targets("x86_64+avx2", "aarch64+neon"))]
fn add(down: &[f32], up: &[f32], vectors: &[f32], products: &mut [f32]) {
    let (columns, rows) = (down.len() / RANK, up.len() / RANK);
    let of_column = |column: usize| std::array::from_fn(|rank| down[rank * columns + column]);
    let down: Vec<[f32; RANK]> = (0..columns).map(of_column).collect();
    let of_rank = |rank: usize, row: usize| std::array::from_fn(|at| up[rank * rows + row + at]);
    let of_rows = |row: usize| std::array::from_fn(|rank| of_rank(rank, row));
    let up: Vec<[[f32; LANES]; RANK]> = (0..rows).step_by(LANES).map(of_rows).collect();
    let pairs = vectors.chunks_exact(columns).zip(products.chunks_exact_mut(rows));
    for (vector, product) in pairs {
        let mut sums = [[0.0_f32; RANK]; STEP];
        let steps = vector.as_chunks::<STEP>().0.iter().zip(down.as_chunks::<STEP>().0);
        for (values, weights) in steps {
            for ((sums, value), weights) in sums.iter_mut().zip(values).zip(weights) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += value * weight;
                }
            }
        }
        let [a, b, c, d] = sums;
        let inner: [f32; RANK] =
            std::array::from_fn(|rank| (a[rank] + b[rank]) + (c[rank] + d[rank]));
        for (values, weights) in product.as_chunks_mut::<LANES>().0.iter_mut().zip(&up) {
            let mut sums = *values;
            for (inner, weights) in inner.iter().zip(weights) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += inner * weight;
                }
            }
            *values = sums;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(layers: usize) -> Adapter {
        let mut random = fastrand::Rng::with_seed(1);
        let mut adapter = Adapter::zero(layers);
        adapter.values_mut().for_each(|value| *value = 2.0 * random.f32() - 1.0);
        adapter
    }

    #[test]
    fn bytes_have_all_numbers_with_8_bits() {
        let adapter = random(2);
        let bytes = adapter.to_bytes();
        let read = Adapter::from_bytes(&bytes).expect("they are complete");
        let pairs = adapter.values().zip(read.values());
        assert!(pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) < 0.005);
        assert_eq!(read.output, adapter.output);
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(Adapter::from_bytes(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Adapter::from_bytes(&[bytes, vec![0]].concat()), None);
        assert_eq!(Adapter::from_bytes(&[]), None);
    }

    #[test]
    fn add_adds_both_products() {
        let adapter = random(1);
        let own = &adapter.layers[0][4];
        let vectors: Vec<f32> = (0..2 * HIDDEN).map(|at| (at % 7) as f32 - 3.0).collect();
        let mut products = vec![1.0; 2 * INTERMEDIATE];
        own.add(&vectors, &mut products);
        for (vector, row) in [(0, 0), (1, 5), (1, INTERMEDIATE - 1)] {
            let inner = |rank: usize| -> f32 {
                let down = &own.down[rank * HIDDEN..][..HIDDEN];
                down.iter().zip(&vectors[vector * HIDDEN..]).map(|(a, b)| a * b).sum()
            };
            let expected: f32 =
                (0..RANK).map(|rank| inner(rank) * own.up[rank * INTERMEDIATE + row]).sum();
            let product = products[vector * INTERMEDIATE + row] - 1.0;
            assert!((product - expected).abs() < 1e-3, "{product}, {expected}");
        }
    }
}

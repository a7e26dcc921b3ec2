//! A matrix of the transformer with its low-rank adapter, whose gradients it computes. The matrix
//! itself and its bias stay as they are.

use super::product::{View, add_product, product};
use crate::embedding::reader_training::{LowRank, RANK};

/// A matrix and a bias.
pub struct Dense {
    /// Row by row.
    pub matrix: Vec<f32>,
    pub bias: Vec<f32>,
}

/// Intermediate result of the adapter: [`RANK`] numbers for each vector of the input.
pub struct Inner(Vec<f32>);

impl Dense {
    fn columns(&self) -> usize {
        self.matrix.len() / self.bias.len()
    }

    /// Returns the outputs for the input vectors.
    pub fn forward(&self, adapter: &LowRank, input: &[f32]) -> (Vec<f32>, Inner) {
        let columns = self.columns();
        let rows = View::new(input, columns);
        let vectors = input.len() / columns;
        let mut output: Vec<f32> =
            std::iter::repeat_n(&self.bias, vectors).flatten().copied().collect();
        add_product(1.0, rows, View::new(&self.matrix, columns).transposed(), &mut output);
        let inner = product(rows, View::new(&adapter.down, columns).transposed());
        add_product(
            1.0,
            View::new(&inner, RANK),
            View::new(&adapter.up, self.bias.len()),
            &mut output,
        );
        (output, Inner(inner))
    }

    /// Adds the gradient of the adapter to `gradient` and, unless `of_input` is `None`, that of the
    /// input to `of_input`, given the gradient of the output.
    pub fn backward(
        &self,
        adapter: &LowRank,
        (input, Inner(inner)): (&[f32], &Inner),
        of_output: &[f32],
        gradient: &mut LowRank,
        of_input: Option<&mut [f32]>,
    ) {
        let (rows, columns) = (self.bias.len(), self.columns());
        let slopes = View::new(of_output, rows);
        add_product(1.0, View::new(inner, RANK).transposed(), slopes, &mut gradient.up);
        let of_inner = product(slopes, View::new(&adapter.up, rows).transposed());
        let of_inner = View::new(&of_inner, RANK);
        add_product(1.0, of_inner.transposed(), View::new(input, columns), &mut gradient.down);
        if let Some(of_input) = of_input {
            add_product(1.0, slopes, View::new(&self.matrix, columns), of_input);
            add_product(1.0, of_inner, View::new(&adapter.down, columns), of_input);
        }
    }
}

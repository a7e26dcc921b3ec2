//! The layers of the transformer with their adapters, and the gradients of the adapters by
//! backpropagation. The weights of the transformer stay as they are.

use super::attention::{self, Attention, Projected};
use super::dense::{Dense, Inner};
use super::norm::{Norm, Normalized, gelu_slope};
use crate::embedding::reader_training::{LowRank, gelu};

/// The adapters of the matrices of a layer, in the order of their `SHAPES`.
type Adapters = [LowRank; 6];

/// A layer of the transformer.
pub struct Layer {
    /// Query, key, value, output of the attention, and the two of the feed-forward network.
    pub matrices: [Dense; 6],
    /// After the attention and after the feed-forward network.
    pub norms: [Norm; 2],
}

/// Intermediate results of a layer, from which the gradients are computed.
pub struct Trace {
    input: Vec<f32>,
    projected: Projected,
    attention: Attention,
    mixed: Vec<f32>,
    attended: Vec<f32>,
    /// Input and output of GELU.
    inner: Vec<f32>,
    activated: Vec<f32>,
    normalized: [Normalized; 2],
    adapters: [Inner; 6],
}

impl Layer {
    /// Returns the vectors of the tokens of several texts. `lengths` has the number of tokens of
    /// each.
    pub fn forward(
        &self,
        adapters: &Adapters,
        input: Vec<f32>,
        lengths: &[usize],
    ) -> (Vec<f32>, Trace) {
        let apply = |at: usize, input: &[f32]| self.matrices[at].forward(&adapters[at], input);
        let [(queries, a), (keys, b), (values, c)] = [0, 1, 2].map(|at| apply(at, &input));
        let projected = Projected { queries, keys, values };
        let (mixed, attention) = attention::forward(&projected, lengths);
        let (added, d) = apply(3, &mixed);
        let (attended, first) = self.norms[0].forward(&input, &added);
        let (inner, e) = apply(4, &attended);
        let mut activated = inner.clone();
        gelu(&mut activated);
        let (added, f) = apply(5, &activated);
        let (output, second) = self.norms[1].forward(&attended, &added);
        let trace = Trace {
            input,
            projected,
            attention,
            mixed,
            attended,
            inner,
            activated,
            normalized: [first, second],
            adapters: [a, b, c, d, e, f],
        };
        (output, trace)
    }

    /// Adds the gradient of the adapters to `gradient`, given that of the output. Returns the
    /// gradient of the input, unless it is not needed.
    pub fn backward(
        &self,
        adapters: &Adapters,
        trace: &Trace,
        lengths: &[usize],
        of_output: &[f32],
        gradient: &mut Adapters,
        needs_input: bool,
    ) -> Vec<f32> {
        let mut back = |at: usize, input: &[f32], slopes: &[f32], of_input: Option<&mut [f32]>| {
            let input = (input, &trace.adapters[at]);
            self.matrices[at].backward(&adapters[at], input, slopes, &mut gradient[at], of_input);
        };
        let mut of_attended = self.norms[1].backward(&trace.normalized[1], of_output);
        let mut of_inner = vec![0.0; trace.inner.len()];
        back(5, &trace.activated, &of_attended.clone(), Some(&mut of_inner));
        let values = trace.inner.iter().zip(&trace.activated);
        for (slope, (value, activated)) in of_inner.iter_mut().zip(values) {
            *slope *= gelu_slope(*value, *activated);
        }
        back(4, &trace.attended, &of_inner, Some(&mut of_attended));
        let mut of_input = self.norms[0].backward(&trace.normalized[0], &of_attended);
        let mut of_mixed = vec![0.0; trace.mixed.len()];
        back(3, &trace.mixed, &of_input.clone(), Some(&mut of_mixed));
        let of_projected =
            attention::backward(&trace.projected, &trace.attention, lengths, &of_mixed);
        let Projected { queries, keys, values } = &of_projected;
        for (at, slopes) in [queries, keys, values].into_iter().enumerate() {
            back(at, &trace.input, slopes, needs_input.then_some(&mut of_input));
        }
        of_input
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::reader_training::{Adapter, HIDDEN, RANK};

    /// Lengths of the texts of the test.
    const LENGTHS: [usize; 2] = [3, 2];

    fn random(random: &mut fastrand::Rng, count: usize, range: f32) -> Vec<f32> {
        (0..count).map(|_| range * (2.0 * random.f32() - 1.0)).collect()
    }

    fn layer(source: &mut fastrand::Rng, adapters: &Adapters) -> Layer {
        let matrices = std::array::from_fn(|at| {
            let LowRank { down, up } = &adapters[at];
            let (columns, rows) = (down.len() / RANK, up.len() / RANK);
            Dense { matrix: random(source, columns * rows, 0.1), bias: random(source, rows, 0.1) }
        });
        let norm =
            |_| Norm { weight: random(source, HIDDEN, 1.0), bias: random(source, HIDDEN, 0.1) };
        Layer { matrices, norms: [0, 1].map(norm) }
    }

    #[test]
    fn gradients_are_those_of_the_output() {
        let mut source = fastrand::Rng::with_seed(3);
        let mut adapter = Adapter::zero(1);
        adapter.values_mut().for_each(|value| *value = 0.1 * (2.0 * source.f32() - 1.0));
        let mut adapters = adapter.layers.remove(0);
        let layer = layer(&mut source, &adapters);
        let count = LENGTHS.iter().sum::<usize>() * HIDDEN;
        let mut input = random(&mut source, count, 1.0);
        let slopes = random(&mut source, count, 1.0);
        let value = |adapters: &Adapters, input: &[f32]| {
            let (output, _) = layer.forward(adapters, input.to_vec(), &LENGTHS);
            let products = output.iter().zip(&slopes);
            products.map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>()
        };
        let (_, trace) = layer.forward(&adapters, input.clone(), &LENGTHS);
        let mut gradient = Adapter::zero(1).layers.remove(0);
        let of_input = layer.backward(&adapters, &trace, &LENGTHS, &slopes, &mut gradient, true);
        let check = |name: &str, high: f64, low: f64, expected: f32| {
            let slope = (high - low) / 0.02;
            let expected = f64::from(expected);
            assert!(
                (slope - expected).abs() < 0.02 * expected.abs() + 0.02,
                "{name}: {slope}, {expected}"
            );
        };
        for at in [0, 5, HIDDEN, count - 1] {
            let mut moved = |by: f32| {
                input[at] += by;
                let moved = value(&adapters, &input);
                input[at] -= by;
                moved
            };
            check("input", moved(0.01), moved(-0.01), of_input[at]);
        }
        for (number, own) in gradient.iter().enumerate() {
            let parts = [(true, &own.down), (false, &own.up)];
            for (is_down, own) in parts {
                let at = own.len() / 3;
                let mut moved = |by: f32| {
                    let LowRank { down, up } = &mut adapters[number];
                    let moved = if is_down { down } else { up };
                    moved[at] += by;
                    let result = value(&adapters, &input);
                    let LowRank { down, up } = &mut adapters[number];
                    let moved = if is_down { down } else { up };
                    moved[at] -= by;
                    result
                };
                check(&format!("{number}, {is_down}"), moved(0.01), moved(-0.01), own[at]);
            }
        }
    }
}

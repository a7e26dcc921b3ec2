//! Training of the reader: an adapter that makes the sentence model read a question together with
//! a sentence, and score whether the sentence answers.
//!
//! The loss is the softmax over the sentences of a question and the option that none of them
//! answers, whose score is 0.

mod attention;
mod dense;
mod groups;
mod norm;
mod product;
mod transformer;

use rayon::prelude::*;

use crate::embedding::EmbeddingIndex;
use crate::embedding::reader_training::{self, Adapter, HIDDEN, RANK};
use crate::evaluate::judgments::JudgedArticle;
use crate::evaluate::train::optimizer::{self, Optimizer};
use dense::Dense;
use groups::Group;
use norm::Norm;
use transformer::Layer;

/// How far the training is.
pub struct Progress {
    pub step: usize,
    pub steps: usize,
    /// Average loss of the questions since the last report.
    pub loss: f32,
}

/// Number of questions of a step.
const BATCH: usize = 16;
/// Number of steps between two reports.
const REPORTED_STEPS: usize = 25;
/// Highest rate of the descent.
const RATE: f32 = 1e-3;
const SEED: u64 = 1;

/// Learns an adapter from the questions of several files. The result depends only on the files and
/// on the vector instructions of the processor.
pub fn train(
    files: &[Vec<JudgedArticle>],
    embeddings: &EmbeddingIndex,
    report: impl Fn(Progress),
) -> Adapter {
    let mut random = fastrand::Rng::with_seed(SEED);
    let groups = groups::groups(files, embeddings, &mut random);
    fit(&Network::new(embeddings), &groups, &mut random, report)
}

/// Learns an adapter by gradient descent, which reads each question once.
fn fit(
    network: &Network<'_>,
    groups: &[Group],
    random: &mut fastrand::Rng,
    report: impl Fn(Progress),
) -> Adapter {
    let mut adapter = initial(network.layers.len(), random);
    let mut order: Vec<_> = groups.iter().collect();
    random.shuffle(&mut order);
    let (count, steps) = (adapter.values().count(), order.len().div_ceil(BATCH));
    let mut optimizer = Optimizer::new(count, steps, RATE);
    let mut losses = Vec::new();
    for (step, batch) in (1..).zip(order.chunks(BATCH)) {
        let of_question = |group: &&Group| {
            let mut gradient = Adapter::zero(network.layers.len());
            let loss = network.add_gradient(&adapter, group, &mut gradient);
            (gradient, loss)
        };
        // The gradients are added in the order of the questions: the result is reproducible.
        let (gradients, new): (Vec<_>, Vec<_>) = batch.par_iter().map(of_question).unzip();
        let average = optimizer::average(count, gradients.iter().map(Adapter::values));
        optimizer.step(adapter.values_mut(), average.iter().copied());
        losses.extend(new);
        if step % REPORTED_STEPS == 0 {
            let loss = losses.iter().sum::<f32>() / losses.len() as f32;
            losses.clear();
            report(Progress { step, steps, loss });
        }
    }
    adapter
}

/// Returns an adapter that changes nothing yet.
fn initial(layers: usize, random: &mut fastrand::Rng) -> Adapter {
    let mut adapter = Adapter::zero(layers);
    for own in adapter.layers.iter_mut().flatten() {
        let columns = own.down.len() / RANK;
        let range = (3.0 / columns as f32).sqrt();
        own.down.iter_mut().for_each(|value| *value = range * (2.0 * random.f32() - 1.0));
    }
    adapter
}

/// The transformer with weights of 32 bits.
struct Network<'a> {
    embeddings: &'a EmbeddingIndex,
    layers: Vec<Layer>,
}

impl<'a> Network<'a> {
    fn new(embeddings: &'a EmbeddingIndex) -> Network<'a> {
        let layers =
            reader_training::layer_weights(embeddings).into_iter().map(|(matrices, norms)| Layer {
                matrices: matrices.map(|(matrix, bias)| Dense { matrix, bias }),
                norms: norms.map(|(weight, bias)| Norm { weight, bias }),
            });
        Network { embeddings, layers: layers.collect() }
    }

    /// Adds the gradient of the loss of a question, and returns the loss.
    fn add_gradient(&self, adapter: &Adapter, group: &Group, gradient: &mut Adapter) -> f32 {
        let lengths: Vec<_> = group.pairs.iter().map(Vec::len).collect();
        let mut hidden = reader_training::input(self.embeddings, &group.pairs);
        let mut traces = Vec::new();
        for (layer, adapters) in self.layers.iter().zip(&adapter.layers) {
            let (output, trace) = layer.forward(adapters, hidden, &lengths);
            traces.push(trace);
            hidden = output;
        }
        let means = means(&hidden, &lengths);
        let score = |mean: &Vec<f32>| {
            mean.iter().zip(&adapter.output).map(|(a, b)| a * b).sum::<f32>() + adapter.constant
        };
        let scores: Vec<_> = means.iter().map(score).collect();
        let (loss, slopes) = loss(&scores, &group.is_right);
        let mut of_hidden = Vec::with_capacity(hidden.len());
        for ((slope, mean), length) in slopes.iter().zip(&means).zip(&lengths) {
            gradient.constant += slope;
            gradient.output.iter_mut().zip(mean).for_each(|(sum, value)| *sum += slope * value);
            let share = slope / *length as f32;
            let of_token = adapter.output.iter().map(|weight| share * weight);
            (0..*length).for_each(|_| of_hidden.extend(of_token.clone()));
        }
        let layers = self.layers.iter().zip(&adapter.layers).zip(&mut gradient.layers);
        for (at, (((layer, adapters), gradient), trace)) in layers.zip(&traces).enumerate().rev() {
            of_hidden = layer.backward(adapters, trace, &lengths, &of_hidden, gradient, at > 0);
        }
        loss
    }
}

/// Returns the mean of the vectors of each text.
fn means(hidden: &[f32], lengths: &[usize]) -> Vec<Vec<f32>> {
    let mut rows = hidden.chunks_exact(HIDDEN);
    let mean = |length: &usize| {
        let mut mean = vec![0.0; HIDDEN];
        for row in rows.by_ref().take(*length) {
            mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value / *length as f32);
        }
        mean
    };
    lengths.iter().map(mean).collect()
}

/// Returns the loss of a question and the slopes of the scores of its sentences.
fn loss(scores: &[f32], is_right: &[bool]) -> (f32, Vec<f32>) {
    let highest = scores.iter().copied().fold(0.0, f32::max);
    let odds: Vec<_> = scores.iter().map(|score| (score - highest).exp()).collect();
    let none = (-highest).exp();
    let all = odds.iter().sum::<f32>() + none;
    let pairs = || odds.iter().zip(is_right);
    let right: f32 = pairs().filter(|(_, is_right)| **is_right).map(|(odds, _)| odds).sum();
    let is_answered = is_right.contains(&true);
    let right = if is_answered { right.max(f32::MIN_POSITIVE) } else { none };
    let slope =
        |(odds, is_right): (&f32, &bool)| odds / all - if *is_right { odds / right } else { 0.0 };
    ((all / right).ln(), pairs().map(slope).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_wants_a_right_sentence_or_none() {
        let (value, slopes) = loss(&[0.0, 0.0], &[true, false]);
        assert!((value - 3.0_f32.ln()).abs() < 1e-6);
        assert!((slopes[0] + 2.0 / 3.0).abs() < 1e-6 && (slopes[1] - 1.0 / 3.0).abs() < 1e-6);
        let (value, slopes) = loss(&[-20.0], &[false]);
        assert!(value.abs() < 1e-6 && slopes[0].abs() < 1e-6);
        let (value, slopes) = loss(&[90.0, -200.0], &[false, true]);
        assert!(value.is_finite() && slopes.iter().all(|slope| slope.is_finite()));
    }

    #[test]
    fn mean_is_that_of_each_text() {
        let rows: Vec<_> = [1.0, 3.0, 8.0].into_iter().flat_map(|value| [value; HIDDEN]).collect();
        assert_eq!(means(&rows, &[2, 1]), [vec![2.0; HIDDEN], vec![8.0; HIDDEN]]);
    }
}

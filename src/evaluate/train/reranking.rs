//! Training of the reranker: gradient descent on the softmax over the sentences of all candidates.

use rayon::prelude::*;

use super::optimizer::{self, Optimizer};
use crate::embedding::dot;
use crate::search::features::Features;
use crate::search::reranker::{INPUT_COUNT, Inputs, Reranker, UNITS, inputs, unit};

/// The sentences of all candidates of a question, at least one of them right.
pub struct RerankingExample {
    options: Vec<RerankedSentence>,
    /// Number of questions that the example counts for.
    weight: f32,
}

/// A sentence with its linear score.
struct RerankedSentence {
    inputs: Inputs,
    score: f32,
    is_right: bool,
}

/// How often every question is read.
const EPOCHS: usize = 14;
/// Number of questions of a step.
const BATCH: usize = 128;
/// Number of questions whose gradients are added up by one thread.
const PART: usize = 16;
/// Slope of the loss up to which a sentence is left out.
const MIN_SLOPE: f32 = 1e-6;
/// Number of parameters.
const PARAMETERS: usize = UNITS * (INPUT_COUNT + 2);
/// Highest rate of the descent.
const RATE: f32 = 2e-3;
const SEED: u64 = 1;

impl RerankingExample {
    /// Takes the features and the linear scores of all sentences of each candidate, and whether
    /// each is right. `None` if no sentence that is reranked is right.
    pub fn new(
        candidates: &[&[Features]],
        linear: &[Vec<f32>],
        is_right: &[Vec<bool>],
        weight: f32,
    ) -> Option<RerankingExample> {
        let inputs = inputs(candidates, linear);
        let scores = linear.iter().flatten().zip(is_right.iter().flatten());
        let sentences = inputs.iter().flatten().zip(scores);
        let options = sentences.filter_map(|(inputs, (score, is_right))| {
            Some(RerankedSentence { inputs: (*inputs)?, score: *score, is_right: *is_right })
        });
        let options: Vec<_> = options.collect();
        options.iter().any(|own| own.is_right).then_some(RerankingExample { options, weight })
    }
}

/// Returns the network that makes the right sentences most likely. The result depends on the
/// examples and their order only.
pub fn fit(mut examples: Vec<RerankingExample>) -> Reranker {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut network = initial(&examples, &mut random);
    let sentences = examples.par_iter_mut().flat_map_iter(|example| &mut example.options);
    sentences.for_each(|own| own.inputs = network.scaled(&own.inputs));
    let mut order: Vec<_> = examples.iter().collect();
    let mut optimizer = Optimizer::new(PARAMETERS, EPOCHS * order.len().div_ceil(BATCH), RATE);
    for _ in 0..EPOCHS {
        random.shuffle(&mut order);
        for batch in order.chunks(BATCH) {
            let gradients = batch.par_chunks(PART).map(|part| {
                let mut gradient = Gradient::zero();
                for example in part {
                    gradient.add(&network, example);
                }
                gradient
            });
            // The parts are added in their order: the result is reproducible.
            let gradients: Vec<_> = gradients.collect();
            let average = optimizer::average(PARAMETERS, gradients.iter().map(Gradient::values));
            let parts_per_question = gradients.len() as f32 / batch.len() as f32;
            let average = average.into_iter().map(|value| value * parts_per_question);
            optimizer.step(parameters(&mut network), average);
        }
    }
    network
}

/// Returns a network that corrects nothing yet, with the scale of the inputs of the examples.
fn initial(examples: &[RerankingExample], random: &mut fastrand::Rng) -> Reranker {
    let sentences = || examples.iter().flat_map(|example| &example.options);
    let count = sentences().count().max(1) as f64;
    let mean = |value: &dyn Fn(&Inputs, usize) -> f64| -> [f64; INPUT_COUNT] {
        std::array::from_fn(|at| sentences().map(|own| value(&own.inputs, at)).sum::<f64>() / count)
    };
    let center = mean(&|inputs, at| f64::from(inputs[at]));
    let variance = mean(&|inputs, at| (f64::from(inputs[at]) - center[at]).powi(2));
    // An input that never differs says nothing.
    let deviation = variance.map(|own| if own > 1e-12 { own.sqrt() as f32 } else { f32::INFINITY });
    let range = (3.0 / INPUT_COUNT as f32).sqrt();
    let mut weight = |_| range * (2.0 * random.f32() - 1.0);
    Reranker {
        center: center.map(|value| value as f32),
        deviation,
        hidden: (0..UNITS).map(|_| std::array::from_fn(&mut weight)).collect(),
        constants: [0.0; UNITS],
        output: [0.0; UNITS],
    }
}

/// Returns the parameters of a network, in the order of [`Gradient::values`].
fn parameters(network: &mut Reranker) -> impl Iterator<Item = &mut f32> {
    let hidden = network.hidden.iter_mut().flatten();
    hidden.chain(&mut network.constants).chain(&mut network.output)
}

/// The summed gradient of the loss of some questions.
struct Gradient {
    hidden: Vec<Inputs>,
    constants: [f32; UNITS],
    output: [f32; UNITS],
}

impl Gradient {
    fn zero() -> Gradient {
        let hidden = vec![[0.0; INPUT_COUNT]; UNITS];
        Gradient { hidden, constants: [0.0; UNITS], output: [0.0; UNITS] }
    }

    fn values(&self) -> impl Iterator<Item = &f32> {
        self.hidden.iter().flatten().chain(&self.constants).chain(&self.output)
    }

    /// Adds the gradient of a question, whose inputs are scaled, and returns its loss: the negative
    /// logarithm of the probability of the right sentences, times the weight of the question.
    fn add(&mut self, network: &Reranker, example: &RerankingExample) -> f32 {
        let units: Vec<[f32; UNITS]> = example
            .options
            .iter()
            .map(|own| {
                std::array::from_fn(|at| {
                    unit(&network.hidden[at], network.constants[at], &own.inputs)
                })
            })
            .collect();
        let scores = example.options.iter().zip(&units);
        let scores: Vec<_> =
            scores.map(|(own, units)| own.score + dot(units, &network.output)).collect();
        let highest = scores.iter().copied().fold(f32::MIN, f32::max);
        let odds: Vec<_> = scores.iter().map(|score| (score - highest).exp()).collect();
        let all: f32 = odds.iter().sum();
        let of_right = odds.iter().zip(&example.options).filter(|(_, own)| own.is_right);
        let right = of_right.map(|(odds, _)| odds).sum::<f32>().max(f32::MIN_POSITIVE);
        for ((own, units), odds) in example.options.iter().zip(&units).zip(&odds) {
            let target = if own.is_right { odds / right } else { 0.0 };
            let slope = example.weight * (odds / all - target);
            if slope.abs() > MIN_SLOPE {
                self.add_sentence(network, own, units, slope);
            }
        }
        example.weight * (all / right).ln()
    }

    /// Adds the gradient of a sentence, given the slope of its score.
    fn add_sentence(
        &mut self,
        network: &Reranker,
        sentence: &RerankedSentence,
        units: &[f32; UNITS],
        slope: f32,
    ) {
        for (at, unit) in units.iter().enumerate() {
            self.output[at] += slope * unit;
            let of_unit = slope * network.output[at] * (1.0 - unit * unit);
            self.constants[at] += of_unit;
            let weights = self.hidden[at].iter_mut().zip(&sentence.inputs);
            weights.for_each(|(weight, input)| *weight += of_unit * input);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::features::COUNT;

    /// Returns a question of two passages with one sentence each, which have two features. The
    /// right one is that whose features are both high or both low.
    fn example(number: usize) -> RerankingExample {
        let features = |a: bool, b: bool| {
            let mut features = [0.0; COUNT];
            features[0] = f32::from(a);
            features[1] = f32::from(b);
            [features]
        };
        let both = number.is_multiple_of(2);
        let (right, wrong) = (features(both, both), features(both, !both));
        let linear = [vec![1.0], vec![1.5]];
        let is_right = [vec![true], vec![false]];
        let candidates: [&[Features]; 2] = [&right, &wrong];
        RerankingExample::new(&candidates, &linear, &is_right, 0.5).expect("one is right")
    }

    #[test]
    fn gradient_is_that_of_the_loss() {
        let examples = [example(0), example(1)];
        let mut random = fastrand::Rng::with_seed(7);
        let mut network = initial(&examples, &mut random);
        parameters(&mut network).for_each(|value| *value += 0.2 * random.f32() - 0.1);
        let loss = |network: &Reranker| {
            let mut gradient = Gradient::zero();
            examples.iter().map(|example| gradient.add(network, example)).sum::<f32>()
        };
        let mut gradient = Gradient::zero();
        for example in &examples {
            gradient.add(&network, example);
        }
        let expected: Vec<_> = gradient.values().copied().collect();
        for at in [0, 1, COUNT, INPUT_COUNT + 1, UNITS * INPUT_COUNT + 3, PARAMETERS - 1] {
            let moved = |by: f32| {
                let mut other = network.clone();
                *parameters(&mut other).nth(at).expect("there is this parameter") += by;
                loss(&other)
            };
            let slope = (moved(0.01) - moved(-0.01)) / 0.02;
            assert!((slope - expected[at]).abs() < 2e-3, "{at}: {slope}, {}", expected[at]);
        }
    }

    #[test]
    fn fit_learns_what_no_linear_score_can() {
        let network = fit((0..4000).map(example).collect());
        for number in 0..2 {
            let RerankingExample { options, .. } = example(number);
            let score = |own: &RerankedSentence| {
                let inputs = network.scaled(&own.inputs);
                let units = network.hidden.iter().zip(network.constants).zip(network.output);
                let correction: f32 = units
                    .map(|((weights, constant), output)| output * unit(weights, constant, &inputs))
                    .sum();
                own.score + correction
            };
            assert!(score(&options[0]) > score(&options[1]) + 0.5, "{number}");
        }
    }

    #[test]
    fn fit_is_reproducible() {
        let train = || fit((0..200).map(example).collect()).to_bytes();
        assert_eq!(train(), train());
    }

    #[test]
    fn new_needs_a_right_sentence_that_is_reranked() {
        let features = [[0.0; COUNT]; 2];
        let make = |scores: [f32; 2]| {
            let (linear, is_right) = ([scores.to_vec()], [vec![false, true]]);
            RerankingExample::new(&[&features], &linear, &is_right, 1.0).is_some()
        };
        assert!(make([1.0, 0.0]));
        assert!(!make([11.0, 0.0]));
    }
}

//! Late interaction with learned maps of the vectors of tokens: scores of sentences and their
//! gradients. Pure.
//!
//! The score of a sentence is linear in the coverage of the question by the sentence and by its
//! passage, and in their cosines. The loss is the negative logarithm of the probability of the
//! right sentences among those of all read passages and "none", by a softmax of the scores.

use crate::embedding::token_training::{DIMENSIONS, Vector, dot, softplus};

/// Dimensions of the whitened vectors of tokens.
pub const INPUT: usize = 64;
/// A whitened vector of a token.
pub type Token = [f32; INPUT];

/// A passage, or a question as one sentence.
pub struct Passage {
    /// The tokens of each sentence.
    pub sentences: Vec<Vec<Token>>,
}

/// A passage that was read for a question.
pub struct Candidate<'a> {
    pub passage: &'a Passage,
    /// Scaled cosine of the question and each sentence.
    pub cosines: Vec<f32>,
    /// Scaled cosine of the question and the passage.
    pub passage_cosine: f32,
    /// Whether each sentence answers.
    pub is_right: Vec<bool>,
}

/// The learned numbers. Gradients have the same form.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    pub passage: Map,
    pub question: Map,
    /// Weights of the dimensions of a token of a question, then the constant.
    pub importance: [f32; INPUT + 1],
    /// Weights of the coverage by the sentence and by the passage, and of the cosines of the
    /// sentence and of the passage, then the score of "none".
    pub mix: [f32; 5],
}

/// A linear map of vectors of tokens.
pub type Map = Vec<Token>;

/// Rounds a vector of unit length to those that can be stored.
pub type Quantize = fn(&Vector) -> Vector;

impl Parameters {
    /// Returns parameters of 0.
    pub fn zero() -> Parameters {
        let map = vec![[0.0; INPUT]; DIMENSIONS];
        Parameters {
            passage: map.clone(),
            question: map,
            importance: [0.0; INPUT + 1],
            mix: [0.0; 5],
        }
    }

    /// Returns all numbers.
    pub fn values(&self) -> impl Iterator<Item = &f32> {
        let maps = self.passage.iter().chain(&self.question).flatten();
        maps.chain(&self.importance).chain(&self.mix)
    }

    /// Returns all numbers, in the order of [`Parameters::values`].
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut f32> {
        let maps = self.passage.iter_mut().chain(&mut self.question).flatten();
        maps.chain(&mut self.importance).chain(&mut self.mix)
    }

    /// Adds the gradient of the loss of a question to `gradient` and returns the loss. If no
    /// sentence of `candidates` answers the question, "none" is right.
    pub fn add_gradient(
        &self,
        question: &[Token],
        candidates: &[Candidate<'_>],
        quantize: Quantize,
        gradient: &mut Parameters,
    ) -> f32 {
        let asked = Asked::new(self, question);
        let read = candidates.iter().map(|candidate| Read::new(&asked, self, candidate, quantize));
        let read: Vec<_> = read.collect();
        let scores =
            read.iter().zip(candidates).map(|(read, candidate)| read.scores(self, candidate));
        let scores: Vec<Vec<f32>> = scores.collect();
        let none = self.mix[4];
        let highest = scores.iter().flatten().copied().fold(none, f32::max);
        let odds = |score: f32| (score - highest).exp();
        let all: f32 = odds(none) + scores.iter().flatten().map(|score| odds(*score)).sum::<f32>();
        let labels = candidates.iter().flat_map(|candidate| &candidate.is_right);
        let right: f32 = scores
            .iter()
            .flatten()
            .zip(labels)
            .filter(|(_, is_right)| **is_right)
            .map(|(score, _)| odds(*score))
            .sum();
        let is_answered = candidates.iter().any(|candidate| candidate.is_right.contains(&true));
        let right = if is_answered { right } else { odds(none) }.max(f32::MIN_POSITIVE);
        let slope = |score: f32, is_right: bool| {
            let target = if is_right { odds(score) / right } else { 0.0 };
            odds(score) / all - target
        };
        gradient.mix[4] += slope(none, !is_answered);
        let mut asked_gradient = AskedGradient::new(question.len());
        for ((read, candidate), scores) in read.iter().zip(candidates).zip(&scores) {
            let pairs = scores.iter().zip(&candidate.is_right);
            let slopes: Vec<_> = pairs.map(|(score, is_right)| slope(*score, *is_right)).collect();
            read.add_gradient(self, &asked, candidate, &slopes, gradient, &mut asked_gradient);
        }
        asked.add_gradient(question, &asked_gradient, gradient);
        (all / right).ln()
    }
}

/// Length up to which a vector has no direction.
const MIN_LENGTH: f32 = 1e-6;

/// A vector of unit length, with the length that it had before.
struct Unit {
    vector: Vector,
    length: f32,
}

impl Unit {
    fn new(map: &Map, token: &Token) -> Unit {
        let mut vector = [0.0; DIMENSIONS];
        for (value, row) in vector.iter_mut().zip(map) {
            *value = dot(row, token);
        }
        let length = dot(&vector, &vector).sqrt().max(MIN_LENGTH);
        Unit { vector: vector.map(|value| value / length), length }
    }

    /// Adds the gradient of the map, given that of the vector.
    fn add_gradient(&self, of_vector: &Vector, token: &Token, map: &mut Map) {
        let along = dot(&self.vector, of_vector);
        for ((slope, value), row) in of_vector.iter().zip(&self.vector).zip(map) {
            let slope = (slope - value * along) / self.length;
            row.iter_mut().zip(token).for_each(|(row, value)| *row += slope * value);
        }
    }
}

/// The tokens of a question.
struct Asked {
    units: Vec<Unit>,
    /// The importance of each token before and after it is made positive.
    raw: Vec<f32>,
    importance: Vec<f32>,
    /// The importance, 1 in total.
    weights: Vec<f32>,
}

/// The gradients of the vectors and of the weights of the tokens of a question.
struct AskedGradient {
    vectors: Vec<Vector>,
    weights: Vec<f32>,
}

impl AskedGradient {
    fn new(count: usize) -> AskedGradient {
        AskedGradient { vectors: vec![[0.0; DIMENSIONS]; count], weights: vec![0.0; count] }
    }
}

impl Asked {
    fn new(parameters: &Parameters, question: &[Token]) -> Asked {
        let (weights, constant) = parameters.importance.split_at(INPUT);
        let raw = question.iter().map(|token| dot(weights, token) + constant[0]);
        let raw: Vec<f32> = raw.collect();
        let importance: Vec<f32> = raw.iter().map(|raw| softplus(*raw)).collect();
        let sum: f32 = importance.iter().sum();
        Asked {
            units: question.iter().map(|token| Unit::new(&parameters.question, token)).collect(),
            raw,
            weights: importance.iter().map(|importance| importance / sum).collect(),
            importance,
        }
    }

    fn add_gradient(&self, question: &[Token], own: &AskedGradient, gradient: &mut Parameters) {
        let average = dot(&self.weights, &own.weights);
        let sum: f32 = self.importance.iter().sum();
        for (at, token) in question.iter().enumerate() {
            self.units[at].add_gradient(&own.vectors[at], token, &mut gradient.question);
            let slope = (own.weights[at] - average) / sum / (1.0 + (-self.raw[at]).exp());
            let importance = gradient.importance.iter_mut();
            importance
                .zip(token.iter().chain([&1.0]))
                .for_each(|(sum, value)| *sum += slope * value);
        }
    }
}

/// The nearest token to a token of a question: its position and the cosine.
type NearestToken = (usize, f32);

/// A passage that was compared with a question.
struct Read {
    units: Vec<Unit>,
    quantized: Vec<Vector>,
    /// For each sentence and each token of the question, the nearest token of the sentence; empty
    /// for a sentence without tokens.
    nearest: Vec<Vec<NearestToken>>,
    /// For each token of the question, the nearest token of the passage.
    nearest_of_passage: Vec<NearestToken>,
    coverage: Vec<f32>,
    passage_coverage: f32,
}

impl Read {
    fn new(
        asked: &Asked,
        parameters: &Parameters,
        candidate: &Candidate<'_>,
        quantize: Quantize,
    ) -> Read {
        let sentences = &candidate.passage.sentences;
        let units: Vec<_> =
            sentences.iter().flatten().map(|token| Unit::new(&parameters.passage, token)).collect();
        let quantized: Vec<_> = units.iter().map(|unit| quantize(&unit.vector)).collect();
        let higher = |a: NearestToken, b: NearestToken| if b.1 > a.1 { b } else { a };
        let mut start = 0;
        let of_sentence = |sentence: &Vec<Token>| {
            let own = start..start + sentence.len();
            start = own.end;
            let of_token = |asked: &Unit| {
                let cosines = own.clone().map(|at| (at, dot(&asked.vector, &quantized[at])));
                cosines.reduce(higher)
            };
            asked.units.iter().filter_map(of_token).collect::<Vec<_>>()
        };
        let nearest: Vec<_> = sentences.iter().map(of_sentence).collect();
        let of_passage = |token: usize| {
            nearest.iter().filter_map(|sentence| sentence.get(token)).copied().reduce(higher)
        };
        let nearest_of_passage: Vec<_> = (0..asked.units.len()).filter_map(of_passage).collect();
        let covered = |nearest: &Vec<NearestToken>| {
            nearest.iter().zip(&asked.weights).map(|((_, cosine), weight)| weight * cosine).sum()
        };
        Read {
            coverage: nearest.iter().map(covered).collect(),
            passage_coverage: covered(&nearest_of_passage),
            units,
            quantized,
            nearest,
            nearest_of_passage,
        }
    }

    fn scores(&self, parameters: &Parameters, candidate: &Candidate<'_>) -> Vec<f32> {
        let [sentence, passage, cosine, passage_cosine, _] = parameters.mix;
        let shared = passage * self.passage_coverage + passage_cosine * candidate.passage_cosine;
        let own = self.coverage.iter().zip(&candidate.cosines);
        own.map(|(coverage, own)| sentence * coverage + cosine * own + shared).collect()
    }

    /// Adds the gradients, given those of the scores.
    fn add_gradient(
        &self,
        parameters: &Parameters,
        asked: &Asked,
        candidate: &Candidate<'_>,
        slopes: &[f32],
        gradient: &mut Parameters,
        asked_gradient: &mut AskedGradient,
    ) {
        let sum: f32 = slopes.iter().sum();
        gradient.mix[0] += dot(slopes, &self.coverage);
        gradient.mix[1] += sum * self.passage_coverage;
        gradient.mix[2] += dot(slopes, &candidate.cosines);
        gradient.mix[3] += sum * candidate.passage_cosine;
        let mut vectors: Vec<Option<Vector>> = vec![None; self.units.len()];
        let mut add = |nearest: &[NearestToken], slope: f32| {
            for (token, (at, cosine)) in nearest.iter().enumerate() {
                asked_gradient.weights[token] += slope * cosine;
                let slope = slope * asked.weights[token];
                let own = vectors[*at].get_or_insert([0.0; DIMENSIONS]);
                add_scaled(own, slope, &asked.units[token].vector);
                add_scaled(&mut asked_gradient.vectors[token], slope, &self.quantized[*at]);
            }
        };
        for (nearest, slope) in self.nearest.iter().zip(slopes) {
            add(nearest, parameters.mix[0] * slope);
        }
        add(&self.nearest_of_passage, parameters.mix[1] * sum);
        // The gradient passes through the quantization unchanged (Bengio et al. 2013).
        let tokens = candidate.passage.sentences.iter().flatten();
        for ((unit, vector), token) in self.units.iter().zip(&vectors).zip(tokens) {
            if let Some(vector) = vector {
                unit.add_gradient(vector, token, &mut gradient.passage);
            }
        }
    }
}

fn add_scaled(sum: &mut Vector, factor: f32, vector: &Vector) {
    sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += factor * value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random_tokens(random: &mut fastrand::Rng, count: usize) -> Vec<Token> {
        (0..count).map(|_| std::array::from_fn(|_| random.f32() - 0.5)).collect()
    }

    fn loss(
        parameters: &Parameters,
        question: &[Token],
        candidates: &[Candidate<'_>],
    ) -> (f32, Parameters) {
        let mut gradient = Parameters::zero();
        let exact: Quantize = |vector| *vector;
        let loss = parameters.add_gradient(question, candidates, exact, &mut gradient);
        (loss, gradient)
    }

    #[test]
    fn gradients_are_the_slopes_of_the_loss() {
        let random = &mut fastrand::Rng::with_seed(7);
        let mut parameters = Parameters::zero();
        parameters.values_mut().for_each(|value| *value = random.f32() - 0.5);
        let question = random_tokens(random, 4);
        let passages: Vec<_> = [[3, 0, 5], [2, 4, 1]]
            .map(|counts| Passage {
                sentences: counts.map(|count| random_tokens(random, count)).into(),
            })
            .into();
        for right in [Some(0), Some(2), None] {
            let candidates: Vec<_> = passages
                .iter()
                .enumerate()
                .map(|(at, passage)| Candidate {
                    passage,
                    cosines: vec![0.3, -0.2, 0.1 * at as f32],
                    passage_cosine: 0.4 - at as f32,
                    is_right: (0..3).map(|sentence| at == 1 && Some(sentence) == right).collect(),
                })
                .collect();
            let (_, gradient) = loss(&parameters, &question, &candidates);
            let slopes: Vec<_> = gradient.values().copied().collect();
            for at in (0..slopes.len()).step_by(if slopes.len() > 500 { 97 } else { 1 }) {
                let moved = |distance: f32| {
                    let mut moved = parameters.clone();
                    *moved.values_mut().nth(at).expect("a parameter") += distance;
                    loss(&moved, &question, &candidates).0
                };
                let slope = (moved(0.01) - moved(-0.01)) / 0.02;
                assert!((slope - slopes[at]).abs() < 0.005, "{at}: {slope} for {}", slopes[at]);
            }
        }
    }
}

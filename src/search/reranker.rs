//! Reranker: a small neural network that corrects the linear scores of sentences. Pure.
//!
//! A linear score weighs each feature alone. The network sees how features go together, and how a
//! sentence compares with the best of all candidates: similarity counts more where the words say
//! little. It is a feed-forward network with one hidden layer, trained with the softmax over the
//! sentences of all candidates as its loss ("ListNet", Cao et al. 2007, with one right option) by
//! the program `train`. It reads the features only, so that it costs no more than they do.

use super::features::{COUNT, Features};
use crate::embedding::dot;

/// A network with the scale of its inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Reranker {
    /// Average of each input.
    pub center: Inputs,
    /// Standard deviation of each input.
    pub deviation: Inputs,
    /// Weights of the inputs of each hidden unit.
    pub hidden: Vec<Inputs>,
    /// Constant of each hidden unit.
    pub constants: [f32; UNITS],
    /// Weight of each hidden unit.
    pub output: [f32; UNITS],
}

/// Number of inputs: the features, three differences of linear scores, and the differences of some
/// features to their maximum over all candidates.
pub const INPUT_COUNT: usize = COUNT + 3 + RELATIVE.len();
/// Number of hidden units.
pub const UNITS: usize = 48;
/// The inputs of one sentence.
pub type Inputs = [f32; INPUT_COUNT];

/// Positions of the features that are also compared with their maximum over all candidates.
const RELATIVE: [usize; 9] = [0, 1, 31, 32, 35, 47, 48, 51, 52];
/// Maximum distance of an input from its average, in standard deviations.
const MAX_DEVIATIONS: f32 = 5.0;
/// Difference to the highest linear score from which a sentence is not reranked.
pub const MAX_DIFFERENCE: f32 = 10.0;

/// The file of the network that the program contains.
const FILE: &[u8] = include_bytes!("reranker.bin");

impl Reranker {
    /// Reads the network that the program contains.
    pub fn shipped() -> Reranker {
        Reranker::from_bytes(FILE).expect("a test reads the file of the program")
    }

    /// Returns the scores of the sentences of all candidates. `linear` has their linear scores.
    /// Sentences far below the highest of these stay below all that are reranked.
    pub fn scores(&self, candidates: &[&[Features]], linear: &[Vec<f32>]) -> Vec<Vec<f32>> {
        let inputs = inputs(candidates, linear);
        let corrections = inputs.iter().map(|sentences| {
            let correction = |inputs: &Option<Inputs>| inputs.map(|own| self.correction(&own));
            sentences.iter().map(correction).collect::<Vec<_>>()
        });
        let corrections: Vec<_> = corrections.collect();
        let lowest = corrections.iter().flatten().flatten().copied().fold(0.0, f32::min);
        let corrected = |(linear, corrections): (&Vec<f32>, &Vec<Option<f32>>)| {
            let pairs = linear.iter().zip(corrections);
            pairs.map(|(score, correction)| score + correction.unwrap_or(lowest)).collect()
        };
        linear.iter().zip(&corrections).map(corrected).collect()
    }

    /// Returns what the network adds to the score of a sentence.
    fn correction(&self, inputs: &Inputs) -> f32 {
        let inputs = self.scaled(inputs);
        let units = self.hidden.iter().zip(self.constants).zip(self.output);
        units.map(|((weights, constant), output)| output * unit(weights, constant, &inputs)).sum()
    }

    /// Returns the inputs as differences to their average, in standard deviations.
    pub fn scaled(&self, inputs: &Inputs) -> Inputs {
        std::array::from_fn(|at| {
            let deviations = (inputs[at] - self.center[at]) / self.deviation[at];
            deviations.clamp(-MAX_DEVIATIONS, MAX_DEVIATIONS)
        })
    }

    /// Returns the network as bytes: its numbers in the order of the fields.
    #[cfg(any(test, feature = "train"))]
    pub fn to_bytes(&self) -> Vec<u8> {
        let scale = self.center.iter().chain(&self.deviation);
        let units = self.hidden.iter().flatten().chain(&self.constants).chain(&self.output);
        scale.chain(units).flat_map(|value| value.to_le_bytes()).collect()
    }

    /// Parses the bytes of [`Reranker::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Reranker> {
        let (values, rest) = bytes.as_chunks::<4>();
        let mut values = values.iter().map(|bytes| f32::from_le_bytes(*bytes));
        let network = Reranker {
            center: take(&mut values)?,
            deviation: take(&mut values)?,
            hidden: (0..UNITS).map(|_| take(&mut values)).collect::<Option<_>>()?,
            constants: take(&mut values)?,
            output: take(&mut values)?,
        };
        (rest.is_empty() && values.next().is_none()).then_some(network)
    }
}

/// Returns the value of a hidden unit for scaled inputs, from -1 to 1.
pub fn unit(weights: &Inputs, constant: f32, inputs: &Inputs) -> f32 {
    (dot(weights, inputs) + constant).tanh()
}

fn take<const N: usize>(values: &mut impl Iterator<Item = f32>) -> Option<[f32; N]> {
    let mut taken = [0.0; N];
    for value in &mut taken {
        *value = values.next()?;
    }
    Some(taken)
}

/// Returns the inputs of the sentences of all candidates; `None` for a sentence that is not
/// reranked.
pub fn inputs(candidates: &[&[Features]], linear: &[Vec<f32>]) -> Vec<Vec<Option<Inputs>>> {
    let highest_of = |scores: &[f32]| scores.iter().copied().fold(f32::MIN, f32::max);
    let of_candidates: Vec<_> = linear.iter().map(|scores| highest_of(scores)).collect();
    let highest = highest_of(&of_candidates);
    let sentences = candidates.iter().copied().flatten();
    let maxima = sentences.fold([f32::MIN; RELATIVE.len()], |maxima, features| {
        std::array::from_fn(|at| maxima[at].max(features[RELATIVE[at]]))
    });
    let of_sentence = |features: &Features, score: f32, of_candidate: f32| {
        if score <= highest - MAX_DIFFERENCE {
            return None;
        }
        let mut inputs = [0.0; INPUT_COUNT];
        let (own, others) = inputs.split_at_mut(COUNT);
        own.copy_from_slice(features);
        let (differences, relative) = others.split_at_mut(3);
        let differences_of_scores = [score - highest, score - of_candidate, of_candidate - highest];
        differences.copy_from_slice(&differences_of_scores);
        for (value, (at, maximum)) in relative.iter_mut().zip(RELATIVE.iter().zip(maxima)) {
            *value = features[*at] - maximum;
        }
        Some(inputs)
    };
    let of_candidate = |((features, scores), best): ((&&[Features], &Vec<f32>), &f32)| {
        let pairs = features.iter().zip(scores);
        pairs.map(|(features, score)| of_sentence(features, *score, *best)).collect()
    };
    candidates.iter().zip(linear).zip(&of_candidates).map(of_candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::features::FEATURES;

    /// Returns a network whose first unit has the weight 1 for one input.
    fn network_of(input: usize) -> Reranker {
        let mut hidden = vec![[0.0; INPUT_COUNT]; UNITS];
        hidden[0][input] = 1.0;
        let mut output = [0.0; UNITS];
        output[0] = 4.0;
        Reranker {
            center: [0.0; INPUT_COUNT],
            deviation: [1.0; INPUT_COUNT],
            hidden,
            constants: [0.0; UNITS],
            output,
        }
    }

    /// Returns features of 0 but one.
    fn features(at: usize, value: f32) -> Features {
        let mut features = [0.0; COUNT];
        features[at] = value;
        features
    }

    #[test]
    fn shipped_network_is_complete_and_is_restored_from_its_bytes() {
        let shipped = Reranker::shipped();
        assert!(shipped.deviation.iter().all(|deviation| *deviation > 0.0));
        assert!(shipped.hidden.iter().flatten().all(|value| value.is_finite()));
        assert_eq!(shipped.to_bytes(), FILE);
        for length in [0, 4, FILE.len() - 4, FILE.len() - 1] {
            assert_eq!(Reranker::from_bytes(&FILE[..length]), None, "{length} bytes");
        }
        assert_eq!(Reranker::from_bytes(&[FILE, &[0; 4]].concat()), None);
    }

    #[test]
    fn relative_features_match_their_names() {
        let names = RELATIVE.map(|at| FEATURES[at].name);
        assert_eq!(
            names,
            [
                "sentence",
                "sentence_bm25",
                "passage",
                "passage_bm25",
                "passage_best",
                "similarity",
                "similarity_passage",
                "coverage",
                "coverage_passage"
            ]
        );
    }

    #[test]
    fn inputs_compare_a_sentence_with_the_best() {
        let sentence = RELATIVE[0];
        let first = [features(sentence, 3.0), features(sentence, 1.0)];
        let second = [features(sentence, 2.0), features(sentence, 9.0)];
        let found = inputs(&[&first, &second], &[vec![7.0, 4.0], vec![6.0, -3.0]]);
        assert_eq!(found[1][1], None, "10 below the highest score");
        let of = |candidate: usize, at: usize| found[candidate][at].expect("the score is near");
        assert_eq!(of(0, 1)[COUNT..COUNT + 4], [-3.0, -3.0, 0.0, -8.0]);
        assert_eq!(of(1, 0)[COUNT..COUNT + 4], [-1.0, 0.0, -1.0, -7.0]);
        assert_eq!(of(1, 0)[..COUNT], second[0]);
        assert!(inputs(&[], &[]).is_empty());
    }

    #[test]
    fn scores_are_linear_scores_with_corrections() {
        let network = network_of(COUNT + 2);
        let candidates: [&[Features]; 2] = [&[features(0, 1.0); 2], &[features(0, 1.0); 1]];
        let scores = network.scores(&candidates, &[vec![5.0, 1.0], vec![4.5]]);
        // The second passage is 0.5 below the best.
        assert_eq!(scores[0], [5.0, 1.0]);
        assert!((scores[1][0] - (4.5 + 4.0 * (-0.5_f32).tanh())).abs() < 1e-6, "{scores:?}");
        // A sentence that is not reranked stays below all others.
        let scores = network.scores(&candidates, &[vec![5.0, -5.0], vec![-4.9]]);
        assert!(scores[0][1] < scores[1][0], "{scores:?}");
        assert!(network.scores(&[], &[]).is_empty());
    }
}

//! Regressions that are fitted by Newton's method: a conditional logit over options, and a binary
//! logistic regression. Pure.
//!
//! Both suit some tens of features and some hundred thousand rows. Features are scaled by their
//! standard deviation, so one ridge penalty suits all of them.

use rayon::prelude::*;

/// A choice among options, at least one of them right (McFadden 1974).
pub struct ListwiseExample<const N: usize> {
    /// The features of each option, and whether it is right.
    pub options: Vec<([f32; N], bool)>,
}

/// A case with a positive or a negative label.
pub struct BinaryExample<const N: usize> {
    pub features: [f32; N],
    pub is_positive: bool,
    /// Number of cases that the example counts for.
    pub weight: f64,
}

/// Maximum number of Newton steps.
const MAX_STEPS: usize = 40;
/// Length of a step at which the fit has converged, in standard deviations.
const CONVERGED_STEP: f64 = 1e-5;

/// Number of examples that one thread adds up.
const PART_EXAMPLES: usize = 64;

/// Returns the weights that make the right options most likely. Among several right options, each
/// counts in proportion to its likelihood (expectation maximisation, Dempster, Laird & Rubin 1977).
/// `fixed` has the weights of the features that are not fitted, `prior` those that the ridge
/// penalty of each feature prefers.
pub fn fit_listwise<const N: usize>(
    examples: &[&ListwiseExample<N>],
    fixed: &[Option<f32>; N],
    prior: &[f32; N],
    ridge: &[f64; N],
) -> [f32; N] {
    let options = examples.iter().flat_map(|example| &example.options);
    let scale = standard_deviations(options.map(|(features, _)| features));
    let prior = std::array::from_fn(|at| f64::from(prior[at]) * scale[at]);
    let start = std::array::from_fn(|at| fixed[at].map_or(prior[at], |f| f64::from(f) * scale[at]));
    let weights = maximize(start, |weights| {
        let add = |mut likelihood: Likelihood<N>, example: &&ListwiseExample<N>| {
            let rows: Vec<_> =
                example.options.iter().map(|(features, _)| scaled(features, &scale)).collect();
            let scores: Vec<_> = rows.iter().map(|row| dot(row, weights)).collect();
            let highest = scores.iter().copied().fold(f64::MIN, f64::max);
            let odds: Vec<_> = scores.iter().map(|score| (score - highest).exp()).collect();
            let labels = example.options.iter().map(|(_, is_right)| *is_right);
            let all: f64 = odds.iter().sum();
            let of_right = odds.iter().zip(labels.clone()).filter(|(_, is_right)| *is_right);
            // A sum of 0, of options that are far too unlikely, would make the logarithm infinite.
            let right = of_right.map(|(odds, _)| odds).sum::<f64>().max(f64::MIN_POSITIVE);
            likelihood.value += (right / all).ln();
            let mut mean = [0.0; N];
            for (row, odds) in rows.iter().zip(&odds) {
                (0..N).for_each(|at| mean[at] += odds / all * row[at]);
            }
            for ((row, odds), is_right) in rows.iter().zip(&odds).zip(labels) {
                let target = if is_right { odds / right } else { 0.0 };
                let centred = std::array::from_fn(|at| row[at] - mean[at]);
                likelihood.add_row(row, target - odds / all, &centred, odds / all);
            }
            likelihood
        };
        // Parts of a fixed size, summed in their order, make the result reproducible.
        let parts = examples.par_chunks(PART_EXAMPLES);
        let parts = parts.map(|part| part.iter().fold(Likelihood::zero(fixed), add));
        let parts: Vec<_> = parts.collect();
        let sum = parts.into_iter().fold(Likelihood::zero(fixed), Likelihood::plus);
        sum.penalized(weights, &prior, ridge)
    });
    unscaled(&weights, &scale, fixed)
}

/// Returns the weights of a logistic regression. `fixed` has the weights of the features that are
/// not fitted.
pub fn fit_binary<const N: usize>(
    examples: &[&BinaryExample<N>],
    fixed: &[Option<f32>; N],
    ridge: f64,
) -> [f32; N] {
    let scale = standard_deviations(examples.iter().map(|example| &example.features));
    let start = std::array::from_fn(|at| fixed[at].map_or(0.0, f64::from) * scale[at]);
    let weights = maximize(start, |weights| {
        let mut likelihood = Likelihood::zero(fixed);
        for example in examples {
            let row = scaled(&example.features, &scale);
            let log_odds = dot(&row, weights);
            let probability = 1.0 / (1.0 + (-log_odds).exp());
            let target = f64::from(u8::from(example.is_positive));
            let weight = example.weight;
            let loss = match example.is_positive {
                true => (-log_odds).exp().ln_1p(),
                false => log_odds.exp().ln_1p(),
            };
            likelihood.value -= weight * loss;
            let variance = weight * probability * (1.0 - probability);
            likelihood.add_row(&row, weight * (target - probability), &row, variance);
        }
        likelihood.penalized(weights, &[0.0; N], &[ridge; N])
    });
    unscaled(&weights, &scale, fixed)
}

/// Returns the weights with the highest likelihood, starting from `weights`. A step that lowers the
/// likelihood is halved.
fn maximize<const N: usize>(
    mut weights: [f64; N],
    likelihood: impl Fn(&[f64; N]) -> Likelihood<N>,
) -> [f64; N] {
    let mut current = likelihood(&weights);
    for _ in 0..MAX_STEPS {
        let step = current.newton_step();
        let mut fraction = 1.0;
        weights = loop {
            let next: [f64; N] = std::array::from_fn(|at| weights[at] + fraction * step[at]);
            let candidate = likelihood(&next);
            if candidate.value > current.value {
                current = candidate;
                break next;
            }
            fraction /= 2.0;
            // The comparison is false for a step that is not a number, which also ends the fit.
            if !step.iter().any(|length| (fraction * length).abs() >= CONVERGED_STEP) {
                return weights;
            }
        };
    }
    weights
}

/// Returns weights of unscaled features, and the fixed weights unchanged.
fn unscaled<const N: usize>(
    weights: &[f64; N],
    scale: &[f64; N],
    fixed: &[Option<f32>; N],
) -> [f32; N] {
    std::array::from_fn(|at| fixed[at].unwrap_or((weights[at] / scale[at]) as f32))
}

/// Returns features in units of their standard deviations.
fn scaled<const N: usize>(features: &[f32; N], scale: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|at| f64::from(features[at]) / scale[at])
}

/// Returns the standard deviation of each feature, and 1 for a constant feature.
fn standard_deviations<'a, const N: usize>(rows: impl Iterator<Item = &'a [f32; N]>) -> [f64; N] {
    let (mut count, mut sums, mut squares) = (0.0, [0.0; N], [0.0; N]);
    for row in rows {
        count += 1.0;
        for at in 0..N {
            sums[at] += f64::from(row[at]);
            squares[at] += f64::from(row[at]) * f64::from(row[at]);
        }
    }
    std::array::from_fn(|at| {
        let mean: f64 = sums[at] / f64::max(count, 1.0);
        let deviation = (squares[at] / f64::max(count, 1.0) - mean * mean).max(0.0).sqrt();
        if deviation < 1e-6 { 1.0 } else { deviation }
    })
}

/// A logarithmic likelihood with a ridge penalty, with its derivatives.
struct Likelihood<const N: usize> {
    value: f64,
    gradient: [f64; N],
    /// The negative Hessian; only the lower triangle is set.
    curvature: Box<[[f64; N]; N]>,
    is_fixed: [bool; N],
}

impl<const N: usize> Likelihood<N> {
    /// Returns the likelihood of no rows, without a penalty.
    fn zero(fixed: &[Option<f32>; N]) -> Likelihood<N> {
        Likelihood {
            value: 0.0,
            gradient: [0.0; N],
            curvature: Box::new([[0.0; N]; N]),
            is_fixed: fixed.map(|weight| weight.is_some()),
        }
    }

    /// Returns the likelihood of the rows of both.
    fn plus(mut self, other: Likelihood<N>) -> Likelihood<N> {
        self.value += other.value;
        for at in 0..N {
            self.gradient[at] += other.gradient[at];
            (0..=at).for_each(|to| self.curvature[at][to] += other.curvature[at][to]);
        }
        self
    }

    /// Subtracts the penalty of the squared distance of `weights` to the `prior`.
    fn penalized(
        mut self,
        weights: &[f64; N],
        prior: &[f64; N],
        ridge: &[f64; N],
    ) -> Likelihood<N> {
        for (at, (weight, prior)) in weights.iter().zip(prior).enumerate() {
            let ridge = ridge[at];
            let distance = weight - prior;
            self.value -= ridge / 2.0 * distance * distance;
            self.gradient[at] -= ridge * distance;
            self.curvature[at][at] += ridge;
        }
        self
    }

    /// Adds `residual` times `row` to the gradient, and `variance` times the outer product of
    /// `centred` to the curvature.
    fn add_row(&mut self, row: &[f64; N], residual: f64, centred: &[f64; N], variance: f64) {
        for at in 0..N {
            self.gradient[at] += residual * row[at];
            for other in 0..=at {
                self.curvature[at][other] += variance * centred[at] * centred[other];
            }
        }
    }

    /// Returns the step to the maximum of the quadratic approximation. Fixed weights do not move.
    fn newton_step(&self) -> [f64; N] {
        let (mut curvature, mut gradient) = (self.curvature.clone(), self.gradient);
        for at in (0..N).filter(|at| self.is_fixed[*at]) {
            for other in 0..N {
                curvature[at.max(other)][at.min(other)] = 0.0;
            }
            curvature[at][at] = 1.0;
            gradient[at] = 0.0;
        }
        solve_cholesky(&curvature, gradient)
    }
}

/// Solves a linear system with a positive definite matrix by Cholesky decomposition. Only the lower
/// triangle of the matrix is read.
fn solve_cholesky<const N: usize>(matrix: &[[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    let mut lower = Box::new([[0.0; N]; N]);
    for row in 0..N {
        for column in 0..=row {
            let known: f64 = (0..column).map(|at| lower[row][at] * lower[column][at]).sum();
            let left = matrix[row][column] - known;
            lower[row][column] =
                if row == column { left.max(1e-12).sqrt() } else { left / lower[column][column] };
        }
    }
    for row in 0..N {
        let known: f64 = (0..row).map(|at| lower[row][at] * right[at]).sum();
        right[row] = (right[row] - known) / lower[row][row];
    }
    for row in (0..N).rev() {
        let known: f64 = (row + 1..N).map(|at| lower[at][row] * right[at]).sum();
        right[row] = (right[row] - known) / lower[row][row];
    }
    right
}

fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fit_listwise_finds_the_weight_of_a_feature_and_keeps_fixed_weights() {
        let option = |a: f32, b: f32, is_right| ([a, b, 1.0], is_right);
        let examples: Vec<_> = (0..40)
            .map(|n| {
                let noise = (n % 7) as f32;
                ListwiseExample {
                    options: vec![
                        option(1.0, noise, n % 8 != 0),
                        option(0.0, 6.0 - noise, n % 8 == 0),
                    ],
                }
            })
            .collect();
        let examples: Vec<_> = examples.iter().collect();
        let weights = fit_listwise(&examples, &[None, None, Some(2.5)], &[0.0; 3], &[0.01; 3]);
        // The first feature is right in 35 of 40 choices, odds of 7; the second is noise.
        assert!((weights[0] - 7.0_f32.ln()).abs() < 0.2, "{weights:?}");
        assert!(weights[1].abs() < 0.2 && weights[2] == 2.5, "{weights:?}");
    }

    #[test]
    fn fit_binary_separates_positive_and_negative_examples() {
        let examples: Vec<_> = (0..100)
            .map(|n| BinaryExample {
                features: [1.0, f32::from(n % 2 == 0)],
                is_positive: (n % 2 == 0) == (n % 10 < 8),
                weight: 1.0,
            })
            .collect();
        let weights = fit_binary(&examples.iter().collect::<Vec<_>>(), &[None; 2], 0.01);
        let log_odds = |feature: f32| weights[0] + weights[1] * feature;
        assert!(log_odds(1.0) > 0.5 && log_odds(0.0) < -0.5, "{weights:?}");
    }
}

//! Regressions by Newton's method: one over choices, one over yes and no. Pure.
//!
//! Both are made for some tens of features and some hundred thousand rows. Features are scaled by
//! their standard deviation, so that one ridge penalty fits them all.

/// One choice among options, of which at least one is right (McFadden 1974).
pub struct ListwiseExample<const N: usize> {
    /// The features of each option, and whether it is right.
    pub options: Vec<([f32; N], bool)>,
}

/// A question with a yes or a no.
pub struct BinaryExample<const N: usize> {
    pub signs: [f32; N],
    pub is_yes: bool,
}

const STEPS: usize = 40;
/// A step below this, in standard deviations, changes nothing that is seen.
const SMALL_STEP: f64 = 1e-5;

/// The weights that make right options most likely. Where several are right, each counts as far
/// as the weights prefer it (expectation maximisation, Dempster, Laird & Rubin 1977). `fixed` has
/// a weight for each feature that is not learned.
pub fn choose<const N: usize>(
    choices: &[&ListwiseExample<N>],
    fixed: &[Option<f32>; N],
    ridge: f64,
) -> [f32; N] {
    let options = choices.iter().flat_map(|choice| &choice.options);
    let scale = scale(options.map(|(features, _)| features));
    let start = std::array::from_fn(|at| fixed[at].map_or(0.0, f64::from) * scale[at]);
    let weights = climb(start, |weights| {
        let mut slope = Slope::new(weights, fixed, ridge);
        for choice in choices {
            let rows: Vec<_> =
                choice.options.iter().map(|(features, _)| scaled(features, &scale)).collect();
            let scores: Vec<_> = rows.iter().map(|row| dot(row, weights)).collect();
            let highest = scores.iter().copied().fold(f64::MIN, f64::max);
            let odds: Vec<_> = scores.iter().map(|score| (score - highest).exp()).collect();
            let rights = choice.options.iter().map(|(_, is_right)| *is_right);
            let all: f64 = odds.iter().sum();
            let of_right = odds.iter().zip(rights.clone()).filter(|(_, is_right)| *is_right);
            // Never nothing, however unlikely the weights find what is right.
            let right = of_right.map(|(odds, _)| odds).sum::<f64>().max(f64::MIN_POSITIVE);
            slope.height += (right / all).ln();
            let mut mean = [0.0; N];
            for (row, odds) in rows.iter().zip(&odds) {
                (0..N).for_each(|at| mean[at] += odds / all * row[at]);
            }
            for ((row, odds), is_right) in rows.iter().zip(&odds).zip(rights) {
                let wanted = if is_right { odds / right } else { 0.0 };
                let centred = std::array::from_fn(|at| row[at] - mean[at]);
                slope.add(row, wanted - odds / all, &centred, odds / all);
            }
        }
        slope
    });
    unscaled(&weights, &scale, fixed)
}

/// The weights of a logistic regression, but for those that are `fixed`.
pub fn decide<const N: usize>(
    cases: &[&BinaryExample<N>],
    fixed: &[Option<f32>; N],
    ridge: f64,
) -> [f32; N] {
    let scale = scale(cases.iter().map(|case| &case.signs));
    let start = std::array::from_fn(|at| fixed[at].map_or(0.0, f64::from) * scale[at]);
    let weights = climb(start, |weights| {
        let mut slope = Slope::new(weights, fixed, ridge);
        for case in cases {
            let row = scaled(&case.signs, &scale);
            let odds = dot(&row, weights);
            let yes = 1.0 / (1.0 + (-odds).exp());
            let wanted = f64::from(u8::from(case.is_yes));
            slope.height -= if case.is_yes { (-odds).exp().ln_1p() } else { odds.exp().ln_1p() };
            slope.add(&row, wanted - yes, &row, yes * (1.0 - yes));
        }
        slope
    });
    unscaled(&weights, &scale, fixed)
}

/// Climbs from `weights` to where the likelihood is highest. A step that leads down is halved.
fn climb<const N: usize>(
    mut weights: [f64; N],
    likelihood: impl Fn(&[f64; N]) -> Slope<N>,
) -> [f64; N] {
    let mut here = likelihood(&weights);
    for _ in 0..STEPS {
        let step = here.step();
        let mut part = 1.0;
        let next = loop {
            let next: [f64; N] = std::array::from_fn(|at| weights[at] + part * step[at]);
            let there = likelihood(&next);
            if there.height > here.height {
                here = there;
                break next;
            }
            part /= 2.0;
            // Neither does one that is no number.
            if !step.iter().any(|length| (part * length).abs() >= SMALL_STEP) {
                return weights;
            }
        };
        weights = next;
    }
    weights
}

fn unscaled<const N: usize>(
    weights: &[f64; N],
    scale: &[f64; N],
    fixed: &[Option<f32>; N],
) -> [f32; N] {
    std::array::from_fn(|at| fixed[at].unwrap_or((weights[at] / scale[at]) as f32))
}

fn scaled<const N: usize>(features: &[f32; N], scale: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|at| f64::from(features[at]) / scale[at])
}

/// The standard deviation of each feature; 1 for one that is always the same.
fn scale<'a, const N: usize>(rows: impl Iterator<Item = &'a [f32; N]>) -> [f64; N] {
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

/// A penalised likelihood at some weights, with its gradient and its curvature.
struct Slope<const N: usize> {
    height: f64,
    gradient: [f64; N],
    curvature: Box<[[f64; N]; N]>,
    is_fixed: [bool; N],
}

impl<const N: usize> Slope<N> {
    fn new(weights: &[f64; N], fixed: &[Option<f32>; N], ridge: f64) -> Slope<N> {
        let mut curvature = Box::new([[0.0; N]; N]);
        (0..N).for_each(|at| curvature[at][at] = ridge);
        Slope {
            height: -ridge / 2.0 * dot(weights, weights),
            gradient: weights.map(|weight| -ridge * weight),
            curvature,
            is_fixed: fixed.map(|weight| weight.is_some()),
        }
    }

    /// Adds a row that pulls by `pull`, and `share` of a square.
    fn add(&mut self, row: &[f64; N], pull: f64, square: &[f64; N], share: f64) {
        for at in 0..N {
            self.gradient[at] += pull * row[at];
            for other in 0..=at {
                self.curvature[at][other] += share * square[at] * square[other];
            }
        }
    }

    /// The way to where the curvature puts the top.
    fn step(&self) -> [f64; N] {
        let (mut curvature, mut gradient) = (self.curvature.clone(), self.gradient);
        for at in (0..N).filter(|at| self.is_fixed[*at]) {
            for other in 0..N {
                curvature[at.max(other)][at.min(other)] = 0.0;
            }
            curvature[at][at] = 1.0;
            gradient[at] = 0.0;
        }
        solved(&curvature, gradient)
    }
}

/// Solves for a positive definite matrix, of which the lower half is read (Cholesky).
fn solved<const N: usize>(matrix: &[[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
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
    fn what_tells_right_from_wrong_is_found_and_what_is_fixed_stays() {
        let option = |a: f32, b: f32, is_right| ([a, b, 1.0], is_right);
        let choices: Vec<_> = (0..40)
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
        let choices: Vec<_> = choices.iter().collect();
        let weights = choose(&choices, &[None, None, Some(2.5)], 0.01);
        // Right in 35 of 40 choices: the odds are 7, and noise tells nothing.
        assert!((weights[0] - 7.0_f32.ln()).abs() < 0.2, "{weights:?}");
        assert!(weights[1].abs() < 0.2 && weights[2] == 2.5, "{weights:?}");
    }

    #[test]
    fn yes_and_no_are_told_apart() {
        let cases: Vec<_> = (0..100)
            .map(|n| BinaryExample {
                signs: [1.0, f32::from(n % 2 == 0)],
                is_yes: (n % 2 == 0) == (n % 10 < 8),
            })
            .collect();
        let weights = decide(&cases.iter().collect::<Vec<_>>(), &[None; 2], 0.01);
        let odds = |sign: f32| weights[0] + weights[1] * sign;
        assert!(odds(1.0) > 0.5 && odds(0.0) < -0.5, "{weights:?}");
    }
}

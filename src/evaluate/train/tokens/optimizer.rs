//! Gradient descent by Adam with decoupled weight decay (Loshchilov & Hutter 2019). Pure.

use super::late_interaction::Parameters;

/// The state of the descent.
pub struct Optimizer {
    /// Number of steps that are done, and of all steps.
    done: usize,
    steps: usize,
    /// Moving averages of the gradients and of their squares.
    mean: Parameters,
    square: Parameters,
}

/// Highest rate, which is reached after [`WARM_UP`] steps and then falls to [`LAST_RATE`] of it.
const RATE: f32 = 2e-3;
const WARM_UP: usize = 100;
const LAST_RATE: f32 = 0.02;
const WEIGHT_DECAY: f32 = 0.01;
/// Share of the past in the moving averages.
const MEAN_DECAY: f32 = 0.9;
const SQUARE_DECAY: f32 = 0.98;
/// Maximum length of a gradient. A longer one is shortened.
const MAX_LENGTH: f32 = 1.0;
const SMALLEST_DEVIATION: f32 = 1e-8;

impl Optimizer {
    /// Returns the state before the first of so many steps.
    pub fn new(steps: usize) -> Optimizer {
        Optimizer { done: 0, steps, mean: Parameters::zero(), square: Parameters::zero() }
    }

    /// Moves the parameters against the average of the gradients.
    pub fn step(&mut self, parameters: &mut Parameters, gradients: &[Parameters]) {
        let mut average = Parameters::zero();
        let share = 1.0 / gradients.len().max(1) as f32;
        for gradient in gradients {
            let pairs = average.values_mut().zip(gradient.values());
            pairs.for_each(|(sum, value)| *sum += share * value);
        }
        let length = average.values().map(|value| value * value).sum::<f32>().sqrt();
        let shortened = (MAX_LENGTH / length.max(f32::MIN_POSITIVE)).min(1.0);
        self.done += 1;
        let corrected = |decay: f32| 1.0 - decay.powi(self.done.min(10_000) as i32);
        let (of_mean, of_square) = (corrected(MEAN_DECAY), corrected(SQUARE_DECAY));
        let warm = (self.done as f32 / WARM_UP as f32).min(1.0);
        let left = 1.0 - (self.done - 1) as f32 / self.steps as f32;
        let rate = RATE * warm * left.max(LAST_RATE);
        let state = self.mean.values_mut().zip(self.square.values_mut());
        for ((value, slope), (mean, square)) in
            parameters.values_mut().zip(average.values()).zip(state)
        {
            let slope = shortened * slope;
            *mean = MEAN_DECAY * *mean + (1.0 - MEAN_DECAY) * slope;
            *square = SQUARE_DECAY * *square + (1.0 - SQUARE_DECAY) * slope * slope;
            let deviation = (*square / of_square).sqrt() + SMALLEST_DEVIATION;
            *value -= rate * (*mean / of_mean / deviation + WEIGHT_DECAY * *value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_to_the_minimum() {
        let mut parameters = Parameters::zero();
        let mut optimizer = Optimizer::new(3000);
        for _ in 0..3000 {
            let mut gradient = Parameters::zero();
            gradient.mix[1] = parameters.mix[1] - 1.5;
            optimizer.step(&mut parameters, &[gradient]);
        }
        assert!((parameters.mix[1] - 1.5).abs() < 0.05, "{:?}", parameters.mix);
        assert_eq!(parameters.mix[0], 0.0);
    }
}

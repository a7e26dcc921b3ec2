//! Gradient descent by Adam with decoupled weight decay (Loshchilov & Hutter 2019). Pure.

/// The state of the descent.
pub struct Optimizer {
    /// Number of steps that are done, and of all steps.
    done: usize,
    steps: usize,
    /// Highest rate, which is reached after [`WARM_UP`] steps and then falls to [`LAST_RATE`] of
    /// it.
    rate: f32,
    /// Moving averages of the gradients and of their squares.
    mean: Vec<f32>,
    square: Vec<f32>,
}

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
    pub fn new(parameters: usize, steps: usize, rate: f32) -> Optimizer {
        let zero = vec![0.0; parameters];
        Optimizer { done: 0, steps, rate, mean: zero.clone(), square: zero }
    }

    /// Moves the parameters against a gradient.
    pub fn step<'a>(
        &mut self,
        parameters: impl Iterator<Item = &'a mut f32>,
        gradient: impl Iterator<Item = f32> + Clone,
    ) {
        let length = gradient.clone().map(|value| value * value).sum::<f32>().sqrt();
        let shortened = (MAX_LENGTH / length.max(f32::MIN_POSITIVE)).min(1.0);
        self.done += 1;
        let corrected = |decay: f32| 1.0 - decay.powi(self.done.min(10_000) as i32);
        let (of_mean, of_square) = (corrected(MEAN_DECAY), corrected(SQUARE_DECAY));
        let warm = (self.done as f32 / WARM_UP as f32).min(1.0);
        let left = 1.0 - (self.done - 1) as f32 / self.steps as f32;
        let rate = self.rate * warm * left.max(LAST_RATE);
        let state = self.mean.iter_mut().zip(&mut self.square);
        for ((value, slope), (mean, square)) in parameters.zip(gradient).zip(state) {
            let slope = shortened * slope;
            *mean = MEAN_DECAY * *mean + (1.0 - MEAN_DECAY) * slope;
            *square = SQUARE_DECAY * *square + (1.0 - SQUARE_DECAY) * slope * slope;
            let deviation = (*square / of_square).sqrt() + SMALLEST_DEVIATION;
            *value -= rate * (*mean / of_mean / deviation + WEIGHT_DECAY * *value);
        }
    }
}

/// Returns the average of gradients, which are added in their order.
pub fn average<'a, G: Iterator<Item = &'a f32>>(
    parameters: usize,
    gradients: impl ExactSizeIterator<Item = G>,
) -> Vec<f32> {
    let share = 1.0 / gradients.len().max(1) as f32;
    let mut average = vec![0.0; parameters];
    for gradient in gradients {
        average.iter_mut().zip(gradient).for_each(|(sum, value)| *sum += share * value);
    }
    average
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_to_the_minimum() {
        let mut parameters = [0.0_f32; 2];
        let mut optimizer = Optimizer::new(2, 3000, 2e-3);
        for _ in 0..3000 {
            let gradient = [parameters[0] - 1.5, 0.0];
            optimizer.step(parameters.iter_mut(), gradient.into_iter());
        }
        assert!((parameters[0] - 1.5).abs() < 0.05, "{parameters:?}");
        assert_eq!(parameters[1], 0.0);
    }

    #[test]
    fn average_is_that_of_each_parameter() {
        let gradients = [[1.0, -2.0], [3.0, 0.0]];
        assert_eq!(average(2, gradients.iter().map(|own| own.iter())), [2.0, -1.0]);
    }
}

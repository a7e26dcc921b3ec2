//! Retry policy: exponential back-off with a maximum and jitter, and a sleep that shutdown ends.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// A rule for the delays between the attempts at one operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryPolicy {
    /// Delay after the first failure. Each further failure doubles the delay.
    initial: Duration,
    max: Duration,
    /// Bounds of the random factor that each delay is multiplied by.
    jitter: (f64, f64),
}

impl RetryPolicy {
    /// Returns a policy with the same delay after each failure, without jitter.
    pub const fn fixed(delay: Duration) -> RetryPolicy {
        RetryPolicy::exponential(delay, delay)
    }

    /// Returns a policy whose delay doubles from `initial` to `max`, without jitter.
    pub const fn exponential(initial: Duration, max: Duration) -> RetryPolicy {
        RetryPolicy { initial, max, jitter: (1.0, 1.0) }
    }

    /// Returns the policy with each delay multiplied by a random factor from `low` to `high`, so
    /// that several processes or tasks do not retry at the same moment.
    pub const fn with_jitter(self, low: f64, high: f64) -> RetryPolicy {
        RetryPolicy { jitter: (low, high), ..self }
    }

    /// Returns the delay without jitter, after `failures` earlier failures in a row.
    pub fn nominal_delay(&self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
        self.initial.saturating_mul(factor).min(self.max)
    }

    /// Returns the delay with jitter, after `failures` earlier failures in a row.
    pub fn delay(&self, failures: u32) -> Duration {
        let (low, high) = self.jitter;
        self.nominal_delay(failures).mul_f64(low + (high - low) * fastrand::f64())
    }
}

/// Waits for `duration`, or until `stop` is cancelled.
pub async fn sleep_or_stop(duration: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(duration) => {}
        () = stop.cancelled() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_delays_double_up_to_the_maximum() {
        let check = |policy: RetryPolicy, expected: &[u64]| {
            for (failures, seconds) in (0..).zip(expected) {
                let expected = Duration::from_secs(*seconds);
                assert_eq!(policy.nominal_delay(failures), expected, "{policy:?} {failures}");
            }
            assert_eq!(policy.nominal_delay(u32::MAX), policy.max, "{policy:?}");
        };
        let seconds = Duration::from_secs;
        check(RetryPolicy::fixed(seconds(2)), &[2, 2, 2]);
        check(RetryPolicy::exponential(seconds(1), seconds(4)), &[1, 2, 4, 4]);
        check(RetryPolicy::exponential(seconds(1), seconds(5)), &[1, 2, 4, 5, 5]);
        check(RetryPolicy::exponential(seconds(1), seconds(30)), &[1, 2, 4, 8, 16, 30, 30]);
        check(RetryPolicy::exponential(seconds(7), seconds(7)), &[7, 7]);
    }

    #[test]
    fn retry_jitter_stays_within_its_bounds() {
        let plain = RetryPolicy::exponential(Duration::from_secs(1), Duration::from_secs(4));
        assert_eq!(plain.delay(1), Duration::from_secs(2));
        let jittered = plain.with_jitter(0.5, 1.0);
        for _ in 0..100 {
            let delay = jittered.delay(2);
            assert!((Duration::from_secs(2)..=Duration::from_secs(4)).contains(&delay));
        }
    }
}

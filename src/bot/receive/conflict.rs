//! Conflict with another consumer of this bot's updates: Telegram rejects the requests of all but
//! one with 409.
//!
//! In a running bot, a conflict is an outage: it is logged once, `/readyz` reports it, and the bot
//! retries with increasing delays until the conflict is over.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::bot::backoff::{RetryPolicy, sleep_or_stop};
use crate::bot::consumer::Consumer;
use crate::bot::operations::bot_health::Health;

/// Conflict that one receiver of updates observes.
#[derive(Debug)]
pub struct ConflictMonitor<'a> {
    health: &'a Health,
    consumer: Option<Consumer>,
    rejections: u32,
    /// Time of the last rejection, and the nominal delay after it.
    last: Option<(Instant, Duration)>,
}

/// Delays between the requests during a conflict. Because of the jitter, two bots in conflict do
/// not poll in step.
const CONFLICT_RETRY: RetryPolicy =
    RetryPolicy::exponential(Duration::from_secs(1), Duration::from_secs(30))
        .with_jitter(0.75, 1.25);
/// Minimum time without a rejection after which a conflict is over.
const MIN_QUIET: Duration = Duration::from_secs(5);

impl<'a> ConflictMonitor<'a> {
    pub fn new(health: &'a Health) -> ConflictMonitor<'a> {
        ConflictMonitor { health, consumer: None, rejections: 0, last: None }
    }

    /// Returns whether there is a conflict.
    pub fn is_on(&self) -> bool {
        self.consumer.is_some()
    }

    /// Records a rejection because of another consumer, and waits before the next request.
    pub async fn wait(&mut self, consumer: Consumer, stop: &CancellationToken) {
        if self.consumer != Some(consumer) {
            self.consumer = Some(consumer);
            self.health.set_conflict(Some(consumer));
            let hint = consumer.hint();
            tracing::warn!(
                hint,
                "updates cannot be received: {consumer}; trying again until they can"
            );
        }
        self.last = Some((Instant::now(), CONFLICT_RETRY.nominal_delay(self.rejections)));
        let delay = CONFLICT_RETRY.delay(self.rejections);
        self.rejections = self.rejections.saturating_add(1);
        sleep_or_stop(delay, stop).await;
    }

    /// Records a successful request. Ends the conflict if the last rejection is long enough ago.
    pub fn request_succeeded(&mut self, now: Instant) {
        let Some((last, delay)) = self.last else { return };
        // The other consumer may wait as long as this one, and both would succeed alternately.
        if now.saturating_duration_since(last) < MIN_QUIET.max(2 * delay) {
            return;
        }
        tracing::info!(rejections = self.rejections, "updates can be received again");
        self.health.set_conflict(None);
        (self.consumer, self.rejections, self.last) = (None, 0, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflict_delays_increase_to_half_a_minute() {
        let delay = |rejections| CONFLICT_RETRY.nominal_delay(rejections).as_secs();
        assert_eq!([0, 1, 2, 3, 4, 5, 6].map(delay), [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(delay(u32::MAX), 30);
    }

    #[test]
    fn conflict_causes_are_distinguished_by_the_description() {
        let poller = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
        let webhook = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
        assert_eq!(Consumer::of(poller), Consumer::Poller);
        assert_eq!(Consumer::of(webhook), Consumer::Webhook);
        assert_eq!(Consumer::of(""), Consumer::Poller);
    }

    #[tokio::test]
    async fn conflict_is_over_only_after_a_quiet_time() {
        let (health, stop) = (Health::new(1), CancellationToken::new());
        stop.cancel();
        let mut conflict = ConflictMonitor::new(&health);
        conflict.request_succeeded(Instant::now());
        assert!(!conflict.is_on());
        for _ in 0..3 {
            conflict.wait(Consumer::Poller, &stop).await;
        }
        let last = conflict.last.expect("a request was rejected").0;
        conflict.request_succeeded(last + Duration::from_secs(7));
        assert!(conflict.is_on());
        let reason = "another process asks for this bot's updates with the same token";
        assert_eq!(health.telegram_status(last), Err(reason.into()));
        conflict.request_succeeded(last + Duration::from_secs(8));
        assert!(!conflict.is_on());
        assert_eq!(health.telegram_status(last), Err("not reached yet".into()));
    }
}

//! Another program that receives this bot's updates: Telegram refuses with 409 until only one does.
//!
//! While the bot runs this is an outage: it is logged once, `/readyz` names it, and the bot tries again
//! with growing pauses until nothing conflicts any more.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::bot::consumer::Consumer;
use crate::bot::operations::health::Health;
use crate::bot::retry::sleep_or_stop;

/// The conflict of one receiver.
#[derive(Debug)]
pub struct ConflictMonitor<'a> {
    health: &'a Health,
    consumer: Option<Consumer>,
    refusals: u32,
    /// The last refusal, and the pause after it.
    last: Option<(Instant, Duration)>,
}

const MAX_PAUSE_SECONDS: u64 = 30;
/// Minimum time without a refusal after which a conflict is over.
const MIN_QUIET: Duration = Duration::from_secs(5);

impl<'a> ConflictMonitor<'a> {
    pub fn new(health: &'a Health) -> ConflictMonitor<'a> {
        ConflictMonitor { health, consumer: None, refusals: 0, last: None }
    }

    pub fn is_on(&self) -> bool {
        self.consumer.is_some()
    }

    /// Waits before the next request, longer after each refusal.
    pub async fn wait(&mut self, rival: Consumer, stop: &CancellationToken) {
        if self.consumer != Some(rival) {
            self.consumer = Some(rival);
            self.health.set_conflict(Some(rival));
            let hint = rival.hint();
            tracing::warn!(
                hint,
                "updates cannot be received: {rival}; trying again until they can"
            );
        }
        let wait = back_off(self.refusals);
        self.refusals = self.refusals.saturating_add(1);
        self.last = Some((Instant::now(), wait));
        // Two bots in conflict must not poll in step.
        sleep_or_stop(wait.mul_f64(0.75 + 0.5 * fastrand::f64()), stop).await;
    }

    /// Ends the conflict, after a request that was not refused, once none was for long enough.
    pub fn not_refused(&mut self, now: Instant) {
        let Some((last, wait)) = self.last else { return };
        // The other process may pause for as long, or the two would take turns.
        if now.saturating_duration_since(last) < MIN_QUIET.max(2 * wait) {
            return;
        }
        tracing::info!(refusals = self.refusals, "updates can be received again");
        self.health.set_conflict(None);
        (self.consumer, self.refusals, self.last) = (None, 0, None);
    }
}

/// Returns the pause after so many refusals: 1, 2, 4, 8, 16, then 30 s.
fn back_off(refusals: u32) -> Duration {
    Duration::from_secs((1 << refusals.min(5)).min(MAX_PAUSE_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflict_pauses_grow_to_half_a_minute() {
        let pauses: Vec<_> = (0..7).map(|refusals| back_off(refusals).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(back_off(u32::MAX).as_secs(), 30);
    }

    #[test]
    fn conflict_causes_are_told_apart_by_the_description() {
        let poller = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
        let webhook = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
        assert_eq!(Consumer::of(poller), Consumer::Poller);
        assert_eq!(Consumer::of(webhook), Consumer::Webhook);
        assert_eq!(Consumer::of(""), Consumer::Poller);
    }

    #[tokio::test]
    async fn conflict_is_over_after_a_quiet_time_only() {
        let (health, stop) = (Health::new(1), CancellationToken::new());
        stop.cancel();
        let mut conflict = ConflictMonitor::new(&health);
        conflict.not_refused(Instant::now());
        assert!(!conflict.is_on());
        for _ in 0..3 {
            conflict.wait(Consumer::Poller, &stop).await;
        }
        let last = conflict.last.expect("it was refused").0;
        conflict.not_refused(last + Duration::from_secs(7));
        assert!(conflict.is_on());
        let reason = "another process asks for this bot's updates with the same token";
        assert_eq!(health.telegram_status(last), Err(reason.into()));
        conflict.not_refused(last + Duration::from_secs(8));
        assert!(!conflict.is_on());
        assert_eq!(health.telegram_status(last), Err("not reached yet".into()));
    }
}

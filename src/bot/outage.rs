//! A period in which Telegram cannot be reached.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::ApiError;
use crate::bot::backoff::{RetryPolicy, sleep_or_stop};
use crate::bot::send::in_flight::{InFlight, PauseGuard};

/// Delays between the requests during an outage.
pub const OUTAGE_RETRY: RetryPolicy =
    RetryPolicy::exponential(Duration::from_secs(1), Duration::from_secs(4));
/// Timeout of a round trip to Telegram. It is short, so that a request that is lost in an outage is
/// repeated soon.
pub const NETWORK_TIMEOUT: Duration = Duration::from_secs(4);

/// The outage that one task observes. Its start and its end are logged with one line each.
#[derive(Debug, Default)]
pub struct Outage<'a> {
    failures: u32,
    in_flight: Option<&'a InFlight>,
    pause_guard: Option<PauseGuard<'a>>,
}

impl<'a> Outage<'a> {
    /// Returns an outage that pauses all sends from the second failed request until it ends.
    pub fn pausing_sends(in_flight: &'a InFlight) -> Outage<'a> {
        Outage { in_flight: Some(in_flight), ..Outage::default() }
    }

    /// Returns whether the last request failed.
    pub fn is_on(&self) -> bool {
        self.failures > 0
    }

    /// Records a failed request that was started at `started`, and waits until the next attempt.
    /// The back-off is counted from the start of the request.
    pub async fn wait(
        &mut self,
        client: &ApiClient,
        error: &ApiError,
        started: Instant,
        stop: &CancellationToken,
    ) {
        if self.failures == 0 {
            let (host, way) = (client.host(), client.route());
            tracing::warn!(
                host,
                %way,
                cause = %error,
                "Telegram cannot be reached; trying again until it can"
            );
        } else if self.pause_guard.is_none() {
            // A single failure may be a glitch and does not pause the sends.
            self.pause_guard = self.in_flight.map(InFlight::pause);
        }
        let delay = OUTAGE_RETRY.delay(self.failures).saturating_sub(started.elapsed());
        self.failures = self.failures.saturating_add(1);
        sleep_or_stop(delay, stop).await;
    }

    /// Records a successful request, which ends the outage and resumes the sends.
    pub fn ended(&mut self) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "Telegram can be reached again");
            self.failures = 0;
            self.pause_guard = None;
        }
    }
}

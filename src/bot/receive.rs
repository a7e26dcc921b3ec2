//! Updates that Telegram is asked for: journalled, then confirmed.
//!
//! teloxide's own loop confirms before a handler ends and drops what it cannot parse, so this asks
//! for raw JSON.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use teloxide::requests::Payload;
use tokio_util::sync::CancellationToken;

use super::Trouble;
use super::intake::{ALLOWED, Intake, id_of};
use super::refusal::Refusal;
use super::wire::Wire;

#[derive(Debug, Clone, Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u8,
    allowed_updates: [&'static str; 5],
}

impl Payload for GetUpdates {
    type Output = Vec<Value>;
    const NAME: &'static str = "GetUpdates";
}

const POLL_SECONDS: u8 = 10;
/// A server that says nothing for so long is gone.
const POLL_WITHIN: Duration = Duration::from_secs(15);
const BATCH: u8 = 100;

/// Receives until `stop`.
pub async fn run(wire: &Wire, intake: &Intake, stop: &CancellationToken) -> Result<(), Trouble> {
    let mut offset = None;
    let mut outage = Outage::default();
    loop {
        tokio::select! {
            () = intake.room() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let request =
            GetUpdates { offset, limit: BATCH, timeout: POLL_SECONDS, allowed_updates: ALLOWED };
        let polled = tokio::select! {
            polled = wire.call::<_, Vec<Value>>(&request, POLL_WITHIN) => polled,
            () = stop.cancelled() => return Ok(()),
        };
        match polled {
            Ok(updates) => {
                outage.ended();
                intake.vitals.reached(Instant::now());
                match intake.take(&updates).await {
                    Ok(()) => {
                        let last = updates.iter().filter_map(id_of).max();
                        offset = last.map(|last| last + 1).or(offset);
                    }
                    // Not confirmed, so Telegram hands them out again.
                    Err(error) => {
                        tracing::error!(%error, "updates could not be journalled");
                        outage.wait(stop).await;
                    }
                }
            }
            Err(error) => match intake.vitals.refused(&error) {
                Refusal::WrongToken => return Err(Trouble::WrongToken),
                Refusal::Conflict => return Err(Trouble::Conflict),
                Refusal::RetryAfter(wait) => pause(wait, stop).await,
                _ => outage.wait(stop).await,
            },
        }
    }
}

/// A time without Telegram: one log line when it begins, one when it ends.
#[derive(Debug, Default)]
pub struct Outage {
    failures: u32,
}

impl Outage {
    /// Waits before the next try: 1, 2, 4, then 5 s.
    pub async fn wait(&mut self, stop: &CancellationToken) {
        if self.failures == 0 {
            tracing::warn!("Telegram cannot be reached; trying again until it can");
        }
        let seconds = (1_u64 << self.failures.min(3)).min(5);
        self.failures = self.failures.saturating_add(1);
        pause(Duration::from_secs(seconds), stop).await;
    }

    pub fn ended(&mut self) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "Telegram can be reached again");
            self.failures = 0;
        }
    }
}

/// Waits, but not longer than until `stop`.
pub async fn pause(wait: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = stop.cancelled() => {}
    }
}

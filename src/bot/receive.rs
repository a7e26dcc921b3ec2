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
use super::intake::{ALLOWED, Intake, Taken, id_of};
use super::refusal::Refusal;
use super::turns::{Cut, Turns};
use super::wire::{Failure, Wire};

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
/// So long the way to Telegram and back may take: whoever hears nothing in an outage tries anew.
pub const SLACK: Duration = Duration::from_secs(4);
const BATCH: u8 = 100;

/// Receives until `stop`.
pub async fn run(wire: &Wire, intake: &Intake, stop: &CancellationToken) -> Result<(), Trouble> {
    let mut offset = None;
    let mut outage = Outage::that_cuts(intake.turns());
    let mut refused = 0;
    loop {
        tokio::select! {
            () = intake.room() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let begun = Instant::now();
        // In an outage the answer is wanted at once, since it ends with it.
        let timeout = if outage.is_on() { 0 } else { POLL_SECONDS };
        let request = GetUpdates { offset, limit: BATCH, timeout, allowed_updates: ALLOWED };
        let within = Duration::from_secs(timeout.into()) + SLACK;
        let polled = tokio::select! {
            polled = wire.call::<_, Vec<Value>>(&request, within) => polled,
            () = stop.cancelled() => return Ok(()),
        };
        match polled {
            Ok(updates) => {
                outage.ended();
                intake.vitals().reached(Instant::now());
                match intake.take(&updates).await? {
                    Taken::Journalled => {
                        refused = 0;
                        let last = updates.iter().filter_map(id_of).max();
                        offset = last.map(|last| last + 1).or(offset);
                    }
                    // Not confirmed, so Telegram hands them out again.
                    Taken::NotNow => {
                        pause(back_off(refused), stop).await;
                        refused += 1;
                    }
                }
            }
            // A token of the wrong form is answered with 404.
            Err(Failure::Refused { code: 404, .. }) => return Err(Trouble::WrongToken),
            Err(error) => match intake.vitals().refused(&error) {
                Refusal::WrongToken => return Err(Trouble::WrongToken),
                Refusal::Conflict => return Err(Trouble::Conflict),
                Refusal::RetryAfter(wait) => pause(wait, stop).await,
                _ => outage.wait(begun, stop).await,
            },
        }
    }
}

/// A time without Telegram: one log line when it begins, one when it ends.
#[derive(Debug, Default)]
pub struct Outage<'a> {
    failures: u32,
    turns: Option<&'a Turns>,
    cut: Option<Cut<'a>>,
}

impl<'a> Outage<'a> {
    /// All messages wait for its end.
    pub fn that_cuts(turns: &'a Turns) -> Outage<'a> {
        Outage { turns: Some(turns), ..Outage::default() }
    }

    pub fn is_on(&self) -> bool {
        self.failures > 0
    }

    /// Waits until the next try, counted from when the one that failed was `begun`.
    pub async fn wait(&mut self, begun: Instant, stop: &CancellationToken) {
        if self.failures == 0 {
            tracing::warn!("Telegram cannot be reached; trying again until it can");
        } else if self.cut.is_none() {
            // Once may be an accident.
            self.cut = self.turns.map(Turns::cut);
        }
        let wait = back_off(self.failures).saturating_sub(begun.elapsed());
        self.failures = self.failures.saturating_add(1);
        pause(wait, stop).await;
    }

    pub fn ended(&mut self) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "Telegram can be reached again");
            self.failures = 0;
            self.cut = None;
        }
    }
}

/// The time between two tries: 1, 2, then 4 s.
fn back_off(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.min(2))
}

/// Waits, but not longer than until `stop`.
pub async fn pause(wait: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = stop.cancelled() => {}
    }
}

//! How a running bot is: when it reached Telegram, what it has in hand, and its numbers. The time is an
//! argument.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::consumer::Consumer;
use crate::bot::operations::metrics::Metrics;
use crate::bot::receive::update::UpdateKind;
use crate::bot::server_time::ServerTime;

/// Shared by all that can tell.
#[derive(Debug)]
pub struct Health {
    pub metrics: Metrics,
    pub time: ServerTime,
    conflict: Mutex<Option<Consumer>>,
    telegram_seen: Mutex<Option<Instant>>,
    updates: Mutex<HashMap<i64, UpdateProgress>>,
}

/// An update that is not done.
#[derive(Debug)]
struct UpdateProgress {
    queued: Instant,
    /// Not known of what an earlier run of the bot left.
    kind: Option<UpdateKind>,
    /// When its turn came.
    started: Option<Instant>,
}

/// So long Telegram may be away before the bot counts as not ready.
const MAX_SILENCE: Duration = Duration::from_secs(60);
/// What is in hand for longer is stuck.
const STUCK_AFTER: Duration = Duration::from_secs(5 * 60);

impl Health {
    pub fn new(starts: i64) -> Health {
        Health {
            metrics: Metrics::new(starts),
            time: ServerTime::default(),
            conflict: Mutex::default(),
            telegram_seen: Mutex::default(),
            updates: Mutex::default(),
        }
    }

    /// Telegram has answered a request.
    pub fn reached(&self, now: Instant) {
        *locked(&self.telegram_seen) = Some(now);
    }

    /// Notes the cause of a conflict, or its end.
    pub fn set_conflict(&self, rival: Option<Consumer>) {
        *locked(&self.conflict) = rival;
    }

    /// What a request that failed means; it is counted.
    pub fn count_error(&self, failure: &ApiError) -> ApiErrorKind {
        let refusal = failure.kind();
        self.metrics.api_error(refusal);
        refusal
    }

    /// An update waits in its lane.
    pub fn queued(&self, update: i64, kind: Option<UpdateKind>, now: Instant) {
        locked(&self.updates).insert(update, UpdateProgress { queued: now, kind, started: None });
    }

    /// Its turn has come.
    pub fn started(&self, update: i64, now: Instant) {
        if let Some(underway) = locked(&self.updates).get_mut(&update) {
            underway.started = Some(now);
        }
    }

    /// Its reply is out.
    pub fn replied(&self, update: i64, now: Instant) {
        let known = locked(&self.updates).get(&update).map(|known| (known.kind, known.queued));
        if let Some((Some(kind), arrived)) = known {
            self.metrics.replied(kind, now.saturating_duration_since(arrived));
        }
    }

    /// It is done, with or without a reply.
    pub fn finished(&self, update: i64) {
        locked(&self.updates).remove(&update);
    }

    /// Returns why no updates come from Telegram, if none do.
    pub fn telegram_status(&self, now: Instant) -> Result<(), String> {
        if let Some(rival) = *locked(&self.conflict) {
            return Err(rival.to_string());
        }
        let Some(reached) = *locked(&self.telegram_seen) else {
            return Err("not reached yet".into());
        };
        let silence = now.saturating_duration_since(reached);
        match silence <= MAX_SILENCE {
            true => Ok(()),
            false => Err(format!("not reached for {} seconds", silence.as_secs())),
        }
    }

    /// Returns how the machine's clock differs from Telegram's, if it does.
    pub fn clock_status(&self) -> Option<String> {
        let skew = self.time.skew()?;
        let side = if skew > 0 { "ahead of" } else { "behind" };
        Some(format!("{} seconds {side} Telegram's clock, by which the bot goes", skew.abs()))
    }

    /// How many updates are stuck.
    pub fn stuck_updates(&self, now: Instant) -> Result<(), String> {
        let is_stuck = |taken: &Instant| now.saturating_duration_since(*taken) > STUCK_AFTER;
        let updates = locked(&self.updates);
        match updates.values().filter_map(|known| known.started).filter(is_stuck).count() {
            0 => Ok(()),
            stuck => Err(format!("{stuck} in hand for more than {} s", STUCK_AFTER.as_secs())),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegram_is_away_after_a_minute() {
        let (health, now) = (Health::new(1), Instant::now());
        assert_eq!(health.telegram_status(now), Err("not reached yet".into()));
        health.reached(now);
        assert_eq!(health.telegram_status(now + Duration::from_secs(60)), Ok(()));
        let later = health.telegram_status(now + Duration::from_secs(75));
        assert_eq!(later, Err("not reached for 75 seconds".into()));
    }

    #[test]
    fn what_waits_is_not_stuck_and_what_is_in_hand_for_long_is() {
        let (health, now) = (Health::new(1), Instant::now());
        let later = now + Duration::from_secs(301);
        health.queued(1, Some(UpdateKind::Message), now);
        assert_eq!(health.stuck_updates(later), Ok(()));
        health.started(1, now);
        assert_eq!(health.stuck_updates(now + Duration::from_secs(300)), Ok(()));
        assert_eq!(health.stuck_updates(later), Err("1 in hand for more than 300 s".into()));
        health.finished(1);
        assert_eq!(health.stuck_updates(later), Ok(()));
    }
}

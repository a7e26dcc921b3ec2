//! How a running bot is: when it reached Telegram, what it has in hand, and its numbers. The time is an
//! argument.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::conflict::Rival;
use super::metrics::Metrics;
use super::refusal::{Refusal, classify};
use super::server_time::ServerTime;
use super::wire::Failure;

/// Shared by all that can tell.
#[derive(Debug)]
pub struct Vitals {
    pub metrics: Metrics,
    pub time: ServerTime,
    conflict: Mutex<Option<Rival>>,
    reached: Mutex<Option<Instant>>,
    updates: Mutex<HashMap<i64, Underway>>,
}

/// An update that is not done.
#[derive(Debug)]
struct Underway {
    arrived: Instant,
    /// Not known of what an earlier run of the bot left.
    kind: Option<&'static str>,
    /// When its turn came.
    taken: Option<Instant>,
}

/// So long Telegram may be away before the bot counts as not ready.
const MAX_SILENCE: Duration = Duration::from_secs(60);
/// What is in hand for longer is stuck.
const MAX_IN_HAND: Duration = Duration::from_secs(5 * 60);

impl Vitals {
    pub fn new(starts: i64) -> Vitals {
        Vitals {
            metrics: Metrics::new(starts),
            time: ServerTime::default(),
            conflict: Mutex::default(),
            reached: Mutex::default(),
            updates: Mutex::default(),
        }
    }

    /// Telegram has answered a request.
    pub fn reached(&self, now: Instant) {
        *locked(&self.reached) = Some(now);
    }

    /// Notes the cause of a conflict, or its end.
    pub fn conflicts(&self, rival: Option<Rival>) {
        *locked(&self.conflict) = rival;
    }

    /// What a request that failed means; it is counted.
    pub fn refused(&self, failure: &Failure) -> Refusal {
        let refusal = classify(failure);
        self.metrics.refused(refusal);
        refusal
    }

    /// An update waits in its lane.
    pub fn arrived(&self, update: i64, kind: Option<&'static str>, now: Instant) {
        locked(&self.updates).insert(update, Underway { arrived: now, kind, taken: None });
    }

    /// Its turn has come.
    pub fn taken(&self, update: i64, now: Instant) {
        if let Some(underway) = locked(&self.updates).get_mut(&update) {
            underway.taken = Some(now);
        }
    }

    /// Its reply is out.
    pub fn replied(&self, update: i64, now: Instant) {
        let known = locked(&self.updates).get(&update).map(|known| (known.kind, known.arrived));
        if let Some((Some(kind), arrived)) = known {
            self.metrics.replied(kind, now.saturating_duration_since(arrived));
        }
    }

    /// It is done, with or without a reply.
    pub fn over(&self, update: i64) {
        locked(&self.updates).remove(&update);
    }

    /// Returns why no updates come from Telegram, if none do.
    pub fn silence(&self, now: Instant) -> Result<(), String> {
        if let Some(rival) = *locked(&self.conflict) {
            return Err(rival.to_string());
        }
        let Some(reached) = *locked(&self.reached) else { return Err("not reached yet".into()) };
        let silence = now.saturating_duration_since(reached);
        match silence <= MAX_SILENCE {
            true => Ok(()),
            false => Err(format!("not reached for {} seconds", silence.as_secs())),
        }
    }

    /// Returns how the machine's clock differs from Telegram's, if it does.
    pub fn clock(&self) -> Option<String> {
        let skew = self.time.skew()?;
        let side = if skew > 0 { "ahead of" } else { "behind" };
        Some(format!("{} seconds {side} Telegram's clock, by which the bot goes", skew.abs()))
    }

    /// How many updates are stuck.
    pub fn stuck(&self, now: Instant) -> Result<(), String> {
        let is_stuck = |taken: &Instant| now.saturating_duration_since(*taken) > MAX_IN_HAND;
        let updates = locked(&self.updates);
        match updates.values().filter_map(|known| known.taken).filter(is_stuck).count() {
            0 => Ok(()),
            stuck => Err(format!("{stuck} in hand for more than {} s", MAX_IN_HAND.as_secs())),
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
        let (vitals, now) = (Vitals::new(1), Instant::now());
        assert_eq!(vitals.silence(now), Err("not reached yet".into()));
        vitals.reached(now);
        assert_eq!(vitals.silence(now + Duration::from_secs(60)), Ok(()));
        let later = vitals.silence(now + Duration::from_secs(75));
        assert_eq!(later, Err("not reached for 75 seconds".into()));
    }

    #[test]
    fn what_waits_is_not_stuck_and_what_is_in_hand_for_long_is() {
        let (vitals, now) = (Vitals::new(1), Instant::now());
        let later = now + Duration::from_secs(301);
        vitals.arrived(1, Some("message"), now);
        assert_eq!(vitals.stuck(later), Ok(()));
        vitals.taken(1, now);
        assert_eq!(vitals.stuck(now + Duration::from_secs(300)), Ok(()));
        assert_eq!(vitals.stuck(later), Err("1 in hand for more than 300 s".into()));
        vitals.over(1);
        assert_eq!(vitals.stuck(later), Ok(()));
    }
}

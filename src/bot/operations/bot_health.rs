//! Health of the running bot: contact with Telegram, updates in progress, clock and metrics. The
//! current time is an argument.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::consumer::Consumer;
use crate::bot::operations::metrics::Metrics;
use crate::bot::server_time::ServerTime;
use crate::bot::update_kind::UpdateKind;
use crate::ids::UpdateId;

/// Health of the bot, which all its parts report to.
#[derive(Debug)]
pub struct Health {
    pub metrics: Metrics,
    pub time: ServerTime,
    conflict: Mutex<Option<Consumer>>,
    telegram_seen: Mutex<Option<Instant>>,
    updates: Mutex<HashMap<UpdateId, UpdateProgress>>,
    /// Reasons why feeds fail, by their addresses.
    feeds: Mutex<BTreeMap<String, String>>,
}

/// Progress of an update that is not finished.
#[derive(Debug)]
struct UpdateProgress {
    queued: Instant,
    /// `None` for an update that an earlier run of the bot received.
    kind: Option<UpdateKind>,
    /// Time at which the update left its queue.
    started: Option<Instant>,
}

/// Maximum time without a response of Telegram in which the bot counts as ready.
const MAX_SILENCE: Duration = Duration::from_secs(60);
/// Time in progress after which an update counts as stuck.
const STUCK_AFTER: Duration = Duration::from_secs(5 * 60);

impl Health {
    /// Returns the health of a bot that was started `starts` times with its data directory.
    pub fn new(starts: i64) -> Health {
        Health {
            metrics: Metrics::new(starts),
            time: ServerTime::default(),
            conflict: Mutex::default(),
            telegram_seen: Mutex::default(),
            updates: Mutex::default(),
            feeds: Mutex::default(),
        }
    }

    /// Records a response of Telegram.
    pub fn telegram_seen(&self, now: Instant) {
        *self.telegram_seen.lock() = Some(now);
    }

    /// Records the cause of a conflict, or its end.
    pub fn set_conflict(&self, consumer: Option<Consumer>) {
        *self.conflict.lock() = consumer;
    }

    /// Counts a failed request, and returns the kind of its error.
    pub fn count_error(&self, error: &ApiError) -> ApiErrorKind {
        let kind = error.kind();
        self.metrics.api_error(kind);
        kind
    }

    /// Records that an update was added to its queue.
    pub fn queued(&self, update: UpdateId, kind: Option<UpdateKind>, now: Instant) {
        self.updates.lock().insert(update, UpdateProgress { queued: now, kind, started: None });
    }

    /// Records that an update left its queue.
    pub fn started(&self, update: UpdateId, now: Instant) {
        if let Some(progress) = self.updates.lock().get_mut(&update) {
            progress.started = Some(now);
        }
    }

    /// Records that the reply to an update was sent.
    pub fn replied(&self, update: UpdateId, now: Instant) {
        let found = self.updates.lock().get(&update).map(|found| (found.kind, found.queued));
        if let Some((Some(kind), queued)) = found {
            self.metrics.replied(kind, now.saturating_duration_since(queued));
        }
    }

    /// Records that an update was finished, with or without a reply.
    pub fn finished(&self, update: UpdateId) {
        self.updates.lock().remove(&update);
    }

    /// Returns the reason why no updates can be received, as an error.
    pub fn telegram_status(&self, now: Instant) -> Result<(), String> {
        if let Some(consumer) = *self.conflict.lock() {
            return Err(consumer.to_string());
        }
        let Some(seen) = *self.telegram_seen.lock() else {
            return Err("not reached yet".into());
        };
        let silence = now.saturating_duration_since(seen);
        match silence <= MAX_SILENCE {
            true => Ok(()),
            false => Err(format!("not reached for {} seconds", silence.as_secs())),
        }
    }

    /// Returns the difference between the machine's clock and Telegram's, if the machine's is
    /// wrong.
    pub fn clock_status(&self) -> Option<String> {
        let skew = self.time.skew()?;
        let side = if skew > 0 { "ahead of" } else { "behind" };
        Some(format!("{} seconds {side} Telegram's clock, which the bot uses", skew.abs()))
    }

    /// Records the reason why a feed fails, or that it works.
    pub fn set_feed(&self, url: &str, failure: Option<String>) {
        let mut feeds = self.feeds.lock();
        match failure {
            Some(failure) => drop(feeds.insert(url.to_owned(), failure)),
            None => drop(feeds.remove(url)),
        }
    }

    /// Returns a line for each feed that fails.
    pub fn failing_feeds(&self) -> Vec<String> {
        let feeds = self.feeds.lock();
        feeds.iter().map(|(url, failure)| format!("{url} fails: {failure}")).collect()
    }

    /// Returns the number of stuck updates as an error, unless there are none.
    pub fn stuck_updates(&self, now: Instant) -> Result<(), String> {
        let is_stuck = |started: &Instant| now.saturating_duration_since(*started) > STUCK_AFTER;
        let updates = self.updates.lock();
        match updates.values().filter_map(|update| update.started).filter(is_stuck).count() {
            0 => Ok(()),
            stuck => Err(format!("{stuck} in progress for more than {} s", STUCK_AFTER.as_secs())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_misses_telegram_after_a_minute() {
        let (health, now) = (Health::new(1), Instant::now());
        assert_eq!(health.telegram_status(now), Err("not reached yet".into()));
        health.telegram_seen(now);
        assert_eq!(health.telegram_status(now + Duration::from_secs(60)), Ok(()));
        let later = health.telegram_status(now + Duration::from_secs(75));
        assert_eq!(later, Err("not reached for 75 seconds".into()));
    }

    #[test]
    fn health_counts_updates_in_progress_as_stuck_but_not_waiting_ones() {
        let (health, now) = (Health::new(1), Instant::now());
        let later = now + Duration::from_secs(301);
        health.queued(UpdateId::new(1), Some(UpdateKind::Message), now);
        assert_eq!(health.stuck_updates(later), Ok(()));
        health.started(UpdateId::new(1), now);
        assert_eq!(health.stuck_updates(now + Duration::from_secs(300)), Ok(()));
        assert_eq!(health.stuck_updates(later), Err("1 in progress for more than 300 s".into()));
        health.finished(UpdateId::new(1));
        assert_eq!(health.stuck_updates(later), Ok(()));
    }
}

//! Protection against poison messages: updates whose handling ends the process, and which would end
//! it again after every start.
//!
//! After a crash, each update that the crashed run left is a suspect. Suspects are handled one at a
//! time, and each attempt is counted in the store before it begins. The attempt is taken back once
//! the reply is composed, so that a crash while the reply waits for Telegram does not count. A
//! suspect with an earlier attempt is delayed: the other suspects get their replies first, and if
//! the process is killed at every start, not always during the same update. After three failed
//! attempts, an update is answered with an apology, and if that fails too, it is closed. For new
//! updates, nothing is written.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ids::UpdateId;
use crate::store::{Store, StoreError};

/// Counter of the attempts at updates that a crashed run has left.
pub struct AttemptCounter {
    store: Arc<Store>,
    /// Number of attempts in earlier runs, by update that may have ended the process.
    suspects: Mutex<HashMap<UpdateId, i64>>,
    /// Held by the suspect in progress. With several in progress, the one that ends the process
    /// would be unknown.
    alone: Arc<Semaphore>,
    started: Mutex<HashMap<UpdateId, StartedAttempt>>,
    /// Start of this run, or `None` if the previous run did not crash.
    started_after_crash: Option<Instant>,
}

/// Treatment of an update, by the number of its failed attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    Handle,
    Apologise,
    Close,
}

struct StartedAttempt {
    /// Number of attempts before this one.
    before: i64,
    /// Number of attempts that is stored once the reply is composed.
    after: i64,
    _alone: Option<OwnedSemaphorePermit>,
}

/// Number of failed attempts after which an update is answered with an apology.
const MAX_ATTEMPTS: i64 = 3;
/// Delay before another attempt at a suspect.
const SUSPECT_DELAY: Duration = Duration::from_secs(1);
/// Time after a crash in which no answer is computed before its update is journalled.
const CAUTIOUS_PERIOD: Duration = Duration::from_secs(60 * 60);

impl AttemptCounter {
    pub fn new(store: Arc<Store>) -> AttemptCounter {
        let started_after_crash = store.is_after_crash().then(Instant::now);
        AttemptCounter {
            store,
            suspects: Mutex::default(),
            alone: Arc::new(Semaphore::new(1)),
            started: Mutex::default(),
            started_after_crash,
        }
    }

    /// Makes the updates that the previous run left suspects, if that run crashed.
    pub fn add_suspects(&self, left: impl IntoIterator<Item = UpdateId>) -> Result<(), StoreError> {
        if self.started_after_crash.is_none() {
            return Ok(());
        }
        let mut suspects = self.suspects.lock();
        suspects.extend(left.into_iter().map(|update| (update, 0)));
        suspects.extend(self.store.attempts()?);
        Ok(())
    }

    /// Returns whether the previous run crashed, and this run was started recently.
    pub fn has_crashed_recently(&self) -> bool {
        self.started_after_crash.is_some_and(|since| since.elapsed() < CAUTIOUS_PERIOD)
    }

    /// Starts an attempt at an update, and returns how the update is treated. A suspect waits until
    /// no other suspect is in progress.
    pub async fn begin(&self, update: UpdateId) -> Attempt {
        let Some(attempts) = self.suspects.lock().remove(&update) else { return Attempt::Handle };
        if attempts > 0 {
            tokio::time::sleep(SUSPECT_DELAY).await;
        }
        // The semaphore is never closed.
        let alone = self.alone.clone().acquire_owned().await.ok();
        let before = match self.store.count_attempt(update) {
            Ok(before) => before,
            Err(error) => {
                tracing::warn!(update = update.get(), %error, "an attempt at an update could not be counted");
                return Attempt::Handle;
            }
        };
        let attempts = before + 1;
        let attempt = match before {
            _ if before < MAX_ATTEMPTS => Attempt::Handle,
            MAX_ATTEMPTS => {
                tracing::error!(
                    update = update.get(),
                    attempts,
                    "an update has ended the bot in each attempt to answer it; it is answered with an apology"
                );
                Attempt::Apologise
            }
            _ => {
                tracing::error!(
                    update = update.get(),
                    attempts,
                    "an update has ended the bot again when it was answered with an apology; it is closed"
                );
                Attempt::Close
            }
        };
        let after = if attempt == Attempt::Handle { 0 } else { before };
        self.started.lock().insert(update, StartedAttempt { before, after, _alone: alone });
        attempt
    }

    /// Takes the attempt at an update back while the update waits for Telegram, so that other
    /// suspects can be started. [`begin`](Self::begin) must be called again after the wait.
    pub fn suspend(&self, update: UpdateId) {
        let Some(attempt) = self.started.lock().remove(&update) else { return };
        self.set(update, attempt.before);
        // With 0, the next attempt is not delayed.
        self.suspects.lock().insert(update, 0);
    }

    /// Takes the attempt at an update back, since its reply is composed and only has to be sent.
    pub fn reply_composed(&self, update: UpdateId) {
        let Some(attempt) = self.started.lock().remove(&update) else { return };
        self.set(update, attempt.after);
    }

    /// Ends the attempt at an update that was completed, or that stays in the journal without a
    /// crash.
    pub fn finish(&self, update: UpdateId) {
        self.suspects.lock().remove(&update);
        self.reply_composed(update);
    }

    /// Stores the number of attempts at an update.
    fn set(&self, update: UpdateId, attempts: i64) {
        if let Err(error) = self.store.set_attempts(update, attempts) {
            tracing::warn!(update = update.get(), %error, "an attempt at an update could not be taken back");
        }
    }
}

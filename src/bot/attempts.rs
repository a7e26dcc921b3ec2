//! Poison messages: updates whose handling ends the process, which would be tried after every start.
//!
//! After a run that did not end by itself, each update that it left is begun alone, and its attempt is on
//! the disk before. The attempt is taken back once the reply is composed, so that what is cut off while it
//! waits for Telegram is never suspected. One that was begun before waits for a while: the others have
//! their replies first, and who kills the bot at its start does not hit the same update each time. After
//! three such attempts an update is answered with an apology; if that ends the process, too, the update is
//! closed. An update that came just now costs no write.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::{Store, StoreError};

/// Counts the attempts at updates that an earlier run has left.
pub struct AttemptCounter {
    store: Arc<Store>,
    /// Those whose attempts are counted, with how often they were begun before this run.
    suspects: Mutex<HashMap<i64, i64>>,
    /// Held by the one that is begun: of several, nobody could say which has ended the process.
    alone: Arc<Semaphore>,
    begun: Mutex<HashMap<i64, Begun>>,
    /// Since when; `None` after a run that ended by itself.
    cautious_since: Option<Instant>,
}

/// Decision on an update, by the number of attempts that did not end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    Handle,
    Apologise,
    Close,
}

struct Begun {
    /// How often it was begun before.
    before: i64,
    /// The count that it gets back once its reply is composed.
    after: i64,
    _alone: Option<OwnedSemaphorePermit>,
}

const MAX_ATTEMPTS: i64 = 3;
/// Time that an update waits for the others which was begun before.
const SUSPECT_DELAY: Duration = Duration::from_secs(1);
/// Time after a crash in which nothing is worked on before it is journalled.
const CAUTIOUS_PERIOD: Duration = Duration::from_secs(60 * 60);

impl AttemptCounter {
    pub fn new(store: Arc<Store>) -> AttemptCounter {
        let cautious_since = store.is_after_crash().then(Instant::now);
        AttemptCounter {
            store,
            suspects: Mutex::default(),
            alone: Arc::new(Semaphore::new(1)),
            begun: Mutex::default(),
            cautious_since,
        }
    }

    /// Has the attempts at these updates counted, if the run that left them did not end by itself.
    pub fn suspect(&self, left: impl IntoIterator<Item = i64>) -> Result<(), StoreError> {
        if self.cautious_since.is_none() {
            return Ok(());
        }
        let mut suspects = locked(&self.suspects);
        suspects.extend(left.into_iter().map(|update| (update, 0)));
        suspects.extend(self.store.attempts()?);
        Ok(())
    }

    /// Returns whether the run before has ended in a crash, and that was not long ago.
    pub fn is_cautious(&self) -> bool {
        self.cautious_since.is_some_and(|since| since.elapsed() < CAUTIOUS_PERIOD)
    }

    /// Begins an update, once no other suspect is being worked on, and says what is to be done with it.
    pub async fn begin(&self, update: i64) -> Attempt {
        let Some(known) = locked(&self.suspects).remove(&update) else { return Attempt::Handle };
        if known > 0 {
            tokio::time::sleep(SUSPECT_DELAY).await;
        }
        // Nobody closes the semaphore.
        let alone = self.alone.clone().acquire_owned().await.ok();
        let before = match self.store.count_attempt(update) {
            Ok(before) => before,
            Err(error) => {
                tracing::warn!(update, %error, "an attempt at an update could not be counted");
                return Attempt::Handle;
            }
        };
        let attempts = before + 1;
        let attempt = match before {
            _ if before < MAX_ATTEMPTS => Attempt::Handle,
            MAX_ATTEMPTS => {
                tracing::error!(
                    update,
                    attempts,
                    "an update has ended the bot each time it was begun; it is answered with an apology"
                );
                Attempt::Apologise
            }
            _ => {
                tracing::error!(
                    update,
                    attempts,
                    "an update has ended the bot also when it was answered with an apology; it is closed"
                );
                Attempt::Close
            }
        };
        let after = if attempt == Attempt::Handle { 0 } else { before };
        locked(&self.begun).insert(update, Begun { before, after, _alone: alone });
        attempt
    }

    /// Leaves an update out of the count while it waits for Telegram, and lets others be begun.
    pub fn suspend(&self, update: i64) {
        let Some(begun) = locked(&self.begun).remove(&update) else { return };
        self.set(update, begun.before);
        // The wait for the others is over.
        locked(&self.suspects).insert(update, 0);
    }

    /// Takes the attempt back: the reply to the update is composed, and all that is left is to send it.
    pub fn composed(&self, update: i64) {
        let Some(begun) = locked(&self.begun).remove(&update) else { return };
        self.set(update, begun.after);
    }

    /// Takes the attempt back where it was not: the update is done, or is left in order.
    pub fn finish(&self, update: i64) {
        locked(&self.suspects).remove(&update);
        self.composed(update);
    }

    fn set(&self, update: i64, attempts: i64) {
        if let Err(error) = self.store.set_attempts(update, attempts) {
            tracing::warn!(update, %error, "an attempt at an update could not be taken back");
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

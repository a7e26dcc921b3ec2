//! The store that fails for a while, as on a full disk: what is in hand waits for it, and the log hears of
//! it once.

use std::future::ready;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::react::Reactor;
use super::receive::pause;
use crate::store::{Answered, StoreError};

/// The time after which the store is tried again.
const STORE_PAUSE: Duration = Duration::from_secs(2);

impl Reactor {
    /// Marks an update as done, even if the store fails for a while: its reply is out.
    pub(super) async fn done(
        &self,
        update: i64,
        answered: Option<&Answered>,
    ) -> Result<(), StoreError> {
        self.until_noted(|| self.clerk.done(update, answered.cloned())).await
    }

    /// Notes that a message is out, even if the store fails for a while.
    pub(super) async fn noted(
        &self,
        note: impl Fn() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.until_noted(|| ready(note())).await
    }

    async fn until_noted<N>(&self, note: impl Fn() -> N) -> Result<(), StoreError>
    where
        N: Future<Output = Result<(), StoreError>>,
    {
        let mut cut = None;
        while let Err(error) = note().await {
            // What is said now would be said again after a kill.
            cut.get_or_insert_with(|| self.sender.turns.cut());
            self.bear(error).await?;
        }
        if cut.is_some() {
            self.store_works();
        }
        Ok(())
    }

    /// Waits for a store that fails for a while. Gives back what will not pass.
    pub(super) async fn bear(&self, error: StoreError) -> Result<(), StoreError> {
        if !error.may_pass() || self.stop.is_cancelled() {
            return Err(error);
        }
        self.store_fails(&error);
        pause(STORE_PAUSE, &self.stop).await;
        Ok(())
    }

    pub(super) fn store_fails(&self, error: &StoreError) {
        if !self.is_store_failing.swap(true, Ordering::Relaxed) {
            tracing::error!(
                %error,
                "the store cannot be written; new questions stay with Telegram until it can"
            );
        }
    }

    pub(super) fn store_works(&self) {
        if self.is_store_failing.swap(false, Ordering::Relaxed) {
            tracing::info!("the store can be written again");
        }
    }
}

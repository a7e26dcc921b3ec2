//! The store that fails for a while, as on a full disk: what is in hand waits for it, and the log hears of
//! it once.

use std::future::ready;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::context::BotContext;
use crate::bot::receive::polling::sleep_or_stop;
use crate::store::{AnswerRecord, StoreError};

/// The time after which the store is tried again.
const STORE_RETRY_INTERVAL: Duration = Duration::from_secs(2);

impl BotContext {
    /// Marks an update as done, even if the store fails for a while: its reply is out.
    pub async fn complete(
        &self,
        update: i64,
        answered: Option<&AnswerRecord>,
    ) -> Result<(), StoreError> {
        self.retry_until_written(|| self.completions.complete(update, answered.cloned())).await
    }

    /// Notes that a message is out, even if the store fails for a while.
    pub async fn retry_store_write(
        &self,
        note: impl Fn() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.retry_until_written(|| ready(note())).await
    }

    async fn retry_until_written<N>(&self, note: impl Fn() -> N) -> Result<(), StoreError>
    where
        N: Future<Output = Result<(), StoreError>>,
    {
        let mut cut = None;
        while let Err(error) = note().await {
            // What is said now would be said again after a kill.
            cut.get_or_insert_with(|| self.sender.in_flight.pause());
            self.wait_for_store(error).await?;
        }
        if cut.is_some() {
            self.store_recovered();
        }
        Ok(())
    }

    /// Waits for a store that fails for a while. Gives back what will not pass.
    pub async fn wait_for_store(&self, error: StoreError) -> Result<(), StoreError> {
        if !error.may_pass() || self.stop.is_cancelled() {
            return Err(error);
        }
        self.store_failed(&error);
        sleep_or_stop(STORE_RETRY_INTERVAL, &self.stop).await;
        Ok(())
    }

    pub fn store_failed(&self, error: &StoreError) {
        if !self.is_store_failing.swap(true, Ordering::Relaxed) {
            tracing::error!(
                %error,
                "the store cannot be written; new questions stay with Telegram until it can"
            );
        }
    }

    pub fn store_recovered(&self) {
        if self.is_store_failing.swap(false, Ordering::Relaxed) {
            tracing::info!("the store can be written again");
        }
    }
}

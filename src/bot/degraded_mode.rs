//! Degraded mode: the bot while the store cannot be written, for example on a full disk.
//!
//! Operations on the store are retried until they succeed. The start and the end of degraded mode
//! are logged with one line each.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::bot::backoff::{RetryPolicy, sleep_or_stop};
use crate::bot::send::in_flight::InFlight;
use crate::store::StoreError;

/// The degraded mode of one bot, shared by all its tasks.
pub struct DegradedMode {
    is_on: AtomicBool,
    in_flight: Arc<InFlight>,
    stop: CancellationToken,
}

/// Delays between the attempts at a store operation.
const STORE_RETRY: RetryPolicy = RetryPolicy::fixed(Duration::from_secs(2));

impl DegradedMode {
    pub fn new(in_flight: Arc<InFlight>, stop: CancellationToken) -> DegradedMode {
        DegradedMode { is_on: AtomicBool::new(false), in_flight, stop }
    }

    /// Runs `write` until it succeeds, and pauses all sends between the attempts: a message that is
    /// sent while the store cannot record it would be sent again after a crash. Returns permanent
    /// errors, and every error once the bot stops.
    pub async fn retry_write<F>(&self, write: impl Fn() -> F) -> Result<(), StoreError>
    where
        F: Future<Output = Result<(), StoreError>>,
    {
        let mut pause_guard = None;
        while let Err(error) = write().await {
            pause_guard.get_or_insert_with(|| self.in_flight.pause());
            self.wait(error).await?;
        }
        if pause_guard.is_some() {
            self.leave();
        }
        Ok(())
    }

    /// Enters degraded mode and waits until the store operation that failed with `error` may be
    /// retried. Returns `error` if it is permanent or if the bot stops.
    pub async fn wait(&self, error: StoreError) -> Result<(), StoreError> {
        if !error.may_pass() || self.stop.is_cancelled() {
            return Err(error);
        }
        self.enter(&error);
        sleep_or_stop(STORE_RETRY.delay(0), &self.stop).await;
        Ok(())
    }

    /// Records that the store cannot be written.
    pub fn enter(&self, error: &StoreError) {
        if !self.is_on.swap(true, Ordering::Relaxed) {
            tracing::error!(
                %error,
                "the store cannot be written; new questions stay with Telegram until it can"
            );
        }
    }

    /// Records that the store can be written again.
    pub fn leave(&self) {
        if self.is_on.swap(false, Ordering::Relaxed) {
            tracing::info!("the store can be written again");
        }
    }
}

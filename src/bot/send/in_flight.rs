//! In-flight window: how many new messages are being sent at the same time.
//!
//! A message is in flight from its request until the store has recorded the delivery. A crash
//! duplicates at most the messages in flight, so they are sent serially. A slow network must not
//! delay every chat: after a maximum wait, the next message is sent although the previous one is
//! still in flight. Without an overall send limit, serial sending would be the bottleneck, and up
//! to [`MAX_CONCURRENT`] messages are in flight.
//!
//! All sends pause while Telegram or the store is unavailable.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, oneshot, watch};

/// The in-flight window of one bot.
#[derive(Debug)]
pub struct InFlight {
    mode: SendMode,
    concurrent: Arc<Semaphore>,
    /// The previous message of serial mode. Its channel closes when its permit is dropped.
    previous: Mutex<Option<oneshot::Receiver<()>>>,
    /// Held by the one background message that may wait among the replies.
    background: Mutex<()>,
    /// The number of pause guards.
    pauses: watch::Sender<u32>,
}

/// The number of new messages in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendMode {
    /// One message, or more if the previous ones are slow.
    Serial,
    /// At most [`MAX_CONCURRENT`] messages.
    Concurrent,
}

/// A pause of all sends, until it is dropped.
#[derive(Debug)]
pub struct PauseGuard<'a>(&'a InFlight);

/// The permit of one message in flight. It is dropped after the store has recorded the delivery.
#[derive(Debug)]
pub enum SendPermit {
    Serial { _finished: oneshot::Sender<()> },
    Concurrent { _permit: OwnedSemaphorePermit },
}

/// Maximum wait for the previous message. At this interval a chain of slow requests still uses
/// Telegram's limit of 30 messages a second.
const MAX_SERIAL_WAIT: Duration = Duration::from_millis(30);
/// Maximum number of messages in flight in concurrent mode. They keep one core busy for any latency
/// of a local Bot API server.
const MAX_CONCURRENT: usize = 64;

impl InFlight {
    pub fn new(mode: SendMode) -> InFlight {
        InFlight {
            mode,
            concurrent: Arc::new(Semaphore::new(MAX_CONCURRENT)),
            previous: Mutex::default(),
            background: Mutex::default(),
            pauses: watch::Sender::default(),
        }
    }

    /// Waits for a permit in first-in, first-out order, and then for `limits`, during which later
    /// messages wait as well. Returns `None` if `limits` returns `false`, which means that the bot
    /// stops.
    pub async fn permit(&self, limits: impl Future<Output = bool>) -> Option<SendPermit> {
        if self.mode == SendMode::Concurrent {
            let _permit = self.concurrent.clone().acquire_owned().await.ok()?;
            return limits.await.then_some(SendPermit::Concurrent { _permit });
        }
        let mut previous = self.previous.lock().await;
        // A receiver panics if it is awaited again after it returned, so it is removed, even if
        // this message does not get its permit.
        if let Some(finished) = previous.as_mut()
            && tokio::time::timeout(MAX_SERIAL_WAIT, finished).await.is_ok()
        {
            *previous = None;
        }
        if !limits.await {
            return None;
        }
        let (finished_tx, finished_rx) = oneshot::channel();
        *previous = Some(finished_rx);
        Some(SendPermit::Serial { _finished: finished_tx })
    }

    /// Waits for `slot` and then for a permit, for a background message. At most one background
    /// message queues among the replies.
    pub async fn background_permit(
        &self,
        slot: impl Future<Output = bool>,
        limits: impl Future<Output = bool>,
    ) -> Option<SendPermit> {
        let _guard = self.background.lock().await;
        match slot.await {
            true => self.permit(limits).await,
            false => None,
        }
    }

    /// Pauses all sends until the guard is dropped.
    pub fn pause(&self) -> PauseGuard<'_> {
        self.pauses.send_modify(|pauses| *pauses += 1);
        PauseGuard(self)
    }

    /// Returns whether sends are paused.
    pub fn is_paused(&self) -> bool {
        *self.pauses.borrow() > 0
    }

    /// Waits until sends are not paused.
    pub async fn resumed(&self) {
        // An error means that the sender was dropped, but `self` owns it.
        let _ = self.pauses.subscribe().wait_for(|pauses| *pauses == 0).await;
    }
}

impl Drop for PauseGuard<'_> {
    fn drop(&mut self) {
        self.0.pauses.send_modify(|pauses| *pauses -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::ready;
    use std::pin::Pin;

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_time().build().unwrap()
    }

    async fn is_waiting(permit: Pin<&mut impl Future<Output = Option<SendPermit>>>) -> bool {
        tokio::select! {
            biased;
            _ = permit => false,
            () = ready(()) => true,
        }
    }

    #[test]
    fn serial_permit_waits_for_the_previous_message_but_not_forever() {
        runtime().block_on(async {
            let in_flight = InFlight::new(SendMode::Serial);
            let first = in_flight.permit(ready(true)).await;
            let second = in_flight.permit(ready(true));
            tokio::pin!(second);
            assert!(is_waiting(second.as_mut()).await);
            drop(first);
            let second = second.await;
            // The second permit is never dropped.
            let third = in_flight.permit(ready(true)).await;
            assert!(second.is_some() && third.is_some());
            assert!(in_flight.permit(ready(false)).await.is_none());
        });
    }

    #[test]
    fn serial_permit_is_available_after_others_were_refused_or_cancelled() {
        runtime().block_on(async {
            let in_flight = InFlight::new(SendMode::Serial);
            drop(in_flight.permit(ready(true)).await);
            // The bot stops, and several messages find that out one after the other.
            for _ in 0..3 {
                assert!(in_flight.permit(ready(false)).await.is_none());
                assert!(in_flight.background_permit(ready(true), ready(false)).await.is_none());
            }
            let first = in_flight.permit(ready(true)).await;
            drop(first);
            let cancelled = in_flight.permit(std::future::pending());
            {
                tokio::pin!(cancelled);
                assert!(is_waiting(cancelled.as_mut()).await);
            }
            assert!(in_flight.permit(ready(true)).await.is_some());
        });
    }

    #[test]
    fn serial_permit_checks_the_limits_after_the_previous_message() {
        runtime().block_on(async {
            let in_flight = InFlight::new(SendMode::Serial);
            let is_checked = Cell::new(false);
            let first = in_flight.permit(ready(true)).await;
            let second = in_flight.permit(async { !is_checked.replace(true) });
            tokio::pin!(second);
            assert!(is_waiting(second.as_mut()).await && !is_checked.get());
            drop(first);
            assert!(second.await.is_some() && is_checked.get());
        });
    }

    #[test]
    fn background_permits_let_replies_pass() {
        runtime().block_on(async {
            let in_flight = InFlight::new(SendMode::Serial);
            let first = in_flight.permit(ready(true)).await;
            let background = in_flight.background_permit(ready(true), ready(true));
            let another = in_flight.background_permit(ready(true), ready(true));
            let reply = in_flight.permit(ready(true));
            tokio::pin!(background, another, reply);
            assert!(is_waiting(background.as_mut()).await);
            assert!(is_waiting(another.as_mut()).await);
            assert!(is_waiting(reply.as_mut()).await);
            drop(first);
            drop(background.await);
            assert!(is_waiting(another.as_mut()).await);
            drop(reply.await);
            another.await;
        });
    }

    #[test]
    fn concurrent_permits_have_a_maximum() {
        runtime().block_on(async {
            let in_flight = InFlight::new(SendMode::Concurrent);
            let mut permits = Vec::new();
            for _ in 0..MAX_CONCURRENT {
                let permit = in_flight.permit(ready(true));
                tokio::pin!(permit);
                tokio::select! {
                    biased;
                    permit = permit.as_mut() => permits.push(permit),
                    () = ready(()) => panic!("a permit is free"),
                }
            }
            let another = in_flight.permit(ready(true));
            tokio::pin!(another);
            assert!(is_waiting(another.as_mut()).await);
            permits.pop();
            assert!(another.await.is_some());
            permits.pop();
            assert!(in_flight.permit(ready(false)).await.is_none());
        });
    }
}

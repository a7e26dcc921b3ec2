//! Turns on the client to Telegram: one new message is on it at a time, until the store knows that it is out.
//! While the client is cut, all messages wait.
//!
//! So a kill leaves at most one message of which nobody knows whether it arrived. A network that is
//! slow must not hold up everybody: then messages overlap, but begin no closer together.
//!
//! Where nothing limits how many messages go out, turns would: there so many have theirs side by side, and a kill
//! leaves that many at most.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, oneshot, watch};

/// Who is on the client now, and whether it leads anywhere.
#[derive(Debug)]
pub struct InFlight {
    order: SendMode,
    concurrent: Arc<Semaphore>,
    previous: Mutex<Option<oneshot::Receiver<()>>>,
    /// One message that nobody waits for is among those that wait for their turn.
    background: Mutex<()>,
    pauses: watch::Sender<u32>,
}

/// How new messages go onto the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendMode {
    Serial,
    Concurrent,
}

/// Messages wait until this is dropped.
#[derive(Debug)]
pub struct PauseGuard<'a>(&'a InFlight);

/// A message's time on the client. It lasts until this is dropped: after the store was told.
#[derive(Debug)]
pub enum SendPermit {
    Serial { _over: oneshot::Sender<()> },
    Concurrent { _place: OwnedSemaphorePermit },
}

/// So long a message waits for the one before. Telegram may be slower, and takes 30 messages a second.
const MAX_SERIAL_WAIT: Duration = Duration::from_millis(30);
/// So many messages keep one core busy, whatever the way to a Bot API server of one's own takes.
const MAX_CONCURRENT: usize = 64;

impl InFlight {
    pub fn new(order: SendMode) -> InFlight {
        InFlight {
            order,
            concurrent: Arc::new(Semaphore::new(MAX_CONCURRENT)),
            previous: Mutex::default(),
            background: Mutex::default(),
            pauses: watch::Sender::default(),
        }
    }

    /// Waits for a turn, first come, first served, and then until it is `free` to go, for which all wait.
    /// `None` if that says that the bot is stopping.
    pub async fn permit(&self, free: impl Future<Output = bool>) -> Option<SendPermit> {
        if self.order == SendMode::Concurrent {
            let _place = self.concurrent.clone().acquire_owned().await.ok()?;
            return free.await.then_some(SendPermit::Concurrent { _place });
        }
        let mut before = self.previous.lock().await;
        // Over, or it takes long: either way it is our turn. One that is over is not awaited again, even if
        // this turn is not taken: a receiver that was read panics.
        if let Some(running) = before.as_mut()
            && tokio::time::timeout(MAX_SERIAL_WAIT, running).await.is_ok()
        {
            *before = None;
        }
        if !free.await {
            return None;
        }
        let (over, next) = oneshot::channel();
        *before = Some(next);
        Some(SendPermit::Serial { _over: over })
    }

    /// Waits for a turn behind all that somebody waits for, once there is `room`, and holds up what comes
    /// then for one message at most.
    pub async fn background_permit(
        &self,
        room: impl Future<Output = bool>,
        free: impl Future<Output = bool>,
    ) -> Option<SendPermit> {
        let _place = self.background.lock().await;
        match room.await {
            true => self.permit(free).await,
            false => None,
        }
    }

    /// Nobody need try: Telegram cannot be reached, or the store cannot note that a message is out.
    pub fn pause(&self) -> PauseGuard<'_> {
        self.pauses.send_modify(|cuts| *cuts += 1);
        PauseGuard(self)
    }

    pub fn is_paused(&self) -> bool {
        *self.pauses.borrow() > 0
    }

    /// Waits until it is not cut.
    pub async fn resumed(&self) {
        // The sender lives as long as this.
        let _ = self.pauses.subscribe().wait_for(|cuts| *cuts == 0).await;
    }
}

impl Drop for PauseGuard<'_> {
    fn drop(&mut self) {
        self.0.pauses.send_modify(|cuts| *cuts -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::ready;

    use super::*;

    #[test]
    fn one_waits_for_the_other_but_not_for_ever() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let turns = InFlight::new(SendMode::Serial);
            let first = turns.permit(ready(true)).await;
            let second = turns.permit(ready(true));
            tokio::pin!(second);
            assert!(is_waiting(second.as_mut()).await);
            drop(first);
            let second = second.await;
            // It is never over.
            let third = turns.permit(ready(true)).await;
            assert!(second.is_some() && third.is_some());
            assert!(turns.permit(ready(false)).await.is_none());
        });
    }

    #[test]
    fn turns_that_are_not_taken_or_given_up_leave_the_next_whole() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let turns = InFlight::new(SendMode::Serial);
            drop(turns.permit(ready(true)).await);
            // The bot is stopping: many find that out one after the other.
            for _ in 0..3 {
                assert!(turns.permit(ready(false)).await.is_none());
                assert!(turns.background_permit(ready(true), ready(false)).await.is_none());
            }
            let first = turns.permit(ready(true)).await;
            drop(first);
            // Given up while it waits for the limits.
            let given_up = turns.permit(std::future::pending());
            {
                tokio::pin!(given_up);
                assert!(is_waiting(given_up.as_mut()).await);
            }
            assert!(turns.permit(ready(true)).await.is_some());
        });
    }

    #[test]
    fn the_limits_are_asked_when_the_turn_has_come() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let turns = InFlight::new(SendMode::Serial);
            let is_asked = Cell::new(false);
            let first = turns.permit(ready(true)).await;
            let second = turns.permit(async { !is_asked.replace(true) });
            tokio::pin!(second);
            assert!(is_waiting(second.as_mut()).await && !is_asked.get());
            drop(first);
            assert!(second.await.is_some() && is_asked.get());
        });
    }

    #[test]
    fn who_is_waited_for_goes_before_what_nobody_asked_for() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let turns = InFlight::new(SendMode::Serial);
            let first = turns.permit(ready(true)).await;
            let spare = turns.background_permit(ready(true), ready(true));
            let another = turns.background_permit(ready(true), ready(true));
            let answer = turns.permit(ready(true));
            tokio::pin!(spare, another, answer);
            assert!(is_waiting(spare.as_mut()).await);
            assert!(is_waiting(another.as_mut()).await);
            assert!(is_waiting(answer.as_mut()).await);
            drop(first);
            drop(spare.await);
            assert!(is_waiting(another.as_mut()).await);
            drop(answer.await);
            another.await;
        });
    }

    #[test]
    fn side_by_side_only_one_too_many_waits() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let turns = InFlight::new(SendMode::Concurrent);
            let mut sent = Vec::new();
            for _ in 0..MAX_CONCURRENT {
                let turn = turns.permit(ready(true));
                tokio::pin!(turn);
                tokio::select! {
                    biased;
                    turn = turn.as_mut() => sent.push(turn),
                    () = ready(()) => panic!("it should not wait"),
                }
            }
            let another = turns.permit(ready(true));
            tokio::pin!(another);
            assert!(is_waiting(another.as_mut()).await);
            sent.pop();
            assert!(another.await.is_some());
            sent.pop();
            assert!(turns.permit(ready(false)).await.is_none());
        });
    }

    async fn is_waiting(
        future: std::pin::Pin<&mut impl Future<Output = Option<SendPermit>>>,
    ) -> bool {
        tokio::select! {
            biased;
            _ = future => false,
            () = ready(()) => true,
        }
    }
}

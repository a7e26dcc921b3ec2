//! Turns on the wire to Telegram: one new message is on it at a time, until the store knows that it is out.
//! While the wire is cut, all messages wait.
//!
//! So a kill leaves at most one message of which nobody knows whether it arrived. A network that is
//! slow must not hold up everybody: then messages overlap, but begin no closer together.
//!
//! Where nothing limits how many messages go out, turns would: there so many have theirs side by side, and a kill
//! leaves that many at most.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, oneshot, watch};

/// Who is on the wire now, and whether it leads anywhere.
#[derive(Debug)]
pub struct Turns {
    order: Order,
    beside: Arc<Semaphore>,
    before: Mutex<Option<oneshot::Receiver<()>>>,
    /// One message that nobody waits for is among those that wait for their turn.
    unasked: Mutex<()>,
    cuts: watch::Sender<u32>,
}

/// How new messages go onto the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    OneByOne,
    SideBySide,
}

/// Messages wait until this is dropped.
#[derive(Debug)]
pub struct Cut<'a>(&'a Turns);

/// A message's time on the wire. It lasts until this is dropped: after the store was told.
#[derive(Debug)]
pub enum Turn {
    OneByOne { _over: oneshot::Sender<()> },
    SideBySide { _place: OwnedSemaphorePermit },
}

/// So long a message waits for the one before. Telegram may be slower, and takes 30 messages a second.
const PATIENCE: Duration = Duration::from_millis(30);
/// So many messages keep one core busy, whatever the way to a Bot API server of one's own takes.
const SIDE_BY_SIDE: usize = 64;

impl Turns {
    pub fn new(order: Order) -> Turns {
        Turns {
            order,
            beside: Arc::new(Semaphore::new(SIDE_BY_SIDE)),
            before: Mutex::default(),
            unasked: Mutex::default(),
            cuts: watch::Sender::default(),
        }
    }

    /// Waits for a turn, first come, first served, and then until it is `free` to go, for which all wait.
    /// `None` if that says that the bot is stopping.
    pub async fn turn(&self, free: impl Future<Output = bool>) -> Option<Turn> {
        if self.order == Order::SideBySide {
            let _place = self.beside.clone().acquire_owned().await.ok()?;
            return free.await.then_some(Turn::SideBySide { _place });
        }
        let mut before = self.before.lock().await;
        // Over, or it takes long: either way it is our turn. One that is over is not awaited again, even if
        // this turn is not taken: a receiver that was read panics.
        if let Some(running) = before.as_mut()
            && tokio::time::timeout(PATIENCE, running).await.is_ok()
        {
            *before = None;
        }
        if !free.await {
            return None;
        }
        let (over, next) = oneshot::channel();
        *before = Some(next);
        Some(Turn::OneByOne { _over: over })
    }

    /// Waits for a turn behind all that somebody waits for, once there is `room`, and holds up what comes
    /// then for one message at most.
    pub async fn spare_turn(
        &self,
        room: impl Future<Output = bool>,
        free: impl Future<Output = bool>,
    ) -> Option<Turn> {
        let _place = self.unasked.lock().await;
        match room.await {
            true => self.turn(free).await,
            false => None,
        }
    }

    /// Nobody need try: Telegram cannot be reached, or the store cannot note that a message is out.
    pub fn cut(&self) -> Cut<'_> {
        self.cuts.send_modify(|cuts| *cuts += 1);
        Cut(self)
    }

    pub fn is_cut(&self) -> bool {
        *self.cuts.borrow() > 0
    }

    /// Waits until it is not cut.
    pub async fn is_whole(&self) {
        // The sender lives as long as this.
        let _ = self.cuts.subscribe().wait_for(|cuts| *cuts == 0).await;
    }
}

impl Drop for Cut<'_> {
    fn drop(&mut self) {
        self.0.cuts.send_modify(|cuts| *cuts -= 1);
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
            let turns = Turns::new(Order::OneByOne);
            let first = turns.turn(ready(true)).await;
            let second = turns.turn(ready(true));
            tokio::pin!(second);
            assert!(is_waiting(second.as_mut()).await);
            drop(first);
            let second = second.await;
            // It is never over.
            let third = turns.turn(ready(true)).await;
            assert!(second.is_some() && third.is_some());
            assert!(turns.turn(ready(false)).await.is_none());
        });
    }

    #[test]
    fn turns_that_are_not_taken_or_given_up_leave_the_next_whole() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let turns = Turns::new(Order::OneByOne);
            drop(turns.turn(ready(true)).await);
            // The bot is stopping: many find that out one after the other.
            for _ in 0..3 {
                assert!(turns.turn(ready(false)).await.is_none());
                assert!(turns.spare_turn(ready(true), ready(false)).await.is_none());
            }
            let first = turns.turn(ready(true)).await;
            drop(first);
            // Given up while it waits for the limits.
            let given_up = turns.turn(std::future::pending());
            {
                tokio::pin!(given_up);
                assert!(is_waiting(given_up.as_mut()).await);
            }
            assert!(turns.turn(ready(true)).await.is_some());
        });
    }

    #[test]
    fn the_limits_are_asked_when_the_turn_has_come() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let turns = Turns::new(Order::OneByOne);
            let is_asked = Cell::new(false);
            let first = turns.turn(ready(true)).await;
            let second = turns.turn(async { !is_asked.replace(true) });
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
            let turns = Turns::new(Order::OneByOne);
            let first = turns.turn(ready(true)).await;
            let spare = turns.spare_turn(ready(true), ready(true));
            let another = turns.spare_turn(ready(true), ready(true));
            let answer = turns.turn(ready(true));
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
            let turns = Turns::new(Order::SideBySide);
            let mut sent = Vec::new();
            for _ in 0..SIDE_BY_SIDE {
                let turn = turns.turn(ready(true));
                tokio::pin!(turn);
                tokio::select! {
                    biased;
                    turn = turn.as_mut() => sent.push(turn),
                    () = ready(()) => panic!("it should not wait"),
                }
            }
            let another = turns.turn(ready(true));
            tokio::pin!(another);
            assert!(is_waiting(another.as_mut()).await);
            sent.pop();
            assert!(another.await.is_some());
            sent.pop();
            assert!(turns.turn(ready(false)).await.is_none());
        });
    }

    async fn is_waiting(future: std::pin::Pin<&mut impl Future<Output = Option<Turn>>>) -> bool {
        tokio::select! {
            biased;
            _ = future => false,
            () = ready(()) => true,
        }
    }
}

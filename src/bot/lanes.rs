//! One lane for each chat and topic: its updates in order, the lanes side by side.
//!
//! A lane holds only ids; what they are stands in the journal. Every lane's task is tracked and
//! waited for. A panic in one answer costs that answer.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::react::Reactor;

/// All lanes.
pub struct Lanes {
    shared: Arc<Shared>,
    tasks: TaskTracker,
}

struct Shared {
    reactor: Arc<Reactor>,
    /// What waits in each busy lane.
    queues: Mutex<Queues>,
    taken: Notify,
    hands: Semaphore,
    stop: CancellationToken,
    /// Even what is in hand is left to the journal.
    abandon: CancellationToken,
}

#[derive(Default)]
struct Queues {
    lanes: HashMap<(i64, i64), VecDeque<i64>>,
    in_hand: usize,
    /// Of these, those whose turn has not come.
    waiting: usize,
}

/// With more updates than this in hand, Telegram keeps the rest. Of each only its number is in memory.
const MAX_IN_HAND: usize = 50_000;
/// So many lanes are at work, or wait for Telegram, at once: each takes some 10 kB for it.
const MOST_AT_ONCE: usize = 1_000;

impl Lanes {
    pub fn new(reactor: Arc<Reactor>, stop: CancellationToken) -> Lanes {
        let shared = Shared {
            reactor,
            queues: Mutex::default(),
            taken: Notify::new(),
            hands: Semaphore::new(MOST_AT_ONCE),
            stop,
            abandon: CancellationToken::new(),
        };
        Lanes { shared: Arc::new(shared), tasks: TaskTracker::new() }
    }

    /// Puts a journalled update at the end of its lane; of what kind it is, is known if it came just now.
    pub fn add(&self, chat: i64, thread: i64, update: i64, kind: Option<&'static str>) {
        let lane = (chat, thread);
        let vitals = &self.shared.reactor.vitals;
        vitals.arrived(update, kind, Instant::now());
        let mut queues = self.shared.lock();
        queues.in_hand += 1;
        queues.waiting += 1;
        let is_busy = queues.lanes.contains_key(&lane);
        queues.lanes.entry(lane).or_default().push_back(update);
        vitals.metrics.busy(queues.lanes.len(), queues.waiting);
        if !is_busy {
            let shared = self.shared.clone();
            self.tasks.spawn(async move { shared.serve(lane).await });
        }
    }

    /// Waits until more updates may come.
    pub async fn room(&self) {
        while !self.has_room() {
            self.shared.taken.notified().await;
        }
    }

    /// Whether more updates may come.
    pub fn has_room(&self) -> bool {
        self.shared.lock().in_hand < MAX_IN_HAND
    }

    /// Whether nothing is in hand.
    pub fn are_idle(&self) -> bool {
        self.shared.lock().in_hand == 0
    }

    /// Waits for what is in hand, at most `grace`; the rest stays in the journal.
    pub async fn finish(&self, grace: Duration) {
        self.tasks.close();
        if tokio::time::timeout(grace, self.tasks.wait()).await.is_err() {
            tracing::warn!("some answers were not finished; they are given after the next start");
            self.shared.abandon.cancel();
            self.tasks.wait().await;
        }
    }
}

impl Shared {
    async fn serve(self: Arc<Self>, lane: (i64, i64)) {
        while !self.stop.is_cancelled() {
            let Some(update) = self.next(lane) else { return };
            let hand = tokio::select! {
                hand = self.hands.acquire() => hand,
                () = self.stop.cancelled() => return,
            };
            self.reactor.vitals.taken(update, Instant::now());
            // In a box, so that a lane that waits is small.
            Box::pin(self.deal_with(update)).await;
            drop(hand);
            self.reactor.vitals.over(update);
            self.lock().in_hand -= 1;
            self.taken.notify_one();
        }
    }

    /// The next update of a lane, which is closed when it has none.
    fn next(&self, lane: (i64, i64)) -> Option<i64> {
        let mut queues = self.lock();
        let next = queues.lanes.get_mut(&lane).and_then(VecDeque::pop_front);
        match next {
            Some(_) => queues.waiting -= 1,
            None => drop(queues.lanes.remove(&lane)),
        }
        self.reactor.vitals.metrics.busy(queues.lanes.len(), queues.waiting);
        next
    }

    async fn deal_with(&self, id: i64) {
        let update = loop {
            match self.reactor.store.update(id) {
                Ok(Some(update)) => break update,
                Ok(None) => return,
                Err(error) => {
                    if let Err(error) = self.reactor.bear(error).await {
                        return tracing::error!(update = id, %error, "an update could not be read back");
                    }
                }
            }
        };
        let reactor = self.reactor.clone();
        let work = update.clone();
        // A task of its own, so that a panic ends there. What it says may be about the question; where it
        // was is logged.
        if self.finished(tokio::spawn(async move { reactor.react(&work).await })).await.is_err() {
            tracing::error!(update = id, "an answer panicked");
            let reactor = self.reactor.clone();
            let apology = tokio::spawn(async move { reactor.apologise(&update).await });
            if self.finished(apology).await.is_err() {
                tracing::error!(
                    update = id,
                    "even to say so panicked; it is tried after the next start"
                );
            }
        }
    }

    /// Waits for a task, or ends it where even what is in hand is left to the journal.
    async fn finished(&self, mut task: JoinHandle<()>) -> Result<(), JoinError> {
        tokio::select! {
            ended = &mut task => ended,
            () = self.abandon.cancelled() => {
                task.abort();
                // Aborted or ended: either way it is over before we go on.
                let _ = task.await;
                Ok(())
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

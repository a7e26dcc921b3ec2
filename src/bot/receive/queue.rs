//! One lane for each chat and topic: the lanes side by side, in each the updates of a person in order.
//!
//! In a lane people take turns, so that many updates of one do not hold up the others. Of the presses that
//! choose what a message shows, only the newest changes the message.
//!
//! A lane holds only numbers; the updates are in the journal. Every lane's task is tracked and
//! waited for. A panic in one answer costs that answer.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bot::attempts::Attempt;
use crate::bot::context::BotContext;
use crate::bot::receive::handler::{Turn, UpdateHandler};
use crate::bot::receive::origin::Origin;
use crate::bot::receive::update::UpdateKind;
use crate::store::PendingUpdate;

/// All lanes.
pub struct ChatQueues {
    shared: Arc<Shared>,
    tasks: TaskTracker,
}

struct Shared {
    ctx: Arc<BotContext>,
    handler: Arc<UpdateHandler>,
    /// What waits in each busy lane.
    queues: Mutex<Queues>,
    capacity_freed: Notify,
    worker_permits: Semaphore,
    stop: CancellationToken,
    /// Even what is in hand is left to the journal.
    abandon: CancellationToken,
}

#[derive(Default)]
struct Queues {
    chats: HashMap<(i64, i64), ChatQueue>,
    in_progress: usize,
    /// Of these, those whose turn has not come.
    waiting: usize,
}

/// The updates that wait in one lane. Most lanes are of one person and have one: such a queue is small.
#[derive(Debug, Default)]
struct ChatQueue {
    /// Everybody who has updates here; the first is next.
    users: VecDeque<UserQueue>,
    /// The newest press of each message that chooses what the message shows, and how many of them wait.
    views: Option<HashMap<u64, (i64, usize)>>,
}

#[derive(Debug)]
struct UserQueue {
    id: i64,
    /// Never none.
    updates: VecDeque<QueuedUpdate>,
}

#[derive(Debug, Clone, Copy)]
struct QueuedUpdate {
    update: i64,
    view: Option<u64>,
    is_within_limits: bool,
}

/// With more updates than this in hand, Telegram keeps the rest. Of each only a few numbers are in memory.
const MAX_IN_PROGRESS: usize = 50_000;
/// So many lanes are at work, or wait for Telegram, at once: each takes some 10 kB for it.
const MAX_ACTIVE_QUEUES: usize = 1_000;

impl ChatQueues {
    pub fn new(
        ctx: Arc<BotContext>,
        handler: Arc<UpdateHandler>,
        stop: CancellationToken,
    ) -> ChatQueues {
        let shared = Shared {
            ctx,
            handler,
            queues: Mutex::default(),
            capacity_freed: Notify::new(),
            worker_permits: Semaphore::new(MAX_ACTIVE_QUEUES),
            stop,
            abandon: CancellationToken::new(),
        };
        ChatQueues { shared: Arc::new(shared), tasks: TaskTracker::new() }
    }

    /// Puts a journalled update into its lane, behind those of the same person. Its kind is known if it
    /// came just now; a press is counted then, since one that a former run of the bot left was counted there.
    pub fn add(
        &self,
        chat: i64,
        thread: i64,
        update: i64,
        kind: Option<UpdateKind>,
        origin: Origin,
    ) {
        let lane = (chat, thread);
        let (health, access) = (&self.shared.ctx.health, &self.shared.ctx.access);
        health.queued(update, kind, Instant::now());
        // A message that was posted inline has no chat.
        let at = Some(chat).filter(|chat| *chat != 0);
        let is_let_in = access.is_allowed(origin.user, at);
        let counts = origin.button.is_some() && kind.is_some() && is_let_in;
        let is_within_limits = !counts || access.admits_press(origin.user, at);
        // A press that is refused supersedes none.
        let view = origin.view().filter(|_| is_let_in);
        let mut queues = self.shared.lock();
        queues.in_progress += 1;
        queues.waiting += 1;
        let is_busy = queues.chats.contains_key(&lane);
        let waiting = QueuedUpdate { update, view, is_within_limits };
        queues.chats.entry(lane).or_default().push(origin.user, waiting);
        health.metrics.queue_size(queues.chats.len(), queues.waiting);
        if !is_busy {
            let shared = self.shared.clone();
            self.tasks.spawn(async move { shared.serve(lane).await });
        }
    }

    /// Waits until more updates may come.
    pub async fn wait_for_capacity(&self) {
        while !self.has_capacity() {
            self.shared.capacity_freed.notified().await;
        }
    }

    /// Whether more updates may come.
    pub fn has_capacity(&self) -> bool {
        self.shared.lock().in_progress < MAX_IN_PROGRESS
    }

    /// Whether nothing is in hand.
    pub fn is_idle(&self) -> bool {
        self.shared.lock().in_progress == 0
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
            let Some((update, turn)) = self.next(lane) else { return };
            let hand = tokio::select! {
                hand = self.worker_permits.acquire() => hand,
                () = self.stop.cancelled() => return,
            };
            self.ctx.health.started(update, Instant::now());
            // In a box, so that a lane that waits is small.
            Box::pin(self.process(update, turn)).await;
            drop(hand);
            self.ctx.health.finished(update);
            self.lock().in_progress -= 1;
            self.capacity_freed.notify_one();
        }
    }

    /// The next update of a lane, which is closed when it has none.
    fn next(&self, lane: (i64, i64)) -> Option<(i64, Turn)> {
        let mut queues = self.lock();
        let next = queues.chats.get_mut(&lane).and_then(ChatQueue::pop);
        match next {
            Some(_) => queues.waiting -= 1,
            None => drop(queues.chats.remove(&lane)),
        }
        self.ctx.health.metrics.queue_size(queues.chats.len(), queues.waiting);
        next
    }

    async fn process(&self, id: i64, turn: Turn) {
        let update = loop {
            match self.ctx.store.pending_update(id) {
                Ok(Some(update)) => break update,
                Ok(None) => return,
                Err(error) => {
                    if let Err(error) = self.ctx.degraded_mode.wait(error).await {
                        return tracing::error!(update = id, %error, "an update could not be read back");
                    }
                }
            }
        };
        let attempt = tokio::select! {
            attempt = self.ctx.attempts.begin(id) => attempt,
            () = self.stop.cancelled() => return,
        };
        match attempt {
            Attempt::Handle => self.handle(id, update, turn).await,
            Attempt::Apologise => self.report_panic(id, update).await,
            Attempt::Close => {
                if let Err(error) = self.ctx.complete(id, None).await {
                    tracing::error!(update = id, %error, "an update could not be closed");
                }
            }
        }
        self.ctx.attempts.finish(id);
    }

    async fn handle(&self, id: i64, update: PendingUpdate, turn: Turn) {
        // A task of its own confines a panic. The text of a panic may be about the question, so only its place is
        // logged, by the hook.
        let task = tokio::spawn((self.handler.handle)(self.ctx.clone(), update.clone(), turn));
        if self.finished(task).await.is_err() {
            if self.stop.is_cancelled() {
                return tracing::error!(
                    update = id,
                    "an answer panicked while the bot was stopping; it is given after the next start"
                );
            }
            tracing::error!(update = id, "an answer panicked");
            self.report_panic(id, update).await;
        }
    }

    async fn report_panic(&self, id: i64, update: PendingUpdate) {
        let task = tokio::spawn((self.handler.report_panic)(self.ctx.clone(), update));
        if self.finished(task).await.is_err() {
            tracing::error!(
                update = id,
                "the apology for a panic panicked, too; it is tried again after the next start"
            );
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

impl ChatQueue {
    /// Puts an update behind those of the same person.
    fn push(&mut self, person: i64, mut new: QueuedUpdate) {
        if let Some(message) = new.view {
            let views = self.views.get_or_insert_default();
            if new.is_within_limits || views.contains_key(&message) {
                let (newest, waiting) = views.entry(message).or_default();
                *newest = new.update;
                *waiting += 1;
                // A change of the message that is turn anyway shows what was chosen last.
                new.is_within_limits = true;
            } else {
                new.view = None;
            }
        }
        if let Some(known) = self.users.iter_mut().find(|known| known.id == person) {
            return known.updates.push_back(new);
        }
        if self.users.capacity() == 0 {
            self.users.reserve_exact(1);
        }
        let mut updates = VecDeque::with_capacity(1);
        updates.push_back(new);
        self.users.push_back(UserQueue { id: person, updates });
    }

    /// Takes the first update of the person whose turn it is.
    fn pop(&mut self) -> Option<(i64, Turn)> {
        let mut person = self.users.pop_front()?;
        let next = person.updates.pop_front()?;
        if !person.updates.is_empty() {
            self.users.push_back(person);
        }
        let mut turn = if next.is_within_limits { Turn::Now } else { Turn::Throttled };
        if let Some((message, views)) = next.view.zip(self.views.as_mut())
            && let Some((newest, waiting)) = views.get_mut(&message)
        {
            if *newest != next.update {
                turn = Turn::Superseded;
            }
            *waiting -= 1;
            if *waiting == 0 {
                views.remove(&message);
            }
        }
        Some((next.update, turn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: i64 = 1;
    const BEN: i64 = 2;

    fn push(queue: &mut ChatQueue, person: i64, update: i64, view: Option<u64>) {
        queue.push(person, QueuedUpdate { update, view, is_within_limits: true });
    }

    fn all(mut queue: ChatQueue) -> Vec<(i64, Turn)> {
        let all: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert!(queue.users.is_empty() && queue.views.is_none_or(|views| views.is_empty()));
        all
    }

    #[test]
    fn lanes_give_people_turns_and_keep_the_order_of_each() {
        let mut queue = ChatQueue::default();
        (1..=4).for_each(|update| push(&mut queue, ADA, update, None));
        (5..=6).for_each(|update| push(&mut queue, BEN, update, None));
        assert_eq!(queue.pop(), Some((1, Turn::Now)));
        push(&mut queue, 3, 7, None);
        let order: Vec<_> = all(queue).into_iter().map(|(update, _)| update).collect();
        assert_eq!(order, [5, 2, 7, 6, 3, 4]);
    }

    #[test]
    fn lanes_carry_out_the_newest_press_of_a_message_of_all_people() {
        let mut queue = ChatQueue::default();
        push(&mut queue, ADA, 1, Some(9));
        push(&mut queue, ADA, 2, None);
        push(&mut queue, ADA, 3, Some(9));
        push(&mut queue, ADA, 4, Some(8));
        push(&mut queue, BEN, 5, Some(9));
        // Ben's comes before one of Ada's that is older: hers is superseded all the same.
        let expected = [
            (1, Turn::Superseded),
            (5, Turn::Now),
            (2, Turn::Now),
            (3, Turn::Superseded),
            (4, Turn::Now),
        ];
        assert_eq!(all(queue), expected);
    }

    #[test]
    fn lanes_refuse_a_press_beyond_the_limits_unless_its_message_changes_anyway() {
        let mut queue = ChatQueue::default();
        let mut press = |update, view, is_within_limits| {
            queue.push(ADA, QueuedUpdate { update, view, is_within_limits });
        };
        press(1, Some(9), false);
        press(2, Some(9), true);
        press(3, Some(9), false);
        press(4, Some(8), false);
        press(5, None, false);
        let expected = [
            (1, Turn::Throttled),
            (2, Turn::Superseded),
            (3, Turn::Now),
            (4, Turn::Throttled),
            (5, Turn::Throttled),
        ];
        assert_eq!(all(queue), expected);
    }
}

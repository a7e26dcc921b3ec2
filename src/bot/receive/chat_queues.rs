//! Queues of updates: one queue per chat and topic. The queues are handled concurrently, and the
//! updates of one user in a queue in their order.
//!
//! Within a queue, users take turns, so that many updates of one user do not delay the others. If
//! several callback queries choose the content of the same message, only the newest one changes the
//! message.
//!
//! A queue holds ids only; the updates are in the journal. A panic while an update is handled
//! affects only that update.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::bot::attempts::Attempt;
use crate::bot::context::BotContext;
use crate::bot::keyed_queue::{ItemQueue, KeyedQueue};
use crate::bot::receive::handler::{QueueDecision, UpdateHandler};
use crate::bot::receive::queue_route::Route;
use crate::bot::update_kind::UpdateKind;
use crate::ids::{UpdateId, UserId};
use crate::store::{PendingUpdate, UpdateQueue};

/// Queues of all chats and topics.
pub struct ChatQueues {
    shared: Arc<Shared>,
}

struct Shared {
    ctx: Arc<BotContext>,
    handler: Arc<UpdateHandler>,
    queue: KeyedQueue<UpdateQueue, ChatQueue>,
    /// Number of updates that wait or are being handled.
    in_progress: AtomicUsize,
    capacity_freed: Notify,
    worker_permits: Semaphore,
    /// Ends each worker before its next update.
    stop: CancellationToken,
    /// Aborts the updates that are being handled. They stay in the journal.
    abandon: CancellationToken,
}

/// Updates of one chat and topic. The type is small, since there may be many queues.
#[derive(Debug, Default)]
struct ChatQueue {
    /// One non-empty queue per user. The first user is next.
    users: VecDeque<VecDeque<QueuedUpdate>>,
    /// Newest update that chooses the content of a message, and the number of such updates in the
    /// queue, by message.
    views: Option<HashMap<u64, (UpdateId, usize)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct QueuedUpdate {
    id: UpdateId,
    user: Option<UserId>,
    /// Message whose content the update chooses.
    view: Option<u64>,
    decision: QueueDecision,
}

/// Maximum number of updates in progress. Further updates stay with Telegram.
const MAX_IN_PROGRESS: usize = 50_000;
/// Maximum number of updates that are handled at the same time. Each takes about 10 kB.
const MAX_CONCURRENT_UPDATES: usize = 1_000;

impl ChatQueues {
    pub fn new(
        ctx: Arc<BotContext>,
        handler: Arc<UpdateHandler>,
        stop: CancellationToken,
    ) -> ChatQueues {
        let health = ctx.health.clone();
        let shared = Shared {
            ctx,
            handler,
            queue: KeyedQueue::new(move |size| health.metrics.set_queue_size(size)),
            in_progress: AtomicUsize::new(0),
            capacity_freed: Notify::new(),
            worker_permits: Semaphore::new(MAX_CONCURRENT_UPDATES),
            stop,
            abandon: CancellationToken::new(),
        };
        ChatQueues { shared: Arc::new(shared) }
    }

    /// Adds an update of the journal to its queue, behind the other updates of its user. `kind` is
    /// `None` for an update that an earlier run of the bot received, whose callback query was
    /// already counted for the limits then.
    pub fn add(&self, id: UpdateId, kind: Option<UpdateKind>, route: Route) {
        let (health, access) = (&self.shared.ctx.health, &self.shared.ctx.access);
        health.queued(id, kind, Instant::now());
        let Route { queue: key, user, button } = route;
        let chat = match key {
            UpdateQueue::Chat { chat, .. } => Some(chat),
            UpdateQueue::User(_) | UpdateQueue::Unknown => None,
        };
        let is_allowed = access.is_allowed(user, chat);
        let is_counted = button.is_some() && kind.is_some() && is_allowed;
        let is_within_limits = !is_counted || access.admits_callback_query(user, chat);
        let decision =
            if is_within_limits { QueueDecision::Handle } else { QueueDecision::Throttled };
        // A callback query that is rejected supersedes no other.
        let view = route.view().filter(|_| is_allowed);
        self.shared.in_progress.fetch_add(1, Ordering::Relaxed);
        self.shared.queue.add(key, QueuedUpdate { id, user, view, decision }, || {
            let shared = self.shared.clone();
            async move { shared.work(key).await }
        });
    }

    /// Waits until more updates may be added.
    pub async fn wait_for_capacity(&self) {
        while !self.has_capacity() {
            self.shared.capacity_freed.notified().await;
        }
    }

    /// Returns whether more updates may be added.
    pub fn has_capacity(&self) -> bool {
        self.shared.in_progress.load(Ordering::Relaxed) < MAX_IN_PROGRESS
    }

    /// Returns whether no update is in progress.
    pub fn is_idle(&self) -> bool {
        self.shared.in_progress.load(Ordering::Relaxed) == 0
    }

    /// Waits for the updates that are being handled, at most for `grace`, and aborts the rest,
    /// which stays in the journal.
    pub async fn finish(&self, grace: Duration) {
        let workers = self.shared.queue.finish();
        if tokio::time::timeout(grace, workers).await.is_err() {
            tracing::warn!("some updates were not finished; they are handled after the next start");
            self.shared.abandon.cancel();
            self.shared.queue.finish().await;
        }
    }
}

impl Shared {
    /// Handles the updates of a queue until there is none, or until the bot stops.
    async fn work(self: Arc<Self>, key: UpdateQueue) {
        while !self.stop.is_cancelled() {
            let Some(update) = self.queue.next(key) else { return };
            let permit = tokio::select! {
                permit = self.worker_permits.acquire() => permit,
                () = self.stop.cancelled() => return,
            };
            self.ctx.health.started(update.id, Instant::now());
            // Boxed, so that a worker that waits for a permit is small.
            Box::pin(self.process(update.id, update.decision)).await;
            drop(permit);
            self.ctx.health.finished(update.id);
            self.in_progress.fetch_sub(1, Ordering::Relaxed);
            self.capacity_freed.notify_one();
        }
    }

    async fn process(&self, id: UpdateId, decision: QueueDecision) {
        let update = loop {
            match self.ctx.store.pending_update(id) {
                Ok(Some(update)) => break update,
                Ok(None) => return,
                Err(error) => {
                    if let Err(error) = self.ctx.degraded_mode.wait(error).await {
                        return tracing::error!(update = id.get(), %error, "a journalled update could not be read");
                    }
                }
            }
        };
        let attempt = tokio::select! {
            attempt = self.ctx.attempts.begin(id) => attempt,
            () = self.stop.cancelled() => return,
        };
        match attempt {
            Attempt::Handle => self.handle(id, update, decision).await,
            Attempt::Apologise => self.apologise(id, update).await,
            Attempt::Close => {
                if let Err(error) = self.ctx.complete(id, None).await {
                    tracing::error!(update = id.get(), %error, "an update could not be completed");
                }
            }
        }
        self.ctx.attempts.finish(id);
    }

    async fn handle(&self, id: UpdateId, update: PendingUpdate, decision: QueueDecision) {
        // A separate task confines a panic. The text of a panic may quote the question, so only the
        // location is logged, by the panic hook.
        let task = tokio::spawn((self.handler.handle)(self.ctx.clone(), update.clone(), decision));
        if self.wait_or_abort(task).await.is_err() {
            if self.stop.is_cancelled() {
                return tracing::error!(
                    update = id.get(),
                    "handling an update panicked while the bot was stopping; it is repeated after the next start"
                );
            }
            tracing::error!(update = id.get(), "handling an update panicked");
            self.apologise(id, update).await;
        }
    }

    async fn apologise(&self, id: UpdateId, update: PendingUpdate) {
        let task = tokio::spawn((self.handler.apologise)(self.ctx.clone(), update));
        if self.wait_or_abort(task).await.is_err() {
            tracing::error!(
                update = id.get(),
                "the apology for a panic panicked, too; it is tried again after the next start"
            );
        }
    }

    /// Waits for a task, or aborts it when updates in progress are abandoned. Returns an error only
    /// for a panic.
    async fn wait_or_abort(&self, mut task: JoinHandle<()>) -> Result<(), JoinError> {
        tokio::select! {
            ended = &mut task => ended,
            () = self.abandon.cancelled() => {
                task.abort();
                // An abort takes effect at the next await point of the task.
                let _ = task.await;
                Ok(())
            }
        }
    }
}

impl ItemQueue for ChatQueue {
    type Item = QueuedUpdate;

    /// Adds an update behind the other updates of its user.
    fn push(&mut self, mut update: QueuedUpdate) -> bool {
        if let Some(message) = update.view {
            let views = self.views.get_or_insert_default();
            if update.decision == QueueDecision::Handle || views.contains_key(&message) {
                let (newest, waiting) = views.entry(message).or_insert((update.id, 0));
                *newest = update.id;
                *waiting += 1;
                // The message is edited for an earlier update in any case, so this one costs
                // nothing and the message shows the last choice.
                update.decision = QueueDecision::Handle;
            } else {
                update.view = None;
            }
        }
        let is_of_user = |updates: &&mut VecDeque<QueuedUpdate>| {
            updates.front().is_some_and(|first| first.user == update.user)
        };
        if let Some(updates) = self.users.iter_mut().find(is_of_user) {
            updates.push_back(update);
            return true;
        }
        // The default capacity is for four elements, and most queues have one.
        if self.users.capacity() == 0 {
            self.users.reserve_exact(1);
        }
        let mut updates = VecDeque::with_capacity(1);
        updates.push_back(update);
        self.users.push_back(updates);
        true
    }

    /// Takes the first update of the user whose turn it is.
    fn pop(&mut self) -> Option<QueuedUpdate> {
        let mut updates = self.users.pop_front()?;
        let mut next = updates.pop_front()?;
        if !updates.is_empty() {
            self.users.push_back(updates);
        }
        if let Some((message, views)) = next.view.zip(self.views.as_mut())
            && let Some((newest, waiting)) = views.get_mut(&message)
        {
            if *newest != next.id {
                next.decision = QueueDecision::Superseded;
            }
            *waiting -= 1;
            if *waiting == 0 {
                views.remove(&message);
            }
        }
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: i64 = 1;
    const BEN: i64 = 2;

    fn queued(user: i64, id: i64, view: Option<u64>, decision: QueueDecision) -> QueuedUpdate {
        QueuedUpdate { id: UpdateId::new(id), user: Some(UserId::new(user)), view, decision }
    }

    fn push(queue: &mut ChatQueue, user: i64, id: i64, view: Option<u64>) {
        queue.push(queued(user, id, view, QueueDecision::Handle));
    }

    fn pop_all(mut queue: ChatQueue) -> Vec<(i64, QueueDecision)> {
        let all: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert!(queue.users.is_empty() && queue.views.is_none_or(|views| views.is_empty()));
        all.into_iter().map(|update| (update.id.get(), update.decision)).collect()
    }

    #[test]
    fn queue_gives_users_turns_and_keeps_the_order_of_each() {
        let mut queue = ChatQueue::default();
        (1..=4).for_each(|id| push(&mut queue, ADA, id, None));
        (5..=6).for_each(|id| push(&mut queue, BEN, id, None));
        assert_eq!(queue.pop().map(|update| update.id.get()), Some(1));
        push(&mut queue, 3, 7, None);
        let order: Vec<_> = pop_all(queue).into_iter().map(|(id, _)| id).collect();
        assert_eq!(order, [5, 2, 7, 6, 3, 4]);
    }

    #[test]
    fn queue_supersedes_all_but_the_newest_choice_for_a_message() {
        let mut queue = ChatQueue::default();
        push(&mut queue, ADA, 1, Some(9));
        push(&mut queue, ADA, 2, None);
        push(&mut queue, ADA, 3, Some(9));
        push(&mut queue, ADA, 4, Some(8));
        push(&mut queue, BEN, 5, Some(9));
        // Ben's update is taken before Ada's older update 3, which is superseded nevertheless.
        let expected = [
            (1, QueueDecision::Superseded),
            (5, QueueDecision::Handle),
            (2, QueueDecision::Handle),
            (3, QueueDecision::Superseded),
            (4, QueueDecision::Handle),
        ];
        assert_eq!(pop_all(queue), expected);
    }

    #[test]
    fn queue_throttles_a_callback_query_unless_its_message_is_edited_anyway() {
        let mut queue = ChatQueue::default();
        let mut push = |id, view, decision| {
            queue.push(queued(ADA, id, view, decision));
        };
        push(1, Some(9), QueueDecision::Throttled);
        push(2, Some(9), QueueDecision::Handle);
        push(3, Some(9), QueueDecision::Throttled);
        push(4, Some(8), QueueDecision::Throttled);
        push(5, None, QueueDecision::Throttled);
        let expected = [
            (1, QueueDecision::Throttled),
            (2, QueueDecision::Superseded),
            (3, QueueDecision::Handle),
            (4, QueueDecision::Throttled),
            (5, QueueDecision::Throttled),
        ];
        assert_eq!(pop_all(queue), expected);
    }
}

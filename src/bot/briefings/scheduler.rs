//! Scheduler: sends briefings and watch quotes when they are due, each at most once.
//!
//! A delivery is an entry of an outbox in the store. It is claimed before its message is composed,
//! marked as `Sending` directly before its request, and finished afterwards. A delivery that was
//! only claimed when the process was killed is sent after the next start. One that was being sent
//! may have arrived or not: it is not sent again, but the chat gets a notice with a button that
//! sends it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::claim::claim_due;
use super::deliver::{DeliverOutcome, deliver};
use super::pending::{PendingDelivery, QueueKey};
use super::watches;
use crate::bot::backoff::sleep_or_stop;
use crate::bot::context::{BotContext, SHUTDOWN_GRACE};
use crate::bot::keyed_queue::{DistinctItems, KeyedQueue};
use crate::store::StoreError;

/// Maximum number of deliveries that are composed and sent at the same time.
const MAX_CONCURRENT_DELIVERIES: usize = 64;
/// Interval of attempts to read the store after an error that does not pass by itself.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);

struct Scheduler {
    ctx: Arc<BotContext>,
    shared: Arc<Shared>,
    stop: CancellationToken,
}

struct Shared {
    permits: Semaphore,
    queues: KeyedQueue<QueueKey, DistinctItems<PendingDelivery>>,
}

/// Sends what is due until `stop`, then waits for the deliveries in progress.
pub async fn run(ctx: &Arc<BotContext>, stop: &CancellationToken) {
    let scheduler = Scheduler {
        ctx: Arc::clone(ctx),
        shared: Arc::new(Shared {
            permits: Semaphore::new(MAX_CONCURRENT_DELIVERIES),
            queues: KeyedQueue::new(|_| ()),
        }),
        stop: stop.clone(),
    };
    tokio::join!(scheduler.run_schedules(), scheduler.run_watches());
    // A request that takes longer is treated after the next start like one that was cut off.
    if tokio::time::timeout(SHUTDOWN_GRACE, scheduler.shared.queues.finish()).await.is_err() {
        tracing::warn!("some deliveries were not finished before the shutdown");
    }
}

impl Scheduler {
    async fn run_schedules(&self) {
        let ctx = &self.ctx;
        let (mut resume, mut has_failed) = (true, false);
        while !self.stop.is_cancelled() {
            let due = self.claim(resume).await;
            // Deliveries that were claimed before an error are resumed, like those of an earlier
            // run.
            resume = due.is_err();
            let next = due.and_then(|due| {
                due.into_iter().for_each(|pending| self.add(pending));
                ctx.store.next_due()
            });
            let next = match next {
                Ok(next) => {
                    if std::mem::take(&mut has_failed) {
                        ctx.degraded_mode.leave();
                    }
                    next.unwrap_or(i64::MAX)
                }
                Err(error) => {
                    has_failed = true;
                    let Err(error) = ctx.degraded_mode.wait(error).await else { continue };
                    tracing::error!(%error, "due schedules could not be read");
                    ctx.clock.now().saturating_add_unsigned(RETRY_INTERVAL.as_secs())
                }
            };
            tokio::select! {
                () = ctx.clock.wait_until(next) => {}
                () = ctx.events.schedules_changed.notified() => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    async fn claim(&self, resume: bool) -> Result<Vec<PendingDelivery>, StoreError> {
        let (store, clock) = (Arc::clone(&self.ctx.store), self.ctx.clock.clone());
        let max_age = self.ctx.settings.briefings.max_age;
        match spawn_blocking(move || claim_due(&store, &clock, max_age, resume)).await {
            Ok(claimed) => claimed,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }

    async fn run_watches(&self) {
        let ctx = &self.ctx;
        let mut has_failed = false;
        while !self.stop.is_cancelled() {
            let matched = watches::match_watches(ctx, &self.stop).await;
            let unfinished = matched.and_then(|()| ctx.store.unfinished_quotes());
            let wait = match unfinished {
                Ok(unfinished) => {
                    if std::mem::take(&mut has_failed) {
                        ctx.degraded_mode.leave();
                    }
                    for key in unfinished {
                        self.add(PendingDelivery { key, since: None });
                    }
                    Duration::MAX
                }
                Err(error) => {
                    has_failed = true;
                    let Err(error) = ctx.degraded_mode.wait(error).await else { continue };
                    tracing::error!(%error, "watches could not be matched");
                    RETRY_INTERVAL
                }
            };
            tokio::select! {
                () = ctx.events.articles_added.notified() => {}
                () = sleep_or_stop(wait, &self.stop) => {}
            }
        }
    }

    /// Adds a delivery to its queue, unless it is there already.
    fn add(&self, pending: PendingDelivery) {
        let key = pending.queue();
        let (ctx, shared) = (Arc::clone(&self.ctx), Arc::clone(&self.shared));
        let stop = self.stop.clone();
        let worker = || async move { shared.work(key, &ctx, &stop).await };
        self.shared.queues.add(key, pending, worker);
    }
}

impl Shared {
    /// Makes the deliveries of a queue, one after the other.
    async fn work(&self, key: QueueKey, ctx: &BotContext, stop: &CancellationToken) {
        while let Some(pending) = self.queues.next(key) {
            let mut has_failed = false;
            loop {
                let permit = self.permits.acquire().await;
                if stop.is_cancelled() {
                    return;
                }
                match deliver(ctx, pending).await {
                    Ok(DeliverOutcome::Done) => {
                        if has_failed {
                            ctx.degraded_mode.leave();
                        }
                        break;
                    }
                    // Only this chat has to wait, so the permit goes to another delivery.
                    Ok(DeliverOutcome::Delayed(wait)) => {
                        drop(permit);
                        sleep_or_stop(wait, stop).await;
                    }
                    // The state in the store decides: a delivery that is not `Sending` has not gone
                    // out, and one that is `Sending` is not sent again.
                    Err(error) => {
                        has_failed = true;
                        if let Err(error) = ctx.degraded_mode.wait(error).await {
                            tracing::error!(%error, "the state of a delivery could not be stored");
                            break;
                        }
                    }
                }
            }
        }
    }
}

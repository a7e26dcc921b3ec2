//! What goes out by itself, when it is due, each of it once: briefings and watched quotes.
//!
//! A run is claimed in the store before anything is made of it, marked as attempted directly before its
//! request goes onto the client, and finished after. What a killed bot had only claimed is sent after the next
//! start. Of what it had attempted nobody can tell whether it arrived: it is not sent again, but the chat gets
//! a line that says so, with a button that sends it.

use crate::bot::briefings::deliver;
use crate::bot::briefings::watches;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bot::clock::Clock;
use crate::bot::context::BotContext;
use crate::bot::retry::sleep_or_stop;
use crate::bot::shutdown::SHUTDOWN_GRACE;
use crate::schedule::Rule;
use crate::store::{DeliveryKey, DeliveryState, ScheduleId, Store, StoreError, WatchId};

/// A delivery that waits in its queue. Everything else is read from the store when its turn comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingDelivery {
    pub key: DeliveryKey,
    /// Time in Unix seconds up to which the previous briefing reported changes, if there was one.
    pub since: Option<i64>,
}

/// One after the other goes what belongs to one schedule, since the next must know what the one before has
/// told, and to one watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum QueueKey {
    Schedule(ScheduleId),
    Watch(WatchId),
}

/// So many are made and sent at the same time.
const MAX_CONCURRENT_DELIVERIES: usize = 64;
/// So many due schedules are claimed together.
const BATCH: usize = 256;
/// Before the store is asked again that has failed.
const RETRY_SECONDS: i64 = 60;

/// Sends what is due until `stop`, then waits for what is in hand.
pub async fn run(ctx: &Arc<BotContext>, stop: &CancellationToken) {
    let post = Scheduler {
        ctx: Arc::clone(ctx),
        tasks: TaskTracker::new(),
        shared: Arc::new(Shared {
            delivery_permits: Semaphore::new(MAX_CONCURRENT_DELIVERIES),
            queues: Mutex::default(),
        }),
        stop: stop.clone(),
    };
    tokio::join!(post.schedules(), post.watches());
    post.tasks.close();
    // What is on the client for longer counts as attempted after the next start.
    if tokio::time::timeout(SHUTDOWN_GRACE, post.tasks.wait()).await.is_err() {
        tracing::warn!("some briefings were not finished");
    }
}

/// What is under way.
struct Scheduler {
    ctx: Arc<BotContext>,
    tasks: TaskTracker,
    shared: Arc<Shared>,
    stop: CancellationToken,
}

struct Shared {
    delivery_permits: Semaphore,
    /// The first of a lane is in hand.
    queues: Mutex<HashMap<QueueKey, VecDeque<PendingDelivery>>>,
}

impl Scheduler {
    async fn schedules(&self) {
        let ctx = &self.ctx;
        let (mut is_taken_up, mut has_failed) = (false, false);
        while !self.stop.is_cancelled() {
            let due = self.claim_due(is_taken_up).await;
            // What was claimed before the store failed is taken up with what is left.
            is_taken_up = due.is_ok();
            let next = due.and_then(|due| {
                due.into_iter().for_each(|parcel| self.add(parcel));
                ctx.store.next_due()
            });
            let next = match next {
                Ok(next) => {
                    if std::mem::take(&mut has_failed) {
                        ctx.degraded_mode.leave();
                    }
                    next
                }
                Err(error) => {
                    has_failed = true;
                    let Err(error) = ctx.degraded_mode.wait(error).await else { continue };
                    tracing::error!(%error, "schedules could not be looked up");
                    Some(ctx.clock.now() + RETRY_SECONDS)
                }
            };
            tokio::select! {
                () = ctx.clock.wait_until(next.unwrap_or(i64::MAX)) => {}
                () = ctx.events.schedules_changed.notified() => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// Claims what is due; before, what was claimed and not handed out, as by an earlier run of the bot.
    async fn claim_due(&self, is_taken_up: bool) -> Result<Vec<PendingDelivery>, StoreError> {
        let (store, clock) = (Arc::clone(&self.ctx.store), self.ctx.clock.clone());
        let max_age = self.ctx.settings.briefings.max_age;
        let look = move || {
            let mut parcels = Vec::new();
            if !is_taken_up {
                parcels.extend(unfinished(&store)?);
                repair_clock_skew(&store, clock.now())?;
            }
            claim_batches(&store, &clock, max_age, &mut parcels)?;
            Ok(parcels)
        };
        match spawn_blocking(look).await {
            Ok(parcels) => parcels,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }

    /// Holds what is new against what is watched for, and sends the quotes.
    async fn watches(&self) {
        let ctx = &self.ctx;
        let mut has_failed = false;
        while !self.stop.is_cancelled() {
            let held = watches::match_watches(ctx, &self.stop).await;
            let open = held.and_then(|()| ctx.store.unfinished_quotes());
            let is_lost = open.is_err();
            match open {
                Ok(open) => {
                    if std::mem::take(&mut has_failed) {
                        ctx.degraded_mode.leave();
                    }
                    for key in open {
                        self.add(PendingDelivery { key, since: None });
                    }
                }
                Err(error) => {
                    has_failed = true;
                    let Err(error) = ctx.degraded_mode.wait(error).await else { continue };
                    tracing::error!(%error, "what is watched for could not be looked up");
                }
            }
            let retry = if is_lost { RETRY_SECONDS.unsigned_abs() } else { u64::MAX };
            tokio::select! {
                () = ctx.events.articles_added.notified() => {}
                () = sleep_or_stop(Duration::from_secs(retry), &self.stop) => {}
            }
        }
    }

    /// Puts a parcel at the end of its lane, unless it is there.
    fn add(&self, parcel: PendingDelivery) {
        let lane = parcel.queue();
        let mut lanes = self.shared.lanes();
        if let Some(waiting) = lanes.get_mut(&lane) {
            if !waiting.contains(&parcel) {
                waiting.push_back(parcel);
            }
            return;
        }
        lanes.insert(lane, VecDeque::from([parcel]));
        let (ctx, shared) = (Arc::clone(&self.ctx), Arc::clone(&self.shared));
        let stop = self.stop.clone();
        self.tasks.spawn(async move { shared.serve(lane, &ctx, &stop).await });
    }
}

impl Shared {
    async fn serve(&self, lane: QueueKey, ctx: &BotContext, stop: &CancellationToken) {
        while let Some(parcel) = self.first(lane) {
            let mut has_failed = false;
            loop {
                // Nobody closes it.
                let place = self.delivery_permits.acquire().await;
                if stop.is_cancelled() {
                    return;
                }
                match deliver::deliver(ctx, parcel).await {
                    Ok(None) => {
                        if has_failed {
                            ctx.degraded_mode.leave();
                        }
                        break;
                    }
                    // Others need not wait for what this chat has to wait for.
                    Ok(Some(wait)) => {
                        drop(place);
                        sleep_or_stop(wait, stop).await;
                    }
                    // What was not marked as attempted has not gone out, and what was is not sent again.
                    Err(error) => {
                        has_failed = true;
                        if let Err(error) = ctx.degraded_mode.wait(error).await {
                            tracing::error!(%error, "what was sent could not be marked in the store");
                            break;
                        }
                    }
                }
            }
            self.done(lane);
        }
    }

    fn first(&self, lane: QueueKey) -> Option<PendingDelivery> {
        self.lanes().get(&lane).and_then(|waiting| waiting.front().copied())
    }

    /// Takes the first off a lane, which is closed when it was the last.
    fn done(&self, lane: QueueKey) {
        let mut lanes = self.lanes();
        if let Some(waiting) = lanes.get_mut(&lane) {
            waiting.pop_front();
            if waiting.is_empty() {
                lanes.remove(&lane);
            }
        }
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<QueueKey, VecDeque<PendingDelivery>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PendingDelivery {
    fn queue(&self) -> QueueKey {
        match self.key {
            DeliveryKey::Briefing { schedule, .. } => QueueKey::Schedule(schedule),
            DeliveryKey::Quote { watch, .. } => QueueKey::Watch(watch),
        }
    }
}

/// What an earlier run of the bot has not finished.
fn unfinished(store: &Store) -> Result<Vec<PendingDelivery>, StoreError> {
    let unfinished = store.unfinished_briefings()?.into_iter();
    Ok(unfinished.map(|key| PendingDelivery { key, since: None }).collect())
}

/// A clock that ran ahead may have moved schedules far away.
fn repair_clock_skew(store: &Store, now: i64) -> Result<(), StoreError> {
    for schedule in store.all_schedules()? {
        let next = schedule.rule.parse::<Rule>().map(|rule| rule.next_after(now));
        if let Ok(next) = next
            && schedule.due > next
        {
            store.postpone(schedule.id, next)?;
        }
    }
    Ok(())
}

/// Claims all that is due, in batches.
fn claim_batches(
    store: &Store,
    clock: &Clock,
    max_age: Duration,
    parcels: &mut Vec<PendingDelivery>,
) -> Result<(), StoreError> {
    loop {
        let now = clock.now();
        let due = store.due(now, BATCH)?;
        let mut runs = Vec::new();
        for schedule in &due {
            match schedule.rule.parse::<Rule>() {
                Ok(rule) if schedule.is_paused => {
                    store.postpone(schedule.id, rule.next_after(now))?;
                }
                Ok(rule) => runs.push((schedule, rule)),
                Err(_) => {
                    tracing::error!(
                        rule = schedule.rule,
                        "a schedule cannot be read: it is never due"
                    );
                    store.postpone(schedule.id, i64::MAX)?;
                }
            }
        }
        let names: Vec<_> = runs
            .iter()
            .map(|(schedule, rule)| (schedule.id, schedule.due, rule.next_after(now)))
            .collect();
        let claimed = store.claim(&names, now)?;
        for ((schedule, rule), _) in runs.iter().zip(claimed).filter(|(_, is_new)| *is_new) {
            let due = schedule.due;
            let key = DeliveryKey::Briefing { schedule: schedule.id, due };
            if is_expired(rule, due, now, now, max_age) {
                store.finish(key, DeliveryState::Expired, None, None, now)?;
                continue;
            }
            let told = |state| matches!(state, DeliveryState::Sent | DeliveryState::NothingNew);
            let since = schedule.last.filter(|run| told(run.state)).map(|run| run.at);
            parcels.push(PendingDelivery { key, since });
        }
        if due.len() < BATCH {
            return Ok(());
        }
    }
}

/// Whether a run that was due and was `claimed` (Unix seconds) comes too late `now`. Of several that were
/// missed before it was claimed, the last counts.
pub fn is_expired(rule: &Rule, due: i64, claimed: i64, now: i64, max_age: Duration) -> bool {
    let latest = rule.latest_in(due.saturating_sub(1), claimed).unwrap_or(due);
    u64::try_from(now.saturating_sub(latest)).is_ok_and(|age| age > max_age.as_secs())
}

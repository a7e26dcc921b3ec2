//! What goes out by itself, when it is due, each of it once: briefings and watched quotes.
//!
//! A run is claimed in the store before anything is made of it, marked as attempted directly before its
//! request goes onto the wire, and finished after. What a killed bot had only claimed is sent after the next
//! start. Of what it had attempted nobody can tell whether it arrived: it is not sent again, but the chat gets
//! a line that says so, with a button that sends it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::GRACE;
use super::clock::Clock;
use super::react::Reactor;
use super::receive::pause;
use crate::corpus::article::ArticleId;
use crate::schedule::Rule;
use crate::store::{Run, RunState, ScheduleId, Scheduled, Store, StoreError, WatchId};

/// Something that is to go out. All else is read from the store when its turn comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parcel {
    /// A run of a schedule.
    Briefing {
        schedule: ScheduleId,
        /// The name of the run.
        due: i64,
        /// When the chat was told last, if it was.
        since: Option<i64>,
    },
    /// The quote for a watch.
    Quote { watch: WatchId, article: ArticleId },
}

/// One after the other goes what belongs to one schedule, since the next must know what the one before has
/// told, and to one watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Lane {
    Schedule(ScheduleId),
    Watch(WatchId),
}

/// So many are made and sent at the same time.
const AT_ONCE: usize = 64;
/// So many due schedules are claimed together.
const BATCH: usize = 256;
/// Before the store is asked again that has failed.
const RETRY_SECONDS: i64 = 60;

/// Sends what is due until `stop`, then waits for what is in hand.
pub async fn run(reactor: &Arc<Reactor>, stop: &CancellationToken) {
    let post = Post {
        reactor: Arc::clone(reactor),
        tasks: TaskTracker::new(),
        shared: Arc::new(Shared { room: Semaphore::new(AT_ONCE), lanes: Mutex::default() }),
        stop: stop.clone(),
    };
    tokio::join!(post.schedules(), post.watches());
    post.tasks.close();
    // What is on the wire for longer counts as attempted after the next start.
    if tokio::time::timeout(GRACE, post.tasks.wait()).await.is_err() {
        tracing::warn!("some briefings were not finished");
    }
}

/// What is under way.
struct Post {
    reactor: Arc<Reactor>,
    tasks: TaskTracker,
    shared: Arc<Shared>,
    stop: CancellationToken,
}

struct Shared {
    room: Semaphore,
    /// The first of a lane is in hand.
    lanes: Mutex<HashMap<Lane, VecDeque<Parcel>>>,
}

impl Post {
    async fn schedules(&self) {
        let reactor = &self.reactor;
        let (mut is_taken_up, mut has_failed) = (false, false);
        while !self.stop.is_cancelled() {
            let due = self.look(is_taken_up).await;
            // What was claimed before the store failed is taken up with what is left.
            is_taken_up = due.is_ok();
            let next = due.and_then(|due| {
                due.into_iter().for_each(|parcel| self.add(parcel));
                reactor.store.next_due()
            });
            let next = match next {
                Ok(next) => {
                    if std::mem::take(&mut has_failed) {
                        reactor.store_works();
                    }
                    next
                }
                Err(error) => {
                    has_failed = true;
                    let Err(error) = reactor.bear(error).await else { continue };
                    tracing::error!(%error, "schedules could not be looked up");
                    Some(reactor.clock.now() + RETRY_SECONDS)
                }
            };
            tokio::select! {
                () = reactor.clock.reaches(next.unwrap_or(i64::MAX)) => {}
                () = reactor.is_due.notified() => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    /// Claims what is due; before, what was claimed and not handed out, as by an earlier run of the bot.
    async fn look(&self, is_taken_up: bool) -> Result<Vec<Parcel>, StoreError> {
        let (store, clock) = (Arc::clone(&self.reactor.store), self.reactor.clock.clone());
        let max_age = self.reactor.settings.briefings.max_age;
        let look = move || {
            let mut parcels = Vec::new();
            if !is_taken_up {
                parcels.extend(left(&store)?);
                set_right(&store, clock.now())?;
            }
            claim(&store, &clock, max_age, &mut parcels)?;
            Ok(parcels)
        };
        match spawn_blocking(look).await {
            Ok(parcels) => parcels,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        }
    }

    /// Holds what is new against what is watched for, and sends the quotes.
    async fn watches(&self) {
        let reactor = &self.reactor;
        let mut has_failed = false;
        while !self.stop.is_cancelled() {
            let held = reactor.hold_watches(&self.stop).await;
            let open = held.and_then(|()| reactor.store.open_hits());
            let is_lost = open.is_err();
            match open {
                Ok(open) => {
                    if std::mem::take(&mut has_failed) {
                        reactor.store_works();
                    }
                    for hit in open.iter().filter(|hit| !hit.is_paused).map(|open| open.hit) {
                        self.add(Parcel::Quote { watch: hit.watch, article: hit.article });
                    }
                }
                Err(error) => {
                    has_failed = true;
                    let Err(error) = reactor.bear(error).await else { continue };
                    tracing::error!(%error, "what is watched for could not be looked up");
                }
            }
            let retry = if is_lost { RETRY_SECONDS.unsigned_abs() } else { u64::MAX };
            tokio::select! {
                () = reactor.has_news.notified() => {}
                () = pause(Duration::from_secs(retry), &self.stop) => {}
            }
        }
    }

    /// Puts a parcel at the end of its lane, unless it is there.
    fn add(&self, parcel: Parcel) {
        let lane = parcel.lane();
        let mut lanes = self.shared.lanes();
        if let Some(waiting) = lanes.get_mut(&lane) {
            if !waiting.contains(&parcel) {
                waiting.push_back(parcel);
            }
            return;
        }
        lanes.insert(lane, VecDeque::from([parcel]));
        let (reactor, shared) = (Arc::clone(&self.reactor), Arc::clone(&self.shared));
        let stop = self.stop.clone();
        self.tasks.spawn(async move { shared.serve(lane, &reactor, &stop).await });
    }
}

impl Shared {
    async fn serve(&self, lane: Lane, reactor: &Reactor, stop: &CancellationToken) {
        while let Some(parcel) = self.first(lane) {
            let mut has_failed = false;
            loop {
                // Nobody closes it.
                let place = self.room.acquire().await;
                if stop.is_cancelled() {
                    return;
                }
                match reactor.deliver(parcel).await {
                    Ok(None) => {
                        if has_failed {
                            reactor.store_works();
                        }
                        break;
                    }
                    // Others need not wait for what this chat has to wait for.
                    Ok(Some(wait)) => {
                        drop(place);
                        pause(wait, stop).await;
                    }
                    // What was not marked as attempted has not gone out, and what was is not sent again.
                    Err(error) => {
                        has_failed = true;
                        if let Err(error) = reactor.bear(error).await {
                            tracing::error!(%error, "what was sent could not be marked in the store");
                            break;
                        }
                    }
                }
            }
            self.done(lane);
        }
    }

    fn first(&self, lane: Lane) -> Option<Parcel> {
        self.lanes().get(&lane).and_then(|waiting| waiting.front().copied())
    }

    /// Takes the first off a lane, which is closed when it was the last.
    fn done(&self, lane: Lane) {
        let mut lanes = self.lanes();
        if let Some(waiting) = lanes.get_mut(&lane) {
            waiting.pop_front();
            if waiting.is_empty() {
                lanes.remove(&lane);
            }
        }
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<Lane, VecDeque<Parcel>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parcel {
    fn lane(&self) -> Lane {
        match self {
            Parcel::Briefing { schedule, .. } => Lane::Schedule(*schedule),
            Parcel::Quote { watch, .. } => Lane::Watch(*watch),
        }
    }
}

/// What an earlier run of the bot has not finished.
fn left(store: &Store) -> Result<Vec<Parcel>, StoreError> {
    let unfinished = store.unfinished()?.into_iter();
    let parcel = |(schedule, run): (Scheduled, Run)| Parcel::Briefing {
        schedule: schedule.id,
        due: run.due,
        since: None,
    };
    Ok(unfinished.map(parcel).collect())
}

/// A clock that ran ahead may have moved schedules far away.
fn set_right(store: &Store, now: i64) -> Result<(), StoreError> {
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
fn claim(
    store: &Store,
    clock: &Clock,
    max_age: Duration,
    parcels: &mut Vec<Parcel>,
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
            let (id, due) = (schedule.id, schedule.due);
            if is_too_old(rule, due, now, now, max_age) {
                store.finish(id, due, RunState::Missed, None, None, now)?;
                continue;
            }
            let told = |state| matches!(state, RunState::Sent | RunState::NothingNew);
            let since = schedule.last.filter(|run| told(run.state)).map(|run| run.at);
            parcels.push(Parcel::Briefing { schedule: id, due, since });
        }
        if due.len() < BATCH {
            return Ok(());
        }
    }
}

/// Whether a run that was due and was `claimed` (Unix seconds) comes too late `now`. Of several that were
/// missed before it was claimed, the last counts.
pub(super) fn is_too_old(rule: &Rule, due: i64, claimed: i64, now: i64, max_age: Duration) -> bool {
    let latest = rule.latest_in(due.saturating_sub(1), claimed).unwrap_or(due);
    u64::try_from(now.saturating_sub(latest)).is_ok_and(|age| age > max_age.as_secs())
}

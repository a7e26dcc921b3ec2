//! What goes out by itself, when it is due, each of it once: briefings and watched quotes.
//!
//! A run is claimed in the store before anything is made of it, marked as attempted directly before its
//! request goes onto the wire, and finished after. What a killed bot had only claimed is sent after the next
//! start. Of what it had attempted nobody can tell whether it arrived: it is not sent again, but the chat gets
//! a line that says so, with a button that sends it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::GRACE;
use super::briefing::Due;
use super::react::Reactor;
use crate::corpus::article::ArticleId;
use crate::schedule::Rule;
use crate::store::{Hit, RunState, ScheduleId, Scheduled, StoreError, WatchId};

/// So many are made and sent at the same time.
const AT_ONCE: usize = 64;
/// So many due schedules are looked at together.
const BATCH: usize = 256;
/// Sends what is due until `stop`, then waits for what is in hand.
pub async fn run(reactor: &Arc<Reactor>, stop: &CancellationToken) {
    let post = Post {
        reactor: Arc::clone(reactor),
        tasks: TaskTracker::new(),
        room: Arc::new(Semaphore::new(AT_ONCE)),
        turns: Mutex::default(),
        hits: Arc::default(),
    };
    if let Err(error) = post.take_up() {
        tracing::error!(%error, "what was left to be sent could not be looked up");
    }
    tokio::join!(post.schedules(stop), post.watches(stop));
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
    room: Arc<Semaphore>,
    /// One run of a schedule at a time: the next must know what the one before has told.
    turns: Mutex<HashMap<ScheduleId, Weak<Turn>>>,
    /// The watched quotes that are being sent.
    hits: Arc<Mutex<HashSet<(WatchId, ArticleId)>>>,
}

type Turn = tokio::sync::Mutex<()>;

impl Post {
    /// Goes on with what an earlier run of the bot left.
    fn take_up(&self) -> Result<(), StoreError> {
        let store = &self.reactor.store;
        let now = self.reactor.clock.now();
        for (schedule, run) in store.unfinished()? {
            let id = schedule.id;
            let due = Due { schedule, due: run.due, since: None };
            match run.state {
                RunState::Attempted => self.deliver(due, Reactor::say_unsure),
                _ if self.is_too_old(run.at, now) => {
                    store.finish(id, run.due, RunState::Missed, None, None, now)?;
                }
                _ => self.deliver(due, Reactor::send_briefing),
            }
        }
        Ok(())
    }

    async fn schedules(&self, stop: &CancellationToken) {
        let reactor = &self.reactor;
        while !stop.is_cancelled() {
            let next = self.claim_due().and_then(|()| reactor.store.next_due());
            let next = next.unwrap_or_else(|error| {
                tracing::error!(%error, "schedules could not be looked up");
                // Not before the store has had a moment.
                Some(reactor.clock.now() + 60)
            });
            tokio::select! {
                () = reactor.clock.reaches(next.unwrap_or(i64::MAX)) => {}
                () = reactor.is_due.notified() => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Claims and hands out all that is due.
    fn claim_due(&self) -> Result<(), StoreError> {
        let (store, now) = (&self.reactor.store, self.reactor.clock.now());
        loop {
            let due = store.due(now, BATCH)?;
            for schedule in due.iter().cloned() {
                self.claim(schedule, now)?;
            }
            if due.len() < BATCH {
                return Ok(());
            }
        }
    }

    fn claim(&self, schedule: Scheduled, now: i64) -> Result<(), StoreError> {
        let store = &self.reactor.store;
        let Ok(rule) = schedule.rule.parse::<Rule>() else {
            tracing::error!(rule = schedule.rule, "a schedule cannot be read and is never due");
            return store.postpone(schedule.id, i64::MAX);
        };
        let next = rule.next_after(now);
        if schedule.is_paused {
            return store.postpone(schedule.id, next);
        }
        let due = schedule.due;
        if !store.claim(schedule.id, due, next, now)? {
            return Ok(());
        }
        // Of several that were missed, the last counts.
        let latest = rule.latest_in(due - 1, now).unwrap_or(due);
        if self.is_too_old(latest, now) {
            return store.finish(schedule.id, due, RunState::Missed, None, None, now);
        }
        let told = |state| matches!(state, RunState::Sent | RunState::NothingNew);
        let since = schedule.last.filter(|run| told(run.state)).map(|run| run.at);
        self.deliver(Due { schedule, due, since }, Reactor::send_briefing);
        Ok(())
    }

    fn is_too_old(&self, since: i64, now: i64) -> bool {
        let max_age = self.reactor.settings.briefings.max_age.as_secs();
        u64::try_from(now - since).is_ok_and(|age| age > max_age)
    }

    fn deliver<F>(&self, due: Due, send: fn(Arc<Reactor>, Due) -> F)
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let (reactor, room) = (Arc::clone(&self.reactor), Arc::clone(&self.room));
        let turn = self.turn(due.schedule.id);
        self.tasks.spawn(async move {
            let _turn = turn.lock().await;
            // Nobody closes it.
            let _place = room.acquire().await;
            let mut has_failed = false;
            // What was not marked as attempted has not gone out, and what was is not sent again.
            while let Err(error) = send(Arc::clone(&reactor), due.clone()).await {
                has_failed = true;
                if let Err(error) = reactor.bear(error).await {
                    return tracing::error!(%error, "a briefing could not be marked in the store");
                }
            }
            if has_failed {
                reactor.store_works();
            }
        });
    }

    fn turn(&self, id: ScheduleId) -> Arc<Turn> {
        let mut turns = locked(&self.turns);
        let known = turns.entry(id).or_default();
        known.upgrade().unwrap_or_else(|| {
            let turn = Arc::default();
            *known = Arc::downgrade(&turn);
            turn
        })
    }

    /// Sends a watched quote, unless it is being sent.
    fn deliver_hit(&self, hit: Hit) {
        let (reactor, room) = (Arc::clone(&self.reactor), Arc::clone(&self.room));
        let (hits, name) = (Arc::clone(&self.hits), (hit.watch, hit.article));
        if !locked(&hits).insert(name) {
            return;
        }
        self.tasks.spawn(async move {
            let _place = room.acquire().await;
            if let Err(error) = reactor.send_hit(&hit).await {
                tracing::error!(%error, "a watched quote could not be marked in the store");
            }
            locked(&hits).remove(&name);
        });
    }

    /// Holds what is new against what is watched for, and sends the quotes.
    async fn watches(&self, stop: &CancellationToken) {
        let reactor = &self.reactor;
        while !stop.is_cancelled() {
            let open = match reactor.hold_watches().await {
                Ok(()) => reactor.store.open_hits(),
                Err(error) => Err(error),
            };
            let open = open.unwrap_or_else(|error| {
                tracing::error!(%error, "what is watched for could not be looked up");
                Vec::new()
            });
            for hit in open {
                self.deliver_hit(hit);
            }
            tokio::select! {
                () = reactor.has_news.notified() => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

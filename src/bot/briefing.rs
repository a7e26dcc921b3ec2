//! Briefings and watched quotes going out by themselves, each of them once.
//!
//! A run is claimed in the store before anything is made of it, marked as attempted directly before its
//! request goes onto the wire, and finished after. What a killed bot had only claimed is sent after the next start.
//! Of what it had attempted nobody can tell whether it arrived: it is not sent again, but the chat gets a
//! line that says so, with a button that sends it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::GRACE;
use super::brief::standing;
use super::incoming::Press;
use super::news;
use super::react::{Reactor, Setting};
use super::send::{Sent, SentOnce, Target};
use crate::corpus::article::ArticleId;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Action, Button, Message, News, Surface};
use crate::render::words::Locale;
use crate::schedule::Rule;
use crate::store::{Change, ChangeKind, Hit, RunState, ScheduleId, Scheduled, StoreError, WatchId};

/// So many are made and sent at the same time.
const AT_ONCE: usize = 64;
/// So many due schedules are looked at together.
const BATCH: usize = 256;
/// What is sent by itself belongs to no update.
const NO_UPDATE: i64 = 0;

/// A briefing that is due.
#[derive(Debug, Clone)]
struct Due {
    schedule: Scheduled,
    /// The name of its run.
    due: i64,
    /// When the chat was told last, if it was.
    since: Option<i64>,
}

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
            if let Err(error) = send(reactor, due).await {
                tracing::error!(%error, "a briefing could not be marked in the store");
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

impl Reactor {
    async fn send_briefing(self: Arc<Self>, mut due: Due) -> Result<(), StoreError> {
        // As it is now, after the run before.
        let Some(schedule) = self.store.schedule(due.schedule.id)? else { return Ok(()) };
        due.schedule = schedule;
        let Due { schedule, due: name, .. } = &due;
        let (id, upto) = (schedule.id, self.store.newest_change()?);
        let Some(made) = self.make_briefing(&due).await else {
            // It stays claimed, for the next start: the reason was logged.
            return Ok(());
        };
        let finish = |state, message, seen| {
            self.store.finish(id, *name, state, message, seen, self.clock.now())
        };
        let Some(message) = made else { return finish(RunState::NothingNew, None, Some(upto)) };
        let mark = |is_going| match is_going {
            true => self.store.attempt(id, *name, self.clock.now()),
            false => self.store.retract(id, *name, self.clock.now()).map(|()| true),
        };
        let to =
            Target { is_silent: schedule.is_silent, ..self.target(schedule.chat, schedule.thread) };
        match self.sender.send_once(to, &message, mark).await? {
            SentOnce::Settled(Sent::As { message, .. }) => {
                finish(RunState::Sent, Some(message), Some(upto))
            }
            SentOnce::Settled(Sent::Refused) => finish(RunState::Refused, None, None),
            SentOnce::Settled(Sent::Stopped) => Ok(()),
            SentOnce::Unsure => Arc::clone(&self).say_unsure(due).await,
        }
    }

    /// Says that a briefing may not have arrived. What it told comes with the next one.
    async fn say_unsure(self: Arc<Self>, due: Due) -> Result<(), StoreError> {
        let Due { schedule, due: name, .. } = due;
        let again = Action::SendAgain(schedule.id.to_i64(), name);
        let to = self.target(schedule.chat, schedule.thread);
        match self.sender.send(&to, &self.unsure(schedule.chat, again)).await {
            Sent::As { .. } | Sent::Refused => {
                let now = self.clock.now();
                self.store.finish(schedule.id, name, RunState::Unsure, None, None, now)
            }
            Sent::Stopped => Ok(()),
        }
    }

    async fn send_hit(&self, hit: &Hit) -> Result<(), StoreError> {
        let finish = |state| self.store.finish_hit(hit.watch, hit.article, state, self.clock.now());
        let to = self.target(hit.chat, hit.thread);
        if hit.is_paused {
            return finish(RunState::Refused);
        }
        if hit.state == RunState::Claimed {
            let setting = self.unasked(hit.chat);
            let made = self.make_hit(setting, hit.words.clone(), hit.article).await;
            // Gone again, or not to be read: the reason was logged.
            let Some(message) = made else { return finish(RunState::NothingNew) };
            let mark = |is_going| match is_going {
                true => self.store.attempt_hit(hit.watch, hit.article, self.clock.now()),
                false => {
                    self.store.retract_hit(hit.watch, hit.article, self.clock.now()).map(|()| true)
                }
            };
            match self.sender.send_once(to.clone(), &message, mark).await? {
                SentOnce::Settled(Sent::As { .. }) => return finish(RunState::Sent),
                SentOnce::Settled(Sent::Refused) => return finish(RunState::Refused),
                SentOnce::Settled(Sent::Stopped) => return Ok(()),
                SentOnce::Unsure => {}
            }
        }
        let again = Action::QuoteAgain(hit.watch.to_i64(), hit.article);
        match self.sender.send(&to, &self.unsure(hit.chat, again)).await {
            Sent::As { .. } | Sent::Refused => finish(RunState::Unsure),
            Sent::Stopped => Ok(()),
        }
    }

    /// After the button below a line that says that something may not have arrived.
    pub(super) async fn send_again(
        &self,
        press: &Press,
        setting: Setting,
        action: Action,
    ) -> Result<Option<Message>, StoreError> {
        match action {
            Action::SendAgain(id, name) => {
                let id = ScheduleId::from_i64(id);
                let known = self.store.schedule(id)?.filter(|known| press.is_in(known.chat));
                let Some(schedule) = known else { return Ok(None) };
                let upto = self.store.newest_change()?;
                let due = Due { schedule, due: name, since: None };
                let Some(made) = self.make_briefing(&due).await else { return Ok(None) };
                let now = self.clock.now();
                self.store.finish(id, name, RunState::Sent, None, Some(upto), now)?;
                Ok(Some(made.unwrap_or_else(|| telegram::plain(&setting.words().news_none()))))
            }
            Action::QuoteAgain(id, article) => {
                let id = WatchId::from_i64(id);
                let watches = self.store.all_watches()?;
                let known =
                    watches.into_iter().find(|watch| watch.id == id && press.is_in(watch.chat));
                let Some(watch) = known else { return Ok(None) };
                let quote = self.make_hit(setting, watch.words, article).await;
                Ok(Some(
                    quote.unwrap_or_else(|| telegram::plain(&setting.words().text_has_changed())),
                ))
            }
            _ => Ok(None),
        }
    }

    /// What a briefing says: `Some(None)` if nothing is new, `None` after an error.
    async fn make_briefing(&self, due: &Due) -> Option<Option<Message>> {
        let changes = self.store.changes_since(due.schedule.seen);
        let changes = changes
            .map_err(|error| tracing::error!(%error, "what is new could not be looked up"))
            .ok()?;
        let setting = self.unasked(due.schedule.chat);
        let schedule = due.schedule.clone();
        let zone = schedule.rule.parse::<Rule>().ok().map(|rule| rule.zone);
        let since = due.since.zip(zone).map(|(since, zone)| zone.local(since));
        self.read(NO_UPDATE, setting, move |library, frame| {
            let news = what_is_new(library, &changes, schedule.words.clone(), since)?;
            Ok(match news.is_empty() {
                false => Some(telegram::news(&news, frame)),
                true if schedule.is_always => Some(standing(library, frame, &schedule.words)?),
                true => None,
            })
        })
        .await
    }

    /// The quote of an article that a chat watches for. `None` if it does not answer (any more).
    async fn make_hit(
        &self,
        setting: Setting,
        words: String,
        article: ArticleId,
    ) -> Option<Message> {
        let made = self.read(NO_UPDATE, setting, move |library, frame| {
            let Some(whole) = library.whole(article)? else { return Ok(None) };
            let all: Vec<_> = whole.passages.iter().map(|passage| passage.id).collect();
            Ok(telegram::watched(&words, &library.answers_within(&words, &all)?, frame))
        });
        made.await.flatten()
    }

    fn unsure(&self, chat: i64, again: Action) -> Message {
        let words = self.unasked(chat).locale.words();
        telegram::plain(&words.unsure()).with(vec![Button::new(&words.button_send_again(), again)])
    }

    fn target(&self, chat: i64, thread: i64) -> Target {
        Target::chat(chat, i32::try_from(thread).ok().filter(|thread| *thread != 0))
    }

    /// For what is sent to a chat without being asked for.
    fn unasked(&self, chat: i64) -> Setting {
        let code = self.store.language_unasked(chat).unwrap_or_else(|error| {
            tracing::error!(%error, "a chat's language could not be looked up");
            None
        });
        let locale = code.as_deref().and_then(Locale::of_code).unwrap_or(Locale::English);
        Setting { locale, surface: Surface::Chat }
    }
}

fn what_is_new(
    library: &Library,
    changes: &[Change],
    words: String,
    since: Option<String>,
) -> Result<News, LibraryError> {
    let mut news = News { words, since, ..News::default() };
    for article in news::together(changes) {
        match article.kind {
            // Whether it was on the topic is not known any more.
            ChangeKind::Gone if news.words.is_empty() => news.gone.push(article.title),
            ChangeKind::Gone => {}
            ChangeKind::Came | ChangeKind::Changed => {
                let is_new = article.kind == ChangeKind::Came;
                let fresh = library.fresh(article.article, &article.passages, &news.words)?;
                news.fresh.extend(fresh.map(|fresh| (fresh, is_new)));
            }
        }
    }
    Ok(news)
}

//! Briefings and watched quotes: made of what is new, sent, and marked in the store. When they are due,
//! [`post`](super::post) says.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use super::brief::standing;
use super::incoming::{Press, Spot};
use super::news::{self, ArticleNews};
use super::post::{Parcel, is_too_old};
use super::react::{Reactor, Setting};
use super::send::{Going, Sent, SentOnce, Target};
use crate::answer::Excerpt;
use crate::corpus::article::ArticleId;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Action, Button, MAX_ARTICLES, Message, News, Surface};
use crate::render::words::Locale;
use crate::schedule::Rule;
use crate::store::{
    ChangeKind, Journalled, RunState, ScheduleId, Scheduled, StoreError, WatchHit, WatchId,
};

/// So many articles are held against the topic of a briefing.
const MAX_HELD: usize = 100;

/// A briefing, and the last change that it tells of.
struct Made {
    /// `None` if there is nothing to tell.
    message: Option<Message>,
    upto: i64,
}

impl Reactor {
    /// Makes and sends what is due. `Some` if it has to wait for so long first.
    pub(super) async fn deliver(&self, parcel: Parcel) -> Result<Option<Duration>, StoreError> {
        match parcel {
            Parcel::Briefing { schedule, due, since } => {
                self.send_briefing(schedule, due, since).await
            }
            Parcel::Quote { watch, article } => match self.store.hit(watch, article)? {
                Some(hit) => self.send_quote(&hit).await,
                None => Ok(None),
            },
        }
    }

    async fn send_briefing(
        &self,
        id: ScheduleId,
        due: i64,
        since: Option<i64>,
    ) -> Result<Option<Duration>, StoreError> {
        let (schedule, run) = (self.store.schedule(id)?, self.store.run(id, due)?);
        let (Some(schedule), Some(run)) = (schedule, run) else { return Ok(None) };
        if !self.access.is_chat_let_in(schedule.chat) {
            tracing::info!("a briefing is not sent: its chat is not let in");
            let (state, now) = (RunState::Refused, self.clock.now());
            return self.store.finish(id, due, state, None, None, now).map(|()| None);
        }
        if run.state == RunState::Attempted {
            return self.say_unsure(&schedule, due).await;
        }
        let finish = |state, message, seen| {
            self.store.finish(id, due, state, message, seen, self.clock.now()).map(|()| None)
        };
        let max_age = self.settings.briefings.max_age;
        let is_late = || {
            let rule = schedule.rule.parse::<Rule>();
            rule.is_ok_and(|rule| is_too_old(&rule, due, run.at, self.clock.now(), max_age))
        };
        if is_late() {
            return finish(RunState::Missed, None, None);
        }
        let Some(made) = self.make_briefing(&schedule, since).await else {
            // The reason was logged; what it would have told comes with the next one.
            return finish(RunState::Refused, None, None);
        };
        let Some(message) = made.message else {
            return finish(RunState::NothingNew, None, Some(made.upto));
        };
        let mark = |going| match going {
            Going::OnTheWire if is_late() => {
                finish(RunState::Missed, None, None)?;
                Ok(false)
            }
            Going::OnTheWire => self.store.attempt(id, due),
            Going::NotArrived => self.store.retract(id, due).map(|()| true),
        };
        let to = Target { is_silent: schedule.is_silent, ..target(schedule.chat, schedule.thread) };
        match self.sender.send_once(to, &message, mark).await? {
            SentOnce::Settled(Sent::As { message, .. }) => {
                let seen = Some(made.upto);
                self.noted(|| finish(RunState::Sent, Some(message), seen).map(drop)).await?;
                Ok(None)
            }
            SentOnce::Settled(Sent::Refused) => finish(RunState::Refused, None, None),
            SentOnce::Settled(Sent::Stopped) => Ok(None),
            SentOnce::Later(wait) => Ok(Some(wait)),
            SentOnce::Unsure => self.say_unsure(&schedule, due).await,
        }
    }

    /// Says that a briefing may not have arrived. What it told comes with the next one.
    async fn say_unsure(
        &self,
        schedule: &Scheduled,
        due: i64,
    ) -> Result<Option<Duration>, StoreError> {
        let again = Action::SendAgain(schedule.id.to_i64(), due);
        let to = target(schedule.chat, schedule.thread);
        match self.sender.send(&to, &self.unsure(schedule.chat, again)).await {
            Sent::As { .. } | Sent::Refused => {
                let (id, now) = (schedule.id, self.clock.now());
                let note = || self.store.finish(id, due, RunState::Unsure, None, None, now);
                self.noted(note).await?;
            }
            Sent::Stopped => {}
        }
        Ok(None)
    }

    async fn send_quote(&self, found: &WatchHit) -> Result<Option<Duration>, StoreError> {
        let (watch, article) = (found.hit.watch, found.hit.article);
        let finish = async |state| {
            let note = || self.store.finish_hit(watch, article, state, self.clock.now());
            self.noted(note).await.map(|()| None)
        };
        if !self.access.is_chat_let_in(found.chat) {
            tracing::info!("a watched quote is not sent: its chat is not let in");
            return finish(RunState::Refused).await;
        }
        let to = target(found.chat, found.thread);
        match found.state {
            RunState::Claimed => {
                let setting = self.unasked(found.chat);
                // Gone again, or not to be read: the reason was logged.
                let Some(message) = self.make_quote(setting, found).await else {
                    return finish(RunState::NothingNew).await;
                };
                let mark = |going| match going {
                    Going::OnTheWire => self.store.attempt_hit(watch, article),
                    Going::NotArrived => self.store.retract_hit(watch, article).map(|()| true),
                };
                match self.sender.send_once(to.clone(), &message, mark).await? {
                    SentOnce::Settled(Sent::As { .. }) => return finish(RunState::Sent).await,
                    SentOnce::Settled(Sent::Refused) => return finish(RunState::Refused).await,
                    SentOnce::Settled(Sent::Stopped) => return Ok(None),
                    SentOnce::Later(wait) => return Ok(Some(wait)),
                    SentOnce::Unsure => {}
                }
            }
            RunState::Attempted => {}
            RunState::Sent
            | RunState::NothingNew
            | RunState::Refused
            | RunState::Missed
            | RunState::Unsure => return Ok(None),
        }
        let again = Action::QuoteAgain(watch.to_i64(), article);
        match self.sender.send(&to, &self.unsure(found.chat, again)).await {
            Sent::As { .. } | Sent::Refused => finish(RunState::Unsure).await,
            Sent::Stopped => Ok(None),
        }
    }

    /// After the button below a line that says that a briefing may not have arrived: it takes the place of
    /// the line, and only then counts as told.
    pub(super) async fn send_again(
        &self,
        update: &Journalled,
        press: &Press,
        id: i64,
        due: i64,
    ) -> Result<(), StoreError> {
        let id = ScheduleId::from_i64(id);
        let is_open = self
            .store
            .run(id, due)?
            .is_some_and(|run| matches!(run.state, RunState::Unsure | RunState::Attempted));
        let known = self.store.schedule(id)?.filter(|known| is_open && press.is_in(known.chat));
        let Some(schedule) = known else { return self.done(update.id, None).await };
        let Some(made) = self.make_briefing(&schedule, None).await else {
            return self.done(update.id, None).await;
        };
        let nothing = || telegram::plain(&self.unasked(schedule.chat).words().news_none());
        let message = made.message.unwrap_or_else(nothing);
        match self.sender.change(&press.spot, &message).await {
            Sent::As { .. } => {
                let now = self.clock.now();
                self.noted(|| self.store.resolve_unsure(id, due, made.upto, now)).await?;
                self.done(update.id, None).await
            }
            Sent::Refused => self.done(update.id, None).await,
            Sent::Stopped => Ok(()),
        }
    }

    /// The same for the quote of a watch, which tells the same however often it is shown.
    pub(super) async fn quote_again(
        &self,
        press: &Press,
        setting: Setting,
        watch: i64,
        article: ArticleId,
    ) -> Result<Option<Message>, StoreError> {
        let Spot::Chat { chat, .. } = press.spot else { return Ok(None) };
        let found = self.store.hit(WatchId::from_i64(watch), article)?;
        let Some(found) = found.filter(|found| found.chat == chat) else { return Ok(None) };
        let quote = self.make_quote(setting, &found).await;
        Ok(Some(quote.unwrap_or_else(|| telegram::plain(&setting.words().text_has_changed()))))
    }

    /// What a briefing says; `None` after an error, which is logged here.
    async fn make_briefing(&self, schedule: &Scheduled, since: Option<i64>) -> Option<Made> {
        let (upto, news) = self.news_since(schedule.seen).await?;
        let schedule = schedule.clone();
        let zone = schedule.rule.parse::<Rule>().ok().map(|rule| rule.zone);
        let since = since.zip(zone).map(|(since, zone)| zone.local(since));
        let setting = self.unasked(schedule.chat);
        let message = self.read_unasked(setting, move |library, frame| {
            let told = what_is_new(library, &news, schedule.words.clone(), since)?;
            Ok(match told.is_empty() {
                false => Some(telegram::news(&told, frame)),
                true if schedule.is_always => standing(library, frame, &schedule.words)?,
                true => None,
            })
        });
        Some(Made { message: message.await?, upto })
    }

    /// What happened to the articles since a change, and the last one of it. Many schedules have told of the
    /// same, so it is kept for the next.
    async fn news_since(&self, seen: i64) -> Option<(i64, Arc<Vec<ArticleNews>>)> {
        let store = Arc::clone(&self.store);
        let known = self.known_news().clone();
        let look = move || {
            let newest = store.newest_change()?;
            if let Some(known) = known.filter(|known| (known.seen, known.upto) == (seen, newest)) {
                return Ok(known);
            }
            let changes = store.changes_since(seen)?;
            let upto = changes.last().map_or(seen, |change| change.id);
            Ok(news::Known { seen, upto, news: Arc::new(news::together(&changes)) })
        };
        let looked: Result<Result<_, StoreError>, _> = tokio::task::spawn_blocking(look).await;
        match looked {
            Ok(Ok(known)) => {
                let found = (known.upto, Arc::clone(&known.news));
                *self.known_news() = Some(known);
                Some(found)
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "what is new could not be looked up");
                None
            }
            Err(error) => {
                tracing::error!(%error, "looking up what is new panicked");
                None
            }
        }
    }

    fn known_news(&self) -> MutexGuard<'_, Option<news::Known>> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The quote of an article that a chat watches for. `None` if it does not answer (any more).
    async fn make_quote(&self, setting: Setting, found: &WatchHit) -> Option<Message> {
        let (words, hit, more) = (found.words.clone(), found.hit, found.more);
        let made = self.read_unasked(setting, move |library, frame| {
            let excerpts: Vec<Excerpt> = library.answers_within(&words, &[hit.passage])?;
            Ok(telegram::watched(&words, &excerpts, more, frame))
        });
        made.await.flatten()
    }

    fn unsure(&self, chat: i64, again: Action) -> Message {
        let words = self.unasked(chat).locale.words();
        telegram::plain(&words.unsure()).with(vec![Button::new(&words.button_send_again(), again)])
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

/// A chat and its topic as the store has them.
fn target(chat: i64, thread: i64) -> Target {
    Target::chat(chat, i32::try_from(thread).ok().filter(|thread| *thread != 0))
}

/// Quotes are made of so many articles as are shown; the others are counted.
fn what_is_new(
    library: &Library,
    news: &[ArticleNews],
    words: String,
    since: Option<String>,
) -> Result<News, LibraryError> {
    let mut told = News { words, since, ..News::default() };
    let (gone, there): (Vec<_>, Vec<_>) =
        news.iter().partition(|article| article.kind == ChangeKind::Gone);
    for (held, article) in there.iter().enumerate() {
        let is_enough = told.fresh.len() == MAX_ARTICLES;
        if is_enough && told.words.is_empty() {
            told.more = there.len() - held;
            break;
        }
        if held == MAX_HELD {
            break;
        }
        let fresh = library.fresh(article.article, &article.passages, &told.words)?;
        match fresh {
            Some(_) if is_enough => told.more += 1,
            Some(fresh) => told.fresh.push((fresh, article.kind == ChangeKind::Came)),
            None => {}
        }
    }
    // Whether what is gone was on the topic is not known any more.
    if told.words.is_empty() {
        told.gone = gone.into_iter().map(|article| article.title.clone()).collect();
    }
    Ok(told)
}

//! Briefings and watched quotes: made of what is new, sent, and marked in the store. When they are due,
//! [`post`](super::post) says.

use std::sync::Arc;

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

/// What is sent by itself belongs to no update.
const NO_UPDATE: i64 = 0;

/// A briefing that is due.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub schedule: Scheduled,
    /// The name of its run.
    pub due: i64,
    /// When the chat was told last, if it was.
    pub since: Option<i64>,
}

impl Reactor {
    /// Makes and sends a briefing, if there is anything to tell.
    pub(super) async fn send_briefing(self: Arc<Self>, mut due: Due) -> Result<(), StoreError> {
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
    pub(super) async fn say_unsure(self: Arc<Self>, due: Due) -> Result<(), StoreError> {
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

    /// Sends the quote that a chat watches for.
    pub(super) async fn send_hit(&self, hit: &Hit) -> Result<(), StoreError> {
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
                true if schedule.is_always => standing(library, frame, &schedule.words)?,
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

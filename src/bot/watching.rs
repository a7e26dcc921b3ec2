//! What a chat watches for: `/watch WORDS`, and the quotes of articles that answer them.

use std::sync::Arc;

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::incoming::{Letter, Press, Spot};
use super::news::together;
use super::orders::{self, WatchOrder};
use super::react::{Reactor, Setting};
use super::schedules::{is_too_long, shown, thread_of};
use crate::library::Library;
use crate::render::telegram::{self, Action, Button, Message};
use crate::render::words::Words;
use crate::store::{Added, ChangeKind, NewHit, Store, StoreError, WatchId};

/// So many articles are quoted for a watch when many come at once; the others are counted.
const QUOTED: u32 = 5;

impl Reactor {
    /// Carries out what stands after `/watch`.
    pub(super) async fn watch_order(
        &self,
        update: i64,
        letter: &Letter,
        setting: Setting,
        text: &str,
    ) -> Result<Message, StoreError> {
        let (words, chat, thread) = (setting.words(), letter.chat, thread_of(letter.thread));
        let order = orders::read_watch(text);
        if order != WatchOrder::List && !self.may_set_up(letter).await {
            return Ok(telegram::plain(&words.only_administrators()));
        }
        match order {
            WatchOrder::List => self.watched(chat, thread, words),
            WatchOrder::Off(number) => {
                let ended = match number {
                    Some(number) => self.store.remove_watch(chat, thread, number)?,
                    None => self.store.remove_watches(chat, thread)? > 0,
                };
                self.watch_ended(chat, thread, ended, words)
            }
            WatchOrder::Add { words: watched } => {
                self.add_watch(update, letter, setting, watched).await
            }
        }
    }

    async fn add_watch(
        &self,
        update: i64,
        letter: &Letter,
        setting: Setting,
        watched: String,
    ) -> Result<Message, StoreError> {
        let (words, chat, thread) = (setting.words(), letter.chat, thread_of(letter.thread));
        if !self.access.is_chat_let_in(chat) {
            return Ok(telegram::plain(&words.chat_not_let_in()));
        }
        if is_too_long(&watched) {
            return Ok(telegram::plain(&words.topic_too_long()));
        }
        let text = watched.clone();
        let can_be_looked_for =
            self.read(update, setting, move |library, _| Ok(library.can_look_for(&text))).await;
        match can_be_looked_for {
            None => return Ok(telegram::plain(&words.sorry())),
            Some(false) => return Ok(telegram::plain(&words.watch_nothing())),
            Some(true) => {}
        }
        let most = self.settings.briefings.watches;
        let note = match self.store.add_watch(chat, thread, &watched, most, self.clock.now())? {
            Added::Full => return Ok(telegram::plain(&words.watch_full(most))),
            Added::Already { .. } => words.watch_known(),
            Added::New { .. } => words.watch_made(),
        };
        self.store.set_up_in(chat, setting.locale.code())?;
        Ok(self.watched(chat, thread, words)?.under(&note))
    }

    /// What is watched for in a chat or topic.
    fn watched(&self, chat: i64, thread: i64, words: &Words) -> Result<Message, StoreError> {
        let watches = self.store.watches(chat, thread)?;
        if watches.is_empty() {
            return Ok(telegram::plain(&words.watch_none()));
        }
        let lines =
            watches.iter().map(|watch| format!("{}. {}", watch.number, shown(&watch.words)));
        let lines: Vec<_> = lines.collect();
        let message = telegram::plain(&format!("{}\n{}", words.watch_list(), lines.join("\n")));
        let ends = watches.iter().map(|watch| {
            Button::new(&words.button_end(watch.number), Action::EndWatch(watch.id.to_i64()))
        });
        let ends: Vec<_> = ends.collect();
        Ok(ends.chunks(4).fold(message, |message, row| message.with(row.to_vec())))
    }

    fn watch_ended(
        &self,
        chat: i64,
        thread: i64,
        is_ended: bool,
        words: &Words,
    ) -> Result<Message, StoreError> {
        let note = if is_ended { words.watch_ended() } else { words.schedule_not_there() };
        Ok(self.watched(chat, thread, words)?.under(&note))
    }

    /// After the button that ends a watch.
    pub(super) async fn end_watch(
        &self,
        press: &Press,
        setting: Setting,
        id: i64,
    ) -> Result<Option<Message>, StoreError> {
        let Spot::Chat { chat, thread, .. } = press.spot else { return Ok(None) };
        let thread = thread_of(thread);
        let watches = self.store.watches(chat, thread)?;
        let known = watches.iter().find(|watch| watch.id == WatchId::from_i64(id));
        if let Some(known) = known {
            self.store.remove_watch(chat, thread, known.number)?;
        }
        self.watch_ended(chat, thread, known.is_some(), setting.words()).map(Some)
    }

    /// Holds all watches against what has changed since the last time, and notes what is to be sent.
    pub(super) async fn hold_watches(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        let (library, store, stop) =
            (Arc::clone(&self.library), Arc::clone(&self.store), stop.clone());
        let now = self.clock.now();
        let held = spawn_blocking(move || hold(&library, &store, now, &stop)).await;
        match held {
            Ok(held) => held,
            Err(error) => {
                tracing::error!(%error, "holding articles against what is watched for panicked");
                Ok(())
            }
        }
    }
}

fn hold(
    library: &Library,
    store: &Store,
    now: i64,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let changes = store.changes_since(store.watched_up_to()?)?;
    let Some(newest) = changes.last().map(|change| change.id) else { return Ok(()) };
    let watches = store.all_watches()?;
    let mut hits = Vec::new();
    for article in together(&changes).iter().filter(|news| news.kind != ChangeKind::Gone) {
        for watch in &watches {
            if stop.is_cancelled() {
                return Ok(());
            }
            match library.answers_within(&watch.words, &article.passages) {
                Ok(quotes) => hits.extend(quotes.first().map(|quote| NewHit {
                    watch: watch.id,
                    article: article.article,
                    passage: quote.passage().id,
                })),
                Err(error) => {
                    tracing::error!(%error, "an article could not be held against what is watched for");
                }
            }
        }
    }
    store.note_hits(newest, &hits, QUOTED, now)
}

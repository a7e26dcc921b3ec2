//! What a chat watches for: `/watch WORDS`, and the quotes of articles that answer them.

use std::sync::Arc;

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::bot::briefings::changes::merge_changes;
use crate::bot::briefings::request;
use crate::bot::briefings::request::WatchRequest;
use crate::bot::briefings::schedules::{is_too_long, shown, thread_of};
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::permissions;
use crate::bot::receive::update::{CallbackQuery, IncomingMessage, MessageRef};
use crate::library::Library;
use crate::render::messages::Messages;
use crate::render::telegram::{self, Action, Button, Message};
use crate::store::{Added, ChangeKind, NewHit, Store, StoreError, WatchId};

/// So many articles are quoted for a watch when many come at once; the others are counted.
const MAX_WATCH_QUOTES: u32 = 5;

/// Carries out what stands after `/watch`.
pub async fn handle_watch(
    ctx: &BotContext,
    update: i64,
    incoming: &IncomingMessage,
    setting: ReaderContext,
    text: &str,
) -> Result<Message, StoreError> {
    let (words, chat, thread) = (setting.messages(), incoming.chat, thread_of(incoming.topic));
    let order = request::parse_watch(text);
    if order != WatchRequest::List && !permissions::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&words.only_administrators()));
    }
    match order {
        WatchRequest::List => watch_list(ctx, chat, thread, words),
        WatchRequest::Off(number) => {
            let ended = match number {
                Some(number) => ctx.store.remove_watch(chat, thread, number)?,
                None => ctx.store.remove_watches(chat, thread)? > 0,
            };
            watch_ended(ctx, chat, thread, ended, words)
        }
        WatchRequest::Add { words: watched } => {
            add_watch(ctx, update, incoming, setting, watched).await
        }
    }
}

async fn add_watch(
    ctx: &BotContext,
    update: i64,
    incoming: &IncomingMessage,
    setting: ReaderContext,
    watched: String,
) -> Result<Message, StoreError> {
    let (words, chat, thread) = (setting.messages(), incoming.chat, thread_of(incoming.topic));
    if !ctx.access.is_chat_allowed(chat) {
        return Ok(telegram::plain(&words.chat_not_let_in()));
    }
    if is_too_long(&watched) {
        return Ok(telegram::plain(&words.topic_too_long()));
    }
    let text = watched.clone();
    let can_be_looked_for =
        ctx.with_library(update, setting, move |library, _| Ok(library.can_look_for(&text))).await;
    match can_be_looked_for {
        None => return Ok(telegram::plain(&words.sorry())),
        Some(false) => return Ok(telegram::plain(&words.watch_nothing())),
        Some(true) => {}
    }
    let most = ctx.settings.briefings.watches;
    let note = match ctx.store.add_watch(chat, thread, &watched, most, ctx.clock.now())? {
        Added::Full => return Ok(telegram::plain(&words.watch_full(most))),
        Added::Already { .. } => words.watch_known(),
        Added::New { .. } => words.watch_made(),
    };
    ctx.store.set_up_in(chat, setting.locale.code())?;
    Ok(watch_list(ctx, chat, thread, words)?.under(&note))
}

/// What is watched for in a chat or topic.
fn watch_list(
    ctx: &BotContext,
    chat: i64,
    thread: i64,
    words: &Messages,
) -> Result<Message, StoreError> {
    let watches = ctx.store.watches(chat, thread)?;
    if watches.is_empty() {
        return Ok(telegram::plain(&words.watch_none()));
    }
    let lines = watches.iter().map(|watch| format!("{}. {}", watch.number, shown(&watch.words)));
    let lines: Vec<_> = lines.collect();
    let message = telegram::plain(&format!("{}\n{}", words.watch_list(), lines.join("\n")));
    let ends = watches.iter().map(|watch| {
        Button::new(&words.button_end(watch.number), Action::EndWatch(watch.id.to_i64()))
    });
    let ends: Vec<_> = ends.collect();
    Ok(ends.chunks(4).fold(message, |message, row| message.with(row.to_vec())))
}

fn watch_ended(
    ctx: &BotContext,
    chat: i64,
    thread: i64,
    is_ended: bool,
    words: &Messages,
) -> Result<Message, StoreError> {
    let note = if is_ended { words.watch_ended() } else { words.schedule_not_there() };
    Ok(watch_list(ctx, chat, thread, words)?.under(&note))
}

/// After the button that ends a watch.
pub async fn end_watch(
    ctx: &BotContext,
    press: &CallbackQuery,
    setting: ReaderContext,
    id: i64,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, thread, .. } = press.message else { return Ok(None) };
    let thread = thread_of(thread);
    let watches = ctx.store.watches(chat, thread)?;
    let known = watches.iter().find(|watch| watch.id == WatchId::from_i64(id));
    if let Some(known) = known {
        ctx.store.remove_watch(chat, thread, known.number)?;
    }
    watch_ended(ctx, chat, thread, known.is_some(), setting.messages()).map(Some)
}

/// Holds all watches against what has changed since the last time, and notes what is to be sent.
pub async fn match_watches(ctx: &BotContext, stop: &CancellationToken) -> Result<(), StoreError> {
    let (library, store, stop) = (Arc::clone(&ctx.library), Arc::clone(&ctx.store), stop.clone());
    let now = ctx.clock.now();
    let held = spawn_blocking(move || match_article(&library, &store, now, &stop)).await;
    match held {
        Ok(held) => held,
        Err(error) => {
            tracing::error!(%error, "holding articles against what is watched for panicked");
            Ok(())
        }
    }
}

fn match_article(
    library: &Library,
    store: &Store,
    now: i64,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let changes = store.changes_since(store.watched_up_to()?)?;
    let Some(newest) = changes.last().map(|change| change.id) else { return Ok(()) };
    let watches = store.all_watches()?;
    let mut hits = Vec::new();
    for article in merge_changes(&changes).iter().filter(|news| news.kind != ChangeKind::Gone) {
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
    store.note_hits(newest, &hits, MAX_WATCH_QUOTES, now)
}

//! Watches: `/watch WORDS` sends the chat a quote from each new article that answers the words.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::bot::briefings::request;
use crate::bot::briefings::request::WatchRequest;
use crate::bot::briefings::schedules::{is_too_long, shown};
use crate::bot::chat_admins;
use crate::bot::context::{Audience, BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, IncomingMessage, MessageRef};
use crate::ids::{ChatId, TopicId, UpdateId};
use crate::library::Unmatchable;
use crate::render::messages::Messages;
use crate::render::telegram::{self, Action, Button, Message};
use crate::store::{Added, ChangeKind, StoreError, WatchId, WatchMatch};

/// Maximum number of articles that are quoted for a watch when many are added at once. The others
/// are counted.
const MAX_WATCH_QUOTES: u32 = 5;

/// Handles a `/watch` command.
pub async fn handle_watch(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    text: &str,
) -> Result<Message, StoreError> {
    let (messages, chat, topic) = (reader.messages(), incoming.chat, incoming.topic);
    let request = request::parse_watch(text);
    if request != WatchRequest::List && !chat_admins::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&messages.only_administrators()));
    }
    match request {
        WatchRequest::List => watch_list(ctx, chat, topic, messages),
        WatchRequest::Off(number) => {
            let ended = match number {
                Some(number) => ctx.store.remove_watch(chat, topic, number)?,
                None => ctx.store.remove_watches(chat, topic)? > 0,
            };
            watch_ended(ctx, chat, topic, ended, messages)
        }
        WatchRequest::Add { words: watched } => {
            add_watch(ctx, update, incoming, reader, watched).await
        }
    }
}

async fn add_watch(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    watched: String,
) -> Result<Message, StoreError> {
    let (messages, chat, topic) = (reader.messages(), incoming.chat, incoming.topic);
    if !ctx.access.is_chat_allowed(chat) {
        return Ok(telegram::plain(&messages.chat_not_allowed()));
    }
    if is_too_long(&watched) {
        return Ok(telegram::plain(&messages.topic_too_long()));
    }
    let text = watched.clone();
    let unmatchable =
        ctx.with_library(Some(update), reader, move |library, _| library.unmatchable(&text)).await;
    let Some(unmatchable) = unmatchable else {
        return Ok(telegram::plain(&messages.internal_error()));
    };
    match unmatchable {
        None => {}
        Some(Unmatchable::NoContent) => return Ok(telegram::plain(&messages.watch_nothing())),
        Some(Unmatchable::OtherLanguage { articles }) => {
            let languages = messages.language_names(&articles);
            return Ok(telegram::plain(&messages.watch_other_language(&languages)));
        }
        Some(Unmatchable::Filter(unmatched)) => {
            return Ok(telegram::plain(&messages.unmatched_filter(&unmatched)));
        }
    }
    let most = ctx.settings.briefings.watches;
    let note = match ctx.store.add_watch(chat, topic, &watched, most, ctx.clock.now())? {
        Added::Full => return Ok(telegram::plain(&messages.watch_limit(most))),
        Added::Already { .. } => messages.watch_exists(),
        Added::New { .. } => messages.watch_made(),
    };
    ctx.store.set_background_language(chat, reader.locale.code())?;
    Ok(watch_list(ctx, chat, topic, messages)?.under(&note))
}

/// Makes the list of the watches of a chat or topic.
fn watch_list(
    ctx: &BotContext,
    chat: ChatId,
    topic: Option<TopicId>,
    messages: &Messages,
) -> Result<Message, StoreError> {
    let watches = ctx.store.watches(chat, topic)?;
    if watches.is_empty() {
        return Ok(telegram::plain(&messages.watch_none()));
    }
    let lines = watches.iter().map(|watch| format!("{}. {}", watch.number, shown(&watch.subject)));
    let lines: Vec<_> = lines.collect();
    let message = telegram::plain(&format!("{}\n{}", messages.watch_list(), lines.join("\n")));
    let is_only = watches.len() == 1;
    let ends = watches.iter().map(|watch| {
        let label = messages.button_stop();
        let label = match is_only {
            true => label,
            false => messages.numbered(watch.number, &label),
        };
        Button::new(&label, Action::EndWatch(watch.id.to_i64()))
    });
    let ends: Vec<_> = ends.collect();
    Ok(ends.chunks(4).fold(message, |message, row| message.with_row(row.to_vec())))
}

fn watch_ended(
    ctx: &BotContext,
    chat: ChatId,
    topic: Option<TopicId>,
    is_ended: bool,
    messages: &Messages,
) -> Result<Message, StoreError> {
    let note = if is_ended { messages.watch_ended() } else { messages.number_not_found() };
    Ok(watch_list(ctx, chat, topic, messages)?.under(&note))
}

/// Applies the button that ends a watch.
pub async fn end_watch(
    ctx: &BotContext,
    query: &CallbackQuery,
    reader: ReaderContext,
    id: i64,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, topic, .. } = query.message else { return Ok(None) };
    let watches = ctx.store.watches(chat, topic)?;
    let known = watches.iter().find(|watch| watch.id == WatchId::from_i64(id));
    if let Some(known) = known {
        ctx.store.remove_watch(chat, topic, known.number)?;
    }
    watch_ended(ctx, chat, topic, known.is_some(), reader.messages()).map(Some)
}

/// Matches all watches with the articles that have changed since the last time, and records the
/// hits in the store.
pub async fn match_watches(
    ctx: &Arc<BotContext>,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let (ctx, stop) = (Arc::clone(ctx), stop.clone());
    let matched = spawn_blocking(move || match_articles(&ctx, &stop)).await;
    match matched {
        Ok(matched) => matched,
        Err(error) => {
            tracing::error!(%error, "matching articles with watches panicked");
            Ok(())
        }
    }
}

fn match_articles(ctx: &BotContext, stop: &CancellationToken) -> Result<(), StoreError> {
    let (store, now) = (&ctx.store, ctx.clock.now());
    let last_matched = store.last_matched_change()?;
    let (newest, changes) = store.article_changes_since(last_matched)?;
    if newest == last_matched {
        return Ok(());
    }
    let watches = store.all_watches()?;
    let mut views = HashMap::new();
    for watch in &watches {
        let audience = Audience::Chat(watch.chat, watch.topic);
        views.entry((watch.chat, watch.topic)).or_insert_with(|| ctx.view(audience));
    }
    let mut matches = Vec::new();
    for article in changes.iter().filter(|change| change.kind != ChangeKind::Removed) {
        for watch in &watches {
            if stop.is_cancelled() {
                return Ok(());
            }
            // The views are of all watches.
            let view = &views[&(watch.chat, watch.topic)];
            match view.quotes_within(&watch.subject, &article.passages) {
                Ok(quotes) => matches.extend(quotes.first().map(|quote| WatchMatch {
                    watch: watch.id,
                    article: article.article,
                    passage: quote.passage().id,
                })),
                Err(error) => {
                    tracing::error!(%error, "an article could not be matched with a watch");
                }
            }
        }
    }
    store.record_matches(newest, &matches, MAX_WATCH_QUOTES, now)
}

//! Briefings and watched quotes: made of what is new, sent, and marked in the store. When they are due,
//! [`post`](crate::bot::post) says.

use std::sync::Arc;
use std::time::Duration;

use crate::answer::Excerpt;
use crate::bot::briefings::compose::standing_briefing;
use crate::bot::briefings::scheduler::{PendingDelivery, is_expired};
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, MessageRef};
use crate::bot::reply::{After, Reply};
use crate::bot::send::{DeliveryEvent, OnceOutcome, SendOutcome, SendTarget};
use crate::corpus::article::ArticleId;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Action, Button, Changes, MAX_ARTICLES, Message};
use crate::schedule::Rule;
use crate::store::{
    ArticleChange, ChangeKind, DeliveryKey, DeliveryState, Schedule, ScheduleId, StoreError,
    WatchId, WatchQuote,
};

/// So many articles are held against the topic of a briefing.
const MAX_MATCHED_ARTICLES: usize = 100;

/// A briefing, and the last change that it tells of.
struct Draft {
    /// `None` if there is nothing to tell.
    message: Option<Message>,
    upto: i64,
}

/// Makes and sends what is due. `Some` if it has to wait for so long first.
pub async fn deliver(
    ctx: &BotContext,
    parcel: PendingDelivery,
) -> Result<Option<Duration>, StoreError> {
    match parcel.key {
        DeliveryKey::Briefing { schedule, due } => {
            send_briefing(ctx, schedule, due, parcel.since).await
        }
        DeliveryKey::Quote { watch, article } => match ctx.store.watch_quote(watch, article)? {
            Some(quote) => send_watch_quote(ctx, watch, article, &quote).await,
            None => Ok(None),
        },
    }
}

async fn send_briefing(
    ctx: &BotContext,
    id: ScheduleId,
    due: i64,
    since: Option<i64>,
) -> Result<Option<Duration>, StoreError> {
    let key = DeliveryKey::Briefing { schedule: id, due };
    let (schedule, run) = (ctx.store.schedule(id)?, ctx.store.delivery(key)?);
    let (Some(schedule), Some(run)) = (schedule, run) else { return Ok(None) };
    if !ctx.access.is_chat_allowed(schedule.chat) {
        tracing::info!("a briefing is not sent: its chat is not let in");
        let (state, now) = (DeliveryState::Rejected, ctx.clock.now());
        return ctx.store.finish(key, state, None, None, now).map(|()| None);
    }
    if run.state == DeliveryState::Sending {
        return ask_whether_arrived(ctx, &schedule, due).await;
    }
    let finish = |state, message, seen| {
        ctx.store.finish(key, state, message, seen, ctx.clock.now()).map(|()| None)
    };
    let max_age = ctx.settings.briefings.max_age;
    let is_late = || {
        let rule = schedule.rule.parse::<Rule>();
        rule.is_ok_and(|rule| is_expired(&rule, due, run.at, ctx.clock.now(), max_age))
    };
    if is_late() {
        return finish(DeliveryState::Expired, None, None);
    }
    let Some(made) = make_briefing(ctx, &schedule, since).await else {
        // The reason was logged; what it would have told comes with the next one.
        return finish(DeliveryState::Rejected, None, None);
    };
    let Some(message) = made.message else {
        return finish(DeliveryState::NothingNew, None, Some(made.upto));
    };
    let mark = |going| match going {
        DeliveryEvent::Sending if is_late() => {
            finish(DeliveryState::Expired, None, None)?;
            Ok(false)
        }
        DeliveryEvent::Sending => ctx.store.attempt(key),
        DeliveryEvent::NotDelivered => ctx.store.retract(key).map(|()| true),
    };
    let to = SendTarget { is_silent: schedule.is_silent, ..target(schedule.chat, schedule.thread) };
    match ctx.sender.send_once(to, &message, mark).await? {
        OnceOutcome::Done(SendOutcome::Delivered { message, .. }) => {
            let seen = Some(made.upto);
            ctx.retry_store_write(|| finish(DeliveryState::Sent, Some(message), seen).map(drop))
                .await?;
            Ok(None)
        }
        OnceOutcome::Done(SendOutcome::Rejected) => finish(DeliveryState::Rejected, None, None),
        OnceOutcome::Done(SendOutcome::Stopped) => Ok(None),
        OnceOutcome::Delayed(wait) => Ok(Some(wait)),
        OnceOutcome::Unknown => ask_whether_arrived(ctx, &schedule, due).await,
    }
}

/// Says that a briefing may not have arrived. What it told comes with the next one.
async fn ask_whether_arrived(
    ctx: &BotContext,
    schedule: &Schedule,
    due: i64,
) -> Result<Option<Duration>, StoreError> {
    let again = Action::SendAgain(schedule.id.to_i64(), due);
    let to = target(schedule.chat, schedule.thread);
    match ctx.sender.send(&to, &unknown_delivery_message(ctx, schedule.chat, again)).await {
        SendOutcome::Delivered { .. } | SendOutcome::Rejected => {
            let (key, now) =
                (DeliveryKey::Briefing { schedule: schedule.id, due }, ctx.clock.now());
            let note = || ctx.store.finish(key, DeliveryState::Unknown, None, None, now);
            ctx.retry_store_write(note).await?;
        }
        SendOutcome::Stopped => {}
    }
    Ok(None)
}

async fn send_watch_quote(
    ctx: &BotContext,
    watch: WatchId,
    article: ArticleId,
    found: &WatchQuote,
) -> Result<Option<Duration>, StoreError> {
    let key = DeliveryKey::Quote { watch, article };
    let finish = async |state| {
        let note = || ctx.store.finish(key, state, None, None, ctx.clock.now());
        ctx.retry_store_write(note).await.map(|()| None)
    };
    if !ctx.access.is_chat_allowed(found.chat) {
        tracing::info!("a watched quote is not sent: its chat is not let in");
        return finish(DeliveryState::Rejected).await;
    }
    let to = target(found.chat, found.thread);
    match found.state {
        DeliveryState::Claimed => {
            let setting = ctx.background_reader(found.chat);
            // Gone again, or not to be read: the reason was logged.
            let Some(message) = make_watch_quote(ctx, setting, found).await else {
                return finish(DeliveryState::NothingNew).await;
            };
            let mark = |going| match going {
                DeliveryEvent::Sending => ctx.store.attempt(key),
                DeliveryEvent::NotDelivered => ctx.store.retract(key).map(|()| true),
            };
            match ctx.sender.send_once(to.clone(), &message, mark).await? {
                OnceOutcome::Done(SendOutcome::Delivered { .. }) => {
                    return finish(DeliveryState::Sent).await;
                }
                OnceOutcome::Done(SendOutcome::Rejected) => {
                    return finish(DeliveryState::Rejected).await;
                }
                OnceOutcome::Done(SendOutcome::Stopped) => return Ok(None),
                OnceOutcome::Delayed(wait) => return Ok(Some(wait)),
                OnceOutcome::Unknown => {}
            }
        }
        DeliveryState::Sending => {}
        DeliveryState::Sent
        | DeliveryState::NothingNew
        | DeliveryState::Rejected
        | DeliveryState::Expired
        | DeliveryState::Unknown => return Ok(None),
    }
    let again = Action::QuoteAgain(watch.to_i64(), article);
    match ctx.sender.send(&to, &unknown_delivery_message(ctx, found.chat, again)).await {
        SendOutcome::Delivered { .. } | SendOutcome::Rejected => {
            finish(DeliveryState::Unknown).await
        }
        SendOutcome::Stopped => Ok(None),
    }
}

/// Handles the button below the notice that a briefing may not have arrived: the briefing replaces the notice. Its
/// changes count as delivered once that has succeeded.
pub async fn send_again(
    ctx: &BotContext,
    query: &CallbackQuery,
    id: i64,
    due: i64,
) -> Result<Reply, StoreError> {
    let id = ScheduleId::from_i64(id);
    let is_unknown = ctx
        .store
        .delivery(DeliveryKey::Briefing { schedule: id, due })?
        .is_some_and(|run| matches!(run.state, DeliveryState::Unknown | DeliveryState::Sending));
    let schedule = ctx.store.schedule(id)?;
    let schedule = schedule.filter(|schedule| is_unknown && query.is_in(schedule.chat));
    let Some(schedule) = schedule else { return Ok(Reply::Nothing) };
    let Some(draft) = make_briefing(ctx, &schedule, None).await else { return Ok(Reply::Nothing) };
    let reader = ctx.background_reader(schedule.chat);
    let message =
        draft.message.unwrap_or_else(|| telegram::plain(&reader.messages().changes_none()));
    let after = After::BriefingArrived { schedule: id, due, up_to: draft.upto };
    Ok(Reply::Edit(query.message.clone(), message, after))
}

/// The same for the quote of a watch, which tells the same however often it is shown.
pub async fn quote_again(
    ctx: &BotContext,
    press: &CallbackQuery,
    setting: ReaderContext,
    watch: i64,
    article: ArticleId,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, .. } = press.message else { return Ok(None) };
    let found = ctx.store.watch_quote(WatchId::from_i64(watch), article)?;
    let Some(found) = found.filter(|found| found.chat == chat) else { return Ok(None) };
    let quote = make_watch_quote(ctx, setting, &found).await;
    Ok(Some(quote.unwrap_or_else(|| telegram::plain(&setting.messages().text_changed()))))
}

/// What a briefing says; `None` after an error, which is logged here.
async fn make_briefing(ctx: &BotContext, schedule: &Schedule, since: Option<i64>) -> Option<Draft> {
    let (upto, news) = changes_since(ctx, schedule.seen).await?;
    let schedule = schedule.clone();
    let zone = schedule.rule.parse::<Rule>().ok().map(|rule| rule.zone);
    let since = since.zip(zone).map(|(since, zone)| zone.local(since));
    let setting = ctx.background_reader(schedule.chat);
    let message = ctx.with_library_background(setting, move |library, frame| {
        let told = collect_changes(library, &news, schedule.words.clone(), since)?;
        Ok(match told.is_empty() {
            false => Some(telegram::changes(&told, frame)),
            true if schedule.is_always => standing_briefing(library, frame, &schedule.words)?,
            true => None,
        })
    });
    Some(Draft { message: message.await?, upto })
}

/// Returns the id of the last change and the merged changes of the articles after the change `seen`. `None` after
/// an error, which is logged here.
async fn changes_since(ctx: &BotContext, seen: i64) -> Option<(i64, Arc<Vec<ArticleChange>>)> {
    let store = Arc::clone(&ctx.store);
    match tokio::task::spawn_blocking(move || store.article_changes_since(seen)).await {
        Ok(Ok(changes)) => Some(changes),
        Ok(Err(error)) => {
            tracing::error!(%error, "the changes of the articles could not be read");
            None
        }
        Err(error) => {
            tracing::error!(%error, "reading the changes of the articles panicked");
            None
        }
    }
}

/// The quote of an article that a chat watches for. `None` if it does not answer (any more).
async fn make_watch_quote(
    ctx: &BotContext,
    setting: ReaderContext,
    found: &WatchQuote,
) -> Option<Message> {
    let (words, passage, more) = (found.words.clone(), found.passage, found.more);
    let made = ctx.with_library_background(setting, move |library, frame| {
        let excerpts: Vec<Excerpt> = library.quotes_within(&words, &[passage])?;
        Ok(telegram::watch_hit(&words, &excerpts, more, frame))
    });
    made.await.flatten()
}

fn unknown_delivery_message(ctx: &BotContext, chat: i64, again: Action) -> Message {
    let words = ctx.background_reader(chat).locale.messages();
    telegram::plain(&words.delivery_unknown())
        .with_row(vec![Button::new(&words.button_send_again(), again)])
}

/// A chat and its topic as the store has them.
fn target(chat: i64, thread: i64) -> SendTarget {
    SendTarget::chat(chat, i32::try_from(thread).ok().filter(|thread| *thread != 0))
}

/// Quotes are made of so many articles as are shown; the others are counted.
fn collect_changes(
    library: &Library,
    news: &[ArticleChange],
    words: String,
    since: Option<String>,
) -> Result<Changes, LibraryError> {
    let mut told = Changes { topic: words, since, ..Changes::default() };
    let (gone, there): (Vec<_>, Vec<_>) =
        news.iter().partition(|article| article.kind == ChangeKind::Removed);
    for (held, article) in there.iter().enumerate() {
        let is_enough = told.articles.len() == MAX_ARTICLES;
        if is_enough && told.topic.is_empty() {
            told.more_articles = there.len() - held;
            break;
        }
        if held == MAX_MATCHED_ARTICLES {
            break;
        }
        let fresh = library.new_quotes(article.article, &article.passages, &told.topic)?;
        match fresh {
            Some(_) if is_enough => told.more_articles += 1,
            Some(fresh) => told.articles.push((fresh, article.kind == ChangeKind::Added)),
            None => {}
        }
    }
    // Whether what is gone was on the topic is not known any more.
    if told.topic.is_empty() {
        told.removed = gone.into_iter().map(|article| article.title.clone()).collect();
    }
    Ok(told)
}

//! Delivery of briefings and watch quotes: at most once, with the state of each in the store.

use std::time::Duration;

use super::compose::{Draft, compose_briefing, compose_watch_quote};
use super::pending::{PendingDelivery, is_expired};
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, MessageRef};
use crate::bot::reply::{After, Reply};
use crate::bot::send::{DeliveryEvent, OnceOutcome, SendOutcome, SendTarget};
use crate::corpus::article::ArticleId;
use crate::ids::MessageId;
use crate::render::telegram::{self, Action, Button, Message};
use crate::schedule::Rule;
use crate::store::{
    DeliveryKey, DeliveryState, Schedule, ScheduleId, StoreError, WatchId, WatchQuote,
};

/// Outcome of an attempt at a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliverOutcome {
    /// The delivery is finished, or the bot is stopping.
    Done,
    /// The limits of the chat require to wait for this time.
    Delayed(Duration),
}

/// Record that a finished delivery leaves, besides its state.
#[derive(Debug, Clone, Copy, Default)]
struct Finished {
    message: Option<MessageId>,
    /// Change up to which a briefing has reported.
    seen: Option<i64>,
}

/// Composes and sends a delivery.
pub async fn deliver(
    ctx: &BotContext,
    pending: PendingDelivery,
) -> Result<DeliverOutcome, StoreError> {
    match pending.key {
        DeliveryKey::Briefing { schedule, due } => {
            send_briefing(ctx, schedule, due, pending.since).await
        }
        DeliveryKey::Quote { watch, article } => match ctx.store.watch_quote(watch, article)? {
            Some(quote) => send_watch_quote(ctx, watch, article, &quote).await,
            None => Ok(DeliverOutcome::Done),
        },
    }
}

async fn send_briefing(
    ctx: &BotContext,
    id: ScheduleId,
    due: i64,
    since: Option<i64>,
) -> Result<DeliverOutcome, StoreError> {
    let key = DeliveryKey::Briefing { schedule: id, due };
    let (schedule, delivery) = (ctx.store.schedule(id)?, ctx.store.delivery(key)?);
    let (Some(schedule), Some(delivery)) = (schedule, delivery) else {
        return Ok(DeliverOutcome::Done);
    };
    if !ctx.access.is_chat_allowed(schedule.chat) {
        tracing::info!("a briefing is not sent, since its chat has no access");
        return finish(ctx, key, DeliveryState::Rejected, Finished::default()).await;
    }
    let again = Action::SendAgain(id.to_i64(), due);
    let to = target_of(&schedule);
    if delivery.state == DeliveryState::Sending {
        return ask_whether_arrived(ctx, key, &to, again).await;
    }
    let max_age = ctx.settings.briefings.max_age;
    let is_late = || {
        let rule = schedule.rule.parse::<Rule>();
        rule.is_ok_and(|rule| is_expired(&rule, due, delivery.at, ctx.clock.now(), max_age))
    };
    if is_late() {
        return finish(ctx, key, DeliveryState::Expired, Finished::default()).await;
    }
    let Some(Draft { message, up_to }) = compose_briefing(ctx, &schedule, since).await else {
        // The error is logged. The next briefing reports the changes.
        return finish(ctx, key, DeliveryState::Rejected, Finished::default()).await;
    };
    let seen = Some(up_to);
    let Some(message) = message else {
        let finished = Finished { seen, ..Finished::default() };
        return finish(ctx, key, DeliveryState::NothingNew, finished).await;
    };
    let record = |event| match event {
        DeliveryEvent::Sending if is_late() => {
            ctx.store.finish(key, DeliveryState::Expired, None, None, ctx.clock.now())?;
            Ok(false)
        }
        event => record_event(ctx, key, event),
    };
    let sent = ctx.sender.send_once(to.clone(), &message, record).await?;
    settle(ctx, key, &to, again, sent, seen).await
}

async fn send_watch_quote(
    ctx: &BotContext,
    watch: WatchId,
    article: ArticleId,
    quote: &WatchQuote,
) -> Result<DeliverOutcome, StoreError> {
    let key = DeliveryKey::Quote { watch, article };
    if !ctx.access.is_chat_allowed(quote.chat) {
        tracing::info!("a watch quote is not sent, since its chat has no access");
        return finish(ctx, key, DeliveryState::Rejected, Finished::default()).await;
    }
    let to = SendTarget::chat(quote.chat, quote.topic);
    let again = Action::QuoteAgain(watch.to_i64(), article);
    match quote.state {
        DeliveryState::Claimed => {}
        DeliveryState::Sending => return ask_whether_arrived(ctx, key, &to, again).await,
        DeliveryState::Sent
        | DeliveryState::NothingNew
        | DeliveryState::Rejected
        | DeliveryState::Expired
        | DeliveryState::Unknown => return Ok(DeliverOutcome::Done),
    }
    let reader = ctx.background_reader(quote.chat, quote.topic);
    let Some(message) = compose_watch_quote(ctx, reader, quote).await else {
        // The article was removed or no longer answers, or it cannot be read, which is logged.
        return finish(ctx, key, DeliveryState::NothingNew, Finished::default()).await;
    };
    let record = |event| record_event(ctx, key, event);
    let sent = ctx.sender.send_once(to.clone(), &message, record).await?;
    settle(ctx, key, &to, again, sent, None).await
}

/// Records that a request is about to be sent, or that it certainly did not arrive. Returns whether
/// the message is still wanted.
fn record_event(
    ctx: &BotContext,
    key: DeliveryKey,
    event: DeliveryEvent,
) -> Result<bool, StoreError> {
    match event {
        DeliveryEvent::Sending => ctx.store.attempt(key),
        DeliveryEvent::NotDelivered => ctx.store.retract(key).map(|()| true),
    }
}

/// Finishes a delivery after its request.
async fn settle(
    ctx: &BotContext,
    key: DeliveryKey,
    to: &SendTarget,
    again: Action,
    sent: OnceOutcome,
    seen: Option<i64>,
) -> Result<DeliverOutcome, StoreError> {
    match sent {
        // The send permit is held until the store has recorded the delivery.
        OnceOutcome::Done(SendOutcome::Delivered { message, permit: _until_recorded, .. }) => {
            let finished = Finished { message, seen };
            finish(ctx, key, DeliveryState::Sent, finished).await
        }
        OnceOutcome::Done(SendOutcome::Rejected) => {
            finish(ctx, key, DeliveryState::Rejected, Finished::default()).await
        }
        OnceOutcome::Done(SendOutcome::Stopped) => Ok(DeliverOutcome::Done),
        OnceOutcome::Delayed(wait) => Ok(DeliverOutcome::Delayed(wait)),
        OnceOutcome::Unknown => ask_whether_arrived(ctx, key, to, again).await,
    }
}

/// Sends a notice that a message may not have arrived, with a button that sends it. The next
/// briefing reports the changes again.
async fn ask_whether_arrived(
    ctx: &BotContext,
    key: DeliveryKey,
    to: &SendTarget,
    again: Action,
) -> Result<DeliverOutcome, StoreError> {
    let messages = ctx.background_reader(to.chat, to.topic).messages();
    let button = Button::new(&messages.button_send_again(), again);
    let notice = telegram::plain(&messages.delivery_unknown()).with_row(vec![button]);
    // The send permit is held until the store has recorded the notice.
    let sent = ctx.sender.send(&SendTarget { is_silent: false, ..to.clone() }, &notice).await;
    match sent {
        SendOutcome::Delivered { .. } | SendOutcome::Rejected => {
            finish(ctx, key, DeliveryState::Unknown, Finished::default()).await
        }
        SendOutcome::Stopped => Ok(DeliverOutcome::Done),
    }
}

/// Records the final state of a delivery, also if the store fails for a while.
async fn finish(
    ctx: &BotContext,
    key: DeliveryKey,
    state: DeliveryState,
    Finished { message, seen }: Finished,
) -> Result<DeliverOutcome, StoreError> {
    let now = ctx.clock.now();
    ctx.retry_store_write(|| ctx.store.finish(key, state, message, seen, now)).await?;
    Ok(DeliverOutcome::Done)
}

/// Handles the button below the notice that a briefing may not have arrived: the briefing replaces
/// the notice. Its changes count as reported once that has succeeded.
pub async fn send_again(
    ctx: &BotContext,
    query: &CallbackQuery,
    id: i64,
    due: i64,
) -> Result<Reply, StoreError> {
    let id = ScheduleId::from_i64(id);
    let delivery = ctx.store.delivery(DeliveryKey::Briefing { schedule: id, due })?;
    let is_unknown = delivery.is_some_and(|delivery| {
        matches!(delivery.state, DeliveryState::Unknown | DeliveryState::Sending)
    });
    let schedule = ctx.store.schedule(id)?;
    let schedule = schedule.filter(|schedule| is_unknown && query.is_in(schedule.chat));
    let Some(schedule) = schedule else { return Ok(Reply::Nothing) };
    let draft = compose_briefing(ctx, &schedule, None).await;
    let Some(Draft { message, up_to }) = draft else { return Ok(Reply::Nothing) };
    let messages = ctx.background_reader(schedule.chat, schedule.topic).messages();
    let message = message.unwrap_or_else(|| telegram::plain(&messages.changes_none()));
    let after = After::BriefingArrived { schedule: id, due, up_to };
    Ok(Reply::Edit(query.message.clone(), message, after))
}

/// Handles the button below the notice that a watch quote may not have arrived: the quote replaces
/// the notice. Showing it again changes nothing.
pub async fn quote_again(
    ctx: &BotContext,
    query: &CallbackQuery,
    reader: ReaderContext,
    watch: i64,
    article: ArticleId,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, .. } = query.message else { return Ok(None) };
    let quote = ctx.store.watch_quote(WatchId::from_i64(watch), article)?;
    let Some(quote) = quote.filter(|quote| quote.chat == chat) else { return Ok(None) };
    let message = compose_watch_quote(ctx, reader, &quote).await;
    Ok(Some(message.unwrap_or_else(|| telegram::plain(&reader.messages().text_changed()))))
}

fn target_of(schedule: &Schedule) -> SendTarget {
    SendTarget { is_silent: schedule.is_silent, ..SendTarget::chat(schedule.chat, schedule.topic) }
}

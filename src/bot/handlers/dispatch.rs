//! Dispatch of updates: each update goes to the handler of its kind, and the handler's reply is
//! sent here.
//!
//! Sending, retrying and marking an update as completed is written once, in [`complete`].

use super::private_answers::{self, PrivateOutcome};
use super::{ask_person, callback, channel_post, membership, message};
use std::time::Instant;

use crate::bot::context::BotContext;
use crate::bot::receive::handler::QueueDecision;
use crate::bot::receive::update::{self, IncomingMessage, MessageRef, Update};
use crate::bot::reply::{After, HelpAnswer, HelpQuestion, Reply};
use crate::bot::send::single_attempt;
use crate::bot::send::{EditPart, EditTarget, SendOutcome, SendTarget};
use crate::ids::{ChatId, MessageId, UpdateId, UserId};
use crate::render::telegram;
use crate::store::{AnswerRecord, PendingUpdate, StoreError};

/// Handles an update until its reply is delivered and recorded, or until the bot stops.
pub async fn handle(ctx: &BotContext, update: &PendingUpdate, decision: QueueDecision) {
    let mut has_failed = false;
    loop {
        let outcome = match serde_json::from_str(&update.body) {
            Ok(body) => respond(ctx, update, update::parse(&body, ctx.identity.id), decision).await,
            Err(_) => {
                tracing::warn!(
                    update = update.id.get(),
                    "a journalled update cannot be parsed; it is skipped"
                );
                complete(ctx, update.id, Reply::Nothing).await
            }
        };
        // A store error before anything was sent: the update is handled again from the beginning.
        let Err(error) = outcome else { break };
        has_failed = true;
        if let Err(error) = ctx.degraded_mode.wait(error).await {
            return tracing::error!(update = update.id.get(), %error, "an update could not be handled");
        }
    }
    if has_failed {
        ctx.degraded_mode.leave();
    }
}

async fn respond(
    ctx: &BotContext,
    update: &PendingUpdate,
    parsed: Update,
    decision: QueueDecision,
) -> Result<(), StoreError> {
    let reply = dispatch(ctx, update, parsed, decision).await?;
    complete(ctx, update.id, reply).await
}

/// Passes an update to its handler.
async fn dispatch(
    ctx: &BotContext,
    update: &PendingUpdate,
    parsed: Update,
    decision: QueueDecision,
) -> Result<Reply, StoreError> {
    match parsed {
        Update::Message(incoming)
            if let Some(reply) = ask_person::answer_of_person(ctx, &incoming, false)? =>
        {
            Ok(reply)
        }
        Update::EditedMessage(incoming)
            if let Some(reply) = ask_person::answer_of_person(ctx, &incoming, true)? =>
        {
            Ok(reply)
        }
        Update::Message(incoming) => match excess_age(ctx, incoming.date, update) {
            Some(age) => Ok(Reply::TooOld(age)),
            None => message::handle_message(ctx, update, &incoming, None).await,
        },
        Update::EditedMessage(incoming) => {
            let known = ctx.store.answer_to(incoming.chat, incoming.id)?;
            match excess_age(ctx, incoming.date, update).filter(|_| known.is_none()) {
                Some(age) => Ok(Reply::TooOld(age)),
                None => message::handle_message(ctx, update, &incoming, known).await,
            }
        }
        Update::CallbackQuery(query) => {
            callback::handle_callback(ctx, update, &query, decision).await
        }
        Update::Membership(change) => membership::handle_membership(ctx, update, &change).await,
        Update::Migrated { from, to } => membership::handle_migration(ctx, from, to),
        Update::ChannelPost(post) => Ok(channel_post::handle_post(ctx, update.id, post).await),
        Update::Ignored => Ok(Reply::Nothing),
    }
}

/// Returns the age in seconds of a question that is too old to be answered.
fn excess_age(ctx: &BotContext, date: i64, update: &PendingUpdate) -> Option<i64> {
    let limit = i64::try_from(ctx.settings.max_question_age.as_secs()).unwrap_or(i64::MAX);
    let age = ctx.health.time.age(date, update.received_at);
    (age > limit).then_some(age)
}

/// Sends a reply, with retries, then records what follows from its delivery and marks the update as
/// completed.
///
/// A reply that can never be delivered completes its update, too. If the bot stops before, the
/// update stays in the journal and is handled after the next start.
pub async fn complete(ctx: &BotContext, update: UpdateId, reply: Reply) -> Result<(), StoreError> {
    let (sent, after) = match reply {
        Reply::Nothing => return ctx.complete(update, None).await,
        Reply::Unfinished => return Ok(()),
        Reply::TooOld(age) => {
            ctx.complete(update, None).await?;
            ctx.stale.add(age);
            return Ok(());
        }
        Reply::Send(to, message, after) => {
            ctx.attempts.reply_composed(update);
            (ctx.sender.send(&to, &message).await, after)
        }
        Reply::Replace(to, answer, message, after) => {
            ctx.attempts.reply_composed(update);
            (ctx.sender.edit_or_send(&to, answer, &message).await, after)
        }
        Reply::Edit(message_ref, message, after) => {
            ctx.attempts.reply_composed(update);
            let target = edit_target(message_ref);
            (ctx.sender.edit(&target, &message, EditPart::TextAndButtons).await, after)
        }
        Reply::Private(answer) => {
            ctx.attempts.reply_composed(update);
            return match private_answers::send(ctx, *answer).await {
                Some(PrivateOutcome::Shown(record)) => {
                    ctx.health.replied(update, Instant::now());
                    ctx.complete(update, Some(&record)).await
                }
                Some(PrivateOutcome::Public(reply)) => Box::pin(complete(ctx, update, reply)).await,
                None => Ok(()),
            };
        }
        Reply::EditButtons(message_ref, message) => {
            ctx.attempts.reply_composed(update);
            let target = edit_target(message_ref);
            (ctx.sender.edit(&target, &message, EditPart::Buttons).await, After::Nothing)
        }
    };
    match sent {
        SendOutcome::Delivered { chat, message, permit: _until_completed } => {
            ctx.health.replied(update, Instant::now());
            let record = record_delivery(ctx, chat, message, after).await?;
            ctx.complete(update, record.as_ref()).await
        }
        SendOutcome::Rejected => {
            after_rejection(ctx, after).await;
            ctx.complete(update, None).await
        }
        SendOutcome::Stopped => Ok(()),
    }
}

fn edit_target(message: MessageRef) -> EditTarget {
    match message {
        MessageRef::Chat { chat, message, .. } => EditTarget::Chat { chat, message },
        MessageRef::Inline(id) => EditTarget::Inline(id),
        MessageRef::Ephemeral { chat, receiver, message } => {
            EditTarget::Ephemeral { chat, receiver, message }
        }
    }
}

/// Records what follows from a delivery. Returns the answer that is recorded together with the
/// completion.
async fn record_delivery(
    ctx: &BotContext,
    chat: ChatId,
    message: Option<MessageId>,
    after: After,
) -> Result<Option<AnswerRecord>, StoreError> {
    match after {
        After::Nothing => Ok(None),
        After::Answered(record) => Ok(Some(AnswerRecord { chat, answer: message, ..record })),
        After::Welcomed => {
            ctx.retry_store_write(|| ctx.store.set_welcomed(chat, ctx.now())).await?;
            Ok(None)
        }
        After::BriefingArrived { schedule, due, up_to } => {
            let now = ctx.clock.now();
            let resolve = || ctx.store.resolve_unknown(schedule, due, up_to, now);
            ctx.retry_store_write(resolve).await?;
            Ok(None)
        }
        After::PassedOn(question) => {
            let HelpQuestion { number, pressed, sent, .. } = *question;
            ctx.retry_store_write(|| ctx.store.set_help_sent(number, chat)).await?;
            ctx.sender.edit(&edit_target(pressed), &sent, EditPart::TextAndButtons).await;
            Ok(None)
        }
        After::PersonAnswered(answer) => {
            let HelpAnswer { number, answer, helper, delivered, .. } = *answer;
            let set = || ctx.store.set_help_answer(number, answer, message);
            ctx.retry_store_write(set).await?;
            ctx.sender.send(&helper, &delivered).await;
            Ok(None)
        }
    }
}

/// Tells the person concerned that a message to another person cannot be delivered.
async fn after_rejection(ctx: &BotContext, after: After) {
    match after {
        After::PassedOn(question) => {
            tracing::error!(
                "a question could not be sent to the chat of `[help] chat`; add the bot to this chat"
            );
            let target = edit_target(question.pressed);
            ctx.sender.edit(&target, &question.failed, EditPart::TextAndButtons).await;
        }
        After::PersonAnswered(answer) => {
            ctx.sender.send(&answer.helper, &answer.failed).await;
        }
        After::Nothing | After::Answered(_) | After::Welcomed | After::BriefingArrived { .. } => {}
    }
}

/// Apologises in the form that the update has for it, and completes the update: after a panic, or
/// once the update has ended the process too often. Leaves the update in the journal if the bot
/// stops before.
pub async fn apologise(ctx: &BotContext, update: &PendingUpdate) {
    let body = serde_json::from_str(&update.body).unwrap_or_default();
    let reply = match update::parse(&body, ctx.identity.id) {
        Update::Message(incoming) => apology_to(ctx, &incoming, None),
        Update::EditedMessage(incoming) => match ctx.store.answer_to(incoming.chat, incoming.id) {
            Ok(known) => apology_to(ctx, &incoming, known),
            Err(error) => {
                return tracing::error!(
                    update = update.id.get(), %error,
                    "the answer to an edited message could not be read; the update stays in the journal"
                );
            }
        },
        Update::CallbackQuery(query) => {
            let chat = query.message.chat().or(query.sender.id.map(UserId::private_chat));
            let sorry = ctx.locale(chat, &query.sender).messages().internal_error();
            single_attempt::answer_callback(&ctx.sender, &query.id, Some(&sorry)).await;
            if ctx.stop.is_cancelled() {
                return;
            }
            Reply::Nothing
        }
        Update::Membership(_)
        | Update::Migrated { .. }
        | Update::ChannelPost(_)
        | Update::Ignored => {
            tracing::error!(
                update = update.id.get(),
                "the handling of a membership update or a channel post failed; the update is skipped"
            );
            Reply::Nothing
        }
    };
    if let Err(error) = complete(ctx, update.id, reply).await {
        tracing::error!(update = update.id.get(), %error, "an update could not be completed");
    }
}

fn apology_to(ctx: &BotContext, incoming: &IncomingMessage, known: Option<AnswerRecord>) -> Reply {
    let to = SendTarget::reply(incoming.chat, incoming.topic, incoming.id);
    let messages = ctx.locale(Some(incoming.chat), &incoming.sender).messages();
    let sorry = telegram::plain(&messages.internal_error());
    match known.and_then(|known| known.answer) {
        Some(answer) => Reply::Replace(to, answer, sorry, After::Nothing),
        None => Reply::Send(to, sorry, After::Nothing),
    }
}

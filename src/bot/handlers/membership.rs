//! Coming, going and being made an administrator.

use crate::bot::briefings::schedules;
use crate::bot::handlers::suggestions;
use std::time::Instant;

use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::handlers::feedback::without_words;
use crate::bot::receive::update::{ChatKind, IncomingMessage, Membership};
use crate::bot::send::{SendOutcome, SendTarget};
use crate::render::messages::Locale;
use crate::render::telegram::{self, Message};
use crate::store::{PendingUpdate, StoreError};

/// A chat that the bot came to is welcomed, once; one that it may not write to is left alone. A group
/// that it has left is forgotten.
pub async fn membership(
    ctx: &BotContext,
    update: &PendingUpdate,
    change: &Membership,
) -> Result<(), StoreError> {
    match change.may_write {
        true => {
            ctx.store.resume(change.chat)?;
            ctx.articles_added.notify_one();
        }
        false if !change.has_left => ctx.store.pause(change.chat, ctx.now())?,
        false => {
            let update = without_words(update);
            match change.kind {
                ChatKind::Group => ctx.store.leave(change.chat, ctx.now(), Some(&update))?,
                ChatKind::Private => ctx.store.block(change.chat, ctx.now(), Some(&update))?,
            }
        }
    }
    let is_new = change.kind == ChatKind::Group && change.has_joined && change.may_write;
    if !is_new || ctx.store.is_welcomed(change.chat)? {
        return ctx.complete(update.id, None).await;
    }
    let setting = ctx.reader_context(change.chat, &change.changed_by);
    let is_chat_let_in = ctx.access.is_chat_allowed(change.chat);
    let message = if is_chat_let_in {
        welcome(ctx, update.id, setting, change.is_admin).await
    } else if ctx.access.is_allowed(change.changed_by.id, None) {
        telegram::plain(&setting.messages().welcome())
    } else if ctx.access.is_notice_due(change.chat) {
        telegram::plain(&setting.messages().not_allowed())
    } else {
        return ctx.complete(update.id, None).await;
    };
    let to = SendTarget::chat(change.chat, None);
    ctx.attempts.composed(update.id);
    match ctx.sender.send(&to, &message).await {
        SendOutcome::Delivered { chat, .. } => {
            ctx.health.replied(update.id, Instant::now());
            // A chat that is let in later is welcomed then.
            if is_chat_let_in {
                ctx.retry_store_write(|| ctx.store.set_welcomed(chat, ctx.now())).await?;
            }
            ctx.complete(update.id, None).await
        }
        SendOutcome::Rejected => ctx.complete(update.id, None).await,
        SendOutcome::Stopped => Ok(()),
    }
}

/// The first message to a group: how to ask, three examples, and what privacy mode means.
async fn welcome(ctx: &BotContext, update: i64, setting: ReaderContext, is_admin: bool) -> Message {
    let words = setting.messages();
    let mut text = words.welcome();
    if !ctx.identity.reads_all && !is_admin {
        text = format!("{text}\n\n{}", words.welcome_privacy(&ctx.identity.username));
    }
    suggestions::with_suggestions(ctx, update, setting, text).await
}

/// What `/start` and `/help` say.
pub async fn help(ctx: &BotContext, update: i64, setting: ReaderContext) -> Message {
    let (words, bot) = (setting.messages(), &ctx.identity.username);
    let parts = [
        words.start(),
        words.help_reading(),
        words.help_briefings(),
        words.help_group(bot),
        words.help_inline(bot),
    ];
    suggestions::with_suggestions(ctx, update, setting, parts.join("\n\n")).await
}

/// What the button back to the examples shows: in a group the welcome, elsewhere the help.
pub async fn start_page(
    ctx: &BotContext,
    update: i64,
    kind: ChatKind,
    setting: ReaderContext,
) -> Message {
    match kind {
        ChatKind::Private => help(ctx, update, setting).await,
        ChatKind::Group => welcome(ctx, update, setting, true).await,
    }
}

/// Sets the language of a chat, or asks which it shall be. In a group only administrators can.
pub async fn choose_language(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    setting: ReaderContext,
    code: &str,
) -> Result<Message, StoreError> {
    if !schedules::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&setting.messages().only_administrators()));
    }
    let Some(locale) = Locale::of_code(code.trim()) else {
        return Ok(telegram::languages(setting.messages()));
    };
    ctx.store.set_language(incoming.chat, locale.code())?;
    Ok(telegram::plain(&locale.messages().language_set()))
}

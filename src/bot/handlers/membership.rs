//! Changes of the bot's membership in a chat: welcome, pause, leave, and a group's migration to a
//! supergroup.

use super::help;
use super::privacy::without_personal_data;
use super::whoami;
use crate::bot::context::BotContext;
use crate::bot::receive::update::{ChatKind, Membership};
use crate::bot::reply::{After, Reply};
use crate::bot::send::SendTarget;
use crate::corpus::escaped;
use crate::ids::ChatId;
use crate::render::telegram;
use crate::store::{PendingUpdate, StoreError};

/// Handles a change of the bot's membership. A group that the bot joined is welcomed, once. A chat
/// in which the bot may not write is paused. What is kept of a chat that the bot left is removed.
pub async fn handle_membership(
    ctx: &BotContext,
    update: &PendingUpdate,
    change: &Membership,
) -> Result<Reply, StoreError> {
    match change.may_write {
        true => {
            ctx.store.resume(change.chat)?;
            ctx.events.articles_added.notify_one();
        }
        false if !change.has_left => ctx.store.pause(change.chat, ctx.now())?,
        false => {
            let update = without_personal_data(update);
            match change.kind {
                ChatKind::Group => ctx.store.leave(change.chat, ctx.now(), Some(&update))?,
                ChatKind::Private => ctx.store.block(change.chat, ctx.now(), Some(&update))?,
            }
        }
    }
    let is_new = change.kind == ChatKind::Group && change.has_joined && change.may_write;
    if !is_new || ctx.store.is_welcomed(change.chat)? {
        return Ok(Reply::Nothing);
    }
    let reader = ctx.reader(change.chat, None, &change.changed_by);
    let to = SendTarget::chat(change.chat, None);
    if ctx.access.is_chat_allowed(change.chat) {
        let welcome = help::welcome(ctx, update.id, reader, change.is_admin).await;
        return Ok(Reply::Send(to, welcome, After::Welcomed));
    }
    // A chat that is allowed later is welcomed then, so nothing is recorded here.
    let by = change.changed_by.id;
    let message = if ctx.access.is_allowed(by, None) {
        telegram::plain(&reader.messages().welcome())
    } else if ctx.access.is_notice_due(change.chat) {
        whoami::refuse_group(change.chat, by.map(|user| user.get()), reader)
    } else {
        return Ok(Reply::Nothing);
    };
    Ok(Reply::Send(to, message, After::Nothing))
}

/// Carries over what is kept of a group to the supergroup that it became.
pub fn handle_migration(ctx: &BotContext, from: ChatId, to: ChatId) -> Result<Reply, StoreError> {
    if ctx.access.is_chat_listed(from) && !ctx.access.is_chat_listed(to) {
        tracing::warn!(
            from = from.get(),
            to = to.get(),
            "a group that is let in has another number now; put the new one in `[access] allowed_chats`"
        );
    }
    for folder in ctx.access.folders_of(from) {
        tracing::warn!(
            from = from.get(),
            to = to.get(),
            folder = %escaped(folder.path()),
            "a group of a bound folder has another number now; put the new one in `[access.folders]`"
        );
    }
    ctx.store.move_chat(from, to)?;
    Ok(Reply::Nothing)
}

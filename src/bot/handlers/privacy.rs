//! `/privacy` and `/forget`: what is kept of a user or a group, and its removal.

use crate::bot::chat_admins;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::strip_personal_data::redact;
use crate::bot::receive::update::{CallbackQuery, ChatKind, IncomingMessage, MessageRef};
use crate::render::telegram::{self, Action, Button, Message};
use crate::store::{PendingUpdate, StoreError};

/// Says what is kept, for how long and why, and how to have it removed.
pub fn privacy(ctx: &BotContext, kind: ChatKind, reader: ReaderContext) -> Message {
    let messages = reader.messages();
    let mut parts = match kind {
        ChatKind::Private => vec![messages.privacy_private()],
        ChatKind::Group => vec![messages.privacy_group()],
    };
    if ctx.settings.record_questions {
        parts.push(messages.privacy_records());
    }
    if ctx.settings.help_chat.is_some() {
        parts.push(messages.privacy_help());
    }
    parts.push(match kind {
        ChatKind::Private => messages.privacy_forget(),
        ChatKind::Group => messages.privacy_forget_group(),
    });
    telegram::plain(&parts.join("\n\n"))
}

/// Removes what is kept of a user. Asks an administrator of a group whether what is kept of the
/// group shall be removed, too.
pub async fn forget(
    ctx: &BotContext,
    update: &PendingUpdate,
    incoming: &IncomingMessage,
    reader: ReaderContext,
) -> Result<Message, StoreError> {
    let messages = reader.messages();
    if let Some(user) = incoming.sender.id {
        ctx.store.forget(user, Some(&without_personal_data(update)))?;
        ctx.guests.forget(user);
    }
    let forgotten = messages.forgotten();
    if incoming.kind.is_private() || !chat_admins::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&forgotten));
    }
    let ask = messages.forget_group_confirm();
    let button = Button::new(&messages.button_forget_group(), Action::ForgetGroup);
    Ok(telegram::plain(&format!("{forgotten}\n\n{ask}")).with_row(vec![button]))
}

/// Removes what is kept of the group in which the button was pressed.
pub fn forget_group(
    ctx: &BotContext,
    update: &PendingUpdate,
    query: &CallbackQuery,
    reader: ReaderContext,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, kind: ChatKind::Group, .. } = query.message else {
        return Ok(None);
    };
    ctx.store.forget_group(chat, Some(&without_personal_data(update)))?;
    Ok(Some(telegram::plain(&reader.messages().group_forgotten())))
}

/// Returns an update in the form in which it may be kept until it is completed, although its sender
/// is forgotten.
pub fn without_personal_data(update: &PendingUpdate) -> PendingUpdate {
    let body = serde_json::from_str(&update.body).unwrap_or_default();
    PendingUpdate { body: redact(&body).to_string(), ..update.clone() }
}

//! Permission to change the settings of a chat: everybody has it in a private chat, only
//! administrators have it in a group.

use super::context::BotContext;
use super::receive::update::{CallbackQuery, IncomingMessage, MessageRef};
use super::send::single_attempt;

/// Returns whether the sender of a message may change the settings of its chat. Asks Telegram in a
/// group.
pub async fn may_configure(ctx: &BotContext, incoming: &IncomingMessage) -> bool {
    incoming.kind.is_private()
        || incoming.sender.is_anonymous_admin
        || single_attempt::is_administrator(&ctx.sender, incoming.chat, incoming.sender.id).await
}

/// Returns whether the user who pressed a button may change the settings of its chat. Asks Telegram
/// in a group.
pub async fn may_press(ctx: &BotContext, query: &CallbackQuery) -> bool {
    let MessageRef::Chat { chat, kind, .. } = query.message else { return false };
    kind.is_private() || single_attempt::is_administrator(&ctx.sender, chat, query.sender.id).await
}

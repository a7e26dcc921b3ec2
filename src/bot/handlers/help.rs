//! `/start` and `/help`, and the welcome in a group.

use super::suggestions;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::ChatKind;
use crate::ids::UpdateId;
use crate::render::messages::Messages;
use crate::render::telegram::Message;

/// Makes the first message to a group: how to ask, suggested questions, and what privacy mode
/// means.
pub async fn welcome(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    is_admin: bool,
) -> Message {
    let messages = reader.messages();
    let mut text = messages.welcome();
    if !ctx.identity.reads_all && !is_admin {
        text = format!("{text}\n\n{}", messages.welcome_privacy(&ctx.identity.username));
    }
    suggestions::with_suggestions(ctx, update, reader, text).await
}

/// Makes the message for `/start` and `/help`.
pub async fn help(ctx: &BotContext, update: UpdateId, reader: ReaderContext) -> Message {
    let text = help_text(reader.messages(), &ctx.identity.username);
    suggestions::with_suggestions(ctx, update, reader, text).await
}

/// Returns the text of the help.
pub fn help_text(messages: &Messages, bot: &str) -> String {
    let parts = [
        messages.start(),
        messages.help_reading(),
        messages.help_filters(),
        messages.help_briefings(),
        messages.help_group(bot),
        messages.help_inline(bot),
    ];
    parts.join("\n\n")
}

/// Makes the page to which the button back to the suggested questions leads: the welcome in a
/// group, the help in a private chat.
pub async fn start_page(
    ctx: &BotContext,
    update: UpdateId,
    kind: ChatKind,
    reader: ReaderContext,
) -> Message {
    match kind {
        ChatKind::Private => help(ctx, update, reader).await,
        ChatKind::Group => welcome(ctx, update, reader, true).await,
    }
}

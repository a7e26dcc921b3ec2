//! `/start` and `/help`, and the welcome in a group.
//!
//! The first page fits on a phone's screen: what to type, and suggested questions. A button opens
//! the page with everything else.

use super::suggestions;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::identity::BotIdentity;
use crate::bot::receive::update::ChatKind;
use crate::ids::UpdateId;
use crate::render::messages::Messages;
use crate::render::telegram::{self, Action, Button, Message};

/// Makes the first message to a group: how to ask, suggested questions, and what privacy mode
/// means. In guest mode, privacy mode hides no mention.
pub async fn welcome(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    is_admin: bool,
) -> Message {
    let (messages, identity) = (reader.messages(), &ctx.identity);
    let mut text = match identity.supports_guests {
        true => messages.welcome_guest(&identity.username),
        false => messages.welcome(),
    };
    if !identity.supports_guests && !identity.reads_all && !is_admin {
        text = format!("{text}\n\n{}", messages.welcome_privacy(&identity.username));
    }
    with_suggestions(ctx, update, reader, text).await
}

/// Makes the message for `/start` and `/help`.
pub async fn help(ctx: &BotContext, update: UpdateId, reader: ReaderContext) -> Message {
    let (messages, identity) = (reader.messages(), &ctx.identity);
    let text = match identity.supports_guests {
        true => format!("{}\n\n{}", messages.start(), messages.help_guest(&identity.username)),
        false => messages.start(),
    };
    with_suggestions(ctx, update, reader, text).await
}

/// Makes the help that a guest query asks for, which is read in a chat of other people.
pub async fn guest_help(ctx: &BotContext, update: UpdateId, reader: ReaderContext) -> Message {
    let text = reader.messages().welcome_guest(&ctx.identity.username);
    with_suggestions(ctx, update, reader, text).await
}

async fn with_suggestions(
    ctx: &BotContext,
    update: UpdateId,
    reader: ReaderContext,
    text: String,
) -> Message {
    let more = Button::new(&reader.messages().button_all_help(), Action::AllHelp);
    let message = suggestions::with_suggestions(ctx, update, reader, text).await;
    message.with_row(vec![more])
}

/// Makes the page with everything that the bot can do.
pub fn all_help(ctx: &BotContext, reader: ReaderContext) -> Message {
    let messages = reader.messages();
    let back = Button::new(&messages.button_examples(), Action::Start);
    telegram::plain(&all_help_text(messages, &ctx.identity)).with_row(vec![back])
}

/// Returns the text of the page with everything that the bot can do.
pub fn all_help_text(messages: &Messages, identity: &BotIdentity) -> String {
    let bot = &identity.username;
    let guest = identity.supports_guests.then(|| messages.help_guest(bot));
    let mentions =
        (!identity.supports_guests && !identity.reads_all).then(|| messages.help_mentions(bot));
    let inline = identity.supports_inline.then(|| messages.help_inline(bot));
    let parts = [
        guest,
        Some(messages.help_reading()),
        Some(messages.help_filters()),
        Some(messages.help_briefings()),
        Some(messages.help_group()),
        mentions,
        inline,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
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

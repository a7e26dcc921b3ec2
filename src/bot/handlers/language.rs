//! `/language`: the language in which the bot speaks in a chat.

use crate::bot::chat_admins;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, IncomingMessage, MessageRef};
use crate::ids::ChatId;
use crate::render::messages::Locale;
use crate::render::telegram::{self, Message};
use crate::store::StoreError;

/// Sets the language of a chat, or offers the languages if the code names none. In a group only
/// administrators may do so.
pub async fn choose_language(
    ctx: &BotContext,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    code: &str,
) -> Result<Message, StoreError> {
    if !chat_admins::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&reader.messages().only_administrators()));
    }
    let Some(locale) = Locale::from_tag(code.trim()) else {
        return Ok(telegram::languages(reader.messages()));
    };
    set_language(ctx, incoming.chat, locale)
}

/// Sets the language that a button names.
pub fn language_chosen(
    ctx: &BotContext,
    query: &CallbackQuery,
    locale: Locale,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, .. } = query.message else { return Ok(None) };
    set_language(ctx, chat, locale).map(Some)
}

fn set_language(ctx: &BotContext, chat: ChatId, locale: Locale) -> Result<Message, StoreError> {
    ctx.store.set_language(chat, locale.code())?;
    Ok(telegram::plain(&locale.messages().language_set()))
}

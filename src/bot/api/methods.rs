//! Messages to requests of the Bot API, one each. What a failure leads to is decided elsewhere.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use teloxide::payloads::{
    EditMessageText, EditMessageTextSetters, SendMessage, SendMessageSetters,
};
use teloxide::requests::Payload;
use teloxide::types::{
    ChatId, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions,
    MessageId, ParseMode, ReplyParameters, ThreadId, True,
};

use crate::bot::api::client::{ApiClient, ApiError};
use crate::bot::api::error::{ApiErrorKind, classify};
use crate::bot::callback_data;
use crate::bot::send::SendTarget;
use crate::render::telegram::{Button, Effect, Message};

/// teloxide's own has no `link_preview_options`.
#[derive(Debug, Clone, Serialize)]
struct EditInline {
    inline_message_id: String,
    text: String,
    parse_mode: ParseMode,
    link_preview_options: LinkPreviewOptions,
    reply_markup: InlineKeyboardMarkup,
}

impl Payload for EditInline {
    type Output = True;
    const NAME: &'static str = "EditMessageText";
}

const TELEGRAM: &str = "https://t.me";
/// So long a server may take over a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);

/// A message that was sent.
#[derive(Deserialize)]
struct SentMessage {
    message_id: i32,
}

/// Id that stands in for the one of a message that was sent, where the response does not name it in a form
/// that can be read. Telegram gives it to no message, so that an edit sends a new one.
pub const UNKNOWN_MESSAGE_ID: i32 = 0;

/// Sends a message; gives its id.
pub async fn send(client: &ApiClient, to: &SendTarget, message: &Message) -> Result<i32, ApiError> {
    let mut request = SendMessage::new(ChatId(to.chat), &message.html)
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview());
    if let Some(thread) = to.topic {
        request = request.message_thread_id(ThreadId(MessageId(thread)));
    }
    if let Some(question) = to.reply_to {
        let mut reply = ReplyParameters::new(MessageId(question)).allow_sending_without_reply();
        if let Some(quote) = &to.quote {
            reply = reply.quote(quote.clone());
        }
        request = request.reply_parameters(reply);
    }
    if to.is_silent {
        request = request.disable_notification(true);
    }
    if !message.buttons.is_empty() {
        request = request.reply_markup(keyboard(message));
    }
    match client.call(&request, SEND_TIMEOUT).await {
        Ok(SentMessage { message_id }) => Ok(message_id),
        Err(ApiError::UnreadableResponse { is_done: true }) => Ok(UNKNOWN_MESSAGE_ID),
        Err(failure) => Err(failure),
    }
}

/// Replaces a message; one that reads like that already is as good.
pub async fn edit(
    client: &ApiClient,
    chat: i64,
    id: i32,
    message: &Message,
) -> Result<i32, ApiError> {
    let request = EditMessageText::new(ChatId(chat), MessageId(id), &message.html)
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview())
        .reply_markup(keyboard(message));
    match client.call(&request, SEND_TIMEOUT).await {
        Ok(IgnoredAny) => Ok(id),
        Err(failure) if classify(&failure) == ApiErrorKind::NotModified => Ok(id),
        Err(failure) => Err(failure),
    }
}

/// Replaces a message that was posted inline.
pub async fn edit_inline(client: &ApiClient, id: &str, message: &Message) -> Result<i32, ApiError> {
    let request = EditInline {
        inline_message_id: id.to_owned(),
        text: message.html.clone(),
        parse_mode: ParseMode::Html,
        link_preview_options: no_preview(),
        reply_markup: keyboard(message),
    };
    match client.call(&request, SEND_TIMEOUT).await {
        Ok(IgnoredAny) => Ok(0),
        Err(failure) if classify(&failure) == ApiErrorKind::NotModified => Ok(0),
        Err(failure) => Err(failure),
    }
}

pub fn keyboard(message: &Message) -> InlineKeyboardMarkup {
    let button = |button: &Button| {
        let label = button.label.clone();
        match &button.effect {
            Effect::Callback(action) => {
                InlineKeyboardButton::callback(label, callback_data::encode(*action))
            }
            Effect::CopyText(text) => {
                InlineKeyboardButton::copy_text_button(label, CopyTextButton { text: text.clone() })
            }
            // An address of ours always parses; `t.me` is at least somewhere.
            Effect::Url(address) => InlineKeyboardButton::url(
                label,
                address.parse().unwrap_or_else(|_| TELEGRAM.parse().expect("it is an address")),
            ),
        }
    };
    let rows = message.buttons.iter().map(|row| row.iter().map(button).collect::<Vec<_>>());
    InlineKeyboardMarkup::new(rows)
}

pub fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

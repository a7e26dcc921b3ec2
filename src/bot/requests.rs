//! Messages to requests of the Bot API, one each. What a refusal leads to is decided elsewhere.

use serde::Serialize;
use teloxide::payloads::{EditMessageTextSetters, SendMessageSetters};
use teloxide::prelude::Requester;
use teloxide::requests::{JsonRequest, Payload, Request};
use teloxide::types::{
    ChatId, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions,
    MessageId, ParseMode, ReplyParameters, ThreadId, True,
};
use teloxide::{Bot, RequestError};

use super::payload;
use super::refusal::{Refusal, classify};
use super::send::Target;
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

/// Sends a message; gives its id.
pub async fn send(bot: &Bot, to: &Target, message: &Message) -> Result<i32, RequestError> {
    let mut request = bot
        .send_message(ChatId(to.chat), &message.html)
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview());
    if let Some(thread) = to.thread {
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
    request.await.map(|sent| sent.id.0)
}

/// Replaces a message; one that reads like that already is as good.
pub async fn edit(bot: &Bot, chat: i64, id: i32, message: &Message) -> Result<i32, RequestError> {
    let request = bot
        .edit_message_text(ChatId(chat), MessageId(id), &message.html)
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview())
        .reply_markup(keyboard(message));
    match request.await {
        Err(error) if classify(&error) == Refusal::NotModified => Ok(id),
        other => other.map(|_| id),
    }
}

/// Replaces a message that was posted inline.
pub async fn edit_inline(bot: &Bot, id: &str, message: &Message) -> Result<i32, RequestError> {
    let request = EditInline {
        inline_message_id: id.to_owned(),
        text: message.html.clone(),
        parse_mode: ParseMode::Html,
        link_preview_options: no_preview(),
        reply_markup: keyboard(message),
    };
    let request = JsonRequest::new(bot.clone(), request).send();
    match request.await {
        Err(error) if classify(&error) == Refusal::NotModified => Ok(0),
        other => other.map(|_| 0),
    }
}

pub(super) fn keyboard(message: &Message) -> InlineKeyboardMarkup {
    let button = |button: &Button| {
        let label = button.label.clone();
        match &button.effect {
            Effect::Do(action) => InlineKeyboardButton::callback(label, payload::button(*action)),
            Effect::Copy(text) => {
                InlineKeyboardButton::copy_text_button(label, CopyTextButton { text: text.clone() })
            }
            // An address of ours always parses; `t.me` is at least somewhere.
            Effect::Open(address) => InlineKeyboardButton::url(
                label,
                address.parse().unwrap_or_else(|_| TELEGRAM.parse().expect("it is an address")),
            ),
        }
    };
    let rows = message.buttons.iter().map(|row| row.iter().map(button).collect::<Vec<_>>());
    InlineKeyboardMarkup::new(rows)
}

pub(super) fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

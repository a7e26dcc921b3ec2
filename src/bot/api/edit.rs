//! Bot API methods that edit a message: its text with its buttons, or only its buttons.

use serde::Serialize;
use serde::de::IgnoredAny;
use std::time::Duration;
use teloxide::requests::Payload;
use teloxide::types::{LinkPreviewOptions, ParseMode, True};

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::keyboard::{Keyboard, no_preview};
use crate::bot::api::target::EditTarget;
use crate::render::telegram::Message;

/// Identifies the message to edit. teloxide's payloads have neither the link preview of an inline
/// message nor ephemeral messages.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum Address {
    Chat { chat_id: i64, message_id: i32 },
    Inline { inline_message_id: String },
    Ephemeral { chat_id: i64, receiver_user_id: i64, ephemeral_message_id: i64 },
}

#[derive(Debug, Clone, Serialize)]
struct Text {
    #[serde(flatten)]
    address: Address,
    text: String,
    parse_mode: ParseMode,
    link_preview_options: LinkPreviewOptions,
    reply_markup: Keyboard,
}

#[derive(Debug, Clone, Serialize)]
struct Buttons {
    #[serde(flatten)]
    address: Address,
    reply_markup: Keyboard,
}

/// Declares the payload of a method with the fields of another type.
macro_rules! payload {
    ($method:ident($fields:ty)) => {
        #[derive(Debug, Clone, Serialize)]
        #[serde(transparent)]
        struct $method($fields);

        impl Payload for $method {
            type Output = True;
            const NAME: &'static str = stringify!($method);
        }
    };
}

payload!(EditMessageText(Text));
payload!(EditEphemeralMessageText(Text));
payload!(EditMessageReplyMarkup(Buttons));
payload!(EditEphemeralMessageReplyMarkup(Buttons));
payload!(DeleteEphemeralMessage(Address));

/// Timeout of an edit.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Replaces the text and the buttons of a message. An edit that would not change the message
/// succeeds.
pub async fn edit_text(
    client: &ApiClient,
    target: &EditTarget,
    message: &Message,
) -> Result<(), ApiError> {
    let text = Text {
        address: address(target),
        text: message.html.clone(),
        parse_mode: ParseMode::Html,
        link_preview_options: no_preview(),
        reply_markup: Keyboard::of(message),
    };
    accept_not_modified(match target {
        EditTarget::Ephemeral { .. } => client.call(&EditEphemeralMessageText(text), TIMEOUT).await,
        EditTarget::Chat { .. } | EditTarget::Inline(_) => {
            client.call(&EditMessageText(text), TIMEOUT).await
        }
    })
}

/// Replaces the buttons of a message by those of `message`. An edit that would not change the
/// message succeeds.
pub async fn edit_buttons(
    client: &ApiClient,
    target: &EditTarget,
    message: &Message,
) -> Result<(), ApiError> {
    let buttons = Buttons { address: address(target), reply_markup: Keyboard::of(message) };
    accept_not_modified(match target {
        EditTarget::Ephemeral { .. } => {
            client.call(&EditEphemeralMessageReplyMarkup(buttons), TIMEOUT).await
        }
        EditTarget::Chat { .. } | EditTarget::Inline(_) => {
            client.call(&EditMessageReplyMarkup(buttons), TIMEOUT).await
        }
    })
}

/// Deletes an ephemeral message. Does nothing for other messages.
pub async fn delete_ephemeral(client: &ApiClient, target: &EditTarget) -> Result<(), ApiError> {
    match target {
        EditTarget::Ephemeral { .. } => {
            let request = DeleteEphemeralMessage(address(target));
            client.call::<_, IgnoredAny>(&request, TIMEOUT).await.map(drop)
        }
        EditTarget::Chat { .. } | EditTarget::Inline(_) => Ok(()),
    }
}

fn address(target: &EditTarget) -> Address {
    match target {
        EditTarget::Chat { chat, message } => {
            Address::Chat { chat_id: chat.get(), message_id: message.get() }
        }
        EditTarget::Inline(id) => Address::Inline { inline_message_id: id.clone() },
        EditTarget::Ephemeral { chat, receiver, message } => Address::Ephemeral {
            chat_id: chat.get(),
            receiver_user_id: receiver.get(),
            ephemeral_message_id: *message,
        },
    }
}

fn accept_not_modified(edited: Result<IgnoredAny, ApiError>) -> Result<(), ApiError> {
    match edited {
        Err(error) if error.kind() != ApiErrorKind::NotModified => Err(error),
        _ => Ok(()),
    }
}

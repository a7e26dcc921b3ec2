//! Ephemeral messages: messages in a group that one person sees.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use teloxide::payloads::{DeleteMessage, SendMessage, SendMessageSetters};
use teloxide::requests::Payload;
use teloxide::types::{self, ParseMode, ThreadId, True};

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::ApiError;
use crate::bot::api::keyboard::{Keyboard, no_preview};
use crate::bot::api::methods::NewMessage;
use crate::ids::{ChatId, TopicId, UserId};
use crate::render::telegram::Message;

/// Recipient of an ephemeral message.
#[derive(Debug, Clone)]
pub struct EphemeralTarget {
    pub chat: ChatId,
    pub topic: Option<TopicId>,
    pub receiver: UserId,
    /// Callback query that the message responds to. Without one, the bot must be an administrator.
    pub callback_query: Option<String>,
}

/// The payload of `sendMessage` for an ephemeral message, which teloxide does not have.
#[derive(Debug, Clone, Serialize)]
struct SendEphemeralMessage {
    #[serde(flatten)]
    message: NewMessage,
    ephemeral_message_parameters: EphemeralMessageParameters,
}

#[derive(Debug, Clone, Serialize)]
struct EphemeralMessageParameters {
    receiver_user_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_query_id: Option<String>,
    /// Whether the receiver sees the message in the place of the one with the pressed button.
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_callback_query_message: Option<True>,
}

impl Payload for SendEphemeralMessage {
    type Output = IgnoredAny;
    const NAME: &'static str = "SendMessage";
}

#[derive(Deserialize)]
struct SentMessage {
    message_id: i32,
    ephemeral_message_id: Option<i64>,
}

/// Timeout of the request. Telegram accepts no ephemeral message later than 15 s after the press.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Sends an ephemeral message. Returns whether the server supports ephemeral messages: an older
/// server ignores the parameter and sends the message to everybody, which is deleted then.
pub async fn send_ephemeral(
    client: &ApiClient,
    to: &EphemeralTarget,
    message: &Message,
) -> Result<bool, ApiError> {
    let mut request = SendMessage::new(types::ChatId(to.chat.get()), &message.html)
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview());
    if let Some(topic) = to.topic {
        request = request.message_thread_id(ThreadId(types::MessageId(topic.get())));
    }
    let parameters = EphemeralMessageParameters {
        receiver_user_id: to.receiver.get(),
        callback_query_id: to.callback_query.clone(),
        replace_callback_query_message: to.callback_query.as_ref().map(|_| True),
    };
    let message = NewMessage { message: request, reply_markup: Keyboard::of_new(message) };
    let request = SendEphemeralMessage { message, ephemeral_message_parameters: parameters };
    match client.call::<_, SentMessage>(&request, TIMEOUT).await {
        Ok(SentMessage { ephemeral_message_id: Some(_), .. })
        | Err(ApiError::UnreadableResponse { is_done: true }) => Ok(true),
        Ok(SentMessage { message_id, ephemeral_message_id: None }) => {
            let chat = types::ChatId(to.chat.get());
            let delete = DeleteMessage::new(chat, types::MessageId(message_id));
            client.call::<_, IgnoredAny>(&delete, TIMEOUT).await?;
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

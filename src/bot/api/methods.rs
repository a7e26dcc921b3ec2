//! Bot API methods: one request each, without retries.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use teloxide::payloads::{
    AnswerCallbackQuery, AnswerCallbackQuerySetters, GetChatMember, GetFile, GetMe, SendMessage,
    SendMessageSetters,
};
use teloxide::requests::Payload;
use teloxide::types::{self, CallbackQueryId, FileId, ParseMode, ReplyParameters, ThreadId};

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::ApiError;
use crate::bot::api::keyboard::{Keyboard, no_preview};
use crate::bot::api::target::SendTarget;
use crate::ids::{ChatId, MessageId, UserId};
use crate::render::telegram::Message;

/// The payload of `sendMessage` with our own keyboard.
#[derive(Debug, Clone, Serialize)]
pub struct NewMessage {
    #[serde(flatten)]
    pub message: SendMessage,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_markup: Option<Keyboard>,
}

impl Payload for NewMessage {
    type Output = IgnoredAny;
    const NAME: &'static str = SendMessage::NAME;
}

#[derive(Deserialize)]
struct SentMessage {
    message_id: i32,
}

#[derive(Deserialize)]
struct ChatMember {
    status: String,
}

#[derive(Deserialize)]
struct File {
    file_path: String,
}

/// The bot's account, as `getMe` returns it.
#[derive(Deserialize)]
pub struct BotAccount {
    pub id: i64,
    pub username: String,
    /// Whether privacy mode is off.
    #[serde(default)]
    pub can_read_all_group_messages: bool,
    #[serde(default)]
    pub supports_inline_queries: bool,
    /// Whether guest mode is on.
    #[serde(default)]
    pub supports_guest_queries: bool,
    /// Whether private chats have topics.
    #[serde(default)]
    pub has_topics_enabled: bool,
}

/// Timeout of sending a message.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);
/// Timeout of a request that a reader waits for.
const INTERACTIVE_TIMEOUT: Duration = Duration::from_secs(8);
/// Timeout of the request that checks whether there is a Bot API server.
const PROBE_TIMEOUT: Duration = Duration::from_secs(8);

/// Sends a message, and returns its id, or `None` if the message was sent and the response cannot
/// be parsed.
pub async fn send_message(
    client: &ApiClient,
    to: &SendTarget,
    message: &Message,
) -> Result<Option<MessageId>, ApiError> {
    let mut request = SendMessage::new(types::ChatId(to.chat.get()), &message.html)
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview());
    if let Some(topic) = to.topic {
        request = request.message_thread_id(ThreadId(types::MessageId(topic.get())));
    }
    if let Some(replied) = to.reply_to {
        let mut reply =
            ReplyParameters::new(types::MessageId(replied.get())).allow_sending_without_reply();
        if let Some(quote) = &to.quote {
            reply = reply.quote(quote.clone());
        }
        request = request.reply_parameters(reply);
    }
    if to.is_silent {
        request = request.disable_notification(true);
    }
    let request = NewMessage { message: request, reply_markup: Keyboard::of_new(message) };
    match client.call(&request, SEND_TIMEOUT).await {
        Ok(SentMessage { message_id }) => Ok(Some(MessageId::new(message_id))),
        Err(ApiError::UnreadableResponse { is_done: true }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Answers a callback query, which ends the progress bar on the button. The reader sees `notice`.
pub async fn answer_callback_query(
    client: &ApiClient,
    id: &str,
    notice: Option<&str>,
) -> Result<(), ApiError> {
    let mut request = AnswerCallbackQuery::new(CallbackQueryId(id.to_owned()));
    if let Some(notice) = notice {
        request = request.text(notice);
    }
    client.call::<_, IgnoredAny>(&request, INTERACTIVE_TIMEOUT).await.map(drop)
}

/// Returns whether a user is an administrator or the creator of a group.
pub async fn is_administrator(
    client: &ApiClient,
    chat: ChatId,
    user: UserId,
) -> Result<bool, ApiError> {
    // A negative id belongs to a chat, which cannot be an administrator.
    let Ok(user) = u64::try_from(user.get()) else { return Ok(false) };
    let request = GetChatMember::new(types::ChatId(chat.get()), types::UserId(user));
    let ChatMember { status } = client.call(&request, INTERACTIVE_TIMEOUT).await?;
    Ok(matches!(status.as_str(), "creator" | "administrator"))
}

/// Downloads a file by its id. A file larger than `max_bytes` is an error.
pub async fn download_file(
    client: &ApiClient,
    id: &str,
    max_bytes: u64,
) -> Result<Vec<u8>, ApiError> {
    let request = GetFile::new(FileId(id.to_owned()));
    let File { file_path } = client.call(&request, INTERACTIVE_TIMEOUT).await?;
    client.download(&file_path, max_bytes).await
}

/// Returns the bot's account.
pub async fn get_me(client: &ApiClient, timeout: Duration) -> Result<BotAccount, ApiError> {
    client.call(&GetMe::new(), timeout).await
}

/// Returns whether a Bot API server returns a response, even if the response is an error.
pub async fn probe(client: &ApiClient) -> bool {
    let response = client.call::<_, IgnoredAny>(&GetMe::new(), PROBE_TIMEOUT).await;
    matches!(response, Ok(_) | Err(ApiError::Rejected { .. }))
}

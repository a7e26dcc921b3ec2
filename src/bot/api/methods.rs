//! Bot API methods: one request each, without retries.

use std::time::Duration;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use teloxide::payloads::{
    AnswerCallbackQuery, AnswerCallbackQuerySetters, EditMessageText, EditMessageTextSetters,
    GetChatMember, GetFile, GetMe, SendMessage, SendMessageSetters,
};
use teloxide::requests::Payload;
use teloxide::types::{
    self, CallbackQueryId, CopyTextButton, FileId, InlineKeyboardButton, InlineKeyboardMarkup,
    LinkPreviewOptions, ParseMode, ReplyParameters, ThreadId, True,
};

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::target::SendTarget;
use crate::bot::callback_data;
use crate::ids::{ChatId, MessageId, UserId};
use crate::render::telegram::{Button, Effect, Message};

/// The payload of `editMessageText` for a message that was sent via inline mode. teloxide's payload
/// has no `link_preview_options`.
#[derive(Debug, Clone, Serialize)]
struct EditInlineMessageText {
    inline_message_id: String,
    text: String,
    parse_mode: ParseMode,
    link_preview_options: LinkPreviewOptions,
    reply_markup: InlineKeyboardMarkup,
}

impl Payload for EditInlineMessageText {
    type Output = True;
    const NAME: &'static str = "EditMessageText";
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

const TELEGRAM_URL: &str = "https://t.me";
/// Timeout of sending or editing a message.
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
    if !message.buttons.is_empty() {
        request = request.reply_markup(keyboard(message));
    }
    match client.call(&request, SEND_TIMEOUT).await {
        Ok(SentMessage { message_id }) => Ok(Some(MessageId::new(message_id))),
        Err(ApiError::UnreadableResponse { is_done: true }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Edits a message. An edit that would not change the message succeeds.
pub async fn edit_message(
    client: &ApiClient,
    chat: ChatId,
    id: MessageId,
    message: &Message,
) -> Result<(), ApiError> {
    let request =
        EditMessageText::new(types::ChatId(chat.get()), types::MessageId(id.get()), &message.html)
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview())
            .reply_markup(keyboard(message));
    accept_not_modified(client.call(&request, SEND_TIMEOUT).await)
}

/// Edits a message that was sent via inline mode. An edit that would not change the message
/// succeeds.
pub async fn edit_inline_message(
    client: &ApiClient,
    id: &str,
    message: &Message,
) -> Result<(), ApiError> {
    let request = EditInlineMessageText {
        inline_message_id: id.to_owned(),
        text: message.html.clone(),
        parse_mode: ParseMode::Html,
        link_preview_options: no_preview(),
        reply_markup: keyboard(message),
    };
    accept_not_modified(client.call(&request, SEND_TIMEOUT).await)
}

fn accept_not_modified(edited: Result<IgnoredAny, ApiError>) -> Result<(), ApiError> {
    match edited {
        Err(error) if error.kind() != ApiErrorKind::NotModified => Err(error),
        _ => Ok(()),
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

/// Returns the inline keyboard with a message's buttons.
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
            Effect::Url(url) => InlineKeyboardButton::url(
                label,
                // The bot's own URLs always parse. The fallback keeps the keyboard valid.
                url.parse().unwrap_or_else(|_| TELEGRAM_URL.parse().expect("the URL is valid")),
            ),
        }
    };
    let rows = message.buttons.iter().map(|row| row.iter().map(button).collect::<Vec<_>>());
    InlineKeyboardMarkup::new(rows)
}

/// Returns options that disable the link preview.
pub fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

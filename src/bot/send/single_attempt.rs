//! What is asked of Telegram once besides messages: answers to presses and inline queries, members, files. Whoever
//! misses one asks again.

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use teloxide::payloads::{
    AnswerCallbackQuery, AnswerCallbackQuerySetters, AnswerInlineQuery, AnswerInlineQuerySetters,
    GetChatMember, GetFile,
};
use teloxide::types::{
    CallbackQueryId, ChatId, FileId, InlineQueryId, InlineQueryResult, InlineQueryResultsButton,
    UserId,
};

use crate::bot::api::client::ApiError;
use crate::bot::api::error::ApiErrorKind;
use crate::bot::send::Sender;

/// Of a member of a group.
#[derive(Deserialize)]
struct ChatMember {
    status: String,
}

/// Where a file can be fetched.
#[derive(Deserialize)]
struct FilePath {
    file_path: String,
}

/// How long Telegram may answer the same words of the same person by itself: short enough for an
/// edit of the articles to be seen.
pub const INLINE_CACHE_SECONDS: u32 = 300;
/// What somebody waits for before an answer; an inline query is forgotten soon after.
const ONCE_TIMEOUT: Duration = Duration::from_secs(8);

/// Answers a pressed button, so that it stops glowing. Not repeated: a late answer is refused.
pub async fn answer_callback(sender: &Sender, id: &CallbackQueryId, notice: Option<&str>) {
    let mut request = AnswerCallbackQuery::new(id.clone());
    if let Some(notice) = notice {
        request = request.text(notice);
    }
    if let Err(failure) = sender.client.call::<_, IgnoredAny>(&request, ONCE_TIMEOUT).await {
        log_failure(sender, &failure, "a pressed button could not be answered");
    }
}

/// Whether somebody is an administrator of a group; no, if Telegram does not say.
pub async fn is_administrator(sender: &Sender, chat: i64, person: i64) -> bool {
    let Ok(person) = u64::try_from(person) else { return false };
    let request = GetChatMember::new(ChatId(chat), UserId(person));
    match sender.client.call(&request, ONCE_TIMEOUT).await {
        Ok(ChatMember { status }) => matches!(status.as_str(), "creator" | "administrator"),
        Err(error) => {
            log_failure(sender, &error, "a group's member could not be looked up");
            false
        }
    }
}

/// Sends a file, and says whether it is out. Not repeated: the button is still there.
pub async fn send_file(sender: &Sender, chat: i64, name: &str, content: Vec<u8>) -> bool {
    let sent = sender.client.send_file(chat, name, content).await;
    if let Err(failure) = &sent {
        log_failure(sender, failure, "a file could not be sent");
    }
    sent.is_ok()
}

/// Fetches a file that somebody sent, of at most `limit` bytes. Not repeated: it can be sent again.
pub async fn download(sender: &Sender, id: &str, limit: u64) -> Option<Vec<u8>> {
    let request = GetFile::new(FileId(id.to_owned()));
    let file: Result<FilePath, _> = sender.client.call(&request, ONCE_TIMEOUT).await;
    let content = match file {
        Ok(file) => sender.client.download_file(&file.file_path, limit).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = &content {
        log_failure(sender, failure, "a file could not be fetched");
    }
    content.ok()
}

/// Answers an inline query, which Telegram may repeat to the same person for so many seconds, and
/// returns whether it is answered. Not repeated: the next keystroke asks again.
pub async fn answer_inline(
    sender: &Sender,
    id: &str,
    results: Vec<InlineQueryResult>,
    next_offset: &str,
    button: Option<InlineQueryResultsButton>,
    cache_seconds: u32,
) -> bool {
    let mut request = AnswerInlineQuery::new(InlineQueryId(id.to_owned()), results)
        .cache_time(cache_seconds)
        // Another reader may have another language.
        .is_personal(true)
        .next_offset(next_offset);
    if let Some(button) = button {
        request = request.button(button);
    }
    let answered = sender.client.call::<_, IgnoredAny>(&request, ONCE_TIMEOUT).await;
    if let Err(failure) = &answered {
        log_failure(sender, failure, "an inline query could not be answered");
    }
    answered.is_ok()
}

/// Logs what is not tried again. That the network fails is said of the outage alone.
fn log_failure(sender: &Sender, failure: &ApiError, what: &str) {
    match sender.health.count_error(failure) {
        ApiErrorKind::StaleQuery | ApiErrorKind::Transient => {}
        // None of these belongs to a chat: the limit is that of the bot.
        ApiErrorKind::RetryAfter(wait) => {
            sender.block_all(wait);
            tracing::warn!(seconds = wait.as_secs(), "{what}, since Telegram has the bot wait");
        }
        refusal => tracing::warn!(?refusal, "{what}"),
    }
}

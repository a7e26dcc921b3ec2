//! Requests that are not queued: answers to callback, inline and guest queries, messages for one
//! person, look-ups, and files.
//!
//! A failure is logged once. A later attempt would be too late, or the reader can press or type
//! again.

use std::time::Duration;

use url::Url;

use crate::bot::api::diagnosis;
use crate::bot::api::edit;
use crate::bot::api::ephemeral::{self, EphemeralTarget};
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::guest;
use crate::bot::api::inline::{self, InlineAnswer, InlineResult};
use crate::bot::api::methods;
use crate::bot::api::target::EditTarget;
use crate::bot::backoff::RetryPolicy;
use crate::bot::send::sender::Sender;
use crate::doctor::TelegramFacts;
use crate::ids::{ChatId, UserId};
use crate::render::telegram::Message;

/// Maximum number of further attempts at the answer to a guest query.
const MAX_GUEST_RETRIES: u32 = 2;
/// Delays between these attempts.
const GUEST_RETRY: RetryPolicy =
    RetryPolicy::exponential(Duration::from_millis(300), Duration::from_secs(1));

/// Answers the callback query with this id. The reader sees `notice`.
pub async fn answer_callback(sender: &Sender, id: &str, notice: Option<&str>) {
    let answered = methods::answer_callback_query(&sender.client, id, notice).await;
    log_error(sender, &answered, "a callback query could not be answered");
}

/// Answers the inline query with this id. Returns whether the answer was delivered.
pub async fn answer_inline(sender: &Sender, id: &str, answer: InlineAnswer) -> bool {
    let answered = inline::answer_inline_query(&sender.client, id, answer).await;
    log_error(sender, &answered, "an inline query could not be answered");
    answered.is_ok()
}

/// Answers the guest query with this id. Returns whether the answer was delivered.
///
/// A request that got no response is made again, twice at most: the reader has no other way to get
/// the answer, and Telegram rejects a second answer to the same query.
pub async fn answer_guest(sender: &Sender, id: &str, result: InlineResult) -> bool {
    let mut failures = 0;
    loop {
        let answered = guest::answer_guest_query(&sender.client, id, result.clone()).await;
        let kind = answered.as_ref().err().map(ApiError::kind);
        match (kind, failures) {
            (Some(ApiErrorKind::Transient), 0..MAX_GUEST_RETRIES) => {
                tokio::time::sleep(GUEST_RETRY.delay(failures)).await;
                failures += 1;
            }
            // An earlier attempt may have arrived.
            (Some(ApiErrorKind::StaleQuery), 1..) => return true,
            _ => {
                log_error(sender, &answered, "a guest query could not be answered");
                return answered.is_ok();
            }
        }
    }
}

/// Sends a message that one person in a group sees. Returns whether the server supports such
/// messages, or `None` if the message was not sent, also because of the limits of the chat.
pub async fn send_ephemeral(
    sender: &Sender,
    to: &EphemeralTarget,
    message: &Message,
) -> Option<bool> {
    if !sender.try_reserve(to.chat) {
        return None;
    }
    let sent = ephemeral::send_ephemeral(&sender.client, to, message).await;
    match &sent {
        Err(error) if let ApiErrorKind::RetryAfter(wait) = error.kind() => {
            sender.health.count_error(error);
            sender.block_chat(to.chat, wait);
        }
        Ok(_) | Err(_) => log_error(sender, &sent, "a message for one person could not be sent"),
    }
    sent.ok()
}

/// Deletes a message that one person in a group sees.
pub async fn delete_ephemeral(sender: &Sender, target: &EditTarget) {
    let deleted = edit::delete_ephemeral(&sender.client, target).await;
    log_error(sender, &deleted, "a message for one person could not be deleted");
}

/// Returns whether a user is an administrator of a group, and `false` after an error.
pub async fn is_administrator(sender: &Sender, chat: ChatId, user: Option<UserId>) -> bool {
    let Some(user) = user else { return false };
    let found = methods::is_administrator(&sender.client, chat, user).await;
    log_error(sender, &found, "a member of a group could not be looked up");
    found.unwrap_or(false)
}

/// Sends a file. Returns whether it was delivered.
pub async fn send_file(sender: &Sender, chat: ChatId, name: &str, content: Vec<u8>) -> bool {
    let sent = sender.client.send_document(chat, name, content).await;
    log_error(sender, &sent, "a file could not be sent");
    sent.is_ok()
}

/// Asks Telegram about the bot, for a self-diagnosis. `webhook` is that of the configuration.
pub async fn telegram_facts(sender: &Sender, webhook: Option<&Url>) -> TelegramFacts {
    diagnosis::telegram_facts(&sender.client, webhook).await
}

/// Downloads a file of at most `max_bytes`. Returns `None` after an error.
pub async fn download(sender: &Sender, id: &str, max_bytes: u64) -> Option<Vec<u8>> {
    let content = methods::download_file(&sender.client, id, max_bytes).await;
    log_error(sender, &content, "a file could not be downloaded");
    content.ok()
}

/// Logs the error of a request, unless it is a network failure, whose outage is logged elsewhere,
/// or an expired query.
fn log_error<T>(sender: &Sender, response: &Result<T, ApiError>, failure: &str) {
    let Err(error) = response else { return };
    match sender.health.count_error(error) {
        ApiErrorKind::StaleQuery | ApiErrorKind::Transient => {}
        // Telegram does not say which limit was exceeded, so all messages wait.
        ApiErrorKind::RetryAfter(wait) => {
            sender.block_all(wait);
            tracing::warn!(
                seconds = wait.as_secs(),
                "{failure}: Telegram's rate limit is exceeded"
            );
        }
        kind => tracing::warn!(?kind, "{failure}"),
    }
}

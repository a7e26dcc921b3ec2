//! Requests that are not retried: answers to callback queries and inline queries, look-ups, and
//! files.
//!
//! A failure is logged once. A later attempt would be too late, or the reader can press or type
//! again.

use url::Url;

use crate::bot::api::diagnosis;
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::inline::{self, InlineAnswer};
use crate::bot::api::methods;
use crate::bot::send::sender::Sender;
use crate::doctor::TelegramFacts;
use crate::ids::{ChatId, UserId};

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

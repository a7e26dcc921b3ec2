//! The bot's account at Telegram.

use std::time::Instant;

use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::api::client::{ApiClient, ApiError};
use super::api::error::ApiErrorKind;
use super::error::BotError;
use super::operations::health::Health;
use super::receive::polling::{self, sleep_or_stop};
use teloxide::payloads::GetMe;

/// Account of the bot at Telegram.
#[derive(Debug, Clone)]
pub struct BotIdentity {
    pub id: i64,
    pub username: String,
    /// Whether the bot receives all messages of a group, that is, whether privacy mode is off.
    pub reads_all: bool,
}

/// Response to `getMe`.
#[derive(Deserialize)]
struct GetMeResponse {
    id: i64,
    username: String,
    #[serde(default)]
    can_read_all_group_messages: bool,
    #[serde(default)]
    supports_inline_queries: bool,
}

/// Asks Telegram for the account of the bot, and retries while Telegram cannot be reached. Returns `None` if the
/// bot is stopped before.
pub async fn identify(
    client: &ApiClient,
    health: &Health,
    stop: &CancellationToken,
) -> Result<Option<BotIdentity>, BotError> {
    let mut outage = polling::Outage::default();
    loop {
        let (started, request) = (Instant::now(), GetMe::new());
        let asked = tokio::select! {
            asked = client.call::<_, GetMeResponse>(&request, polling::NETWORK_TIMEOUT) => asked,
            () = stop.cancelled() => return Ok(None),
        };
        match asked {
            Ok(account) => {
                outage.ended();
                health.reached(Instant::now());
                tracing::info!(
                    bot = account.username,
                    reads_all_group_messages = account.can_read_all_group_messages,
                    "connected to Telegram"
                );
                if !account.supports_inline_queries {
                    tracing::info!("inline mode is off; @BotFather turns it on with /setinline");
                }
                return Ok(Some(BotIdentity {
                    id: account.id,
                    username: account.username,
                    reads_all: account.can_read_all_group_messages,
                }));
            }
            // A token of the wrong form is answered with 404.
            Err(ApiError::Rejected { code: 404, .. }) => return Err(BotError::WrongToken),
            Err(failure) => match health.count_error(&failure) {
                ApiErrorKind::WrongToken => return Err(BotError::WrongToken),
                ApiErrorKind::RetryAfter(wait) => sleep_or_stop(wait, stop).await,
                _ => outage.wait(client, &failure, started, stop).await,
            },
        }
        if stop.is_cancelled() {
            return Ok(None);
        }
    }
}

//! The bot's account at Telegram.

use std::time::Instant;

use tokio_util::sync::CancellationToken;

use super::api::client::ApiClient;
use super::api::error::{ApiError, ApiErrorKind};
use super::api::methods;
use super::backoff::sleep_or_stop;
use super::error::BotError;
use super::operations::bot_health::Health;
use super::outage::{NETWORK_TIMEOUT, Outage};
use crate::ids::UserId;

/// Account of the bot at Telegram.
#[derive(Debug, Clone)]
pub struct BotIdentity {
    pub id: UserId,
    pub username: String,
    /// Whether the bot receives all messages of a group, that is, whether privacy mode is off.
    pub reads_all: bool,
    pub supports_inline: bool,
    /// Whether the bot can be asked in chats that it is not a member of.
    pub supports_guests: bool,
}

/// Asks Telegram for the account of the bot, and retries while Telegram cannot be reached. Returns
/// `None` if the bot is stopped before.
pub async fn identify(
    client: &ApiClient,
    health: &Health,
    stop: &CancellationToken,
) -> Result<Option<BotIdentity>, BotError> {
    let mut outage = Outage::default();
    loop {
        let started = Instant::now();
        let asked = tokio::select! {
            asked = methods::get_me(client, NETWORK_TIMEOUT) => asked,
            () = stop.cancelled() => return Ok(None),
        };
        match asked {
            Ok(account) => {
                outage.ended();
                health.telegram_seen(Instant::now());
                tracing::info!(
                    bot = account.username,
                    way = %client.route(),
                    reads_all_group_messages = account.can_read_all_group_messages,
                    "connected to Telegram"
                );
                if !account.supports_inline_queries {
                    tracing::info!("inline mode is off; @BotFather turns it on with /setinline");
                }
                if !account.supports_guest_queries {
                    tracing::info!(
                        "guest mode is off; it is a switch in the settings of the bot in @BotFather"
                    );
                }
                return Ok(Some(BotIdentity {
                    id: UserId::new(account.id),
                    username: account.username,
                    reads_all: account.can_read_all_group_messages,
                    supports_inline: account.supports_inline_queries,
                    supports_guests: account.supports_guest_queries,
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

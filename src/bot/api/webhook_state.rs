//! The webhook of a bot that need not run: whether one is set, and its removal.

use std::time::Duration;

use teloxide::payloads::{DeleteWebhook, DeleteWebhookSetters};
use teloxide::types::True;
use url::{Position, Url};

use crate::bot::api::client::{ApiClient, ApiError, shortened};
use crate::bot::api::error::{ApiErrorKind, classify};
use crate::bot::error::BotError;
use crate::bot::receive::webhook::GetWebhookInfo;
use crate::bot::server_time::ServerTime;
use crate::config::BotToken;

/// A webhook that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookState {
    /// The scheme, host and port that Telegram calls. The path may hold a secret.
    pub address: String,
    /// Number of updates that wait.
    pub waiting: u64,
    /// Why the last update could not be brought, in Telegram's words.
    pub last_error: Option<String>,
}

const STATE_TIMEOUT: Duration = Duration::from_secs(15);

/// Returns the webhook that is set, if there is one.
pub async fn webhook_state(
    token: &BotToken,
    api_url: Option<&str>,
) -> Result<Option<WebhookState>, BotError> {
    let client = client(token, api_url)?;
    state(&client).await.map_err(|failure| bot_error(&client, &failure))
}

/// Removes the webhook, and returns the one that was set, if there was one. The updates that wait are kept.
pub async fn delete_webhook(
    token: &BotToken,
    api_url: Option<&str>,
) -> Result<Option<WebhookState>, BotError> {
    let client = client(token, api_url)?;
    let deleted = async {
        let before = state(&client).await?;
        if before.is_some() {
            let request = DeleteWebhook::new().drop_pending_updates(false);
            let True = client.call(&request, STATE_TIMEOUT).await?;
        }
        Ok(before)
    };
    deleted.await.map_err(|failure| bot_error(&client, &failure))
}

async fn state(client: &ApiClient) -> Result<Option<WebhookState>, ApiError> {
    let info = client
        .call::<_, crate::bot::receive::webhook::WebhookInfo>(&GetWebhookInfo {}, STATE_TIMEOUT)
        .await?;
    Ok((!info.url.is_empty()).then(|| WebhookState {
        address: Url::parse(&info.url).map_or_else(
            |_| "an address that cannot be read".into(),
            |url| {
                let scheme = url.scheme();
                format!("{scheme}://{}", &url[Position::BeforeHost..Position::AfterPort])
            },
        ),
        waiting: info.pending_update_count,
        last_error: info.last_error_message.as_deref().map(shortened),
    }))
}

fn client(token: &BotToken, api_url: Option<&str>) -> Result<ApiClient, BotError> {
    let client = ApiClient::new(api_url, token.expose(), ServerTime::default());
    client.map_err(BotError::BadApiUrl)
}

fn bot_error(client: &ApiClient, failure: &ApiError) -> BotError {
    match (failure, classify(failure)) {
        // A token of the wrong form is answered with 404.
        (ApiError::Rejected { code: 404, .. }, _) | (_, ApiErrorKind::WrongToken) => {
            BotError::WrongToken
        }
        _ => BotError::Unreachable {
            host: client.host(),
            way: client.route(),
            cause: failure.to_string(),
        },
    }
}

//! Methods for a webhook: `setWebhook`, `getWebhookInfo` and `deleteWebhook`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use teloxide::payloads::{DeleteWebhook, DeleteWebhookSetters};
use teloxide::requests::Payload;
use teloxide::types::True;
use url::{Position, Url};

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::ApiError;
use crate::bot::api::text::log_safe;
use crate::config::WebhookSecret;

/// The state of a webhook that is set, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookState {
    /// The scheme, host and port of the webhook's URL. Its path is left out, since it may be a
    /// secret.
    pub address: String,
    /// The number of updates that wait for delivery.
    pub waiting: u64,
    /// Telegram's description of the last failed delivery.
    pub last_error: Option<String>,
}

/// The payload of `setWebhook`, with allowed updates of the kinds `K`.
#[derive(Debug, Clone, Serialize)]
pub struct SetWebhook<K> {
    pub url: Url,
    pub secret_token: WebhookSecret,
    pub allowed_updates: Vec<K>,
    pub max_connections: u8,
    pub drop_pending_updates: bool,
}

impl<K> Payload for SetWebhook<K> {
    type Output = True;
    const NAME: &'static str = "SetWebhook";
}

#[derive(Debug, Clone, Serialize)]
struct GetWebhookInfo {}

impl Payload for GetWebhookInfo {
    type Output = WebhookInfo;
    const NAME: &'static str = "GetWebhookInfo";
}

/// The result of `getWebhookInfo`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct WebhookInfo {
    /// Empty if no webhook is set.
    pub url: String,
    pub pending_update_count: u64,
    /// In Unix seconds.
    pub last_error_date: Option<i64>,
    pub last_error_message: Option<String>,
}

const TIMEOUT: Duration = Duration::from_secs(15);

/// Sets a webhook.
pub async fn set_webhook<K: Serialize>(
    client: &ApiClient,
    request: &SetWebhook<K>,
) -> Result<(), ApiError> {
    client.call(request, TIMEOUT).await.map(|True| ())
}

/// Returns the webhook that is set.
pub async fn get_webhook_info(
    client: &ApiClient,
    timeout: Duration,
) -> Result<WebhookInfo, ApiError> {
    client.call(&GetWebhookInfo {}, timeout).await
}

/// Returns the state of the webhook, or `None` if none is set.
pub async fn webhook_state(client: &ApiClient) -> Result<Option<WebhookState>, ApiError> {
    let info = get_webhook_info(client, TIMEOUT).await?;
    Ok((!info.url.is_empty()).then(|| WebhookState {
        address: address(&info.url),
        waiting: info.pending_update_count,
        last_error: info.last_error_message.as_deref().map(log_safe),
    }))
}

/// Returns the scheme, host and port of a webhook's URL, whose path may be a secret.
pub fn address(url: &str) -> String {
    Url::parse(url).map_or_else(
        |_| "an address that cannot be read".into(),
        |url| {
            let scheme = url.scheme();
            format!("{scheme}://{}", &url[Position::BeforeHost..Position::AfterPort])
        },
    )
}

/// Deletes the webhook, and returns its state before. Pending updates are kept.
pub async fn delete_webhook(client: &ApiClient) -> Result<Option<WebhookState>, ApiError> {
    let before = webhook_state(client).await?;
    if before.is_some() {
        let request = DeleteWebhook::new().drop_pending_updates(false);
        let True = client.call(&request, TIMEOUT).await?;
    }
    Ok(before)
}

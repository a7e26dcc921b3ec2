//! Long polling: `getUpdates`.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use teloxide::requests::Payload;

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::ApiError;
use crate::bot::api::response::UpdateBatch;

/// The payload of `getUpdates`, with allowed updates of the kinds `K`. teloxide's own result drops
/// updates that it cannot parse.
#[derive(Debug, Clone, Serialize)]
pub struct GetUpdates<K> {
    /// The id of the first update to return, which confirms all updates before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    /// Maximum number of updates to return.
    pub limit: u8,
    /// Time for which Telegram waits for an update if there is none, in seconds.
    pub timeout: u8,
    pub allowed_updates: Vec<K>,
}

impl<K> Payload for GetUpdates<K> {
    type Output = Vec<Value>;
    const NAME: &'static str = "GetUpdates";
}

/// Waits for updates. `network_timeout` is added to the time for which Telegram waits.
pub async fn get_updates<K: Serialize>(
    client: &ApiClient,
    request: &GetUpdates<K>,
    network_timeout: Duration,
) -> Result<UpdateBatch, ApiError> {
    let timeout = Duration::from_secs(request.timeout.into()) + network_timeout;
    client.poll(request, timeout).await
}

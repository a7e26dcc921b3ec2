//! Requests of the commands `webhook` and `doctor`. The bot need not run.

use url::Url;

use crate::bot::api::client::ApiClient;
use crate::bot::api::diagnosis;
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::webhook::{self, WebhookState};
use crate::bot::error::BotError;
use crate::bot::server_time::ServerTime;
use crate::config::{BotToken, Proxies};
use crate::doctor::TelegramFacts;

/// Returns the state of the webhook, or `None` if none is set.
pub async fn webhook_state(
    token: &BotToken,
    api_url: Option<&str>,
    proxies: &Proxies,
) -> Result<Option<WebhookState>, BotError> {
    let client = client(token, api_url, proxies)?;
    webhook::webhook_state(&client).await.map_err(|error| bot_error(&client, &error))
}

/// Deletes the webhook, and returns its state before. Pending updates are kept.
pub async fn delete_webhook(
    token: &BotToken,
    api_url: Option<&str>,
    proxies: &Proxies,
) -> Result<Option<WebhookState>, BotError> {
    let client = client(token, api_url, proxies)?;
    webhook::delete_webhook(&client).await.map_err(|error| bot_error(&client, &error))
}

/// Asks Telegram about the bot. `webhook` is that of the configuration.
pub async fn look_at_telegram(
    token: &BotToken,
    api_url: Option<&str>,
    proxies: &Proxies,
    webhook: Option<&Url>,
) -> Result<TelegramFacts, BotError> {
    let client = client(token, api_url, proxies)?;
    Ok(diagnosis::telegram_facts(&client, webhook).await)
}

fn client(
    token: &BotToken,
    api_url: Option<&str>,
    proxies: &Proxies,
) -> Result<ApiClient, BotError> {
    let client = ApiClient::new(api_url, proxies, token.expose(), ServerTime::default());
    client.map_err(BotError::BadApiUrl)
}

fn bot_error(client: &ApiClient, error: &ApiError) -> BotError {
    match (error, error.kind()) {
        // Telegram returns 404 for a token of the wrong form.
        (ApiError::Rejected { code: 404, .. }, _) | (_, ApiErrorKind::WrongToken) => {
            BotError::WrongToken
        }
        _ => BotError::Unreachable {
            host: client.host(),
            way: client.route().to_string(),
            cause: error.to_string(),
            hint: client.route().hint(),
        },
    }
}

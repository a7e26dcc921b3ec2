//! The webhook of a bot that need not run: whether one is set, and its removal.

use std::time::Duration;

use teloxide::payloads::{DeleteWebhook, DeleteWebhookSetters};
use teloxide::types::True;
use url::{Position, Url};

use super::Trouble;
use super::refusal::{Refusal, classify};
use super::server_time::ServerTime;
use super::webhook::GetWebhookInfo;
use super::wire::{Failure, Wire, readable};
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

const WITHIN: Duration = Duration::from_secs(15);

/// Returns the webhook that is set, if there is one.
pub async fn webhook_state(
    token: &BotToken,
    api_url: Option<&str>,
) -> Result<Option<WebhookState>, Trouble> {
    let wire = wire(token, api_url)?;
    state(&wire).await.map_err(|failure| trouble(&wire, &failure))
}

/// Removes the webhook, and returns the one that was set, if there was one. The updates that wait are kept.
pub async fn delete_webhook(
    token: &BotToken,
    api_url: Option<&str>,
) -> Result<Option<WebhookState>, Trouble> {
    let wire = wire(token, api_url)?;
    let deleted = async {
        let before = state(&wire).await?;
        if before.is_some() {
            let request = DeleteWebhook::new().drop_pending_updates(false);
            let True = wire.call(&request, WITHIN).await?;
        }
        Ok(before)
    };
    deleted.await.map_err(|failure| trouble(&wire, &failure))
}

async fn state(wire: &Wire) -> Result<Option<WebhookState>, Failure> {
    let info = wire.call::<_, super::webhook::WebhookInfo>(&GetWebhookInfo {}, WITHIN).await?;
    Ok((!info.url.is_empty()).then(|| WebhookState {
        address: Url::parse(&info.url).map_or_else(
            |_| "an address that cannot be read".into(),
            |url| {
                let scheme = url.scheme();
                format!("{scheme}://{}", &url[Position::BeforeHost..Position::AfterPort])
            },
        ),
        waiting: info.pending_update_count,
        last_error: info.last_error_message.as_deref().map(readable),
    }))
}

fn wire(token: &BotToken, api_url: Option<&str>) -> Result<Wire, Trouble> {
    let wire = Wire::new(api_url, token.expose(), ServerTime::default());
    wire.map_err(Trouble::BadApiUrl)
}

fn trouble(wire: &Wire, failure: &Failure) -> Trouble {
    match (failure, classify(failure)) {
        // A token of the wrong form is answered with 404.
        (Failure::Refused { code: 404, .. }, _) | (_, Refusal::WrongToken) => Trouble::WrongToken,
        _ => {
            Trouble::Unreachable { host: wire.host(), way: wire.way(), cause: failure.to_string() }
        }
    }
}

//! Updates that are sent to the bot's webhook, one after the other, each until it is acknowledged.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::methods::Outcome;
use super::{FakeBotApi, Live, World};

/// Pause before an update is sent again, which is longer in Telegram.
const BEFORE_AGAIN: Duration = Duration::from_millis(20);

impl FakeBotApi {
    /// Returns the statuses with which the bot has answered updates at its webhook so far.
    pub fn brought(&self) -> Vec<u16> {
        self.world.lock().brought.clone()
    }

    /// Waits until the bot has answered an update with this status.
    pub async fn brought_with(&self, status: u16) {
        self.until("an update is answered so", |live| live.brought.contains(&status).then_some(()))
            .await;
    }

    /// Waits until a webhook is set, and returns its secret.
    pub async fn secret(&self) -> String {
        self.until("a webhook is set", |live| live.webhook.clone()).await.1
    }

    /// Removes the webhook before the bot checks it next, as another process can.
    pub fn loses_webhook(&self) {
        self.world.lock().loses_webhook = true;
    }
}

pub fn set_webhook(live: &mut Live, body: &Value) -> Outcome {
    let [url, secret] = ["url", "secret_token"].map(|key| body[key].as_str().unwrap_or_default());
    if !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:") {
        return Err("bad webhook: An HTTPS URL must be provided for webhook".into());
    }
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if secret.len() > 256 || !secret.bytes().all(is_taken) {
        return Err("secret token contains unallowed characters".into());
    }
    assert_eq!(body["drop_pending_updates"], false, "nothing that people wrote is dropped");
    live.webhook = Some((url.to_owned(), secret.to_owned()));
    Ok(json!(true))
}

pub fn info(live: &mut Live) -> Value {
    if std::mem::take(&mut live.loses_webhook) {
        live.webhook = None;
    }
    let url = live.webhook.as_ref().map_or("", |(url, _)| url);
    json!({"url": url, "has_custom_certificate": false, "pending_update_count": live.updates.len()})
}

/// Sends the updates as long as a webhook is set.
pub async fn bring(world: Arc<World>) {
    let client = reqwest::Client::new();
    loop {
        let changed = world.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let next = {
            let live = world.lock();
            let update = live.updates.front().map(|update| live.with_raw(update.to_string()));
            live.webhook.clone().zip(update)
        };
        let Some(((url, secret), update)) = next else {
            changed.await;
            continue;
        };
        let request = client
            .post(url)
            .header("content-type", "application/json")
            .header("X-Telegram-Bot-Api-Secret-Token", secret)
            .body(update);
        let status = request.send().await.map(|answer| answer.status().as_u16());
        if let Ok(status) = status {
            let mut live = world.lock();
            live.brought.push(status);
            if status == 200 {
                live.updates.pop_front();
            }
        }
        world.changed.notify_waiters();
        if !matches!(status, Ok(200)) {
            tokio::time::sleep(BEFORE_AGAIN).await;
        }
    }
}

//! Requests to the Bot API, one at a time: teloxide's payloads as JSON over HTTP.
//!
//! teloxide's own way would sleep ten seconds on every fault of the server and not say whether a lost
//! request may have arrived. No error holds the address, which has the token in it.

use std::fmt;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::multipart;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use teloxide::requests::Payload;

/// The way to a Bot API server.
#[derive(Clone)]
pub struct Wire {
    client: reqwest::Client,
    /// `https://…/bot<token>/`.
    base: reqwest::Url,
}

/// Why a request has brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server has answered, and says no.
    Refused {
        code: u16,
        description: String,
        retry_after: Option<Duration>,
        /// The group is now this supergroup.
        migrated_to: Option<i64>,
    },
    /// There was no answer, or none that can be read.
    Lost {
        /// Whether the request may have been carried out all the same.
        may_have_arrived: bool,
    },
}

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const FILE_WITHIN: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Answer<T> {
    ok: bool,
    result: Option<T>,
    error_code: Option<u16>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused { code, description, .. } => write!(f, "{code} {description}"),
            Failure::Lost { .. } => f.write_str("no answer"),
        }
    }
}

impl Wire {
    /// To the server at `api_url`, or Telegram's own. `None` if that is no address.
    pub fn new(api_url: Option<&str>, token: &str) -> Option<Wire> {
        let server = api_url.unwrap_or(teloxide::net::TELEGRAM_API_URL).trim_end_matches('/');
        let base = format!("{server}/bot{token}/").parse().ok()?;
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_WITHIN)
            .tcp_nodelay(true)
            .build()
            .ok()?;
        Some(Wire { client, base })
    }

    /// Sends a file of a chat's own.
    pub async fn send_file(&self, chat: i64, name: &str, content: Vec<u8>) -> Result<(), Failure> {
        let lost = |may_have_arrived| Failure::Lost { may_have_arrived };
        let address = self.base.join("SendDocument").map_err(|_| lost(false))?;
        let file = multipart::Part::bytes(content).file_name(name.to_owned());
        let form = multipart::Form::new().text("chat_id", chat.to_string()).part("document", file);
        let request = self.client.post(address).timeout(FILE_WITHIN).multipart(form);
        answer::<serde::de::IgnoredAny>(request).await.map(|_| ())
    }

    /// Fetches the content of a file, which the server knows under this path: at most `limit` bytes.
    pub async fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, Failure> {
        let lost = Failure::Lost { may_have_arrived: false };
        let address = self.base.as_str().replacen("/bot", "/file/bot", 1) + path;
        let request = self.client.get(address).timeout(FILE_WITHIN).send().await;
        let response = request.and_then(reqwest::Response::error_for_status);
        let mut response = response.map_err(|_| lost.clone())?;
        let mut content = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|_| lost.clone())? {
            if content.len() as u64 + part.len() as u64 > limit {
                return Err(lost);
            }
            content.extend_from_slice(&part);
        }
        Ok(content)
    }

    /// Makes one request, which must be answered within `limit`. Of the answer only what `T` has is read: a
    /// message that went out must never look lost because the server says something new of it.
    pub async fn call<P, T>(&self, payload: &P, limit: Duration) -> Result<T, Failure>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        let lost = |may_have_arrived| Failure::Lost { may_have_arrived };
        // teloxide names what it edits inline in its own way.
        let method = P::NAME.trim_end_matches("Inline");
        let address = self.base.join(method).map_err(|_| lost(false))?;
        let body = serde_json::to_vec(payload).map_err(|_| lost(false))?;
        let request = self.client.post(address).header(CONTENT_TYPE, "application/json");
        answer(request.timeout(limit).body(body)).await
    }
}

async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, Failure> {
    let lost = |may_have_arrived| Failure::Lost { may_have_arrived };
    let response = request.send().await.map_err(|error| lost(!error.is_connect()))?;
    let status = response.status();
    let body = response.bytes().await.map_err(|_| lost(true))?;
    match serde_json::from_slice(&body) {
        Ok(Answer { ok: true, result: Some(result), .. }) => Ok(result),
        Ok(Answer { error_code, description, parameters, .. }) => Err(Failure::Refused {
            code: error_code.unwrap_or(status.as_u16()),
            description,
            retry_after: parameters.retry_after.map(Duration::from_secs),
            migrated_to: parameters.migrate_to_chat_id,
        }),
        // A page of something in front of the server, or the beginning of the server's own answer.
        Err(_) => Err(lost(status.is_success() || matches!(status.as_u16(), 500 | 504))),
    }
}

//! Bot API client: teloxide's payloads, sent as JSON over HTTP, without retries.
//!
//! teloxide's own client sleeps for ten seconds after each server error, and does not report
//! whether a request that failed may have arrived. This client follows no redirect, which would
//! carry the token to another server, and reads no response beyond a limit.

use std::error::Error;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, StatusCode, multipart};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use teloxide::requests::Payload;

use crate::bot::api::error::ApiError;
use crate::bot::api::response::{self, ApiResponse, Body, UpdateBatch};
use crate::bot::api::route::Route;
use crate::bot::api::url::ApiUrl;
use crate::bot::server_time::ServerTime;
use crate::config::Proxies;
use crate::ids::ChatId;

/// A client of one bot on a Bot API server.
#[derive(Clone)]
pub struct ApiClient {
    http: reqwest::Client,
    url: ApiUrl,
    route: Route,
    time: ServerTime,
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Timeout of the upload or download of a file.
const FILE_TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum size of a response in bytes.
const MAX_RESPONSE_BYTES: usize = 1024 * 1024;
/// Maximum size of a response with updates in bytes. After a larger response fewer updates are
/// requested.
const MAX_UPDATES_BYTES: usize = 4 * 1024 * 1024;

impl ApiClient {
    /// Returns a client for the server at `api_url`, or for Telegram's own, or a description of the
    /// problem with the URL.
    pub fn new(
        api_url: Option<&str>,
        proxies: &Proxies,
        token: &str,
        time: ServerTime,
    ) -> Result<ApiClient, String> {
        let url = ApiUrl::parse(api_url, token)?;
        let (route, proxy) = Route::to(url.base(), proxies);
        let mut http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_nodelay(true)
            .redirect(Policy::none())
            .no_gzip()
            // Only the configuration reads the environment.
            .no_proxy();
        if let Some(proxy) = proxy {
            let proxy = reqwest::Proxy::all(proxy.expose());
            http = http.proxy(proxy.map_err(|error| error_chain(&error.without_url()))?);
        }
        let http = http.build().map_err(|error| error_chain(&error))?;
        Ok(ApiClient { http, url, route, time })
    }

    /// Returns the server's host, with its port unless that is the default port.
    pub fn host(&self) -> String {
        self.url.host()
    }

    /// Returns how the host is reached.
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// Returns the time by the server's clock.
    pub fn time(&self) -> &ServerTime {
        &self.time
    }

    /// Calls a method and parses its result. `T` should have only the fields that are used: a
    /// change of another field must not make a message that was sent look lost.
    pub async fn call<P, T>(&self, payload: &P, timeout: Duration) -> Result<T, ApiError>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        let request = self.build_request(payload, timeout)?;
        self.execute(request, MAX_RESPONSE_BYTES).await?.into_result()
    }

    /// Calls `getUpdates` and parses each update independently.
    pub async fn poll<P>(&self, payload: &P, timeout: Duration) -> Result<UpdateBatch, ApiError>
    where
        P: Payload + Serialize,
    {
        let request = self.build_request(payload, timeout)?;
        self.execute(request, MAX_UPDATES_BYTES).await?.into_updates()
    }

    /// Uploads a file to a chat.
    pub async fn send_document(
        &self,
        chat: ChatId,
        name: &str,
        content: Vec<u8>,
    ) -> Result<(), ApiError> {
        let file = multipart::Part::bytes(content).file_name(name.to_owned());
        let form = multipart::Form::new().text("chat_id", chat.to_string()).part("document", file);
        let request = self.http.post(self.url.method("SendDocument"));
        let request = request.timeout(FILE_TIMEOUT).multipart(form);
        match self.execute(request, MAX_RESPONSE_BYTES).await?.into_result::<IgnoredAny>() {
            Ok(_) | Err(ApiError::UnreadableResponse { is_done: true }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Downloads the file at the path that `getFile` returned. A file larger than `max_bytes` is an
    /// error.
    pub async fn download(&self, path: &str, max_bytes: u64) -> Result<Vec<u8>, ApiError> {
        let Some(url) = self.url.file(path) else {
            tracing::warn!(
                "the Bot API server returned no relative path for a file, so the file cannot be downloaded; run the server without `--local`"
            );
            return Err(not_sent("the file has no relative path".into()));
        };
        let response = self.http.get(url).timeout(FILE_TIMEOUT).send().await;
        let mut response = response.map_err(|error| not_sent(self.cause_of(error)))?;
        if response.status() != StatusCode::OK {
            return Err(not_sent(response::http_status(response.status())));
        }
        let max_bytes = usize::try_from(max_bytes).unwrap_or(usize::MAX);
        match response::read_body(&mut response, max_bytes).await {
            Ok(Body::Whole(content)) => Ok(content),
            Ok(Body::Truncated(_)) => Err(not_sent("the file is too large".into())),
            Err(error) => Err(not_sent(self.cause_of(error))),
        }
    }

    fn build_request<P: Payload + Serialize>(
        &self,
        payload: &P,
        timeout: Duration,
    ) -> Result<RequestBuilder, ApiError> {
        // teloxide has a payload `EditMessageTextInline` for the method `editMessageText`.
        let url = self.url.method(P::NAME.trim_end_matches("Inline"));
        let body = serde_json::to_vec(payload)
            .map_err(|error| not_sent(format!("the request could not be written: {error}")))?;
        let request = self.http.post(url).header(CONTENT_TYPE, "application/json");
        Ok(request.timeout(timeout).body(body))
    }

    /// Sends a request, reads the response and records the server's time.
    async fn execute(
        &self,
        request: RequestBuilder,
        max_bytes: usize,
    ) -> Result<ApiResponse, ApiError> {
        let response = request.send().await.map_err(|error| ApiError::NoResponse {
            may_have_arrived: !error.is_connect(),
            cause: self.cause_of(error),
        })?;
        if let Some(time) = response::server_time(response.headers()) {
            self.time.observe(time);
        }
        ApiResponse::read(response, max_bytes).await.map_err(|error| ApiError::NoResponse {
            may_have_arrived: true,
            cause: self.cause_of(error),
        })
    }

    /// Returns the cause of an HTTP error for the operator, without the URL.
    fn cause_of(&self, error: reqwest::Error) -> String {
        let is_timeout = error.is_timeout();
        let cause = match error_chain(&error.without_url()) {
            cause if is_timeout => format!("timed out ({cause})"),
            cause => cause,
        };
        // A later version of a library might quote the URL elsewhere.
        self.url.redact(&cause)
    }
}

/// Returns the error of a request that certainly had no effect.
fn not_sent(cause: String) -> ApiError {
    ApiError::NoResponse { may_have_arrived: false, cause }
}

/// Joins the messages of an error and its sources, without repetitions and messages without
/// content.
fn error_chain(error: &dyn Error) -> String {
    const GENERIC: [&str; 2] = ["error sending request", "client error (Connect)"];
    let mut messages = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let message = error.to_string();
        if !GENERIC.contains(&message.as_str()) && messages.last() != Some(&message) {
            messages.push(message);
        }
        next = error.source();
    }
    match messages.is_empty() {
        true => error.to_string(),
        false => messages.join(": "),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    use super::*;

    fn client(api_url: &str) -> ApiClient {
        ApiClient::new(Some(api_url), &Proxies::default(), "1:a-B_c", ServerTime::default())
            .expect("the URL is valid")
    }

    /// Starts a server that sends `response` to each of `requests` connections. Returns its URL and
    /// a task that returns the request lines.
    async fn serve(response: String, requests: usize) -> (String, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}/bot", listener.local_addr().expect("the listener is bound"));
        let server = tokio::spawn(async move {
            let mut lines = Vec::new();
            for _ in 0..requests {
                let (mut stream, _) = listener.accept().await.expect("the client connects");
                let mut line = String::new();
                BufReader::new(&mut stream).read_line(&mut line).await.expect("a line is UTF-8");
                lines.push(line);
                stream.write_all(response.as_bytes()).await.expect("the client reads");
            }
            lines
        });
        (url, server)
    }

    #[tokio::test]
    async fn client_follows_no_redirect() {
        let (target, target_server) = serve("HTTP/1.1 200 OK\r\n\r\n".into(), 1).await;
        let redirect = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: {target}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfile"
        );
        let (url, server) = serve(redirect, 2).await;
        let client = client(&url);
        let error = Err(ApiError::NoResponse {
            may_have_arrived: false,
            cause: "HTTP 307 Temporary Redirect".into(),
        });
        assert_eq!(client.download("a.md", 100).await, error);
        let timeout = Duration::from_secs(10);
        let called = client.call::<_, bool>(&teloxide::payloads::GetMe::new(), timeout).await;
        assert_eq!(called.map(|_| Vec::new()), error);
        let expected = [
            "GET /bot/file/bot1:a-B_c/a.md HTTP/1.1\r\n",
            "POST /bot/bot1:a-B_c/GetMe HTTP/1.1\r\n",
        ];
        assert_eq!(server.await.expect("the server does not panic"), expected);
        assert!(!target_server.is_finished());
        target_server.abort();
    }

    #[tokio::test]
    async fn client_errors_quote_no_url() {
        // No server listens on port 1.
        for url in ["http://127.0.0.1:1/secret", "https://127.0.0.1:1/secret"] {
            let error = client(url).download("a.md", 100).await.expect_err("no server listens");
            let cause = error.to_string();
            assert!(cause.contains("tcp connect error"), "{cause}");
            assert!(!cause.contains("secret") && !cause.contains("a-B_c"), "{cause}");
        }
    }
}

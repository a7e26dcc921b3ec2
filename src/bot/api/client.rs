//! Requests to the Bot API, one at a time: teloxide's payloads as JSON over HTTP.
//!
//! teloxide's own way would sleep ten seconds on every fault of the server and not say whether a lost
//! request may have arrived. Addresses are built by path segments. No error holds one, since the token is
//! in it; no redirect is followed, since it would carry the token elsewhere; no response is read beyond a
//! limit.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode, Url, multipart};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use teloxide::requests::Payload;

use crate::bot::receive::batch;
use crate::bot::receive::batch::{Received, UnsplittableBatch};
use crate::bot::server_time::ServerTime;

/// The way to a Bot API server.
#[derive(Clone)]
pub struct ApiClient {
    client: reqwest::Client,
    /// The address of the server.
    base: Url,
    /// `bot<token>`.
    bot: String,
    time: ServerTime,
}

/// Why a request has brought nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The server has answered, and says no.
    Rejected {
        code: u16,
        description: String,
        retry_after: Option<Duration>,
        /// The group is now this supergroup.
        migrated_to: Option<i64>,
    },
    /// The status is that of a success, and the rest of the response cannot be read.
    UnreadableResponse {
        /// Whether the server says that the request was carried out.
        is_done: bool,
    },
    /// There was no response, or none of a Bot API server.
    NoResponse {
        /// Whether the request may have been carried out all the same.
        may_have_arrived: bool,
        /// For the operator: without the address, which has the token in it.
        cause: String,
    },
}

/// The updates of one request.
#[derive(Debug)]
pub enum UpdateBatch {
    Batch(Vec<Received>),
    /// The response is a success whose updates cannot be split, or is too large.
    Unsplittable(UnsplittableBatch),
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const FILE_TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum size of a response.
const MAX_RESPONSE_BYTES: usize = 1024 * 1024;
/// Maximum size of a response with updates. Where more wait, fewer are asked for.
const MAX_UPDATES_BYTES: usize = 4 * 1024 * 1024;
/// Maximum length of what a server says in words.
const MAX_DESCRIPTION_CHARS: usize = 500;
/// Maximum time for which the server may have the bot wait.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::Rejected { code, description, .. } => write!(f, "{code} {description}"),
            ApiError::UnreadableResponse { .. } => f.write_str("the response cannot be read"),
            ApiError::NoResponse { cause, .. } => f.write_str(cause),
        }
    }
}

impl ApiClient {
    /// Returns the way to the server at `api_url`, or to Telegram's own, or what is wrong with the address.
    pub fn new(api_url: Option<&str>, token: &str, time: ServerTime) -> Result<ApiClient, String> {
        let server = api_url.unwrap_or(teloxide::net::TELEGRAM_API_URL);
        let mut base: Url = server.trim().parse().map_err(|error| format!("{error}"))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err("it begins with neither `http://` nor `https://`".into());
        }
        base.set_fragment(None);
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_nodelay(true)
            .redirect(Policy::none())
            .build()
            .map_err(|error| error_chain(&error))?;
        Ok(ApiClient { client, base, bot: format!("bot{token}"), time })
    }

    /// Returns the host of the server, with its port unless that is the usual one.
    pub fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Returns how the host is reached: directly, or by the proxy that the environment names.
    pub fn route(&self) -> String {
        let address = format!("{}://{}/", self.base.scheme(), self.host());
        // The client goes by the same rules.
        let proxy =
            address.parse::<Uri>().ok().and_then(|to| Matcher::from_system().intercept(&to));
        let Some(proxy) = proxy else { return "directly".into() };
        let (scheme, uri) = (proxy.uri().scheme_str().unwrap_or("http"), proxy.uri());
        let host = uri.host().unwrap_or_default();
        let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("by the proxy {scheme}://{host}{port} of HTTPS_PROXY, HTTP_PROXY or ALL_PROXY")
    }

    /// Sends a file of a chat's own.
    pub async fn send_file(&self, chat: i64, name: &str, content: Vec<u8>) -> Result<(), ApiError> {
        let file = multipart::Part::bytes(content).file_name(name.to_owned());
        let form = multipart::Form::new().text("chat_id", chat.to_string()).part("document", file);
        let request = self.client.post(self.method("SendDocument"));
        let request = request.timeout(FILE_TIMEOUT).multipart(form);
        match self.execute::<serde::de::IgnoredAny>(request).await {
            Ok(_) | Err(ApiError::UnreadableResponse { is_done: true }) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// Fetches the content of a file, which the server knows under this path: at most `limit` bytes.
    pub async fn download_file(&self, path: &str, limit: u64) -> Result<Vec<u8>, ApiError> {
        let Some(address) = self.file(path) else {
            tracing::warn!(
                "the Bot API server gives no relative path for a file, so that it cannot be fetched; run the server without `--local`"
            );
            return Err(no_response("the file has no relative path".into()));
        };
        let request = self.client.get(address).timeout(FILE_TIMEOUT).send().await;
        let mut response = request.map_err(|error| no_response(self.cause_of(error)))?;
        if response.status() != StatusCode::OK {
            return Err(no_response(http(response.status())));
        }
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        match read_body(&mut response, limit).await {
            Ok(Body::Whole(content)) => Ok(content),
            Ok(Body::Beginning(_)) => Err(no_response("the file is too large".into())),
            Err(error) => Err(no_response(self.cause_of(error))),
        }
    }

    /// Makes one request, which must be answered within `limit`. Of the response only what `T` has is
    /// read: a message that went out must never look lost because the server says something new of it.
    pub async fn call<P, T>(&self, payload: &P, limit: Duration) -> Result<T, ApiError>
    where
        P: Payload + Serialize,
        T: DeserializeOwned,
    {
        self.execute(self.build_request(payload, limit)?).await
    }

    /// Asks for updates, each of which is parsed alone.
    pub async fn poll<P>(&self, payload: &P, limit: Duration) -> Result<UpdateBatch, ApiError>
    where
        P: Payload + Serialize,
    {
        let request = self.build_request(payload, limit)?;
        let (status, headers, body) = self.parse_response(request, MAX_UPDATES_BYTES).await?;
        if !status.is_success() {
            return Err(rejection(status, &headers, body.bytes()));
        }
        match (batch::updates(body.bytes()), body) {
            (Some(Ok(updates)), Body::Whole(_)) => Ok(UpdateBatch::Batch(updates)),
            (Some(Err(unsplittable)), _) => Ok(UpdateBatch::Unsplittable(unsplittable)),
            (_, body) => Err(rejection(status, &headers, body.bytes())),
        }
    }

    fn build_request<P: Payload + Serialize>(
        &self,
        payload: &P,
        limit: Duration,
    ) -> Result<reqwest::RequestBuilder, ApiError> {
        // teloxide names what it edits inline in its own way.
        let address = self.method(P::NAME.trim_end_matches("Inline"));
        let body = serde_json::to_vec(payload)
            .map_err(|error| no_response(format!("the request could not be written: {error}")))?;
        let request = self.client.post(address).header(CONTENT_TYPE, "application/json");
        Ok(request.timeout(limit).body(body))
    }

    async fn execute<T: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<T, ApiError> {
        let (status, headers, body) = self.parse_response(request, MAX_RESPONSE_BYTES).await?;
        let body = body.bytes();
        let mut parsed = serde_json::from_slice::<Value>(body).unwrap_or_default();
        let is_done = match parsed.get("ok").and_then(Value::as_bool) {
            Some(is_done) => is_done,
            None => status.is_success() && batch::starts_as_success(body),
        };
        if !is_done {
            return Err(rejection(status, &headers, body));
        }
        let result = parsed.get_mut("result").map(Value::take).unwrap_or_default();
        // Where nothing but success is returned, it need not be repeated in the result.
        T::deserialize(result)
            .or_else(|_| T::deserialize(Value::Bool(true)))
            .map_err(|_| ApiError::UnreadableResponse { is_done: true })
    }

    async fn parse_response(
        &self,
        request: reqwest::RequestBuilder,
        limit: usize,
    ) -> Result<(StatusCode, HeaderMap, Body), ApiError> {
        let mut response = request.send().await.map_err(|error| ApiError::NoResponse {
            may_have_arrived: !error.is_connect(),
            cause: self.cause_of(error),
        })?;
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(date) = headers.get(DATE).and_then(|date| unix_seconds(date.to_str().ok()?)) {
            self.time.observe(date);
        }
        match read_body(&mut response, limit).await {
            Ok(body) => Ok((status, headers, body)),
            Err(error) => {
                Err(ApiError::NoResponse { may_have_arrived: true, cause: self.cause_of(error) })
            }
        }
    }

    fn method(&self, name: &str) -> Url {
        self.address([self.bot.as_str(), name])
    }

    /// Returns the address of a file, or `None` for a path that does not lead to one of the server's files.
    fn file(&self, path: &str) -> Option<Url> {
        let segments: Vec<_> = path.split('/').collect();
        let leads_down = |segment: &&str| {
            !matches!(*segment, "" | "." | "..")
                && !segment.contains(|c: char| c.is_control() || c == '\\')
        };
        segments
            .iter()
            .all(leads_down)
            .then(|| self.address(["file", &self.bot].into_iter().chain(segments)))
    }

    fn address<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut address = self.base.clone();
        // An address of HTTP always has a path.
        if let Ok(mut path) = address.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        address
    }

    /// Returns the cause of an error for the operator.
    fn cause_of(&self, error: reqwest::Error) -> String {
        let timed_out = error.is_timeout();
        let cause = match error_chain(&error.without_url()) {
            cause if timed_out => format!("timed out ({cause})"),
            cause => cause,
        };
        // No library puts it there; a later one might.
        cause.replace(&self.bot, "bot…")
    }
}

/// A body, of which no more was read than the limit.
enum Body {
    Whole(Vec<u8>),
    Beginning(Vec<u8>),
}

impl Body {
    fn bytes(&self) -> &[u8] {
        match self {
            Body::Whole(bytes) | Body::Beginning(bytes) => bytes,
        }
    }
}

async fn read_body(response: &mut Response, limit: usize) -> Result<Body, reqwest::Error> {
    let mut read = Vec::new();
    while let Some(part) = response.chunk().await? {
        let room = limit - read.len();
        if part.len() > room {
            read.extend_from_slice(&part[..room]);
            return Ok(Body::Beginning(read));
        }
        read.extend_from_slice(&part);
    }
    Ok(Body::Whole(read))
}

/// Returns the failure that a response without a success means.
fn rejection(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ApiError {
    let parsed = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let is_refusal = parsed.get("ok").and_then(Value::as_bool) == Some(false);
    if !is_refusal && status != StatusCode::TOO_MANY_REQUESTS {
        // A page of something in front of the server, or the beginning of the server's own answer.
        return match status.is_success() {
            true => ApiError::UnreadableResponse { is_done: false },
            false => ApiError::NoResponse {
                may_have_arrived: matches!(status.as_u16(), 500 | 504),
                cause: http(status),
            },
        };
    }
    let code = parsed.get("error_code").and_then(Value::as_u64);
    let code = code.and_then(|code| u16::try_from(code).ok()).unwrap_or(status.as_u16());
    let description = parsed.get("description").and_then(Value::as_str);
    let asked = parsed.pointer("/parameters/retry_after").and_then(seconds).or_else(|| {
        let header = headers.get(RETRY_AFTER).filter(|_| code == 429)?;
        seconds(&Value::from(header.to_str().ok()?))
    });
    ApiError::Rejected {
        code,
        description: shortened(description.unwrap_or("without a description")),
        retry_after: asked,
        migrated_to: parsed.pointer("/parameters/migrate_to_chat_id").and_then(Value::as_i64),
    }
}

/// Returns the time that a server asks to wait for: a number of seconds, whatever its form, of which at
/// most an hour is waited.
fn seconds(asked: &Value) -> Option<Duration> {
    let asked = asked.as_f64().or_else(|| asked.as_str()?.trim().parse().ok())?;
    if asked.is_nan() || asked < 0.0 {
        return None;
    }
    let limit = MAX_RETRY_AFTER.as_secs_f64();
    if asked > limit {
        tracing::warn!(
            seconds = asked,
            "Telegram asks to wait for more than an hour; one is waited"
        );
    }
    Some(Duration::from_secs_f64(asked.ceil().min(limit)))
}

/// Returns the moment of an HTTP date.
fn unix_seconds(date: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(date).ok()?;
    let since = date.duration_since(std::time::SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// Returns what a server says in words, such that it fits into a line of the log.
pub fn shortened(words: &str) -> String {
    let is_mark = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let words = words.chars().take(MAX_DESCRIPTION_CHARS);
    words.map(|c| if is_mark(c) { ' ' } else { c }).collect()
}

fn no_response(cause: String) -> ApiError {
    ApiError::NoResponse { may_have_arrived: false, cause }
}

fn http(status: StatusCode) -> String {
    format!("HTTP {status}")
}

/// Returns an error with its causes, without those that only say that there is one.
fn error_chain(error: &dyn Error) -> String {
    const SAY_NOTHING: [&str; 2] = ["error sending request", "client error (Connect)"];
    let mut parts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let part = error.to_string();
        if !SAY_NOTHING.contains(&part.as_str()) && parts.last() != Some(&part) {
            parts.push(part);
        }
        next = error.source();
    }
    match parts.is_empty() {
        true => error.to_string(),
        false => parts.join(": "),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn client(api_url: &str) -> ApiClient {
        ApiClient::new(Some(api_url), "1:a-B_c", ServerTime::default()).expect("an address")
    }

    #[test]
    fn api_url_is_kept_whatever_it_begins_with() {
        for (api_url, host, before) in [
            ("https://api.telegram.org", "api.telegram.org", "https://api.telegram.org"),
            ("https://api.telegram.org//", "api.telegram.org", "https://api.telegram.org"),
            ("http://bot-api:8081", "bot-api:8081", "http://bot-api:8081"),
            ("http://bot-api:8081/", "bot-api:8081", "http://bot-api:8081"),
            ("http://bot", "bot", "http://bot"),
            ("http://x/bot", "x", "http://x/bot"),
            ("http://x/bot/", "x", "http://x/bot"),
            ("http://h:1/a/bot1/", "h:1", "http://h:1/a/bot1"),
            ("http://h/file/bot/botany", "h", "http://h/file/bot/botany"),
            ("http://bot:bot@botany/bot", "botany", "http://bot:bot@botany/bot"),
            ("http://[::1]:8081/bot", "[::1]:8081", "http://[::1]:8081/bot"),
            ("http://bot-api:8081/#bot", "bot-api:8081", "http://bot-api:8081"),
        ] {
            let client = client(api_url);
            assert_eq!(client.host(), host, "{api_url}");
            let method = client.method("GetMe");
            assert_eq!(method.as_str(), format!("{before}/bot1:a-B_c/GetMe"), "{api_url}");
            let file = client.file("documents/file_1.md").expect("a path");
            let expected = format!("{before}/file/bot1:a-B_c/documents/file_1.md");
            assert_eq!(file.as_str(), expected, "{api_url}");
        }
        let keyed = client("http://x/bot/?key=bot").method("GetMe");
        assert_eq!(keyed.as_str(), "http://x/bot/bot1:a-B_c/GetMe?key=bot");
    }

    #[test]
    fn api_url_that_is_none_is_refused_without_being_quoted() {
        for bad in
            ["ftp://x", "http://", "https://a b", "mailto:a@b", "http://x:99999", "file:///x"]
        {
            let refused = ApiClient::new(Some(bad), "1:a", ServerTime::default()).err();
            assert!(refused.is_some_and(|why| !why.contains(bad)), "{bad}");
        }
    }

    #[test]
    fn files_are_fetched_from_below_the_bot_only() {
        let client = client("http://bot-api:8081");
        for (path, expected) in [
            ("a b.md", "a%20b.md"),
            ("a?b#c.md", "a%3Fb%23c.md"),
            ("%2e%2e/a.md", "%252e%252e/a.md"),
            ("bot/a.md", "bot/a.md"),
            ("a:b@c.md", "a:b@c.md"),
        ] {
            let address = client.file(path).expect("a path");
            let expected = format!("http://bot-api:8081/file/bot1:a-B_c/{expected}");
            assert_eq!(address.as_str(), expected, "{path}");
        }
        for bad in [
            "",
            "/",
            "/var/lib/telegram-bot-api/1:a/documents/file_0.md",
            "../a.md",
            "a/../../b.md",
            "a/./b.md",
            "a//b.md",
            "//evil/a.md",
            "http://evil/a.md",
            "..\\a.md",
            "a\nb.md",
            "a/",
        ] {
            assert_eq!(client.file(bad), None, "{bad}");
        }
    }

    #[test]
    fn retry_after_is_bounded_whatever_is_asked() {
        for (asked, expected) in [
            (json!(0), Some(0.0)),
            (json!(7), Some(7.0)),
            (json!(2.2), Some(3.0)),
            (json!("5"), Some(5.0)),
            (json!(u64::MAX), Some(3600.0)),
            (json!(1_u64 << 63), Some(3600.0)),
            (json!(1e300), Some(3600.0)),
            (json!("inf"), Some(3600.0)),
            (json!(-1), None),
            (json!(i64::MIN), None),
            (json!("NaN"), None),
            (json!("soon"), None),
            (json!(null), None),
            (json!([1]), None),
        ] {
            let seconds = seconds(&asked).map(|wait| wait.as_secs_f64());
            assert_eq!(seconds, expected, "{asked}");
            let body =
                json!({"ok": false, "error_code": 429, "parameters": {"retry_after": asked}});
            let refused = rejection(
                StatusCode::TOO_MANY_REQUESTS,
                &HeaderMap::new(),
                body.to_string().as_bytes(),
            );
            let ApiError::Rejected { code: 429, retry_after, .. } = refused else {
                panic!("{asked}: {refused:?}")
            };
            assert_eq!(retry_after.map(|wait| wait.as_secs_f64()), expected);
        }
    }

    #[test]
    fn refusals_of_any_form_are_read_by_their_status() {
        let read = |status: u16, body: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, "9".parse().expect("a header"));
            rejection(StatusCode::from_u16(status).expect("a status"), &headers, body.as_bytes())
        };
        let wait = Some(Duration::from_secs(9));
        for body in ["<html>", "", "{\"ok\":false,\"parameters\":{\"retry_after\":1e400}}", "[]"] {
            let refused = read(429, body);
            assert!(
                matches!(refused, ApiError::Rejected { code: 429, retry_after, .. } if retry_after == wait),
                "{refused:?}"
            );
        }
        for body in ["<html>", "", "{\"a\":1}"] {
            assert_eq!(read(200, body), ApiError::UnreadableResponse { is_done: false });
            let gone = ApiError::NoResponse {
                may_have_arrived: false,
                cause: "HTTP 502 Bad Gateway".into(),
            };
            assert_eq!(read(502, body), gone);
            assert!(matches!(
                read(401, body),
                ApiError::NoResponse { may_have_arrived: false, .. }
            ));
            assert!(matches!(read(504, body), ApiError::NoResponse { may_have_arrived: true, .. }));
        }
        let forged = "{\"ok\":false,\"error_code\":400,\"description\":\"a\\nERROR \\u001b[31m\"}";
        assert_eq!(read(400, forged).to_string(), "400 a ERROR  [31m");
        let odd = "{\"ok\":false,\"error_code\":-1,\"description\":7,\"parameters\":null}";
        assert!(matches!(read(400, odd), ApiError::Rejected { code: 400, retry_after: None, .. }));
    }

    /// Answers each request with the same text, and returns the first lines of those that came.
    async fn server(
        answer: String,
        requests: usize,
    ) -> (String, tokio::task::JoinHandle<Vec<String>>) {
        use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/bot", listener.local_addr().expect("it was just bound"));
        let serving = tokio::spawn(async move {
            let mut lines = Vec::new();
            for _ in 0..requests {
                let (mut stream, _) = listener.accept().await.expect("somebody asks");
                let mut line = String::new();
                BufReader::new(&mut stream).read_line(&mut line).await.expect("it is text");
                lines.push(line);
                stream.write_all(answer.as_bytes()).await.expect("the client waits");
            }
            lines
        });
        (url, serving)
    }

    #[tokio::test]
    async fn redirects_carry_the_token_nowhere() {
        let (elsewhere, visits) = server("HTTP/1.1 200 OK\r\n\r\n".into(), 1).await;
        let answer = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfile"
        );
        let (url, asked) = server(answer, 2).await;
        let client = client(&url);
        let failure = Err(ApiError::NoResponse {
            may_have_arrived: false,
            cause: "HTTP 307 Temporary Redirect".into(),
        });
        assert_eq!(client.download_file("a.md", 100).await, failure);
        let within = Duration::from_secs(10);
        let called = client.call::<_, bool>(&teloxide::payloads::GetMe::new(), within).await;
        assert_eq!(called.map(|_| Vec::new()), failure);
        let expected = [
            "GET /bot/file/bot1:a-B_c/a.md HTTP/1.1\r\n",
            "POST /bot/bot1:a-B_c/GetMe HTTP/1.1\r\n",
        ];
        assert_eq!(asked.await.expect("no panic"), expected);
        assert!(!visits.is_finished());
        visits.abort();
    }

    #[tokio::test]
    async fn causes_name_no_address() {
        // Nobody listens where nobody may.
        for nowhere in ["http://127.0.0.1:1/secret", "https://127.0.0.1:1/secret"] {
            let client = client(nowhere);
            let failure = client.download_file("a.md", 100).await.expect_err("nobody is there");
            let cause = failure.to_string();
            assert!(cause.contains("tcp connect error"), "{cause}");
            assert!(!cause.contains("secret") && !cause.contains("a-B_c"), "{cause}");
        }
    }
}

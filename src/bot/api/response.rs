//! Responses of a Bot API server: size limits, results and errors.
//!
//! A response may also come from a proxy in front of the server. It counts as the server's own if
//! it is a JSON object with a boolean `ok`.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::bot::api::error::ApiError;
use crate::bot::api::text::log_safe;
use crate::bot::api::update_batch::{self, Received, UnsplittableBatch};
use crate::ids::ChatId;

/// A response whose body was read up to a limit.
#[derive(Debug)]
pub struct ApiResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
}

/// The body of a response.
#[derive(Debug)]
pub enum Body {
    Whole(Vec<u8>),
    /// The start of a body that exceeds the limit.
    Truncated(Vec<u8>),
}

/// The updates of one response to `getUpdates`.
#[derive(Debug)]
pub enum UpdateBatch {
    Batch(Vec<Received>),
    /// The response is a success whose array of updates cannot be split, or exceeds the size limit.
    Unsplittable(UnsplittableBatch),
}

/// Maximum time to wait for which a server can ask the bot.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60 * 60);

impl ApiResponse {
    /// Reads a response with at most `max_bytes` of its body.
    pub async fn read(
        mut response: Response,
        max_bytes: usize,
    ) -> Result<ApiResponse, reqwest::Error> {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = read_body(&mut response, max_bytes).await?;
        Ok(ApiResponse { status, headers, body })
    }

    /// Parses the result of a method.
    pub fn into_result<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        let mut parsed = self.json();
        let is_done = match parsed.get("ok").and_then(Value::as_bool) {
            Some(is_done) => is_done,
            None => self.status.is_success() && update_batch::starts_as_success(self.body.bytes()),
        };
        if !is_done {
            return Err(self.into_error());
        }
        let result = parsed.get_mut("result").map(Value::take).unwrap_or_default();
        // The result of a method that only succeeds or fails may be missing.
        T::deserialize(result)
            .or_else(|_| T::deserialize(Value::Bool(true)))
            .map_err(|_| ApiError::UnreadableResponse { is_done: true })
    }

    /// Parses the updates of a response to `getUpdates`, each one independently.
    pub fn into_updates(self) -> Result<UpdateBatch, ApiError> {
        if !self.status.is_success() {
            return Err(self.into_error());
        }
        match (update_batch::updates(self.body.bytes()), &self.body) {
            (Some(Ok(updates)), Body::Whole(_)) => Ok(UpdateBatch::Batch(updates)),
            (Some(Err(unsplittable)), _) => Ok(UpdateBatch::Unsplittable(unsplittable)),
            _ => Err(self.into_error()),
        }
    }

    /// Returns the error of a response that is not a success.
    fn into_error(self) -> ApiError {
        let status = self.status;
        let parsed = self.json();
        let is_api_error = parsed.get("ok").and_then(Value::as_bool) == Some(false);
        if !is_api_error && status != StatusCode::TOO_MANY_REQUESTS {
            // The page of a proxy, or the truncated response of the server.
            return match status.is_success() {
                true => ApiError::UnreadableResponse { is_done: false },
                false => ApiError::NoResponse {
                    may_have_arrived: matches!(status.as_u16(), 500 | 504),
                    cause: http_status(status),
                },
            };
        }
        let code = parsed.get("error_code").and_then(Value::as_u64);
        let code = code.and_then(|code| u16::try_from(code).ok()).unwrap_or(status.as_u16());
        let description = parsed.get("description").and_then(Value::as_str);
        let retry_after =
            parsed.pointer("/parameters/retry_after").and_then(parse_retry_after).or_else(|| {
                let header = self.headers.get(RETRY_AFTER).filter(|_| code == 429)?;
                parse_retry_after(&Value::from(header.to_str().ok()?))
            });
        ApiError::Rejected {
            code,
            description: log_safe(description.unwrap_or("without a description")),
            retry_after,
            migrated_to: parsed
                .pointer("/parameters/migrate_to_chat_id")
                .and_then(Value::as_i64)
                .map(ChatId::new),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_slice(self.body.bytes()).unwrap_or_default()
    }
}

impl Body {
    fn bytes(&self) -> &[u8] {
        match self {
            Body::Whole(bytes) | Body::Truncated(bytes) => bytes,
        }
    }
}

/// Reads at most `max_bytes` of a response's body.
pub async fn read_body(response: &mut Response, max_bytes: usize) -> Result<Body, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await? {
        let free = max_bytes - bytes.len();
        if part.len() > free {
            bytes.extend_from_slice(&part[..free]);
            return Ok(Body::Truncated(bytes));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(Body::Whole(bytes))
}

/// Returns the `Date` header in Unix seconds.
pub fn server_time(headers: &HeaderMap) -> Option<i64> {
    let date = httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()?;
    let age = date.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(age.as_secs()).ok()
}

/// Returns an HTTP status as the cause of an error.
pub fn http_status(status: StatusCode) -> String {
    format!("HTTP {status}")
}

/// Parses a number of seconds to wait, given as a JSON number or a string, and caps it at
/// [`MAX_RETRY_AFTER`].
fn parse_retry_after(value: &Value) -> Option<Duration> {
    let seconds = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    if seconds.is_nan() || seconds < 0.0 {
        return None;
    }
    let max_seconds = MAX_RETRY_AFTER.as_secs_f64();
    if seconds > max_seconds {
        tracing::warn!(
            seconds,
            "Telegram asks to wait for more than an hour; the bot waits for one hour"
        );
    }
    Some(Duration::from_secs_f64(seconds.ceil().min(max_seconds)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::UpdateId;

    fn response(status: u16, body: &str) -> ApiResponse {
        ApiResponse {
            status: StatusCode::from_u16(status).expect("the status is valid"),
            headers: HeaderMap::new(),
            body: Body::Whole(body.into()),
        }
    }

    fn rejected(code: u16, description: &str) -> ApiError {
        let description = description.to_owned();
        ApiError::Rejected { code, description, retry_after: None, migrated_to: None }
    }

    #[test]
    fn response_results_are_parsed() {
        let check = |status, body: &str, expected: Result<u32, ApiError>| {
            assert_eq!(response(status, body).into_result(), expected, "{status} {body}");
        };
        check(200, r#"{"ok":true,"result":7}"#, Ok(7));
        check(200, r#"{"result":7,"ok":true,"new":[]}"#, Ok(7));
        let unreadable = |is_done| Err(ApiError::UnreadableResponse { is_done });
        check(200, r#"{"ok":true,"result":"seven"}"#, unreadable(true));
        check(200, r#"{"ok":true}"#, unreadable(true));
        check(200, r#"{"ok":true,"result":{"message_id":7,"#, unreadable(true));
        check(200, r#"{"ok":tr"#, unreadable(true));
        check(200, "<html>", unreadable(false));
        check(200, "", unreadable(false));
        check(
            400,
            r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#,
            Err(rejected(400, "Bad Request: chat not found")),
        );
        check(200, r#"{"ok":false}"#, Err(rejected(200, "without a description")));
        let migrated = ApiError::Rejected {
            code: 400,
            description: "upgraded".into(),
            retry_after: None,
            migrated_to: Some(ChatId::new(-1007)),
        };
        check(
            400,
            r#"{"ok":false,"description":"upgraded","parameters":{"migrate_to_chat_id":-1007}}"#,
            Err(migrated),
        );
    }

    #[test]
    fn response_without_a_result_is_a_success_of_a_method_that_returns_true() {
        let check = |body: &str| assert_eq!(response(200, body).into_result(), Ok(true), "{body}");
        check(r#"{"ok":true,"result":true}"#);
        check(r#"{"ok":true}"#);
        check(r#"{"ok":true,"result":{"#);
    }

    #[test]
    fn response_updates_are_split_unless_they_are_truncated() {
        let whole = br#"{"ok":true,"result":[{"update_id":7}]}"#;
        let parse =
            |status: u16, body: Body| ApiResponse { body, ..response(status, "") }.into_updates();
        let batch = parse(200, Body::Whole(whole.to_vec()));
        assert!(matches!(batch, Ok(UpdateBatch::Batch(updates)) if updates.len() == 1));
        let truncated = parse(200, Body::Truncated(whole[..36].to_vec()));
        let expected = UnsplittableBatch { first: Some(UpdateId::new(7)) };
        assert!(matches!(truncated, Ok(UpdateBatch::Unsplittable(batch)) if batch == expected));
        let error = parse(200, Body::Whole(b"<html>".to_vec()));
        assert_eq!(error.err(), Some(ApiError::UnreadableResponse { is_done: false }));
        let conflict = br#"{"ok":false,"description":"Conflict"}"#;
        let error = parse(409, Body::Whole(conflict.to_vec()));
        assert_eq!(error.err(), Some(rejected(409, "Conflict")));
    }

    #[test]
    fn response_retry_after_is_capped() {
        for (value, expected) in [
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
            let seconds = parse_retry_after(&value).map(|wait| wait.as_secs_f64());
            assert_eq!(seconds, expected, "{value}");
            let body =
                json!({"ok": false, "error_code": 429, "parameters": {"retry_after": value}});
            let error = response(429, &body.to_string()).into_error();
            let ApiError::Rejected { code: 429, retry_after, .. } = error else {
                panic!("{value}: {error:?}")
            };
            assert_eq!(retry_after.map(|wait| wait.as_secs_f64()), expected);
        }
    }

    #[test]
    fn response_errors_are_read_from_any_body() {
        let error = |status: u16, body: &str| {
            let mut response = response(status, body);
            response.headers.insert(RETRY_AFTER, "9".parse().expect("the header is valid"));
            response.into_error()
        };
        let wait = Some(Duration::from_secs(9));
        for body in ["<html>", "", "{\"ok\":false,\"parameters\":{\"retry_after\":1e400}}", "[]"] {
            let error = error(429, body);
            assert!(
                matches!(error, ApiError::Rejected { code: 429, retry_after, .. } if retry_after == wait),
                "{error:?}"
            );
        }
        let no_response = |may_have_arrived, cause: &str| {
            let cause = cause.to_owned();
            ApiError::NoResponse { may_have_arrived, cause }
        };
        for body in ["<html>", "", "{\"a\":1}"] {
            assert_eq!(error(200, body), ApiError::UnreadableResponse { is_done: false });
            assert_eq!(error(502, body), no_response(false, "HTTP 502 Bad Gateway"));
            assert_eq!(error(401, body), no_response(false, "HTTP 401 Unauthorized"));
            assert_eq!(error(504, body), no_response(true, "HTTP 504 Gateway Timeout"));
        }
        let forged = "{\"ok\":false,\"error_code\":400,\"description\":\"a\\nERROR \\u001b[31m\"}";
        assert_eq!(error(400, forged).to_string(), "400 a ERROR  [31m");
        let odd = "{\"ok\":false,\"error_code\":-1,\"description\":7,\"parameters\":null}";
        assert_eq!(error(400, odd), rejected(400, "without a description"));
    }
}

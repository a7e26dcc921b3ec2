//! The reading of a response: its status, and its content within a size.

use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_ENCODING, HeaderMap, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use url::Url;

use super::error::FetchError;

/// Maximum length of a header's value in an error.
const MAX_SHOWN_CHARS: usize = 50;

/// Returns the target of a redirect, `None` if the response has a content that can be read. Fails
/// for any other response.
pub(super) fn redirect_target(
    response: &Response,
    address: &Url,
) -> Result<Option<Url>, FetchError> {
    let (status, headers) = (response.status(), response.headers());
    match status.as_u16() {
        301 | 302 | 303 | 307 | 308 => {
            // Some servers send the address in UTF-8, which a header may not contain.
            let target = headers.get(LOCATION).map(|target| target.as_bytes());
            let target = target.map(String::from_utf8_lossy);
            let target = target.and_then(|target| address.join(&target).ok());
            let missing = FetchError::RedirectWithoutTarget { status: status.as_u16() };
            target.map(Some).ok_or(missing)
        }
        200..=299 => match header(headers, CONTENT_ENCODING) {
            // The client has removed the header of each encoding that it decodes.
            Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
                let encoding = encoding.chars().take(MAX_SHOWN_CHARS).collect();
                Err(FetchError::Encoding { encoding })
            }
            _ => Ok(None),
        },
        number => {
            let retry_after = retry_after(status, headers);
            Err(FetchError::Status { status: number, retry_after })
        }
    }
}

/// Reads the body of a response, of at most `max_bytes`.
pub(super) async fn read(
    response: &mut Response,
    max_bytes: u64,
    failed: impl Fn(reqwest::Error) -> FetchError,
) -> Result<Vec<u8>, FetchError> {
    let too_large = FetchError::TooLarge { limit: max_bytes };
    if response.content_length().is_some_and(|length| length > max_bytes) {
        return Err(too_large);
    }
    let mut bytes = Vec::new();
    while let Some(part) = response.chunk().await.map_err(&failed)? {
        if (bytes.len() + part.len()) as u64 > max_bytes {
            return Err(too_large);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// Returns the time after which an overloaded host accepts requests.
fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let value = header(headers, RETRY_AFTER)?.trim();
    let date = || httpdate::parse_http_date(value).ok();
    match value.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(date()?.duration_since(SystemTime::now()).unwrap_or_default()),
    }
}

/// Returns a header that is text.
pub(super) fn header(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wait_of_an_overloaded_host_is_seconds_or_a_date() {
        let check = |status: StatusCode, value: &'static str, expected: Option<u64>| {
            let value = reqwest::header::HeaderValue::from_static(value);
            let headers = HeaderMap::from_iter([(RETRY_AFTER, value)]);
            assert_eq!(retry_after(status, &headers), expected.map(Duration::from_secs));
        };
        check(StatusCode::TOO_MANY_REQUESTS, "120", Some(120));
        check(StatusCode::SERVICE_UNAVAILABLE, " 0 ", Some(0));
        check(StatusCode::SERVICE_UNAVAILABLE, "Mon, 05 Jan 2026 07:00:00 GMT", Some(0));
        check(StatusCode::SERVICE_UNAVAILABLE, "-1", None);
        check(StatusCode::SERVICE_UNAVAILABLE, "soon", None);
        check(StatusCode::NOT_FOUND, "120", None);
    }
}

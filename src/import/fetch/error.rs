//! The reasons why an address cannot be fetched, for a person.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::resolve_error::ResolveError;
use crate::import::document::Failure;

/// The reason why an address cannot be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("the address is not of the web but of type `{scheme}`")]
    NotHttp { scheme: String },
    #[error("the address contains a user name or password")]
    Credentials,
    #[error("port {port} of the address is not one for web pages")]
    BadPort { port: u16 },
    #[error("{host} is an address in a private network")]
    Private { host: String },
    #[error("there is no host {host}")]
    NoHost { host: String },
    #[error("the name {host} could not be resolved")]
    Resolution { host: String },
    #[error("{host} refused the connection")]
    ConnectionRefused { host: String },
    #[error("{host} could not be reached: {cause}")]
    Unreachable { host: String, cause: String },
    #[error("the certificate of {host} is not valid: {cause}")]
    Certificate { host: String, cause: String },
    #[error("no secure connection to {host}: {cause}")]
    Tls { host: String, cause: String },
    #[error("{host} did not answer in full within {} seconds", limit.as_secs())]
    TimedOut { host: String, limit: Duration },
    #[error("the connection to {host} broke off: {cause}")]
    Broken { host: String, cause: String },
    #[error("{host} sent a response that is not valid: {cause}")]
    Invalid { host: String, cause: String },
    #[error("the file is larger than {}", size(*limit))]
    TooLarge { limit: u64 },
    #[error("the content is compressed as `{encoding}`, which is not supported")]
    Encoding { encoding: String },
    #[error("the compressed content is damaged: {cause}")]
    Damaged { cause: String },
    #[error("the address redirects more than {limit} times")]
    TooManyRedirects { limit: usize },
    #[error("the address redirects to {to}, which is not fetched: {cause}")]
    RedirectRefused { to: String, cause: Box<FetchError> },
    #[error("the address redirects to nowhere (HTTP {status})")]
    RedirectWithoutTarget { status: u16 },
    #[error("{}", status_in_words(*status))]
    Status { status: u16, retry_after: Option<Duration> },
}

impl FetchError {
    /// Returns what a person can do.
    pub fn hint(&self) -> String {
        let hint = match self {
            FetchError::NotHttp { .. } => "give an address that starts with http:// or https://",
            FetchError::Credentials => {
                "give the address without them; pages behind a login are not fetched"
            }
            FetchError::BadPort { .. } => "give the address of a web page",
            FetchError::Private { .. } => {
                "only hosts in the internet are fetched, unless `[import] allow_private = true`"
            }
            FetchError::NoHost { .. } => "check the spelling of the address",
            FetchError::Resolution { .. } => {
                "try again later, and check the DNS settings of this computer"
            }
            FetchError::ConnectionRefused { .. }
            | FetchError::Unreachable { .. }
            | FetchError::TimedOut { .. }
            | FetchError::Broken { .. } => "open the address in a browser, or try again later",
            FetchError::Certificate { .. } => {
                "check the address; if it opens in a browser, save the page and import the file"
            }
            FetchError::Tls { .. } | FetchError::Invalid { .. } | FetchError::Damaged { .. } => {
                "if it opens in a browser, save the page and import the file"
            }
            FetchError::TooLarge { .. } => "download the file and import it from there",
            FetchError::Encoding { .. } => "save the page in a browser and import the file",
            FetchError::TooManyRedirects { .. } | FetchError::RedirectWithoutTarget { .. } => {
                "open the address in a browser and give the address where it ends"
            }
            FetchError::RedirectRefused { cause, .. } => return cause.hint(),
            FetchError::Status { status, retry_after } => {
                return hint_of_status(*status, *retry_after);
            }
        };
        hint.to_owned()
    }

    /// Returns whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            FetchError::Resolution { .. }
            | FetchError::ConnectionRefused { .. }
            | FetchError::Unreachable { .. }
            | FetchError::TimedOut { .. }
            | FetchError::Broken { .. }
            | FetchError::Damaged { .. } => true,
            FetchError::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            FetchError::NotHttp { .. }
            | FetchError::Credentials
            | FetchError::BadPort { .. }
            | FetchError::Private { .. }
            | FetchError::NoHost { .. }
            | FetchError::Certificate { .. }
            | FetchError::Tls { .. }
            | FetchError::Invalid { .. }
            | FetchError::TooLarge { .. }
            | FetchError::Encoding { .. }
            | FetchError::TooManyRedirects { .. }
            | FetchError::RedirectRefused { .. }
            | FetchError::RedirectWithoutTarget { .. } => false,
        }
    }

    /// Returns the time after which the host accepts the request again, if the host said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            FetchError::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Returns the reason of an error of the HTTP client.
    pub(super) fn of_request(error: &reqwest::Error, host: &str) -> FetchError {
        let host = host.to_owned();
        if let Some(error) = source_of::<ResolveError>(error) {
            return error.clone().into();
        }
        let cause = sources(error).last().map(ToString::to_string).unwrap_or_default();
        let http = source_of::<hyper::Error>(error);
        let io = sources(error).filter_map(|error| error.downcast_ref::<io::Error>()).last();
        let kind = io.map(io::Error::kind);
        // rustls reports its errors so, and a host that does not speak TLS may hang up.
        let is_tls = error.is_connect()
            && matches!(kind, Some(io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof));
        match (kind, http) {
            _ if is_tls && cause.contains("certificate") => FetchError::Certificate { host, cause },
            _ if is_tls => FetchError::Tls { host, cause },
            (Some(io::ErrorKind::ConnectionRefused), _) => FetchError::ConnectionRefused { host },
            _ if error.is_connect() => FetchError::Unreachable { host, cause },
            (_, Some(http)) if http.is_parse() => FetchError::Invalid { host, cause },
            (_, Some(_)) => FetchError::Broken { host, cause },
            _ if error.is_decode() => FetchError::Damaged { cause },
            (Some(_), None) => FetchError::Broken { host, cause },
            (None, None) => FetchError::Invalid { host, cause },
        }
    }
}

impl From<ResolveError> for FetchError {
    fn from(error: ResolveError) -> FetchError {
        match error {
            ResolveError::Private { host } => FetchError::Private { host },
            ResolveError::NotFound { host } => FetchError::NoHost { host },
            ResolveError::Failed { host } => FetchError::Resolution { host },
        }
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Failure {
        Failure { what: error.to_string(), hint: error.hint() }
    }
}

/// Returns the sources of an error, outermost first.
fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| {
        // The source of an I/O error is not the error inside of it, but that one's source.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &dyn Error).or_else(|| error.source())
    })
}

/// Returns the first error of type `T` among the sources of an error.
fn source_of<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    sources(error).find_map(|error| error.downcast_ref())
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000.. => format!("{} MB", bytes / 1_000_000),
    }
}

fn status_in_words(status: u16) -> String {
    let words = match status {
        401 | 407 => "the page requires a login",
        402 => "the page is only for paying readers",
        403 => "the server does not allow to fetch the page",
        404 => "the page does not exist",
        410 => "the page was removed",
        429 => "the server has had too many requests",
        451 => "the page is blocked for legal reasons",
        503 => "the server is overloaded or under maintenance",
        500..=599 => "the server has an error",
        _ => "the server did not send the page",
    };
    format!("{words} (HTTP {status})")
}

fn hint_of_status(status: u16, retry_after: Option<Duration>) -> String {
    let hint = match (status, retry_after) {
        (429 | 500..=599, Some(time)) if !time.is_zero() => {
            return format!("try again in {}", in_words(time));
        }
        (429 | 500..=599, _) => "try again later",
        (401 | 402 | 403 | 407 | 451, _) => {
            "if it opens in your browser, save the page there and import the file"
        }
        (404 | 410, _) => "check the address",
        _ => "open the address in a browser",
    };
    hint.to_owned()
}

fn in_words(time: Duration) -> String {
    match time.as_secs() {
        1 => "a second".to_owned(),
        seconds @ 0..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}

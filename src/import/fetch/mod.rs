//! Fetching of web pages, feeds and files over HTTP, within limits.
//!
//! Only http and https, and only hosts with a global IP address: see [`address`]. Redirects are
//! followed by this module, so that each target passes the same checks. A response is bounded in
//! size, after decompression, and in time. Requests to a host are sent one at a time and not faster
//! than the interval. No cookies are kept, and no request names the page that it comes from.

mod address;
mod error;
mod kind;
mod resolve_error;
mod resolver;
mod response;
#[cfg(test)]
mod tests;
mod throttle;

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED,
};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep, timeout};
use url::{Host, Url};

use self::address::Scope;
pub use self::error::FetchError;
pub use self::kind::{FetchedKind, recognize};
use self::resolver::{CheckedResolver, SystemResolver};
use self::response::{header, read, redirect_target};
use self::throttle::Throttle;
use super::document::Failure;

/// Timeout of a connection. A host has several addresses, and the first may not answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);
/// Maximum time that a request waits because its host asks for it.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);
/// Time after which an idle connection is closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Maximum length of an address in an error.
const MAX_SHOWN_CHARS: usize = 200;
/// Preference of types: pages and feeds before data.
const ACCEPTED: &str = "text/html, application/xhtml+xml, application/atom+xml, \
    application/rss+xml, application/feed+json, text/markdown, application/xml;q=0.9, \
    text/plain;q=0.8, */*;q=0.5";

/// Limits of a [`Fetcher`]. Not `Debug`: the address of a proxy may have a password.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchSettings {
    /// Whether hosts in a private network are fetched.
    pub allow_private: bool,
    /// Maximum size of a content in bytes, after decompression.
    pub max_bytes: u64,
    /// Maximum time for all requests of a call, without the time that [`Self::interval`] and the
    /// host's `Retry-After` make it wait.
    pub timeout: Duration,
    pub max_redirects: usize,
    /// Minimum time between the starts of two requests to a host.
    pub interval: Duration,
    pub user_agent: String,
    /// Address of an HTTP or SOCKS proxy. A name of a page must be known to this computer too, for
    /// the check of its addresses, unless [`Self::allow_private`] is set.
    pub proxy: Option<String>,
}

impl Default for FetchSettings {
    fn default() -> FetchSettings {
        FetchSettings {
            allow_private: false,
            max_bytes: 10_000_000,
            timeout: Duration::from_secs(20),
            max_redirects: 5,
            interval: Duration::from_secs(1),
            user_agent: concat!("Verbatim/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
        }
    }
}

/// Fetches addresses within limits, politely. The process has one, because clones share the
/// intervals of the hosts. A clone is cheap.
#[derive(Clone)]
pub struct Fetcher {
    shared: Arc<Shared>,
}

struct Shared {
    http: reqwest::Client,
    resolver: CheckedResolver,
    throttle: Throttle,
    settings: FetchSettings,
}

/// A content with where and when it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Address after redirects.
    pub address: Url,
    pub status: u16,
    pub content_type: Option<String>,
    pub bytes: Vec<u8>,
    pub validators: Validators,
}

/// The version of a content by which the server recognizes that it has not changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Validators {
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// The result of a fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Fetched(Fetched),
    /// The content is still the one that the validators came with.
    NotModified,
}

/// The result of one request.
enum Step {
    Done(Outcome),
    Redirect(Url),
}

impl Fetcher {
    /// Returns a fetcher, or the reason why the settings are not valid.
    pub fn new(settings: FetchSettings) -> Result<Fetcher, Failure> {
        Fetcher::with_resolver(settings, Arc::new(SystemResolver))
    }

    /// Returns a fetcher that finds hosts by `resolver` and checks its answers.
    fn with_resolver(
        settings: FetchSettings,
        resolver: Arc<dyn reqwest::dns::Resolve>,
    ) -> Result<Fetcher, Failure> {
        let invalid = |what: &str, error: reqwest::Error| Failure {
            what: format!("{what}: {}", error.without_url()),
            hint: "check `proxy` and `user_agent`".to_owned(),
        };
        let scope = if settings.allow_private { Scope::Any } else { Scope::Global };
        let resolver = CheckedResolver::new(resolver, scope);
        let mut http = reqwest::Client::builder()
            .user_agent(&settings.user_agent)
            .default_headers(HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(ACCEPTED))]))
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(1)
            .redirect(reqwest::redirect::Policy::none())
            .http1_ignore_invalid_headers_in_responses(true)
            .referer(false)
            // Only the configuration reads the environment.
            .no_proxy();
        let proxy = settings.proxy.as_deref().map(proxy_address).transpose()?;
        if let Some(proxy) = &proxy {
            let proxy = reqwest::Proxy::all(proxy.clone());
            http = http.proxy(proxy.map_err(|error| invalid("the proxy is not valid", error))?);
        }
        let proxy_host = proxy.as_ref().and_then(Url::host_str);
        let http = http.dns_resolver(Arc::new(resolver.with_proxy(proxy_host)));
        let http = http.build().map_err(|error| invalid("no HTTP client", error))?;
        let throttle = Throttle::new(settings.interval);
        Ok(Fetcher { shared: Arc::new(Shared { http, resolver, throttle, settings }) })
    }

    /// Sets the interval that the host of `address` asks for, as in its `robots.txt`. An interval
    /// shorter than that of the settings has no effect.
    pub fn set_interval(&self, address: &Url, interval: Duration) {
        self.shared.throttle.set_interval(&host_of(address), interval);
    }

    /// Fetches the content of an address. With the validators of an earlier fetch, the server sends
    /// the content only if it has changed.
    pub async fn get(
        &self,
        address: &Url,
        validators: Option<&Validators>,
    ) -> Result<Outcome, FetchError> {
        let settings = &self.shared.settings;
        let mut address = address.clone();
        let mut time = settings.timeout;
        for redirects in 0..=settings.max_redirects {
            let step = self.step(&address, validators, &mut time).await;
            match step {
                Ok(Step::Done(outcome)) => return Ok(outcome),
                Ok(Step::Redirect(target)) => address = target,
                Err(error) if redirects > 0 && is_forbidden(&error) => {
                    let (to, cause) = (shown(&address), Box::new(error));
                    return Err(FetchError::RedirectRefused { to, cause });
                }
                Err(error) => return Err(error),
            }
        }
        Err(FetchError::TooManyRedirects { limit: settings.max_redirects })
    }

    /// Waits for the turn of a host and sends a request, or two if the host asks for a short wait.
    /// Takes the time of the requests from `time`.
    async fn step(
        &self,
        address: &Url,
        validators: Option<&Validators>,
        time: &mut Duration,
    ) -> Result<Step, FetchError> {
        address::check(address, self.shared.scope())?;
        let mut permit = self.shared.throttle.acquire(&host_of(address)).await;
        let first = self.within(time, address, self.request(address, validators)).await;
        match first.as_ref().err().and_then(FetchError::retry_after) {
            Some(wait) if wait <= MAX_RETRY_AFTER => {
                sleep(wait).await;
                permit.wait().await;
                self.within(time, address, self.request(address, validators)).await
            }
            _ => first,
        }
    }

    /// Runs a request for at most `time`, and takes its time from that.
    async fn within(
        &self,
        time: &mut Duration,
        address: &Url,
        request: impl Future<Output = Result<Step, FetchError>>,
    ) -> Result<Step, FetchError> {
        let start = Instant::now();
        let result = timeout(*time, request).await;
        *time = time.saturating_sub(start.elapsed());
        result.unwrap_or_else(|_| {
            let limit = self.shared.settings.timeout;
            Err(FetchError::TimedOut { host: host_of(address), limit })
        })
    }

    /// Sends one request and reads its response.
    async fn request(
        &self,
        address: &Url,
        validators: Option<&Validators>,
    ) -> Result<Step, FetchError> {
        let host = host_of(address);
        let has_proxy = self.shared.settings.proxy.is_some();
        // A proxy resolves the name by itself, and may know names that this computer does not.
        if let (true, Scope::Global, Some(Host::Domain(name))) =
            (has_proxy, self.shared.scope(), address.host())
        {
            self.shared.resolver.check(name).await?;
        }
        let mut request = self.shared.http.get(address.clone());
        let mut is_conditional = false;
        for (name, value) in validators.into_iter().flat_map(Validators::headers) {
            request = request.header(name, value);
            is_conditional = true;
        }
        let failed = |error: reqwest::Error| match error.is_timeout() {
            true => FetchError::TimedOut { host: host.clone(), limit: CONNECT_TIMEOUT },
            false => FetchError::of_request(&error, &host),
        };
        let mut response = request.send().await.map_err(failed)?;
        if let (false, Some(remote)) = (has_proxy, response.remote_addr()) {
            self.shared.check_remote(remote.ip())?;
        }
        if response.status() == StatusCode::NOT_MODIFIED && is_conditional {
            return Ok(Step::Done(Outcome::NotModified));
        }
        if let Some(target) = redirect_target(&response, address)? {
            return Ok(Step::Redirect(target));
        }
        let bytes = read(&mut response, self.shared.settings.max_bytes, failed).await?;
        let text = |name| header(response.headers(), name).map(str::to_owned);
        Ok(Step::Done(Outcome::Fetched(Fetched {
            address: address.clone(),
            status: response.status().as_u16(),
            content_type: text(CONTENT_TYPE),
            bytes,
            validators: Validators { etag: text(ETAG), last_modified: text(LAST_MODIFIED) },
        })))
    }
}

impl Shared {
    fn scope(&self) -> Scope {
        if self.settings.allow_private { Scope::Any } else { Scope::Global }
    }

    /// Fails if the client is connected to an address outside of the scope, which the resolver and
    /// the check of literals have excluded.
    fn check_remote(&self, ip: std::net::IpAddr) -> Result<(), FetchError> {
        match self.scope() == Scope::Any || address::is_global(ip) {
            true => Ok(()),
            false => Err(FetchError::Private { host: ip.to_string() }),
        }
    }
}

impl Validators {
    /// Returns the headers of a conditional request.
    fn headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let header = |name, value: &Option<String>| {
            Some((name, HeaderValue::from_str(value.as_deref()?).ok()?))
        };
        let etag = header(IF_NONE_MATCH, &self.etag);
        etag.into_iter().chain(header(IF_MODIFIED_SINCE, &self.last_modified))
    }
}

/// Returns the address of a proxy, which may lack the scheme of HTTP.
fn proxy_address(proxy: &str) -> Result<Url, Failure> {
    const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    let has_scheme = proxy.contains("://");
    let address = if has_scheme { proxy.to_owned() } else { format!("http://{proxy}") };
    let address = Url::parse(&address).ok().filter(|address| SCHEMES.contains(&address.scheme()));
    address.filter(Url::has_host).ok_or_else(|| Failure {
        what: "the proxy is not an address of an HTTP or SOCKS proxy".to_owned(),
        hint: "give it as http://HOST:PORT or socks5://HOST:PORT".to_owned(),
    })
}

/// Returns whether an error says that an address may not be fetched, rather than that it cannot.
fn is_forbidden(error: &FetchError) -> bool {
    use FetchError::{BadPort, Credentials, NotHttp, Private};
    matches!(error, NotHttp { .. } | Credentials | BadPort { .. } | Private { .. })
}

/// Returns the host of an address without the dot of the root domain.
fn host_of(address: &Url) -> String {
    address.host_str().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// Returns an address for an error, without a password.
fn shown(address: &Url) -> String {
    let mut address = address.clone();
    // Both fail only for an address that has no host, and so no user.
    let _ = address.set_password(None);
    let _ = address.set_username("");
    address.as_str().chars().take(MAX_SHOWN_CHARS).collect()
}

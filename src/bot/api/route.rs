//! Routes to a Bot API server: directly, or by a proxy.

use std::fmt;

use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::Url;

use crate::config::{Proxies, Proxy, SharedProxy};

/// The way in which a Bot API server is reached. Its text does not contain a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    Direct,
    /// The route is direct, since the value of this setting is not the address of a proxy.
    DirectFor(&'static str),
    Proxy(Proxy),
}

impl Route {
    /// Returns the route to the server at `url`.
    pub fn to(url: &Url, proxies: &Proxies) -> Route {
        if let Some(proxy) = &proxies.telegram {
            return Route::Proxy(proxy.clone());
        }
        let shared = &proxies.shared;
        let own = if url.scheme() == "https" { &shared.https } else { &shared.http };
        match own.as_ref().or(shared.all.as_ref()) {
            Some(_) if is_excepted(url, &shared.except) => Route::Direct,
            Some(SharedProxy::Proxy(proxy)) => Route::Proxy(proxy.clone()),
            Some(SharedProxy::Unusable(setting)) => Route::DirectFor(setting),
            None => Route::Direct,
        }
    }

    /// Returns how an operator makes the server reachable.
    pub fn hint(&self) -> String {
        match self {
            Route::Direct => {
                "if the network needs a proxy, set `[telegram] proxy` or TELOXIDE_PROXY".into()
            }
            Route::DirectFor(setting) => {
                format!("correct {setting}, or set `[telegram] proxy` or TELOXIDE_PROXY")
            }
            Route::Proxy(proxy) => format!(
                "check the address, the user name and the password in {}, and that the proxy runs",
                proxy.setting()
            ),
        }
    }
}

/// Returns whether `NO_PROXY` with the value `except` names the host of `url`.
fn is_excepted(url: &Url, except: &str) -> bool {
    let Ok(uri) = url[..url::Position::BeforePath].parse::<Uri>() else { return false };
    // The HTTP client selects its proxy by the same rules.
    Matcher::builder().all("http://proxy").no(except).build().intercept(&uri).is_none()
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Route::Direct => f.write_str("directly"),
            Route::DirectFor(setting) => {
                write!(f, "directly, since {setting} is not the address of a proxy")
            }
            Route::Proxy(proxy) => {
                write!(f, "by the proxy {} of {}", proxy.address(), proxy.setting())
            }
        }
    }
}

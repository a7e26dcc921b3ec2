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
    /// The address of the proxy, without a password, and the setting that names it.
    Proxy {
        address: String,
        setting: &'static str,
    },
}

impl Route {
    /// Returns the route to the server at `url`, and its proxy.
    pub fn to<'a>(url: &Url, proxies: &'a Proxies) -> (Route, Option<&'a Proxy>) {
        if let Some(proxy) = &proxies.telegram {
            return by(proxy);
        }
        let shared = &proxies.shared;
        let own = if url.scheme() == "https" { &shared.https } else { &shared.http };
        match own.as_ref().or(shared.all.as_ref()) {
            Some(_) if is_excepted(url, &shared.except) => (Route::Direct, None),
            Some(SharedProxy::Proxy(proxy)) => by(proxy),
            Some(SharedProxy::Unusable(setting)) => (Route::DirectFor(setting), None),
            None => (Route::Direct, None),
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
            Route::Proxy { setting, .. } => format!(
                "check the address, the user name and the password in {setting}, and that the proxy runs"
            ),
        }
    }
}

fn by(proxy: &Proxy) -> (Route, Option<&Proxy>) {
    (Route::Proxy { address: proxy.address(), setting: proxy.setting() }, Some(proxy))
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
            Route::Proxy { address, setting } => write!(f, "by the proxy {address} of {setting}"),
        }
    }
}

//! Addresses to listen on: the webhook and the monitoring endpoints. Pure.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use serde::Serialize;
use url::{Host, Url};

use super::section::Section;
use super::token::BotToken;

/// A webhook: Telegram sends the updates to an address instead of being polled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The address that Telegram calls.
    pub url: Url,
    /// The address that the bot listens on, behind a proxy that terminates HTTPS.
    pub listen: SocketAddr,
    /// The secret of the operator. `None` derives the secret from the bot's token.
    pub secret: Option<WebhookSecret>,
}

/// The secret token that Telegram sends with each update. Its `Debug` form hides the secret.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// Parses a secret that the Bot API accepts: 1 to 256 letters of A to Z, digits, `-` and `_`.
    pub fn parse(text: &str) -> Option<WebhookSecret> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_secret =
            (1..=MAX_SECRET_CHARS).contains(&text.len()) && text.bytes().all(is_allowed);
        is_secret.then(|| WebhookSecret(text.to_owned()))
    }

    /// Derives a secret from the bot's token. The derivation is deterministic and one-way.
    pub fn derive_from(token: &BotToken) -> WebhookSecret {
        let key = blake3::derive_key("verbatim 2026-11 webhook secret", token.expose().as_bytes());
        WebhookSecret(blake3::Hash::from_bytes(key).to_string())
    }

    /// Returns whether `given` is the secret. The time of the comparison does not depend on the
    /// content, since blake3 compares hashes in constant time.
    pub fn is(&self, given: &[u8]) -> bool {
        blake3::hash(given) == blake3::hash(self.0.as_bytes())
    }

    /// Returns the secret itself, for a request to the Bot API.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// Maximum length of a secret, a limit of the Bot API.
const MAX_SECRET_CHARS: usize = 256;
const DEFAULT_WEBHOOK_PORT: u16 = 8080;
const DEFAULT_MONITOR_PORT: u16 = 9464;

impl Webhook {
    /// Reads `[webhook]`. Returns `None` if no address is set, which selects long polling.
    pub(super) fn read(mut section: Section<'_, '_>) -> Option<Webhook> {
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_WEBHOOK_PORT));
        let listen = match section.text("listen") {
            Some(raw) => section.address("listen", raw, default),
            None => default,
        };
        let secret = match section.text("secret") {
            None | Some("") => None,
            Some(raw) => {
                let secret = WebhookSecret::parse(raw);
                if secret.is_none() {
                    section.report(
                        "secret",
                        "Telegram does not take this secret",
                        "give 1 to 256 letters of A to Z, digits, `-` and `_`, or leave it empty",
                    );
                }
                secret
            }
        };
        let raw = section.text("url").unwrap_or_default().trim();
        if raw.is_empty() {
            return None;
        }
        let url = Url::parse(raw).ok().filter(is_callable);
        if url.is_none() {
            section.report("url", "Telegram cannot call this address", "give one such as `https://bot.example.org/telegram`, where HTTPS is in front of the bot");
        }
        Some(Webhook { url: url?, listen, secret })
    }
}

/// Returns whether a Bot API server can call an address. Telegram itself calls only HTTPS; a Bot
/// API server on this machine, or of a test, may call HTTP.
fn is_callable(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return false,
    };
    let is_plain =
        url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    is_plain && (url.scheme() == "https" || url.scheme() == "http" && is_here)
}

/// Reads `[monitor]`: the listen address of the monitoring endpoints. Returns `None` if the
/// operator wants no endpoints.
pub(super) fn monitor(mut section: Section<'_, '_>) -> Option<SocketAddr> {
    let default = SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_MONITOR_PORT));
    match section.text("listen").map(str::trim) {
        None => Some(default),
        Some("") => None,
        Some(raw) => Some(section.address("listen", raw, default)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::{self, ConfigFile};
    use crate::config::unknown_keys;

    #[test]
    fn webhook_url_is_https_or_on_this_machine() {
        let check = |url: &str, expected: bool| {
            let text = format!("[webhook]\nurl = '{url}'");
            let (root, errors) = file::parse(&text);
            let mut file = ConfigFile::new("v.toml", &text, &root, &errors);
            assert_eq!(
                Webhook::read(Section::of(&mut file, "webhook")).is_some(),
                expected,
                "{url}"
            );
            unknown_keys::report(&mut file);
            assert_eq!(file.into_problems().is_empty(), expected, "{url}");
        };
        check("https://bot.example.org/telegram", true);
        check("https://bot.example.org:8443", true);
        check("http://127.0.0.1:8080/a", true);
        check("http://[::1]/a", true);
        check("http://localhost/a", true);
        check("http://bot.example.org/telegram", false);
        check("https://user:word@bot.example.org/", false);
        check("https://bot.example.org/#a", false);
        check("ftp://localhost/a", false);
        check("bot.example.org", false);
        check("https://", false);
    }

    #[test]
    fn webhook_secret_is_compared_and_hidden_in_debug_output() {
        let token = |text| BotToken::parse(text).unwrap();
        let secret = WebhookSecret::derive_from(&token("12:abc"));
        assert_eq!(secret, WebhookSecret::derive_from(&token("12:abc")));
        assert_ne!(secret, WebhookSecret::derive_from(&token("12:abd")));
        assert_eq!(WebhookSecret::parse(secret.expose()).as_ref(), Some(&secret));
        assert!(secret.is(secret.expose().as_bytes()) && !secret.is(b"") && !secret.is(b"abc"));
        assert!(!format!("{secret:?}").contains(secret.expose()));
        for wrong in ["", "a b", "ä", &"a".repeat(257)] {
            assert_eq!(WebhookSecret::parse(wrong), None, "{wrong}");
        }
    }
}

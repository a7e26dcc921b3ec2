//! What the bot listens to: Telegram's updates, if they are brought to it, and those who watch it. Pure.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use serde::Serialize;
use url::{Host, Url};

use super::BotToken;
use super::file::Section;

/// Telegram brings the updates to this address, instead of being asked for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// What Telegram calls.
    pub url: Url,
    /// What the bot itself listens on; HTTPS stands in front of it.
    pub listen: SocketAddr,
    /// Without it, the secret comes from the bot's token.
    pub secret: Option<WebhookSecret>,
}

/// What only Telegram and the bot know. Its `Debug` says only that there is one.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// Telegram takes 1 to 256 of these characters.
    pub fn parse(text: &str) -> Option<WebhookSecret> {
        let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let fits = (1..=MAX_SECRET_CHARS).contains(&text.len()) && text.bytes().all(is_taken);
        fits.then(|| WebhookSecret(text.to_owned()))
    }

    /// The same for the same token, from which nothing leads back to it.
    pub fn of(token: &BotToken) -> WebhookSecret {
        let key = blake3::derive_key("verbatim 2026-11 webhook secret", token.expose().as_bytes());
        WebhookSecret(blake3::Hash::from_bytes(key).to_string())
    }

    /// Whether `given` is the secret; how long it takes says nothing of where they differ, since hashes
    /// are compared, in constant time.
    pub fn is(&self, given: &[u8]) -> bool {
        blake3::hash(given) == blake3::hash(self.0.as_bytes())
    }

    /// The secret itself, for the request that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

const MAX_SECRET_CHARS: usize = 256;
const WEBHOOK_PORT: u16 = 8080;
const MONITOR_PORT: u16 = 9464;

impl Webhook {
    /// Reads `[webhook]`. `None` without an address, which is when Telegram is asked for updates.
    pub(super) fn read(mut section: Section<'_, '_>) -> Option<Webhook> {
        let default = SocketAddr::from((Ipv4Addr::LOCALHOST, WEBHOOK_PORT));
        let listen = match section.text("listen") {
            Some(typed) => section.address("listen", typed, default),
            None => default,
        };
        let secret = match section.text("secret") {
            None | Some("") => None,
            Some(typed) => {
                let secret = WebhookSecret::parse(typed);
                if secret.is_none() {
                    section.problem(
                        "secret",
                        "Telegram does not take this secret",
                        "give 1 to 256 letters of A to Z, digits, `-` and `_`, or leave it empty",
                    );
                }
                secret
            }
        };
        let typed = section.text("url").unwrap_or_default().trim();
        if typed.is_empty() {
            return None;
        }
        let url = Url::parse(typed).ok().filter(is_callable);
        if url.is_none() {
            section.problem("url", "Telegram cannot call this address", "give one such as `https://bot.example.org/telegram`, where HTTPS is in front of the bot");
        }
        Some(Webhook { url: url?, listen, secret })
    }
}

/// Telegram itself calls only HTTPS; a Bot API server on this machine, and a test, need none.
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

/// Reads `[monitor]`: the address to listen on, or `None` if the operator wants none.
pub(super) fn monitor(mut section: Section<'_, '_>) -> Option<SocketAddr> {
    let default = SocketAddr::from((Ipv4Addr::LOCALHOST, MONITOR_PORT));
    match section.text("listen").map(str::trim) {
        None => Some(default),
        Some("") => None,
        Some(typed) => Some(section.address("listen", typed, default)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::{self, ConfigFile};

    #[test]
    fn telegram_calls_https_and_whoever_is_on_this_machine_may_call_http() {
        let check = |url: &str, expected: bool| {
            let text = format!("[webhook]\nurl = '{url}'");
            let (root, errors) = file::parse(&text);
            let mut file = ConfigFile::new("v.toml", &text, &root, &errors);
            assert_eq!(Webhook::read(file.section("webhook")).is_some(), expected, "{url}");
            assert_eq!(file.finish().is_empty(), expected, "{url}");
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
    fn a_secret_is_told_apart_and_never_shown() {
        let token = |text| BotToken::parse(text).unwrap();
        let secret = WebhookSecret::of(&token("12:abc"));
        assert_eq!(secret, WebhookSecret::of(&token("12:abc")));
        assert_ne!(secret, WebhookSecret::of(&token("12:abd")));
        assert_eq!(WebhookSecret::parse(secret.expose()).as_ref(), Some(&secret));
        assert!(secret.is(secret.expose().as_bytes()) && !secret.is(b"") && !secret.is(b"abc"));
        assert!(!format!("{secret:?}").contains(secret.expose()));
        for wrong in ["", "a b", "ä", &"a".repeat(257)] {
            assert_eq!(WebhookSecret::parse(wrong), None, "{wrong}");
        }
    }
}

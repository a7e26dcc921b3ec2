//! URLs of the methods and files of one bot on a Bot API server.
//!
//! Each URL contains the bot's token, so no URL may be logged or quoted by an error. URLs are
//! joined from path segments, so no file path can lead elsewhere.

use reqwest::Url;

/// The base URL of a Bot API server, with the bot's token.
#[derive(Clone)]
pub struct ApiUrl {
    base: Url,
    /// The path segment `bot<token>`.
    bot: String,
}

impl ApiUrl {
    /// Parses the base URL of a server; `None` is Telegram's own. The error says what is wrong, and
    /// does not quote `api_url`, which may contain a password.
    pub fn parse(api_url: Option<&str>, token: &str) -> Result<ApiUrl, String> {
        let server = api_url.unwrap_or(teloxide::net::TELEGRAM_API_URL);
        let mut base: Url = server.trim().parse().map_err(|error| format!("{error}"))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err("it begins with neither `http://` nor `https://`".into());
        }
        base.set_fragment(None);
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        Ok(ApiUrl { base, bot: format!("bot{token}") })
    }

    /// Returns the server's host, with its port unless that is the default port.
    pub fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Returns the base URL, without the bot's token. It may contain a password.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Returns the URL of a method.
    pub fn method(&self, name: &str) -> Url {
        self.join([self.bot.as_str(), name])
    }

    /// Returns the URL of a file, or `None` unless `path` is a relative path without `.` and `..`.
    pub fn file(&self, path: &str) -> Option<Url> {
        let segments: Vec<_> = path.split('/').collect();
        let is_plain = |segment: &&str| {
            !matches!(*segment, "" | "." | "..")
                && !segment.contains(|c: char| c.is_control() || c == '\\')
        };
        segments
            .iter()
            .all(is_plain)
            .then(|| self.join(["file", &self.bot].into_iter().chain(segments)))
    }

    /// Returns a text without the bot's token.
    pub fn redact(&self, text: &str) -> String {
        text.replace(&self.bot, "bot…")
    }

    fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.base.clone();
        // A URL with the scheme `http` or `https` always has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api_url(api_url: &str) -> ApiUrl {
        ApiUrl::parse(Some(api_url), "1:a-B_c").expect("the URL is valid")
    }

    #[test]
    fn api_url_keeps_its_host_and_path() {
        for (text, host, base) in [
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
            let url = api_url(text);
            assert_eq!(url.host(), host, "{text}");
            let method = url.method("GetMe");
            assert_eq!(method.as_str(), format!("{base}/bot1:a-B_c/GetMe"), "{text}");
            let file = url.file("documents/file_1.md").expect("the path is relative");
            let expected = format!("{base}/file/bot1:a-B_c/documents/file_1.md");
            assert_eq!(file.as_str(), expected, "{text}");
        }
        let with_query = api_url("http://x/bot/?key=bot").method("GetMe");
        assert_eq!(with_query.as_str(), "http://x/bot/bot1:a-B_c/GetMe?key=bot");
    }

    #[test]
    fn api_url_that_is_invalid_is_not_quoted() {
        for bad in
            ["ftp://x", "http://", "https://a b", "mailto:a@b", "http://x:99999", "file:///x"]
        {
            let error = ApiUrl::parse(Some(bad), "1:a").err();
            assert!(error.is_some_and(|problem| !problem.contains(bad)), "{bad}");
        }
    }

    #[test]
    fn file_urls_stay_below_the_bot() {
        let url = api_url("http://bot-api:8081");
        for (path, expected) in [
            ("a b.md", "a%20b.md"),
            ("a?b#c.md", "a%3Fb%23c.md"),
            ("%2e%2e/a.md", "%252e%252e/a.md"),
            ("bot/a.md", "bot/a.md"),
            ("a:b@c.md", "a:b@c.md"),
        ] {
            let file = url.file(path).expect("the path is relative");
            let expected = format!("http://bot-api:8081/file/bot1:a-B_c/{expected}");
            assert_eq!(file.as_str(), expected, "{path}");
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
            assert_eq!(url.file(bad), None, "{bad}");
        }
    }

    #[test]
    fn redacted_texts_have_no_token() {
        let url = api_url("http://x");
        assert_eq!(url.redact("http://x/bot1:a-B_c/GetMe failed"), "http://x/bot…/GetMe failed");
    }
}

//! Proxies for the requests to Telegram. Pure.
//!
//! The address of a proxy may contain a password, which no problem and no `Debug` form contains.

use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};

use super::section::Section;

/// The proxies that are configured. The first one that applies to a Bot API server is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    /// The proxy for every Bot API server.
    pub telegram: Option<Proxy>,
    /// The proxies that the environment sets for all programs.
    pub shared: SharedProxies,
}

/// The proxies of the variables that many programs read. A variable in capitals takes precedence
/// over its lowercase form, and an empty one turns the proxy off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedProxies {
    /// The proxy for servers with HTTPS, from `HTTPS_PROXY`.
    pub https: Option<SharedProxy>,
    /// The proxy for servers with HTTP, from `HTTP_PROXY`.
    pub http: Option<SharedProxy>,
    /// The proxy for servers without another one, from `ALL_PROXY`.
    pub all: Option<SharedProxy>,
    /// The servers that are reached directly, from `NO_PROXY`: host names and IP addresses,
    /// separated by commas.
    pub except: String,
}

/// The value of a variable that many programs read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SharedProxy {
    Proxy(Proxy),
    /// The value of this setting is not the address of a proxy. Other programs ignore it, too.
    Unusable(&'static str),
}

/// A proxy, and the setting that names it. Its `Debug` form hides the user and the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    setting: &'static str,
    scheme: &'static str,
    host: Host<String>,
    port: u16,
    /// Name and password, without percent-encoding.
    user: Option<(String, Option<String>)>,
}

/// The reason why a text is not the address of a proxy. It does not contain the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ProxyProblem {
    pub(super) cause: &'static str,
    pub(super) hint: &'static str,
}

/// Names of the variables for all programs, in the order of their precedence.
const HTTPS: [&str; 2] = ["HTTPS_PROXY", "https_proxy"];
const HTTP: [&str; 2] = ["HTTP_PROXY", "http_proxy"];
const ALL: [&str; 2] = ["ALL_PROXY", "all_proxy"];
const EXCEPT: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// Schemes with their default ports.
const SCHEMES: [(&str, u16); 4] =
    [("http", 80), ("https", 443), ("socks5", 1080), ("socks5h", 1080)];
/// Schemes that only the variables for all programs may have, with their default ports.
const OLD_SCHEMES: [(&str, u16); 2] = [("socks4", 1080), ("socks4a", 1080)];
/// Maximum length of a user name and of a password for SOCKS5, in bytes (RFC 1929).
const MAX_SOCKS_BYTES: usize = 255;

const NO_ADDRESS: ProxyProblem = ProxyProblem {
    cause: "expected the address of a proxy",
    hint: "begin with `http://`, `https://`, `socks5://` or `socks5h://`, as in `socks5h://127.0.0.1:1080`; in a user name or password, write signs such as `@`, `:` and `/` as `%40`, `%3A` and `%2F`",
};
const MTPROTO: ProxyProblem = ProxyProblem {
    cause: "this is an MTProto proxy, which serves the apps of Telegram and no bots",
    hint: "give an HTTP or SOCKS5 proxy, such as `socks5h://127.0.0.1:1080`",
};
const LINK: ProxyProblem = ProxyProblem {
    cause: "this is a link for the apps of Telegram",
    hint: "write its parts as `socks5h://USER:PASSWORD@SERVER:PORT`",
};
const SOCKS_USER: ProxyProblem = ProxyProblem {
    cause: "SOCKS5 takes a user name and a password of 1 to 255 bytes each",
    hint: "give both, as in `socks5h://USER:PASSWORD@SERVER:PORT`, or none",
};

impl Proxy {
    /// Parses the address of a proxy, the value of `setting`.
    pub(super) fn parse(setting: &'static str, text: &str) -> Result<Proxy, ProxyProblem> {
        let lower = text.trim().to_ascii_lowercase();
        let link = ["tg://", "https://t.me/", "http://t.me/", "t.me/", "https://telegram.me/"]
            .iter()
            .find_map(|start| lower.strip_prefix(start));
        match link {
            Some(link) if link.starts_with("socks") => return Err(LINK),
            Some(link) if link.starts_with("proxy") => return Err(MTPROTO),
            Some(_) | None => {}
        }
        Proxy::parse_with(setting, text, &SCHEMES)
    }

    fn parse_with(
        setting: &'static str,
        text: &str,
        schemes: &[(&'static str, u16)],
    ) -> Result<Proxy, ProxyProblem> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|_| NO_ADDRESS)?;
        let scheme = schemes.iter().find(|(scheme, _)| *scheme == url.scheme());
        let (scheme, default_port) = *scheme.ok_or(NO_ADDRESS)?;
        // The parser removes line breaks and tabs.
        let is_plain = matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && !text.contains(char::is_control);
        // The parser reads the hosts of web addresses only.
        let host = url.host_str().and_then(|host| Host::parse(host).ok()).ok_or(NO_ADDRESS)?;
        let port = url.port().unwrap_or(default_port);
        if !is_plain || port == 0 {
            return Err(NO_ADDRESS);
        }
        let decoded = |text| percent_decode_str(text).decode_utf8().map(|text| text.into_owned());
        let name = decoded(url.username()).map_err(|_| NO_ADDRESS)?;
        let password = url.password().map(decoded).transpose().map_err(|_| NO_ADDRESS)?;
        let user = (!name.is_empty() || password.is_some()).then_some((name, password));
        if scheme.starts_with("socks5") && !user.as_ref().is_none_or(is_for_socks) {
            return Err(SOCKS_USER);
        }
        Ok(Proxy { setting, scheme, host, port, user })
    }

    /// Reads `[telegram] proxy`. An empty text means no proxy.
    pub(super) fn read(mut section: Section<'_, '_>) -> Option<Proxy> {
        let raw = section.secret("proxy")?;
        if raw.trim().is_empty() {
            return None;
        }
        let parsed = Proxy::parse("`[telegram] proxy`", raw);
        parsed.map_err(|problem| section.report("proxy", problem.cause, problem.hint)).ok()
    }

    /// Returns the setting that names the proxy.
    pub fn setting(&self) -> &'static str {
        self.setting
    }

    /// Returns the address without user and password.
    pub fn address(&self) -> String {
        format!("{}://{}:{}", self.scheme, self.host, self.port)
    }

    /// Returns the whole address, with user and password, for the HTTP client.
    pub fn expose(&self) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let user = match &self.user {
            None => String::new(),
            Some((name, None)) => format!("{}@", encoded(name)),
            Some((name, Some(password))) => format!("{}:{}@", encoded(name), encoded(password)),
        };
        format!("{}://{user}{}:{}", self.scheme, self.host, self.port)
    }
}

/// Returns whether a user name and a password can be sent to a SOCKS5 proxy.
fn is_for_socks((name, password): &(String, Option<String>)) -> bool {
    let is_sized = |text: &str| (1..=MAX_SOCKS_BYTES).contains(&text.len());
    is_sized(name) && password.as_deref().is_some_and(is_sized)
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({} of {})", self.address(), self.setting)
    }
}

impl SharedProxies {
    /// Reads the variables for all programs.
    pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> SharedProxies {
        let first = |names: [&'static str; 2]| {
            names.into_iter().find_map(|name| Some((name, variable(name)?)))
        };
        let proxy = |names| {
            let (name, raw) = first(names).filter(|(_, raw)| !raw.trim().is_empty())?;
            Some(SharedProxy::parse(name, &raw))
        };
        SharedProxies {
            https: proxy(HTTPS),
            http: proxy(HTTP),
            all: proxy(ALL),
            except: first(EXCEPT).map(|(_, raw)| raw).unwrap_or_default(),
        }
    }
}

impl SharedProxy {
    /// Parses the value of a variable. As in other programs, an address without a scheme is that of
    /// an HTTP proxy, and a path is ignored.
    fn parse(setting: &'static str, raw: &str) -> SharedProxy {
        let raw = raw.trim();
        let whole = match raw.contains("://") {
            true => raw.to_owned(),
            false => format!("http://{raw}"),
        };
        let scheme_end = whole.find("://").map_or(0, |at| at + "://".len());
        let end = whole[scheme_end..].find('/').map_or(whole.len(), |at| scheme_end + at);
        let schemes = [&SCHEMES[..], &OLD_SCHEMES[..]].concat();
        match Proxy::parse_with(setting, &whole[..end], &schemes) {
            Ok(proxy) => SharedProxy::Proxy(proxy),
            Err(_) => SharedProxy::Unusable(setting),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxy_addresses_are_read_with_their_user() {
        let check = |text: &str, address: &str, whole: &str| {
            let proxy =
                Proxy::parse("X", text).unwrap_or_else(|problem| panic!("{text}: {problem:?}"));
            assert_eq!(
                (proxy.address().as_str(), proxy.expose().as_str()),
                (address, whole),
                "{text}"
            );
            assert!(!format!("{proxy:?}").contains("pw"), "{proxy:?}");
        };
        let alone = |text: &str, address: &str| check(text, address, address);
        alone("socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080");
        alone("socks5h://proxy.example", "socks5h://proxy.example:1080");
        alone(" SOCKS5://Proxy.Example:80/ ", "socks5://proxy.example:80");
        alone("http://proxy.example", "http://proxy.example:80");
        alone("http://proxy.example:3128/", "http://proxy.example:3128");
        alone("https://proxy.example", "https://proxy.example:443");
        alone("http://[::1]:8080", "http://[::1]:8080");
        alone("socks5://[2001:db8::1]", "socks5://[2001:db8::1]:1080");
        alone("socks5h://прокси.рф:9", "socks5h://xn--h1adldfi.xn--p1ai:9");
        check("http://ada@h:1", "http://h:1", "http://ada@h:1");
        check("http://ada:@h:1", "http://h:1", "http://ada@h:1");
        check("socks5://ada:pw@h:1", "socks5://h:1", "socks5://ada:pw@h:1");
        check("socks5h://a%40b:pw%3A%2F@h:1", "socks5h://h:1", "socks5h://a%40b:pw%3A%2F@h:1");
        check("socks5h://ada:pw@x@h:1", "socks5h://h:1", "socks5h://ada:pw%40x@h:1");
        check("http://ada:pw%zz!ö@h", "http://h:80", "http://ada:pw%25zz%21%C3%B6@h:80");
    }

    #[test]
    fn proxy_that_is_no_address_is_not_quoted() {
        let check = |text: &str, expected: ProxyProblem| {
            let problem = Proxy::parse("X", text).expect_err(text);
            assert_eq!(problem, expected, "{text}");
        };
        let long = format!("socks5://{}:pw@h", "a".repeat(256));
        for text in [
            "127.0.0.1:1080",
            "localhost:1080",
            "proxy.example",
            "socks://h:1080",
            "socks4://h:1080",
            "ftp://h",
            "socks5:h:1080",
            "socks5://",
            "socks5://:1080",
            "socks5://ada:pw@",
            "socks5://h:99999",
            "socks5://h:0",
            "socks5://h:port",
            "http://h:1/path",
            "http://h:1?a=b",
            "http://h:1#a",
            "http://ada:p/w@h:1",
            "http://ada:1/w@h:1",
            "http://ada:p#w@h:1",
            "http://ada:1?w@h:1",
            "http://a\nb:1",
            "http://a b:1",
            "http://ada:%FF@h:1",
            "1234567:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
            "direct",
            "https://t.me/VerbatimBot",
        ] {
            check(text, NO_ADDRESS);
        }
        check("tg://proxy?server=h&port=443&secret=ee", MTPROTO);
        check("https://t.me/proxy?server=h&port=443&secret=ee", MTPROTO);
        check("https://t.me/socks?server=h&port=1080&user=ada&pass=pw", LINK);
        check("tg://socks?server=h", LINK);
        for text in ["socks5://ada@h", "socks5h://ada:@h", "socks5://:pw@h", &long] {
            check(text, SOCKS_USER);
        }
    }

    #[test]
    fn proxy_variables_for_all_programs_are_read_as_others_read_them() {
        let read = |variables: &[(&str, &str)]| {
            let value = |name: &str| {
                variables
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value.to_string())
            };
            let read = SharedProxies::read(value);
            format!("{:?} {:?} {:?} {:?}", read.https, read.http, read.all, read.except)
        };
        let both =
            read(&[("https_proxy", "h:1"), ("HTTPS_PROXY", "socks4://h:2"), ("no_proxy", "a")]);
        assert_eq!(both, "Some(Proxy(Proxy(socks4://h:2 of HTTPS_PROXY))) None None \"a\"");
        let lower = read(&[("http_proxy", "ada:pw@h:3128/x/"), ("all_proxy", "ftp://h")]);
        assert_eq!(
            lower,
            "None Some(Proxy(Proxy(http://h:3128 of http_proxy))) Some(Unusable(\"all_proxy\")) \"\""
        );
        let off = read(&[("HTTPS_PROXY", ""), ("https_proxy", "h:1"), ("NO_PROXY", "")]);
        assert_eq!(off, "None None None \"\"");
    }
}

//! `robots.txt`: which pages of a host a crawler may fetch, by RFC 9309. Pure.

use std::time::Duration;

use url::Url;

/// Product token of this crawler, in lower case.
const PRODUCT: &str = "verbatim";
/// Maximum size that is read in bytes. The RFC requires 500 KiB at least.
const MAX_BYTES: usize = 512_000;
/// Maximum number of rules that are kept.
const MAX_RULES: usize = 10_000;
/// Maximum number of sitemaps that are kept.
const MAX_SITEMAPS: usize = 1_000;
/// Maximum delay between two requests that is respected.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// The rules of a host for this crawler.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
    sitemaps: Vec<Url>,
    delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allows: bool,
    /// Normalized path pattern with `*` and a final `$`.
    pattern: String,
}

/// Rules of the groups for one crawler.
#[derive(Default)]
struct Group {
    rules: Vec<Rule>,
    delay: Option<Duration>,
    is_present: bool,
}

impl Robots {
    /// Returns the address of the rules for the host of `address`.
    pub fn address(address: &Url) -> Option<Url> {
        let mut robots = address.join("/robots.txt").ok()?;
        robots.set_query(None);
        robots.set_fragment(None);
        Some(robots)
    }

    /// Parses a response. A host without rules allows everything; a host that has an error, or too
    /// many requests, allows nothing for now.
    pub fn parse(bytes: &[u8], status: u16) -> Robots {
        match status {
            200..=299 => parse(&bytes[..bytes.len().min(MAX_BYTES)]),
            429 | 500..=599 => {
                let everything = Rule { allows: false, pattern: "/".to_owned() };
                Robots { rules: vec![everything], ..Robots::default() }
            }
            _ => Robots::default(),
        }
    }

    /// Returns whether the page may be fetched: the longest matching pattern decides, and of two
    /// with the same length the one that allows.
    pub fn allows(&self, address: &Url) -> bool {
        let path = normalized(&match address.query() {
            Some(query) => format!("{}?{query}", address.path()),
            None => address.path().to_owned(),
        });
        if path == "/robots.txt" {
            return true;
        }
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, &path));
        matching.max_by_key(|rule| (rule.pattern.len(), rule.allows)).is_none_or(|rule| rule.allows)
    }

    /// Returns the addresses of the host's sitemaps.
    pub fn sitemaps(&self) -> &[Url] {
        &self.sitemaps
    }

    /// Returns the delay between two requests that the host asks for, of at most ten seconds.
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.delay
    }
}

fn parse(bytes: &[u8]) -> Robots {
    let text = String::from_utf8_lossy(bytes);
    let (mut own, mut common) = (Group::default(), Group::default());
    let mut sitemaps = Vec::new();
    // Whether the rules at this line are for this crawler, or for all.
    let (mut is_own, mut is_common) = (false, false);
    let mut is_start = true;
    for line in text.trim_start_matches('\u{feff}').split(['\n', '\r']) {
        let line = line.split('#').next().unwrap_or_default();
        let Some((key, value)) = line.split_once(':').or_else(|| two_words(line)) else {
            continue;
        };
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "user-agent" => {
                if !is_start {
                    (is_own, is_common, is_start) = (false, false, true);
                }
                is_own |= product(value).eq_ignore_ascii_case(PRODUCT);
                is_common |= value.starts_with('*');
            }
            key @ ("allow" | "disallow") => {
                is_start = false;
                for group in groups(is_own, is_common, &mut own, &mut common) {
                    group.add_rule(key == "allow", value);
                }
            }
            // Unlike a rule, a delay does not end the list of crawlers of a group.
            "crawl-delay" => {
                for group in groups(is_own, is_common, &mut own, &mut common) {
                    group.delay = group.delay.or_else(|| parse_delay(value));
                    group.is_present = true;
                }
            }
            "sitemap" if sitemaps.len() < MAX_SITEMAPS => {
                sitemaps.extend(Url::parse(value).ok().filter(is_web));
            }
            _ => {}
        }
        own.is_present |= is_own;
    }
    let group = if own.is_present { own } else { common };
    Robots { rules: group.rules, sitemaps, delay: group.delay }
}

/// Returns the words of a line that has two. Some hosts forget the colon.
fn two_words(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.trim().split_once([' ', '\t'])?;
    (!value.trim().contains([' ', '\t'])).then_some((key, value))
}

/// Returns the groups that a line belongs to.
fn groups<'a>(
    is_own: bool,
    is_common: bool,
    own: &'a mut Group,
    common: &'a mut Group,
) -> impl Iterator<Item = &'a mut Group> {
    is_own.then_some(own).into_iter().chain(is_common.then_some(common))
}

impl Group {
    fn add_rule(&mut self, allows: bool, value: &str) {
        self.is_present = true;
        // An empty pattern matches nothing.
        let is_pattern = value.starts_with(['/', '*']);
        if is_pattern && self.rules.len() < MAX_RULES {
            self.rules.push(Rule { allows, pattern: normalized(value) });
        }
    }
}

/// Returns the product token at the start of a crawler's name: `Verbatim` of `Verbatim/1.0`.
fn product(name: &str) -> &str {
    let end = |c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_'));
    name.split(end).next().unwrap_or_default()
}

fn parse_delay(value: &str) -> Option<Duration> {
    let seconds = value.parse::<f64>().ok().filter(|seconds| !seconds.is_nan())?;
    let delay = Duration::try_from_secs_f64(seconds.min(MAX_DELAY.as_secs_f64())).ok()?;
    (!delay.is_zero()).then_some(delay)
}

fn is_web(address: &Url) -> bool {
    matches!(address.scheme(), "http" | "https")
}

/// Returns a path in which characters are percent-encoded in one way: unreserved ASCII characters
/// are not, others beyond ASCII are, with capital digits.
fn normalized(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut normalized = String::with_capacity(path.len());
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut at = 0;
    while at < bytes.len() {
        let escaped = match bytes[at] {
            b'%' => digit(at + 1).zip(digit(at + 2)).map(|(high, low)| (high << 4 | low) as u8),
            _ => None,
        };
        let byte = escaped.unwrap_or(bytes[at]);
        let is_unreserved =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        match escaped {
            Some(_) if is_unreserved => normalized.push(char::from(byte)),
            None if byte.is_ascii_graphic() => normalized.push(char::from(byte)),
            _ => normalized.push_str(&format!("%{byte:02X}")),
        }
        at += if escaped.is_some() { 3 } else { 1 };
    }
    normalized
}

/// Returns whether a pattern matches the start of a path, or all of it if the pattern ends with
/// `$`. The time is linear in the number of `*` times the length of the path.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, is_anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return !is_anchored || rest.is_empty();
    }
    while let Some(part) = parts.next() {
        // The last part of an anchored pattern is at the end of the path.
        if is_anchored && parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(robots: &str, path: &str, expected: bool) {
        let address = Url::parse("https://a.example").and_then(|base| base.join(path));
        let address = address.expect("the address of a test is valid");
        let robots = Robots::parse(robots.as_bytes(), 200);
        assert_eq!(robots.allows(&address), expected, "{path} by {robots:?}");
    }

    #[test]
    fn longest_match_decides() {
        let robots = "User-agent: *\nDisallow: /\nAllow: /articles\nDisallow: /articles/drafts/\n";
        check(robots, "/", false);
        check(robots, "/articles/tides", true);
        check(robots, "/articles/drafts/tides", false);
        check(robots, "/robots.txt", true);
        check("User-agent: *\nAllow: /page\nDisallow: /page\n", "/page", true);
        check("User-agent: *\nDisallow: /page\nAllow: /page\n", "/page", true);
    }

    #[test]
    fn wildcards_and_the_end_are_matched() {
        let robots = "User-agent: *\nDisallow: /*.pdf$\nDisallow: /a*b*c\nDisallow: /x$\n\
            Disallow: *?print\nDisallow: /q*$\n";
        check(robots, "/tides.pdf", false);
        check(robots, "/tides.pdf?page=2", true);
        check(robots, "/tides.pdfs", true);
        check(robots, "/a1b2c3", false);
        check(robots, "/a1c2b3", true);
        check(robots, "/x", false);
        check(robots, "/xy", true);
        check(robots, "/tides?print=1", false);
        check(robots, "/qrs", false);
        check("User-agent: *\nDisallow:\n", "/a", true);
        check("User-agent: *\nDisallow: /a.b\n", "/axb", true);
    }

    #[test]
    fn percent_encoding_is_compared_in_one_form() {
        check("User-agent: *\nDisallow: /caf%c3%a9\n", "/café", false);
        check("User-agent: *\nDisallow: /café\n", "/caf%C3%A9/menu", false);
        check("User-agent: *\nDisallow: /%61bc\n", "/abc", false);
        check("User-agent: *\nDisallow: /a%2Fb\n", "/a/b", true);
        check("User-agent: *\nDisallow: /100%\n", "/100%", false);
    }

    #[test]
    fn group_of_this_crawler_replaces_the_common_one() {
        let robots = "User-agent: *\nDisallow: /\n\nUser-Agent: other\nUser-agent: VERBATIM/2.0 (x)\n\
            Disallow: /private\n\nUser-agent: third\nDisallow: /third\n\n\
            User-agent: verbatim\nDisallow: /second # comment\n";
        check(robots, "/", true);
        check(robots, "/private", false);
        check(robots, "/second", false);
        check(robots, "/third", true);
        check("User-agent: verbatim-news\nDisallow: /\n", "/", true);
        check("User-agent: *\nDisallow: /\nUser-agent: verbatim\nAllow: /\n", "/", true);
        check("User-agent: *\nDisallow: /\nUser-agent: verbatim\n", "/", true);
        check("Disallow: /\n", "/", true);
        check("user-agent *\ndisallow  /a\ndisallow all of it\n", "/a", false);
        check("\u{feff}user-agent : *\r\ndisallow : /a\r\n", "/a", false);
    }

    #[test]
    fn delay_does_not_end_a_list_of_crawlers() {
        let robots = "User-agent: verbatim\nCrawl-delay: 2.5\nUser-agent: other\nDisallow: /\n\
            Sitemap: https://a.example/s.xml\nSitemap: /relative\nSitemap: ftp://a.example/\n";
        check(robots, "/", false);
        let robots = Robots::parse(robots.as_bytes(), 200);
        assert_eq!(robots.crawl_delay(), Some(Duration::from_millis(2500)));
        let sitemaps: Vec<_> = robots.sitemaps().iter().map(Url::as_str).collect();
        assert_eq!(sitemaps, ["https://a.example/s.xml"]);
        let delay = |delay: &str| {
            Robots::parse(format!("User-agent: *\nCrawl-delay: {delay}").as_bytes(), 200).delay
        };
        assert_eq!(delay("3600"), Some(MAX_DELAY));
        assert_eq!(delay("-1").or(delay("NaN")).or(delay("x")).or(delay("0")), None);
    }

    #[test]
    fn status_decides_without_rules() {
        let address = Url::parse("https://a.example/a?b#c").expect("the address is valid");
        for (status, expected) in [
            (404, true),
            (403, true),
            (410, true),
            (302, true),
            (500, false),
            (503, false),
            (429, false),
        ] {
            let robots = Robots::parse(b"User-agent: *\nDisallow: /a\n", status);
            assert_eq!(robots.allows(&address), expected, "{status}");
        }
        let robots = Robots::address(&address).expect("the address has a host");
        assert_eq!(robots.as_str(), "https://a.example/robots.txt");
    }

    #[test]
    fn pathological_rules_are_matched_in_time() {
        let pattern = format!("User-agent: *\nDisallow: /{}b$\n", "a*".repeat(2000));
        check(&pattern, &format!("/{}", "a".repeat(4000)), true);
        let many = "User-agent: *\n".to_owned() + &"Disallow: /b\n".repeat(100_000);
        check(&many, "/a", true);
        check("<!DOCTYPE html><html><p>Disallow: /</html>", "/", true);
    }
}

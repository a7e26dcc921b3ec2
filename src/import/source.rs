//! Sources of an import, as a person names them. Pure.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use url::Url;

use super::article_file::digest;
use super::document::Failure;

/// A source that a person names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A page, a feed, a sitemap or a file on the web.
    Address(Url),
    /// The posts of a public channel, by its name without `@`.
    Channel(String),
    /// A file or a folder on this machine.
    Path(PathBuf),
}

/// Number of digits of a digest in the name of a file's articles.
const LABEL_DIGITS: usize = 8;
/// Hosts of Telegram's links.
const TELEGRAM_HOSTS: [&str; 3] = ["t.me", "telegram.me", "telegram.dog"];
/// First parts of the paths of Telegram's links that are no channels.
const NO_CHANNELS: [&str; 12] = [
    "c",
    "joinchat",
    "addstickers",
    "addemoji",
    "share",
    "proxy",
    "socks",
    "login",
    "invoice",
    "setlanguage",
    "addtheme",
    "bg",
];

impl Source {
    /// Parses what a person typed: an address, `@channel`, or a path.
    pub fn parse(text: &str) -> Result<Source, Failure> {
        let text = text.trim();
        if let Some(name) = text.strip_prefix('@').filter(|name| is_channel_name(name)) {
            return Ok(Source::Channel(name.to_owned()));
        }
        if !text.contains("://") {
            return Ok(Source::Path(PathBuf::from(text)));
        }
        Source::parse_address(text)
    }

    /// Parses an address.
    pub fn parse_address(text: &str) -> Result<Source, Failure> {
        const HINT: &str = "give an address such as `https://example.org/article`, or a file";
        let mut url = Url::parse(text)
            .map_err(|error| Failure::new(format!("it is no address: {error}"), HINT))?;
        if !matches!(url.scheme(), "http" | "https") {
            let what = format!("`{}` addresses are not fetched", url.scheme());
            return Err(Failure::new(what, HINT));
        }
        if let Some(name) = channel_of(&url) {
            return Ok(Source::Channel(name));
        }
        url.set_fragment(None);
        Ok(Source::Address(url))
    }

    /// Returns the name of the source in reports.
    pub fn label(&self) -> String {
        match self {
            Source::Address(url) => url.to_string(),
            Source::Channel(name) => format!("https://t.me/{name}"),
            Source::Path(path) => path.display().to_string(),
        }
    }
}

/// Returns the channel that a link of Telegram leads to, such as `https://t.me/s/name`.
fn channel_of(url: &Url) -> Option<String> {
    if !url.host_str().is_some_and(|host| TELEGRAM_HOSTS.contains(&host)) {
        return None;
    }
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let first = parts.next()?;
    let name = if first == "s" { parts.next()? } else { first };
    let is_channel = is_channel_name(name) && !NO_CHANNELS.contains(&name);
    is_channel.then(|| name.to_owned())
}

/// Returns whether a text can be the public name of a channel.
fn is_channel_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (4..=32).contains(&name.len())
        && name.bytes().all(is_allowed)
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Returns the name by which the articles of a file are known: its path from the last folder on,
/// and a digest of the folder's own path. So two files of one name are not taken for each other,
/// and the name says nothing of the machine. `within` is the folder that is imported as a whole.
pub fn file_label(path: &Path, within: Option<&Path>) -> String {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let path = absolute(path);
    let folder = within.map(absolute).or_else(|| path.parent().map(Path::to_owned));
    let folder = folder.unwrap_or_default();
    let mut names: Vec<_> = folder.file_name().map(OsStr::to_string_lossy).into_iter().collect();
    let below = path.strip_prefix(&folder).unwrap_or(&path);
    names.extend(below.iter().map(OsStr::to_string_lossy));
    let digest = digest(folder.as_os_str().as_encoded_bytes());
    format!("{}@{}", names.join("/"), &digest[..LABEL_DIGITS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_is_an_address_a_channel_or_a_path() {
        let check = |text: &str, expected: &str| {
            let shown = match Source::parse(text) {
                Ok(Source::Address(url)) => format!("address {url}"),
                Ok(Source::Channel(name)) => format!("channel {name}"),
                Ok(Source::Path(path)) => format!("path {}", path.display()),
                Err(failure) => failure.what,
            };
            assert_eq!(shown, expected, "{text}");
        };
        check(" https://example.org/a?b#c ", "address https://example.org/a?b");
        check("HTTP://EXAMPLE.org", "address http://example.org/");
        check("https://t.me/s/harbour_news", "channel harbour_news");
        check("https://t.me/harbour_news/12", "channel harbour_news");
        check("@harbour_news", "channel harbour_news");
        check("https://t.me/joinchat/AAAA", "address https://t.me/joinchat/AAAA");
        check("book.epub", "path book.epub");
        check("../books", "path ../books");
        check("@me", "path @me");
        check("ftp://example.org/a", "`ftp` addresses are not fetched");
        check("file:///etc/passwd", "`file` addresses are not fetched");
        check("https://", "it is no address: empty host");
    }

    #[test]
    fn source_file_is_known_by_its_name_and_folder() {
        let label = |path, within: Option<&str>| {
            let label = file_label(Path::new(path), within.map(Path::new));
            let (name, digest) = label.split_once('@').expect("it has a digest");
            (name.to_owned(), digest.to_owned())
        };
        let (name, digest) = label("/home/ada/books/tides.epub", None);
        assert_eq!(name, "books/tides.epub");
        assert_eq!(label("/home/ada/books/ebb.epub", None).1, digest);
        assert_ne!(label("/home/bo/books/tides.epub", None).1, digest);
        let (name, other) = label("/home/ada/books/sea/tides.epub", Some("/home/ada/books"));
        assert_eq!((name.as_str(), &other), ("books/sea/tides.epub", &digest));
        assert_eq!(label("/tides.epub", None).0, "tides.epub");
    }
}

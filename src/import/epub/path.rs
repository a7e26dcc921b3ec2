//! Paths and links within an EPUB.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Characters that are encoded in the address of an article.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A place in a file of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub path: String,
    pub fragment: Option<String>,
}

/// Resolves a link in the file `from`. Returns `None` for an address outside of the book.
pub fn resolve(from: &str, href: &str) -> Option<Target> {
    let href = href.trim();
    if has_scheme(href) || href.starts_with("//") {
        return None;
    }
    let (path, fragment) = match href.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (href, None),
    };
    let path = decoded(path.split('?').next().unwrap_or_default()).replace('\\', "/");
    let path = match path.is_empty() {
        true => from.to_owned(),
        false => join(from, &path),
    };
    let fragment = fragment.map(decoded).filter(|fragment| !fragment.is_empty());
    Some(Target { path, fragment })
}

/// Returns the path of `path`, which is relative to the folder of the file `from`.
fn join(from: &str, path: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let start = if path.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Returns whether an address begins with a scheme such as `https:`.
fn has_scheme(href: &str) -> bool {
    let is_scheme_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    href.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.len() > 1
            && scheme.chars().all(is_scheme_char)
    })
}

/// Returns the address of the document with the key.
pub fn article_address(key: &str) -> String {
    format!("article:{}", utf8_percent_encode(key, ENCODED))
}

/// Returns whether an address leads to the web or to a mailbox.
pub fn is_external(href: &str) -> bool {
    let href = href.trim_start().to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| href.starts_with(scheme))
}

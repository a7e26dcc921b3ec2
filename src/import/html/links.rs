//! Addresses of links, and links that are no text of the article. Pure.

use dom_query::NodeRef;
use url::Url;

use super::clean::one_line;
use super::dom::{attribute, has_class};

/// Scheme of a link to another article of the same source.
const ARTICLE: &str = "article:";

/// Returns the address of a link: absolute with http or https, or the one of another article.
/// Returns `None` for other schemes, for links within the page, and for a relative address without
/// a base.
pub fn address(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    if href.starts_with(ARTICLE) {
        return Some(escaped(href));
    }
    if href.is_empty() || href.starts_with('#') {
        return None;
    }
    let address = match Url::parse(href) {
        Ok(address) => address,
        Err(_) => base?.join(href).ok()?,
    };
    let is_web = matches!(address.scheme(), "http" | "https") && address.has_host();
    let is_in_page = address.fragment().is_some()
        && base.is_some_and(|base| {
            let (mut one, mut other) = (address.clone(), base.clone());
            one.set_fragment(None);
            other.set_fragment(None);
            one == other
        });
    (is_web && !is_in_page).then(|| escaped(address.as_str()))
}

/// Returns an address with the characters escaped that end a link in Markdown.
fn escaped(address: &str) -> String {
    let mut depth = 0_i32;
    let is_balanced = address.chars().all(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth >= 0
    }) && depth == 0;
    let mut text = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            '(' | ')' if is_balanced => text.push(c),
            '(' | ')' | '<' | '>' | '\\' | '|' | '`' | '{' | '}' | '*' => {
                text.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c if c.is_whitespace() || c.is_control() => {}
            c => text.push(c),
        }
    }
    text
}

/// Returns whether a link leads to its own place in the page, as `¶` after a heading.
pub fn is_permalink(link: &NodeRef<'_>) -> bool {
    const TEXTS: [&str; 10] = [
        "link to this heading",
        "permalink",
        "permalink to this heading",
        "permalink to this headline",
        "direct link to heading",
        "anchor",
        "copy link",
        "link to this section",
        "edit",
        "top",
    ];
    const CLASSES: [&str; 9] = [
        "headerlink",
        "header-anchor",
        "heading-anchor",
        "hash-link",
        "anchor-link",
        "heading-link",
        "permalink",
        "direct-link",
        "anchorjs-link",
    ];
    let href = attribute(link, "href");
    let text = one_line(&link.text()).to_lowercase();
    let is_symbol = !text.contains(char::is_alphanumeric);
    let is_word = TEXTS.contains(&text.as_str());
    href.contains('#')
        && (is_symbol || is_word && (href.starts_with('#') || has_class(link, &CLASSES)))
}

/// Returns whether an alternative text is the name of a file.
pub fn is_file_name(text: &str) -> bool {
    const EXTENSIONS: [&str; 8] =
        [".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".avif", ".bmp"];
    let text = text.to_ascii_lowercase();
    EXTENSIONS.iter().any(|extension| text.ends_with(extension))
}

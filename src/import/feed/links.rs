//! Addresses in HTML: those of an entry made absolute, and those of the feeds of a page.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use url::Url;

/// Maximum growth of HTML by absolute addresses, and the size in bytes up to which any is allowed.
const MAX_GROWTH: usize = 8;
const MIN_BYTES: usize = 4096;

/// Returns HTML whose relative addresses are resolved by `base`.
pub(super) fn resolved(html: &str, base: Option<&Url>) -> String {
    let Some(base) = base.filter(|_| html.contains("href") || html.contains("src")) else {
        return html.to_owned();
    };
    let mut resolved = String::with_capacity(html.len());
    // A long base and many short links must not fill the memory.
    let limit = MAX_GROWTH * html.len() + MIN_BYTES;
    for token in Tokenizer::new_with_emitter(html, DefaultEmitter::<()>::default()) {
        match token {
            Ok(Token::StartTag(tag)) => {
                let base = Some(base).filter(|_| resolved.len() < limit);
                push_tag(&tag, base, &mut resolved);
            }
            Ok(Token::EndTag(tag)) => {
                resolved.push_str(&format!("</{}>", String::from_utf8_lossy(&tag.name)));
            }
            Ok(Token::String(text)) => {
                push_escaped(&String::from_utf8_lossy(&text.value), &mut resolved);
            }
            Ok(Token::Comment(_) | Token::Doctype(_) | Token::Error(_)) => {}
            Err(never) => match never {},
        }
    }
    resolved
}

/// Appends a start tag with absolute addresses.
fn push_tag(tag: &StartTag<()>, base: Option<&Url>, html: &mut String) {
    html.push_str(&format!("<{}", String::from_utf8_lossy(&tag.name)));
    for (name, value) in &tag.attributes {
        let value = String::from_utf8_lossy(&value.value);
        let name = String::from_utf8_lossy(name);
        html.push_str(&format!(" {name}=\""));
        push_escaped(&absolute(&name, &value, base), html);
        html.push('"');
    }
    html.push('>');
}

/// Returns the value of an attribute, made absolute if it is an address.
fn absolute(name: &str, value: &str, base: Option<&Url>) -> String {
    let is_address = matches!(name, "href" | "src" | "cite" | "longdesc" | "poster" | "data");
    // A link within the entry stays one.
    let address = match base {
        Some(base) if is_address && !value.starts_with('#') => base.join(value.trim()).ok(),
        _ => None,
    };
    address.map_or_else(|| value.to_owned(), String::from)
}

/// Appends a text to HTML.
pub(super) fn push_escaped(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

/// Returns plain text as HTML: a blank line separates paragraphs.
pub(super) fn text_as_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        match (line.is_empty(), is_open) {
            (true, true) => html.push_str("</p>\n"),
            (true, false) => {}
            (false, true) => html.push('\n'),
            (false, false) => html.push_str("<p>"),
        }
        is_open = !line.is_empty();
        push_escaped(line, &mut html);
    }
    if is_open {
        html.push_str("</p>");
    }
    html.truncate(html.trim_end().len());
    html
}

//! Parsing of HTML to a tree of elements, and reading of its nodes. Pure.
//!
//! The tree is never deeper than [`MAX_DEPTH`] open elements plus those that HTML closes by itself,
//! since the parser takes a time that grows with the square of the depth.

use std::borrow::Cow;

use dom_query::{Document, NodeId, NodeRef};
use url::Url;

/// Maximum number of open elements. Browsers allow 512.
const MAX_DEPTH: usize = 256;

/// Elements without an end tag.
const VOID: [&str; 16] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "meta", "param",
    "source", "track", "wbr", "image",
];
/// Elements that end where the next one of their kind begins.
const SELF_CLOSING: [&str; 12] =
    ["p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup"];
/// Elements whose content is text.
const RAW_TEXT: [&str; 6] = ["script", "style", "textarea", "title", "xmp", "iframe"];

/// Parses an HTML document or fragment.
pub fn parse(html: &str) -> Document {
    Document::from(limit_depth(html).as_ref())
}

/// Returns the HTML without the tags that would open more than [`MAX_DEPTH`] elements.
fn limit_depth(html: &str) -> Cow<'_, str> {
    let mut open: Vec<&str> = Vec::new();
    let mut kept: Option<String> = None;
    let mut copied = 0;
    let mut skip_until = 0;
    for (at, _) in html.match_indices('<') {
        if at < skip_until {
            continue;
        }
        let rest = &html[at + 1..];
        if rest.starts_with("!--") {
            skip_until = rest.find("-->").map_or(html.len(), |end| at + 1 + end);
            continue;
        }
        let (is_end, rest) = match rest.strip_prefix('/') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let name = &rest[..length.unwrap_or(rest.len())];
        let is = |one: &&str| one.eq_ignore_ascii_case(name);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic())
            || VOID.iter().any(is)
            || SELF_CLOSING.iter().any(is)
        {
            continue;
        }
        if is_end {
            if let Some(depth) = open.iter().rposition(is) {
                open.truncate(depth);
            }
            continue;
        }
        let end = tag_end(html, at);
        skip_until = end;
        if RAW_TEXT.iter().any(is) {
            skip_until = raw_text_end(html, end, name);
        } else if open.len() == MAX_DEPTH {
            let kept = kept.get_or_insert_with(String::new);
            kept.push_str(&html[copied..at]);
            kept.push_str("<br>");
            copied = end;
        } else if !html[..end].ends_with("/>") {
            open.push(name);
        }
    }
    match kept {
        None => Cow::Borrowed(html),
        Some(mut kept) => {
            kept.push_str(&html[copied..]);
            Cow::Owned(kept)
        }
    }
}

/// Returns the end of the tag that starts at `at`. A `>` in a quoted attribute is not an end.
fn tag_end(html: &str, at: usize) -> usize {
    let mut quote = None;
    for (offset, byte) in html.bytes().enumerate().skip(at) {
        match (quote, byte) {
            (None, b'>') => return offset + 1,
            (None, b'"' | b'\'') if html[..offset].ends_with('=') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    html.len()
}

/// Returns the start of the end tag of a raw text element.
fn raw_text_end(html: &str, from: usize, name: &str) -> usize {
    let ends = html[from..].match_indices("</");
    let mut ends = ends.filter(|(at, _)| {
        let rest = html.as_bytes().get(from + at + 2..from + at + 2 + name.len());
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(name.as_bytes()))
    });
    ends.next().map_or(html.len(), |(at, _)| from + at)
}

/// Returns the name of an element in lower case, or an empty text for another node.
pub fn name(node: &NodeRef<'_>) -> String {
    node.qual_name_ref().map(|name| name.local.to_ascii_lowercase().to_string()).unwrap_or_default()
}

/// Returns the value of an attribute, or an empty text.
pub fn attribute(node: &NodeRef<'_>, name: &str) -> String {
    node.attr(name).map(|value| value.to_string()).unwrap_or_default()
}

/// Returns the class names and the id of an element in lower case, each between spaces.
pub fn classes(node: &NodeRef<'_>) -> String {
    let class = attribute(node, "class").to_ascii_lowercase();
    let words = class.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    format!(" {words} ")
}

/// Returns whether an element has one of the classes.
pub fn has_class(node: &NodeRef<'_>, names: &[&str]) -> bool {
    let found = attribute(node, "class");
    let mut found = found.split_ascii_whitespace();
    found.any(|class| names.iter().any(|name| name.eq_ignore_ascii_case(class)))
}

/// Returns the elements below a node with one of the names, in the order of the document.
pub fn descendants<'a>(
    node: &NodeRef<'a>,
    names: &'static [&'static str],
) -> impl Iterator<Item = NodeRef<'a>> + use<'a> {
    let tree = node.tree;
    let ids: Vec<NodeId> = node.descendants_it().map(|node| node.id).collect();
    let nodes = ids.into_iter().map(move |id| NodeRef::new(id, tree));
    nodes.filter(move |node| {
        node.qual_name_ref().is_some_and(|name| names.contains(&name.local.as_ref()))
    })
}

/// Returns the address that relative links refer to: the one of `<base href>`, or else `address`.
pub fn base(document: &Document, address: Option<&Url>) -> Option<Url> {
    let href = document.base_uri();
    let by_element = href.and_then(|href| match address {
        Some(address) => address.join(&href).ok(),
        None => Url::parse(&href).ok(),
    });
    by_element.or_else(|| address.cloned())
}

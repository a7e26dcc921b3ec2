//! Elements of an HTML text as byte ranges, so that parts can be cut out and links replaced while
//! the rest stays byte for byte. Pure.
//!
//! A scanner of tags, not a parser: an element without an end tag ends with its parent. Memory and
//! time are linear in the length of the text, whatever it contains.

use std::borrow::Cow;
use std::ops::Range;

use html5gum::{Token, Tokenizer};

/// Maximum number of open elements among which an end tag looks for its start tag.
const MAX_SEARCHED: usize = 200;
/// Elements without content.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Elements whose content has no tags.
const RAW_TEXT: [&str; 7] =
    ["iframe", "noembed", "noframes", "script", "style", "textarea", "title"];

/// An element of an HTML text.
#[derive(Debug, Clone)]
pub struct Element<'a> {
    /// Name in lower case.
    pub name: String,
    /// Text of the start tag after the name.
    attributes: &'a str,
    pub start_tag: Range<usize>,
    pub inner: Range<usize>,
    pub outer: Range<usize>,
}

impl Element<'_> {
    /// Returns the value of an attribute with its character references replaced.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        while let (Some((found, value)), after) = next_attribute(rest) {
            if found.eq_ignore_ascii_case(name) {
                return Some(unescaped(value).into_owned());
            }
            rest = after;
        }
        None
    }

    /// Returns whether the element has a class.
    pub fn has_class(&self, class: &str) -> bool {
        // Most elements have no class, so the attributes are read only if one is possible.
        self.attributes.contains(class)
            && self
                .attribute("class")
                .is_some_and(|all| all.split_ascii_whitespace().any(|one| one == class))
    }
}

/// A tag, and the position after it.
enum Tag<'a> {
    Start {
        name: String,
        attributes: &'a str,
        end: usize,
    },
    End {
        name: String,
        end: usize,
    },
    /// A comment or a declaration.
    Other {
        end: usize,
    },
}

/// Returns the elements in the order of their start tags.
pub fn elements(html: &str) -> Vec<Element<'_>> {
    let mut all: Vec<Element<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(start) = html[at..].find('<').map(|found| at + found) {
        match tag_at(html, start) {
            None => at = start + 1,
            Some(Tag::Other { end }) => at = end,
            Some(Tag::Start { name, attributes, end }) => {
                at = end;
                let mut content = end..end;
                if RAW_TEXT.contains(&name.as_str()) {
                    let (text_end, after) = raw_text_end(html, end, &name);
                    (content.end, at) = (text_end, after);
                } else if !VOID.contains(&name.as_str()) {
                    open.push(all.len());
                    content.end = html.len();
                }
                let outer = start..at.max(content.end);
                all.push(Element {
                    name,
                    attributes,
                    start_tag: start..end,
                    inner: content,
                    outer,
                });
            }
            Some(Tag::End { name, end }) => {
                at = end;
                let near = &open[open.len().saturating_sub(MAX_SEARCHED)..];
                let Some(back) = near.iter().rev().position(|index| all[*index].name == name)
                else {
                    continue;
                };
                let closed = open.split_off(open.len() - back - 1);
                for (position, index) in closed.into_iter().enumerate() {
                    all[index].inner.end = start;
                    all[index].outer.end = if position == 0 { end } else { start };
                }
            }
        }
    }
    all
}

/// Returns the tag at a `<`.
fn tag_at(html: &str, start: usize) -> Option<Tag<'_>> {
    let rest = &html[start + 1..];
    let until = |mark: &str, from: usize| {
        rest.get(from..)
            .and_then(|text| text.find(mark))
            .map_or(html.len(), |found| start + 1 + from + found + mark.len())
    };
    if rest.starts_with("!--") {
        return Some(Tag::Other { end: until("-->", 1) });
    }
    if rest.starts_with(['!', '?']) {
        return Some(Tag::Other { end: until(">", 1) });
    }
    let is_end_of_name = |c: char| c.is_ascii_whitespace() || c == '>' || c == '/';
    let (is_end, name) = match rest.strip_prefix('/') {
        Some(name) => (true, name),
        None => (false, rest),
    };
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let length = name.find(is_end_of_name).unwrap_or(name.len());
    let (name, after) = (name[..length].to_ascii_lowercase(), &name[length..]);
    let mut rest = after;
    while let (Some(_), next) = next_attribute(rest) {
        rest = next;
    }
    let attributes = &after[..after.len() - rest.len()];
    let end = html.len() - rest.find('>').map_or(0, |found| rest.len() - found - 1);
    Some(if is_end { Tag::End { name, end } } else { Tag::Start { name, attributes, end } })
}

/// Returns the first attribute with its value as written, and the text after it. Returns `None` at
/// the end of the tag.
fn next_attribute(text: &str) -> (Option<(&str, &str)>, &str) {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    if text.is_empty() || text.starts_with('>') {
        return (None, text);
    }
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '>' | '=' | '/');
    // An attribute may begin with `=`.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let length = text[first..].find(is_end).map_or(text.len(), |found| first + found);
    let (name, after) = text.split_at(length);
    let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
        return (Some((name, "")), after);
    };
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            let (value, rest) = quoted.split_once(quote).unwrap_or((quoted, ""));
            return (Some((name, value)), rest);
        }
    }
    let length = value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len());
    (Some((name, &value[..length])), &value[length..])
}

/// Returns the end of a text without tags and the position after the end tag.
fn raw_text_end(html: &str, from: usize, name: &str) -> (usize, usize) {
    let mut at = from;
    while let Some(start) = html[at..].find("</").map(|found| at + found) {
        let after = &html.as_bytes()[start + 2..];
        let is_name = after.split_at_checked(name.len()).is_some_and(|(own, rest)| {
            own.eq_ignore_ascii_case(name.as_bytes())
                && !rest.first().is_some_and(u8::is_ascii_alphanumeric)
        });
        match is_name.then(|| tag_at(html, start)).flatten() {
            Some(Tag::End { end, .. }) => return (start, end),
            _ => at = start + 2,
        }
    }
    (html.len(), html.len())
}

/// Returns a text with its character references replaced.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for token in Tokenizer::new(text.replace('<', "&lt;").as_str()) {
        let Ok(Token::String(part)) = token else { continue };
        out.push_str(&String::from_utf8_lossy(&part));
    }
    Cow::Owned(out)
}

/// Returns a text as HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Replaces ranges of a text. A range within or across a range before it is left out.
pub fn replaced(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        if range.start >= at {
            out.push_str(&text[at..range.start]);
            out.push_str(&new);
            at = range.end;
        }
    }
    out.push_str(&text[at..]);
    out
}

/// Removes the elements of the classes.
pub fn without_classes(html: &str, classes: &[&str]) -> String {
    // Most texts have no such element.
    if !classes.iter().any(|class| html.contains(class)) {
        return html.to_owned();
    }
    let has_class = |it: &Element<'_>| classes.iter().any(|class| it.has_class(class));
    let cuts = elements(html).into_iter().filter(has_class);
    replaced(html, cuts.map(|element| (element.outer, String::new())).collect())
}

/// Replaces the addresses of links for which `target` returns another address.
pub fn with_links(html: &str, target: impl Fn(&str) -> Option<String>) -> String {
    let edits = elements(html).into_iter().filter(|element| element.name == "a");
    let edits = edits.filter_map(|link| {
        let new = target(&link.attribute("href")?)?;
        Some((link.start_tag, format!("<a href=\"{}\">", escaped(&new))))
    });
    replaced(html, edits.collect())
}

/// Returns the text of HTML on one line.
pub fn plain_text(html: &str) -> String {
    let mut out = String::new();
    let mut skipped = false;
    for token in Tokenizer::new(html) {
        match token {
            Ok(Token::String(text)) if !skipped => out.push_str(&String::from_utf8_lossy(&text)),
            Ok(Token::StartTag(tag)) => {
                skipped = matches!(tag.name.as_slice(), b"script" | b"style");
                if matches!(tag.name.as_slice(), b"br" | b"p" | b"div" | b"li" | b"td") {
                    out.push(' ');
                }
            }
            Ok(Token::EndTag(_)) => skipped = false,
            Ok(_) | Err(_) => {}
        }
    }
    one_line(&out)
}

/// Returns a text on one line, without invisible characters.
pub fn one_line(text: &str) -> String {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns whether a character only marks where a word may be divided, or is a byte order mark.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_their_ranges_and_attributes() {
        let html = "<div class='a b'><p title=\"x > y &amp; z\">One<br>two<p>three</div><!-- <p> --><SCRIPT>\"</p>\"</SCRIPT>end";
        let all = elements(html);
        let names: Vec<_> = all.iter().map(|element| element.name.as_str()).collect();
        assert_eq!(names, ["div", "p", "br", "p", "script"]);
        assert!(all[0].has_class("b") && !all[0].has_class("c"));
        assert_eq!(all[1].attribute("title").as_deref(), Some("x > y & z"));
        assert_eq!(&html[all[3].inner.clone()], "three");
        assert_eq!(&html[all[4].outer.clone()], "<SCRIPT>\"</p>\"</SCRIPT>");
        assert_eq!(&html[all[0].inner.end..all[0].outer.end], "</div>");
    }

    #[test]
    fn elements_of_hostile_html_take_linear_time() {
        for part in ["<div>", "<a ", "<p></b>", "</a ", "<!--", "<![", "<a b='", "<b><i></b>"] {
            let html = format!("<p>{}", part.repeat(20_000));
            elements(&html);
            elements(&format!("<script>{html}"));
        }
        for html in ["<", "</", "<a", "<a href", "<a href=", "<a href='", "<!--", "<!", "<script>"]
        {
            elements(html);
            plain_text(html);
        }
    }

    #[test]
    fn links_are_replaced_and_the_rest_is_kept() {
        let html = "<a class=x href='/b?a=1&amp;p=2'>b</a> &amp; <a href=c>c</a>";
        let new = with_links(html, |href| (href == "/b?a=1&p=2").then(|| "article:2".to_owned()));
        assert_eq!(new, "<a href=\"article:2\">b</a> &amp; <a href=c>c</a>");
        assert_eq!(plain_text("<p>a&nbsp;&lt;b<br>c</p> <style>x</style>d\u{ad}e"), "a <b c de");
    }
}

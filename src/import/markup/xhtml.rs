//! Parsing of XHTML, and of HTML that is called XHTML, to a tree.
//!
//! The tokenizer is that of HTML, so a file that is not well-formed is read as far as possible, and
//! the entities of HTML are known. Unlike in HTML, an empty-element tag such as `<a id="x"/>` ends
//! the element, and CDATA sections are text.

use std::borrow::Cow;

use html5gum::{Token, Tokenizer};

use super::escape::escape;
use super::tree::{Attributes, Builder, Content, Tree};

/// Elements without content.
pub(super) const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];
/// Frequent elements beyond `VOID` and `BLOCKS`, whose names need no memory.
const FREQUENT: [&str; 27] = [
    "a", "b", "body", "cite", "code", "dd", "dt", "em", "head", "html", "i", "li", "math", "mi",
    "mn", "mo", "mrow", "msub", "msup", "small", "span", "strong", "sub", "sup", "td", "th", "tr",
];
/// Elements that end an open paragraph.
const BLOCKS: [&str; 22] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "div",
    "dl",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

/// Parses XHTML. Names of elements and attributes become lower case.
pub fn parse_xhtml(source: &str) -> Tree<'static> {
    let source = without_cdata(without_doctype(source));
    let mut builder = Builder::new();
    for token in Tokenizer::new(source.as_ref()) {
        if builder.is_full() {
            break;
        }
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = known(lossy(tag.name.into()));
                end_implied(&mut builder, &name);
                let is_empty = tag.self_closing || VOID.contains(&name.as_ref());
                let attributes = tag.attributes.into_iter();
                let attributes =
                    attributes.map(|(key, value)| (lossy(key.into()), lossy(value.value.into())));
                builder.start(name, Attributes::Parsed(attributes.collect()));
                if is_empty {
                    builder.end();
                }
            }
            Token::EndTag(tag) => end(&mut builder, &lossy(tag.name.into())),
            Token::String(text) => builder.text(Cow::Owned(lossy(text.value.into()))),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    builder.finish()
}

/// Returns the name of an element, as a constant if it is a frequent one.
fn known(name: String) -> Cow<'static, str> {
    let mut all = FREQUENT.iter().chain(&BLOCKS).chain(&VOID);
    all.find(|known| **known == name).map_or(Cow::Owned(name), |known| Cow::Borrowed(*known))
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Ends the innermost open element with the name. An end tag without a start tag is ignored.
fn end(builder: &mut Builder<'_>, name: &str) {
    if builder.beyond > 0 {
        builder.end();
        return;
    }
    let matching = builder.open.iter().rposition(|id| name_of(builder, id.0) == name);
    if let Some(depth) = matching.filter(|depth| *depth > 0) {
        while builder.open.len() > depth {
            builder.end();
        }
    }
}

/// Ends a paragraph or an item whose end tag is missing, as in HTML.
fn end_implied(builder: &mut Builder<'_>, name: &str) {
    let Some(last) = builder.open.last() else { return };
    let open = name_of(builder, last.0);
    let is_implied = match name {
        "li" => open == "li",
        "dt" | "dd" => matches!(open, "dt" | "dd"),
        "td" | "th" => matches!(open, "td" | "th"),
        _ => open == "p" && BLOCKS.contains(&name),
    };
    if is_implied && builder.beyond == 0 {
        builder.end();
    }
}

fn name_of<'b>(builder: &'b Builder<'_>, id: u32) -> &'b str {
    match &builder.nodes[id as usize].content {
        Content::Element { name, .. } => name,
        Content::Text(_) => "",
    }
}

/// Returns the source from the root element on. A document type declaration with entities in
/// brackets is not known to the tokenizer of HTML.
fn without_doctype(source: &str) -> &str {
    let lower = |from: &str| from.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("<html"));
    let mut starts = source.match_indices('<').map(|(at, _)| at).take(100);
    starts.find(|at| lower(&source[*at..])).map_or(source, |at| &source[at..])
}

/// Returns the source with the text of CDATA sections escaped.
fn without_cdata(source: &str) -> Cow<'_, str> {
    const START: &str = "<![CDATA[";
    if !source.contains(START) {
        return Cow::Borrowed(source);
    }
    let mut parts = source.split(START);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (section, rest) = part.split_once("]]>").unwrap_or((part, ""));
        text.push_str(&escape(section));
        text.push_str(rest);
    }
    Cow::Owned(text)
}

//! The text of a field while it is read, with its markup.

use std::borrow::Cow;

use quick_xml::events::BytesStart;

use super::fields::{Field, TextType};
use super::links::{push_escaped, text_as_html};
use crate::import::xml::{html_text, unescaped};

/// Elements of HTML without content.
const VOID: [&str; 10] =
    ["area", "br", "col", "embed", "hr", "img", "input", "link", "source", "wbr"];

/// Maximum number of end tags that are looked at to recognize HTML.
const MAX_ENDS: usize = 8;

/// A field whose text is being read.
pub(super) struct Capture {
    pub field: Field,
    /// Number of open elements, with the one of the field.
    pub depth: usize,
    /// Text, with markup if it has elements or must be read as XHTML.
    text: String,
    has_elements: bool,
}

impl Capture {
    pub fn new(field: Field, depth: usize) -> Capture {
        Capture { field, depth, text: String::new(), has_elements: false }
    }

    /// Adds the start of an element within the field.
    pub fn start(&mut self, element: &BytesStart<'_>, local: &str) {
        self.has_elements = true;
        self.text.push('<');
        self.text.push_str(local);
        for attribute in element.html_attributes().with_checks(false).flatten() {
            let name = attribute.key.0;
            if !name.contains(':') && name != "xmlns" {
                self.text.push_str(&format!(" {name}=\""));
                push_escaped(&html_text(&attribute.value), &mut self.text);
                self.text.push('"');
            }
        }
        self.text.push('>');
    }

    /// Adds the end of an element within the field.
    pub fn end(&mut self, local: &str) {
        if !VOID.contains(&local) {
            self.text.push_str(&format!("</{local}>"));
        }
    }

    /// Adds a text at a depth of elements.
    pub fn push(&mut self, text: &str, depth: usize) {
        let is_xhtml = matches!(
            self.field,
            Field::Title(TextType::Xhtml)
                | Field::Summary(TextType::Xhtml)
                | Field::Content(TextType::Xhtml)
        );
        match is_xhtml || depth > self.depth {
            true => push_escaped(text, &mut self.text),
            false => self.text.push_str(text),
        }
    }

    /// Returns the text of a field that has no markup.
    pub fn text(&self) -> Cow<'_, str> {
        match self.has_elements {
            true => Cow::Owned(html_text(&self.text)),
            false => Cow::Borrowed(self.text.trim()),
        }
    }

    /// Returns the text as an HTML fragment.
    pub fn html(&self, kind: TextType) -> String {
        match kind {
            _ if self.has_elements => self.text.clone(),
            TextType::Plain => text_as_html(&self.text),
            TextType::Html => self.text.clone(),
            // HTML as a text, although it is declared to be elements.
            TextType::Xhtml => unescaped(&self.text),
            TextType::Unknown if is_markup(&self.text) => self.text.clone(),
            TextType::Unknown => text_as_html(&unescaped(&self.text)),
        }
    }

    /// Returns the text without markup.
    pub fn plain(&self, kind: TextType) -> String {
        match kind {
            _ if self.has_elements => html_text(&self.text),
            TextType::Plain => self.text.clone(),
            TextType::Html => html_text(&self.text),
            TextType::Xhtml => html_text(&unescaped(&self.text)),
            TextType::Unknown if is_markup(&self.text) => html_text(&self.text),
            TextType::Unknown => unescaped(&self.text),
        }
    }
}

/// Returns whether a text is HTML. A text about HTML, such as `Use of <b>`, or about types, such as
/// `Vec<String>`, is not.
fn is_markup(text: &str) -> bool {
    const STARTS: [&str; 10] =
        ["<p>", "<p ", "<br", "<img ", "<a ", "<div ", "<hr", "<!--", "<span ", "<iframe "];
    let text = text.to_ascii_lowercase();
    let is_name = |name: &&str| {
        name.len() < 12 && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let ends = text.split("</").skip(1).filter_map(|rest| rest.split_once('>'));
    // A few of them show it; to search for the start of each would take too long.
    let mut ends = ends.map(|(name, _)| name).filter(is_name).take(MAX_ENDS);
    STARTS.iter().any(|start| text.contains(start))
        || ends.any(|name| text.contains(&format!("<{name}")))
}

/// Returns the name of a person in a text like `ada@example.org (Ada Lovelace)`. `None` if there is
/// only an email address.
pub(super) fn person(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("mailto:");
    if !text.contains('@') {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let in_parentheses = text.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    if let Some((name, _)) = in_parentheses.filter(|(name, _)| !name.contains('@')) {
        return Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    }
    let words = text.split_whitespace().filter(|word| !word.contains('@'));
    let name = words.collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(['<', '>', '(', ')', '"', ',', ' ']).to_owned();
    (!name.is_empty()).then_some(name)
}

//! Writing of a tree as an HTML fragment.

use std::borrow::Cow;
use std::fmt::Write;

use super::escape::escape;
use super::tree::{Content, NodeId, Tree};
use super::xhtml::VOID;

/// Elements that are left out with their content.
const LEFT_OUT: [&str; 18] = [
    "audio", "button", "canvas", "embed", "form", "head", "iframe", "input", "link", "meta",
    "noscript", "object", "script", "select", "style", "svg", "textarea", "video",
];
/// Attributes that are kept on every element.
const KEPT: [&str; 9] =
    ["alt", "colspan", "dir", "hidden", "lang", "rowspan", "scope", "start", "value"];

/// The replacement of an `a` element.
pub enum Link {
    /// A link to this address.
    To(String),
    /// A reference to the note with this id in the same fragment.
    Note(String),
    /// The content alone.
    Unwrapped,
}

/// Writes parts of trees as one HTML fragment.
#[derive(Debug, Default)]
pub struct Writer {
    html: String,
}

impl Writer {
    /// Writes the nodes from `from` to before `to` within their ancestors below `below`. `link`
    /// says for each `a` element with an `href` what becomes of it.
    pub fn write(
        &mut self,
        tree: &Tree<'_>,
        below: NodeId,
        from: NodeId,
        to: NodeId,
        link: &mut dyn FnMut(NodeId) -> Link,
    ) {
        let mut open: Vec<(NodeId, Cow<'static, str>)> = Vec::new();
        let outer: Vec<_> =
            tree.ancestors(from).skip(1).take_while(|outer| *outer > below).collect();
        for outer in outer.into_iter().rev() {
            // A link is not continued across the start of a part.
            if tree.name(outer) != "a" {
                self.start(tree, outer, &mut open, link);
            }
        }
        let mut skipped_to = from;
        for id in tree.range(from, to) {
            if id < skipped_to {
                continue;
            }
            self.close(tree, &mut open, id);
            match &tree.node(id).content {
                Content::Text(text) => self.html.push_str(&escape(&visible(text))),
                Content::Element { name, .. } if LEFT_OUT.contains(&name.as_ref()) => {
                    skipped_to = tree.end(id);
                    // Words on both sides of an embedded object are two words.
                    self.html.push(' ');
                }
                Content::Element { .. } => self.start(tree, id, &mut open, link),
            }
        }
        while let Some((_, end)) = open.pop() {
            self.html.push_str(&end);
        }
    }

    /// Adds HTML.
    pub fn push(&mut self, html: &str) {
        self.html.push_str(html);
    }

    /// Returns the fragment.
    pub fn finish(self) -> String {
        self.html
    }

    /// Ends the elements that end before `next`.
    fn close(
        &mut self,
        tree: &Tree<'_>,
        open: &mut Vec<(NodeId, Cow<'static, str>)>,
        next: NodeId,
    ) {
        while let Some((_, end)) = open.pop_if(|(id, _)| tree.end(*id) <= next) {
            self.html.push_str(&end);
        }
    }

    fn start(
        &mut self,
        tree: &Tree<'_>,
        id: NodeId,
        open: &mut Vec<(NodeId, Cow<'static, str>)>,
        link: &mut dyn FnMut(NodeId) -> Link,
    ) {
        let name = tree.name(id);
        let is_link = name == "a" && tree.attribute(id, "href").is_some();
        match name {
            "" | "body" | "html" | "nav" => {}
            "a" if !is_link => {}
            "a" => match link(id) {
                Link::Unwrapped => {}
                Link::To(address) => {
                    let _ = write!(self.html, "<a href=\"{}\">", escape(&address));
                    open.push((id, "</a>".into()));
                }
                Link::Note(note) => {
                    let role = "epub:type=\"noteref\" role=\"doc-noteref\"";
                    let _ = write!(self.html, "<a {role} href=\"#{}\">", escape(&note));
                    open.push((id, "</a>".into()));
                }
            },
            _ => {
                self.html.extend(["<", name]);
                self.attributes(tree, id);
                self.html.push('>');
                if !VOID.contains(&name) {
                    open.push((id, format!("</{name}>").into()));
                }
            }
        }
    }

    fn attributes(&mut self, tree: &Tree<'_>, id: NodeId) {
        let name = tree.name(id);
        let mut keep = |key: &str| {
            if let Some(value) = tree.attribute(id, key) {
                let _ = write!(self.html, " {key}=\"{}\"", escape(&value));
            }
        };
        KEPT.into_iter().for_each(&mut keep);
        match name {
            "pre" | "code" => ["class", "data-lang"].into_iter().for_each(keep),
            "math" => ["alttext", "display"].into_iter().for_each(keep),
            "annotation" => keep("encoding"),
            _ => {}
        }
    }
}

/// Returns a text without soft hyphens and characters of no width. Joiners stay: they are part of
/// the spelling in some languages.
fn visible(text: &str) -> Cow<'_, str> {
    const INVISIBLE: [char; 4] = ['\u{ad}', '\u{200b}', '\u{2060}', '\u{feff}'];
    match text.contains(INVISIBLE) {
        true => Cow::Owned(text.replace(INVISIBLE, "")),
        false => Cow::Borrowed(text),
    }
}

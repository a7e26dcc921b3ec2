//! Building of the inline elements of a paragraph: links, code, superscripts, images. Pure.

use dom_query::NodeRef;

use super::super::block::Inline;
use super::super::clean;
use super::super::code;
use super::super::dom::{attribute, descendants};
use super::super::links;
use super::super::math::Formula;
use super::Builder;

/// Maximum length of the alternative text of an emoji, in characters.
const MAX_EMOJI_CHARS: usize = 8;

impl Builder<'_> {
    pub(super) fn link(&mut self, node: &NodeRef<'_>) {
        if let Some(number) = self.footnotes.number(node) {
            return self.paragraph.push(Inline::FootnoteReference(number));
        }
        if self.in_footnote.is_some() && self.footnotes.is_back_link(node) {
            return;
        }
        if self.footnotes.is_unresolved(node) {
            let text = clean::one_line(&node.text());
            let mark = text.trim_matches(['[', ']', '(', ')']);
            return self.paragraph.push(Inline::Text(format!("[{mark}]")));
        }
        if links::is_permalink(node) {
            return;
        }
        let is_nested = self.open.iter().any(|open| matches!(open, Inline::OpenLink(_)));
        match links::address(&attribute(node, "href"), self.base).filter(|_| !is_nested) {
            Some(address) => self.wrapped(Inline::OpenLink(address), node),
            None => self.children(node),
        }
    }

    pub(super) fn code(&mut self, node: &NodeRef<'_>) {
        if descendants(node, &["a", "img", "pre", "div", "p", "sup"]).next().is_some() {
            return self.children(node);
        }
        let text = code::text(node);
        if !text.contains('\n') {
            let (start, end) = (text.trim_start().len(), text.trim_end().len());
            let space = || Inline::Text(" ".to_owned());
            let whole = node.text();
            if start < text.len() || whole.starts_with(char::is_whitespace) {
                self.paragraph.push(space());
            }
            if !text.trim().is_empty() {
                self.paragraph.push(Inline::Code(clean::one_line(&text)));
            }
            if end < text.len() || whole.ends_with(char::is_whitespace) {
                self.paragraph.push(space());
            }
            return;
        }
        let has_breaks = descendants(node, &["br"]).next().is_some();
        match has_breaks && self.flat == 0 {
            true => self.code_block(node, node),
            false => self.paragraph.push(Inline::Code(clean::one_line(&text))),
        }
    }

    /// Builds a superscript. Digits after a digit are written as superscript digits, so that they
    /// are not read as part of the number.
    pub(super) fn superscript(&mut self, node: &NodeRef<'_>) {
        if self.footnotes.is_reference_wrapper(node) {
            for link in descendants(node, &["a"]) {
                self.link(&link);
            }
            return;
        }
        let text = clean::one_line(&node.text());
        let follows_digit = self.paragraph.last().is_some_and(
            |last| matches!(last, Inline::Text(before) if before.ends_with(|c: char| c.is_ascii_digit())),
        );
        let raised: Option<String> = text.chars().map(superscript_char).collect();
        match raised.filter(|_| follows_digit) {
            Some(raised) => self.paragraph.push(Inline::Text(raised)),
            None => self.children(node),
        }
    }

    pub(super) fn quoted(&mut self, node: &NodeRef<'_>) {
        let text = node.text();
        let has_marks = text.trim().starts_with(['"', '“', '„', '«', '‘', '「', '»', '‚']);
        let mark = |mark: &str| Inline::Text(mark.to_owned());
        if !has_marks {
            self.paragraph.push(mark("“"));
        }
        self.children(node);
        if !has_marks {
            self.paragraph.push(mark("”"));
        }
    }

    pub(super) fn formula(&mut self, formula: Formula) {
        match formula {
            Formula::Tex(text) if !text.is_empty() => self.paragraph.push(Inline::Math(text)),
            Formula::Tex(_) => {}
            Formula::Plain(text) => self.paragraph.push(Inline::Text(text)),
        }
    }

    pub(super) fn image(&mut self, node: &NodeRef<'_>) {
        let text = clean::one_line(&attribute(node, "alt"));
        let is_emoji = !text.is_empty()
            && text.chars().count() <= MAX_EMOJI_CHARS
            && !text.contains(|c: char| c.is_alphanumeric() && !c.is_numeric() || c == '.');
        if is_emoji {
            return self.paragraph.push(Inline::Text(text));
        }
        let file = attribute(node, "src");
        let file = file.rsplit('/').next().unwrap_or_default();
        let is_file_name = text == file || links::is_file_name(&text);
        match text.is_empty() || is_file_name || self.flat > 0 {
            true => self.images_left_out += 1,
            false => self.paragraph.push(Inline::Image(text)),
        }
    }
}

fn superscript_char(c: char) -> Option<char> {
    Some(match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32(u32::from('⁴') + u32::from(c) - u32::from('4'))?,
        '-' | '−' | '–' => '⁻',
        '+' => '⁺',
        _ => return None,
    })
}

//! Text of one paragraph as HTML.

use crate::import::markup::escape;

/// Formatting of a stretch of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Format {
    pub is_bold: bool,
    pub is_italic: bool,
    pub is_code: bool,
    pub is_superscript: bool,
    pub is_subscript: bool,
}

impl Format {
    fn tags(self) -> impl DoubleEndedIterator<Item = &'static str> {
        let tags = [
            (self.is_bold, "strong"),
            (self.is_italic, "em"),
            (self.is_code, "code"),
            (self.is_superscript, "sup"),
            (self.is_subscript, "sub"),
        ];
        tags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, tag)| tag)
    }
}

/// Whether the text of a paragraph has markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Formatted,
    /// Headings and the like: links and notes, but no emphasis.
    Unformatted,
    /// Program code: white space is kept.
    Preformatted,
}

/// The text of a paragraph while it is written.
#[derive(Debug)]
pub struct Inline {
    style: Style,
    html: String,
    /// The text without markup.
    text: String,
    open: Format,
    /// Position after the start tag of the open link.
    link: Option<usize>,
    /// Whether a letter that is not bold has been written.
    has_plain_letters: bool,
}

/// The text of a paragraph.
#[derive(Debug)]
pub struct Written {
    pub html: String,
    pub text: String,
    /// Whether all letters are bold.
    pub is_bold: bool,
}

impl Inline {
    pub fn new(style: Style) -> Self {
        Self {
            style,
            html: String::new(),
            text: String::new(),
            open: Format::default(),
            link: None,
            has_plain_letters: false,
        }
    }

    /// Adds a text without its invisible characters.
    pub fn text(&mut self, text: &str, format: Format) {
        let is_invisible = |c: char| matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}');
        let keep = |c: char| match c {
            '\u{a0}' | '\u{202f}' => Some(' '),
            '\n' | '\r' | '\t' if self.style != Style::Preformatted => Some(' '),
            c => (!is_invisible(c) && (!c.is_control() || c == '\t')).then_some(c),
        };
        let text: String = text.chars().filter_map(keep).collect();
        if text.is_empty() {
            return;
        }
        let is_letter = text.chars().any(char::is_alphanumeric);
        self.has_plain_letters |= is_letter && !format.is_bold;
        // White space keeps the format before it, so that formats are not divided by it.
        if self.style == Style::Formatted && !text.trim().is_empty() {
            self.set_format(format);
        }
        self.html.push_str(&escape(&text));
        self.text.push_str(&text);
    }

    /// Adds a line break.
    pub fn line_break(&mut self) {
        match self.style {
            Style::Preformatted => {
                self.html.push('\n');
                self.text.push('\n');
            }
            Style::Unformatted => self.text(" ", Format::default()),
            Style::Formatted => {
                self.html.push_str("<br>");
                self.text.push(' ');
            }
        }
    }

    /// Adds a tabulator.
    pub fn tab(&mut self) {
        let text = if self.style == Style::Preformatted { "\t" } else { " " };
        self.html.push_str(text);
        self.text.push_str(text);
    }

    /// Adds the reference to a note.
    pub fn note(&mut self, number: usize) {
        self.set_format(Format::default());
        if self.style != Style::Preformatted {
            let link = format!("<a role=\"doc-noteref\" href=\"#fn{number}\">{number}</a>");
            self.html.extend(["<sup>", &link, "</sup>"]);
        }
    }

    /// Adds the text that describes an image.
    pub fn image(&mut self, description: &str) {
        if self.style == Style::Formatted {
            self.set_format(Format::default());
            self.html.push_str(&format!("<img alt=\"{}\">", escape(description)));
        }
    }

    /// Adds HTML that has been written before, for the same paragraph.
    pub fn carried(&mut self, carried: Written) {
        self.has_plain_letters |= !carried.is_bold;
        self.html.push_str(&carried.html);
        self.text.push_str(&carried.text);
    }

    pub fn start_link(&mut self, address: &str) {
        self.end_link();
        if self.style != Style::Preformatted {
            self.html.push_str(&format!("<a href=\"{}\">", escape(address)));
            self.link = Some(self.html.len());
        }
    }

    /// Ends the open link. A link without a text is left out.
    pub fn end_link(&mut self) {
        let Some(start) = self.link.take() else { return };
        self.set_format(Format::default());
        match self.html[start..].trim().is_empty() {
            true => {
                let tag = self.html[..start].rfind("<a ").unwrap_or(start);
                self.html.truncate(tag);
                self.html.push(' ');
            }
            false => self.html.push_str("</a>"),
        }
    }

    fn set_format(&mut self, format: Format) {
        if format != self.open {
            for tag in self.open.tags().rev() {
                self.html.push_str(&format!("</{tag}>"));
            }
            for tag in format.tags() {
                self.html.push_str(&format!("<{tag}>"));
            }
            self.open = format;
        }
    }

    pub fn finish(mut self) -> Written {
        self.end_link();
        self.set_format(Format::default());
        let is_bold = !self.has_plain_letters && self.text.chars().any(char::is_alphanumeric);
        Written { html: self.html, text: self.text, is_bold }
    }
}

//! The text of an article as blocks, between the tree of HTML elements and Markdown.

/// A block of text.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading with its level in the source, from 1.
    Heading {
        level: u8,
        text: Vec<Inline>,
    },
    Paragraph(Vec<Inline>),
    Quotation(Vec<Block>),
    /// A list. An ordered list has the number of its first item.
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Code {
        language: String,
        text: String,
    },
    Table(Table),
    Rule,
    /// The place of a footnote that is written at the end.
    FootnotePlace,
}

/// A table. All rows have the same number of cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Whether the first row is a header.
    pub has_header: bool,
    pub rows: Vec<Vec<Vec<Inline>>>,
}

/// A part of a paragraph. A style or a link lies between its `Open…` and its `Close…`.
#[derive(Debug, Clone, PartialEq)]
pub enum Inline {
    Text(String),
    LineBreak,
    Code(String),
    /// A formula in TeX.
    Math(String),
    /// A reference to the footnote with this number, from 1.
    FootnoteReference(usize),
    /// The alternative text of an image.
    Image(String),
    Open(Style),
    Close(Style),
    OpenLink(String),
    CloseLink,
}

/// The style of a part of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Emphasis,
    Strong,
    Strikethrough,
}

impl Style {
    /// Returns the delimiter in Markdown.
    pub fn delimiter(self) -> &'static str {
        match self {
            Self::Emphasis => "*",
            Self::Strong => "**",
            Self::Strikethrough => "~~",
        }
    }
}

/// A block list and its footnotes, by number.
#[derive(Debug, Default, PartialEq)]
pub struct Text {
    pub blocks: Vec<Block>,
    pub footnotes: Vec<Vec<Block>>,
    /// Number of images without a text that says something.
    pub images_left_out: usize,
}

/// Returns the plain text of inlines. A line break is a space.
pub fn plain(inlines: &[Inline]) -> String {
    let mut text = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(part) | Inline::Code(part) | Inline::Math(part) | Inline::Image(part) => {
                text.push_str(part);
            }
            Inline::LineBreak => text.push(' '),
            Inline::FootnoteReference(_)
            | Inline::Open(_)
            | Inline::Close(_)
            | Inline::OpenLink(_)
            | Inline::CloseLink => {}
        }
    }
    text
}

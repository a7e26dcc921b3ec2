//! Parts of a text with one format each.

/// A part of a text with one format.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    pub text: String,
    pub style: Style,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Style {
    pub is_bold: bool,
    pub is_italic: bool,
    pub is_quote: bool,
    pub kind: RunKind,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub enum RunKind {
    #[default]
    Text,
    Code,
    /// A block of code in a language, which may be empty.
    Pre(String),
    /// A link to an address.
    Link(String),
    /// A hashtag, with its `#`.
    Hashtag,
}

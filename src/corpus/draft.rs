//! Unfinished passages: a text of one or several blocks, before its sentences are found. Pure.

use std::ops::Range;

use super::article::PassageKind;
use super::source_map::MappedText;

/// The way in which a text is divided into sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// By sentence boundary detection.
    Prose,
    /// By lines.
    Lines,
    /// The whole text is one sentence.
    Whole,
}

/// The text of one block in a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Byte range in the text of the passage.
    pub range: Range<usize>,
    /// Start of the text after a list number or a term, which belong to the first sentence.
    pub body: usize,
    pub form: Form,
    pub kind: PassageKind,
}

/// A passage without an id.
#[derive(Debug)]
pub struct Draft {
    pub kind: PassageKind,
    pub source: MappedText,
    /// Blocks of the text in their order, with line ends between them.
    pub parts: Vec<Part>,
    pub is_boilerplate: bool,
}

impl Draft {
    /// Returns a passage of a single block.
    pub fn of_block(kind: PassageKind, source: MappedText) -> Draft {
        let part = Part { range: 0..source.text.len(), body: 0, form: form_of(kind), kind };
        Draft { kind, source, parts: vec![part], is_boilerplate: false }
    }
}

/// Returns the form of a block of its kind.
pub fn form_of(kind: PassageKind) -> Form {
    match kind {
        PassageKind::Code => Form::Lines,
        PassageKind::TableRow => Form::Whole,
        PassageKind::Paragraph
        | PassageKind::ListItem
        | PassageKind::BlockQuotation
        | PassageKind::Footnote => Form::Prose,
    }
}

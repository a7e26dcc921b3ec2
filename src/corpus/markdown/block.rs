//! Blocks of a Markdown text: paragraphs, items, rows and code, before they are grouped into
//! passages. Pure.

use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use super::super::announcement::ends_with_announcement;
use super::super::article::PassageKind;
use super::super::draft::Form;
use super::super::source_map::MappedText;
use super::boilerplate::is_boilerplate;

/// A block that contains others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Container {
    /// Number of the container in its text, unique.
    pub id: usize,
    pub kind: ContainerKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerKind {
    Quotation,
    /// A list with bullets.
    List,
    /// A list with numbers.
    OrderedList,
    Item,
    Footnote,
}

/// The mark before the text of a list item, as byte ranges of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Marker {
    /// White space before the mark.
    pub indent: Range<usize>,
    /// Number or bullet, and the space after it. Empty if the page shows another number.
    pub mark: Range<usize>,
    /// Check mark, such as `[x]`, and the space after it.
    pub task: Range<usize>,
    pub is_number: bool,
    /// Id of the list.
    pub list: usize,
}

impl Marker {
    /// Returns the marker at the byte range `mark` of `file`, of an item of the list `list`.
    pub fn new(file: &str, mark: Range<usize>, is_number: bool, list: usize) -> Marker {
        let line = file[..mark.start].rfind('\n').map_or(0, |end| end + 1);
        let before = &file[line..mark.start];
        let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
        Marker { indent: mark.start - indent..mark.start, mark, task: 0..0, is_number, list }
    }
}

/// A block with its visible text.
#[derive(Debug, Clone)]
pub struct Block {
    pub kind: PassageKind,
    pub form: Form,
    pub text: MappedText,
    /// Length of the term of a definition at the start of the text.
    pub term: usize,
    pub marker: Option<Marker>,
    /// Containers around the block, outermost first.
    pub containers: Vec<Container>,
    /// Header of the table of a row.
    pub header: Option<Rc<MappedText>>,
    /// Byte ranges of the links in the text.
    pub links: Vec<Range<usize>>,
    /// Whether the block is the title of an admonition.
    pub is_title: bool,
    pub is_boilerplate: bool,
}

impl Block {
    pub fn new(kind: PassageKind, form: Form, containers: Vec<Container>) -> Block {
        Block {
            kind,
            form,
            text: MappedText::default(),
            term: 0,
            marker: None,
            containers,
            header: None,
            links: Vec::new(),
            is_title: false,
            is_boilerplate: false,
        }
    }

    /// Removes the number if the page shows another one, as in the lists `misnumbered`.
    pub fn remove_number(&mut self, misnumbered: &HashSet<usize>) {
        if let Some(marker) = &mut self.marker
            && misnumbered.contains(&marker.list)
        {
            marker.mark = 0..0;
            marker.is_number = false;
        }
    }

    /// Returns the start of the block in the file, with its marker.
    pub fn start(&self) -> usize {
        let text = self.text.origin.runs.first().map_or(0, |run| run.file.start);
        let marker = self.marker.as_ref().and_then(|marker| {
            [&marker.mark, &marker.task].into_iter().find(|part| !part.is_empty())
        });
        marker.map_or(text, |part| part.start.min(text))
    }

    /// Returns whether the block is within the container `id`.
    pub fn is_in(&self, id: usize) -> bool {
        self.containers.iter().any(|container| container.id == id)
    }

    /// Returns whether the block announces the block after it.
    pub fn announces(&self) -> bool {
        self.is_title || (self.form == Form::Prose && ends_with_announcement(&self.text.text))
    }

    /// Returns whether the block names the block after it, as in `Filename: src/main.rs`.
    pub fn is_caption(&self) -> bool {
        let text = self.text.text.trim();
        let label = text.split_once([':', '：']).map_or("", |(label, _)| label);
        text.len() <= 120
            && !text.contains('\n')
            && matches!(
                label.split_whitespace().next().unwrap_or(""),
                "Filename" | "File" | "Listing" | "Figure" | "Table" | "Example"
            )
            && label.split_whitespace().count() <= 2
    }

    /// Removes the white space at the start.
    pub fn trim_start(&mut self) {
        let text = &self.text.text;
        let start = text.len() - text.trim_start().len();
        if start > 0 {
            let whole = std::iter::once(start..text.len()).collect::<Vec<_>>();
            self.text = self.text.slices(&whole).pop().unwrap_or_default();
        }
    }

    /// Removes white space at both ends. Code keeps the indentation of its first line.
    pub fn trim(&mut self) {
        self.is_boilerplate |= is_boilerplate(self.kind, &self.text.text, &self.links);
        let text = &self.text.text;
        let start = match self.form {
            Form::Lines => {
                let first = text.len() - text.trim_start().len();
                text[..first].rfind('\n').map_or(0, |end| end + 1)
            }
            Form::Prose | Form::Whole => text.len() - text.trim_start().len(),
        };
        let end = text.trim_end().len();
        if (start, end) != (0, text.len()) {
            let ranges: Vec<_> = (start < end).then_some(start..end).into_iter().collect();
            self.term = self.term.saturating_sub(start).min(end);
            self.text = self.text.slices(&ranges).pop().unwrap_or_default();
        }
    }
}

//! Grouping of the blocks of a section into passages. Pure.
//!
//! A block that announces something comes with it: the list, the code, the table or the quotation.
//! The steps of an ordered list come together, and each row of a table comes with the header.

use std::ops::Range;
use std::rc::Rc;

use super::super::article::PassageKind;
use super::super::draft::{Draft, Form, Part};
use super::super::source_map::MappedText;
use super::block::{Block, ContainerKind};

/// Maximum length of a passage of several blocks, in bytes.
const MAX_GROUP_BYTES: usize = 1_500;
/// Maximum length of a table that is one sentence of a passage, in bytes.
const MAX_TABLE_BYTES: usize = 400;
/// Maximum length of a header that is repeated with each row, in bytes.
const MAX_HEADER_BYTES: usize = 500;
/// Maximum length of the markup between two blocks that is searched for a line end, in bytes.
const MAX_GAP_BYTES: usize = 16 << 10;

/// Groups the blocks of a section of `file` into passages.
pub fn group(file: &str, blocks: Vec<Block>) -> Vec<Draft> {
    let mut grouping = Grouping { file, drafts: Vec::new(), open: None };
    for block in blocks {
        grouping.push(block);
    }
    grouping.flush();
    grouping.drafts
}

struct Grouping<'a> {
    file: &'a str,
    drafts: Vec<Draft>,
    open: Option<Group>,
}

/// A passage to which blocks may be added.
struct Group {
    draft: Draft,
    /// Container whose blocks belong to the passage.
    scope: Option<usize>,
    /// Whether the last block announces the next one.
    is_announcing: bool,
    last: Block,
}

impl Grouping<'_> {
    fn push(&mut self, block: Block) {
        if block.text.text.is_empty() {
            return;
        }
        let Some(mut group) = self.open.take() else { return self.start(block) };
        if !group.accepts(&block) {
            self.finish(group);
            return self.start(block);
        }
        let room = MAX_GROUP_BYTES.saturating_sub(group.draft.source.text.len());
        let (block, rest) = match block.form {
            Form::Lines if block.text.text.len() > room => split_lines(block, room),
            Form::Lines | Form::Prose | Form::Whole => (block, None),
        };
        let length =
            block.text.text.len() + block.header.as_ref().map_or(0, |head| head.text.len());
        let is_too_long = length > room || (block.form == Form::Whole && length > MAX_TABLE_BYTES);
        if is_too_long || !group.append(self.file, &block) {
            self.finish(group);
            self.start(block);
        } else {
            group.advance(block);
            self.open = Some(group);
        }
        if let Some(rest) = rest {
            self.flush();
            self.start(rest);
        }
    }

    /// Starts a passage with a block.
    fn start(&mut self, mut block: Block) {
        block.trim_start();
        let draft = Draft {
            kind: block.kind,
            source: MappedText::default(),
            parts: Vec::new(),
            is_boilerplate: block.is_boilerplate,
        };
        let ordered = block.containers.iter().find(|one| one.kind == ContainerKind::OrderedList);
        let scope = ordered.map(|list| list.id);
        let is_announcing = block.announces();
        let mut group = Group { draft, scope, is_announcing, last: block.clone() };
        if group.append(self.file, &block) {
            self.open = Some(group);
        }
    }

    fn flush(&mut self) {
        if let Some(group) = self.open.take() {
            self.finish(group);
        }
    }

    fn finish(&mut self, group: Group) {
        self.drafts.push(group.draft);
    }
}

impl Group {
    /// Returns whether a block belongs to the passage.
    fn accepts(&self, block: &Block) -> bool {
        let is_footnote = |block: &Block| block.kind == PassageKind::Footnote;
        if is_footnote(block) || is_footnote(&self.last) {
            return false;
        }
        let continues_table = |header: &Rc<MappedText>| {
            self.last.header.as_ref().is_some_and(|known| Rc::ptr_eq(known, header))
                && self.draft.parts.len() > 1
        };
        self.is_announcing
            || self.scope.is_some_and(|scope| block.is_in(scope))
            || block.header.as_ref().is_some_and(continues_table)
    }

    /// Takes note of the last block of the passage.
    fn advance(&mut self, block: Block) {
        // Blocks of the outermost container that the announcement is outside of follow it.
        if self.is_announcing && !self.scope.is_some_and(|scope| block.is_in(scope)) {
            let container = block.containers.iter().find(|one| !self.last.is_in(one.id));
            self.scope = container.map(|container| container.id).or(self.scope);
        }
        self.is_announcing = block.announces() || (self.is_announcing && block.is_caption());
        self.draft.is_boilerplate &= block.is_boilerplate;
        self.last = block;
    }

    /// Appends the text of a block. Returns whether the file has a separator before it.
    fn append(&mut self, file: &str, block: &Block) -> bool {
        let source = &mut self.draft.source;
        let is_first = source.text.is_empty();
        let header = block.header.as_ref().filter(|header| header.text.len() <= MAX_HEADER_BYTES);
        let continues_row = |last: &Block| matches!((&last.header, header), (Some(known), Some(new)) if Rc::ptr_eq(known, new));
        let continues_row = !is_first && continues_row(&self.last);
        let header = header.filter(|_| !continues_row);
        let start = match header {
            Some(header) => first_byte(header),
            None => block.start(),
        };
        if !is_first && !push_separator(source, file, start) {
            return false;
        }
        let from = source.text.len();
        if let Some(header) = header {
            push_all(source, header);
            // A row without a separator stands alone, which only a table in one line of HTML has.
            push_separator(source, file, block.start());
        }
        push_marker(source, file, block, is_first);
        let body = source.text.len();
        push_all(source, &block.text);
        let end = source.text.len();
        if continues_row && let Some(part) = self.draft.parts.last_mut() {
            part.range.end = end;
            return true;
        }
        let (form, kind) = (block.form, block.kind);
        self.draft.parts.push(Part { range: from..end, body: body + block.term, form, kind });
        true
    }
}

/// Appends the marker of an item. A bullet at the start of a passage is left out.
fn push_marker(source: &mut MappedText, file: &str, block: &Block, is_first: bool) {
    let Some(marker) = &block.marker else { return };
    let pieces = match is_first {
        true if marker.is_number => [&(0..0), &marker.mark, &marker.task],
        true => [&(0..0), &(0..0), &marker.task],
        false => [&marker.indent, &marker.mark, &marker.task],
    };
    for piece in pieces {
        if let Some(shown) = file.get(piece.clone()) {
            source.push(shown, piece.clone());
        }
    }
}

fn first_byte(text: &MappedText) -> usize {
    text.origin.runs.first().map_or(0, |run| run.file.start)
}

/// Appends a text with its origin.
fn push_all(source: &mut MappedText, more: &MappedText) {
    let shift = source.text.len();
    for run in &more.origin.runs {
        source.push(&more.text[run.text.clone()], run.file.clone());
    }
    for element in &more.origin.elements {
        let mut element = element.clone();
        element.text = element.text.start + shift..element.text.end + shift;
        source.origin.elements.push(element);
    }
}

/// Appends a line end between the text and the byte `next` of the file. Returns whether there is
/// one: a line end of the file, or tags that a browser shows as one.
fn push_separator(source: &mut MappedText, file: &str, next: usize) -> bool {
    let end = source.origin.runs.last().map_or(0, |run| run.file.end);
    let Some(gap) = file.get(end..next) else { return false };
    // Each row of a table in one line of HTML is that far from its header.
    let near = &gap[..gap.floor_char_boundary(MAX_GAP_BYTES)];
    match near.find('\n') {
        Some(at) => {
            let at = at - usize::from(gap[..at].ends_with('\r'));
            let shown = if gap[at..].starts_with('\r') { "\r\n" } else { "\n" };
            source.push(shown, end + at..end + at + shown.len());
        }
        None if gap.len() > 1 => source.push("\n", end..next),
        None => return false,
    }
    true
}

/// Splits code after the last line within `room` bytes. Returns the whole block first if its first
/// line is longer.
fn split_lines(block: Block, room: usize) -> (Block, Option<Block>) {
    let text = &block.text.text;
    let Some(cut) = text[..text.floor_char_boundary(room)].rfind('\n') else {
        return (block, None);
    };
    let ranges: [Range<usize>; 2] = [0..cut, cut + 1..text.len()];
    let mut slices = block.text.slices(&ranges).into_iter();
    let part = |text| {
        let mut part = Block { text, ..block.clone() };
        part.trim();
        part
    };
    let first = part(slices.next().unwrap_or_default());
    let rest = part(slices.next().unwrap_or_default());
    (first, Some(rest))
}

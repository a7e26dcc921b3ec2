//! Reader of HTML in Markdown: tags and text become blocks, as a browser shows them. Pure.
//!
//! Elements stay open across blocks of Markdown, as in `<details>`. An element that hides its
//! content does so only if the text has its end.

use std::collections::HashMap;
use std::ops::Range;

use super::super::article::PassageKind;
use super::block::ContainerKind;
use super::elements::Element;
use super::html::{self, Piece};
use super::scripts::{self, Script};
use super::writer::Writer;

/// Maximum number of open elements; more are ignored.
const MAX_OPEN: usize = 100;

/// The open elements of HTML.
#[derive(Default)]
pub struct HtmlReader {
    open: Vec<Open>,
    /// Byte ranges of the tags of scripts, drawings and frames.
    pub scripts: Vec<Range<usize>>,
    /// Lines of the current block of HTML, and their byte ranges in the edited text.
    block: String,
    lines: Vec<(usize, Range<usize>)>,
    /// Last end tag of each name that was looked up.
    last_ends: HashMap<String, usize>,
    /// Whether the current row has only header cells.
    has_only_headers: bool,
    has_cells: bool,
}

struct Open {
    name: String,
    element: Element,
    /// Superscripts: byte range of the tag, until its text is shown.
    script: Option<Range<usize>>,
    is_term: bool,
}

impl HtmlReader {
    /// Appends a line of a block of HTML.
    pub fn push_line(&mut self, source: &str, range: Range<usize>) {
        self.lines.push((self.block.len(), range.clone()));
        self.block.push_str(&source[range]);
    }

    /// Reads the lines of a block of HTML.
    pub fn end_block(&mut self, writer: &mut Writer<'_>) {
        let (block, lines) = (std::mem::take(&mut self.block), std::mem::take(&mut self.lines));
        for piece in html::pieces(&block) {
            match piece {
                Piece::Text(range) => self.text(writer, &lines, range),
                Piece::Open { name, is_empty, range } => {
                    self.open_tag(writer, &name, is_empty, to_source(&lines, range));
                }
                Piece::Close { name, range } => {
                    self.close_tag(writer, &name, to_source(&lines, range))
                }
            }
        }
    }

    /// Reads a tag within a line.
    pub fn tag(&mut self, writer: &mut Writer<'_>, range: Range<usize>) {
        let source = writer.source();
        for piece in html::pieces(&source[range.clone()]) {
            match piece {
                Piece::Open { name, is_empty, .. } => {
                    self.open_tag(writer, &name, is_empty, range.clone());
                }
                Piece::Close { name, .. } => self.close_tag(writer, &name, range.clone()),
                Piece::Text(_) => {}
            }
        }
    }

    /// Reads the text between tags, `range` of a block whose lines are at `lines`.
    fn text(
        &mut self,
        writer: &mut Writer<'_>,
        lines: &[(usize, Range<usize>)],
        range: Range<usize>,
    ) {
        let source = writer.source();
        let first = lines.partition_point(|(at, _)| *at <= range.start).saturating_sub(1);
        for (at, line) in &lines[first..] {
            if *at >= range.end {
                break;
            }
            let start = line.start + range.start.saturating_sub(*at);
            let end = line.start + (range.end - at).min(line.len());
            let part = start..end.max(start);
            match writer.is_in_code() {
                true => self.push(writer, part),
                false => self.push_line_of_text(writer, source, part),
            }
        }
    }

    /// Appends a part of a line, without indentation.
    fn push_line_of_text(&mut self, writer: &mut Writer<'_>, source: &str, part: Range<usize>) {
        let text = &source[part.clone()];
        let is_at_start = writer.shown().is_empty() || writer.shown().ends_with(['\n', ' ']);
        let start = match is_at_start {
            true => text.len() - text.trim_start_matches([' ', '\t', '\n', '\r']).len(),
            false => 0,
        };
        if start == text.len() {
            return;
        }
        let shown = text.trim_end_matches(['\n', '\r']);
        let line_end = part.start + shown.len()..part.end;
        let shown = if line_end.is_empty() { shown } else { shown.trim_end() };
        let shown = part.start + start..part.start + shown.len().max(start);
        // Indentation after a line end that a tag left open.
        if !shown.is_empty() {
            self.push(writer, shown);
        }
        if !line_end.is_empty() && !writer.shown().is_empty() && !writer.is_in_row {
            writer.push_literal(line_end);
        } else if !line_end.is_empty() && writer.is_in_row {
            writer.start_block(PassageKind::TableRow);
        }
    }

    /// Appends text with its character references, and superscripts as such.
    fn push(&mut self, writer: &mut Writer<'_>, range: Range<usize>) {
        let source = writer.source();
        for (part, shown) in html::references(&source[range.clone()]) {
            let part = range.start + part.start..range.start + part.end;
            let visible = shown.as_deref().unwrap_or(&source[part.clone()]);
            match shown {
                _ if self.script(writer, visible, part.clone()) => {}
                None => writer.push_literal(part),
                Some(shown) => writer.push_rendered(&shown, part),
            }
        }
    }

    /// Appends `shown`, the first text of a superscript or a subscript, which `range` of the edited
    /// text means. Returns whether it was appended.
    pub fn script(&mut self, writer: &mut Writer<'_>, shown: &str, range: Range<usize>) -> bool {
        let source = writer.source();
        let is_blank = shown.trim().is_empty();
        let Some((tag, is_raised)) = self.take_script(writer).filter(|_| !is_blank) else {
            return false;
        };
        let before = writer.shown().chars().next_back().filter(|c| !c.is_whitespace());
        let rest = &source[range.end..];
        let script = match is_raised {
            true => scripts::superscript(before, shown),
            false => {
                let after = rest.strip_prefix("</sub>").and_then(|rest| rest.chars().next());
                scripts::subscript(before, shown, after)
            }
        };
        let is_literal = shown == &source[range.clone()];
        match script {
            Script::Plain => return false,
            // A part of a script in such characters would be another number.
            Script::Characters if is_literal && rest.starts_with("</") => {
                let map = if is_raised { scripts::raised } else { scripts::lowered };
                for (at, c) in shown.char_indices() {
                    let at = range.start + at;
                    if let Some(mapped) = map(c) {
                        writer.push_rendered(&mapped.to_string(), at..at + c.len_utf8());
                    }
                }
            }
            Script::Characters | Script::Marked => {
                writer.push_rendered(scripts::mark(is_raised), tag);
                match is_literal {
                    true => writer.push_literal(range),
                    false => writer.push_rendered(shown, range),
                }
            }
        }
        true
    }

    /// Appends the mark of a superscript or a subscript that begins with code or a formula.
    pub fn mark_script(&mut self, writer: &mut Writer<'_>) {
        let is_glued = writer.shown().ends_with(|c: char| !c.is_whitespace());
        if let Some((tag, is_raised)) = self.take_script(writer).filter(|_| is_glued) {
            writer.push_rendered(scripts::mark(is_raised), tag);
        }
    }

    /// Returns the tag of the innermost superscript or subscript whose text begins here, and
    /// whether it is a superscript.
    fn take_script(&mut self, writer: &Writer<'_>) -> Option<(Range<usize>, bool)> {
        let open = self.open.iter_mut().rev().find(|open| open.script.is_some())?;
        let is_raised = open.element == Element::Superscript;
        let tag = open.script.take()?;
        (!writer.has_shown_after(&tag)).then_some((tag, is_raised))
    }

    fn open_tag(
        &mut self,
        writer: &mut Writer<'_>,
        name: &str,
        is_empty: bool,
        range: Range<usize>,
    ) {
        let element = Element::of_name(name);
        if element.is_block() && element != Element::Cell && element != Element::HeaderCell {
            writer.end_block();
        }
        match element {
            Element::Break => return line_break(writer, range),
            Element::Void => return,
            _ if name == "hr" || (is_empty && !element.is_block()) => return,
            Element::Hidden | Element::Struck if !self.has_end(writer, name, range.end) => return,
            _ if self.open.len() >= MAX_OPEN => return,
            _ => {}
        }
        self.close_implied(writer, element);
        let script =
            matches!(element, Element::Superscript | Element::Subscript).then(|| range.clone());
        let is_term = name == "dt";
        self.open.push(Open { name: name.to_owned(), element, script, is_term });
        match element {
            Element::Hidden | Element::Struck => {
                if matches!(name, "script" | "iframe" | "object" | "svg") {
                    self.scripts.push(range);
                }
                writer.hide();
            }
            Element::Navigation => writer.navigation += 1,
            Element::Quotation => enter(writer, ContainerKind::Quotation),
            Element::List => enter(writer, ContainerKind::List),
            Element::OrderedList => enter(writer, ContainerKind::OrderedList),
            Element::Item => enter(writer, ContainerKind::Item),
            Element::Preformatted => writer.start_block(PassageKind::Code),
            Element::Table => writer.start_table(),
            Element::Row => {
                writer.start_row();
                (self.has_only_headers, self.has_cells) = (true, false);
            }
            Element::Cell | Element::HeaderCell => self.open_cell(writer, element, range),
            Element::Heading(_) => writer.start_block(writer.kind()),
            Element::Superscript | Element::Subscript => writer.open_inline(range, false),
            Element::Link => {
                if self.open.iter().any(|open| open.element == Element::Superscript) {
                    // A number of a footnote.
                    writer.hide();
                    if let Some(open) = self.open.last_mut() {
                        open.element = Element::Hidden;
                    }
                } else {
                    writer.open_inline(range, true);
                }
            }
            Element::Block | Element::Inline | Element::Break | Element::Void => {}
        }
    }

    fn open_cell(&mut self, writer: &mut Writer<'_>, element: Element, range: Range<usize>) {
        if !writer.is_in_row {
            writer.start_row();
            (self.has_only_headers, self.has_cells) = (true, false);
        }
        self.has_only_headers &= element == Element::HeaderCell;
        if std::mem::replace(&mut self.has_cells, true) {
            writer.push_rendered(" | ", range);
        }
    }

    fn close_tag(&mut self, writer: &mut Writer<'_>, name: &str, range: Range<usize>) {
        if name == "br" {
            return line_break(writer, range);
        }
        let Some(position) = self.open.iter().rposition(|open| open.name == name) else {
            if Element::of_name(name).is_block() {
                writer.end_block();
            }
            return;
        };
        while self.open.len() > position + 1 {
            self.close_last(writer, None);
        }
        self.close_last(writer, Some(range));
    }

    /// Closes the elements that end where `element` begins: items, rows and cells without end tag.
    fn close_implied(&mut self, writer: &mut Writer<'_>, element: Element) {
        let (closed, outer): (&[Element], &[Element]) = match element {
            Element::Item => (&[Element::Item], &[Element::List, Element::OrderedList]),
            Element::Row => (&[Element::Row], &[Element::Table]),
            Element::Cell | Element::HeaderCell => {
                (&[Element::Cell, Element::HeaderCell], &[Element::Row, Element::Table])
            }
            _ => return,
        };
        let is_outer = |open: &Open| outer.contains(&open.element);
        let inner = self.open.iter().rposition(is_outer).map_or(0, |at| at + 1);
        let found = self.open[inner..].iter().position(|open| closed.contains(&open.element));
        if let Some(found) = found {
            while self.open.len() > inner + found {
                self.close_last(writer, None);
            }
        }
    }

    fn close_last(&mut self, writer: &mut Writer<'_>, end: Option<Range<usize>>) {
        let Some(open) = self.open.pop() else { return };
        match open.element {
            Element::Hidden | Element::Struck => writer.show(),
            Element::Navigation => {
                writer.end_block();
                writer.navigation = writer.navigation.saturating_sub(1);
            }
            Element::Quotation | Element::List | Element::OrderedList | Element::Item => {
                writer.leave();
            }
            Element::Heading(level) => writer.end_heading(level),
            Element::Row => writer.end_row(self.has_only_headers && self.has_cells),
            Element::Table => writer.end_table(),
            Element::Superscript | Element::Subscript | Element::Link => writer.close_tag(end),
            Element::Block if open.name == "summary" => writer.end_title(),
            Element::Block if open.is_term => writer.end_term(),
            Element::Block | Element::Preformatted => writer.end_block(),
            Element::Cell | Element::HeaderCell | Element::Inline => {}
            Element::Break | Element::Void => {}
        }
    }

    /// Returns whether the text has an end tag of `name` after the byte `at`.
    fn has_end(&mut self, writer: &Writer<'_>, name: &str, at: usize) -> bool {
        let source = writer.source();
        let last = *self.last_ends.entry(name.to_owned()).or_insert_with(|| {
            let ends = source.match_indices("</");
            let is_end = |at: usize| {
                let rest = source.as_bytes().get(at + 2..at + 2 + name.len());
                rest.is_some_and(|rest| rest.eq_ignore_ascii_case(name.as_bytes()))
            };
            ends.map(|(at, _)| at).filter(|at| is_end(*at)).last().unwrap_or(0)
        });
        at <= last && last > 0
    }
}

/// Returns the byte range of the edited text for a range of a block of HTML.
fn to_source(lines: &[(usize, Range<usize>)], range: Range<usize>) -> Range<usize> {
    let position = |at: usize| {
        let line = lines.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        lines.get(line).map_or(0, |(start, line)| line.start + (at - start))
    };
    let start = position(range.start);
    start..(position(range.end.saturating_sub(1)) + 1).max(start)
}

/// Appends the line end that a tag shows, unless the source has one there.
fn line_break(writer: &mut Writer<'_>, range: Range<usize>) {
    let rest = writer.source()[range.end..].trim_start_matches([' ', '\t', '\r']);
    let shown = writer.shown();
    if shown.is_empty() || shown.ends_with('\n') || (rest.starts_with('\n') && !writer.is_in_row) {
        return;
    }
    let shown = if writer.is_in_row { " " } else { "\n" };
    writer.push_rendered(shown, range);
}

/// Enters a container of HTML, which has no marker.
fn enter(writer: &mut Writer<'_>, kind: ContainerKind) {
    writer.enter(kind);
}

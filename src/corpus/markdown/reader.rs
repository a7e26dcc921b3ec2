//! Reader of CommonMark: the events of the parser become blocks. Pure.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::super::article::PassageKind;
use super::super::code_span;
use super::block::ContainerKind;
use super::code_lines::shown_lines;
use super::html_reader::HtmlReader;
use super::scripts;
use super::writer::Writer;

/// Reads a text and appends it to an article. Returns the byte ranges of the tags of scripts,
/// drawings and frames, which are left out.
pub fn read(writer: &mut Writer<'_>) -> Vec<Range<usize>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_DEFINITION_LIST;
    let source = writer.source();
    let mut reader = Reader {
        source,
        html: HtmlReader::default(),
        lists: Vec::new(),
        cell_end: None,
        row_start: 0,
        strikes: Vec::new(),
        code_language: None,
    };
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        reader.handle(writer, event, range);
    }
    reader.html.scripts
}

/// An open list: its id, and the next number if it is ordered.
struct List {
    id: usize,
    next: Option<u64>,
}

/// The state of reading.
struct Reader<'a> {
    source: &'a str,
    html: HtmlReader,
    lists: Vec<List>,
    /// In a table row: end of the previous cell. `None` in the first cell.
    cell_end: Option<usize>,
    row_start: usize,
    /// Open struck-out texts: whether each is a subscript in fact.
    strikes: Vec<bool>,
    /// Language of the current code block.
    code_language: Option<String>,
}

impl Reader<'_> {
    /// Handles an event of the parser. `range` is its byte range.
    fn handle(&mut self, writer: &mut Writer<'_>, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start_tag(writer, tag, range),
            Event::End(tag) => self.end_tag(writer, tag, range),
            Event::Text(shown) => self.push_text(writer, &shown, range),
            Event::Code(shown) => self.push_code(writer, &shown, range),
            Event::InlineMath(_) | Event::DisplayMath(_) => {
                self.push_cell_separator(writer, &range);
                self.html.mark_script(writer);
                writer.push_literal(range);
            }
            Event::SoftBreak | Event::HardBreak => self.push_line_end(writer, range),
            Event::Html(_) => self.html.push_line(self.source, range),
            Event::InlineHtml(_) => {
                self.push_cell_separator(writer, &range);
                self.html.tag(writer, range);
            }
            Event::TaskListMarker(_) => writer.set_task(range),
            Event::FootnoteReference(_) | Event::Rule => {}
        }
    }

    /// Starts a block, enters a container or opens an inline element.
    fn start_tag(&mut self, writer: &mut Writer<'_>, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => {
                writer.start_block(writer.kind())
            }
            Tag::Heading { .. } => writer.start_heading(),
            Tag::CodeBlock(kind) => {
                self.code_language = match kind {
                    CodeBlockKind::Fenced(info) => Some(info.to_string()),
                    CodeBlockKind::Indented => None,
                };
                writer.start_block(PassageKind::Code);
            }
            Tag::Table(_) => writer.start_table(),
            Tag::TableHead | Tag::TableRow => {
                writer.start_row();
                (self.cell_end, self.row_start) = (None, range.start);
            }
            Tag::BlockQuote(_) => {
                writer.enter(ContainerKind::Quotation);
            }
            Tag::FootnoteDefinition(_) => {
                writer.enter(ContainerKind::Footnote);
            }
            Tag::List(next) => {
                let kind = match next {
                    Some(_) => ContainerKind::OrderedList,
                    None => ContainerKind::List,
                };
                self.lists.push(List { id: writer.enter(kind), next });
            }
            Tag::Item => self.start_item(writer, range),
            Tag::Strikethrough => self.start_strike(writer, range),
            Tag::Image { .. } => {
                self.push_cell_separator(writer, &range);
                writer.hide();
            }
            Tag::Link { .. } => {
                self.push_cell_separator(writer, &range);
                writer.open_inline(range, true);
            }
            Tag::Emphasis | Tag::Strong | Tag::Superscript | Tag::Subscript => {
                self.push_cell_separator(writer, &range);
                writer.open_inline(range, false);
            }
            Tag::HtmlBlock | Tag::TableCell | Tag::DefinitionList | Tag::MetadataBlock(_) => {}
        }
    }

    /// Ends what [`Self::start_tag`] started.
    fn end_tag(&mut self, writer: &mut Writer<'_>, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Heading(level) => writer.end_heading(heading_level(level)),
            TagEnd::DefinitionListTitle => writer.end_term(),
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::DefinitionListDefinition => {
                writer.end_block();
            }
            TagEnd::HtmlBlock => self.html.end_block(writer),
            TagEnd::TableHead | TagEnd::TableRow => {
                self.cell_end = None;
                writer.end_row(tag == TagEnd::TableHead);
            }
            TagEnd::Table => writer.end_table(),
            TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition => writer.leave(),
            TagEnd::List(_) => {
                self.lists.pop();
                writer.leave();
            }
            TagEnd::TableCell => self.cell_end = Some(range.end),
            TagEnd::Strikethrough => match self.strikes.pop() {
                Some(true) => writer.close_inline(),
                Some(false) | None => writer.show(),
            },
            TagEnd::Image => writer.show(),
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link => writer.close_inline(),
            TagEnd::DefinitionList | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// Enters an item and finds its number or bullet.
    fn start_item(&mut self, writer: &mut Writer<'_>, range: Range<usize>) {
        writer.enter(ContainerKind::Item);
        let Some(list) = self.lists.last_mut() else { return };
        let item = &self.source[range.clone()];
        let digits = item.len() - item.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let mark = digits + 1;
        let Some(after) = item.get(mark..) else { return };
        let end = range.start + mark + usize::from(after.starts_with([' ', '\t']));
        writer.set_marker(range.start..end, list.next.is_some(), list.id);
        if let Some(next) = &mut list.next {
            if item[..digits].parse() != Ok(*next) {
                writer.misnumber(list.id);
            }
            *next += 1;
        }
    }

    /// Opens a text that is struck out, or a subscript as in `H~2~O`.
    fn start_strike(&mut self, writer: &mut Writer<'_>, range: Range<usize>) {
        self.push_cell_separator(writer, &range);
        let source = &self.source[range.clone()];
        let is_glued = writer.shown().ends_with(char::is_alphanumeric);
        let inner = source.trim_matches('~');
        let is_subscript = is_glued
            && !source.starts_with("~~")
            && inner.len() <= 3
            && inner.chars().all(|c| scripts::lowered(c).is_some());
        match is_subscript {
            true => writer.open_inline(range, false),
            false => writer.hide(),
        }
        self.strikes.push(is_subscript);
    }

    /// Appends visible text.
    fn push_text(&mut self, writer: &mut Writer<'_>, shown: &str, range: Range<usize>) {
        // An empty range holds the spaces of a tab that list indentation consumed in part.
        if range.is_empty() {
            return;
        }
        self.push_cell_separator(writer, &range);
        if shown != &self.source[range.clone()] {
            if !self.html.script(writer, shown, range.clone()) {
                writer.push_rendered(shown, range);
            }
            return;
        }
        if writer.is_in_code() {
            let language = self.code_language.as_deref();
            for line in shown_lines(shown, language) {
                writer.push_literal(range.start + line.start..range.start + line.end);
            }
        } else if self.strikes.last() == Some(&true) {
            for (at, c) in shown.char_indices() {
                let lowered = scripts::lowered(c).unwrap_or(c).to_string();
                writer.push_rendered(&lowered, range.start + at..range.start + at + c.len_utf8());
            }
        } else if !self.html.script(writer, shown, range.clone()) {
            writer.push_literal(range);
        }
    }

    /// Appends the bar between two cells of a row, with at most one space on each side.
    fn push_cell_separator(&mut self, writer: &mut Writer<'_>, next: &Range<usize>) {
        let Some(end) = self.cell_end.take() else { return };
        let from = match writer.shown().is_empty() {
            // The first bar opens the row.
            true => self.row_start + usize::from(self.source[self.row_start..].starts_with('|')),
            false => end.saturating_sub(1),
        };
        let Some(gap) = self.source.get(from..next.start) else { return };
        if let (Some(first), Some(last)) = (gap.find('|'), gap.rfind('|')) {
            let start = first - usize::from(gap[..first].ends_with(' '));
            let end = last + 1 + usize::from(gap[last + 1..].starts_with(' '));
            writer.push_literal(from + start..from + end);
        }
    }

    /// Appends a code span, whose range includes the backticks.
    fn push_code(&mut self, writer: &mut Writer<'_>, shown: &str, range: Range<usize>) {
        self.push_cell_separator(writer, &range);
        self.html.mark_script(writer);
        let source = &self.source[range.clone()];
        let ticks = source.len() - source.trim_start_matches('`').len();
        let whole = ticks..source.len() - ticks;
        let from = writer.shown().len();
        match code_span::source_ranges(&source[whole.clone()], shown) {
            Some(pieces) => {
                let at = range.start + ticks;
                for piece in pieces {
                    writer.push_literal(piece.start + at..piece.end + at);
                }
            }
            None => writer.push_literal(whole.start + range.start..whole.end + range.start),
        }
        writer.add_element(from, range);
    }

    /// Appends a line end without trailing spaces and quotation markers.
    fn push_line_end(&mut self, writer: &mut Writer<'_>, range: Range<usize>) {
        let source = &self.source[range.clone()];
        let Some(at) = source.find('\n') else { return };
        let at = at - usize::from(source[..at].ends_with('\r'));
        let shown = source[at..].trim_end_matches([' ', '\t', '>']).len();
        let at = range.start + at;
        writer.push_literal(at..at + shown);
    }
}

fn heading_level(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

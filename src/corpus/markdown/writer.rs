//! The writer of an article: visible text in, sections and passages out. Pure.
//!
//! Markdown and HTML call the same methods, so that both may be mixed. Ranges are byte ranges of
//! the edited text; the writer maps them to the file.

use std::collections::HashSet;
use std::ops::Range;
use std::rc::Rc;

use super::super::article::{Article, PassageKind, Span};
use super::super::article_builder::ArticleBuilder;
use super::super::draft::{Form, form_of};
use super::super::source_map::MappedText;
use super::super::title::is_too_long_for_title;
use super::block::{Block, Container, ContainerKind, Marker};
use super::dialects::TITLE_END;
use super::edited_text::EditedText;
use super::grouping::group;

/// The state of writing.
pub struct Writer<'a> {
    file: &'a str,
    edited: &'a EditedText,
    builder: ArticleBuilder,
    /// Blocks of the current section.
    blocks: Vec<Block>,
    block: Option<Block>,
    containers: Vec<Container>,
    next_container: usize,
    /// Marker of the item whose first block has not started.
    marker: Option<Marker>,
    /// Lists whose numbers in the file are not those of the page.
    misnumbered: HashSet<usize>,
    /// Open inline elements: start in the current block, byte range of the file, and whether it is
    /// a link.
    inlines: Vec<(usize, Range<usize>, bool)>,
    /// Number of open elements whose content is not shown.
    hidden: usize,
    /// Number of open elements of navigation.
    pub navigation: usize,
    /// Whether the next text is separated from the text before it.
    is_separated: bool,
    header: Option<Rc<MappedText>>,
    /// Whether a row of a table is open.
    pub is_in_row: bool,
    /// Whether a heading of Markdown is open, which no tag ends.
    is_in_heading: bool,
    row_count: usize,
}

impl<'a> Writer<'a> {
    pub fn new(file: &'a str, edited: &'a EditedText, builder: ArticleBuilder) -> Writer<'a> {
        Writer {
            file,
            edited,
            builder,
            blocks: Vec::new(),
            block: None,
            containers: Vec::new(),
            next_container: 0,
            marker: None,
            misnumbered: HashSet::new(),
            inlines: Vec::new(),
            hidden: 0,
            navigation: 0,
            is_separated: false,
            header: None,
            is_in_row: false,
            is_in_heading: false,
            row_count: 0,
        }
    }

    /// Ends the last section and returns the article.
    pub fn finish(mut self) -> Article {
        self.end_table();
        self.end_block();
        self.end_section();
        self.builder.finish()
    }

    /// Returns the text being parsed, after its edits.
    pub fn source(&self) -> &'a str {
        &self.edited.text
    }

    /// Returns the visible text of the current block so far.
    pub fn shown(&self) -> &str {
        self.block.as_ref().map_or("", |block| block.text.text.as_str())
    }

    /// Returns whether the current block has text from behind the start of `range`.
    pub fn has_shown_after(&self, range: &Range<usize>) -> bool {
        let end = self.block.as_ref().and_then(|block| block.text.origin.runs.last());
        let start = self.edited.file_range(range.clone()).map(|file| file.start);
        end.zip(start).is_some_and(|(run, start)| run.file.end > start)
    }

    /// Returns whether the current block is code.
    pub fn is_in_code(&self) -> bool {
        self.block.as_ref().is_some_and(|block| block.form == Form::Lines)
    }

    /// Enters a container. Returns its id.
    pub fn enter(&mut self, kind: ContainerKind) -> usize {
        self.end_block();
        self.next_container += 1;
        self.containers.push(Container { id: self.next_container, kind });
        self.next_container
    }

    /// Leaves the innermost container.
    pub fn leave(&mut self) {
        self.end_block();
        self.marker = None;
        self.containers.pop();
    }

    /// Sets the marker of the item just entered, whose mark is at `mark` in the edited text.
    pub fn set_marker(&mut self, mark: Range<usize>, is_number: bool, list: usize) {
        let Some(file) = self.edited.file_range(mark) else { return };
        self.marker = Some(Marker::new(self.file, file, is_number, list));
    }

    /// Sets the check mark of the current item.
    pub fn set_task(&mut self, task: Range<usize>) {
        let Some(mut file) = self.edited.file_range(task) else { return };
        if self.file[file.end..].starts_with(' ') {
            file.end += 1;
        }
        let marker = match self.block.as_mut().filter(|block| block.text.text.is_empty()) {
            Some(block) => block.marker.as_mut(),
            None => self.marker.as_mut(),
        };
        if let Some(marker) = marker {
            marker.task = file;
        }
    }

    /// Notes that the page shows other numbers for a list than the file has.
    pub fn misnumber(&mut self, list: usize) {
        self.misnumbered.insert(list);
    }

    /// Returns the kind of a block in the innermost container.
    pub fn kind(&self) -> PassageKind {
        match self.containers.last().map(|container| container.kind) {
            Some(ContainerKind::Quotation) => PassageKind::BlockQuotation,
            Some(ContainerKind::Item | ContainerKind::List | ContainerKind::OrderedList) => {
                PassageKind::ListItem
            }
            Some(ContainerKind::Footnote) => PassageKind::Footnote,
            None => PassageKind::Paragraph,
        }
    }

    /// Starts a block. Within a row of a table, and after a term that is being defined, the text
    /// continues after a separator.
    pub fn start_block(&mut self, kind: PassageKind) {
        let is_term = self.block.as_ref().is_some_and(|block| {
            block.term > 0 && block.term == block.text.text.len() && kind != PassageKind::Code
        });
        if self.is_in_row || self.is_in_heading || is_term {
            self.is_separated = true;
            return;
        }
        self.end_block();
        self.block = Some(self.new_block(kind));
    }

    fn new_block(&mut self, kind: PassageKind) -> Block {
        let mut block = Block::new(kind, form_of(kind), self.containers.clone());
        block.marker = self.marker.take();
        block.is_boilerplate = self.navigation > 0;
        block
    }

    /// Returns the current block, or starts one: a tight list item has no paragraph.
    fn current(&mut self) -> &mut Block {
        if self.block.is_none() {
            let block = self.new_block(self.kind());
            self.block = Some(block);
        }
        self.block.as_mut().expect("a block was started above")
    }

    /// Starts a heading of Markdown.
    pub fn start_heading(&mut self) {
        self.start_block(self.kind());
        self.is_in_heading = !self.is_in_row;
    }

    /// Ends the current block, unless it is a row of a table or a heading.
    pub fn end_block(&mut self) {
        if self.is_in_row || self.is_in_heading {
            self.is_separated = true;
            return;
        }
        self.inlines.clear();
        self.is_separated = false;
        if let Some(mut block) = self.block.take() {
            block.trim();
            match block.text.text.is_empty() {
                // The marker belongs to the first block with a text.
                true => self.marker = self.marker.take().or(block.marker),
                false => self.blocks.push(block),
            }
        }
    }

    /// Ends the current block, which is the title of the blocks after it.
    pub fn end_title(&mut self) {
        if let Some(block) = &mut self.block {
            block.is_title = true;
        }
        self.end_block();
    }

    /// Ends a term, which the next text defines.
    pub fn end_term(&mut self) {
        if let Some(block) = &mut self.block {
            block.term = block.text.text.len();
        }
    }

    /// Ends the current block as a heading. A long one is a paragraph that is marked up as a
    /// heading.
    pub fn end_heading(&mut self, level: u8) {
        self.is_in_heading = false;
        if self.is_in_row {
            return self.end_block();
        }
        self.inlines.clear();
        let Some(block) = self.block.take() else { return };
        if is_too_long_for_title(&block.text.text) {
            self.block = Some(block);
            return self.end_block();
        }
        self.end_section();
        self.builder.start_section(level, &block.text.text);
    }

    fn end_section(&mut self) {
        for block in &mut self.blocks {
            block.remove_number(&self.misnumbered);
        }
        for draft in group(self.file, std::mem::take(&mut self.blocks)) {
            self.builder.add_draft(draft);
        }
    }

    /// Starts a table.
    pub fn start_table(&mut self) {
        self.end_row(false);
        self.end_block();
        (self.header, self.row_count) = (None, 0);
    }

    /// Starts a row.
    pub fn start_row(&mut self) {
        self.end_row(false);
        self.start_block(PassageKind::TableRow);
        self.is_in_row = true;
    }

    /// Ends the current row, if there is one. A header is kept for the rows below it.
    pub fn end_row(&mut self, is_header: bool) {
        if !self.is_in_row {
            return;
        }
        self.is_in_row = false;
        if is_header {
            self.inlines.clear();
            self.end_table();
            if let Some(mut block) = self.block.take() {
                block.trim();
                let has_words = block.text.text.contains(char::is_alphanumeric);
                self.header = has_words.then(|| Rc::new(block.text));
            }
            return;
        }
        if let Some(block) = self.block.as_mut() {
            block.header = self.header.clone();
        }
        // A row without a text is not shown.
        let is_blank = |c: char| c.is_whitespace() || c == '|';
        self.block.take_if(|block| block.text.text.chars().all(is_blank));
        self.row_count += 1;
        self.end_block();
    }

    /// Ends a table. A header without rows is a row.
    pub fn end_table(&mut self) {
        self.end_row(false);
        if let Some(header) = self.header.take().filter(|_| self.row_count == 0) {
            // The marker of an item that began after the header is kept for the next block.
            let marker = self.marker.take();
            let mut block = self.new_block(PassageKind::TableRow);
            block.text = Rc::unwrap_or_clone(header);
            self.blocks.push(block);
            self.marker = marker;
        }
        self.row_count = 0;
    }

    /// Starts a content that is not shown.
    pub fn hide(&mut self) {
        self.hidden += 1;
    }

    /// Ends a content that is not shown.
    pub fn show(&mut self) {
        self.hidden = self.hidden.saturating_sub(1);
    }

    /// Opens an inline element, whose byte range includes its markup.
    pub fn open_inline(&mut self, range: Range<usize>, is_link: bool) {
        let at = self.shown().len();
        let file = self.edited.file_range(range).unwrap_or(0..0);
        self.inlines.push((at, file, is_link));
    }

    /// Closes the innermost inline element of HTML, whose end tag is at `end` if it has one.
    pub fn close_tag(&mut self, end: Option<Range<usize>>) {
        let end = end.and_then(|end| self.edited.file_range(end));
        if let (Some((_, file, _)), Some(end)) = (self.inlines.last_mut(), end) {
            file.end = file.end.max(end.end);
        }
        self.close_inline();
    }

    /// Closes the innermost inline element. It is recorded unless it has no visible text.
    pub fn close_inline(&mut self) {
        let Some((from, file, is_link)) = self.inlines.pop() else { return };
        let Some(block) = &mut self.block else { return };
        let text = from..block.text.text.len();
        if text.is_empty() || block.text.text[text.clone()].trim().is_empty() {
            return;
        }
        if is_link {
            block.links.push(text.clone());
        }
        if !file.is_empty() {
            block.text.origin.elements.push(Span { text, file });
        }
    }

    /// Records `range` as the element of the text from `from` on.
    pub fn add_element(&mut self, from: usize, range: Range<usize>) {
        let file = self.edited.file_range(range);
        if let (Some(block), Some(file)) = (&mut self.block, file)
            && from < block.text.text.len()
        {
            let text = from..block.text.text.len();
            block.text.origin.elements.push(Span { text, file });
        }
    }

    /// Appends a byte range of the edited text as it is.
    pub fn push_literal(&mut self, range: Range<usize>) {
        if self.hidden > 0 {
            return;
        }
        let source = self.source();
        for (text, mut file) in self.edited.pieces(range.clone()) {
            // The parser may report an escaped bar of a table twice.
            let known = self.shown_end().saturating_sub(file.start);
            let Some(mut shown) = source[text].get(known..).filter(|shown| !shown.is_empty())
            else {
                continue;
            };
            file.start += known;
            self.separate(file.start);
            // A text that was left out has spaces on both sides.
            let block = self.current();
            if block.form != Form::Lines && block.text.text.ends_with(' ') && shown.starts_with(' ')
            {
                let skipped = shown.len() - shown.trim_start_matches(' ').len();
                (shown, file.start) = (&shown[skipped..], file.start + skipped);
            }
            block.text.push(shown, file);
        }
        if source[range].contains(TITLE_END) {
            self.current().is_title = true;
        }
    }

    /// Returns the end of the current block's text in the file so far.
    fn shown_end(&self) -> usize {
        let last = self.block.as_ref().and_then(|block| block.text.origin.runs.last());
        last.map_or(0, |run| run.file.end)
    }

    /// Appends `shown`, which a browser shows for the markup `range`.
    pub fn push_rendered(&mut self, shown: &str, range: Range<usize>) {
        let Some(file) = self.edited.file_range(range).filter(|_| self.hidden == 0) else { return };
        // A run as long as its text is a literal one.
        if file.len() == shown.len() || file.start < self.shown_end() {
            return;
        }
        // White space separates by itself.
        self.is_separated &= !shown.starts_with(char::is_whitespace);
        self.separate(file.start);
        self.current().text.push(shown, file);
    }

    /// Appends the separator between two blocks that are shown as one: white space of the file, or
    /// the tags between them.
    fn separate(&mut self, next: usize) {
        if !std::mem::take(&mut self.is_separated) {
            return;
        }
        let Some(block) = self.block.as_mut().filter(|block| !block.text.text.is_empty()) else {
            return;
        };
        let end = block.text.origin.runs.last().map_or(0, |run| run.file.end);
        let Some(gap) = self.file.get(end..next) else { return };
        if block.text.text.ends_with(char::is_whitespace) {
            return;
        }
        match gap.find(['\n', ' ']) {
            Some(at) => block.text.push(&gap[at..at + 1], end + at..end + at + 1),
            None if gap.contains('<') => block.text.push(" ", end..next),
            None => {}
        }
    }
}

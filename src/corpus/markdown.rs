//! A Markdown file to an article. Pure.
//!
//! A passage is a paragraph, an item's own text, a table's row, a block of code or a footnote. Its
//! text is what CommonMark shows, made of the file's bytes in their order: markup is left out,
//! line ends stay as they are, the cells of a row keep one ` | ` between them. HTML is not shown.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::article::{Article, PassageKind, Span};
use super::build::{Builder, is_too_long};
use super::front_matter::{self, FrontMatter};
use super::source_map::MappedText;
use super::{Problem, code_span, nesting, problem};

/// Returns the article in `text`, the content of `file`, with all that is wrong with the file.
/// There is no article where the text cannot be read.
pub fn parse(file: &str, text: &str) -> (Option<Article>, Vec<Problem>) {
    let (mut front, mut problems) = front_matter::parse(file, text);
    if front.title.is_none() && !front.is_title_faulty {
        problems.push(without_title(file, &front));
    }
    if let Some(line) = nesting::too_deep(&text[front.body..]) {
        let line = line + text[..front.body].matches('\n').count();
        let hint = "take off some of the `>` or `-` at its beginning";
        problems.push(problem(file, Some(line), "it is nested too deeply", hint));
        return (None, problems);
    }
    let title = front.title.take().unwrap_or_default();
    (Some(read(file, text, title, front)), problems)
}

/// Returns the problem of a file that has no title.
fn without_title(file: &str, front: &FrontMatter) -> Problem {
    let add = "add a line such as `title: Rivers of ice`".to_owned();
    let (what, hint) = match front.body > '\u{feff}'.len_utf8() {
        true => match &front.like_title {
            Some(key) => ("the front matter has no `title`", format!("write `title` for `{key}`")),
            None => ("the front matter has no `title`", add),
        },
        false => (
            "there is no front matter",
            "begin the file with `---`, a line such as `title: Rivers of ice`, and `---`"
                .to_owned(),
        ),
    };
    problem(file, Some(1), what, &hint)
}

fn read(file: &str, text: &str, title: String, front: FrontMatter) -> Article {
    let body = front.body;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut reader = Reader {
        text,
        builder: Builder::new(file, title, front),
        blocks: Vec::new(),
        draft: None,
        inlines: Vec::new(),
        row_end: None,
    };
    for (event, range) in Parser::new_ext(&text[body..], options).into_offset_iter() {
        reader.event(event, range.start + body..range.end + body);
    }
    reader.flush();
    reader.builder.finish()
}

/// Blocks that decide what a passage within them is.
#[derive(Clone, Copy, PartialEq)]
enum Block {
    Quotation,
    Item,
    Footnote,
}

struct Reader<'a> {
    text: &'a str,
    builder: Builder,
    blocks: Vec<Block>,
    draft: Option<(PassageKind, MappedText)>,
    /// Open inline elements: where each began in the draft, and its bytes in the file.
    inlines: Vec<(usize, Range<usize>)>,
    /// In a table's row: one past the last byte of the cell before, once there is one.
    row_end: Option<usize>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(shown) => self.push(&shown, range),
            Event::Code(shown) => self.code(&shown, range),
            Event::SoftBreak | Event::HardBreak => self.line_end(range),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } => self.begin(self.kind()),
            Tag::CodeBlock(_) => self.begin(PassageKind::Code),
            Tag::TableHead | Tag::TableRow => {
                self.begin(PassageKind::TableRow);
                self.row_end = None;
            }
            Tag::BlockQuote(_) => self.enter(Block::Quotation),
            Tag::Item => self.enter(Block::Item),
            Tag::FootnoteDefinition(_) => self.enter(Block::Footnote),
            Tag::List(_) | Tag::Table(_) | Tag::HtmlBlock => self.flush(),
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. } => {
                let at = self.open().text.len();
                self.inlines.push((at, range));
            }
            Tag::TableCell
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Heading(level) => {
                match self.draft.take() {
                    // A paragraph that is set like a heading.
                    Some((kind, draft)) if is_too_long(&draft.text) => {
                        self.builder.passage(kind, draft);
                    }
                    Some((_, draft)) => self.builder.heading(depth(level), &draft.text),
                    None => {}
                }
                self.inlines.clear();
            }
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::TableHead | TagEnd::TableRow => {
                self.flush()
            }
            TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition => {
                self.flush();
                self.blocks.pop();
            }
            TagEnd::TableCell => self.row_end = Some(range.end),
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image => self.close_inline(),
            TagEnd::List(_)
            | TagEnd::Table
            | TagEnd::HtmlBlock
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn enter(&mut self, block: Block) {
        self.flush();
        self.blocks.push(block);
    }

    fn kind(&self) -> PassageKind {
        match self.blocks.last() {
            Some(Block::Quotation) => PassageKind::BlockQuotation,
            Some(Block::Item) => PassageKind::ListItem,
            Some(Block::Footnote) => PassageKind::Footnote,
            None => PassageKind::Paragraph,
        }
    }

    fn begin(&mut self, kind: PassageKind) {
        self.flush();
        self.draft = Some((kind, MappedText::default()));
    }

    /// The draft under way; the text of a tight item begins without a paragraph.
    fn open(&mut self) -> &mut MappedText {
        let kind = self.kind();
        &mut self.draft.get_or_insert_with(|| (kind, MappedText::default())).1
    }

    fn flush(&mut self) {
        self.inlines.clear();
        if let Some((kind, draft)) = self.draft.take() {
            self.builder.passage(kind, draft);
        }
    }

    fn push(&mut self, shown: &str, range: Range<usize>) {
        // Spaces that stand for the rest of a tab, of which the item has the beginning.
        if range.is_empty() {
            return;
        }
        self.push_bar(&range);
        self.open().push(shown, range);
    }

    /// Between two cells of a row: the bar with at most one space on each side.
    fn push_bar(&mut self, next: &Range<usize>) {
        let Some(from) = self.row_end.take() else { return };
        if self.open().text.is_empty() {
            return;
        }
        let from = from
            .saturating_sub(1)
            .max(self.open().origin.runs.last().map_or(0, |run| run.file.end));
        let Some(gap) = self.text.get(from..next.start) else { return };
        if let (Some(first), Some(last)) = (gap.find('|'), gap.rfind('|')) {
            let start = first - usize::from(gap[..first].ends_with(' '));
            let end = last + 1 + usize::from(gap[last + 1..].starts_with(' '));
            let bar = gap[start..end].to_owned();
            self.open().push(&bar, from + start..from + end);
        }
    }

    fn code(&mut self, shown: &str, range: Range<usize>) {
        self.push_bar(&range);
        let text = self.text;
        let source = &text[range.clone()];
        let ticks = source.len() - source.trim_start_matches('`').len();
        let whole = ticks..source.len() - ticks;
        let pieces = code_span::pieces(&source[whole.clone()], shown);
        let draft = self.open();
        let from = draft.text.len();
        match pieces {
            Some(pieces) => {
                for piece in pieces {
                    let piece = piece.start + ticks..piece.end + ticks;
                    draft.push(
                        &source[piece.clone()],
                        piece.start + range.start..piece.end + range.start,
                    );
                }
            }
            None => draft.push(shown, whole.start + range.start..whole.end + range.start),
        }
        let text = from..draft.text.len();
        draft.origin.elements.push(Span { text, file: range });
    }

    fn line_end(&mut self, range: Range<usize>) {
        let source = &self.text[range.clone()];
        let Some(at) = source.find('\n') else { return };
        let at = at - usize::from(source[..at].ends_with('\r'));
        let shown = source[at..].trim_end_matches([' ', '\t', '>']).to_owned();
        self.open().push(&shown, range.start + at..range.start + at + shown.len());
    }

    fn close_inline(&mut self) {
        let Some((from, file)) = self.inlines.pop() else { return };
        let draft = self.open();
        let text = from..draft.text.len();
        if !text.is_empty() {
            draft.origin.elements.push(Span { text, file });
        }
    }
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

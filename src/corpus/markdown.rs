//! Parser of Markdown articles. Pure.
//!
//! A passage is a paragraph, the text of a list item, a table row, a code block or a footnote. The
//! text of a passage is the visible text by CommonMark, made of the file's bytes in their order:
//! markup is removed, line ends are kept, and ` | ` separates the cells of a row. HTML is skipped.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::article::{Article, PassageKind, Span};
use super::article_builder::ArticleBuilder;
use super::front_matter::FrontMatter;
use super::problem::Problem;
use super::source_map::MappedText;
use super::title::is_too_long_for_title;
use super::{code_span, nesting};

/// Parses `text`, the content of `file`, after its front matter. Fails if the text is nested too
/// deeply to be parsed.
pub fn parse(file: &str, text: &str, front: FrontMatter) -> Result<Article, Problem> {
    if let Some(line) = nesting::first_too_deep_line(&text[front.body_start..]) {
        let line = line + text[..front.body_start].matches('\n').count();
        let hint = "take off some of the `>` or `-` at its beginning";
        return Err(Problem::new(file, Some(line), "it is nested too deeply", hint));
    }
    Ok(build_article(file, text, front))
}

/// Parses the text after the front matter.
fn build_article(file: &str, text: &str, front: FrontMatter) -> Article {
    let body = front.body_start;
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut reader = Reader {
        text,
        builder: ArticleBuilder::new(file, front),
        blocks: Vec::new(),
        passage: None,
        inlines: Vec::new(),
        cell_end: None,
    };
    for (event, range) in Parser::new_ext(&text[body..], options).into_offset_iter() {
        reader.handle(event, range.start + body..range.end + body);
    }
    reader.flush();
    reader.builder.finish()
}

/// A block that decides the kind of the passages in it.
#[derive(Clone, Copy, PartialEq)]
enum Block {
    Quotation,
    Item,
    Footnote,
}

/// The state of parsing: open blocks, and the text of the current passage.
struct Reader<'a> {
    text: &'a str,
    builder: ArticleBuilder,
    blocks: Vec<Block>,
    passage: Option<(PassageKind, MappedText)>,
    /// Open inline elements: start in the current passage, and byte range in the file.
    inlines: Vec<(usize, Range<usize>)>,
    /// In a table row: end of the previous cell in the file. `None` in the first cell.
    cell_end: Option<usize>,
}

impl Reader<'_> {
    /// Handles an event of the parser. `range` is its byte range in the file.
    fn handle(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start_tag(tag, range),
            Event::End(tag) => self.end_tag(tag, range),
            Event::Text(shown) => self.push_text(&shown, range),
            Event::Code(shown) => self.push_code(&shown, range),
            Event::SoftBreak | Event::HardBreak => self.push_line_end(range),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }

    /// Starts a passage, enters a block or opens an inline element.
    fn start_tag(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph | Tag::Heading { .. } => self.start_passage(self.passage_kind()),
            Tag::CodeBlock(_) => self.start_passage(PassageKind::Code),
            Tag::TableHead | Tag::TableRow => {
                self.start_passage(PassageKind::TableRow);
                self.cell_end = None;
            }
            Tag::BlockQuote(_) => self.enter_block(Block::Quotation),
            Tag::Item => self.enter_block(Block::Item),
            Tag::FootnoteDefinition(_) => self.enter_block(Block::Footnote),
            Tag::List(_) | Tag::Table(_) | Tag::HtmlBlock => self.flush(),
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. } => {
                let at = self.current().text.len();
                self.inlines.push((at, range));
            }
            Tag::TableCell
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::MetadataBlock(_) => {}
        }
    }

    /// Ends what [`Self::start_tag`] started.
    fn end_tag(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Heading(level) => {
                match self.passage.take() {
                    // A paragraph that is marked up as a heading.
                    Some((kind, draft)) if is_too_long_for_title(&draft.text) => {
                        self.builder.add_passage(kind, draft);
                    }
                    Some((_, draft)) => {
                        self.builder.start_section(heading_level(level), &draft.text)
                    }
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
            TagEnd::TableCell => self.cell_end = Some(range.end),
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

    /// Ends the current passage and enters a block.
    fn enter_block(&mut self, block: Block) {
        self.flush();
        self.blocks.push(block);
    }

    /// Returns the kind of a passage in the innermost block.
    fn passage_kind(&self) -> PassageKind {
        match self.blocks.last() {
            Some(Block::Quotation) => PassageKind::BlockQuotation,
            Some(Block::Item) => PassageKind::ListItem,
            Some(Block::Footnote) => PassageKind::Footnote,
            None => PassageKind::Paragraph,
        }
    }

    /// Ends the current passage and starts another.
    fn start_passage(&mut self, kind: PassageKind) {
        self.flush();
        self.passage = Some((kind, MappedText::default()));
    }

    /// Returns the current passage, or starts one: a tight list item has no paragraph.
    fn current(&mut self) -> &mut MappedText {
        let kind = self.passage_kind();
        &mut self.passage.get_or_insert_with(|| (kind, MappedText::default())).1
    }

    /// Ends the current passage, if there is one.
    fn flush(&mut self) {
        self.inlines.clear();
        if let Some((kind, draft)) = self.passage.take() {
            self.builder.add_passage(kind, draft);
        }
    }

    /// Appends visible text.
    fn push_text(&mut self, shown: &str, range: Range<usize>) {
        // An empty range holds the spaces of a tab that list indentation consumed in part.
        if range.is_empty() {
            return;
        }
        self.push_cell_separator(&range);
        self.current().push(shown, range);
    }

    /// Appends the bar between two cells of a row, with at most one space on each side.
    fn push_cell_separator(&mut self, next: &Range<usize>) {
        let Some(from) = self.cell_end.take() else { return };
        if self.current().text.is_empty() {
            return;
        }
        let from = from
            .saturating_sub(1)
            .max(self.current().origin.runs.last().map_or(0, |run| run.file.end));
        let Some(gap) = self.text.get(from..next.start) else { return };
        if let (Some(first), Some(last)) = (gap.find('|'), gap.rfind('|')) {
            let start = first - usize::from(gap[..first].ends_with(' '));
            let end = last + 1 + usize::from(gap[last + 1..].starts_with(' '));
            let bar = gap[start..end].to_owned();
            self.current().push(&bar, from + start..from + end);
        }
    }

    /// Appends a code span, whose range includes the backticks.
    fn push_code(&mut self, shown: &str, range: Range<usize>) {
        self.push_cell_separator(&range);
        let text = self.text;
        let source = &text[range.clone()];
        let ticks = source.len() - source.trim_start_matches('`').len();
        let whole = ticks..source.len() - ticks;
        let pieces = code_span::source_ranges(&source[whole.clone()], shown);
        let draft = self.current();
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

    /// Appends a line end without trailing spaces and quotation markers.
    fn push_line_end(&mut self, range: Range<usize>) {
        let source = &self.text[range.clone()];
        let Some(at) = source.find('\n') else { return };
        let at = at - usize::from(source[..at].ends_with('\r'));
        let shown = source[at..].trim_end_matches([' ', '\t', '>']).to_owned();
        self.current().push(&shown, range.start + at..range.start + at + shown.len());
    }

    /// Records the innermost inline element, unless it has no visible text.
    fn close_inline(&mut self) {
        let Some((from, file)) = self.inlines.pop() else { return };
        let draft = self.current();
        let text = from..draft.text.len();
        if !text.is_empty() {
            draft.origin.elements.push(Span { text, file });
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::front_matter;

    fn article(body: &str) -> Article {
        let text = format!("---\ntitle: T\n---\n{body}");
        let (front, problems) = front_matter::parse("a.md", &text);
        assert_eq!(problems, [], "{body:?}");
        parse("a.md", &text, front).expect("the text is not nested too deeply")
    }

    #[test]
    fn markdown_blocks_become_passages_of_their_kind() {
        #[track_caller]
        fn check(body: &str, expected: &[(PassageKind, &str)]) {
            let article = article(body);
            let passages = article.passages.iter();
            let found: Vec<_> =
                passages.map(|passage| (passage.kind, passage.text.as_str())).collect();
            assert_eq!(found, expected, "{body:?}");
        }
        use PassageKind::{BlockQuotation, Code, Footnote, ListItem, Paragraph, TableRow};
        check("", &[]);
        check(
            "The tide\nrises.\n\nIt falls.",
            &[(Paragraph, "The tide\nrises."), (Paragraph, "It falls.")],
        );
        check(
            "- ebb\n- flood\n\n  springs",
            &[(ListItem, "ebb"), (ListItem, "flood"), (ListItem, "springs")],
        );
        check("1. ebb\n   - neap", &[(ListItem, "ebb"), (ListItem, "neap")]);
        check("> It rises\n> and falls.", &[(BlockQuotation, "It rises\nand falls.")]);
        check("> - ebb", &[(ListItem, "ebb")]);
        check("```\nlet tide;\n```", &[(Code, "let tide;")]);
        check(
            "| Moon | Tide |\n|---|---|\n| full | spring |",
            &[(TableRow, "Moon | Tide"), (TableRow, "full | spring")],
        );
        check(
            "Tide[^a]\n\n[^a]: Ebb and flood.",
            &[(Paragraph, "Tide"), (Footnote, "Ebb and flood.")],
        );
        check("<p>Tide</p>\n\n---\n\n- [x] Ebb", &[(ListItem, "Ebb")]);
    }

    #[test]
    fn markdown_inline_markup_is_removed_and_mapped_to_the_file() {
        #[track_caller]
        fn check(body: &str, text: &str, elements: &[&str]) {
            let article = article(body);
            let passage = &article.passages[0];
            let file = format!("---\ntitle: T\n---\n{body}");
            let sources = passage.origin.elements.iter().map(|span| &file[span.file.clone()]);
            assert_eq!(passage.text, text);
            assert_eq!(sources.collect::<Vec<_>>(), elements);
            let all = passage.origin.file_range(0..text.len());
            assert_eq!(&file[all], body, "the whole text comes from the whole body");
        }
        check("*Spring* tide", "Spring tide", &["*Spring*"]);
        check(
            "**[Tides](https://example.org)**",
            "Tides",
            &["[Tides](https://example.org)", "**[Tides](https://example.org)**"],
        );
        check("`ebb` &amp; flow", "ebb & flow", &["`ebb`"]);
        check("ebb\\*", "ebb*", &[]);
        check("~~neap~~", "neap", &["~~neap~~"]);
    }

    #[test]
    fn markdown_headings_become_nested_sections() {
        #[track_caller]
        fn check(body: &str, expected: &[&str]) {
            let outline = article(body).outline;
            let sections = outline.sections.iter().enumerate();
            let found: Vec<_> = sections
                .map(|(at, section)| {
                    format!("{}#{}", outline.headings_of(at).join("/"), section.anchor)
                })
                .collect();
            assert_eq!(found, expected, "{body:?}");
        }
        check("# T\n\nTides.", &["#"]);
        check(
            "Tides.\n\n## Moon\n\n### Full *Moon*\n\n## Sun",
            &["#", "Moon#moon", "Moon/Full Moon#full-moon", "Sun#sun"],
        );
        check("## Tide!\n\n## Tide", &["Tide!#tide", "Tide#tide-1"]);
        check(&format!("# {}", "a".repeat(301)), &["#"]);
    }
}

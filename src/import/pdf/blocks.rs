//! Blocks of a document: paragraphs, headings, list items, tables and code, from lines.

use super::code::{code_end, code_text};
use super::joining::{Words, join};
use super::line::Line;
use super::list::{Marker, marker};
use super::order::is_right_to_left;
use super::rows::Rows;
use super::rules::Rule;
use super::style::{BodyStyle, HeadingStyle, has_leaders};
use super::table::table_at;

/// Maximum number of lines of a heading.
const MAX_HEADING_LINES: usize = 5;

/// Block of text.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Heading(HeadingStyle),
    Paragraph,
    /// List item. The text does not contain the marker.
    Item(Marker),
    Table(Rows),
    Code,
}

/// A block with what tells whether the next one continues it.
#[derive(Debug, Clone)]
pub struct Block {
    /// Position of the page on which the block begins.
    pub page: usize,
    /// Position of the page on which the block ends.
    pub last_page: usize,
    pub kind: Kind,
    pub text: String,
    /// Left end of the first line.
    pub x0: f32,
    pub size: f32,
    /// Whether the first line is indented.
    pub is_indented: bool,
    /// Whether the last line reaches the right margin.
    pub is_full: bool,
}

/// Part of a page that is read from top to bottom, as lines.
#[derive(Debug, Default)]
pub struct LineRegion {
    pub lines: Vec<Line>,
}

impl LineRegion {
    /// Returns a region of lines. Lines of text from right to left are mirrored, so that each line
    /// starts at its lesser coordinate.
    pub fn new(mut lines: Vec<Line>) -> Self {
        let rtl = lines.iter().filter(|line| is_right_to_left(&line.text)).count();
        if rtl * 2 > lines.len() {
            for line in &mut lines {
                (line.x0, line.x1) = (-line.x1, -line.x0);
                line.cells.reverse();
                for cell in &mut line.cells {
                    (cell.x0, cell.x1) = (-cell.x1, -cell.x0);
                }
            }
        }
        Self { lines }
    }
}

/// Vertical and horizontal measures of a region.
struct Measures {
    /// Usual distance of baselines in parts of the font size.
    leading: f32,
    left: f32,
    right: f32,
}

impl Measures {
    fn of(lines: &[Line], body: &BodyStyle) -> Self {
        let body_lines =
            || lines.iter().filter(|line| (line.size - body.size).abs() < 0.06 * body.size);
        let pairs = lines.windows(2).filter(|pair| (pair[0].size - pair[1].size).abs() < 0.5);
        let mut gaps: Vec<f32> = pairs
            .map(|pair| (pair[1].y - pair[0].y) / pair[1].size.max(1.0))
            .filter(|gap| (0.8..2.6).contains(gap))
            .collect();
        gaps.sort_by(f32::total_cmp);
        // Most gaps are within paragraphs.
        let leading = gaps.get(gaps.len() * 2 / 5).copied().unwrap_or(1.2);
        let count = body_lines().count();
        let ends = |line: &Line| (line.x0, line.x1);
        let mut ends: Vec<_> = match count {
            0..=2 => lines.iter().map(ends).collect(),
            _ => body_lines().map(ends).collect(),
        };
        let left = ends.iter().map(|(x0, _)| *x0).fold(f32::MAX, f32::min);
        ends.sort_by(|a, b| a.1.total_cmp(&b.1));
        let right = ends.get((ends.len() * 19 / 20).min(ends.len().saturating_sub(1)));
        Self { leading, left, right: right.map_or(0.0, |(_, x1)| *x1) }
    }
}

/// Builds the blocks of a region.
pub fn blocks_of(
    region: &LineRegion,
    rules: &[Rule],
    body: &BodyStyle,
    words: &Words,
) -> Vec<Block> {
    let lines = &region.lines;
    let measures = Measures::of(lines, body);
    let mut builder = Builder { blocks: Vec::new(), open: None, body, words, measures };
    let mut at = 0;
    let headings = headings(lines, body, &builder.measures);
    while at < lines.len() {
        if let Some(rows) = &lines[at].table {
            builder.close();
            builder.blocks.push(block_of(&lines[at], Kind::Table(rows.clone()), String::new()));
            at += 1;
            continue;
        }
        if headings[at].is_none()
            && let Some((count, rows)) = table_at(&lines[at..], rules)
            && headings[at..at + count].iter().all(Option::is_none)
        {
            builder.close();
            builder.blocks.push(block_of(&lines[at], Kind::Table(rows), String::new()));
            at += count;
            continue;
        }
        let code = code_end(&lines[at..], body);
        if code > 0 {
            builder.close();
            let text = code_text(&lines[at..at + code]);
            builder.blocks.push(block_of(&lines[at], Kind::Code, text));
            at += code;
            continue;
        }
        let before = at.checked_sub(1).map(|before| &lines[before]);
        builder.add(&lines[at], before, headings[at]);
        at += 1;
    }
    builder.close();
    builder.blocks
}

/// Returns the heading style of each line of a region that is part of a heading.
fn headings(lines: &[Line], body: &BodyStyle, measures: &Measures) -> Vec<Option<HeadingStyle>> {
    let gap = |at: usize| match at.checked_sub(1) {
        Some(before) => (lines[at].y - lines[before].y) / (measures.leading * lines[at].size),
        None => 9.0,
    };
    let mut styles: Vec<Option<HeadingStyle>> = Vec::with_capacity(lines.len());
    for (at, line) in lines.iter().enumerate() {
        let follows = styles.last().copied().flatten().is_some()
            && (lines[at - 1].size - line.size).abs() < 0.3
            && body.is_bold(&lines[at - 1]) == body.is_bold(line);
        let gap = if follows { gap(at).max(1.3) } else { gap(at) };
        styles.push(body.heading(line, gap));
    }
    // A long run of lines in a style of headings is text in another style.
    let mut start = 0;
    while start < lines.len() {
        let style = styles[start];
        let mut end = start + 1;
        let is_same = |at: usize| {
            styles[at].is_some()
                && (lines[at].size - lines[at - 1].size).abs() < 0.3
                && gap(at) < 1.5
        };
        while style.is_some() && end < lines.len() && is_same(end) {
            end += 1;
        }
        let is_tagged = matches!(style, Some(HeadingStyle::Tagged(_)));
        if end - start > MAX_HEADING_LINES && !is_tagged {
            styles[start..end].fill(None);
        }
        start = end;
    }
    styles
}

struct Builder<'b> {
    blocks: Vec<Block>,
    open: Option<Open>,
    body: &'b BodyStyle,
    words: &'b Words,
    measures: Measures,
}

/// A block to which lines may be added.
struct Open {
    block: Block,
    /// Left end of the lines after the first.
    rest_x0: Option<f32>,
    lines: usize,
}

impl Builder<'_> {
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.blocks.push(open.block);
        }
    }

    fn add(&mut self, line: &Line, before: Option<&Line>, heading: Option<HeadingStyle>) {
        let is_full = self.is_full(line);
        let is_new = match (&self.open, before) {
            (Some(open), Some(before)) => self.starts_block(open, before, line, heading),
            _ => true,
        };
        if !is_new && let Some(open) = &mut self.open {
            join(&mut open.block.text, &line.text, None, self.words);
            open.block.is_full = is_full;
            open.rest_x0.get_or_insert(line.x0);
            open.lines += 1;
            return;
        }
        self.close();
        let (kind, text) = match (heading, marker(&line.text)) {
            (Some(style), _) => (Kind::Heading(style), line.text.as_str()),
            (None, Some((mark, rest))) => (Kind::Item(mark), rest),
            (None, None) => (Kind::Paragraph, line.text.as_str()),
        };
        let mut block = block_of(line, kind, text.to_owned());
        block.is_full = is_full;
        block.is_indented = line.x0 > self.measures.left + 0.8 * line.size;
        self.open = Some(Open { block, rest_x0: None, lines: 1 });
    }

    fn is_full(&self, line: &Line) -> bool {
        line.x1 > self.measures.right - 0.12 * (self.measures.right - self.measures.left)
    }

    /// Returns whether a line starts a block.
    fn starts_block(
        &self,
        open: &Open,
        before: &Line,
        line: &Line,
        heading: Option<HeadingStyle>,
    ) -> bool {
        let gap = line.y - before.y;
        let leading = self.measures.leading * line.size.max(before.size);
        let is_resized = (line.size - before.size).abs() > 0.08 * line.size.max(before.size);
        match (&open.block.kind, heading) {
            (Kind::Heading(_), Some(_)) => {
                let numbered = super::style::number_depth(&line.text) > 0 && open.lines > 0;
                return is_resized
                    || gap > 1.5 * leading
                    || gap <= 0.0
                    || numbered
                    || self.body.is_bold(before) != self.body.is_bold(line);
            }
            (Kind::Heading(_), None) | (_, Some(_)) => return true,
            (_, None) => {}
        }
        let is_leader = has_leaders(&line.text) || has_leaders(&before.text);
        if is_leader || gap > 1.35 * leading || gap <= 0.0 || is_resized {
            return true;
        }
        if self.body.is_bold(before) != self.body.is_bold(line)
            && ends_sentence(&open.block.text)
            && !self.is_full(before)
        {
            return true;
        }
        if let Some((mark, _)) = marker(&line.text) {
            let is_item = matches!(open.block.kind, Kind::Item(_));
            let is_bullet = mark == Marker::Bullet && !line.text.starts_with(['–', '-', '*', '·']);
            return is_bullet
                || is_item
                || ends_sentence(&open.block.text)
                || open.block.text.ends_with(':')
                || !self.is_full(before);
        }
        self.is_indented(open, before, line) || self.ends_early(open, before, line)
    }

    /// Returns whether the left end of a line shows that it starts a paragraph.
    fn is_indented(&self, open: &Open, before: &Line, line: &Line) -> bool {
        let indent = 0.8 * line.size;
        let is_item = matches!(open.block.kind, Kind::Item(_));
        match open.rest_x0 {
            Some(rest) if is_item => line.x0 < rest - indent,
            Some(rest) => {
                let right = line.x0 > rest + indent && line.x0 < rest + 6.0 * line.size;
                // The first lines of a bibliography are less indented than the others.
                let left = line.x0 < rest - indent && open.block.x0 < rest - indent;
                right || left
            }
            None if is_item => line.x0 < open.block.x0 - 2.0,
            None => {
                let right = line.x0 > open.block.x0 + indent;
                right
                    && (!self.is_full(before) || ends_sentence(&open.block.text))
                    && !starts_lower(&line.text)
            }
        }
    }

    /// Returns whether the line before is the last of a paragraph: the next word had fitted in it.
    fn ends_early(&self, open: &Open, before: &Line, line: &Line) -> bool {
        let word = line.text.split_whitespace().next().unwrap_or_default().chars().count();
        let chars = line.text.chars().count().max(1) as f32;
        let char_width = (line.x1 - line.x0) / chars;
        let space = self.measures.right - before.x1;
        let fits = space > (word as f32 + 2.0) * char_width;
        let spare = space > 0.3 * (self.measures.right - self.measures.left);
        let ends = ends_sentence(&open.block.text);
        match starts_lower(&line.text) {
            true => false,
            false => fits && (ends || spare),
        }
    }
}

fn block_of(line: &Line, kind: Kind, text: String) -> Block {
    Block {
        page: line.page,
        last_page: line.page,
        kind,
        text,
        x0: line.x0,
        size: line.size,
        is_indented: false,
        is_full: false,
    }
}

/// Returns whether a text ends like a sentence.
pub fn ends_sentence(text: &str) -> bool {
    let is_closing = |c: char| matches!(c, '"' | '”' | '’' | '»' | ')' | ']' | '\u{2}' | ' ');
    let end = text.trim_end_matches(is_closing);
    end.ends_with(['.', '!', '?', ':', '…', '。', '！', '？', '؟', '۔', '।'])
}

/// Returns whether a text starts with a lower-case letter.
pub fn starts_lower(text: &str) -> bool {
    text.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_lowercase)
}

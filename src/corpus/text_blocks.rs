//! Blocks of plain text: headings, paragraphs and list items. Pure.

use std::ops::Range;

use super::byline::is_name;

/// A block with its byte range, without the white space around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub kind: BlockKind,
    pub range: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading with its level.
    Heading(u8),
    Paragraph,
    ListItem,
}

/// Maximum length of a heading, in chars.
const MAX_HEADING_CHARS: usize = 100;
/// Maximum length of a line that is wrapped by hand, in chars. A longer line is a paragraph.
const MAX_WRAPPED_CHARS: usize = 120;
/// Maximum length of a line of verse, in chars.
const MAX_VERSE_CHARS: usize = 60;
/// Level of a heading whose form does not tell the level.
const HEADING_LEVEL: u8 = 2;
/// Indentation of a line that cannot be a heading, in columns.
const MIN_INDENT: usize = 4;
/// Words that begin the heading of a part of a book, in lower case.
const PARTS: [&str; 16] = [
    "chapter",
    "part",
    "book",
    "section",
    "act",
    "scene",
    "canto",
    "volume",
    "appendix",
    "kapitel",
    "teil",
    "chapitre",
    "capítulo",
    "capitolo",
    "глава",
    "часть",
];

/// Returns the blocks from `start` on. With `is_glued`, the first line directly follows the title
/// and cannot be a heading.
pub fn blocks(text: &str, start: usize, is_glued: bool) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut group: Vec<Range<usize>> = Vec::new();
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let from = at + (line.len() - line.trim_start().len());
        let range = from..from + line.trim().len();
        at += line.len();
        match range.is_empty() {
            true => push_group(text, &mut group, &mut found),
            false => group.push(range),
        }
    }
    push_group(text, &mut group, &mut found);
    found.retain(|block| !is_page_number(&text[block.range.clone()]));
    mark_headings(text, &mut found, is_glued);
    found
}

/// Moves a group of consecutive lines to `blocks`.
fn push_group(text: &str, group: &mut Vec<Range<usize>>, blocks: &mut Vec<Block>) {
    let lines = std::mem::take(group);
    let shown = |line: &Range<usize>| &text[line.clone()];
    let mut first = 0;
    // A heading with a rule below it.
    if let [heading, rule, ..] = &lines[..]
        && is_rule(shown(rule))
        && !is_rule(shown(heading))
        && shown(heading).chars().count() <= MAX_HEADING_CHARS
    {
        let level = HEADING_LEVEL + u8::from(!shown(rule).starts_with('='));
        blocks.push(Block { kind: BlockKind::Heading(level), range: heading.clone() });
        first = 2;
    } else if let [heading, _, ..] = &lines[..]
        && part_level(shown(heading)).is_some()
    {
        blocks.push(Block { kind: BlockKind::Heading(HEADING_LEVEL), range: heading.clone() });
        first = 1;
    }
    let lines: Vec<_> = lines[first..].iter().filter(|line| !is_rule(shown(line))).collect();
    let is_long = |line: &&Range<usize>| shown(line).chars().count() > MAX_WRAPPED_CHARS;
    let is_closed = |line: &&Range<usize>| shown(line).ends_with(['.', '!', '?', '”', '"', '。']);
    let is_by_line = lines.iter().any(is_long) || lines.iter().all(is_closed);
    for (position, line) in lines.iter().enumerate() {
        let is_item = is_list_item(shown(line)) && lines.len() > 1;
        let kind = if is_item { BlockKind::ListItem } else { BlockKind::Paragraph };
        match blocks.last_mut() {
            Some(last) if position > 0 && !is_item && !is_by_line => last.range.end = line.end,
            _ => blocks.push(Block { kind, range: (*line).clone() }),
        }
    }
}

/// Returns whether a line consists of signs that separate, such as `=====` or `* * *`.
pub fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let signs = line.chars().filter(|c| !c.is_whitespace()).count();
    signs >= 3 && line.chars().all(|c| matches!(c, '=' | '-' | '_' | '*' | '~' | '#' | ' ' | '\t'))
}

fn is_list_item(line: &str) -> bool {
    let is_bullet = line.strip_prefix(['-', '*', '•', '–', '‣', '◦', '·']);
    is_bullet.is_some_and(|rest| rest.starts_with([' ', '\t'])) || number_level(line).is_some()
}

/// Returns the level of a numbered line, such as `2.3 Low water`, or `None` without a number.
fn number_level(line: &str) -> Option<u8> {
    let (number, rest) = line.split_once([' ', '\t'])?;
    let parts = number.trim_end_matches(['.', ')']);
    let is_number = !parts.is_empty()
        && parts.len() <= 8
        && parts
            .split('.')
            .all(|part| matches!(part.len(), 1..=2) && part.bytes().all(|b| b.is_ascii_digit()));
    let is_marked = number.len() > parts.len() || parts.contains('.');
    let depth = u8::try_from(parts.matches('.').count()).unwrap_or(u8::MAX);
    (is_number && is_marked && rest.trim_start().starts_with(char::is_alphabetic))
        .then(|| HEADING_LEVEL.saturating_add(depth).min(6))
}

/// Returns the level of the heading of a part of a book, such as `Chapter 1`.
fn part_level(line: &str) -> Option<u8> {
    let mut words = line.split_whitespace();
    let first = words.next()?.to_lowercase();
    let number = words.next()?.trim_end_matches(['.', ':', '—', '-']);
    let is_roman =
        number.chars().all(|c| matches!(c.to_ascii_uppercase(), 'I' | 'V' | 'X' | 'L' | 'C'));
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let is_part = PARTS.contains(&first.as_str())
        && !number.is_empty()
        && (is_roman || is_number)
        && line.chars().count() <= MAX_HEADING_CHARS;
    is_part.then_some(HEADING_LEVEL)
}

/// Returns whether a block is the number of a page.
fn is_page_number(block: &str) -> bool {
    let inner = block.trim_matches(['-', '–', '—', '[', ']', '(', ')', ' ']);
    let lower = inner.to_lowercase();
    let inner = lower.strip_prefix("page ").or(lower.strip_prefix("p. ")).unwrap_or(&lower);
    let is_number =
        |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    match inner.split_once(" of ") {
        Some((page, all)) => is_number(page) && is_number(all),
        None => is_number(inner),
    }
}

/// Makes headings of the paragraphs that have the form of one and stand above text.
fn mark_headings(text: &str, blocks: &mut [Block], is_glued: bool) {
    let shown = |block: &Block| &text[block.range.clone()];
    let is_candidate = |at: usize| {
        let block = &blocks[at];
        let before = at.checked_sub(1).and_then(|at| blocks.get(at));
        // A line directly below the title and before a blank line is an imprint, or the first line
        // of a paragraph.
        let is_below_title = at == 0
            && is_glued
            && !blocks.get(1).is_some_and(|next| {
                text[block.range.end..next.range.start].matches('\n').count() == 1
            });
        let is_signature =
            is_name(shown(block)) && before.is_some_and(|before| is_verse(shown(before)));
        matches!(block.kind, BlockKind::Paragraph)
            && !is_below_title
            && !is_signature
            && heading_level(shown(block), indent(text, block.range.start)).is_some()
    };
    let mut is_heading: Vec<_> = (0..blocks.len()).map(is_candidate).collect();
    // Short lines with nothing below them, such as a signature and an address, head nothing.
    for at in (0..blocks.len()).rev() {
        let is_last = matches!(blocks[at].kind, BlockKind::Heading(_)) || is_heading[at];
        let is_kept = part_level(shown(&blocks[at])).is_some() && at + 1 < blocks.len();
        if !is_last || is_kept {
            break;
        }
        is_heading[at] = false;
    }
    // Numbered lines that follow each other are a list.
    let is_numbered = |at: usize| number_level(shown(&blocks[at])).is_some();
    let listed: Vec<_> = (0..blocks.len())
        .filter(|at| {
            let after = blocks.get(at + 1).is_some_and(|_| is_numbered(at + 1));
            let before = at.checked_sub(1).is_some_and(is_numbered);
            is_numbered(*at) && (after || before)
        })
        .collect();
    for (at, block) in blocks.iter_mut().enumerate() {
        let level = heading_level(&text[block.range.clone()], indent(text, block.range.start));
        if listed.contains(&at) {
            block.kind = BlockKind::ListItem;
        } else if let (true, Some(level)) = (is_heading[at], level) {
            block.kind = BlockKind::Heading(level);
        }
    }
}

/// Returns the indentation of the line at `start`, in columns.
fn indent(text: &str, start: usize) -> usize {
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    text[line..start].chars().map(|c| if c == '\t' { MIN_INDENT } else { 1 }).sum()
}

/// Returns whether a block is verse: several lines that are too short to be wrapped.
fn is_verse(block: &str) -> bool {
    block.contains('\n') && block.lines().all(|line| line.chars().count() <= MAX_VERSE_CHARS)
}

/// Returns the level of a block that has the form of a heading.
fn heading_level(block: &str, indent: usize) -> Option<u8> {
    if block.contains('\n')
        || block.chars().count() > MAX_HEADING_CHARS
        || !block.contains(char::is_alphabetic)
    {
        return None;
    }
    if let Some(level) = part_level(block) {
        return Some(level);
    }
    let is_capital = is_in_capitals(block);
    let is_quoted =
        block.starts_with(['[', '(', '{', '—', '–', '-', '"', '“', '«', '‘', '>', '*', '•']);
    let is_address = block.contains("://") || block.contains('@');
    if is_quoted || is_address || (indent >= MIN_INDENT && !is_capital) {
        return None;
    }
    let is_open = match block.chars().next_back()? {
        // A question is a heading only in title case.
        '?' => is_title_case(block),
        '.' => is_capital,
        last => !matches!(last, '!' | ',' | ';' | ':' | '…' | '”' | '"' | '»' | '。' | '؟' | '۔'),
    };
    let is_start = !block.starts_with(char::is_lowercase);
    (is_open && is_start).then(|| number_level(block).unwrap_or(HEADING_LEVEL))
}

/// Returns whether a line has at least three letters, all of them capitals.
fn is_in_capitals(block: &str) -> bool {
    let letters = block.chars().filter(|c| c.is_alphabetic());
    letters.clone().count() >= 3 && letters.into_iter().all(char::is_uppercase)
}

fn is_title_case(block: &str) -> bool {
    let words = block.split_whitespace().filter(|word| word.chars().count() > 4);
    words.clone().count() > 0 && words.into_iter().all(|word| word.starts_with(char::is_uppercase))
}

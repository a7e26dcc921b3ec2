//! Parser of plain text articles. Pure.
//!
//! The first line is the title. Blank lines separate paragraphs; where lines are long, each line
//! is a paragraph. A short line without closing punctuation between paragraphs is a heading.

use std::ops::Range;
use std::path::Path;

use super::article::{Article, PassageKind};
use super::article_builder::ArticleBuilder;
use super::front_matter;
use super::problem::Problem;
use super::source_map::MappedText;
use super::title::{is_too_long_for_title, single_line};

/// Maximum length of a heading, in chars.
const MAX_HEADING_CHARS: usize = 100;
/// Maximum length of a line that is wrapped by hand, in chars. A longer line is a paragraph.
const MAX_WRAPPED_CHARS: usize = 120;
/// Level of every heading: plain text does not mark levels.
const HEADING_LEVEL: u8 = 2;

/// Parses `text`, the content of `file`. Returns the article and all problems of the file.
pub fn parse(file: &str, text: &str) -> (Article, Vec<Problem>) {
    let (mut front, problems) = front_matter::parse(file, text);
    let body = front.body_start;
    let (title, is_glued, mut paragraphs) = match front.title.take() {
        Some(title) => (title, false, blocks(text, body)),
        None => match title_line(text, body) {
            Some(line) => {
                let after = blocks(text, line.end);
                let is_glued = after.first().is_some_and(|next| is_next_line(text, &line, next));
                (single_line(&text[line]), is_glued, after)
            }
            None => (title_from_file_name(file), false, blocks(text, body)),
        },
    };
    // In a file with a single line, the line is both title and text.
    if paragraphs.is_empty() {
        paragraphs = blocks(text, body);
    }
    let mut builder = ArticleBuilder::new(file, title, front);
    let last = paragraphs.len().saturating_sub(1);
    for (position, block) in paragraphs.iter().enumerate() {
        let shown = &text[block.clone()];
        // A line directly below the title and before a blank line is an imprint, or the first line
        // of a paragraph, but never a heading.
        let next = paragraphs.get(position + 1);
        let is_below_title =
            is_glued && position == 0 && !next.is_some_and(|next| is_next_line(text, block, next));
        if position < last && !is_below_title && is_heading(shown) {
            builder.start_section(HEADING_LEVEL, shown);
        } else {
            let mut paragraph = MappedText::default();
            paragraph.push(shown, block.clone());
            builder.add_passage(PassageKind::Paragraph, paragraph);
        }
    }
    (builder.finish(), problems)
}

/// Returns the range of the first line with a letter or a digit. Returns `None` if the line is too
/// long for a title.
fn title_line(text: &str, start: usize) -> Option<Range<usize>> {
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.contains(char::is_alphanumeric) {
            return (!is_too_long_for_title(line.trim())).then_some(at..at + line.trim_end().len());
        }
        at += line.len();
    }
    None
}

/// Returns whether `next` begins in the line after `block`.
fn is_next_line(text: &str, block: &Range<usize>, next: &Range<usize>) -> bool {
    text[block.end..next.start].matches('\n').count() == 1
}

/// Returns the byte ranges of paragraphs and headings.
fn blocks(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut group: Vec<Range<usize>> = Vec::new();
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let from = at + (line.len() - line.trim_start().len());
        let range = from..from + line.trim().len();
        at += line.len();
        if range.is_empty() {
            push_group(text, &mut group, &mut blocks);
        } else {
            group.push(range);
        }
    }
    push_group(text, &mut group, &mut blocks);
    blocks
}

/// Moves a group of consecutive lines to `blocks`: as one block, or line by line if a line is too
/// long to be wrapped by hand.
fn push_group(text: &str, group: &mut Vec<Range<usize>>, blocks: &mut Vec<Range<usize>>) {
    let is_unwrapped =
        group.iter().any(|line| text[line.clone()].chars().count() > MAX_WRAPPED_CHARS);
    match (group.first(), group.last()) {
        (Some(first), Some(last)) if !is_unwrapped => blocks.push(first.start..last.end),
        _ => blocks.append(group),
    }
    group.clear();
}

fn is_heading(block: &str) -> bool {
    if block.contains('\n')
        || block.chars().count() > MAX_HEADING_CHARS
        || !block.contains(char::is_alphabetic)
    {
        return false;
    }
    match block.chars().next_back() {
        // A question is a heading only in title case.
        Some('?') => is_title_case(block),
        Some(last) => {
            !matches!(last, '.' | '!' | ',' | ';' | ':' | '…' | '”' | '"' | '»' | '。' | '؟' | '۔')
        }
        None => false,
    }
}

fn is_title_case(block: &str) -> bool {
    let words = block.split_whitespace().filter(|word| word.chars().count() > 4);
    words.clone().count() > 0 && words.into_iter().all(|word| word.starts_with(char::is_uppercase))
}

/// Returns a title made of the words of a file name.
fn title_from_file_name(file: &str) -> String {
    let stem = Path::new(file)
        .file_stem()
        .map_or_else(|| file.to_owned(), |stem| stem.to_string_lossy().into_owned());
    let words = stem.replace(['-', '_'], " ");
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(|| file.to_owned(), |first| first.to_uppercase().chain(chars).collect())
}

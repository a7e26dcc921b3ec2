//! A plain text file to an article. Pure.
//!
//! The first line is the title. After it, blank lines separate paragraphs; where lines are long,
//! each line is one. A short line without closing punctuation between paragraphs is a heading.

use std::ops::Range;
use std::path::Path;

use super::Problem;
use super::article::{Article, PassageKind};
use super::build::{Builder, is_too_long, name};
use super::front_matter;
use super::source_map::MappedText;

const MAX_HEADING_CHARS: usize = 100;
/// A line longer than this was not wrapped by hand: its end is the paragraph's.
const MAX_WRAPPED_CHARS: usize = 120;
const LEVEL: u8 = 2;

/// Returns the article in `text`, the content of `file`, with all that is wrong with the file.
pub fn parse(file: &str, text: &str) -> (Article, Vec<Problem>) {
    let (mut front, problems) = front_matter::parse(file, text);
    let body = front.body;
    let (title, is_glued, mut paragraphs) = match front.title.take() {
        Some(title) => (title, false, blocks(text, body)),
        None => match title_line(text, body) {
            Some(line) => {
                let after = blocks(text, line.end);
                let is_glued = after.first().is_some_and(|next| is_next_line(text, &line, next));
                (name(&text[line]), is_glued, after)
            }
            None => (title_of(file), false, blocks(text, body)),
        },
    };
    // Of a file with a single line, the line is the text, too.
    if paragraphs.is_empty() {
        paragraphs = blocks(text, body);
    }
    let mut builder = Builder::new(file, title, front);
    let last = paragraphs.len().saturating_sub(1);
    for (position, block) in paragraphs.iter().enumerate() {
        let shown = &text[block.clone()];
        // A line right under the title, before a blank line, is an imprint or the first line of a
        // paragraph.
        let next = paragraphs.get(position + 1);
        let is_under_title =
            is_glued && position == 0 && !next.is_some_and(|next| is_next_line(text, block, next));
        if position < last && !is_under_title && is_heading(shown) {
            builder.heading(LEVEL, shown);
        } else {
            let mut draft = MappedText::default();
            draft.push(shown, block.clone());
            builder.passage(PassageKind::Paragraph, draft);
        }
    }
    (builder.finish(), problems)
}

/// Returns the first line with a letter or a digit. One that is too long for a title is a paragraph
/// instead.
fn title_line(text: &str, start: usize) -> Option<Range<usize>> {
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.contains(char::is_alphanumeric) {
            return (!is_too_long(line.trim())).then_some(at..at + line.trim_end().len());
        }
        at += line.len();
    }
    None
}

/// Returns whether `next` begins in the line after `block`.
fn is_next_line(text: &str, block: &Range<usize>, next: &Range<usize>) -> bool {
    text[block.end..next.start].matches('\n').count() == 1
}

/// The byte ranges of paragraphs and headings.
fn blocks(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut group: Vec<Range<usize>> = Vec::new();
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let from = at + (line.len() - line.trim_start().len());
        let range = from..from + line.trim().len();
        at += line.len();
        if range.is_empty() {
            close(text, &mut group, &mut blocks);
        } else {
            group.push(range);
        }
    }
    close(text, &mut group, &mut blocks);
    blocks
}

fn close(text: &str, group: &mut Vec<Range<usize>>, blocks: &mut Vec<Range<usize>>) {
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
        // A question can be a heading, if it is written like one.
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

fn title_of(file: &str) -> String {
    let stem = Path::new(file)
        .file_stem()
        .map_or_else(|| file.to_owned(), |stem| stem.to_string_lossy().into_owned());
    let words = stem.replace(['-', '_'], " ");
    let mut chars = words.chars();
    chars
        .next()
        .map_or_else(|| file.to_owned(), |first| first.to_uppercase().chain(chars).collect())
}

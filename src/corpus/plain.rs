//! A plain text file to an article. Pure.
//!
//! Blank lines separate paragraphs; where lines are long, each line is one. A short line without
//! closing punctuation between paragraphs is a heading; one at the very start is the title.

use std::ops::Range;
use std::path::Path;

use super::Problem;
use super::article::{Article, PassageKind};
use super::build::Builder;
use super::draft::Draft;
use super::front_matter;

const MAX_HEADING_CHARS: usize = 100;
/// A line longer than this was not wrapped by hand: its end is the paragraph's.
const MAX_WRAPPED_CHARS: usize = 120;
const LEVEL: u8 = 2;

/// The article in `text`, the content of `file`.
pub fn parse(file: &str, text: &str) -> Result<Article, Vec<Problem>> {
    let mut front = front_matter::parse(file, text)?;
    let mut blocks = blocks(text, front.body);
    let title = match front.title.take() {
        Some(title) => title,
        None if blocks.len() > 1 && is_heading(&text[blocks[0].clone()]) => {
            text[blocks.remove(0)].to_owned()
        }
        None => title_of(file),
    };
    let mut builder = Builder::new(file, title, front);
    let last = blocks.len().saturating_sub(1);
    for (position, block) in blocks.into_iter().enumerate() {
        let shown = &text[block.clone()];
        if position < last && is_heading(shown) {
            builder.heading(LEVEL, shown);
        } else {
            let mut draft = Draft::default();
            draft.push(shown, block);
            builder.passage(PassageKind::Paragraph, draft);
        }
    }
    Ok(builder.finish())
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

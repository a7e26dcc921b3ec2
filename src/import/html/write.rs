//! Writing of blocks as Markdown. Pure.

use super::block::{Block, Inline, Table, Text};
use super::escape::Place;
use super::inline;

/// Returns a text as Markdown. Footnotes are at the end.
pub fn write(text: &Text) -> String {
    let mut lines = lines(&text.blocks);
    for (note, number) in text.footnotes.iter().zip(1..) {
        lines.push(String::new());
        let marker = format!("[^{number}]: ");
        push_indented(&mut lines, &self::lines(note), &marker, "    ");
    }
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let mut written = lines[first..].join("\n");
    if !written.is_empty() {
        written.push('\n');
    }
    written
}

/// Returns the lines of blocks, with an empty one between blocks.
fn lines(blocks: &[Block]) -> Vec<String> {
    let mut all = Vec::new();
    // Whether the list before has the other marker. Two lists in a row are else one.
    let mut is_other = false;
    for (at, block) in blocks.iter().enumerate() {
        if *block == Block::FootnotePlace {
            continue;
        }
        if !all.is_empty() {
            all.push(String::new());
        }
        let follows_list = at > 0 && matches!(blocks[at - 1], Block::List { .. });
        is_other = follows_list && !is_other;
        push_block(&mut all, block, is_other);
    }
    all
}

fn push_block(all: &mut Vec<String>, block: &Block, is_other: bool) {
    match block {
        Block::Heading { level, text } => {
            let text = inline::write(text, Place::Heading);
            all.push(format!("{} {text}", "#".repeat(usize::from(*level))));
        }
        Block::Paragraph(parts) => push_paragraph(all, parts),
        Block::Quotation(blocks) => {
            for line in lines(blocks) {
                all.push(if line.is_empty() { ">".to_owned() } else { format!("> {line}") });
            }
        }
        Block::List { start, items } => push_list(all, *start, items, is_other),
        Block::Code { language, text } => push_code(all, language, text),
        Block::Table(table) => push_table(all, table),
        Block::Rule => all.push("***".to_owned()),
        Block::FootnotePlace => {}
    }
}

fn push_paragraph(all: &mut Vec<String>, parts: &[Inline]) {
    all.extend(inline::write(parts, Place::Paragraph).lines().map(str::to_owned));
}

/// Writes a list. It is tight if no item has two paragraphs.
fn push_list(all: &mut Vec<String>, start: Option<u64>, items: &[Vec<Block>], is_other: bool) {
    let is_tight = items.iter().all(|item| match item.as_slice() {
        [_] => true,
        [Block::Paragraph(_), rest @ ..] => {
            rest.iter().all(|block| matches!(block, Block::List { .. }))
        }
        _ => false,
    });
    for (at, item) in items.iter().enumerate() {
        let marker = match start {
            None => if is_other { "* " } else { "- " }.to_owned(),
            Some(start) => {
                let number = start.saturating_add(at as u64).min(999_999_999);
                format!("{number}{} ", if is_other { ')' } else { '.' })
            }
        };
        if at > 0 && !is_tight {
            all.push(String::new());
        }
        let mut lines = lines(item);
        if is_tight && item.len() == 2 {
            // The list in an item follows its paragraph without an empty line.
            if let Some(empty) = lines.iter().position(String::is_empty) {
                lines.remove(empty);
            }
        }
        let indent = " ".repeat(marker.len());
        push_indented(all, &lines, &marker, &indent);
    }
}

fn push_indented(all: &mut Vec<String>, lines: &[String], marker: &str, indent: &str) {
    for (at, line) in lines.iter().enumerate() {
        all.push(match at {
            0 => format!("{marker}{line}"),
            _ if line.is_empty() => String::new(),
            _ => format!("{indent}{line}"),
        });
    }
}

/// Writes a code block with a fence that is longer than any in it.
fn push_code(all: &mut Vec<String>, language: &str, text: &str) {
    let fences =
        text.lines().map(|line| line.trim_start().chars().take_while(|c| *c == '`').count());
    let fence = "`".repeat(fences.max().unwrap_or(0).max(2) + 1);
    all.push(format!("{fence}{language}"));
    all.extend(text.lines().map(str::to_owned));
    all.push(fence);
}

fn push_table(all: &mut Vec<String>, table: &Table) {
    let columns = table.rows.first().map_or(0, Vec::len);
    let row = |cells: &[Vec<Inline>]| {
        let cells: Vec<_> = cells.iter().map(|cell| inline::write(cell, Place::Cell)).collect();
        format!("| {} |", cells.join(" | "))
    };
    let mut rows = table.rows.as_slice();
    match table.has_header {
        true => {
            if let Some((first, rest)) = rows.split_first() {
                all.push(row(first));
                rows = rest;
            }
        }
        false => all.push(row(&vec![Vec::new(); columns])),
    }
    all.push(format!("|{}", " --- |".repeat(columns)));
    all.extend(rows.iter().map(|cells| row(cells)));
}

//! Writing of blocks as Markdown.

use std::collections::HashMap;
use std::fmt::Write;

use super::blocks::{Block, Kind};
use super::joining::{PAGE, cleaned};
use super::list::Marker;
use super::notes::Note;
use super::order::with_matching_brackets;
use super::style::{HeadingStyle, levels};
use super::superscript::{SUPERSCRIPT, SUPERSCRIPT_END};

/// Writes blocks and footnotes. Page marks are comments of the form `<!-- page 13 -->`.
pub fn write(blocks: &[Block], notes: &[Note]) -> String {
    let styles: Vec<HeadingStyle> = blocks
        .iter()
        .filter_map(|block| match &block.kind {
            Kind::Heading(style) => Some(*style),
            _ => None,
        })
        .collect();
    let mut writer = Writer {
        levels: levels(&styles),
        labels: labels(notes),
        referred: vec![false; notes.len()],
        notes,
        out: String::new(),
        page: 0,
        list: Vec::new(),
    };
    blocks.iter().for_each(|block| writer.block(block));
    writer.notes();
    writer.out
}

/// Returns a unique label of each note: its number if no other has it.
fn labels(notes: &[Note]) -> Vec<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    notes.iter().for_each(|note| *counts.entry(&note.mark).or_default() += 1);
    let mut used: HashMap<String, usize> = HashMap::new();
    let label = |note: &Note| {
        let is_plain = note.mark.chars().all(|c| c.is_ascii_alphanumeric());
        let label = match is_plain && counts.get(note.mark.as_str()) == Some(&1) {
            true => note.mark.clone(),
            false if is_plain => format!("{}-{}", note.page, note.mark),
            false => format!("{}-{}", note.page, note.mark.chars().count()),
        };
        let count = used.entry(label.clone()).or_default();
        *count += 1;
        if *count > 1 { format!("{label}-{count}") } else { label }
    };
    notes.iter().map(label).collect()
}

struct Writer<'w> {
    levels: HashMap<HeadingStyle, u8>,
    labels: Vec<String>,
    referred: Vec<bool>,
    notes: &'w [Note],
    out: String,
    /// Page of the last mark.
    page: usize,
    /// Left ends of the markers of the open list, from the outermost.
    list: Vec<f32>,
}

impl Writer<'_> {
    fn block(&mut self, block: &Block) {
        let is_item = matches!(&block.kind, Kind::Item(Marker::Bullet | Marker::Number(_)));
        if !is_item {
            self.list.clear();
        }
        let is_new_page = block.page > self.page;
        if !self.out.is_empty() {
            // Items of one list are lines below one another.
            let is_tight = is_item && !self.list.is_empty() && !is_new_page;
            self.out.push_str(if is_tight { "\n" } else { "\n\n" });
        }
        if is_new_page {
            self.page = block.page;
            let indent = if is_item && !self.list.is_empty() { "  " } else { "" };
            let _ = write!(self.out, "{indent}<!-- page {} -->\n\n", block.page);
        }
        self.page = self.page.max(block.last_page);
        match &block.kind {
            Kind::Heading(style) => {
                let level = self.levels.get(style).copied().unwrap_or(2);
                let text = self.inline(&block.text, block.page);
                let marks = "#".repeat(usize::from(level));
                let _ = write!(self.out, "{marks} {}", text.trim_end_matches('#').trim_end());
            }
            Kind::Paragraph => {
                let text = self.inline(&block.text, block.page);
                self.out.push_str(&escape_start(&text));
            }
            Kind::Item(mark) => self.item(block, mark),
            Kind::Table(rows) => self.table(rows, block.page),
            Kind::Code => self.code(&block.text),
        }
    }

    fn item(&mut self, block: &Block, mark: &Marker) {
        let text = self.inline(&block.text, block.page);
        while self.list.last().is_some_and(|x| *x > block.x0 + 3.0) {
            self.list.pop();
        }
        if self.list.last().is_none_or(|x| *x < block.x0 - 3.0) {
            self.list.push(block.x0);
        }
        let indent = "   ".repeat(self.list.len() - 1);
        let _ = match mark {
            Marker::Bullet => write!(self.out, "{indent}-  {}", escape_start(&text)),
            Marker::Number(number) => write!(self.out, "{indent}{number}. {}", escape_start(&text)),
            Marker::Letter(label) => write!(self.out, "{} {text}", escape_start(&escape(label))),
        };
    }

    fn table(&mut self, rows: &[Vec<String>], page: usize) {
        for (at, row) in rows.iter().enumerate() {
            let cells: Vec<_> =
                row.iter().map(|cell| self.inline(cell, page).replace('|', "\\|")).collect();
            let _ = write!(self.out, "| {} |", cells.join(" | "));
            if at == 0 {
                let _ = write!(self.out, "\n|{}", " --- |".repeat(row.len()));
            }
            if at + 1 < rows.len() {
                self.out.push('\n');
            }
        }
    }

    fn code(&mut self, text: &str) {
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let text: String =
            text.chars().filter(|c| !matches!(*c, SUPERSCRIPT | SUPERSCRIPT_END)).collect();
        let _ = write!(self.out, "{fence}\n{text}\n{fence}");
    }

    fn notes(&mut self) {
        let notes = self.notes;
        for (at, note) in notes.iter().enumerate() {
            let text = self.inline(&note.text, 0);
            if self.referred[at] {
                let _ = write!(self.out, "\n\n[^{}]: {}", self.labels[at], escape_start(&text));
            } else {
                let _ = write!(self.out, "\n\n{} {}", escape_start(&escape(&note.mark)), text);
            }
        }
    }

    /// Returns the Markdown of a text with superscripts and page marks.
    fn inline(&mut self, text: &str, page: usize) -> String {
        let text = cleaned(text);
        let mut page = page;
        let mut written = String::with_capacity(text.len() + 16);
        let text = with_matching_brackets(&text);
        let mut rest = text.as_ref();
        while let Some(at) = rest.find([SUPERSCRIPT, SUPERSCRIPT_END, PAGE]) {
            written.push_str(&escape(&rest[..at]));
            let (mark, after) = rest[at..].split_at(1);
            let end = if mark == "\u{3}" { PAGE } else { SUPERSCRIPT_END };
            let Some((inner, after)) = after.split_once(end).filter(|_| mark != "\u{2}") else {
                rest = after;
                continue;
            };
            rest = after;
            if end == PAGE {
                page = inner.parse().unwrap_or(page);
                let _ = write!(written, "<!-- page {page} -->");
            } else {
                self.superscript(inner, page, &mut written, rest);
            }
        }
        written.push_str(&escape(rest));
        written.trim().to_owned()
    }

    fn superscript(&mut self, inner: &str, page: usize, written: &mut String, rest: &str) {
        let inner: String = inner.chars().filter(|c| *c != SUPERSCRIPT).collect();
        let inner = inner.trim();
        let before = written.trim_end().chars().next_back();
        let is_note = |note: &&Note| note.page == page && note.mark == inner;
        if page > 0
            && let Some(at) = self.notes.iter().position(|note| is_note(&note))
        {
            self.referred[at] = true;
            while written.ends_with(' ') {
                written.pop();
            }
            let _ = write!(written, "[^{}]", self.labels[at]);
            return;
        }
        let is_digits = !inner.is_empty() && inner.chars().all(|c| superscript_digit(c).is_some());
        let word: String =
            written.chars().rev().take_while(|c| c.is_alphanumeric()).take(4).collect();
        // Powers and units: 10⁶, m².
        let is_power = before.is_some_and(|c| c.is_numeric() || c == ')')
            || (1..=2).contains(&word.chars().count()) && word.chars().all(char::is_alphabetic);
        let is_reference = inner.chars().all(|c| c.is_ascii_digit() || ",-– ".contains(c))
            && inner.chars().any(|c| c.is_ascii_digit());
        match () {
            () if inner.is_empty() => {}
            () if is_digits && is_power => {
                written.extend(inner.chars().filter_map(superscript_digit))
            }
            () if is_reference && before.is_some() => {
                written.truncate(written.trim_end().len());
                let _ = write!(written, " [{}]", inner.trim_matches([',', ' ']));
                if rest.starts_with(char::is_alphanumeric) {
                    written.push(' ');
                }
            }
            // Ordinals and marks: 1st, Nᵒ.
            () => written.push_str(&escape(inner)),
        }
    }
}

fn superscript_digit(c: char) -> Option<char> {
    Some(match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32(u32::from('⁴') + u32::from(c) - u32::from('4'))?,
        '-' | '−' | '–' => '⁻',
        '+' => '⁺',
        _ => return None,
    })
}

/// Escapes the characters of a text that Markdown reads as markup within a line.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let chars: Vec<char> = text.chars().collect();
    let tildes = chars.iter().filter(|c| **c == '~').count();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(at + 1).copied();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let is_markup = match c {
            '`' => true,
            '\\' => after.is_none_or(|c| c.is_ascii_punctuation()),
            '*' => !(is_space(before) && is_space(after)),
            '_' => !(is_word(before) && is_word(after) || is_space(before) && is_space(after)),
            '~' => tildes >= 2,
            '[' => after == Some('^') || after == Some('['),
            ']' => {
                matches!(after, Some('(' | '['))
                    || after == Some(':') && chars.first() == Some(&'[')
            }
            '<' => after.is_some_and(|c| c.is_alphabetic() || matches!(c, '/' | '!' | '?')),
            '&' => is_entity(&chars[at + 1..]),
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(*c);
    }
    escaped
}

/// Returns whether an ampersand before these characters starts an entity.
fn is_entity(after: &[char]) -> bool {
    let end = after.iter().take(40).position(|c| *c == ';');
    end.is_some_and(|end| end > 0 && after[..end].iter().all(|c| c.is_alphanumeric() || *c == '#'))
}

/// Escapes the start of a line that Markdown reads as a heading, a list, a quotation or a rule.
fn escape_start(text: &str) -> String {
    let marks = text.trim_start_matches('#');
    let hashes = text.len() - marks.len();
    let is_heading = (1..=6).contains(&hashes) && (marks.is_empty() || marks.starts_with(' '));
    let is_bullet = ["- ", "+ ", "* "].iter().any(|mark| text.starts_with(mark))
        || matches!(text, "-" | "+" | "*");
    let is_rule = text.len() >= 3
        && ['-', '*', '=', '_'].iter().any(|mark| text.chars().all(|c| c == *mark || c == ' '));
    if is_heading || is_bullet || is_rule || text.starts_with('>') || text.starts_with("~~~") {
        return format!("\\{text}");
    }
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let mut after = text[digits..].chars();
    let is_number = (1..=9).contains(&digits)
        && matches!(after.next(), Some('.' | ')'))
        && after.next().is_none_or(|c| c == ' ');
    match is_number {
        true => format!("{}\\{}", &text[..digits], &text[digits..]),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_markup_is_escaped() {
        let check = |text: &str, expected: &str| assert_eq!(escape_start(&escape(text)), expected);
        check("a * b, snake_case and [1]", "a * b, snake_case and [1]");
        check("*bold* _it_ `x` <b> [a](b)", "\\*bold\\* \\_it\\_ \\`x\\` \\<b> [a\\](b)");
        check("AT&T &amp; x < y", "AT&T \\&amp; x < y");
        check("# 1", "\\# 1");
        check("#1", "#1");
        check("1. a", "1\\. a");
        check("1995 was", "1995 was");
        check("- a", "\\- a");
        check("---", "\\---");
    }
}

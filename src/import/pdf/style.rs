//! Type styles: the body text of a document, and which lines are headings.

use std::collections::HashMap;

use super::line::Line;
use super::list::{is_caption, marker};
use super::marked_content::Role;
use super::superscript::SUPERSCRIPT;

/// Minimum size of a heading in parts of the size of the body text.
const MIN_BIGGER: f32 = 1.1;
/// Minimum width of bold strokes in parts of those of the body text.
const MIN_BOLDER: f32 = 1.22;
/// Minimum size of a title that the file tags as text.
const MIN_TITLE: f32 = 1.5;
/// Maximum length of a heading in characters.
const MAX_HEADING: usize = 220;
/// Maximum length of a heading in the size of the body text.
const MAX_SMALL_HEADING: usize = 120;

/// Style of the body text.
#[derive(Debug, Clone, Copy)]
pub struct BodyStyle {
    pub size: f32,
    pub stroke: f32,
    /// Whether all glyphs have the same width, so that this does not tell code from text.
    pub is_monospaced: bool,
}

/// Style of a heading, ordered from the most important.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeadingStyle {
    /// Level that the file states.
    Tagged(u8),
    /// Style that only the type shows: quarter points of size, and depth of its number or 0.
    Shown { size: u32, depth: u8 },
}

impl BodyStyle {
    /// Returns the style of most of the text.
    pub fn of<'l>(lines: impl Iterator<Item = &'l Line> + Clone) -> Self {
        let quarter = |size: f32| (size * 4.0).round() as u32;
        let mut sizes: HashMap<u32, usize> = HashMap::new();
        for line in lines.clone() {
            *sizes.entry(quarter(line.size)).or_default() += line.text.chars().count();
        }
        let most = sizes.into_iter().max_by_key(|(size, count)| (*count, *size));
        let size = most.map_or(10.0, |(size, _)| size as f32 / 4.0);
        let body = lines.filter(|line| (line.size - size).abs() < 0.3);
        let (mut strokes, mut all, mut monospaced) = (Vec::new(), 0, 0);
        for line in body {
            let count = line.text.chars().count();
            all += count;
            monospaced += if line.pitch.is_some() { count } else { 0 };
            if line.stroke > 0.0 && count > 20 {
                strokes.push(line.stroke);
            }
        }
        strokes.sort_by(f32::total_cmp);
        let stroke = strokes.get(strokes.len() / 2).copied().unwrap_or(0.0);
        Self { size, stroke, is_monospaced: 2 * monospaced > all }
    }

    pub fn is_bold(&self, line: &Line) -> bool {
        self.stroke > 0.0 && line.stroke > MIN_BOLDER * self.stroke
    }

    /// Returns the style of a line that may be a heading. `gap` is the distance to the line above
    /// in parts of the usual distance.
    pub fn heading(&self, line: &Line, gap: f32) -> Option<HeadingStyle> {
        match line.role {
            Role::Heading(level) => return Some(HeadingStyle::Tagged(level)),
            // The tag of a title is often that of a paragraph.
            Role::Text if line.size < MIN_TITLE * self.size => return None,
            Role::Text => {}
            Role::Unknown => {}
        }
        let text = line.text.trim();
        let length = text.chars().count();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let is_entry = line.cells.len() >= 2
            && line.cells.last().is_some_and(|cell| cell.text.chars().all(char::is_numeric));
        if is_entry || is_caption(text) {
            return None;
        }
        let is_words = letters >= 2 && 2 * letters >= length.saturating_sub(6);
        if !is_words || length > MAX_HEADING || line.cells.len() > 3 || has_leaders(text) {
            return None;
        }
        let depth = number_depth(text);
        let is_capitals = letters >= 4
            && !text.chars().any(char::is_lowercase)
            && text.chars().any(char::is_uppercase);
        // Small capitals are smaller than the first letters.
        let line_size = if is_capitals { line.max_size } else { line.size };
        let style = HeadingStyle::Shown { size: (line_size * 4.0).round() as u32, depth };
        // Names of authors have marks that refer to notes.
        let is_marked = text.contains(SUPERSCRIPT) && text.contains([',', '∗', '*', '†', '‡', '§']);
        if is_marked || text.ends_with([',', ';']) {
            return None;
        }
        if line_size >= MIN_BIGGER * self.size {
            return Some(style);
        }
        let is_body_size = line_size >= 0.93 * self.size;
        let ends_open =
            !text.ends_with(['.', ',', ';', ':', '-', '…']) || (depth > 0 && text.ends_with('.'));
        let is_short = length <= MAX_SMALL_HEADING;
        let is_item = depth == 0 && marker(text).is_some();
        let starts = text.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_lowercase());
        if !is_body_size || !ends_open || !is_short || is_item || !starts || line.cells.len() > 2 {
            return None;
        }
        let is_apart = gap > 1.25;
        let is_heading = self.is_bold(line) && (is_apart || depth > 0)
            || is_capitals && is_apart && length >= 6
            || depth >= 2 && gap > 1.4 && length <= 80;
        is_heading.then_some(style)
    }
}

/// Returns the number of parts of the section number that a text begins with, such as 2 for
/// `3.1 Tides`, or 0.
pub fn number_depth(text: &str) -> u8 {
    let Some((number, rest)) = text.split_once(char::is_whitespace) else { return 0 };
    let number = number.trim_end_matches(['.', ')']);
    let parts: Vec<_> = number.split('.').collect();
    let is_part = |part: &&str| {
        let digits = part.len() <= 3 && part.chars().all(|c| c.is_ascii_digit());
        let letter = part.len() == 1 && part.chars().all(|c| c.is_ascii_uppercase());
        let roman = part.len() <= 5 && part.chars().all(|c| "IVX".contains(c));
        !part.is_empty() && (digits || letter || roman)
    };
    let is_number = parts.len() <= 6 && parts.iter().all(is_part);
    let is_article = number == "A" || number == "I";
    let continues = rest.trim_start().starts_with(char::is_alphabetic);
    match is_number
        && continues
        && !(is_article && !text.starts_with("A.") && !text.starts_with("I."))
    {
        true => parts.len() as u8,
        false => 0,
    }
}

/// Returns whether a text has the dots that lead to a page number in a table of contents.
pub fn has_leaders(text: &str) -> bool {
    text.contains(".....") || text.contains(". . . .") || text.contains("……")
}

/// Returns the level of each style of heading in a document, from 1.
pub fn levels(styles: &[HeadingStyle]) -> HashMap<HeadingStyle, u8> {
    let mut shown: Vec<(u32, u8)> = styles
        .iter()
        .filter_map(|style| match style {
            HeadingStyle::Shown { size, depth } => Some((*size, *depth)),
            HeadingStyle::Tagged(_) => None,
        })
        .collect();
    shown.sort_by_key(|(size, depth)| (std::cmp::Reverse(*size), *depth));
    shown.dedup();
    let mut levels = HashMap::new();
    for style in styles {
        if let HeadingStyle::Tagged(level) = style {
            levels.insert(*style, *level);
        }
    }
    let mut level = 0u8;
    let mut last: Option<(u32, u8)> = None;
    for (size, depth) in shown {
        let is_same = last.is_some_and(|(last_size, last_depth)| {
            // Sizes that differ by less than a third of a point are one style.
            last_size - size <= 1
                && (depth == last_depth || depth.min(last_depth) == 0 && depth.max(last_depth) == 1)
        });
        if !is_same {
            level = (level + 1).min(6);
        }
        last = Some((size, depth));
        levels.insert(HeadingStyle::Shown { size, depth }, level);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_a_section_has_a_depth() {
        let check = |text: &str, depth: u8| assert_eq!(number_depth(text), depth, "{text}");
        check("1 Introduction", 1);
        check("3.1 Tides", 2);
        check("3.1.2. Tides", 3);
        check("IV. Results", 1);
        check("A. Proof", 1);
        check("A tide", 0);
        check("Tides", 0);
        check("1995", 0);
    }
}

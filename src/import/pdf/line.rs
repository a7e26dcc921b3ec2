//! Lines of text, from spans.

use unicode_normalization::UnicodeNormalization;

use super::glyphs::{Glyph, UNKNOWN};
use super::marked_content::Role;
use super::order::visual_to_logical;
use super::rows::Rows;
use super::script::{is_private, is_unspaced};
use super::spans::Span;
use super::superscript::{SUPERSCRIPT, SUPERSCRIPT_END};

/// Maximum number of spans of a region for which superscripts are searched.
const MAX_SPANS: usize = 5_000;
/// Minimum gap between words, in parts of the font size.
const WORD_GAP: f32 = 0.16;

/// Minimum gap between a punctuation mark and the next word, in parts of the font size.
const MARK_GAP: f32 = 0.1;

/// A part of a line that a wide gap separates from the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub x0: f32,
    pub x1: f32,
    pub text: String,
}

/// A line of text.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// Position of the page in the file, from 1.
    pub page: usize,
    pub x0: f32,
    pub x1: f32,
    /// Baseline.
    pub y: f32,
    pub size: f32,
    /// Greatest size of a glyph.
    pub max_size: f32,
    /// Width of the strokes that three quarters of the letters exceed, in parts of the font size.
    pub stroke: f32,
    /// Parts from left to right.
    pub cells: Vec<Cell>,
    /// Text in the order of reading. A superscript is between marks.
    pub text: String,
    pub role: Role,
    /// Rows of the ruled table for which the line stands.
    pub table: Option<Rows>,
    /// Width of each glyph if all have the same one, as in program code.
    pub pitch: Option<f32>,
}

/// Groups the spans of a region of a page into lines, from top to bottom.
pub fn lines_of(page: usize, spans: Vec<Span>) -> Vec<Line> {
    let (scripts, mut spans) = split_scripts(spans);
    spans.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<Span>> = Vec::new();
    for span in spans {
        if span.table.is_some() {
            rows.push(vec![span]);
            continue;
        }
        let row = rows.iter_mut().rev().take(4).find(|row| {
            let near = row[0].table.is_none()
                && (row[0].y - span.y).abs() < 0.35 * row[0].size.min(span.size);
            near && row
                .iter()
                .all(|other| other.x1 - 1.0 < span.x0 + 2.0 || span.x1 < other.x0 + 3.0)
        });
        match row {
            Some(row) => row.push(span),
            None => rows.push(vec![span]),
        }
    }
    for (script, near) in scripts {
        let row = rows
            .iter_mut()
            .filter(|row| row.iter().any(|span| attaches(&script, span).is_some()))
            .min_by(|a, b| (a[0].y - near).abs().total_cmp(&(b[0].y - near).abs()));
        match row {
            Some(row) => row.push(script),
            None => rows.push(vec![script]),
        }
    }
    rows.sort_by(|a, b| a[0].y.total_cmp(&b[0].y));
    let mut lines: Vec<_> = rows.into_iter().map(|row| line_of(page, row)).collect();
    lines.retain(|line| line.table.is_some() || !line.text.trim().is_empty());
    lines
}

/// Separates the superscripts and subscripts from the other spans. Each has the baseline of the
/// span that it belongs to.
fn split_scripts(spans: Vec<Span>) -> (Vec<(Span, f32)>, Vec<Span>) {
    if spans.len() > MAX_SPANS {
        return (Vec::new(), spans);
    }
    let base: Vec<_> = spans
        .iter()
        .map(|span| {
            let bases = spans.iter().filter(|other| attaches(span, other).is_some());
            bases
                .map(|base| base.y)
                .min_by(|a, b| (a - span.y).abs().total_cmp(&(b - span.y).abs()))
        })
        .collect();
    let (mut scripts, mut others) = (Vec::new(), Vec::new());
    for (span, base) in spans.into_iter().zip(base) {
        match base {
            Some(y) => scripts.push((span, y)),
            None => others.push(span),
        }
    }
    (scripts, others)
}

/// Position of a script at its span.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Script {
    Above,
    Below,
}

/// Returns whether a span is a superscript or subscript of another.
fn attaches(script: &Span, base: &Span) -> Option<Script> {
    let raise = (base.y - script.y) / base.size;
    let gap = (script.x0 - base.x1).max(base.x0 - script.x1) / base.size;
    let is_script = script.size < 0.85 * base.size
        && script.glyphs.len() <= 12
        && gap < 0.5
        && (-0.45..0.75).contains(&raise)
        && raise.abs() > 0.06;
    match is_script {
        true if raise > 0.0 => Some(Script::Above),
        true => Some(Script::Below),
        false => None,
    }
}

fn line_of(page: usize, mut row: Vec<Span>) -> Line {
    if let [Span { table: table @ Some(_), x0, x1, y, size, .. }] = row.as_mut_slice() {
        let (x0, x1, y, size) = (*x0, *x1, *y, *size);
        return Line { page, x0, x1, y, size, table: table.take(), ..Line::default() };
    }
    row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    // The longest span has the baseline and the size of the line.
    let longest = row.iter().max_by_key(|span| span.glyphs.len());
    let (y, size) = longest.map_or((0.0, 0.0), |span| (span.y, span.size));
    let role = row
        .iter()
        .flat_map(|span| &span.glyphs)
        .map(|glyph| glyph.role)
        .find(|role| *role != Role::Unknown);
    let sizes = row.iter().flat_map(|span| &span.glyphs).map(|glyph| glyph.size);
    let max_size = sizes.fold(0.0, f32::max);
    let pitch = longest.and_then(|span| pitch(&span.glyphs));
    let stroke = stroke(row.iter().flat_map(|span| &span.glyphs));
    let mut groups: Vec<Vec<Glyph>> = Vec::new();
    let mut end = f32::MIN;
    for span in row {
        // The raise of a script is kept in the baseline of its glyphs.
        let x1 = span.x1;
        match groups.last_mut() {
            Some(group) if span.x0 - end < size => group.extend(span.glyphs),
            _ => groups.push(span.glyphs),
        }
        end = end.max(x1);
    }
    let cells: Vec<_> = groups.into_iter().map(|glyphs| cell_of(glyphs, y, size)).collect();
    let x0 = cells.first().map_or(0.0, |cell| cell.x0);
    let x1 = cells.iter().map(|cell| cell.x1).max_by(f32::total_cmp).unwrap_or(0.0);
    let texts = cells.iter().map(|cell| cell.text.as_str());
    let right_to_left = cells.iter().filter(|cell| super::order::is_right_to_left(&cell.text));
    let text: Vec<&str> = match right_to_left.count() * 2 > cells.len() {
        true => texts.rev().collect(),
        false => texts.collect(),
    };
    let text = text.join(" ");
    Line {
        page,
        x0,
        x1,
        y,
        size,
        max_size,
        stroke,
        text,
        cells,
        role: role.unwrap_or_default(),
        table: None,
        pitch,
    }
}

/// Returns the width of the strokes that three quarters of the letters exceed.
fn stroke<'g>(glyphs: impl Iterator<Item = &'g Glyph>) -> f32 {
    let is_letter = |glyph: &&Glyph| glyph.text.starts_with(char::is_alphanumeric);
    let mut strokes: Vec<f32> =
        glyphs.filter(is_letter).map(|glyph| glyph.stroke).filter(|stroke| *stroke > 0.0).collect();
    strokes.sort_by(f32::total_cmp);
    strokes.get(strokes.len() / 4).copied().unwrap_or(0.0)
}

/// Returns the width of the glyphs if all have the same one.
fn pitch(glyphs: &[Glyph]) -> Option<f32> {
    let widths = || glyphs.iter().map(|glyph| glyph.x1 - glyph.x0);
    let first = widths().next()?;
    let is_narrow =
        |glyph: &Glyph| glyph.text.starts_with(['i', 'l', 'j', '.', ',', '(', 'I', '1']);
    let varied = glyphs.iter().any(is_narrow) && !glyphs.iter().all(is_narrow);
    let same = widths().all(|width| (width - first).abs() < 0.02 * first);
    let is_wide = glyphs.iter().any(|glyph| glyph.text.chars().any(is_unspaced));
    (varied && same && !is_wide && glyphs.len() >= 4 && first > 0.0).then_some(first)
}

/// Returns the text of glyphs with the spaces between the words.
fn cell_of(mut glyphs: Vec<Glyph>, y: f32, size: f32) -> Cell {
    glyphs.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    let x0 = glyphs.first().map_or(0.0, |glyph| glyph.x0);
    let x1 = glyphs.iter().map(|glyph| glyph.x1).max_by(f32::total_cmp).unwrap_or(x0);
    let tracking = tracking(&glyphs);
    let mut parts: Vec<String> = Vec::with_capacity(glyphs.len() + 8);
    let mut end: Option<f32> = None;
    let mut raised = false;
    let mut last: Option<char> = None;
    for glyph in glyphs {
        let raise = (y - glyph.y) / size;
        let above = raise > 0.15 && glyph.size < 0.87 * size;
        let is_space = glyph.text.trim().is_empty();
        let text = clean(&glyph.text);
        let unspaced = text.starts_with(is_unspaced);
        let gap = end.map_or(0.0, |end| glyph.x0 - end) / glyph.size.max(size * 0.85);
        let after_mark = last.is_some_and(|c| matches!(c, '.' | ',' | ';' | ':' | '!' | '?'));
        let is_apart = match after_mark && text.starts_with(char::is_alphabetic) {
            true => gap > MARK_GAP + tracking,
            false => gap > WORD_GAP + tracking,
        };
        let breaks = is_apart && !(unspaced && last.is_some_and(is_unspaced) && gap < 0.8);
        if raised && (!above || breaks) {
            parts.push(SUPERSCRIPT_END.to_string());
            raised = false;
        }
        if (breaks || is_space) && parts.last().is_some_and(|last| last != " ") {
            parts.push(" ".to_owned());
        }
        if is_space {
            // A space may be drawn wider than the gap: only where the next glyph starts counts.
            end = end.map(|end| end.max(glyph.x0));
            continue;
        }
        if above && !raised {
            parts.push(SUPERSCRIPT.to_string());
            raised = true;
        }
        last = text.chars().next_back();
        end = Some(end.map_or(glyph.x1, |end| end.max(glyph.x1)));
        parts.push(text);
    }
    if raised {
        parts.push(SUPERSCRIPT_END.to_string());
    }
    Cell { x0, x1, text: visual_to_logical(parts).trim().to_owned() }
}

/// Returns the gap between the letters of spaced out type, in parts of the font size.
fn tracking(glyphs: &[Glyph]) -> f32 {
    let pairs = glyphs
        .windows(2)
        .filter(|pair| pair.iter().all(|glyph| glyph.text.starts_with(char::is_alphanumeric)));
    let mut gaps: Vec<_> =
        pairs.map(|pair| (pair[1].x0 - pair[0].x1) / pair[0].size.max(0.1)).collect();
    gaps.sort_by(f32::total_cmp);
    // Words of one or two letters have few gaps within words.
    let low = gaps.get(gaps.len() * 2 / 5).copied().unwrap_or(0.0);
    if gaps.len() >= 4 && low > 0.06 { low } else { 0.0 }
}

/// Returns the text of a glyph without ligatures, presentation forms and characters that are not
/// text.
fn clean(text: &str) -> String {
    let normalized = |c: char| match c {
        '\u{FB00}'..='\u{FB4F}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => true,
        // Parts of kanji that some fonts use in place of the whole character.
        '\u{2F00}'..='\u{2FDF}' | '\u{2E80}'..='\u{2EFF}' => true,
        _ => false,
    };
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\t' => {
                cleaned.push(' ');
            }
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}' | '\u{2060}' => {}
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            // Bullets of symbol fonts.
            '\u{F0B7}' | '\u{F0A7}' | '\u{F0A8}' | '\u{F0D8}' | '\u{F076}' | '\u{F0FC}' => {
                cleaned.push('•');
            }
            '\u{F02D}' => cleaned.push('-'),
            // The lower half of private characters of symbol fonts is ASCII.
            '\u{F020}' => cleaned.push(' '),
            c if c.is_control() => cleaned.push(UNKNOWN),
            c if is_private(c) => cleaned.push(c),
            c if normalized(c) => cleaned.extend(c.to_string().nfkc()),
            c => cleaned.push(c),
        }
    }
    cleaned
}

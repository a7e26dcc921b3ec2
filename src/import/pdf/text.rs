//! Pages of plain text, as `pdftotext` writes them, with and without `-layout`.
//!
//! The text becomes spans on a grid of characters, so that the layout of columns, headers and
//! paragraphs is found as in a PDF.

use super::glyphs::Glyph;
use super::margins::PageSpans;
use super::marked_content::Role;
use super::script::is_unspaced;
use super::spans::Span;

/// Width of a character in points. Three spaces are a wide gap, two are not.
const CHAR_WIDTH: f32 = 4.5;
/// Distance of lines in points.
const LEADING: f32 = 12.0;
const SIZE: f32 = 10.0;
/// Height of the parts of a page that hold headers and footers.
const MARGIN: f32 = 4.0 * LEADING;
/// Maximum number of lines of one page.
const MAX_LINES: usize = 20_000;

/// Returns the spans of each page. A form feed ends a page.
pub fn pages_of(text: &str) -> Vec<PageSpans> {
    let text = text.strip_suffix('\u{C}').unwrap_or(text);
    let pages = text.split('\u{C}').enumerate();
    pages.map(|(at, page)| page_of(at + 1, page)).collect()
}

fn page_of(number: usize, text: &str) -> PageSpans {
    let mut spans = Vec::new();
    let mut y = LEADING;
    for line in text.lines().take(MAX_LINES) {
        spans.extend(spans_of_line(line, y));
        y += LEADING;
    }
    // The last line with text is the edge of the page.
    let height = spans.last().map_or(y, |span: &Span| span.y + LEADING);
    PageSpans { number, height, margin: MARGIN, spans, rules: Vec::new() }
}

/// Divides a line at its wide gaps.
fn spans_of_line(line: &str, y: f32) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let (mut column, mut blanks) = (0usize, usize::MAX);
    for c in line.chars() {
        if c.is_whitespace() {
            let width = if c == '\t' { 8 - column % 8 } else { 1 };
            column += width;
            blanks = blanks.saturating_add(width);
            continue;
        }
        let x0 = column as f32 * CHAR_WIDTH;
        column += if is_unspaced(c) { 2 } else { 1 };
        let x1 = column as f32 * CHAR_WIDTH;
        match spans.last_mut().filter(|_| blanks < 3) {
            Some(span) => {
                span.x1 = x1;
                if let Some(glyph) = span.glyphs.first_mut() {
                    glyph.text.push_str(if blanks > 0 { " " } else { "" });
                    glyph.text.push(c);
                    glyph.x1 = x1;
                }
            }
            None => {
                let (size, role) = (SIZE, Role::Unknown);
                let glyph = Glyph { text: c.to_string(), x0, x1, y, size, stroke: 0.0, role };
                spans.push(Span::new(glyph));
            }
        }
        blanks = 0;
    }
    spans
}

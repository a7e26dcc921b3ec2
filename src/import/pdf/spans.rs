//! Spans: glyphs of one baseline without a wide gap between them.
//!
//! A line of text is one span, or several where its words are far apart. The cells of a table and
//! the lines of two columns are different spans.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::glyphs::{Glyph, UNKNOWN};
use super::rows::Rows;
use super::script::is_right_to_left;

/// Maximum gap within a span, in parts of the font size.
const MAX_GAP: f32 = 0.75;
/// Maximum distance between baselines of one line, in parts of the font size.
const BASELINE_TOLERANCE: f32 = 0.12;

/// Glyphs of one baseline without a wide gap, from left to right.
#[derive(Debug, Clone)]
pub struct Span {
    pub glyphs: Vec<Glyph>,
    pub x0: f32,
    pub x1: f32,
    /// Baseline.
    pub y: f32,
    /// Size of most of the glyphs.
    pub size: f32,
    /// Rows of the ruled table for which the span stands. Such a span has no glyphs.
    pub table: Option<Rows>,
}

impl Span {
    pub fn new(glyph: Glyph) -> Self {
        let Glyph { x0, x1, y, size, .. } = glyph;
        Self { glyphs: vec![glyph], x0, x1, y, size, table: None }
    }

    pub fn add(&mut self, glyphs: impl IntoIterator<Item = Glyph>) {
        for glyph in glyphs {
            self.x0 = self.x0.min(glyph.x0);
            self.x1 = self.x1.max(glyph.x1);
            self.glyphs.push(glyph);
        }
    }

    fn is_blank(&self) -> bool {
        self.glyphs.iter().all(|glyph| glyph.text.trim().is_empty())
    }

    /// Sorts the glyphs and takes the size of most of them.
    pub fn finish(&mut self) {
        self.glyphs.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        let blank = |glyph: &Glyph| glyph.text.trim().is_empty();
        while self.glyphs.last().is_some_and(blank) {
            self.glyphs.pop();
        }
        let lead = self.glyphs.iter().take_while(|glyph| blank(glyph)).count();
        self.glyphs.drain(..lead);
        let x0 = self.glyphs.iter().map(|glyph| glyph.x0).min_by(f32::total_cmp);
        let x1 = self.glyphs.iter().map(|glyph| glyph.x1).max_by(f32::total_cmp);
        (self.x0, self.x1) = (x0.unwrap_or(self.x0), x1.unwrap_or(self.x1));
        let mut sizes: Vec<_> = self.glyphs.iter().map(|glyph| glyph.size).collect();
        sizes.sort_by(f32::total_cmp);
        self.size = sizes.get(sizes.len() / 2).copied().unwrap_or(self.size);
    }
}

/// Groups the glyphs of a page, which are in the order of drawing, into spans.
pub fn spans_of(glyphs: Vec<Glyph>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for glyph in merge_marks(glyphs) {
        match spans.last_mut() {
            Some(span) if continues(span, &glyph) => span.add([glyph]),
            _ => spans.push(Span::new(glyph)),
        }
    }
    spans.retain(|span| !span.is_blank());
    let mut merged = merge_neighbours(spans);
    merged.iter_mut().for_each(Span::finish);
    merged.retain(|span| !span.glyphs.is_empty());
    merged
}

/// Returns whether a glyph that is drawn next extends a span, at its right or left end.
fn continues(span: &Span, glyph: &Glyph) -> bool {
    let size = span.size.max(glyph.size);
    let small = span.size.min(glyph.size);
    let same_line = (span.y - glyph.y).abs() <= BASELINE_TOLERANCE * small && size < 1.6 * small;
    let right = glyph.x0 - span.x1;
    let left = span.x0 - glyph.x1;
    let near = |gap: f32| (-0.4 * size..MAX_GAP * size).contains(&gap);
    same_line && (near(right) || near(left))
}

/// Joins spans of one baseline that are drawn in another order.
fn merge_neighbours(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x0.total_cmp(&b.x0)));
    let mut merged: Vec<Span> = Vec::new();
    let mut row: Vec<Span> = Vec::new();
    let flush = |row: &mut Vec<Span>, merged: &mut Vec<Span>| {
        row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        let start = merged.len();
        for span in row.drain(..) {
            match merged[start..].last_mut() {
                Some(last) if touches(last, &span) => last.add(span.glyphs),
                _ => merged.push(span),
            }
        }
    };
    for span in spans {
        let fits = row.first().is_none_or(|first: &Span| {
            span.y - first.y <= BASELINE_TOLERANCE * first.size.min(span.size)
        });
        if !fits {
            flush(&mut row, &mut merged);
        }
        row.push(span);
    }
    flush(&mut row, &mut merged);
    merged
}

fn touches(left: &Span, right: &Span) -> bool {
    let size = left.size.max(right.size);
    let small = left.size.min(right.size);
    let gap = right.x0 - left.x1;
    // Numbers in text from right to left overlap the text around them.
    size < 1.6 * small && gap < MAX_GAP * size
}

/// Joins accents that are drawn over a letter with the letter, and removes glyphs that are drawn
/// twice to look bold.
fn merge_marks(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let mut merged: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    let mut pending: Option<(Glyph, char)> = None;
    for mut glyph in glyphs {
        if glyph.text.is_empty() {
            // The glyph belongs to the text of the glyph before.
            if let Some(last) = merged.last_mut().filter(|last| last.y == glyph.y) {
                last.x1 = last.x1.max(glyph.x1);
                last.x0 = last.x0.min(glyph.x0);
            }
            continue;
        }
        let is_double = merged.iter().rev().take(60).any(|other| {
            let tolerance = 0.12 * glyph.size;
            other.text == glyph.text
                && (other.x0 - glyph.x0).abs() < tolerance
                && (other.y - glyph.y).abs() < tolerance
        });
        if is_double && !glyph.text.trim().is_empty() {
            continue;
        }
        if let Some((accent, mark)) = pending.take() {
            match overlaps(&accent, &glyph) && starts_with_letter(&glyph) {
                true => glyph.text = compose(&glyph.text, mark),
                false => merged.push(accent),
            }
        }
        match combining(&glyph) {
            Some(mark) => {
                // The letter of a mark precedes it, or follows it in text that is drawn visually.
                let over = merged.iter().rposition(|other| overlaps(&glyph, other));
                match over.filter(|at| merged.len() - at <= 3 && starts_with_letter(&merged[*at])) {
                    Some(at) => merged[at].text = compose(&merged[at].text, mark),
                    None => pending = Some((glyph, mark)),
                }
            }
            None => merged.push(glyph),
        }
    }
    merged.extend(pending.map(|(accent, _)| accent));
    without_strokes(merged)
}

/// Removes the strokes that lengthen Arabic letters. They are unknown glyphs that the next letter
/// covers.
fn without_strokes(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let is_stroke = |at: usize| {
        let (glyph, next) = (&glyphs[at], glyphs.get(at + 1));
        next.is_some_and(|next| {
            glyph.text.starts_with(UNKNOWN)
                && next.y == glyph.y
                && (next.x0 - glyph.x0).abs() < 0.1 * glyph.size
                && next.text.starts_with(is_right_to_left)
        })
    };
    let kept: Vec<bool> = (0..glyphs.len()).map(|at| !is_stroke(at)).collect();
    glyphs.into_iter().zip(kept).filter_map(|(glyph, kept)| kept.then_some(glyph)).collect()
}

fn starts_with_letter(glyph: &Glyph) -> bool {
    glyph.text.starts_with(char::is_alphabetic) || glyph.text.starts_with('\u{131}')
}

/// Returns whether the middle of a mark is over a glyph.
fn overlaps(mark: &Glyph, glyph: &Glyph) -> bool {
    let middle = (mark.x0 + mark.x1) / 2.0;
    let slack = 0.05 * glyph.size;
    (glyph.x0 - slack..=glyph.x1 + slack).contains(&middle)
        && (mark.y - glyph.y).abs() < 0.5 * glyph.size
}

fn compose(base: &str, mark: char) -> String {
    let base = base.replace('\u{131}', "i");
    let mut chars = base.chars();
    let first: String = chars.next().into_iter().chain([mark]).nfc().collect();
    first + chars.as_str()
}

/// Returns the combining mark of a glyph that is a mark or an accent.
fn combining(glyph: &Glyph) -> Option<char> {
    let mut chars = glyph.text.chars();
    let mark = match (chars.next()?, chars.next()) {
        ('´', None) => '\u{301}',
        ('`', None) => '\u{300}',
        ('¨', None) => '\u{308}',
        ('ˆ', None) => '\u{302}',
        ('˜', None) => '\u{303}',
        ('¯', None) => '\u{304}',
        ('˘', None) => '\u{306}',
        ('˙', None) => '\u{307}',
        ('˚', None) => '\u{30A}',
        ('˝', None) => '\u{30B}',
        ('ˇ', None) => '\u{30C}',
        ('¸', None) => '\u{327}',
        ('˛', None) => '\u{328}',
        (c, None) if is_combining_mark(c) => c,
        _ => return None,
    };
    Some(mark)
}

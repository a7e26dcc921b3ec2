//! Ruled tables: text in a grid of horizontal and vertical rules.

use super::glyphs::Glyph;
use super::joining::{Words, join};
use super::line::lines_of;
use super::rows::Rows;
use super::rules::Rule;
use super::spans::Span;

/// Maximum distance between the ends of rules of one grid, in points.
const TOLERANCE: f32 = 4.0;
/// Maximum number of characters of a cell. A grid with longer texts is a layout, not a table.
const MAX_CELL: usize = 500;
/// Maximum number of rows and columns.
const MAX_LINES: usize = 200;

/// A grid of rules.
struct Grid {
    /// Horizontal rules from top to bottom.
    ys: Vec<f32>,
    /// Vertical rules from left to right.
    xs: Vec<f32>,
    /// Parts of the vertical rules. A cell over several columns has none between them.
    vertical: Vec<Rule>,
}

impl Grid {
    /// Returns the column of a place, given the column of the text before it in the same span.
    fn column(&self, x: f32, y: f32, before: Option<usize>) -> usize {
        let column = place(&self.xs, x);
        let is_ruled = |at: usize| {
            let line = self.xs[at];
            let is_outer = at == 0 || at + 1 == self.xs.len();
            is_outer
                || self.vertical.iter().any(|rule| {
                    (rule.x0 - line).abs() < TOLERANCE && (rule.y0..rule.y1).contains(&y)
                })
        };
        match before {
            Some(before) if column > before => {
                let ruled = (before + 1..=column).rev().find(|at| is_ruled(*at));
                ruled.unwrap_or(before)
            }
            _ => column,
        }
    }
}

/// Returns the position of the last line before a place.
fn place(lines: &[f32], at: f32) -> usize {
    let last = lines.iter().rposition(|line| *line <= at).unwrap_or(0);
    last.min(lines.len().saturating_sub(2))
}

/// Replaces the spans within each ruled table by one span for the table.
pub fn take_tables(mut spans: Vec<Span>, rules: &[Rule]) -> Vec<Span> {
    for grid in grids(rules) {
        let (Some(top), Some(bottom)) = (grid.ys.first(), grid.ys.last()) else { continue };
        let (Some(left), Some(right)) = (grid.xs.first(), grid.xs.last()) else { continue };
        let is_inside = |span: &Span| {
            let middle = span.y - 0.3 * span.size;
            (*top..*bottom).contains(&middle)
                && span.x0 > left - TOLERANCE
                && span.x1 < right + TOLERANCE
        };
        let (inside, outside): (Vec<_>, Vec<_>) = spans.into_iter().partition(is_inside);
        let size = inside.first().map_or(10.0, |span| span.size);
        spans = outside;
        match rows_of(&inside, &grid) {
            Some(rows) => spans.push(Span {
                glyphs: Vec::new(),
                x0: *left,
                x1: *right,
                y: top + size,
                size,
                table: Some(rows),
            }),
            None => spans.extend(inside),
        }
    }
    spans
}

/// Finds grids: horizontal rules of the same extent, and vertical rules between them.
fn grids(rules: &[Rule]) -> Vec<Grid> {
    let (mut horizontal, vertical): (Vec<Rule>, Vec<Rule>) =
        rules.iter().partition(|rule| rule.is_horizontal());
    horizontal.sort_by(|a, b| a.y0.total_cmp(&b.y0));
    let mut extents: Vec<(f32, f32, Vec<f32>)> = Vec::new();
    for rule in horizontal {
        let fits = |(x0, x1, _): &&mut (f32, f32, Vec<f32>)| {
            (rule.x0 - *x0).abs() < TOLERANCE && (rule.x1 - *x1).abs() < TOLERANCE
        };
        match extents.iter_mut().find(fits) {
            Some((_, _, ys)) => ys.push(rule.y0),
            None => extents.push((rule.x0, rule.x1, vec![rule.y0])),
        }
    }
    let mut grids: Vec<Grid> = Vec::new();
    for (x0, x1, ys) in extents {
        // Tables below one another have no vertical rules between them.
        let mut part: Vec<f32> = Vec::new();
        for y in ys {
            let is_linked = part.last().is_none_or(|last| {
                vertical.iter().any(|rule| {
                    rule.y0 < last + TOLERANCE
                        && rule.y1 > y - TOLERANCE
                        && (x0 - TOLERANCE..x1 + TOLERANCE).contains(&rule.x0)
                })
            });
            if !is_linked {
                grids.extend(grid_of(std::mem::take(&mut part), x0, x1, &vertical));
            }
            if part.last().is_none_or(|last| y - last > TOLERANCE) {
                part.push(y);
            }
        }
        grids.extend(grid_of(part, x0, x1, &vertical));
    }
    grids
}

fn grid_of(ys: Vec<f32>, x0: f32, x1: f32, vertical: &[Rule]) -> Option<Grid> {
    let (top, bottom) = (*ys.first()?, *ys.last()?);
    let crosses = |rule: &&Rule| {
        let overlap = rule.y1.min(bottom) - rule.y0.max(top);
        (x0 - TOLERANCE..x1 + TOLERANCE).contains(&rule.x0) && overlap > TOLERANCE
    };
    let vertical: Vec<Rule> = vertical.iter().filter(crosses).copied().collect();
    let mut xs: Vec<f32> = vertical.iter().map(|rule| rule.x0).collect();
    xs.sort_by(f32::total_cmp);
    xs.dedup_by(|a, b| (*a - *b).abs() < TOLERANCE);
    // The outer rules may be missing.
    if xs.first().is_some_and(|first| first - x0 > 2.0 * TOLERANCE) {
        xs.insert(0, x0);
    }
    if xs.last().is_some_and(|last| x1 - last > 2.0 * TOLERANCE) {
        xs.push(x1);
    }
    let fits = |lines: &[f32]| (3..=MAX_LINES).contains(&lines.len());
    (fits(&ys) && fits(&xs)).then_some(Grid { ys, xs, vertical })
}

/// Returns the rows of the text in a grid, without empty rows and columns. `None` if it is not a
/// table.
fn rows_of(spans: &[Span], grid: &Grid) -> Option<Rows> {
    let (height, width) = (grid.ys.len() - 1, grid.xs.len() - 1);
    let mut cells: Vec<Vec<Vec<Span>>> = vec![vec![Vec::new(); width]; height];
    for span in spans {
        let y = span.y - 0.3 * span.size;
        let row = place(&grid.ys, y);
        let mut parts: Vec<(usize, Span)> = Vec::new();
        for glyph in &span.glyphs {
            let before = parts.last().map(|(column, _)| *column);
            let column = grid.column(middle(glyph), y, before);
            match parts.last_mut() {
                Some((last, part)) if *last == column => part.add([glyph.clone()]),
                _ => parts.push((column, Span::new(glyph.clone()))),
            }
        }
        for (column, mut part) in parts {
            part.finish();
            cells[row][column].push(part);
        }
    }
    let rows: Rows = cells
        .into_iter()
        .map(|row| row.into_iter().map(text_of).collect::<Vec<String>>())
        .filter(|row| row.iter().any(|cell| !cell.is_empty()))
        .collect();
    if rows.iter().flatten().any(|cell| cell.chars().count() > MAX_CELL) {
        return None;
    }
    let is_used = |column: &usize| rows.iter().any(|row| !row[*column].is_empty());
    let used: Vec<usize> = (0..width).filter(is_used).collect();
    let rows: Rows =
        rows.iter().map(|row| used.iter().map(|at| row[*at].clone()).collect()).collect();
    (rows.len() >= 2 && used.len() >= 2).then_some(rows)
}

fn middle(glyph: &Glyph) -> f32 {
    (glyph.x0 + glyph.x1) / 2.0
}

fn text_of(spans: Vec<Span>) -> String {
    let spans = spans.into_iter().filter(|span| !span.glyphs.is_empty()).collect();
    let words = Words::default();
    let mut text = String::new();
    for line in lines_of(0, spans) {
        join(&mut text, &line.text, None, &words);
    }
    text
}

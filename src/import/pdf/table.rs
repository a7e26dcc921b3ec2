//! Tables: lines whose cells are aligned in columns.

use super::line::{Cell, Line};
use super::list::marker;
use super::rows::Rows;
use super::rules::Rule;
use super::style::has_leaders;

/// Maximum number of lines of one cell between lines with several cells.
const MAX_WRAPPED: usize = 3;
/// Maximum number of columns.
const MAX_COLUMNS: usize = 24;

/// Returns the end of the table that starts at the first line, and its rows.
pub fn table_at(lines: &[Line], rules: &[Rule]) -> Option<(usize, Rows)> {
    let end = candidate_end(lines)?;
    let lines = &lines[..end];
    let several = lines.iter().filter(|line| line.cells.len() >= 2).count();
    let (top, bottom) = (lines[0].y - 2.0 * lines[0].size, lines[end - 1].y + lines[end - 1].size);
    let inside = |rule: &&Rule| rule.is_horizontal() && (top..bottom).contains(&rule.y0);
    let mut ys: Vec<f32> = rules.iter().filter(inside).map(|rule| rule.y0).collect();
    ys.sort_by(f32::total_cmp);
    ys.dedup_by(|a, b| (*a - *b).abs() < 3.0);
    let needed = if ys.len() >= 2 { 2 } else { 3 };
    if several < needed {
        return None;
    }
    let columns = columns(lines)?;
    let breaks = row_starts(lines, &columns, &ys);
    let mut rows: Rows = Vec::new();
    for (line, starts) in lines.iter().zip(breaks) {
        if starts || rows.is_empty() {
            rows.push(vec![String::new(); columns.len()]);
        }
        let Some(row) = rows.last_mut() else { continue };
        for cell in &line.cells {
            let text = &mut row[column_of(&columns, cell)];
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&cell.text);
        }
    }
    (rows.len() >= 2).then_some((end, rows))
}

/// Returns the end of the lines from the first that may be a table.
fn candidate_end(lines: &[Line]) -> Option<usize> {
    let is_several =
        |line: &Line| line.cells.len() >= 2 && !has_leaders(&line.text) && !is_item(line);
    if !is_several(lines.first()?) {
        return None;
    }
    let mut end = 1;
    let mut wrapped = 0;
    let span = |lines: &[Line]| {
        let x0 = lines.iter().map(|line| line.x0).fold(f32::MAX, f32::min);
        let x1 = lines.iter().map(|line| line.x1).fold(f32::MIN, f32::max);
        (x0, x1)
    };
    for at in 1..lines.len() {
        let (line, before) = (&lines[at], &lines[at - 1]);
        let gap = line.y - before.y;
        if !(0.0..3.5 * line.size.max(before.size)).contains(&gap) {
            break;
        }
        if is_several(line) {
            (end, wrapped) = (at + 1, 0);
            continue;
        }
        wrapped += 1;
        let (x0, x1) = span(&lines[..at]);
        let is_cell =
            line.x0 >= x0 - 3.0 && line.x1 <= x1 + 3.0 && line.x1 - line.x0 < 0.7 * (x1 - x0);
        if wrapped > MAX_WRAPPED || !is_cell || gap > 1.6 * line.size || line.cells.len() != 1 {
            break;
        }
    }
    Some(end)
}

/// Returns whether a line is a list item whose marker is far from its text.
fn is_item(line: &Line) -> bool {
    let first = line.cells.first().map_or("", |cell| cell.text.as_str());
    line.cells.len() == 2 && marker(&format!("{first} x")).is_some_and(|(_, rest)| rest == "x")
}

/// Returns the left and right ends of the columns.
fn columns(lines: &[Line]) -> Option<Vec<(f32, f32)>> {
    let several = || lines.iter().filter(|line| line.cells.len() >= 2);
    let most = several().map(|line| line.cells.len()).max()?;
    let mut cells: Vec<(f32, f32)> = several()
        // Lines with few cells may have headings over several columns.
        .filter(|line| 2 * line.cells.len() > most)
        .flat_map(|line| line.cells.iter().map(|cell| (cell.x0, cell.x1)))
        .collect();
    cells.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut columns: Vec<(f32, f32)> = Vec::new();
    for (x0, x1) in cells {
        match columns.last_mut() {
            Some((_, end)) if x0 < *end => *end = end.max(x1),
            _ => columns.push((x0, x1)),
        }
    }
    let is_apart = |line: &&Line| {
        let mut at: Vec<_> = line.cells.iter().map(|cell| column_of(&columns, cell)).collect();
        at.dedup();
        at.len() == line.cells.len()
    };
    let apart = several().filter(is_apart).count();
    let fits = (2..=MAX_COLUMNS).contains(&columns.len()) && 5 * apart >= 4 * several().count();
    fits.then_some(columns)
}

/// Returns the column that a cell overlaps most, or that is nearest.
fn column_of(columns: &[(f32, f32)], cell: &Cell) -> usize {
    let overlap = |column: &(f32, f32)| cell.x1.min(column.1) - cell.x0.max(column.0);
    let best =
        (0..columns.len()).max_by(|a, b| overlap(&columns[*a]).total_cmp(&overlap(&columns[*b])));
    best.unwrap_or(0)
}

/// Returns for each line whether a row starts with it.
fn row_starts(lines: &[Line], columns: &[(f32, f32)], rules: &[f32]) -> Vec<bool> {
    let gaps: Vec<f32> = lines.windows(2).map(|pair| pair[1].y - pair[0].y).collect();
    let least = gaps.iter().copied().fold(f32::MAX, f32::min);
    let has_rules = rules.len() + 1 >= lines.len() / 2 && rules.len() >= 3;
    let is_tight = gaps.iter().any(|gap| *gap > 1.3 * least);
    let first_is_empty = |line: &Line| line.cells.iter().all(|cell| column_of(columns, cell) > 0);
    let mut starts = vec![true];
    for (pair, gap) in lines.windows(2).zip(&gaps) {
        let between = |y: &&f32| (pair[0].y - 0.2 * pair[0].size..pair[1].y).contains(*y);
        let is_ruled = rules.iter().any(|y| between(&y));
        starts.push(match has_rules {
            true => is_ruled,
            false => {
                is_ruled
                    || !(*gap <= 1.15 * least
                        && (first_is_empty(&pair[1])
                            || is_tight && pair[1].cells.len() < columns.len()))
            }
        });
    }
    starts
}

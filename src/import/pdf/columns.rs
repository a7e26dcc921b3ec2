//! Columns: the spans of a page in the order of reading.
//!
//! A page is divided at its gutters. A gutter is a vertical line that many lines of text end before
//! and begin after, and few cross. The lines that cross a gutter, such as a title or an abstract,
//! divide the columns into bands; each band is read column by column.

use super::order::is_right_to_left;
use super::rules::Rule;
use super::spans::Span;

/// Minimum width of a column in parts of the font size.
const MIN_COLUMN: f32 = 8.0;
/// Minimum number of lines of each column.
const MIN_LINES: usize = 3;
/// Maximum depth of gutters within columns.
const MAX_DEPTH: usize = 4;
/// Maximum number of spans of a page for which columns are searched.
const MAX_SPANS: usize = 5_000;

/// Part of a page that is read from top to bottom.
pub type Region = Vec<Span>;

/// Divides the spans of a page into regions in the order of reading.
pub fn regions_of(spans: Vec<Span>, rules: &[Rule]) -> Vec<Region> {
    if spans.len() > MAX_SPANS {
        return vec![spans];
    }
    let mut regions = Vec::new();
    divide(spans, rules, MAX_DEPTH, &mut regions);
    regions
}

fn divide(mut spans: Vec<Span>, rules: &[Rule], depth: usize, regions: &mut Vec<Region>) {
    spans.sort_by(|a, b| a.y.total_cmp(&b.y));
    let gutter = if depth == 0 { None } else { best_gutter(&spans, rules) };
    let Some(gutter) = gutter else {
        if !spans.is_empty() {
            regions.push(spans);
        }
        return;
    };
    let right_to_left = is_mostly_right_to_left(&spans);
    let mut whole = Vec::new();
    for band in bands(&spans, rules, gutter) {
        if !band.is_columnar {
            whole.extend(band.spans.into_iter().map(|at| spans[at].clone()));
            continue;
        }
        if !whole.is_empty() {
            divide(std::mem::take(&mut whole), rules, depth - 1, regions);
        }
        let sides = band.spans.into_iter().map(|at| spans[at].clone());
        let (left, right): (Vec<_>, Vec<_>) = sides.partition(|span| middle(span) < gutter);
        let (first, second) = if right_to_left { (right, left) } else { (left, right) };
        divide(first, rules, depth - 1, regions);
        divide(second, rules, depth - 1, regions);
    }
    if !whole.is_empty() {
        divide(whole, rules, depth - 1, regions);
    }
}

fn middle(span: &Span) -> f32 {
    (span.x0 + span.x1) / 2.0
}

fn is_mostly_right_to_left(spans: &[Span]) -> bool {
    let text: String =
        spans.iter().flat_map(|span| &span.glyphs).map(|glyph| glyph.text.as_str()).collect();
    is_right_to_left(&text)
}

/// Part of a region between lines that cross the gutter, or such lines.
struct Band {
    is_columnar: bool,
    spans: Vec<usize>,
}

/// Returns the gutter with the most lines on both of its sides.
fn best_gutter(spans: &[Span], rules: &[Rule]) -> Option<f32> {
    if spans.len() < 2 * MIN_LINES {
        return None;
    }
    let left = spans.iter().map(|span| span.x0).min_by(f32::total_cmp)?;
    let right = spans.iter().map(|span| span.x1).max_by(f32::total_cmp)?;
    let size = median(spans.iter().map(|span| span.size))?;
    if right - left < 2.0 * MIN_COLUMN * size {
        return None;
    }
    let width = ((right - left).ceil() as usize).min(5_000);
    let mut cover = vec![0u32; width + 2];
    for span in spans {
        let at = |x: f32| ((x - left).max(0.0) as usize).min(width + 1);
        cover[at(span.x0)..=at(span.x1)].iter_mut().for_each(|count| *count += 1);
    }
    let margin = (MIN_COLUMN * size) as usize;
    let range = margin.min(width)..(width.saturating_sub(margin)).max(margin.min(width));
    // One candidate for each part with the least cover, in its middle.
    let mut candidates: Vec<(u32, usize, usize)> = Vec::new();
    for x in range {
        match candidates.last_mut() {
            Some((count, _, end)) if *count == cover[x] && *end + 1 == x => *end = x,
            _ => candidates.push((cover[x], x, x)),
        }
    }
    // Lines of both columns begin and end at a gutter: more of them cover its sides.
    let reach = (2.0 * MIN_COLUMN * size) as usize;
    let least_side = |from: usize, to: usize| {
        let left = cover[from.saturating_sub(reach)..from].iter().max().copied().unwrap_or(0);
        let right = cover[to + 1..(to + 1 + reach).min(cover.len())].iter().max().copied();
        left.min(right.unwrap_or(0))
    };
    let drop = |&(count, from, to): &(u32, usize, usize)| {
        (least_side(from, to).saturating_sub(count), to - from)
    };
    candidates.retain(|candidate| drop(candidate).0 as usize >= MIN_LINES - 1);
    candidates.sort_by_key(|candidate| std::cmp::Reverse(drop(candidate)));
    candidates.truncate(12);
    let scored = candidates.into_iter().map(|(_, from, to)| {
        let x = left + (from + to + 1) as f32 / 2.0;
        (score(spans, rules, x), x)
    });
    // The first of several with the same score has the least cover.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    (best.0 > 0).then_some(best.1)
}

/// Returns the number of lines that a gutter divides, 0 if it is none.
fn score(spans: &[Span], rules: &[Rule], x: f32) -> usize {
    let columnar = bands(spans, rules, x).into_iter().filter(|band| band.is_columnar);
    let score = |band: Band| {
        let (left, right): (Vec<usize>, Vec<usize>) =
            band.spans.iter().partition(|at| middle(&spans[**at]) < x);
        match !is_prose(spans, &left) || !is_prose(spans, &right) {
            true => 0,
            false => left.len().min(right.len()),
        }
    };
    columnar.map(score).sum()
}

/// Returns whether the lines on one side of a gutter are a column of text, not cells of a table:
/// most of them fill its width.
fn is_prose(spans: &[Span], side: &[usize]) -> bool {
    let left = side.iter().map(|at| spans[*at].x0).min_by(f32::total_cmp).unwrap_or(0.0);
    let right = side.iter().map(|at| spans[*at].x1).max_by(f32::total_cmp).unwrap_or(0.0);
    let size = median(side.iter().map(|at| spans[*at].size)).unwrap_or(1.0);
    let rows = rows(spans, side);
    let wide = rows.iter().filter(|(x0, x1, _)| x1 - x0 > 0.55 * (right - left)).count();
    rows.len() >= MIN_LINES && right - left > MIN_COLUMN * size && 2 * wide >= rows.len()
}

/// Joins the spans of each line of a side: its left end, its right end and its baseline.
fn rows(spans: &[Span], side: &[usize]) -> Vec<(f32, f32, f32)> {
    let mut rows: Vec<(f32, f32, f32)> = Vec::new();
    for at in side {
        let span = &spans[*at];
        match rows.last_mut() {
            Some((x0, x1, y)) if (span.y - *y).abs() < 0.5 * span.size => {
                (*x0, *x1) = (x0.min(span.x0), x1.max(span.x1));
            }
            _ => rows.push((span.x0, span.x1, span.y)),
        }
    }
    rows
}

/// Divides the spans of a region, which are sorted by baseline, at the lines and rules that cross a
/// gutter.
fn bands(spans: &[Span], rules: &[Rule], x: f32) -> Vec<Band> {
    let crosses = |rule: &&Rule| rule.is_horizontal() && rule.x0 < x - 4.0 && rule.x1 > x + 4.0;
    let mut ys: Vec<f32> = rules.iter().filter(crosses).map(|rule| rule.y0).collect();
    ys.sort_by(f32::total_cmp);
    let mut ys = ys.into_iter().peekable();
    let mut bands: Vec<Band> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut whole: Vec<usize> = Vec::new();
    let mut last_cross: Option<(f32, f32)> = None;
    let mut after_rule = false;
    for (at, span) in spans.iter().enumerate() {
        let mut is_ruled = false;
        while ys.next_if(|y| *y < span.y - 0.3 * span.size).is_some() {
            is_ruled = true;
        }
        if is_ruled {
            // A band between two rules is a row of a table.
            match after_rule {
                true => whole.append(&mut open),
                false => close(spans, std::mem::take(&mut open), x, &mut bands, &mut whole),
            }
            after_rule = true;
        }
        let overhang = 0.3 * span.size;
        if span.x0 < x - overhang && span.x1 > x + overhang {
            // Parts of the same line before the crossing part.
            let same = |other: &usize| (spans[*other].y - span.y).abs() < 0.4 * span.size;
            let (line, before): (Vec<_>, Vec<_>) = open.drain(..).partition(same);
            close(spans, before, x, &mut bands, &mut whole);
            whole.extend(line);
            whole.push(at);
            last_cross = Some((span.y, span.size));
            after_rule = false;
        } else if last_cross.is_some_and(|(y, size)| (span.y - y).abs() < 0.4 * size) {
            whole.push(at);
        } else {
            open.push(at);
        }
    }
    match after_rule && ys.next().is_some() {
        true => whole.append(&mut open),
        false => close(spans, open, x, &mut bands, &mut whole),
    }
    if !whole.is_empty() {
        bands.push(Band { is_columnar: false, spans: whole });
    }
    bands
}

/// Ends a band. A band that lacks one of the columns is part of the lines around it.
fn close(spans: &[Span], band: Vec<usize>, x: f32, bands: &mut Vec<Band>, whole: &mut Vec<usize>) {
    let (left, right): (Vec<usize>, Vec<usize>) =
        band.iter().partition(|at| middle(&spans[**at]) < x);
    if rows(spans, &left).len() >= 2 && rows(spans, &right).len() >= 2 {
        if !whole.is_empty() {
            bands.push(Band { is_columnar: false, spans: std::mem::take(whole) });
        }
        bands.push(Band { is_columnar: true, spans: band });
    } else {
        whole.extend(band);
    }
}

fn median(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}

//! Running headers, running footers and page numbers: found by their repetition and left out.

use std::collections::HashMap;

use super::spans::Span;

/// Minimum distance between a header and the text in parts of the font size.
const MIN_GAP: f32 = 1.45;
/// Maximum number of rows of a header or footer.
const MAX_ROWS: usize = 4;
/// Maximum difference of the place of a header from page to page, in points.
const TOLERANCE: f32 = 6.0;

/// The spans of a page.
#[derive(Debug, Default)]
pub struct PageSpans {
    pub number: usize,
    pub height: f32,
    /// Height of the parts at the top and at the bottom that hold headers and footers.
    pub margin: f32,
    pub spans: Vec<Span>,
    pub rules: Vec<super::rules::Rule>,
}

/// A row of spans near the edge of a page.
struct Row {
    /// Distance from the edge of the page.
    depth: f32,
    /// Distance to the next row inwards.
    gap: f32,
    size: f32,
    /// Text without spaces, each number as `#`.
    pattern: String,
    /// First and last word, if it is a number.
    number: Option<u32>,
    spans: Vec<usize>,
}

/// Removes headers and footers from the pages.
pub fn remove_margins(pages: &mut [PageSpans]) {
    let body_size = body_size(pages);
    for top in [true, false] {
        let rows: Vec<Vec<Row>> = pages.iter().map(|page| edge_rows(page, top)).collect();
        let margins = Margins::new(&rows, body_size);
        let removed: Vec<Vec<usize>> = pages
            .iter()
            .enumerate()
            .map(|(at, page)| margins.spans(at, page.number, &rows[at]))
            .collect();
        for (page, mut removed) in pages.iter_mut().zip(removed) {
            removed.sort_unstable();
            let mut at = 0;
            page.spans.retain(|_| {
                at += 1;
                removed.binary_search(&(at - 1)).is_err()
            });
        }
    }
}

/// The common properties of the rows at the top or at the bottom of all pages.
struct Margins<'r> {
    /// Pages and depths of the rows by pattern.
    places: HashMap<&'r str, Vec<(usize, f32)>>,
    /// Depths of rows with a page number on most pages, each with another text.
    numbered: Vec<f32>,
    /// Number of other pages on which a header must be.
    needed: usize,
    body_size: f32,
}

impl<'r> Margins<'r> {
    fn new(rows: &'r [Vec<Row>], body_size: f32) -> Self {
        let mut places: HashMap<&str, Vec<(usize, f32)>> = HashMap::new();
        for (page, rows) in rows.iter().enumerate() {
            for row in rows {
                places.entry(&row.pattern).or_default().push((page, row.depth));
            }
        }
        let needed = if rows.len() <= 6 { 1 } else { 2 };
        Self { places, numbered: numbered_depths(rows, body_size), needed, body_size }
    }

    /// Returns the spans of a page that are in its margin. `rows` are from the edge inwards.
    fn spans(&self, page: usize, number: usize, rows: &[Row]) -> Vec<usize> {
        let mut is_edge = true;
        let mut margin: Vec<&Row> = Vec::new();
        for row in rows {
            let is_number = is_page_number(&row.pattern);
            let is_own_number = is_number && row.number == Some(number as u32);
            let is_margin = match is_number {
                true => is_edge && (is_own_number || self.is_repeated(page, row, 1)),
                false => self.is_repeated(page, row, self.needed),
            };
            let is_margin = is_margin || self.is_numbered(row);
            is_edge &= is_margin;
            if is_margin {
                margin.push(row);
            }
        }
        // A header is apart from the text. The lines of a page that begins as another are not.
        while margin.last().is_some_and(|row| row.gap < MIN_GAP * row.size) {
            margin.pop();
        }
        margin.into_iter().flat_map(|row| row.spans.iter().copied()).collect()
    }

    fn is_repeated(&self, page: usize, row: &Row, needed: usize) -> bool {
        let same = self.places.get(row.pattern.as_str()).into_iter().flatten();
        let is_same = |(other, depth): &&(usize, f32)| {
            *other != page && (depth - row.depth).abs() <= TOLERANCE
        };
        same.filter(is_same).take(needed).count() >= needed
    }

    fn is_numbered(&self, row: &Row) -> bool {
        row.number.is_some()
            && row.size <= 1.1 * self.body_size
            && self.numbered.iter().any(|depth| (depth - row.depth).abs() <= TOLERANCE)
    }
}

/// Returns the depths of rows with a page number that most pages have, each with another text.
fn numbered_depths(rows: &[Vec<Row>], body_size: f32) -> Vec<f32> {
    let first = rows.iter().filter_map(|rows| rows.first());
    let isolated: Vec<_> = first
        .filter(|row| row.number.is_some() && row.gap > MIN_GAP * body_size)
        .map(|row| row.depth)
        .collect();
    let is_same = |a: f32, b: f32| (a - b).abs() <= TOLERANCE;
    let mut depths: Vec<f32> = Vec::new();
    for depth in &isolated {
        let is_known = depths.iter().any(|known| is_same(*known, *depth));
        let same = isolated.iter().filter(|other| is_same(**other, *depth)).take(4);
        if !is_known && same.count() == 4 {
            depths.push(*depth);
        }
    }
    depths
}

fn body_size(pages: &[PageSpans]) -> f32 {
    let mut sizes: HashMap<u32, usize> = HashMap::new();
    for span in pages.iter().flat_map(|page| &page.spans) {
        *sizes.entry((span.size * 4.0).round() as u32).or_default() += span.glyphs.len();
    }
    let most = sizes.into_iter().max_by_key(|(size, count)| (*count, *size));
    most.map_or(10.0, |(size, _)| size as f32 / 4.0)
}

/// Returns the rows in the margin, from the edge inwards.
fn edge_rows(page: &PageSpans, top: bool) -> Vec<Row> {
    let depth = |at: usize| match top {
        true => page.spans[at].y,
        false => page.height - page.spans[at].y,
    };
    let mut order: Vec<usize> = (0..page.spans.len()).collect();
    order.sort_by(|a, b| depth(*a).total_cmp(&depth(*b)));
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in order {
        let is_full = groups.len() > MAX_ROWS;
        match groups.last_mut() {
            Some(group) if is_same_row(&page.spans[group[0]], &page.spans[at]) => group.push(at),
            // The row after the margin gives the gap of the last one.
            _ if is_full || depth(at) > 2.0 * page.margin => break,
            _ => groups.push(vec![at]),
        }
    }
    let depths: Vec<f32> = groups.iter().map(|group| depth(group[0])).collect();
    let rows = groups.into_iter().zip(&depths).enumerate().map(|(at, (spans, depth))| {
        let gap = depths.get(at + 1).map_or(f32::MAX, |next| next - depth);
        row_of(page, spans, *depth, gap)
    });
    rows.filter(|row| row.depth <= page.margin).take(MAX_ROWS).collect()
}

/// Returns whether spans are in one row, such as a superscript and its text.
fn is_same_row(a: &Span, b: &Span) -> bool {
    (a.y - b.y).abs() < 0.5 * a.size.max(b.size)
}

fn row_of(page: &PageSpans, mut spans: Vec<usize>, depth: f32, gap: f32) -> Row {
    spans.sort_by(|a, b| page.spans[*a].x0.total_cmp(&page.spans[*b].x0));
    let mut words: Vec<String> = vec![String::new()];
    for (position, at) in spans.iter().enumerate() {
        if position > 0 {
            words.push(String::new());
        }
        let mut end: Option<f32> = None;
        for glyph in &page.spans[*at].glyphs {
            let gap = end.map_or(0.0, |end| glyph.x0 - end);
            if glyph.text.trim().is_empty() || gap > 0.2 * glyph.size {
                words.push(String::new());
            }
            end = Some(glyph.x1);
            for (part, text) in glyph.text.split_whitespace().enumerate() {
                match words.last_mut() {
                    Some(word) if part == 0 => word.push_str(text),
                    _ => words.push(text.to_owned()),
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    let number = |word: Option<&String>| word.and_then(|word| page_number(word));
    let number = number(words.first()).or_else(|| number(words.last()));
    let size = spans.iter().map(|at| page.spans[*at].size).max_by(f32::total_cmp);
    // A number at the left on one page and at the right on the next is the same pattern.
    let mut patterns: Vec<_> = words.iter().map(|word| pattern(word)).collect();
    if patterns.first().is_some_and(|first| first == "#") {
        patterns.rotate_left(1);
    }
    Row { depth, gap, size: size.unwrap_or(0.0), pattern: patterns.concat(), number, spans }
}

/// Returns the number that a word is: decimal, in any script, or Roman.
fn page_number(word: &str) -> Option<u32> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let decimal = |word: &str| {
        let digits = word.chars().map(decimal_digit);
        digits
            .collect::<Option<Vec<_>>>()
            .filter(|d| (1..=4).contains(&d.len()))
            .map(|digits| digits.into_iter().fold(0, |number, digit| number * 10 + digit))
    };
    decimal(word).or_else(|| roman(word))
}

/// Returns the value of a decimal digit of the scripts whose pages are numbered with their own.
fn decimal_digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6F0}'..='\u{6F9}' => '\u{6F0}',
        '\u{966}'..='\u{96F}' => '\u{966}',
        _ => return None,
    };
    Some(u32::from(c) - u32::from(zero))
}

fn roman(word: &str) -> Option<u32> {
    let value = |c: char| match c.to_ascii_lowercase() {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        'l' => Some(50),
        'c' => Some(100),
        _ => None,
    };
    if word.is_empty() || word.len() > 8 {
        return None;
    }
    let values: Vec<u32> = word.chars().map(value).collect::<Option<_>>()?;
    let sum = values.iter().enumerate().fold(0i32, |sum, (at, value)| {
        let smaller = values.get(at + 1).is_some_and(|next| next > value);
        sum + if smaller { -(*value as i32) } else { *value as i32 }
    });
    u32::try_from(sum).ok().filter(|sum| *sum > 0)
}

/// Returns a word with each number replaced by `#`.
fn pattern(word: &str) -> String {
    if word.chars().all(|c| "ivxIVX".contains(c)) {
        return "#".to_owned();
    }
    let mut pattern = String::new();
    for c in word.chars() {
        match decimal_digit(c) {
            Some(_) if pattern.ends_with('#') => {}
            Some(_) => pattern.push('#'),
            None => pattern.extend(c.to_lowercase()),
        }
    }
    pattern
}

/// Returns whether a pattern is a page number alone, such as `#`, `– # –`, `page # of #`, `#/#`.
fn is_page_number(pattern: &str) -> bool {
    let words =
        ["page", "seite", "pagina", "página", "стр", "страница", "صفحه", "of", "von", "de", "из"];
    let mut rest = pattern.to_owned();
    words.iter().for_each(|word| rest = rest.replace(word, ""));
    let is_mark = |c: char| {
        matches!(
            c,
            '#' | '-' | '–' | '—' | '/' | '|' | '.' | '[' | ']' | '(' | ')' | '·' | '~' | '•'
        )
    };
    rest.contains('#') && rest.chars().all(is_mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_number_is_read_in_any_notation() {
        let check = |word: &str, expected: Option<u32>| assert_eq!(page_number(word), expected);
        check("12", Some(12));
        check("–12–", Some(12));
        check("xiv", Some(14));
        check("۱۲", Some(12));
        check("Tides", None);
        check("123456", None);
        assert!(is_page_number("page#of#") && is_page_number("–#–") && !is_page_number("tides#"));
    }
}

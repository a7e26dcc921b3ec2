//! Tables of HTML: their grid of cells, and whether they hold data or arrange a page. Pure.

use dom_query::NodeRef;

use super::block::{Inline, Table, plain};
use super::build::Builder;
use super::dom::{attribute, descendants, name};
use super::elements::is_hidden;

/// Maximum number of columns that a cell spans.
const MAX_COLUMNS: usize = 100;
/// Maximum number of rows that a cell spans.
const MAX_ROWS: usize = 1_000;
/// Maximum number of cells of a table with its empty ones.
const MAX_CELLS: usize = 100_000;
/// Maximum mean length of the cells of data, in characters.
const MAX_MEAN_CHARS: usize = 250;

/// The cells of a table by row and column. A cell that spans several places is in the first one.
pub struct Grid<'a> {
    rows: Vec<Vec<Option<NodeRef<'a>>>>,
    columns: usize,
    has_header: bool,
    has_header_cells: bool,
}

/// Returns the cells of a table, without those of tables in it.
pub fn grid<'a>(table: &NodeRef<'a>) -> Grid<'a> {
    let mut grid =
        Grid { rows: Vec::new(), columns: 0, has_header: false, has_header_cells: false };
    // Number of further rows that a cell above spans, by column.
    let mut spanned: Vec<usize> = Vec::new();
    let mut total = 0;
    for row in rows(table) {
        let cells = row.element_children().into_iter().filter(|cell| {
            let element = name(cell);
            matches!(element.as_str(), "td" | "th") && !is_hidden(cell, &element)
        });
        let mut places: Vec<Option<NodeRef<'a>>> = Vec::new();
        let mut only_headers = true;
        for cell in cells {
            while spanned.get(places.len()).is_some_and(|rows| *rows > 0) {
                places.push(None);
            }
            let span = |key, most| attribute(&cell, key).parse().unwrap_or(1).clamp(1, most);
            let (columns, rows) = (span("colspan", MAX_COLUMNS), span("rowspan", MAX_ROWS));
            only_headers &= cell.has_name("th");
            grid.has_header_cells |= cell.has_name("th");
            for column in 0..columns {
                spanned.resize(spanned.len().max(places.len() + 1), 0);
                // This row is taken off below.
                spanned[places.len()] = rows;
                places.push((column == 0).then_some(cell));
            }
        }
        for rows in &mut spanned {
            *rows = rows.saturating_sub(1);
        }
        total += places.len();
        if places.iter().all(Option::is_none) {
            continue;
        }
        if grid.rows.is_empty() {
            let in_head = row.parent().is_some_and(|parent| parent.has_name("thead"));
            grid.has_header = only_headers || in_head;
        }
        grid.columns = grid.columns.max(places.len());
        grid.rows.push(places);
        if total > MAX_CELLS || grid.columns * grid.rows.len() > MAX_CELLS {
            break;
        }
    }
    grid
}

/// Returns the rows of a table, without those of tables in it.
fn rows<'a>(table: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    let mut rows = Vec::new();
    for child in table.element_children() {
        match name(&child).as_str() {
            "tr" => rows.push(child),
            "thead" | "tbody" | "tfoot" => {
                rows.extend(child.element_children().into_iter().filter(|row| row.has_name("tr")));
            }
            _ => {}
        }
    }
    rows
}

impl<'a> Grid<'a> {
    /// Returns whether the table holds data, and does not only arrange text.
    pub fn is_data(&self) -> bool {
        if self.columns < 2 || self.rows.len() < 2 && !self.has_header_cells {
            return false;
        }
        let (mut count, mut chars) = (0, 0);
        for cell in self.cells() {
            const BLOCKS: [&str; 7] =
                ["table", "h1", "h2", "h3", "blockquote", "article", "section"];
            if descendants(cell, &BLOCKS).next().is_some() {
                return false;
            }
            count += 1;
            chars += cell.normalized_char_count();
        }
        chars <= count * MAX_MEAN_CHARS
    }

    /// Returns the cells in the order of the text.
    pub fn cells(&self) -> impl Iterator<Item = &NodeRef<'a>> {
        self.rows.iter().flatten().flatten()
    }
}

/// Builds a table of data. Returns `None` if no cell has a text.
pub fn build(builder: &mut Builder<'_>, grid: &Grid<'_>) -> Option<Table> {
    let mut rows: Vec<Vec<Vec<Inline>>> = Vec::new();
    for places in &grid.rows {
        let cell = |place: Option<&Option<NodeRef<'_>>>| match place.and_then(Option::as_ref) {
            Some(cell) => builder.line(cell),
            None => Vec::new(),
        };
        let places = (0..grid.columns).map(|column| places.get(column));
        let row: Vec<_> = places.map(cell).collect();
        let is_header = rows.is_empty() && grid.has_header;
        if is_header || row.iter().any(|cell| !plain(cell).is_empty()) {
            rows.push(row);
        }
    }
    let is_empty = |column: usize| rows.iter().all(|row| plain(&row[column]).is_empty());
    let kept: Vec<usize> = (0..grid.columns).filter(|column| !is_empty(*column)).collect();
    let rows: Vec<Vec<_>> = rows
        .into_iter()
        .map(|row| {
            let cells = row.into_iter().enumerate().filter(|(column, _)| kept.contains(column));
            cells.map(|(_, cell)| cell).collect()
        })
        .collect();
    (!kept.is_empty()).then_some(Table { has_header: grid.has_header, rows })
}

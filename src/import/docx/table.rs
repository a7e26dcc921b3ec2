//! Conversion of tables.

use crate::import::markup::NodeId;

use super::body::{Block, Converter, Paragraph};
use super::styles::{Role, child_value};
use super::write;

/// Minimum number of words of the only row of a table by which it is a layout of columns.
const MIN_LAYOUT_WORDS: usize = 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Merge {
    No,
    /// First cell of vertically merged ones.
    First,
    Continued,
}

#[derive(Debug)]
struct Cell {
    column: usize,
    columns: usize,
    merge: Merge,
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Row {
    is_header: bool,
    cells: Vec<Cell>,
}

impl Converter<'_> {
    /// Converts a table. A table that only places text on the page is not a table, and its
    /// paragraphs are added to `out`.
    pub fn table(&mut self, id: NodeId, out: &mut Vec<Block>) {
        self.state.tables += 1;
        let mut rows = Vec::new();
        self.rows(id, &mut rows);
        self.state.tables -= 1;
        rows.retain(|row| !row.cells.is_empty());
        let has_text = |row: &Row| row.cells.iter().any(|cell| !cell.blocks.is_empty());
        if !rows.iter().any(has_text) {
            return;
        }
        if is_layout(&rows) {
            out.extend(rows.into_iter().flat_map(|row| row.cells).flat_map(|cell| cell.blocks));
        } else if self.state.tables > 0 {
            out.extend(rows.into_iter().filter_map(as_paragraph).map(Block::Paragraph));
        } else {
            let has_header = self.has_header(id) && rows.len() > 1;
            out.push(Block::Table(html(rows, has_header)));
        }
    }

    /// Returns whether the formatting of a table marks its first row as a header.
    fn has_header(&self, id: NodeId) -> bool {
        let tree = self.part.tree;
        let look =
            tree.child(id, "w:tblPr").and_then(|properties| tree.child(properties, "w:tblLook"));
        look.is_some_and(|look| match tree.attribute(look, "firstRow") {
            Some(value) => value == "1" || value == "true",
            None => {
                let value = tree.attribute(look, "val").unwrap_or_default();
                u32::from_str_radix(&value, 16).unwrap_or(0) & 0x20 != 0
            }
        })
    }

    fn rows(&mut self, id: NodeId, rows: &mut Vec<Row>) {
        let tree = self.part.tree;
        for child in tree.children(id) {
            match tree.name(child) {
                "w:tr" => {
                    let properties = tree.child(child, "w:trPr");
                    let has =
                        |name: &str| properties.is_some_and(|id| tree.child(id, name).is_some());
                    let before = properties
                        .and_then(|id| child_value(tree, id, "w:gridBefore"))
                        .and_then(|value| value.parse().ok());
                    if !has("w:del") {
                        let mut cells = Vec::new();
                        self.cells(child, before.unwrap_or(0), &mut cells);
                        rows.push(Row { is_header: has("w:tblHeader"), cells });
                    }
                }
                "w:sdt" => {
                    if let Some(content) = self.control_content(child) {
                        self.rows(content, rows);
                    }
                }
                "w:ins" | "w:customXml" | "w:moveTo" => self.rows(child, rows),
                _ => {}
            }
        }
    }

    fn cells(&mut self, row: NodeId, start: usize, cells: &mut Vec<Cell>) {
        let tree = self.part.tree;
        let mut column = start;
        for child in tree.children(row) {
            match tree.name(child) {
                "w:tc" => {
                    let properties = tree.child(child, "w:tcPr");
                    let value = |name: &str| child_value(tree, properties?, name);
                    let columns = value("w:gridSpan").and_then(|span| span.parse().ok());
                    let columns: usize = columns.unwrap_or(1).clamp(1, 100);
                    let merged = properties.and_then(|id| tree.child(id, "w:vMerge"));
                    let merge = match merged.map(|id| tree.attribute(id, "val")) {
                        None => Merge::No,
                        Some(Some(value)) if value == "restart" => Merge::First,
                        Some(_) => Merge::Continued,
                    };
                    let mut blocks = Vec::new();
                    self.blocks(child, &mut blocks);
                    cells.push(Cell { column, columns, merge, blocks });
                    column += columns;
                }
                "w:sdt" => {
                    if let Some(content) = self.control_content(child) {
                        self.cells(content, column, cells);
                        column = cells.last().map_or(column, |cell| cell.column + cell.columns);
                    }
                }
                "w:ins" | "w:customXml" => self.cells(child, column, cells),
                _ => {}
            }
        }
    }
}

/// Returns whether a table only places text on the page: it has one column, or one row of long
/// texts.
fn is_layout(rows: &[Row]) -> bool {
    let words = |block: &Block| match block {
        Block::Paragraph(paragraph) => paragraph.text.split_whitespace().count(),
        Block::Table(_) => MIN_LAYOUT_WORDS,
    };
    let is_single_column = rows.iter().all(|row| row.cells.len() == 1);
    let has_heading = |cell: &Cell| {
        cell.blocks.iter().any(|block| match block {
            Block::Paragraph(paragraph) => matches!(paragraph.role, Role::Heading(_)),
            Block::Table(_) => false,
        })
    };
    match rows {
        _ if is_single_column => true,
        [row] => {
            let long = row.cells.iter().flat_map(|cell| &cell.blocks).map(words).sum::<usize>();
            long >= MIN_LAYOUT_WORDS || row.cells.iter().any(has_heading)
        }
        _ => false,
    }
}

/// Returns a row of a table within a table.
fn as_paragraph(row: Row) -> Option<Paragraph> {
    let blocks = row.cells.into_iter().flat_map(|cell| cell.blocks);
    let mut html = String::new();
    let mut text = String::new();
    for block in blocks {
        if let Block::Paragraph(paragraph) = block {
            let separator = if html.is_empty() { "" } else { " " };
            html.extend([separator, &paragraph.html]);
            text.extend([separator, &paragraph.text]);
        }
    }
    let paragraph = Paragraph { role: Role::Text, item: None, html, text, is_bold: false };
    (!paragraph.html.is_empty()).then_some(paragraph)
}

fn html(rows: Vec<Row>, has_header: bool) -> String {
    let spans: Vec<Vec<usize>> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| row.cells.iter().map(|cell| row_span(&rows[at + 1..], cell)).collect())
        .collect();
    let mut html = "<table>".to_owned();
    let headers = rows.iter().take_while(|row| row.is_header).count().max(has_header.into());
    for (at, (row, spans)) in rows.into_iter().zip(spans).enumerate() {
        html.push_str("<tr>");
        let name = if at < headers { "th" } else { "td" };
        for (cell, span) in row.cells.into_iter().zip(spans) {
            if cell.merge == Merge::Continued {
                continue;
            }
            html.extend(["<", name]);
            if cell.columns > 1 {
                html.push_str(&format!(" colspan=\"{}\"", cell.columns));
            }
            if span > 1 {
                html.push_str(&format!(" rowspan=\"{span}\""));
            }
            html.push('>');
            html.push_str(&cell_html(cell.blocks));
            html.extend(["</", name, ">"]);
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>\n");
    html
}

/// Returns the number of rows of a cell. `below` are the rows after that of the cell.
fn row_span(below: &[Row], cell: &Cell) -> usize {
    let continues = |row: &&Row| {
        row.cells.iter().any(|other| other.column == cell.column && other.merge == Merge::Continued)
    };
    match cell.merge {
        Merge::First => 1 + below.iter().take_while(continues).count(),
        Merge::No | Merge::Continued => 1,
    }
}

/// Returns the content of a cell. A single paragraph needs no element.
fn cell_html(mut blocks: Vec<Block>) -> String {
    for block in &mut blocks {
        if let Block::Paragraph(paragraph) = block
            && matches!(paragraph.role, Role::Heading(_) | Role::Title)
        {
            paragraph.role = Role::Text;
        }
    }
    match blocks.as_mut_slice() {
        [Block::Paragraph(paragraph)] if paragraph.item.is_none() => {
            std::mem::take(&mut paragraph.html)
        }
        _ => write::html(&blocks),
    }
}

//! The whole store as JSON lines, so that an operator can move.
//!
//! The first line names the version of the tables: `{"verbatim_store":4}`. Each row is a line of its own,
//! `{"table":"chats","chat":7,"language":null,…}`, after the rows that it refers to; a BLOB is written
//! `{"base64":"…"}`. The last line, `{"rows":2}`, says how many there were, so that a cut file is noticed.

mod export;
mod import;

pub use export::{ExportError, export};
pub use import::{ImportError, import};

use std::fmt;

use rusqlite::Connection;

/// How many rows of which table were moved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowCounts(Vec<(String, usize)>);

const VERSION_KEY: &str = "verbatim_store";
const TABLE_KEY: &str = "table";
const BASE64_KEY: &str = "base64";
const ROWS_KEY: &str = "rows";

/// A table of the store, as SQLite describes it.
struct Table {
    name: String,
    columns: Vec<Column>,
}

struct Column {
    name: String,
    kind: Kind,
}

/// What a column holds, besides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Text,
    Blob,
}

impl Table {
    /// Its columns, as SQL names them.
    fn column_list(&self) -> String {
        self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// The tables in the order of their making: what a row refers to comes before it.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut select = connection.prepare(
        "SELECT name FROM sqlite_schema
         WHERE type = 'table' AND (name NOT LIKE 'sqlite_%' OR name = 'sqlite_sequence')
         ORDER BY name = 'sqlite_sequence', rowid",
    )?;
    let names: Vec<String> = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut describe = connection.prepare("SELECT name, type FROM pragma_table_info(?)")?;
    let table = |name: String| -> rusqlite::Result<Table> {
        let rows = describe.query_map([&name], |row| {
            let (name, declared): (String, String) = (row.get(0)?, row.get(1)?);
            let kind = match (declared.as_str(), name.as_str()) {
                // SQLite's own table of the ids that were given declares nothing.
                ("INTEGER", _) | ("", "seq") => Kind::Integer,
                ("BLOB", _) => Kind::Blob,
                _ => Kind::Text,
            };
            Ok(Column { name, kind })
        })?;
        Ok(Table { columns: rows.collect::<Result<_, _>>()?, name })
    };
    names.into_iter().map(table).collect()
}

impl RowCounts {
    /// How many rows there were in all.
    pub fn all(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }

    fn add(&mut self, table: &str) {
        match self.0.iter_mut().find(|(known, _)| known == table) {
            Some((_, count)) => *count += 1,
            None => self.0.push((table.to_owned(), 1)),
        }
    }
}

impl fmt::Display for RowCounts {
    /// `3 rows (chats 1, schedules 2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.all();
        write!(f, "{all} {}", if all == 1 { "row" } else { "rows" })?;
        let tables: Vec<_> =
            self.0.iter().map(|(table, count)| format!("{table} {count}")).collect();
        if tables.is_empty() { Ok(()) } else { write!(f, " ({})", tables.join(", ")) }
    }
}

#[cfg(test)]
mod tests;

//! The store to JSON lines.

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use rusqlite::types::ValueRef;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

use super::super::{FILE, StoreError, schema};
use super::{BASE64_KEY, ROWS_KEY, RowCounts, TABLE_KEY, Table, VERSION_KEY, tables};

/// Why a store cannot be exported. The message is for the operator.
#[derive(Debug)]
pub enum ExportError {
    /// There is none.
    Missing(PathBuf),
    Store(StoreError),
    Write(io::Error),
}

/// Writes the store in the directory `data` down, as it is at one moment and in its own version; a bot
/// may be at work on it.
pub fn export(data: &Path, out: &mut impl Write) -> Result<RowCounts, ExportError> {
    let path = data.join(FILE);
    if !path.exists() {
        return Err(ExportError::Missing(path));
    }
    let failed = |error| StoreError::Sqlite { path: path.clone(), error };
    let mut connection = schema::connect_to_read(&path)?;
    // What is read in one transaction is of one moment.
    let snapshot = connection.transaction().map_err(failed)?;
    let version = schema::version(&snapshot, &path)?;
    line(out, &json!({ VERSION_KEY: version }))?;
    let mut counts = RowCounts::default();
    for table in tables(&snapshot).map_err(failed)? {
        let sql = format!("SELECT {} FROM {}", table.column_list(), table.name);
        let mut select = snapshot.prepare(&sql).map_err(failed)?;
        let mut rows = select.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let values = (0..table.columns.len()).map(|column| row.get_ref(column));
            let values = values.collect::<Result<_, _>>().map_err(failed)?;
            line(out, &Line { table: &table, values })?;
            counts.add(&table.name);
        }
    }
    line(out, &json!({ ROWS_KEY: counts.all() }))?;
    out.flush().map_err(ExportError::Write)?;
    Ok(counts)
}

fn line(out: &mut impl Write, object: &impl Serialize) -> Result<(), ExportError> {
    let text = serde_json::to_string(object).map_err(|error| ExportError::Write(error.into()))?;
    writeln!(out, "{text}").map_err(ExportError::Write)
}

/// A row, with the table before its columns.
struct Line<'a> {
    table: &'a Table,
    values: Vec<ValueRef<'a>>,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(TABLE_KEY, &self.table.name)?;
        for (column, value) in self.table.columns.iter().zip(&self.values) {
            match value {
                ValueRef::Null => map.serialize_entry(&column.name, &())?,
                ValueRef::Integer(number) => map.serialize_entry(&column.name, number)?,
                ValueRef::Real(number) => map.serialize_entry(&column.name, number)?,
                ValueRef::Text(text) => {
                    let text = std::str::from_utf8(text).map_err(serde::ser::Error::custom)?;
                    map.serialize_entry(&column.name, text)?;
                }
                ValueRef::Blob(bytes) => {
                    let object = json!({ BASE64_KEY: BASE64.encode(bytes) });
                    map.serialize_entry(&column.name, &object)?;
                }
            }
        }
        map.end()
    }
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        ExportError::Store(error)
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExportError::Missing(path) => write!(
                f,
                "{}: there is no store\nhint: name the directory that has one with `--data DIR`",
                path.display()
            ),
            ExportError::Store(error) => error.fmt(f),
            ExportError::Write(error) => write!(f, "the export cannot be written: {error}"),
        }
    }
}

impl std::error::Error for ExportError {}

//! JSON lines to a store, all of them or nothing.
//!
//! Invariant: the new store is made under another name and gets its own when it is whole.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, Transaction, params_from_iter};
use serde_json::{Map, Value};

use super::super::files::{self, COMPANIONS, companion, remove, remove_companions};
use super::super::{FILE, StoreError, schema};
use super::{BASE64_KEY, Column, Kind, ROWS_KEY, RowCounts, TABLE_KEY, Table, VERSION_KEY, tables};

/// Why nothing was imported. The message is for the operator.
#[derive(Debug)]
pub enum ImportError {
    /// There is a store that has something in it, or what is left of one.
    Occupied(PathBuf),
    /// A line is not what an export has there.
    Line {
        /// What the export is called.
        source: String,
        /// From 1.
        line: usize,
        what: String,
    },
    /// The export was written by a later version.
    Newer {
        source: String,
        version: u64,
    },
    Read {
        source: String,
        error: io::Error,
    },
    /// The data directory cannot be written.
    Data {
        path: PathBuf,
        error: io::Error,
    },
    Store(StoreError),
}

/// Where SQLite keeps which ids were given, so that an old button never means a new schedule.
const SEQUENCE: &str = "sqlite_sequence";
const PART: &str = "verbatim.sqlite.importing";

/// Makes a store in the directory `data` of an export, and brings it up to date. `source` is what
/// messages call the export. The directory must be this process's own, and without a store that has
/// any row.
pub fn import(data: &Path, input: impl BufRead, source: &str) -> Result<RowCounts, ImportError> {
    let path = data.join(FILE);
    files::tighten(data);
    refuse_if_occupied(&path)?;
    let part = Part::new(data)?;
    let mut lines = Lines { input, source, line: 0 };
    let mut connection = schema::connect(&part.path)?;
    let version = header(&mut lines)?;
    schema::bring_to(&mut connection, &part.path, version)?;
    let counts = fill(&mut connection, &part.path, &mut lines)?;
    schema::bring_to(&mut connection, &part.path, schema::VERSION)?;
    // The last one to close moves what is in the companions into the file and removes them.
    connection
        .close()
        .map_err(|(_, error)| StoreError::Sqlite { path: part.path.clone(), error })?;
    let failed = |error| ImportError::Data { path: path.clone(), error };
    // Those of the store without rows would be taken for companions of the new one.
    remove_companions(&path).map_err(failed)?;
    fs::rename(&part.path, &path).map_err(failed)?;
    // Where directories cannot be synced, nothing more can be done for the rename.
    let _ = File::open(data).and_then(|dir| dir.sync_all());
    Ok(counts)
}

fn refuse_if_occupied(path: &Path) -> Result<(), ImportError> {
    if !path.exists() {
        let journal = companion(path, COMPANIONS[0]);
        let is_empty = fs::metadata(&journal).map_or(true, |found| found.len() == 0);
        return if is_empty { Ok(()) } else { Err(ImportError::Occupied(journal)) };
    }
    match schema::connect_to_read(path).and_then(|connection| has_rows(&connection, path)) {
        Ok(false) => Ok(()),
        Ok(true) => Err(ImportError::Occupied(path.to_owned())),
        Err(StoreError::Sqlite { error, .. }) if schema::is_corrupt(&error) => {
            Err(ImportError::Occupied(path.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}

fn has_rows(connection: &Connection, path: &Path) -> Result<bool, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    for table in tables(connection).map_err(failed)? {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {})", table.name);
        if connection.query_row(&sql, [], |row| row.get(0)).map_err(failed)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The file of a store that is not whole; it goes when this is dropped.
struct Part {
    path: PathBuf,
}

impl Part {
    /// Removes what an import left that was killed.
    fn new(data: &Path) -> Result<Part, ImportError> {
        let path = data.join(PART);
        let removed = remove(&path).and_then(|()| remove_companions(&path));
        removed.map_err(|error| ImportError::Data { path: path.clone(), error })?;
        Ok(Part { path })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // What cannot be removed is, before the next import.
        let _ = remove(&self.path).and_then(|()| remove_companions(&self.path));
    }
}

/// The lines of an export.
struct Lines<'a, R> {
    input: R,
    source: &'a str,
    /// The number of the last one read, from 1.
    line: usize,
}

impl<R: BufRead> Lines<'_, R> {
    /// The next object; `None` at the end.
    fn next(&mut self) -> Result<Option<Map<String, Value>>, ImportError> {
        self.line += 1;
        let mut text = Vec::new();
        let read = self.input.read_until(b'\n', &mut text);
        let failed = |error| ImportError::Read { source: self.source.to_owned(), error };
        if read.map_err(failed)? == 0 {
            return Ok(None);
        }
        match serde_json::from_slice(&text) {
            Ok(Value::Object(object)) => Ok(Some(object)),
            Ok(_) | Err(_) => Err(self.wrong("this is no JSON object")),
        }
    }

    fn wrong(&self, what: &str) -> ImportError {
        ImportError::Line { source: self.source.to_owned(), line: self.line, what: what.to_owned() }
    }
}

/// The version of the export's tables.
fn header(lines: &mut Lines<'_, impl BufRead>) -> Result<usize, ImportError> {
    let object = lines.next()?.unwrap_or_default();
    let version = object.get(VERSION_KEY).and_then(Value::as_u64).filter(|_| object.len() == 1);
    match version {
        Some(version) => match usize::try_from(version) {
            Ok(0) => Err(lines.wrong("there is no store version 0")),
            Ok(version) if version <= schema::VERSION => Ok(version),
            _ => Err(ImportError::Newer { source: lines.source.to_owned(), version }),
        },
        None => Err(lines.wrong(&format!(
            "this is no export; expected `{{\"{VERSION_KEY}\":{}}}` as the first line",
            schema::VERSION
        ))),
    }
}

/// Inserts every row, in one transaction.
fn fill(
    connection: &mut Connection,
    path: &Path,
    lines: &mut Lines<'_, impl BufRead>,
) -> Result<RowCounts, ImportError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let tables = tables(connection).map_err(failed)?;
    let transaction = connection.transaction().map_err(failed)?;
    let mut counts = RowCounts::default();
    let rows = loop {
        let Some(object) = lines.next()? else {
            return Err(lines.wrong(&format!(
                "the export is cut off; expected a row, or `{{\"{ROWS_KEY}\":{}}}` as the last line",
                counts.all()
            )));
        };
        match object.get(ROWS_KEY) {
            Some(rows) if object.len() == 1 => break rows.as_u64(),
            _ => {}
        }
        let table = insert(&transaction, &tables, object).map_err(|what| lines.wrong(&what))?;
        counts.add(table);
    };
    if rows != u64::try_from(counts.all()).ok() {
        return Err(lines.wrong(&format!("rows are missing: only {} came before", counts.all())));
    }
    if lines.next()?.is_some() {
        return Err(lines.wrong("this comes after the end of the export"));
    }
    transaction.commit().map_err(failed)?;
    Ok(counts)
}

/// Inserts a row; gives the name of its table, or what is wrong.
fn insert<'a>(
    transaction: &Transaction<'_>,
    tables: &'a [Table],
    mut row: Map<String, Value>,
) -> Result<&'a str, String> {
    let Some(Value::String(name)) = row.remove(TABLE_KEY) else {
        return Err(format!("there is no `{TABLE_KEY}`"));
    };
    let known = tables.iter().find(|table| table.name == name);
    let table = known.ok_or_else(|| format!("there is no table `{name}` in this version"))?;
    let values: Vec<_> = table
        .columns
        .iter()
        .map(|column| {
            let value = row.remove(&column.name);
            let value = value.ok_or_else(|| format!("`{name}` has no `{}` here", column.name))?;
            sql_value(column, value)
        })
        .collect::<Result<_, _>>()?;
    if let Some(unknown) = row.keys().next() {
        return Err(format!("`{name}` has no column `{unknown}` in this version"));
    }
    if name == SEQUENCE {
        // The rows that are in already have counted up to their own ids.
        let forget = format!("DELETE FROM {SEQUENCE} WHERE name = ?");
        let forgotten = transaction.execute(&forget, [&values[0]]);
        forgotten.map_err(|error| format!("`{name}` does not take this row: {error}"))?;
    }
    let places = vec!["?"; values.len()].join(", ");
    let sql = format!("INSERT INTO {name} ({}) VALUES ({places})", table.column_list());
    let inserted = transaction
        .prepare_cached(&sql)
        .and_then(|mut insert| insert.execute(params_from_iter(values)));
    inserted.map_err(|error| format!("`{name}` does not take this row: {error}"))?;
    Ok(&table.name)
}

fn sql_value(column: &Column, value: Value) -> Result<SqlValue, String> {
    let (read, expected) = match (column.kind, value) {
        (_, Value::Null) => (Some(SqlValue::Null), ""),
        (Kind::Integer, value) => (value.as_i64().map(SqlValue::Integer), "a whole number"),
        (Kind::Text, Value::String(text)) => (Some(SqlValue::Text(text)), ""),
        (Kind::Text, _) => (None, "a text"),
        (Kind::Blob, value) => {
            let text = value.get(BASE64_KEY).and_then(Value::as_str);
            let bytes = text.and_then(|text| BASE64.decode(text.as_bytes()).ok());
            (bytes.map(SqlValue::Blob), "an object with `base64`")
        }
    };
    read.ok_or_else(|| format!("`{}` is not {expected}", column.name))
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        ImportError::Store(error)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImportError::Occupied(path) => write!(
                f,
                "{}: there is a store already\n\
                 hint: move it away with its `-wal` and `-shm`, or give another data directory with \
                 `--data DIR`",
                path.display()
            ),
            ImportError::Line { source, line, what } => write!(
                f,
                "{source}:{line}: {what}\n\
                 hint: nothing was imported; give the whole file as `verbatim store export` wrote it"
            ),
            ImportError::Newer { source, version } => write!(
                f,
                "{source}: written by a later version of verbatim (store version {version})\n\
                 hint: nothing was imported; use that version"
            ),
            ImportError::Read { source, error } => {
                write!(f, "{source}: {error}\nhint: nothing was imported")
            }
            ImportError::Data { path, error } => write!(
                f,
                "{}: {error}\nhint: the data directory must be writable, on a disk with room",
                path.display()
            ),
            ImportError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ImportError {}

//! Connections to the SQLite database of the vectors, and its tables.
//!
//! Invariants: ids ascend in the order in which vectors are stored, so that rows are appended to
//! full pages and are read at start in the order of the file. A process that does not own the
//! database creates no file and changes none but the shared memory of the write-ahead log.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};
use url::Url;

/// The tables. The vectors of sentences are in a table of their own, since they are not read at
/// start. `words` has the vectors of single words. `complete_passages` lists the passages of the
/// index with the stamp in `complete_index`, each with the id of its vectors.
const SCHEMA: &str = "
    BEGIN;
    CREATE TABLE IF NOT EXISTS passages (
        id INTEGER PRIMARY KEY,
        key BLOB NOT NULL UNIQUE,
        vector BLOB NOT NULL
    );
    CREATE TABLE IF NOT EXISTS sentences (
        id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
        vectors BLOB NOT NULL,
        tokens BLOB NOT NULL
    );
    CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS complete_index (stamp BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS complete_passages (passage INTEGER NOT NULL, id INTEGER NOT NULL);
    COMMIT;
";
/// Size of a page, in bytes. In smaller pages more space is lost, since a row has about 2 KB.
const PAGE_BYTES: i64 = 16 << 10;
/// Size of the write-ahead log from which its pages are copied into the database, in bytes.
const LOG_BYTES: i64 = 4 << 20;
/// Size of the page cache of a connection, in KiB, as SQLite expects it. The pages are also in the
/// cache of the operating system.
const CACHE: i64 = -512;
/// Maximum time to wait for a lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Suffix of the write-ahead log.
const LOG_SUFFIX: &str = "-wal";

/// Opens the database for writing. Creates it if it is missing.
pub fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // These have an effect on a new database only.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A power failure may lose the latest transactions, which are computed again.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_BYTES / PAGE_BYTES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

/// Opens a database that this process has open for writing, to read from it in parallel.
pub fn open_second(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    to_read(Connection::open_with_flags(path, flags)?)
}

/// Opens the database of another process. A missing database is empty.
pub fn open_shared(path: &Path) -> rusqlite::Result<Connection> {
    if !path.exists() {
        return open_empty();
    }
    let connection = match log(path).exists() {
        true => open_second(path)?,
        false => open_closed(path)?,
    };
    // SQLite reads nothing before the first query.
    connection.query_row("SELECT count(*) FROM complete_index", [], |_| Ok(()))?;
    Ok(connection)
}

/// Opens a database that no process has open. No lock is taken, since SQLite would create a log and
/// its shared memory, which the owner may then be unable to open. If an owner starts later and
/// writes, rows may seem to be missing or damaged.
fn open_closed(path: &Path) -> rusqlite::Result<Connection> {
    let absolute = std::path::absolute(path).ok();
    let url = absolute.and_then(|path| Url::from_file_path(path).ok());
    let mut url = url.ok_or_else(|| rusqlite::Error::InvalidPath(path.to_owned()))?;
    url.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    to_read(Connection::open_with_flags(url.as_str(), flags)?)
}

/// Opens an empty database in memory that cannot be written.
pub fn open_empty() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(SCHEMA)?;
    connection.pragma_update(None, "query_only", "ON")?;
    Ok(connection)
}

fn to_read(connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    Ok(connection)
}

/// Removes the files of a database that no connection of this process has open.
pub fn remove(path: &Path) -> io::Result<()> {
    // The log comes first: SQLite would apply it to the next database at this path.
    for file in [log(path), with_suffix(path, "-shm"), path.to_owned()] {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Returns the space of removed rows to the file system.
pub fn shrink(connection: &Connection) -> rusqlite::Result<()> {
    // A step of the statement frees one page.
    let mut vacuum = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut steps = vacuum.query([])?;
    while steps.next()?.is_some() {}
    Ok(())
}

/// Returns whether the database itself is damaged, and not the disk or the permissions.
pub fn is_corrupt(error: &rusqlite::Error) -> bool {
    let is_truncated =
        error.sqlite_error().map(|error| error.extended_code) == Some(ffi::SQLITE_IOERR_SHORT_READ);
    // `Unknown` is an error in a statement, such as a missing column: the tables are damaged, since
    // the statements are constant.
    let code = error.sqlite_error_code();
    is_truncated
        || matches!(
            code,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown)
        )
}

fn log(path: &Path) -> PathBuf {
    with_suffix(path, LOG_SUFFIX)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

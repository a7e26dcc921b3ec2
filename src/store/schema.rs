//! The store's tables, and how they came to be: migrations in order, one for each version.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{StoreError, files};

/// The position of a migration is the version it starts from; one that was released never changes.
const MIGRATIONS: [&str; 5] = [
    "
    -- An update with a body waits; one without is done and kept to be known again.
    CREATE TABLE updates (
        id INTEGER PRIMARY KEY,
        chat INTEGER NOT NULL,
        thread INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        body TEXT
    );
    CREATE INDEX updates_waiting ON updates (id) WHERE body IS NOT NULL;
    CREATE TABLE answers (
        chat INTEGER NOT NULL,
        question INTEGER NOT NULL,
        answer INTEGER NOT NULL,
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (chat, question)
    );
    CREATE INDEX answers_by_answer ON answers (chat, answer);
    CREATE TABLE paused (chat INTEGER PRIMARY KEY, since INTEGER NOT NULL);
",
    "
    ALTER TABLE answers ADD COLUMN asker INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX answers_by_asker ON answers (asker);
    -- What a chat chose, and whether it was welcomed.
    CREATE TABLE chats (chat INTEGER PRIMARY KEY, language TEXT, welcomed_at INTEGER);
    CREATE TABLE tallies (name TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE votes (
        chat INTEGER NOT NULL,
        message INTEGER NOT NULL,
        person INTEGER NOT NULL,
        is_good INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (chat, message, person)
    ) WITHOUT ROWID;
    CREATE TABLE gaps (
        id INTEGER PRIMARY KEY,
        asker INTEGER NOT NULL,
        text TEXT NOT NULL,
        is_vote INTEGER NOT NULL,
        at INTEGER NOT NULL
    );
",
    "
    -- What a question that follows up is read with; empty where only the text is known.
    ALTER TABLE answers ADD COLUMN context TEXT NOT NULL DEFAULT '';
",
    "
    ALTER TABLE chats ADD COLUMN zone TEXT;
    -- The language of who set something up, for what is sent unasked where none was chosen.
    ALTER TABLE chats ADD COLUMN set_up_in TEXT;
    CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE schedules (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat INTEGER NOT NULL REFERENCES chats (chat) ON UPDATE CASCADE ON DELETE CASCADE,
        thread INTEGER NOT NULL,
        number INTEGER NOT NULL,
        rule TEXT NOT NULL,
        words TEXT NOT NULL,
        is_always INTEGER NOT NULL,
        is_silent INTEGER NOT NULL,
        -- The id of the last change that it told of.
        seen INTEGER NOT NULL,
        due INTEGER NOT NULL,
        UNIQUE (chat, thread, number)
    );
    CREATE INDEX schedules_by_due ON schedules (due);
    CREATE TABLE runs (
        schedule INTEGER NOT NULL REFERENCES schedules (id) ON UPDATE CASCADE ON DELETE CASCADE,
        due INTEGER NOT NULL,
        state TEXT NOT NULL,
        message INTEGER,
        at INTEGER NOT NULL,
        PRIMARY KEY (schedule, due)
    ) WITHOUT ROWID;
    CREATE INDEX runs_open ON runs (due) WHERE state IN ('claimed', 'attempted');
    -- The corpus as it was known last; passages are ids of 8 bytes, big endian.
    CREATE TABLE articles (
        article INTEGER PRIMARY KEY,
        file TEXT NOT NULL,
        title TEXT NOT NULL,
        hash TEXT NOT NULL,
        passages BLOB NOT NULL
    );
    -- What came, changed and is gone; passages are those that are new, or gone with their article.
    CREATE TABLE changes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        article INTEGER NOT NULL,
        title TEXT NOT NULL,
        kind TEXT NOT NULL,
        passages BLOB NOT NULL,
        lost INTEGER NOT NULL,
        at INTEGER NOT NULL
    );
    CREATE TABLE watches (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat INTEGER NOT NULL REFERENCES chats (chat) ON UPDATE CASCADE ON DELETE CASCADE,
        thread INTEGER NOT NULL,
        number INTEGER NOT NULL,
        words TEXT NOT NULL,
        at INTEGER NOT NULL,
        UNIQUE (chat, thread, number)
    );
    CREATE TABLE hits (
        watch INTEGER NOT NULL REFERENCES watches (id) ON UPDATE CASCADE ON DELETE CASCADE,
        article INTEGER NOT NULL,
        -- What is quoted, and how many more articles have hit at the same time and are not.
        passage INTEGER NOT NULL,
        more INTEGER NOT NULL,
        state TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (watch, article)
    ) WITHOUT ROWID;
    CREATE INDEX hits_open ON hits (at) WHERE state IN ('claimed', 'attempted');
    CREATE TABLE uploads (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        admin INTEGER NOT NULL,
        name TEXT NOT NULL,
        text TEXT NOT NULL,
        at INTEGER NOT NULL
    );
",
    "
    -- How often the update was begun after a run that did not end by itself, and not brought to its reply.
    ALTER TABLE updates ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
    -- The chat in which the question was asked, and who asked it; NULL where that is not known.
    ALTER TABLE gaps ADD COLUMN chat INTEGER;
    ALTER TABLE gaps ADD COLUMN author INTEGER;
    -- An update that is done is only to be known again: where it came from need not be.
    UPDATE updates SET chat = 0, thread = 0 WHERE body IS NULL;
",
];
/// The first version whose free pages are always overwritten.
const ERASING: usize = 5;
const BUSY: Duration = Duration::from_secs(5);

/// The version that this program works with.
pub const VERSION: usize = MIGRATIONS.len();

/// Opens the file and brings its tables up to date.
pub fn open(path: &Path) -> Result<Connection, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let mut connection = connect(path)?;
    let before = version(&connection, path)?;
    bring_to(&mut connection, path, VERSION)?;
    if (1..ERASING).contains(&before) {
        rewrite(&connection).map_err(failed)?;
    }
    Ok(connection)
}

/// Writes every page of the file again, so that nothing is left of rows that were deleted, and empties
/// the write-ahead log. `secure_delete` alone leaves copies of rows behind that SQLite had moved from
/// one page to another. Returns whether the log is empty: not while another program reads the store.
pub fn rewrite(connection: &Connection) -> rusqlite::Result<bool> {
    connection.execute_batch("VACUUM")?;
    empty_log(connection)
}

/// Writes the log's pages into the file and cuts the log to nothing. Returns whether it is empty.
pub fn empty_log(connection: &Connection) -> rusqlite::Result<bool> {
    // A reader may take long; nobody waits for it.
    connection.busy_timeout(Duration::ZERO)?;
    let is_busy: rusqlite::Result<i64> =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    connection.busy_timeout(BUSY)?;
    Ok(is_busy? == 0)
}

/// Opens the file, if all of it can be read.
pub fn open_sound(path: &Path) -> Result<Connection, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let connection = open(path)?;
    let check = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    let found: String = check.map_err(failed)?;
    if found == "ok" {
        return Ok(connection);
    }
    let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(failed(rusqlite::Error::SqliteFailure(corrupt, Some(found))))
}

/// Opens the file as it is, making it when missing, for nobody else to read.
pub fn connect(path: &Path) -> Result<Connection, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    // SQLite gives the companions the mode of the file. Where this fails, SQLite says why.
    let _ = files::make_private(path);
    let connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    // A journalled update must be on the disk before Telegram is told that it was taken.
    connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", "ON").map_err(failed)?;
    // What is deleted is overwritten: people may have their words forgotten.
    connection.pragma_update(None, "secure_delete", "ON").map_err(failed)?;
    // In KiB; of the usual 2 MB, most would hold what is written once and read once.
    connection.pragma_update(None, "cache_size", -512).map_err(failed)?;
    Ok(connection)
}

/// Opens a file that is there, to look and change nothing.
pub fn connect_to_read(path: &Path) -> Result<Connection, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY).map_err(failed)?;
    Ok(connection)
}

/// The version of the file's tables; 0 without any.
pub fn version(connection: &Connection, path: &Path) -> Result<usize, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    let known = usize::try_from(version).ok().filter(|version| *version <= VERSION);
    known.ok_or_else(|| StoreError::Newer { path: path.to_owned(), version })
}

/// Migrates from the file's version to `target`.
pub fn bring_to(connection: &mut Connection, path: &Path, target: usize) -> Result<(), StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let version = version(connection, path)?;
    for (position, migration) in MIGRATIONS.iter().enumerate().take(target).skip(version) {
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(migration).map_err(failed)?;
        transaction.pragma_update(None, "user_version", position as i64 + 1).map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}

/// Whether the file itself is at fault, not the disk or the rights.
pub fn is_corrupt(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_of_every_version_is_brought_up_to_date_with_what_it_has() {
        let data = tempfile::tempdir().unwrap();
        let schema_of = |connection: &Connection| -> Vec<String> {
            let mut select = connection
                .prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
                .unwrap();
            select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let new = schema_of(&open(&data.path().join("new")).unwrap());
        for from in 1..VERSION {
            let path = data.path().join(from.to_string());
            let mut connection = connect(&path).unwrap();
            bring_to(&mut connection, &path, from).unwrap();
            connection.execute("INSERT INTO paused (chat, since) VALUES (7, 5)", []).unwrap();
            // A file of an earlier version may have rows in its free pages that were deleted.
            connection.pragma_update(None, "secure_delete", "OFF").unwrap();
            let body = ["a forgotten question"; 500].concat();
            connection
                .execute(
                    "INSERT INTO updates (id, chat, thread, received_at, body) VALUES (1, 7, 2, 5, ?)",
                    [body],
                )
                .unwrap();
            connection.execute("DELETE FROM updates", []).unwrap();
            assert_eq!(version(&connection, &path).unwrap(), from);
            drop(connection);
            let connection = open(&path).unwrap();
            assert_eq!(version(&connection, &path).unwrap(), VERSION);
            assert_eq!(schema_of(&connection), new);
            let since: i64 =
                connection.query_row("SELECT since FROM paused", [], |row| row.get(0)).unwrap();
            assert_eq!(since, 5);
            let mode: i64 =
                connection.query_row("PRAGMA secure_delete", [], |row| row.get(0)).unwrap();
            assert_eq!(mode, 1);
            for suffix in ["", "-wal"] {
                let bytes = std::fs::read(files::companion(&path, suffix)).unwrap();
                let is_there = bytes.windows(20).any(|bytes| bytes == b"a forgotten question");
                assert!(!is_there, "version {from}, {suffix}");
            }
        }
    }
}

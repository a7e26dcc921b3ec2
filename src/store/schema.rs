//! Tables of the store: one migration for each version. Also how connections are opened.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use super::files;

/// Migrations, each at the position of the version that it starts from. A released migration never
/// changes.
const MIGRATIONS: [&str; 11] = [
    "
    -- An update with a body is pending; one without is completed, and kept so that it is
    -- recognized.
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
    -- Choices of a chat, and when it was welcomed.
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
    -- Text with which a follow-up question is read; empty if only the text is known.
    ALTER TABLE answers ADD COLUMN context TEXT NOT NULL DEFAULT '';
",
    "
    ALTER TABLE chats ADD COLUMN zone TEXT;
    -- The language of the person who set up a schedule or watch, for a chat that chose none.
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
        -- The id of the last change that was reported.
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
    -- Known versions of the articles; passages are ids of 8 bytes, big endian.
    CREATE TABLE articles (
        article INTEGER PRIMARY KEY,
        file TEXT NOT NULL,
        title TEXT NOT NULL,
        hash TEXT NOT NULL,
        passages BLOB NOT NULL
    );
    -- Added, changed and removed articles; passages are the added ones, or those of a removed
    -- article.
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
        -- The quoted passage, and how many further articles matched at the same time and are not
        -- quoted.
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
    -- Number of attempts after a crash that did not lead to a reply.
    ALTER TABLE updates ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
    -- The chat in which the question was asked, and the person who asked; NULL if unknown.
    ALTER TABLE gaps ADD COLUMN chat INTEGER;
    ALTER TABLE gaps ADD COLUMN author INTEGER;
    -- A completed update only needs to be recognized.
    UPDATE updates SET chat = 0, thread = 0 WHERE body IS NULL;
",
    "
    -- Messages that nobody asked for. A briefing has a schedule, and is found by it and its due
    -- time; a quote has a watch, and is found by it and the article.
    CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY,
        schedule INTEGER REFERENCES schedules (id) ON UPDATE CASCADE ON DELETE CASCADE,
        watch INTEGER REFERENCES watches (id) ON UPDATE CASCADE ON DELETE CASCADE,
        article INTEGER,
        -- The quoted passage, and how many further articles matched at the same time and are not
        -- quoted.
        passage INTEGER,
        more INTEGER,
        -- When the briefing was due, or the article matched.
        due INTEGER NOT NULL,
        state TEXT NOT NULL,
        message INTEGER,
        -- When the delivery was claimed, or finished.
        at INTEGER NOT NULL,
        CHECK ((schedule IS NULL) <> (watch IS NULL))
    );
    INSERT INTO deliveries (schedule, due, state, message, at)
        SELECT schedule, due, state, message, at FROM runs ORDER BY due, schedule;
    INSERT INTO deliveries (watch, article, passage, more, due, state, at)
        SELECT watch, article, passage, more, at, state, at FROM hits ORDER BY at, watch, more, article;
    CREATE UNIQUE INDEX deliveries_of_schedule ON deliveries (schedule, due) WHERE schedule IS NOT NULL;
    CREATE UNIQUE INDEX deliveries_of_watch ON deliveries (watch, article) WHERE watch IS NOT NULL;
    CREATE INDEX deliveries_unfinished ON deliveries (due) WHERE state IN ('claimed', 'attempted');
    DROP TABLE runs;
    DROP TABLE hits;
",
    "
    -- Cursor of the quotes that the answer shows, as in the callback data of a button; empty if it
    -- shows none.
    ALTER TABLE answers ADD COLUMN quotes BLOB NOT NULL DEFAULT x'';
",
    "
    -- Questions that their askers sent to a person.
    CREATE TABLE help_requests (
        -- The number in the message to the person.
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        chat INTEGER NOT NULL,
        thread INTEGER NOT NULL,
        question INTEGER NOT NULL,
        asker INTEGER NOT NULL,
        language TEXT NOT NULL,
        help_chat INTEGER NOT NULL,
        is_sent INTEGER NOT NULL,
        -- The newest answer of a person, and the message that delivered it; 0 without one.
        answer INTEGER NOT NULL,
        delivered INTEGER NOT NULL,
        at INTEGER NOT NULL,
        UNIQUE (chat, question)
    );
",
    "
    -- File of a changed article; NULL if it was not recorded.
    ALTER TABLE changes ADD COLUMN file TEXT;
    -- Part of the articles that a chat or topic chose: a line for each folder and tag, and none for
    -- all articles.
    CREATE TABLE shelves (
        chat INTEGER NOT NULL REFERENCES chats (chat) ON UPDATE CASCADE ON DELETE CASCADE,
        thread INTEGER NOT NULL,
        shelf TEXT NOT NULL,
        PRIMARY KEY (chat, thread)
    ) WITHOUT ROWID;
",
    "
    -- Whether answers in a group are shown only to the asker.
    ALTER TABLE chats ADD COLUMN is_private INTEGER NOT NULL DEFAULT 0;
",
    "
    -- The source of articles that are not confirmed yet, and its name. The text of such an upload is
    -- JSON with the articles.
    ALTER TABLE uploads ADD COLUMN original BLOB;
    ALTER TABLE uploads ADD COLUMN original_name TEXT;
",
];
/// First version that always overwrites free pages.
const ERASING: usize = 5;
/// Maximum time to wait for a lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Version of the tables that this program uses.
pub const VERSION: usize = MIGRATIONS.len();

/// Opens the file and migrates it to the current version. Creates it if it is missing.
pub fn open(path: &Path) -> Result<Connection, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let mut connection = connect(path)?;
    let before = version(&connection, path)?;
    migrate(&mut connection, path, VERSION)?;
    if (1..ERASING).contains(&before) {
        rewrite(&connection).map_err(failed)?;
    }
    Ok(connection)
}

/// Rewrites the whole file, so that no bytes of deleted rows stay in it, and truncates the log.
/// Returns whether the log is empty: not while another program reads the store.
pub fn rewrite(connection: &Connection) -> rusqlite::Result<bool> {
    connection.execute_batch("VACUUM")?;
    truncate_log(connection)
}

/// Writes the log's pages into the file and truncates the log. Returns whether it is empty.
pub fn truncate_log(connection: &Connection) -> rusqlite::Result<bool> {
    // A reader can take long, and the lock of the store must not wait for it.
    connection.busy_timeout(Duration::ZERO)?;
    let is_busy: rusqlite::Result<i64> =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(is_busy? == 0)
}

/// Opens the file like [`open`], if every page can be read.
pub fn open_sound(path: &Path) -> Result<Connection, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let connection = open(path)?;
    check_integrity(&connection).map_err(failed)?;
    Ok(connection)
}

/// Reads every page. A damaged page is an error of a corrupt file.
pub fn check_integrity(connection: &Connection) -> rusqlite::Result<()> {
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found == "ok" {
        return Ok(());
    }
    let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    Err(rusqlite::Error::SqliteFailure(corrupt, Some(found)))
}

/// Opens the file without a migration. Creates it, readable by its owner only, if it is missing.
pub fn connect(path: &Path) -> Result<Connection, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    // SQLite gives the companions the mode of the file. If this fails, SQLite reports the reason.
    let _ = files::create_private(path);
    let connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    // A journalled update must be on the disk before it is confirmed to Telegram.
    connection.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", "ON").map_err(failed)?;
    // Deleted rows are overwritten, as `/forget` promises.
    connection.pragma_update(None, "secure_delete", "ON").map_err(failed)?;
    // The cache has 512 KiB instead of 2 MB, since most pages are written once and read once.
    connection.pragma_update(None, "cache_size", -512).map_err(failed)?;
    Ok(connection)
}

/// Opens an existing file for reading only.
pub fn connect_to_read(path: &Path) -> Result<Connection, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    Ok(connection)
}

/// Returns the version of the tables, or 0 without any.
pub fn version(connection: &Connection, path: &Path) -> Result<usize, StoreError> {
    let failed = |error| StoreError::Sqlite { path: path.to_owned(), error };
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    let known = usize::try_from(version).ok().filter(|version| *version <= VERSION);
    known.ok_or_else(|| StoreError::Newer { path: path.to_owned(), version })
}

/// Migrates the file to the version `target`, each step in its own transaction.
pub fn migrate(connection: &mut Connection, path: &Path, target: usize) -> Result<(), StoreError> {
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

/// Returns the length of the file that its own header gives.
pub fn bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let select = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let bytes: i64 = connection.query_row(select, [], |row| row.get(0))?;
    Ok(bytes.cast_unsigned())
}

/// Returns the names of all tables, with SQLite's own.
pub fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    select.query_map([], |row| row.get(0))?.collect()
}

/// Returns whether the tables and indexes are exactly those of the current version.
pub fn is_current(connection: &Connection) -> rusqlite::Result<bool> {
    let new = Connection::open_in_memory()?;
    for migration in MIGRATIONS {
        new.execute_batch(migration)?;
    }
    Ok(definitions(connection)? == definitions(&new)?)
}

/// Returns the SQL of each table and index, and the name of each index that SQLite made itself.
fn definitions(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut select =
        connection.prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")?;
    select.query_map([], |row| row.get(0))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_migrates_a_store_of_every_version_with_its_rows() {
        let data = tempfile::tempdir().unwrap();
        for from in 1..VERSION {
            let path = data.path().join(from.to_string());
            let mut connection = connect(&path).unwrap();
            migrate(&mut connection, &path, from).unwrap();
            connection.execute("INSERT INTO paused (chat, since) VALUES (7, 5)", []).unwrap();
            // The free pages of an earlier version can contain deleted rows.
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
            assert!(is_current(&connection).unwrap());
            let since: i64 =
                connection.query_row("SELECT since FROM paused", [], |row| row.get(0)).unwrap();
            assert_eq!(since, 5);
            let mode: i64 =
                connection.query_row("PRAGMA secure_delete", [], |row| row.get(0)).unwrap();
            assert_eq!(mode, 1);
            // Since version 5, deleted rows are overwritten at once.
            for suffix in ["", "-wal"].iter().filter(|_| from < ERASING) {
                let bytes = std::fs::read(files::companion(&path, suffix)).unwrap();
                let is_there = bytes.windows(20).any(|bytes| bytes == b"a forgotten question");
                assert!(!is_there, "version {from}, {suffix}");
            }
        }
    }
}

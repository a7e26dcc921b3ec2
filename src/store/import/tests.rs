//! Tests of exports and imports.

use super::super::{NewSchedule, Store, Upload, export, export_to};
use super::*;
use crate::ids::{ChatId, TopicId, UserId};

const NAME: &str = "backup.sqlite";
const CHAT: ChatId = ChatId::new(7);
const ADMIN: UserId = UserId::new(7);

fn new_data() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn exported(data: &TempDir) -> Vec<u8> {
    let mut bytes = Vec::new();
    export_to(data.path(), &mut bytes).unwrap();
    bytes
}

/// Returns the bytes of a database that this SQL has made.
fn database(sql: &str) -> Vec<u8> {
    let folder = new_data();
    let path = folder.path().join(FILE);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(sql).unwrap();
    connection.close().unwrap();
    fs::read(path).unwrap()
}

/// Returns an export of a store of that version, in which the chat 7 is paused.
fn export_of_version(version: usize) -> Vec<u8> {
    let data = new_data();
    let path = data.path().join(FILE);
    let mut connection = schema::connect(&path).unwrap();
    schema::migrate(&mut connection, &path, version).unwrap();
    connection.execute("INSERT INTO paused (chat, since) VALUES (7, 5)", []).unwrap();
    connection.close().unwrap();
    exported(&data)
}

fn names_in(data: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(data.path()).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Returns every row of every table as text.
fn rows(path: &Path) -> Vec<String> {
    let connection = schema::connect_to_read(path).unwrap();
    let mut rows = Vec::new();
    for table in schema::tables(&connection).unwrap() {
        let mut select = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = select.column_count();
        let mut found = select.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values: Vec<_> = (0..columns).map(|column| row.get_ref(column).unwrap()).collect();
            rows.push(format!("{table} {values:?}"));
        }
    }
    rows.sort();
    rows
}

#[test]
fn import_upgrades_an_export_of_every_version() {
    for version in 1..=schema::VERSION {
        let data = new_data();
        import(data.path(), &*export_of_version(version), NAME).unwrap();
        assert_eq!(names_in(&data), [FILE]);
        let store = Store::open(data.path()).unwrap();
        assert!(store.is_paused(CHAT).unwrap(), "version {version}");
        assert_eq!(store.language(CHAT).unwrap(), None);
    }
}

#[test]
fn import_restores_every_row_and_never_reuses_an_id() {
    let [old, new] = [(); 2].map(|()| new_data());
    let store = Store::open(old.path()).unwrap();
    let schedule = NewSchedule {
        chat: ChatId::new(-8),
        topic: Some(TopicId::new(3)),
        rule: "daily 08:30 UTC".into(),
        subject: "آب “b”\n".into(),
        is_always: true,
        is_silent: false,
        seen: i64::MAX,
        due: i64::MIN,
    };
    store.add_schedule(&schedule, 5).unwrap();
    let removed = store.add_upload(&Upload::article(ADMIN, "removed.md", "# C"), 500).unwrap();
    store.remove_upload(removed).unwrap();
    import(new.path(), &*exported(&old), NAME).unwrap();
    let [before, after] = [&old, &new].map(|data| rows(&data.path().join(FILE)));
    assert_eq!(before, after);
    let store = Store::open(new.path()).unwrap();
    assert!(store.add_upload(&Upload::article(ADMIN, "d.md", "# D"), 600).unwrap() > removed);
}

#[test]
fn export_copies_what_a_killed_bot_left_in_the_log() {
    let [old, copy, new] = [(); 3].map(|()| new_data());
    let store = Store::open(old.path()).unwrap();
    store.pause(CHAT, 5).unwrap();
    for name in [FILE, "verbatim.sqlite-wal"] {
        fs::copy(old.path().join(name), copy.path().join(name)).unwrap();
    }
    import(new.path(), &*exported(&copy), NAME).unwrap();
    assert!(Store::open(new.path()).unwrap().is_paused(CHAT).unwrap());
}

#[test]
fn export_has_no_deleted_text_and_only_its_owner_can_read_it() {
    const TEXT: &str = "a forgotten question";
    let data = new_data();
    let path = data.path().join(FILE);
    drop(Store::open(data.path()).unwrap());
    // Another program that deletes without `secure_delete`.
    let other = Connection::open(&path).unwrap();
    other.pragma_update(None, "secure_delete", "OFF").unwrap();
    let insert = "INSERT INTO answers (chat, question, answer, text, at) VALUES (1, ?, 2, ?, 3)";
    for question in 0..100 {
        other.execute(insert, (question, TEXT.repeat(20))).unwrap();
    }
    other.execute("DELETE FROM answers", []).unwrap();
    other.close().unwrap();
    let has_text = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        bytes.windows(TEXT.len()).any(|bytes| bytes == TEXT.as_bytes())
    };
    assert!(has_text(&path));
    let file = data.path().join(NAME);
    fs::write(&file, "an earlier export").unwrap();
    export(data.path(), &file).unwrap();
    assert!(!has_text(&file));
    let is_log = |name: &&String| name.starts_with("verbatim.sqlite-");
    let names = names_in(&data);
    assert_eq!(names.iter().filter(|name| !is_log(name)).collect::<Vec<_>>(), [NAME, FILE]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn export_without_a_store_is_an_error() {
    let data = new_data();
    let error = export_to(data.path(), &mut Vec::new()).unwrap_err().to_string();
    assert!(error.contains("there is no store\nhint: "), "{error}");
    assert_eq!(names_in(&data), [""; 0]);
}

#[test]
fn import_leaves_a_store_with_rows_alone() {
    let export = export_of_version(schema::VERSION);
    let data = new_data();
    drop(Store::open(data.path()).unwrap());
    import(data.path(), &*export, NAME).unwrap();
    let before = rows(&data.path().join(FILE));
    let error = import(data.path(), &*export, NAME).unwrap_err().to_string();
    assert!(error.contains("verbatim.sqlite: there is a store already\nhint: "), "{error}");
    assert_eq!(rows(&data.path().join(FILE)), before);

    // An unreadable store may be repaired, and a log may be that of a store which was moved
    // without it.
    for (name, text) in [(FILE, "no database"), ("verbatim.sqlite-wal", "pages")] {
        let data = new_data();
        fs::write(data.path().join(name), text.repeat(99)).unwrap();
        let error = import(data.path(), &*export, NAME).unwrap_err().to_string();
        assert!(error.contains(&format!("{name}: there is a store already")), "{error}");
    }
}

#[test]
fn import_refuses_all_other_files_and_leaves_nothing() {
    let whole = export_of_version(schema::VERSION);
    let mut damaged = whole.clone();
    damaged[5000..].fill(7);
    let checked = [
        (Vec::new(), "this is no export"),
        (b"{".to_vec(), "this is no export"),
        (b"{\"verbatim_store\":5}\n{\"rows\":0}\n".to_vec(), "an export in the JSON format"),
        (b"a text that is long enough to be something".to_vec(), "this is no export"),
        (whole[..whole.len() / 2].to_vec(), "the export is damaged (database disk image"),
        (damaged, "the export is damaged ("),
        (whole[..whole.len() - 5].to_vec(), "the export is damaged (it has "),
        ([&whole[..], &[7]].concat(), "the export is damaged (it has "),
        (database("CREATE TABLE a (b)"), "this is no export"),
        (database("CREATE TABLE a (b); PRAGMA user_version = 2"), "this is no export"),
        (database("CREATE TABLE a (b); PRAGMA user_version = 99"), "written by a later version"),
    ];
    for (bytes, expected) in checked {
        let data = new_data();
        let error = import(data.path(), &*bytes, NAME).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{NAME}: {expected}")), "{expected}: {error}");
        assert!(error.contains("\nhint: nothing was imported"), "{error}");
        assert_eq!(names_in(&data), [""; 0]);
    }
    let current = format!("CREATE TABLE a (b); PRAGMA user_version = {}", schema::VERSION);
    let error = import(new_data().path(), &*database(&current), NAME).unwrap_err();
    assert!(matches!(error, ImportError::NotAnExport { .. }), "{error}");
}

#[test]
fn import_refuses_a_database_that_was_copied_without_its_log() {
    let [old, new] = [(); 2].map(|()| new_data());
    let _store = Store::open(old.path()).unwrap();
    let error = import_file(new.path(), &old.path().join(FILE)).unwrap_err();
    assert!(matches!(error, ImportError::Unfinished { .. }), "{error}");
}

#[test]
fn import_removes_what_a_killed_import_left() {
    let data = new_data();
    let left = data.path().join(BUILD_DIRECTORY);
    fs::create_dir(&left).unwrap();
    fs::write(left.join(FILE), "half a store").unwrap();
    import(data.path(), &*export_of_version(schema::VERSION), NAME).unwrap();
    assert_eq!(names_in(&data), [FILE]);
}

//! Tests of what other programs and crashes can do to the files of the store.

use super::super::journal::{PendingUpdate, UpdateQueue};
use super::*;
use crate::ids::ChatId;

const CHAT: ChatId = ChatId::new(7);

fn update(id: i64) -> PendingUpdate {
    PendingUpdate {
        id: UpdateId::new(id),
        queue: UpdateQueue::Chat { chat: CHAT, topic: None },
        received_at: 100,
        body: format!("{{\"update_id\":{id}}}"),
    }
}

#[test]
fn store_that_is_corrupt_is_put_aside() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join(FILE), "this is no database, whatever it is called".repeat(50))
        .unwrap();
    let store = Store::open(data.path()).unwrap();
    assert_eq!(store.journal(&[update(1)]).unwrap(), [UpdateId::new(1)]);
    assert!(data.path().join("verbatim.sqlite.broken-1").exists());
}

#[test]
fn store_that_was_truncated_is_put_aside() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join(FILE);
    let store = Store::open(data.path()).unwrap();
    store.journal(&[update(1)]).unwrap();
    drop(store);
    let length = std::fs::metadata(&path).unwrap().len();
    std::fs::File::options().write(true).open(&path).unwrap().set_len(length / 2).unwrap();
    let store = Store::open(data.path()).unwrap();
    assert_eq!(store.journal(&[update(2)]).unwrap(), [UpdateId::new(2)]);
    assert!(data.path().join("verbatim.sqlite.broken-1").exists());
}

#[test]
fn store_recovers_from_corruption_while_it_is_open() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path()).unwrap();
    store.journal(&[update(1)]).unwrap();
    store.recover().unwrap();
    assert_eq!(store.pending().unwrap(), [update(1)]);
    *store.lock() = Connection::open_in_memory().unwrap();
    std::fs::write(data.path().join(FILE), "no database".repeat(1000)).unwrap();
    store.recover().unwrap();
    assert_eq!(store.pending().unwrap(), []);
    assert!(data.path().join("verbatim.sqlite.broken-1").exists());
}

#[test]
fn store_of_a_later_version_is_left_alone() {
    let data = tempfile::tempdir().unwrap();
    Store::open(data.path()).unwrap().lock().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Store::open(data.path()), Err(StoreError::Newer { version: 99, .. })));
}

/// Harm that another program does to the files of a data directory.
#[cfg(unix)]
type Harm = fn(&Path);

/// Descriptions and kinds of harm, and whether the store survives it without loss.
#[cfg(unix)]
const HARM: [(&str, Harm, bool); 9] = [
    ("the store is removed", |data| std::fs::remove_file(data.join(FILE)).unwrap(), true),
    ("the log is removed", |data| std::fs::remove_file(data.join(LOG)).unwrap(), true),
    ("the log's index is removed", |data| std::fs::remove_file(data.join(INDEX)).unwrap(), true),
    ("all of it is removed", |data| std::fs::remove_dir_all(data).unwrap(), true),
    (
        "the directory is moved",
        |data| std::fs::rename(data, data.with_extension("old")).unwrap(),
        true,
    ),
    ("the store is moved", |data| std::fs::rename(data.join(FILE), data.join("x")).unwrap(), true),
    ("the store is replaced", |data| replace(&data.join(FILE), "no database"), true),
    ("the store is replaced by nothing", |data| replace(&data.join(FILE), ""), true),
    ("the store is emptied", |data| std::fs::write(data.join(FILE), "").unwrap(), false),
];
#[cfg(unix)]
const LOG: &str = "verbatim.sqlite-wal";
#[cfg(unix)]
const INDEX: &str = "verbatim.sqlite-shm";

#[cfg(unix)]
fn replace(path: &Path, content: &str) {
    let other = path.with_file_name("other");
    std::fs::write(&other, content).unwrap();
    std::fs::rename(other, path).unwrap();
}

#[cfg(unix)]
#[test]
fn store_files_that_are_removed_while_they_are_open_are_written_again() {
    for (what, harm, is_whole) in HARM {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let store = Store::open(&data).unwrap();
        store.set_language(CHAT, "fa").unwrap();
        store.journal(&[update(1)]).unwrap();
        // Written into the file, so that it is lost with the file.
        schema::truncate_log(&store.lock()).unwrap();
        store.update_stamps();
        store.journal(&[update(2)]).unwrap();
        harm(&data);
        assert!(store.check().is_err(), "{what}");
        assert_eq!(store.journal(&[update(3)]).unwrap(), [UpdateId::new(3)], "{what}");
        store.check().unwrap();
        // Another process reads only the files at the path, as after `kill -9`.
        let copy = folder.path().join("copy");
        std::fs::create_dir(&copy).unwrap();
        for name in [FILE, LOG] {
            std::fs::copy(data.join(name), copy.join(name)).unwrap();
        }
        let found = Store::open(&copy).unwrap();
        let waiting: Vec<_> = found.pending().unwrap().iter().map(|update| update.id).collect();
        assert!(waiting.contains(&UpdateId::new(3)), "{what}: {waiting:?}");
        if is_whole {
            assert_eq!(waiting, [1, 2, 3].map(UpdateId::new), "{what}");
            assert_eq!(found.language(CHAT).unwrap().as_deref(), Some("fa"), "{what}");
        }
        let aside = data.join("verbatim.sqlite.broken-1").exists();
        assert_eq!(aside, what.ends_with("is replaced"), "{what}: another file is never lost");
        drop(store);
        assert!(Store::open(&data).unwrap().pending().unwrap().len() >= waiting.len(), "{what}");
    }
}

#[cfg(unix)]
#[test]
fn store_that_cannot_be_written_again_refuses_updates() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let store = Store::open(&data).unwrap();
    store.journal(&[update(1)]).unwrap();
    std::fs::rename(&data, folder.path().join("elsewhere")).unwrap();
    // Nothing can be written below a file.
    std::fs::write(&data, "").unwrap();
    for _ in 0..2 {
        let error = store.journal(&[update(2)]).unwrap_err();
        assert!(error.may_pass() && !error.is_corrupt(), "{error}");
        assert!(error.to_string().contains("hint: the data directory must be there"), "{error}");
        assert!(store.complete(UpdateId::new(1), None).is_err());
        assert!(store.check().is_err());
    }
    std::fs::remove_file(&data).unwrap();
    assert_eq!(store.journal(&[update(2)]).unwrap(), [UpdateId::new(2)]);
    store.check().unwrap();
    store.complete(UpdateId::new(1), None).unwrap();
    assert_eq!(store.pending().unwrap(), [update(2)]);
}

#[test]
fn store_that_was_written_again_is_adopted_after_a_crash() {
    let data = tempfile::tempdir().unwrap();
    let (path, part) = (data.path().join(FILE), data.path().join("verbatim.sqlite.part"));
    let store = Store::open(data.path()).unwrap();
    store.journal(&[update(1)]).unwrap();
    store.lock().execute("VACUUM INTO ?", [part.to_str().unwrap()]).unwrap();
    drop(store);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(Store::open(data.path()).unwrap().pending().unwrap(), [update(1)]);
    // A file that is not complete is removed, since it contains text of people.
    std::fs::write(&part, "half a store").unwrap();
    assert_eq!(Store::open(data.path()).unwrap().pending().unwrap(), [update(1)]);
    assert!(!part.exists());
}

#[test]
fn store_that_is_found_empty_is_reported_and_its_log_is_put_aside() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join(FILE);
    let log = files::companion(&path, "-wal");
    for number in 1..=2 {
        drop(Store::open(data.path()).unwrap());
        std::fs::write(&path, "").unwrap();
        if number == 2 {
            std::fs::remove_file(&path).unwrap();
        }
        std::fs::write(&log, "what was written last").unwrap();
        let store = Store::open(data.path()).unwrap();
        store.journal(&[update(1)]).unwrap();
        let aside = data.path().join(format!("verbatim.sqlite.broken-{number}-wal"));
        assert_eq!(std::fs::read(aside).unwrap(), b"what was written last");
    }
}

#[cfg(unix)]
#[test]
fn store_files_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("index")).unwrap();
    let open = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for name in ["verbatim.sqlite.broken-1", "index/segment", "lock", "notes.txt"] {
        std::fs::write(data.join(name), "").unwrap();
        open(&data.join(name), 0o644);
    }
    open(&data, 0o755);
    let store = Store::open(&data).unwrap();
    store.journal(&[update(1)]).unwrap();
    let mode =
        |name: &str| std::fs::metadata(data.join(name)).unwrap().permissions().mode() & 0o7777;
    for name in [FILE, LOG, INDEX, "verbatim.sqlite.broken-1", "index/segment", "lock"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    assert_eq!((mode(""), mode("index")), (0o700, 0o700));
    assert_eq!(mode("notes.txt"), 0o644, "it is not a file of the program");
    // A home directory given by mistake keeps its mode; the program's files in it do not.
    drop(store);
    std::fs::create_dir(data.join("photos")).unwrap();
    open(&data, 0o755);
    drop(Store::open(&data).unwrap());
    assert_eq!((mode(""), mode(FILE)), (0o755, 0o600));
    std::fs::remove_dir(data.join("photos")).unwrap();
    // The operator has made the store readable for others.
    open(&data.join(FILE), 0o644);
    let store = Store::open(&data).unwrap();
    store.journal(&[update(2)]).unwrap();
    assert_eq!((mode(FILE), mode(LOG)), (0o600, 0o600));
}

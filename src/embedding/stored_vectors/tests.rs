//! Tests of the stored vectors: kills, damage, other models, other processes and concurrent use.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tempfile::{TempDir, tempdir};
use tracing::span;

use super::*;
use crate::embedding::quantized::QuantizedVectors;
use crate::embedding::token_vectors::DIMENSIONS;

const MODEL: &[u8] = b"a model";
const STAMP: [u8; 32] = [7; 32];

fn code() -> PassageCode {
    PassageCode::new((0..384).map(|at| (at % 3) as f32 / 60.0).collect())
}

fn data() -> TempDir {
    tempdir().expect("a temporary directory")
}

fn open(data: &TempDir, access: Access) -> StoredVectors {
    StoredVectors::open(data.path(), MODEL, code(), access).expect("the directory is writable")
}

fn owner(data: &TempDir) -> StoredVectors {
    open(data, Access::ReadWrite)
}

fn database_path(data: &TempDir) -> PathBuf {
    dir(data.path()).join(file_name(MODEL))
}

/// Returns a connection to the database that a test changes behind the store.
fn raw(data: &TempDir) -> Connection {
    Connection::open(database_path(data)).expect("the database exists")
}

fn key(number: u64) -> ContentKey {
    let mut key = ContentKey::default();
    key.copy_from_slice(&blake3::hash(&number.to_le_bytes()).as_bytes()[..16]);
    key
}

/// Returns the vectors of a passage with five sentences, in 384 dimensions as in the model.
fn vectors_of(number: u64) -> PassageVectors {
    let vector: Vec<_> = (1..=384).map(|at| ((number + 1) * at % 2003) as f32 - 1000.0).collect();
    let mut sentences = QuantizedVectors::default();
    for sentence in 0..5 {
        let near = vector.iter().enumerate().map(|(at, value)| value + (at * sentence % 7) as f32);
        sentences.push(&near.collect::<Vec<_>>());
    }
    let mut tokens = TokenVectors::default();
    (0..5).for_each(|_| tokens.push(&[[0.1; DIMENSIONS]; 20]));
    PassageVectors { passage: QuantizedVectors::of(&vector), sentences, tokens }
}

/// Returns the vectors as they are read.
fn stored_vectors_of(number: u64) -> PassageVectors {
    vectors_of(number).into_stored(&code()).expect("they are sound")
}

fn encoded(number: u64) -> EncodedPassage {
    EncodedPassage { key: key(number), vectors: vectors_of(number) }
}

fn append(stored: &StoredVectors, numbers: impl IntoIterator<Item = u64>) {
    let passages: Vec<_> = numbers.into_iter().map(encoded).collect();
    stored.append(&passages).expect("the disk has space");
}

fn listed(numbers: impl IntoIterator<Item = u64>) -> Vec<(PassageId, ContentKey)> {
    numbers.into_iter().map(|number| (PassageId::from_u64(!number), key(number))).collect()
}

/// Returns whether sound vectors are stored. Damage fails the test.
fn has(stored: &StoredVectors, number: u64) -> bool {
    let found = stored.get_or_repair(&key(number), || panic!("the vectors are damaged"));
    let passage = stored.passage(&key(number));
    let passage = passage.and_then(|packed| code().unpack(&packed));
    assert_eq!(passage, found.as_ref().map(|found| found.passage.clone()), "{number}");
    assert!(found.is_none() || found == Some(stored_vectors_of(number)), "{number}");
    found.is_some()
}

/// Returns whether the vectors were stored but are lost, and are computed again.
fn is_repaired(stored: &StoredVectors, number: u64) -> bool {
    let mut is_encoded = false;
    let found = stored.get_or_repair(&key(number), || {
        is_encoded = true;
        Some(vectors_of(number))
    });
    assert_eq!(found, Some(stored_vectors_of(number)));
    is_encoded
}

fn files(data: &TempDir) -> BTreeSet<String> {
    let entries = fs::read_dir(dir(data.path())).expect("the directory exists");
    let names = entries.map(|entry| entry.expect("it can be read").file_name());
    names.map(|name| name.into_string().expect("it is UTF-8")).collect()
}

/// Returns the number of log lines that `action` writes.
fn count_log_lines(action: impl FnOnce()) -> usize {
    struct Lines(Arc<AtomicUsize>);

    impl tracing::Subscriber for Lines {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn event(&self, _: &tracing::Event<'_>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        fn enter(&self, _: &span::Id) {}
        fn exit(&self, _: &span::Id) {}
    }

    let lines = Arc::new(AtomicUsize::new(0));
    tracing::subscriber::with_default(Lines(lines.clone()), action);
    lines.load(Ordering::Relaxed)
}

#[test]
fn append_survives_reopening() {
    let data = data();
    let lines = count_log_lines(|| {
        let stored = owner(&data);
        assert!(!has(&stored, 1));
        stored
            .append(&[EncodedPassage { key: key(1), vectors: vectors_of(5) }])
            .expect("the disk has space");
        append(&stored, 0..3);
        let unencoded = EncodedPassage { key: key(9), vectors: PassageVectors::default() };
        stored.append(&[unencoded]).expect("the disk has space");
        drop(stored);
        for access in [Access::ReadOnly, Access::ReadWrite] {
            let stored = open(&data, access);
            assert!((0..3).all(|number| has(&stored, number)) && !has(&stored, 3));
            assert_eq!(stored.passage(&key(9)), Some(Vec::new()));
        }
    });
    assert_eq!(lines, 0);
    assert_eq!(files(&data), [file_name(MODEL)].into(), "the last connection removes the log");
}

#[test]
fn append_that_is_killed_keeps_earlier_vectors() {
    let data = data();
    let stored = owner(&data);
    append(&stored, 0..2);
    let mut writer = raw(&data);
    writer.pragma_update(None, "cache_size", 1).expect("a setting");
    let transaction = writer.transaction().expect("the database is not locked");
    transaction
        .execute_batch(
            "DELETE FROM passages;
             WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 99)
             INSERT INTO passages (key, vector) SELECT randomblob(16), zeroblob(9000) FROM n",
        )
        .expect("the disk has space");
    // After `kill -9`, the files are as they are now.
    let killed = self::data();
    fs::create_dir(dir(killed.path())).expect("a new directory");
    for file in files(&data) {
        let from = dir(data.path()).join(&file);
        fs::copy(from, dir(killed.path()).join(&file)).expect("the disk has space");
    }
    for access in [Access::ReadOnly, Access::ReadWrite] {
        let stored = open(&killed, access);
        assert!(has(&stored, 0) && has(&stored, 1), "{access:?}");
    }
    let count = "SELECT count(*) FROM passages";
    let count: i64 = raw(&killed).query_row(count, [], |row| row.get(0)).expect("a table");
    assert_eq!(count, 2);
}

#[test]
fn vectors_in_a_damaged_row_are_computed_once() {
    for damage in [
        "UPDATE sentences SET vectors = x'00'",
        "UPDATE sentences SET vectors = substr(vectors, 1, 100)",
        "UPDATE sentences SET vectors = 'text'",
        "DELETE FROM sentences",
        "UPDATE passages SET vector = zeroblob(9)",
    ] {
        let data = data();
        let stored = owner(&data);
        append(&stored, 0..2);
        stored.complete(&STAMP, &listed(0..2)).expect("the disk has space");
        raw(&data).execute(&format!("{damage} WHERE id = 1"), []).expect("the statement is right");
        let is_loaded = stored.load_complete(&STAMP).is_some();
        assert_eq!(is_loaded, !damage.contains("UPDATE passages"), "{damage}");
        assert_eq!(stored.passage(&key(0)).is_some(), is_loaded, "{damage}");

        let reader = open(&data, Access::ReadOnly);
        assert!(is_repaired(&reader, 0) && is_repaired(&reader, 0), "{damage}");
        let lines = count_log_lines(|| assert!(is_repaired(&stored, 0), "{damage}"));
        assert_eq!(lines, 1, "{damage}");
        assert!(has(&stored, 0) && has(&stored, 1) && has(&reader, 0), "{damage}");
        assert!(stored.load_complete(&STAMP).is_some(), "{damage}");
    }
}

#[test]
fn open_replaces_a_corrupt_database_with_one_log_line() {
    let check = |what: &str, damage: &dyn Fn(&Path)| {
        let data = data();
        append(&owner(&data), 0..20);
        damage(&database_path(&data));
        let reader = open(&data, Access::ReadOnly);
        assert_eq!((reader.passage(&key(0)), has(&reader, 0)), (None, false), "{what}");
        drop(reader);
        let lines = count_log_lines(|| {
            let stored = owner(&data);
            assert!(!has(&stored, 0), "{what}");
            append(&stored, 0..1);
        });
        assert_eq!(lines, usize::from(what != "empty"), "{what}");
        assert!(has(&owner(&data), 0), "{what}");
    };
    check("empty", &|path| fs::write(path, "").expect("the disk has space"));
    check("of another program", &|path| {
        fs::write(path, "PNG".repeat(9999)).expect("the disk has space");
    });
    check("truncated", &|path| {
        let bytes = fs::read(path).expect("the database exists");
        fs::write(path, &bytes[..bytes.len() / 2]).expect("the disk has space");
    });
    check("with a damaged schema", &|path| {
        let mut bytes = fs::read(path).expect("the database exists");
        bytes[100..200].fill(0);
        fs::write(path, bytes).expect("the disk has space");
    });
}

#[test]
fn vectors_in_a_corrupt_page_are_computed_again() {
    let data = data();
    append(&owner(&data), 0..100);
    let path = database_path(&data);
    let mut bytes = fs::read(&path).expect("the database exists");
    let half = bytes.len() / 2;
    bytes[half..].fill(0xff);
    fs::write(&path, bytes).expect("the disk has space");

    let reader = open(&data, Access::ReadOnly);
    let repaired: Vec<_> = (0..100).filter(|number| is_repaired(&reader, *number)).collect();
    assert!(!repaired.is_empty());
    let stored = owner(&data);
    let lines = count_log_lines(|| assert!(is_repaired(&stored, repaired[0])));
    assert_eq!(lines, 1);
    // The other vectors were lost with the database.
    assert!((0..100).all(|number| is_repaired(&stored, number) == (number != repaired[0])));
    stored.complete(&STAMP, &listed(0..100)).expect("the disk has space");
    drop(stored);
    let stored = owner(&data);
    assert!((0..100).all(|number| has(&stored, number)));
    assert!(stored.load_complete(&STAMP).is_some());
}

#[test]
fn append_replaces_a_corrupt_database() {
    let data = data();
    append(&owner(&data), 0..100);
    let path = database_path(&data);
    let mut bytes = fs::read(&path).expect("the database exists");
    bytes[16 << 10..].fill(0xff);
    fs::write(&path, bytes).expect("the disk has space");
    let stored = owner(&data);
    assert_eq!(count_log_lines(|| append(&stored, 100..102)), 1);
    drop(stored);
    let stored = owner(&data);
    assert!(has(&stored, 100) && has(&stored, 101) && !has(&stored, 0));
}

/// Position of a byte that makes a database read-only, as if its permissions did.
const WRITE_VERSION: usize = 18;

#[test]
fn damaged_byte_is_never_an_error() {
    let data = data();
    let stored = owner(&data);
    append(&stored, 0..8);
    stored.complete(&STAMP, &listed(0..8)).expect("the disk has space");
    drop(stored);
    let path = database_path(&data);
    let whole = fs::read(&path).expect("the database exists");
    for at in (0..110).chain((110..whole.len()).step_by(2003)) {
        if at == WRITE_VERSION {
            continue;
        }
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        fs::write(&path, damaged).expect("the disk has space");
        for access in [Access::ReadOnly, Access::ReadWrite] {
            let stored = open(&data, access);
            let _ = stored.load_complete(&STAMP);
            for number in 0..8 {
                let _ = stored.passage(&key(number));
                let _ = stored.get_or_repair(&key(number), || Some(vectors_of(number)));
            }
            let written = stored.append(&[encoded(8)]);
            assert_eq!(written.is_ok(), access == Access::ReadWrite, "{at}: {written:?}");
        }
    }
}

#[test]
fn open_fails_where_no_database_can_be_created() {
    let data = data();
    fs::create_dir_all(database_path(&data)).expect("a new directory");
    let error = StoredVectors::open(data.path(), MODEL, code(), Access::ReadWrite).err();
    assert!(error.is_some_and(|error| error.to_string().contains("\nhint: ")));
    let below = data.path().join("file");
    fs::write(&below, "").expect("the disk has space");
    assert!(StoredVectors::open(&below, MODEL, code(), Access::ReadWrite).is_err());
}

#[test]
fn read_only_vectors_are_those_of_the_owner_and_nothing_is_written() {
    let data = data();
    let reader = open(&data, Access::ReadOnly);
    assert!(!has(&reader, 0) && !reader.is_writable());
    assert!(reader.append(&[encoded(0)]).is_err() && !dir(data.path()).exists());

    let stored = owner(&data);
    append(&stored, 0..1);
    let reader = open(&data, Access::ReadOnly);
    let before = files(&data);
    append(&stored, 1..2);
    stored.complete(&STAMP, &listed(0..2)).expect("the disk has space");
    assert!(has(&reader, 0) && has(&reader, 1));
    assert!(reader.load_complete(&STAMP).is_some());
    assert!(reader.append(&[encoded(2)]).is_err());
    assert!(reader.complete(&STAMP, &[]).is_err());
    assert_eq!(files(&data), before);
    drop(reader);

    drop(stored);
    assert_eq!(files(&data), [file_name(MODEL)].into());
    set_writable(&data, false);
    let reader = open(&data, Access::ReadOnly);
    assert!(has(&reader, 0) && has(&reader, 1));
    assert!(reader.append(&[encoded(2)]).is_err());
    drop(reader);
    assert_eq!(files(&data), [file_name(MODEL)].into());
    set_writable(&data, true);
}

/// Makes the directory of the vectors and the database writable or not.
fn set_writable(data: &TempDir, is_writable: bool) {
    for path in [database_path(data), dir(data.path())] {
        let mut permissions = fs::metadata(&path).expect("the file exists").permissions();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            permissions.set_mode(if is_writable { 0o755 } else { 0o555 });
        }
        #[cfg(not(unix))]
        permissions.set_readonly(!is_writable);
        fs::set_permissions(&path, permissions).expect("the test owns the file");
    }
}

#[test]
fn open_removes_other_vectors_with_one_log_line() {
    let data = data();
    append(&owner(&data), 0..1);
    let names = ["tokens", "means", "sentences", "passages", "passages.new", "0123.db-wal"];
    for name in names.into_iter().chain(["notes.txt"]) {
        fs::write(dir(data.path()).join(name), "old").expect("the disk has space");
    }
    let other = |access| {
        StoredVectors::open(data.path(), b"another", code(), access)
            .expect("the directory is writable")
    };
    assert!(!has(&other(Access::ReadOnly), 0));
    assert!(has(&open(&data, Access::ReadOnly), 0), "a reader removes nothing");
    assert_eq!(count_log_lines(|| assert!(!has(&other(Access::ReadWrite), 0))), 1);
    assert_eq!(files(&data), [file_name(b"another"), "notes.txt".to_owned()].into());
    assert_eq!(count_log_lines(|| drop(other(Access::ReadWrite))), 0);
}

#[test]
fn complete_lists_the_passages_and_removes_other_vectors() {
    let data = data();
    let stored = owner(&data);
    append(&stored, 0..2000);
    let passages = listed((0..2000).step_by(2));
    stored.complete(&STAMP, &listed(0..2000)).expect("the disk has space");
    let bytes = |stored: StoredVectors| {
        drop(stored);
        fs::metadata(database_path(&data)).expect("the database exists").len()
    };
    let before = bytes(stored);
    assert!(before <= 2000 * (3 << 10), "{before} bytes, at most 3 KB for a passage");
    let stored = owner(&data);
    stored.complete(&STAMP, &listed(0..1000)).expect("the disk has space");
    assert!(has(&stored, 999) && !has(&stored, 1000));
    let after = bytes(stored);
    assert!(after < before * 6 / 10, "{after} of {before} bytes");

    let stored = owner(&data);
    append(&stored, 0..2000);
    stored.complete(&STAMP, &passages).expect("the disk has space");
    let nearest = stored.load_complete(&STAMP).expect("the passages are listed");
    assert_eq!(nearest.passages(), passages);
    let vector = vectors_of(8).passage;
    assert_eq!(nearest.nearest(&vector, 1, None).passages, [PassageId::from_u64(!8)]);
    let among = [PassageId::from_u64(!10)].into_iter().collect();
    assert_eq!(nearest.nearest(&vector, 1, Some(&among)).passages, [PassageId::from_u64(!10)]);
    assert!(stored.load_complete(&[8; 32]).is_none(), "another index");
    assert!((0..2000).all(|number| has(&stored, number) == (number % 2 == 0)));

    stored.complete(&STAMP, &listed(0..3)).expect("the disk has space");
    assert!(stored.load_complete(&STAMP).is_none(), "the vectors of one passage are not stored");
}

#[test]
fn vectors_are_read_while_others_are_stored_and_removed() {
    let data = data();
    let stored = owner(&data);
    append(&stored, 0..8);
    let appended = AtomicUsize::new(0);
    thread::scope(|scope| {
        for from in [100, 200] {
            let (stored, appended) = (&stored, &appended);
            scope.spawn(move || {
                for number in from..from + 30 {
                    append(stored, number..number + 1);
                    stored.complete(&STAMP, &listed(0..8)).expect("the disk has space");
                    appended.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for access in [Access::ReadWrite, Access::ReadOnly] {
            let reader = (access == Access::ReadOnly).then(|| open(&data, access));
            let (stored, appended) = (&stored, &appended);
            scope.spawn(move || {
                let stored = reader.as_ref().unwrap_or(stored);
                while appended.load(Ordering::Relaxed) < 60 {
                    assert!((0..8).all(|number| has(stored, number)));
                    let nearest = stored.load_complete(&STAMP);
                    assert!(nearest.is_none_or(|nearest| nearest.passages().len() == 8));
                }
            });
        }
    });
    assert!(!has(&stored, 229) || !has(&stored, 129));
}

//! Tests of a vector file: torn writes, damaged bytes, failed writes and concurrent use.

mod properties;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use tempfile::{TempDir, tempdir};
use tracing::span;

use super::*;

const ORIGIN: [u8; 32] = [7; 32];
const MIB: usize = 1 << 20;

fn key(name: &str) -> ContentKey {
    let mut key = [0; 16];
    key.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..16]);
    key
}

fn temporary_path() -> (TempDir, PathBuf) {
    let dir = tempdir().expect("a temporary directory");
    let path = dir.path().join("vectors");
    (dir, path)
}

fn open(path: &Path) -> VectorFile {
    VectorFile::open(path, &ORIGIN).expect("the file is readable and writable")
}

fn append(file: &VectorFile, name: &str, payload: &[u8]) {
    file.append(&[(key(name), payload.to_vec())]).expect("the disk has space");
}

fn read(file: &VectorFile, name: &str) -> Option<Vec<u8>> {
    file.get(&key(name)).map(|record| record.to_vec())
}

/// Replaces the contents of a file. The file is removed first because ext4 waits for the disk when
/// a file is truncated and written again, and the tests do so thousands of times.
fn put(path: &Path, bytes: &[u8]) {
    remove_if_exists(path).expect("the path is a file");
    fs::write(path, bytes).expect("the disk has space");
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
    let (_dir, path) = temporary_path();
    let check = |file: &VectorFile| {
        assert_eq!(read(file, "short"), Some(b"12345".to_vec()));
        assert_eq!(read(file, "empty"), Some(Vec::new()));
        assert_eq!(read(file, "exact"), Some(vec![3; 64]));
        assert_eq!(read(file, "again"), Some(vec![2; 200]), "the last one wins");
        assert_eq!(read(file, "never"), None);
        assert!(file.has(&key("empty")) && !file.has(&key("never")));
        assert_eq!(file.len(), 4);
        let aligned = file.get(&key("again")).map(|record| record.as_ptr() as usize % 64);
        assert_eq!(aligned, Some(0));
    };
    assert_eq!(count_log_lines(|| drop(open(&path))), 0, "creating a file logs nothing");
    let file = open(&path);
    assert!(file.is_empty());
    append(&file, "again", &[1; 100]);
    let several = [("short", b"12345".to_vec()), ("empty", vec![]), ("exact", vec![3; 64])];
    file.append(&several.map(|(name, payload)| (key(name), payload))).expect("the disk has space");
    append(&file, "again", &[2; 200]);
    check(&file);
    drop(file);
    assert_eq!(count_log_lines(|| check(&open(&path))), 0);
}

#[test]
fn open_keeps_the_records_before_a_tear_at_any_byte() {
    let (_dir, path) = temporary_path();
    let payloads = [vec![1; 10], vec![2; 64], vec![], vec![4; 100]];
    let name = |number: usize| format!("record {number}");
    let file = open(&path);
    let mut ends = Vec::new();
    for (number, payload) in payloads.iter().enumerate() {
        append(&file, &name(number), payload);
        ends.push(file.bytes());
    }
    drop(file);
    let whole = fs::read(&path).expect("the file exists");
    for cut in 0..=whole.len() {
        put(&path, &whole[..cut]);
        let file = open(&path);
        append(&file, "after", b"the tear");
        drop(file);
        let file = open(&path);
        assert_eq!(read(&file, "after").as_deref(), Some(&b"the tear"[..]), "cut at {cut}");
        for (number, payload) in payloads.iter().enumerate() {
            let expected = (ends[number] <= cut as u64).then_some(payload);
            assert_eq!(read(&file, &name(number)).as_ref(), expected, "{number}, cut at {cut}");
        }
    }
}

#[test]
fn get_never_returns_a_record_with_a_flipped_bit() {
    let (_dir, path) = temporary_path();
    let stored = [("a", vec![1; 30]), ("b", vec![2; 64]), ("c", vec![]), ("d", vec![4; 5])];
    let file = open(&path);
    stored.iter().for_each(|(name, payload)| append(&file, name, payload));
    drop(file);
    let whole = fs::read(&path).expect("the file exists");
    for bit in 0..whole.len() * 8 {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        put(&path, &damaged);
        let file = open(&path);
        let mut lost = 0;
        for (name, payload) in &stored {
            match read(&file, name) {
                Some(found) => assert_eq!(found, *payload, "{name}, bit {bit}"),
                None => lost += 1,
            }
        }
        let expected = if bit < UNIT * 8 { stored.len()..=stored.len() } else { 0..=1 };
        assert!(expected.contains(&lost), "bit {bit} costs {lost} records");
    }
}

#[test]
fn get_forgets_a_damaged_record_once_and_it_can_be_stored_again() {
    let (_dir, path) = temporary_path();
    let file = open(&path);
    append(&file, "damaged", &[1; 100]);
    append(&file, "last", &[2; 100]);
    drop(file);
    let mut bytes = fs::read(&path).expect("the file exists");
    bytes[2 * UNIT] ^= 1;
    put(&path, &bytes);

    let file = open(&path);
    assert!(file.has(&key("damaged")), "a payload is checked only when it is read");
    let lines = count_log_lines(|| {
        assert_eq!(read(&file, "damaged"), None);
        assert_eq!(read(&file, "damaged"), None);
    });
    assert_eq!(lines, 1);
    assert!(!file.has(&key("damaged")));
    append(&file, "damaged", &[1; 100]);
    drop(file);
    assert_eq!(read(&open(&path), "damaged"), Some(vec![1; 100]));
}

#[test]
fn forget_keeps_a_record_that_was_replaced_concurrently() {
    let (_dir, path) = temporary_path();
    let file = open(&path);
    append(&file, "a", b"found damaged by one thread");
    let damaged = file.contents.read().places[&key("a")];
    append(&file, "a", b"stored again by another");
    assert!(!file.forget(&key("a"), damaged));
    assert_eq!(read(&file, "a").as_deref(), Some(&b"stored again by another"[..]));
}

#[test]
fn open_truncates_a_damaged_end_and_restores_the_record_before_it() {
    let (_dir, path) = temporary_path();
    let file = open(&path);
    append(&file, "a", b"before");
    append(&file, "a", b"damaged");
    append(&file, "b", b"damaged");
    drop(file);
    let mut bytes = fs::read(&path).expect("the file exists");
    bytes[4 * UNIT] ^= 1;
    bytes[6 * UNIT] ^= 1;
    put(&path, &bytes);
    let lines = count_log_lines(|| {
        let file = open(&path);
        assert!(!file.has(&key("b")));
        assert_eq!(read(&file, "a"), Some(b"before".to_vec()));
    });
    assert_eq!(lines, 1);
    assert_eq!(fs::metadata(&path).expect("the file exists").len(), 3 * UNIT as u64);
}

#[test]
fn open_replaces_an_unusable_file_with_one_log_line() {
    let check = |change: &dyn Fn(Vec<u8>) -> Vec<u8>, origin: &[u8; 32]| {
        let (_dir, path) = temporary_path();
        append(&open(&path), "a", &[1; 100]);
        put(&path, &change(fs::read(&path).expect("the file exists")));
        let lines = count_log_lines(|| {
            let file = VectorFile::open(&path, origin).expect("a new file");
            assert!(file.is_empty() && file.bytes() == UNIT as u64);
        });
        assert_eq!(lines, 1);
        assert!(VectorFile::open(&path, origin).is_ok_and(|file| file.is_empty()));
    };
    check(&|bytes| bytes, &[8; 32]);
    check(&|_| Vec::new(), &ORIGIN);
    check(&|bytes| bytes[..UNIT / 2].to_vec(), &ORIGIN);
    check(&|bytes| [vec![0; UNIT], bytes].concat(), &ORIGIN);
    check(&|_| b"bytes of another program".repeat(10), &ORIGIN);
}

#[test]
fn open_fails_where_no_file_can_be_created() {
    let (dir, path) = temporary_path();
    assert!(VectorFile::open(dir.path(), &ORIGIN).is_err(), "a directory");
    assert!(VectorFile::open(&path.join("below"), &ORIGIN).is_err(), "in no directory");
    fs::create_dir(successor(&path)).expect("a new directory");
    assert!(VectorFile::open(&path, &ORIGIN).is_err(), "a directory where the new file goes");
}

#[test]
fn append_overwrites_the_rest_of_a_failed_append() {
    let (_dir, path) = temporary_path();
    let file = open(&path);
    append(&file, "before", &[1; 100]);
    let other = VectorFile::open(&path.with_extension("other"), &ORIGIN).expect("a second file");
    append(&other, "half", &[2; 1000]);
    append(&other, "rest", &[2; 10]);
    let left = fs::read(path.with_extension("other")).expect("the file exists");
    let mut behind = File::options().append(true).open(&path).expect("the file exists");
    behind.write_all(&left[UNIT..]).expect("the disk has space");

    append(&file, "after", &[3; 10]);
    assert_eq!(file.bytes(), fs::metadata(&path).expect("the file exists").len());
    for file in [file, open(&path)] {
        assert_eq!(read(&file, "before"), Some(vec![1; 100]));
        assert!(!file.has(&key("half")) && !file.has(&key("rest")));
        assert_eq!(read(&file, "after"), Some(vec![3; 10]));
    }
}

#[test]
fn append_that_fails_keeps_earlier_records() {
    let (_dir, path) = temporary_path();
    let file = open(&path);
    append(&file, "before", &[1; 100]);
    let writable = {
        let only_readable = File::open(&path).expect("the file exists");
        file.writer.lock().replace(only_readable)
    };
    assert!(file.append(&[(key("refused"), vec![2; 100])]).is_err());
    assert!(!file.has(&key("refused")));
    assert_eq!(read(&file, "before"), Some(vec![1; 100]));
    *file.writer.lock() = writable;
    append(&file, "after", &[3; 100]);
    assert_eq!(read(&file, "after"), Some(vec![3; 100]));
}

#[test]
fn read_only_file_has_the_records_of_the_owner_and_writes_nothing() {
    let (_dir, path) = temporary_path();
    let read_only = || VectorFile::open_read_only(&path, &ORIGIN).expect("the file is readable");
    assert_eq!(read_only().len(), 0);
    assert!(!path.exists());
    let owner = open(&path);
    append(&owner, "first", &[1; 100]);
    let reader = read_only();
    append(&owner, "second", &[2; 100]);
    assert_eq!((read(&reader, "first"), reader.len()), (Some(vec![1; 100]), 1));
    assert_eq!(read(&read_only(), "second"), Some(vec![2; 100]));
    drop(owner);
    // A reader does not truncate a torn record.
    let whole = fs::read(&path).expect("the file exists");
    put(&path, &whole[..whole.len() - 1]);
    let reader = read_only();
    assert_eq!((read(&reader, "first"), reader.len()), (Some(vec![1; 100]), 1));
    assert!(reader.append(&[(key("third"), vec![3; 10])]).is_err());
    assert!(reader.compact(CompactWhen::Any, |_| false).is_err());
    assert_eq!(fs::read(&path).expect("the file exists").len(), whole.len() - 1);
    put(&path, &[0; 10]);
    assert_eq!(read_only().len(), 0);
}

#[test]
fn compact_keeps_exactly_the_wanted_records() {
    let (_dir, path) = temporary_path();
    let file = open(&path);
    append(&file, "older", &[3; 100]);
    append(&file, "older", &[4; 100]);
    file.compact(CompactWhen::Half, |_| false).expect("the disk has space");
    assert_eq!(file.bytes(), 7 * UNIT as u64, "less than a MiB is not worthwhile");
    append(&file, "wanted", &[1; 2 * MIB]);
    append(&file, "unwanted", &[2; MIB]);
    file.compact(CompactWhen::Half, |it| *it != key("unwanted")).expect("the disk has space");
    assert!(file.has(&key("unwanted")), "less than half of the file is not worthwhile");

    let held = file.get(&key("unwanted")).expect("the record was appended");
    append(&file, "wanted", &[5; 10]);
    file.compact(CompactWhen::Half, |it| *it != key("unwanted")).expect("the disk has space");
    assert_eq!(held.to_vec(), vec![2; MIB], "a record in use stays readable");
    append(&file, "after", &[6; 10]);
    assert_eq!(file.bytes(), 8 * UNIT as u64);
    for file in [file, open(&path)] {
        assert_eq!(file.len(), 3);
        assert_eq!(read(&file, "wanted"), Some(vec![5; 10]));
        assert_eq!(read(&file, "older"), Some(vec![4; 100]));
        assert_eq!(read(&file, "after"), Some(vec![6; 10]));
        file.compact(CompactWhen::Any, |it| *it != key("older")).expect("the disk has space");
        assert!(
            !file.has(&key("older")) && file.has(&key("after")),
            "any unwanted record is removed"
        );
        append(&file, "older", &[4; 100]);
    }
}

#[test]
fn compact_that_fails_or_is_killed_changes_nothing() {
    let (_dir, path) = temporary_path();
    let file = open(&path);
    append(&file, "wanted", &[1; 100]);
    append(&file, "unwanted", &[2; 2 * MIB]);
    fs::create_dir(successor(&path)).expect("a new directory");
    assert!(file.compact(CompactWhen::Half, |it| *it == key("wanted")).is_err());
    assert_eq!(read(&file, "unwanted"), Some(vec![2; 2 * MIB]));
    append(&file, "after", &[3; 100]);
    drop(file);
    fs::remove_dir(successor(&path)).expect("the directory is empty");

    let half = fs::read(&path).expect("the file exists")[..100].to_vec();
    put(&successor(&path), &half);
    let file = open(&path);
    assert!(!successor(&path).exists());
    assert_eq!(read(&file, "after"), Some(vec![3; 100]));
    file.compact(CompactWhen::Half, |it| *it == key("wanted")).expect("the disk has space");
    assert_eq!((file.len(), read(&file, "wanted")), (1, Some(vec![1; 100])));
}

#[test]
fn get_works_during_appends_and_compactions() {
    let (_dir, path) = temporary_path();
    let file = open(&path);
    let lasting: Vec<_> = (0..8).map(|number| format!("lasting {number}")).collect();
    let payload = |name: &str| name.as_bytes().repeat(1000);
    lasting.iter().for_each(|name| append(&file, name, &payload(name)));
    let compacted = AtomicUsize::new(0);
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let appending = ["left", "right"].map(|side| {
            let (file, payload) = (&file, &payload);
            scope.spawn(move || {
                for number in 0..100 {
                    let name = format!("{side} {number}");
                    append(file, &name, &payload(&name).repeat(10));
                }
            })
        });
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    for name in &lasting {
                        assert_eq!(read(&file, name), Some(payload(name)));
                    }
                    if let Some(found) = read(&file, "left 50") {
                        assert_eq!(found, payload("left 50").repeat(10));
                    }
                }
            });
        }
        scope.spawn(|| {
            let wanted: Vec<_> = lasting.iter().map(|name| key(name)).collect();
            let mut is_last = false;
            while !is_last {
                // Compacts once more after the last append, when there are unwanted records for
                // sure.
                is_last = is_done.load(Ordering::Relaxed);
                let before = file.bytes();
                file.compact(CompactWhen::Half, |key| wanted.contains(key))
                    .expect("the disk has space");
                compacted.fetch_add(usize::from(file.bytes() < before), Ordering::Relaxed);
            }
        });
        appending.into_iter().for_each(|thread| thread.join().expect("appending does not panic"));
        is_done.store(true, Ordering::Relaxed);
    });
    assert!(compacted.load(Ordering::Relaxed) > 0);
    for file in [file, open(&path)] {
        lasting.iter().for_each(|name| assert_eq!(read(&file, name), Some(payload(name))));
    }
}

#[test]
fn vector_file_can_be_shared_between_threads() {
    fn assert_shared<T: Send + Sync>() {}
    assert_shared::<VectorFile>();
    assert_shared::<Record>();
}

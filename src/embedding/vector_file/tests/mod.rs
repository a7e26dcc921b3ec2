//! What a file of vectors loses to accidents, and what it never does.

mod as_a_map;

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

fn place_for_a_file() -> (TempDir, PathBuf) {
    let dir = tempdir().expect("there is a directory for temporary files");
    let path = dir.path().join("vectors");
    (dir, path)
}

fn open(path: &Path) -> VectorFile {
    VectorFile::open(path, &ORIGIN).expect("the file can be read and written")
}

fn append(file: &VectorFile, name: &str, payload: &[u8]) {
    file.append(&[(key(name), payload.to_vec())]).expect("there is room");
}

fn read(file: &VectorFile, name: &str) -> Option<Vec<u8>> {
    file.get(&key(name)).map(|record| record.to_vec())
}

/// Makes the file hold these bytes. It is removed before, as ext4 waits for the disk when a file is
/// emptied and written again, thousands of times here.
fn put(path: &Path, bytes: &[u8]) {
    remove_if_there(path).expect("it is a file");
    fs::write(path, bytes).expect("there is room");
}

/// How many lines are logged meanwhile.
fn lines_of(action: impl FnOnce()) -> usize {
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
fn what_was_appended_is_there_after_reopening() {
    let (_dir, path) = place_for_a_file();
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
    assert_eq!(lines_of(|| drop(open(&path))), 0, "a file is made without a word");
    let file = open(&path);
    assert!(file.is_empty());
    append(&file, "again", &[1; 100]);
    let several = [("short", b"12345".to_vec()), ("empty", vec![]), ("exact", vec![3; 64])];
    file.append(&several.map(|(name, payload)| (key(name), payload))).expect("there is room");
    append(&file, "again", &[2; 200]);
    check(&file);
    drop(file);
    assert_eq!(lines_of(|| check(&open(&path))), 0);
}

#[test]
fn a_file_torn_at_any_byte_keeps_the_records_before() {
    let (_dir, path) = place_for_a_file();
    let payloads = [vec![1; 10], vec![2; 64], vec![], vec![4; 100]];
    let name = |number: usize| format!("record {number}");
    let file = open(&path);
    let mut ends = Vec::new();
    for (number, payload) in payloads.iter().enumerate() {
        append(&file, &name(number), payload);
        ends.push(file.bytes());
    }
    drop(file);
    let whole = fs::read(&path).expect("the file is there");
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
fn a_flipped_bit_costs_its_record_and_never_gives_another() {
    let (_dir, path) = place_for_a_file();
    let stored = [("a", vec![1; 30]), ("b", vec![2; 64]), ("c", vec![]), ("d", vec![4; 5])];
    let file = open(&path);
    stored.iter().for_each(|(name, payload)| append(&file, name, payload));
    drop(file);
    let whole = fs::read(&path).expect("the file is there");
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
fn a_damaged_record_is_forgotten_once_and_can_be_stored_again() {
    let (_dir, path) = place_for_a_file();
    let file = open(&path);
    append(&file, "damaged", &[1; 100]);
    append(&file, "last", &[2; 100]);
    drop(file);
    let mut bytes = fs::read(&path).expect("the file is there");
    bytes[2 * UNIT] ^= 1;
    put(&path, &bytes);

    let file = open(&path);
    assert!(file.has(&key("damaged")), "a payload is checked only when it is read");
    let lines = lines_of(|| {
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
fn a_record_stored_meanwhile_is_not_forgotten() {
    let (_dir, path) = place_for_a_file();
    let file = open(&path);
    append(&file, "a", b"found damaged by one thread");
    let damaged = file.contents().places[&key("a")];
    append(&file, "a", b"stored again by another");
    assert!(!file.forget(&key("a"), damaged));
    assert_eq!(read(&file, "a").as_deref(), Some(&b"stored again by another"[..]));
}

#[test]
fn a_damaged_end_is_cut_off_and_the_record_before_it_counts_again() {
    let (_dir, path) = place_for_a_file();
    let file = open(&path);
    append(&file, "a", b"before");
    append(&file, "a", b"damaged");
    append(&file, "b", b"damaged");
    drop(file);
    let mut bytes = fs::read(&path).expect("the file is there");
    bytes[4 * UNIT] ^= 1;
    bytes[6 * UNIT] ^= 1;
    put(&path, &bytes);
    let lines = lines_of(|| {
        let file = open(&path);
        assert!(!file.has(&key("b")));
        assert_eq!(read(&file, "a"), Some(b"before".to_vec()));
    });
    assert_eq!(lines, 1);
    assert_eq!(fs::metadata(&path).expect("it is there").len(), 3 * UNIT as u64);
}

#[test]
fn a_file_of_something_else_is_begun_anew_with_one_line() {
    let check = |change: &dyn Fn(Vec<u8>) -> Vec<u8>, origin: &[u8; 32]| {
        let (_dir, path) = place_for_a_file();
        append(&open(&path), "a", &[1; 100]);
        put(&path, &change(fs::read(&path).expect("it is there")));
        let lines = lines_of(|| {
            let file = VectorFile::open(&path, origin).expect("a file can be made");
            assert!(file.is_empty() && file.bytes() == UNIT as u64);
        });
        assert_eq!(lines, 1);
        assert!(VectorFile::open(&path, origin).is_ok_and(|file| file.is_empty()));
    };
    check(&|bytes| bytes, &[8; 32]);
    check(&|_| Vec::new(), &ORIGIN);
    check(&|bytes| bytes[..UNIT / 2].to_vec(), &ORIGIN);
    check(&|bytes| [vec![0; UNIT], bytes].concat(), &ORIGIN);
    check(&|_| b"a text that somebody left here".repeat(10), &ORIGIN);
}

#[test]
fn what_cannot_be_a_file_is_an_error() {
    let (dir, path) = place_for_a_file();
    assert!(VectorFile::open(dir.path(), &ORIGIN).is_err(), "a directory");
    assert!(VectorFile::open(&path.join("below"), &ORIGIN).is_err(), "in no directory");
    fs::create_dir(successor(&path)).expect("a directory can be made");
    assert!(VectorFile::open(&path, &ORIGIN).is_err(), "a directory where the new file goes");
}

#[test]
fn what_a_failed_append_left_is_not_read() {
    let (_dir, path) = place_for_a_file();
    let file = open(&path);
    append(&file, "before", &[1; 100]);
    let other = VectorFile::open(&path.with_extension("other"), &ORIGIN).expect("a second file");
    append(&other, "half", &[2; 1000]);
    append(&other, "rest", &[2; 10]);
    let left = fs::read(path.with_extension("other")).expect("it is there");
    let mut behind = File::options().append(true).open(&path).expect("it is there");
    behind.write_all(&left[UNIT..]).expect("there is room");

    append(&file, "after", &[3; 10]);
    assert_eq!(file.bytes(), fs::metadata(&path).expect("it is there").len());
    for file in [file, open(&path)] {
        assert_eq!(read(&file, "before"), Some(vec![1; 100]));
        assert!(!file.has(&key("half")) && !file.has(&key("rest")));
        assert_eq!(read(&file, "after"), Some(vec![3; 10]));
    }
}

#[test]
fn an_append_that_fails_leaves_what_was_there() {
    let (_dir, path) = place_for_a_file();
    let file = open(&path);
    append(&file, "before", &[1; 100]);
    let writable = {
        let only_readable = File::open(&path).expect("it is there");
        file.writer().replace(only_readable)
    };
    assert!(file.append(&[(key("refused"), vec![2; 100])]).is_err());
    assert!(!file.has(&key("refused")));
    assert_eq!(read(&file, "before"), Some(vec![1; 100]));
    *file.writer() = writable;
    append(&file, "after", &[3; 100]);
    assert_eq!(read(&file, "after"), Some(vec![3; 100]));
}

#[test]
fn reader_has_the_records_of_the_owner_and_writes_nothing() {
    let (_dir, path) = place_for_a_file();
    let read_only = || VectorFile::open_to_read(&path, &ORIGIN).expect("it can be read");
    assert_eq!(read_only().len(), 0);
    assert!(!path.exists());
    let owner = open(&path);
    append(&owner, "first", &[1; 100]);
    let reader = read_only();
    append(&owner, "second", &[2; 100]);
    assert_eq!((read(&reader, "first"), reader.len()), (Some(vec![1; 100]), 1));
    assert_eq!(read(&read_only(), "second"), Some(vec![2; 100]));
    drop(owner);
    // The end of a torn record is left where it is.
    let whole = fs::read(&path).expect("it is there");
    put(&path, &whole[..whole.len() - 1]);
    let reader = read_only();
    assert_eq!((read(&reader, "first"), reader.len()), (Some(vec![1; 100]), 1));
    assert!(reader.append(&[(key("third"), vec![3; 10])]).is_err());
    assert!(reader.compact(CompactWhen::Any, |_| false).is_err());
    assert_eq!(fs::read(&path).expect("it is there").len(), whole.len() - 1);
    put(&path, &[0; 10]);
    assert_eq!(read_only().len(), 0);
}

#[test]
fn compaction_keeps_exactly_the_wanted() {
    let (_dir, path) = place_for_a_file();
    let file = open(&path);
    append(&file, "older", &[3; 100]);
    append(&file, "older", &[4; 100]);
    file.compact(CompactWhen::Half, |_| false).expect("there is room");
    assert_eq!(file.bytes(), 7 * UNIT as u64, "less than a MiB is not worth the trouble");
    append(&file, "wanted", &[1; 2 * MIB]);
    append(&file, "unwanted", &[2; MIB]);
    file.compact(CompactWhen::Half, |it| *it != key("unwanted")).expect("there is room");
    assert!(file.has(&key("unwanted")), "nor is less than half of the file");

    let held = file.get(&key("unwanted")).expect("it was appended");
    append(&file, "wanted", &[5; 10]);
    file.compact(CompactWhen::Half, |it| *it != key("unwanted")).expect("there is room");
    assert_eq!(held.to_vec(), vec![2; MIB], "what is held stays");
    append(&file, "after", &[6; 10]);
    assert_eq!(file.bytes(), 8 * UNIT as u64);
    for file in [file, open(&path)] {
        assert_eq!(file.len(), 3);
        assert_eq!(read(&file, "wanted"), Some(vec![5; 10]));
        assert_eq!(read(&file, "older"), Some(vec![4; 100]));
        assert_eq!(read(&file, "after"), Some(vec![6; 10]));
        file.compact(CompactWhen::Any, |it| *it != key("older")).expect("there is room");
        assert!(!file.has(&key("older")) && file.has(&key("after")), "any is worth it");
        append(&file, "older", &[4; 100]);
    }
}

#[test]
fn compaction_that_fails_or_is_killed_changes_nothing() {
    let (_dir, path) = place_for_a_file();
    let file = open(&path);
    append(&file, "wanted", &[1; 100]);
    append(&file, "unwanted", &[2; 2 * MIB]);
    fs::create_dir(successor(&path)).expect("a directory can be made");
    assert!(file.compact(CompactWhen::Half, |it| *it == key("wanted")).is_err());
    assert_eq!(read(&file, "unwanted"), Some(vec![2; 2 * MIB]));
    append(&file, "after", &[3; 100]);
    drop(file);
    fs::remove_dir(successor(&path)).expect("it is empty");

    let half = fs::read(&path).expect("it is there")[..100].to_vec();
    put(&successor(&path), &half);
    let file = open(&path);
    assert!(!successor(&path).exists());
    assert_eq!(read(&file, "after"), Some(vec![3; 100]));
    file.compact(CompactWhen::Half, |it| *it == key("wanted")).expect("there is room");
    assert_eq!((file.len(), read(&file, "wanted")), (1, Some(vec![1; 100])));
}

#[test]
fn records_are_read_while_others_are_appended_and_dropped() {
    let (_dir, path) = place_for_a_file();
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
                // Once more after the last was appended: by then there is something to drop.
                is_last = is_done.load(Ordering::Relaxed);
                let before = file.bytes();
                file.compact(CompactWhen::Half, |key| wanted.contains(key)).expect("there is room");
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
fn it_is_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<VectorFile>();
    is_shared::<Record>();
}

//! Out and in again, and what is refused on the way.

use std::collections::HashMap;
use std::path::Path;

use super::super::*;
use super::*;
use crate::corpus::article::{ArticleId, PassageId};
use crate::store::{Content, NewHit};

const SOURCE: &str = "moved.jsonl";

/// A store with rows of every kind.
fn filled(data: &Path) -> Store {
    let store = Store::open(data).unwrap();
    let body = "{\"text\":\"a\\u0000 “b”\\n\"}".to_owned();
    let update =
        |id| PendingUpdate { id, chat: 7, thread: 0, received_at: 100, body: body.clone() };
    store.journal(&[update(1), update(2)]).unwrap();
    let answered = AnswerRecord {
        chat: 7,
        question: 10,
        answer: 11,
        text: "why\n".into(),
        context: "Who is it? why".into(),
        asker: 7,
        outcome: Outcome::Refused { is_recorded: true },
        at: 100,
    };
    store.complete(1, Some(&answered)).unwrap();
    store
        .vote(AnswerVote { chat: 7, message: 11, person: 7, is_good: true, at: 100 }, None)
        .unwrap();
    store.pause(-8, 100).unwrap();
    store.set_language(7, "fa").unwrap();
    store.set_zone(7, "Asia/Kabul").unwrap();
    let new = NewSchedule {
        chat: -8,
        thread: 3,
        rule: "daily 08:30 UTC".into(),
        words: String::new(),
        is_always: true,
        is_silent: false,
        seen: 0,
        due: 500,
    };
    let Added::New { id, .. } = store.add_schedule(&new, 5).unwrap() else { panic!("it is new") };
    store.claim(&[(id, 500, 600)], 501).unwrap();
    let item = ArticleVersion {
        article: ArticleId::from_u64(u64::MAX),
        file: "a.md".into(),
        hash: "1".into(),
    };
    let passages = vec![PassageId::from_u64(u64::MAX - 1), PassageId::from_u64(0)];
    store.record_versions(&[], &HashMap::new(), 1, 100).unwrap();
    store
        .record_versions(
            std::slice::from_ref(&item),
            &HashMap::from([(item.article, Content { title: "آب".into(), passages })]),
            2,
            200,
        )
        .unwrap();
    let Added::New { id, .. } = store.add_watch(7, 0, "water", 5, 100).unwrap() else {
        panic!("it is new")
    };
    let hit = NewHit { watch: id, article: item.article, passage: PassageId::from_u64(3) };
    store.note_hits(1, &[hit], 4, 300).unwrap();
    store.add_upload(7, "b.md", "# B", 400).unwrap();
    store
}

fn exported(data: &Path) -> String {
    let mut out = Vec::new();
    export(data, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Imports into an empty directory; what fails must leave nothing there.
fn refused(text: &str) -> String {
    let data = tempfile::tempdir().unwrap();
    let error = import(data.path(), text.as_bytes(), SOURCE).unwrap_err();
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "{error}");
    error.to_string()
}

#[test]
fn a_store_that_moved_is_the_same() {
    let [old, new] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    // Open as under a bot that is at work.
    let store = filled(old.path());
    let text = exported(old.path());
    let counts = import(new.path(), text.as_bytes(), SOURCE).unwrap();
    assert_eq!(counts.all() + 2, text.lines().count());
    assert_eq!(exported(new.path()), text);
    for table in tables(&store.lock()).unwrap() {
        assert!(text.contains(&format!("{{\"table\":\"{}\",", table.name)), "{}", table.name);
    }
    let moved = Store::open(new.path()).unwrap();
    assert_eq!(moved.pending().unwrap(), store.pending().unwrap());
    assert_eq!(moved.unfinished().unwrap(), store.unfinished().unwrap());
    assert_eq!(moved.open_hits().unwrap(), store.open_hits().unwrap());
    assert_eq!(moved.changes_since(0).unwrap(), store.changes_since(0).unwrap());
    assert_eq!(moved.zone(7).unwrap(), store.zone(7).unwrap());
    let foreign_keys: bool =
        moved.lock().pragma_query_value(None, "foreign_keys", |row| row.get(0)).unwrap();
    assert!(foreign_keys);
}

#[test]
fn an_id_that_was_given_is_not_given_again_after_a_move() {
    let [old, new] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let store = filled(old.path());
    let gone = store.add_upload(7, "gone.md", "# C", 500).unwrap();
    store.remove_upload(gone).unwrap();
    import(new.path(), exported(old.path()).as_bytes(), SOURCE).unwrap();
    let store = Store::open(new.path()).unwrap();
    assert!(store.add_upload(7, "d.md", "# D", 600).unwrap() > gone);
}

#[test]
fn what_a_killed_bot_left_is_exported_whole() {
    let [old, copy] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let _store = filled(old.path());
    for name in ["verbatim.sqlite", "verbatim.sqlite-wal"] {
        std::fs::copy(old.path().join(name), copy.path().join(name)).unwrap();
    }
    assert_eq!(exported(copy.path()), exported(old.path()));
}

#[test]
fn rows_are_written_as_an_operator_can_read_them() {
    let data = tempfile::tempdir().unwrap();
    let _store = filled(data.path());
    let text = exported(data.path());
    let lines: Vec<_> = text
        .lines()
        .filter(|line| {
            ["chats", "articles"].iter().any(|table| line.contains(&format!("\"{table}\"")))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"table":"chats","chat":-8,"language":null,"welcomed_at":null,"zone":null,"set_up_in":null}
    {"table":"chats","chat":7,"language":"fa","welcomed_at":null,"zone":"Asia/Kabul","set_up_in":null}
    {"table":"articles","article":-1,"file":"a.md","title":"آب","hash":"1","passages":{"base64":"//////////4AAAAAAAAAAA=="}}
    "#);
}

#[test]
fn an_export_of_an_earlier_version_is_brought_up_to_date() {
    let data = tempfile::tempdir().unwrap();
    let text =
        "{\"verbatim_store\":1}\n{\"table\":\"paused\",\"chat\":7,\"since\":5}\n{\"rows\":1}\n";
    let counts = import(data.path(), text.as_bytes(), SOURCE).unwrap();
    assert_eq!(counts.to_string(), "1 row (paused 1)");
    let store = Store::open(data.path()).unwrap();
    assert!(store.is_paused(7).unwrap());
    assert_eq!(store.language(7).unwrap(), None);
}

#[test]
fn a_store_with_anything_in_it_is_left_alone() {
    let data = tempfile::tempdir().unwrap();
    drop(Store::open(data.path()).unwrap());
    let text =
        "{\"verbatim_store\":1}\n{\"table\":\"paused\",\"chat\":7,\"since\":5}\n{\"rows\":1}\n";
    import(data.path(), text.as_bytes(), SOURCE).unwrap();
    let before = exported(data.path());
    let again = import(data.path(), text.as_bytes(), SOURCE).unwrap_err().to_string();
    assert!(again.contains("verbatim.sqlite: there is a store already\nhint: "), "{again}");
    assert_eq!(exported(data.path()), before);

    // A file that cannot be read may be somebody's store, too.
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("verbatim.sqlite"), "this is no database".repeat(99)).unwrap();
    let corrupt = import(data.path(), text.as_bytes(), SOURCE).unwrap_err().to_string();
    assert!(corrupt.contains("verbatim.sqlite: there is a store"), "{corrupt}");

    // What was left of one that was moved away alone.
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("verbatim.sqlite-wal"), "pages").unwrap();
    let left = import(data.path(), text.as_bytes(), SOURCE).unwrap_err().to_string();
    assert!(left.contains("verbatim.sqlite-wal: there is"), "{left}");
}

#[test]
fn nothing_is_left_of_an_export_that_is_wrong_somewhere() {
    let data = tempfile::tempdir().unwrap();
    let _store = filled(data.path());
    let whole = exported(data.path());
    let without_end = whole.trim_end().rsplit_once('\n').unwrap().0;
    let with = |line: &str| format!("{{\"verbatim_store\":4}}\n{line}\n{{\"rows\":1}}\n");
    let told: Vec<_> = [
        "",
        "{\"rows\":0}",
        "[4]",
        "{\"verbatim_store\":0}",
        "{\"verbatim_store\":99}",
        "{\"verbatim_store\":4}",
        &whole[..whole.floor_char_boundary(whole.len() / 2)],
        without_end,
        &format!("{without_end}\n{{\"rows\":3}}\n"),
        &format!("{whole}{whole}"),
        &with("{\"table\":\"paused\",\"chat\":7}"),
        &with("{\"table\":\"paused\",\"chat\":7,\"since\":5,\"why\":null}"),
        &with("{\"table\":\"paused\",\"chat\":\"7\",\"since\":5}"),
        &with("{\"table\":\"paused\",\"chat\":7,\"since\":null}"),
        &with("{\"table\":\"pausing\",\"chat\":7}"),
        &with("{\"table\":\"sqlite_schema\",\"name\":\"x\"}"),
        &with("{\"chat\":7}"),
        &with("{\"table\":\"runs\",\"schedule\":5,\"due\":1,\"state\":\"sent\",\"message\":null,\"at\":1}"),
        &with("{\"table\":\"articles\",\"article\":1,\"file\":\"a\",\"title\":\"A\",\"hash\":\"1\",\"passages\":\"AA\"}"),
    ]
    .iter()
    .map(|text| refused(text))
    .map(|told| told.lines().next().unwrap_or_default().to_owned())
    .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    moved.jsonl:1: this is no export; expected `{"verbatim_store":5}` as the first line
    moved.jsonl:1: this is no export; expected `{"verbatim_store":5}` as the first line
    moved.jsonl:1: this is no JSON object
    moved.jsonl:1: there is no store version 0
    moved.jsonl: written by a later version of verbatim (store version 99)
    moved.jsonl:2: the export is cut off; expected a row, or `{"rows":0}` as the last line
    moved.jsonl:14: this is no JSON object
    moved.jsonl:25: the export is cut off; expected a row, or `{"rows":23}` as the last line
    moved.jsonl:25: rows are missing: only 23 came before
    moved.jsonl:26: this comes after the end of the export
    moved.jsonl:2: `paused` has no `since` here
    moved.jsonl:2: `paused` has no column `why` in this version
    moved.jsonl:2: `chat` is not a whole number
    moved.jsonl:2: `paused` does not take this row: NOT NULL constraint failed: paused.since
    moved.jsonl:2: there is no table `pausing` in this version
    moved.jsonl:2: there is no table `sqlite_schema` in this version
    moved.jsonl:2: there is no `table`
    moved.jsonl:2: `runs` does not take this row: FOREIGN KEY constraint failed
    moved.jsonl:2: `passages` is not an object with `base64`
    "#);
}

#[test]
fn an_import_that_was_killed_is_no_obstacle() {
    let data = tempfile::tempdir().unwrap();
    for left in ["", "-wal", "-shm"] {
        std::fs::write(data.path().join(format!("verbatim.sqlite.importing{left}")), "x").unwrap();
    }
    import(data.path(), "{\"verbatim_store\":4}\n{\"rows\":0}\n".as_bytes(), SOURCE).unwrap();
    let names: Vec<_> = std::fs::read_dir(data.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["verbatim.sqlite"]);
}

#[test]
fn there_is_nothing_to_export_without_a_store() {
    let data = tempfile::tempdir().unwrap();
    let error = export(data.path(), &mut Vec::new()).unwrap_err().to_string();
    assert!(error.contains("there is no store\nhint: "), "{error}");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

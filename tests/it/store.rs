//! `verbatim store`: an operator moves the state of the bot to another machine.

use std::fs;
use std::process::Output;

use tempfile::TempDir;

use crate::cli::{err, folder, out, run};
use verbatim::ids::ChatId;
use verbatim::index;
use verbatim::store::Store;

const CHAT: ChatId = ChatId::new(7);
const PAUSED: ChatId = ChatId::new(8);

fn store_in(folder: &TempDir, data: &str) -> Store {
    let dir = folder.path().join(data);
    fs::create_dir_all(&dir).expect("a new directory");
    Store::open(&dir).expect("a new store")
}

fn succeeded(output: Output) -> Output {
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    output
}

fn trouble(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", out(output));
    err(output)
}

#[test]
fn store_export_goes_to_a_file_or_a_pipe_while_the_store_is_open() {
    let folder = folder();
    let store = store_in(&folder, "data");
    store.set_language(CHAT, "fa").expect("it is written");
    store.pause(PAUSED, 100).expect("it is written");
    let export = succeeded(run(&folder, &["store", "export", "backup.sqlite"], &[], b""));
    assert_eq!(out(&export), "exported the store to backup.sqlite\n");
    let piped = succeeded(run(&folder, &["store", "export"], &[], b"")).stdout;
    let dash = succeeded(run(&folder, &["store", "export", "-"], &[], b"")).stdout;
    let file = fs::read(folder.path().join("backup.sqlite")).expect("it was written");
    assert!(piped == file && dash == file, "all are the same database");

    let import = ["store", "import", "backup.sqlite", "--data", "new"];
    let imported = succeeded(run(&folder, &import, &[], b""));
    assert_eq!(out(&imported), "imported the store into new\n");
    succeeded(run(&folder, &["store", "import", "-", "--data", "other"], &[], &piped));
    for data in ["new", "other"] {
        let moved = store_in(&folder, data);
        assert_eq!(moved.language(CHAT).expect("it is read").as_deref(), Some("fa"));
        assert!(moved.is_paused(PAUSED).expect("it is read"));
    }
}

#[test]
fn store_import_refuses_a_store_with_rows_and_a_running_bot() {
    let folder = folder();
    store_in(&folder, "data").set_language(CHAT, "fa").expect("it is written");
    let export = succeeded(run(&folder, &["store", "export"], &[], b"")).stdout;
    let there = trouble(&run(&folder, &["store", "import", "-"], &[], &export));
    assert!(there.contains("data/verbatim.sqlite: there is a store already\nhint: "), "{there}");
    let new = folder.path().join("new");
    let lock = index::lock(&new).expect("no bot runs");
    let import = ["store", "import", "-", "--data", "new"];
    let used = trouble(&run(&folder, &import, &[], &export));
    assert!(used.contains("new: another verbatim is using this data directory"), "{used}");
    assert!(!new.join("verbatim.sqlite").exists());
    drop(lock);
    let cut = trouble(&run(&folder, &import, &[], &export[..export.len() - 5]));
    assert!(cut.contains("standard input: the export is damaged ("), "{cut}");
    assert!(!new.join("verbatim.sqlite").exists());
    succeeded(run(&folder, &import, &[], &export));
}

#[test]
fn store_import_says_how_to_bring_over_an_export_in_json() {
    let folder = folder();
    let old =
        "{\"verbatim_store\":5}\n{\"table\":\"paused\",\"chat\":7,\"since\":5}\n{\"rows\":1}\n";
    fs::write(folder.path().join("backup.jsonl"), old).expect("a new file");
    let error = trouble(&run(&folder, &["store", "import", "backup.jsonl"], &[], b""));
    insta::assert_snapshot!(error, @"
    verbatim: backup.jsonl: an export in the JSON format of an earlier version
    hint: nothing was imported; export again with this version, `verbatim store export FILE --data DIR` with the old data directory, and import that file
    ");
}

#[test]
fn store_export_leaves_a_complete_file_or_none() {
    let folder = folder();
    fs::write(folder.path().join("backup.sqlite"), "an earlier export").expect("a new file");
    let missing = trouble(&run(&folder, &["store", "export", "backup.sqlite"], &[], b""));
    assert!(missing.contains("data/verbatim.sqlite: there is no store\nhint: "), "{missing}");
    let kept = fs::read_to_string(folder.path().join("backup.sqlite")).expect("it is there");
    assert_eq!(kept, "an earlier export");
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .expect("it can be read")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["backup.sqlite", "corpus"]);
    store_in(&folder, "data");
    succeeded(run(&folder, &["store", "export", "backup.sqlite"], &[], b""));
    let nowhere = trouble(&run(&folder, &["store", "export", "nowhere/backup.sqlite"], &[], b""));
    assert!(nowhere.contains("nowhere/backup.sqlite: "), "{nowhere}");
}

#[test]
fn store_export_help_says_what_is_in_an_export() {
    let help = out(&succeeded(run(&folder(), &["store", "export", "--help"], &[], b"")));
    for part in ["standard output", "SQLite", "what people asked", "FILE"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}

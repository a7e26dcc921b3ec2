//! Export and import of the store, by which an operator moves it to another machine.

use std::fs;
use std::process::Output;

use tempfile::TempDir;

use crate::cli::{err, folder, out, run};
use verbatim::index;
use verbatim::store::Store;

fn store_in(folder: &TempDir, data: &str) -> Store {
    let dir = folder.path().join(data);
    fs::create_dir_all(&dir).expect("a new directory");
    Store::open(&dir).expect("a new store")
}

fn ok(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", err(output));
    out(output)
}

fn trouble(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", out(output));
    err(output)
}

#[test]
fn store_moves_through_a_file_or_a_pipe_while_it_is_open() {
    let folder = folder();
    let store = store_in(&folder, "data");
    store.set_language(7, "fa").expect("it is written");
    store.pause(8, 100).expect("it is written");
    let wrote = ok(&run(&folder, &["store", "export", "moved.jsonl"], &[], b""));
    assert_eq!(wrote, "wrote 2 rows (paused 1, chats 1) to moved.jsonl\n");
    let piped = ok(&run(&folder, &["store", "export"], &[], b""));
    let file = fs::read_to_string(folder.path().join("moved.jsonl")).expect("it was written");
    assert_eq!(piped, file);

    let read = ok(&run(&folder, &["store", "import", "moved.jsonl", "--data", "new"], &[], b""));
    assert_eq!(read, "read 2 rows (paused 1, chats 1) into new\n");
    ok(&run(&folder, &["store", "import", "-", "--data", "other"], &[], piped.as_bytes()));
    for data in ["new", "other"] {
        let moved = store_in(&folder, data);
        assert_eq!(moved.language(7).expect("it is read").as_deref(), Some("fa"));
        assert!(moved.is_paused(8).expect("it is read"));
    }
}

#[test]
fn import_refuses_to_overwrite_a_store() {
    let folder = folder();
    store_in(&folder, "data").set_language(7, "fa").expect("it is written");
    let export = ok(&run(&folder, &["store", "export"], &[], b""));
    let there = trouble(&run(&folder, &["store", "import", "-"], &[], export.as_bytes()));
    assert!(there.contains("data/verbatim.sqlite: there is a store already\nhint: "), "{there}");
    // The directory belongs to a running bot.
    let new = folder.path().join("new");
    let lock = index::lock(&new).expect("nobody has it");
    let import = ["store", "import", "-", "--data", "new"];
    let used = trouble(&run(&folder, &import, &[], export.as_bytes()));
    assert!(used.contains("new: another verbatim is using this data directory"), "{used}");
    assert!(!new.join("verbatim.sqlite").exists());
    drop(lock);
    let cut = trouble(&run(&folder, &import, &[], &export.as_bytes()[..export.len() - 5]));
    assert!(cut.contains("standard input:3: this is no JSON object\nhint: nothing was"), "{cut}");
    assert!(!new.join("verbatim.sqlite").exists());
    ok(&run(&folder, &import, &[], export.as_bytes()));
}

#[test]
fn export_leaves_a_whole_file_or_none() {
    let folder = folder();
    fs::write(folder.path().join("moved.jsonl"), "what was there").expect("a new file");
    let missing = trouble(&run(&folder, &["store", "export", "moved.jsonl"], &[], b""));
    assert!(missing.contains("data/verbatim.sqlite: there is no store\nhint: "), "{missing}");
    let kept = fs::read_to_string(folder.path().join("moved.jsonl")).expect("it is there");
    assert_eq!(kept, "what was there");
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .expect("it can be read")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["corpus", "moved.jsonl"]);
    store_in(&folder, "data");
    ok(&run(&folder, &["store", "export", "moved.jsonl"], &[], b""));
    let nowhere = trouble(&run(&folder, &["store", "export", "nowhere/moved.jsonl"], &[], b""));
    assert!(nowhere.contains("nowhere/moved.jsonl"), "{nowhere}");
}

#[test]
fn export_help_explains_the_output() {
    let help = ok(&run(&folder(), &["store", "export", "--help"], &[], b""));
    for part in ["standard output", "one moment", "FILE"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}

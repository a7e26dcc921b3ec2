//! The index with several processes, and with files that are destroyed while a bot runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::child::{Process, folders};
use super::{ANSWER, ASKED, answers, answers_in_the_end, in_telegram};
use crate::cli::{err, out, run};
use crate::fake_bot_api::FakeBotApi;
use crate::skipped;
use crate::tester::write;

/// Time after a write during which the stamp of a file is not reliable: a file that is indexed then
/// is read and recorded again.
const UNCERTAIN: Duration = Duration::from_millis(200);
const DIKES: &str = "---\ntitle: Dikes\n---\n\nA dike keeps the sea from the polder.\n";

/// Returns the files below a directory with their lengths and times, without those of the store.
fn state(dir: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).expect("it is there").flatten() {
        let name = entry.path().display().to_string();
        let metadata = entry.metadata().expect("it was listed");
        if metadata.is_dir() {
            found.extend(state(&entry.path()));
        } else if !name.contains("verbatim.sqlite") {
            found.insert(name, format!("{} {:?}", metadata.len(), metadata.modified()));
        }
    }
    found
}

fn begins(output: &Output, code: i32, text: &str) {
    assert_eq!(output.status.code(), Some(code), "{}", err(output));
    assert!(out(output).trim_start().starts_with(text), "{}", out(output));
    // A slow machine reports its progress.
    let said = err(output);
    let notices: Vec<_> =
        said.lines().filter(|line| !line.ends_with(" articles are done")).collect();
    assert_eq!(notices, [""; 0]);
}

/// Returns folders whose configuration names the corpus by an absolute path.
fn named_folders() -> TempDir {
    let folders = folders();
    let file = folders.path().join("config/verbatim.toml");
    let config = fs::read_to_string(&file).expect("it was made");
    let dir = folders.path().join("corpus");
    let config = config.replace("[corpus]", &format!("[corpus]\ndir = {:?}", dir.display()));
    fs::write(file, config).expect("it is ours");
    folders
}

#[test]
fn index_is_read_by_commands_while_a_bot_owns_it() {
    in_telegram(async |telegram| {
        let folders = folders();
        std::thread::sleep(UNCERTAIN);
        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        let data = folders.path().join("data");
        let before = state(&data);
        begins(&run(&folders, &["ask", ASKED], &[], b""), 0, ANSWER);
        begins(&run(&folders, &["ask", "sourdough"], &[], b""), 1, "");
        begins(
            &run(&folders, &["ask", "--json"], &[], b"neap tide\nbarrage\n"),
            0,
            "{\"question\"",
        );
        begins(&run(&folders, &["ask", "--explain", ASKED], &[], b""), 0, "");
        begins(&run(&folders, &["sections"], &[], b""), 0, "Tides & <Times>");
        begins(&run(&folders, &["brief"], &[], b""), 0, "Tides & <Times>");
        begins(&run(&folders, &["brief", "neap", "tide"], &[], b""), 0, "");
        begins(&run(&folders, &["check"], &[], b""), 0, "1 article, 3 passages");
        let talk = run(&folders, &["chat"], &[], b"neap tide\nquit\n");
        assert!(out(&talk).contains(ANSWER), "{}", out(&talk));
        let judged = folders.path().join("judged.jsonl");
        fs::write(&judged, "{\"question\": \"neap tide?\", \"answer\": \"twice\"}\n").expect("new");
        begins(&run(&folders, &["evaluate", "judged.jsonl"], &[], b""), 0, "");
        assert_eq!(state(&data), before, "a reader wrote into the data directory");

        for command in [&["model", "encode"][..], &["store", "import", "-"], &["serve"]] {
            let refused = run(&folders, command, &[("TELOXIDE_TOKEN", "1:x")], b"");
            let said = err(&refused);
            assert_eq!(refused.status.code(), Some(2), "{command:?}: {said}");
            assert!(said.contains("another verbatim is using this data directory"), "{said}");
            assert!(said.contains("hint: "), "{said}");
        }
        fs::create_dir(folders.path().join("other")).expect("a new directory");
        fs::write(folders.path().join("other/dikes.md"), DIKES).expect("a new file");
        let other = run(&folders, &["ask", "--corpus", "other", "polder"], &[], b"");
        assert_eq!(other.status.code(), Some(2));
        assert!(err(&other).contains("it is of another corpus"), "{}", err(&other));
        answers(telegram).await;
        let log = bot.kill();
        assert!(!log.iter().any(|line| line.contains("is damaged")), "{log:#?}");
        // Without the bot, the command itself indexes the edit.
        write(&folders, "dikes.md", DIKES);
        begins(&run(&folders, &["ask", "polder"], &[], b""), 0, "A dike keeps");
    });
}

#[test]
fn index_is_read_while_edits_are_indexed() {
    in_telegram(async |telegram| {
        let folders = named_folders();
        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        for edit in 0..10 {
            let text = DIKES.replace("the polder", &format!("polder number {edit}"));
            write(&folders, "dikes.md", &text);
            for _ in 0..3 {
                let asked = run(&folders, &["ask", ASKED], &[], b"");
                assert_eq!(asked.status.code(), Some(0), "{}", err(&asked));
                assert!(out(&asked).contains(ANSWER), "{}", out(&asked));
                let said = err(&asked);
                let notice = "verbatim: the index is read without the changes of 1 file\n";
                assert!(said.is_empty() || said == notice, "{said}");
            }
        }
        bot.logs("the corpus has changed").await;
        answers(telegram).await;
        let log = bot.kill();
        assert!(!log.iter().any(|line| line.contains("ERROR")), "{log:#?}");
        assert!(!log.iter().any(|line| line.contains("is damaged")), "{log:#?}");
    });
}

#[test]
fn index_is_made_once_by_concurrent_commands() {
    let folders = folders();
    let ask = || {
        Command::new(env!("CARGO_BIN_EXE_verbatim"))
            .args(["ask", ASKED])
            .current_dir(folders.path())
            .env_remove("TELOXIDE_TOKEN")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built for this test")
    };
    for _ in 0..3 {
        let asked: Vec<_> = (0..4).map(|_| ask()).collect();
        for child in asked {
            begins(&child.wait_with_output().expect("it ends"), 0, ANSWER);
        }
        fs::remove_dir_all(folders.path().join("data/index")).expect("it was made");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn index_is_read_in_a_directory_that_cannot_be_written() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    fn protect(dir: &Path) {
        for entry in fs::read_dir(dir).expect("it is there").flatten() {
            match entry.path().is_dir() {
                true => protect(&entry.path()),
                false => set(&entry.path(), 0o444),
            }
        }
        set(dir, 0o555);
    }

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    let folders = folders();
    // A change of the mode of an indexed file would count as a change of the file.
    protect(&folders.path().join("corpus"));
    begins(&run(&folders, &["ask", ASKED], &[], b""), 0, ANSWER);
    for dir in ["config", "data"] {
        protect(&folders.path().join(dir));
    }
    set(folders.path(), 0o555);
    let mut command = Command::new(env!("CARGO_BIN_EXE_verbatim"));
    command.args(["ask", ASKED]).current_dir(folders.path()).env_remove("TELOXIDE_TOKEN");
    if fs::write(folders.path().join("data/probe"), "").is_ok() {
        // This user may write anywhere, so another one asks.
        fs::remove_file(folders.path().join("data/probe")).expect("it was made");
        command.uid(65534);
    }
    let before = state(&folders.path().join("data"));
    let Ok(asked) = command.output() else {
        return skipped("a read-only data directory, since no other user can run the binary");
    };
    begins(&asked, 0, ANSWER);
    assert_eq!(state(&folders.path().join("data")), before);
    set(folders.path(), 0o755);
    set(&folders.path().join("corpus"), 0o755);
    set(&folders.path().join("data"), 0o755);
    set(&folders.path().join("data/index"), 0o755);
    set(&folders.path().join("config"), 0o755);
}

/// Damage to a file of the index.
type Destroy = fn(&Path);

#[test]
fn index_destroyed_under_a_process_is_rebuilt_by_itself() {
    in_telegram(async |telegram| {
        let destroy_all: [(&str, Destroy); 5] = [
            ("zeros", |file| overwrite(file, 0)),
            ("garbage", |file| overwrite(file, 0x5a)),
            ("cut to a half", |file| cut(file, 2)),
            ("cut to nothing", |file| cut(file, usize::MAX)),
            ("removed", |file| drop(fs::remove_file(file))),
        ];
        for (how, destroy) in destroy_all {
            let folders = used(telegram).await;
            let mut bot = Process::start(&folders, &telegram.url);
            bot.logs("the index is up to date with the corpus").await;
            answers(telegram).await;
            let entries = fs::read_dir(folders.path().join("data/index")).expect("it was made");
            for entry in entries.flatten() {
                destroy(&entry.path());
            }
            bot.logs("the index is rebuilt").await;
            answers(telegram).await;
            write(&folders, "dikes.md", DIKES);
            bot.logs("the corpus has changed").await;
            let log = bot.log();
            let count = |part: &str| log.iter().filter(|line| line.contains(part)).count();
            assert_eq!(count("the index is damaged and is rebuilt"), 1, "{how}: {log:#?}");
            assert_eq!(count("the index is rebuilt"), 1, "{how}: {log:#?}");
            // The next start uses the rebuilt index.
            bot.terminate();
            assert_eq!(bot.ended(Duration::from_secs(10)).await.0, Some(0));
            bot = Process::start(&folders, &telegram.url);
            answers(telegram).await;
            // A kill would leave the question to the next process.
            bot.terminate();
            let (_, log) = bot.ended(Duration::from_secs(10)).await;
            assert!(!log.iter().any(|line| line.contains("rebuilt")), "{how}: {log:#?}");
        }
    });
}

#[test]
fn index_that_finds_no_room_is_rebuilt_when_there_is_room() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        return skipped("a full disk, since there is no `prlimit`");
    }
    in_telegram(async |telegram| {
        let folders = used(telegram).await;
        let bot = Process::start_on_a_small_disk(&folders, &telegram.url, 100_000);
        bot.logs("the index is up to date with the corpus").await;
        answers(telegram).await;
        let limit = |bytes: &str| {
            let size = format!("--fsize={bytes}:");
            let mut limited = Command::new("prlimit");
            limited.args(["--pid", &bot.id().to_string(), &size]);
            assert!(limited.status().expect("it is there").success());
        };
        limit("100");
        fs::remove_dir_all(folders.path().join("data/index")).expect("it was made");
        bot.logs("changes of the corpus could not be indexed").await;
        limit("unlimited");
        bot.logs("the index is rebuilt").await;
        answers(telegram).await;
        let log = bot.kill();
        let count = |part: &str| log.iter().filter(|line| line.contains(part)).count();
        assert_eq!(count("the index is damaged and is rebuilt"), 1, "{log:#?}");
        assert_eq!(count("panicked"), 0, "{log:#?}");
    });
}

#[test]
fn index_cut_under_a_question_costs_a_restart_at_most() {
    in_telegram(async |telegram| {
        let folders = used(telegram).await;
        for parts in [2, usize::MAX] {
            let bot = Process::start(&folders, &telegram.url);
            bot.logs("the index is up to date with the corpus").await;
            answers(telegram).await;
            for entry in
                fs::read_dir(folders.path().join("data/index")).expect("it was made").flatten()
            {
                cut(&entry.path(), parts);
            }
            // The passages of another question are not in memory: reading them may end the process.
            telegram.private().post("barrage estuary electricity");
            let _ = tokio::time::timeout(Duration::from_secs(5), telegram.next_message()).await;
            bot.kill();
            let bot = Process::start(&folders, &telegram.url);
            answers_in_the_end(telegram).await;
            bot.terminate();
            assert_eq!(bot.ended(Duration::from_secs(10)).await.0, Some(0));
        }
    });
}

async fn used(telegram: &FakeBotApi) -> TempDir {
    let folders = folders();
    let bot = Process::start(&folders, &telegram.url);
    // With a new store, a bot gets an update again that the bot before had not confirmed.
    answers_in_the_end(telegram).await;
    bot.terminate();
    assert_eq!(bot.ended(Duration::from_secs(10)).await.0, Some(0));
    folders
}

/// Overwrites the bytes of a mapped file.
fn overwrite(file: &Path, byte: u8) {
    use std::io::Write;
    // The bot may have begun to rebuild the index.
    let Ok(mut file) = fs::OpenOptions::new().write(true).open(file) else { return };
    let length = file.metadata().expect("it is open").len() as usize;
    file.write_all(&vec![byte; length]).expect("there is room");
}

fn cut(file: &Path, parts: usize) {
    // The bot may have begun to rebuild the index.
    let Ok(file) = fs::OpenOptions::new().write(true).open(file) else { return };
    let length = file.metadata().expect("it is open").len();
    file.set_len(length / parts as u64).expect("it can be cut");
}

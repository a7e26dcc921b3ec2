//! Faults of the disk: full, read-only, and with destroyed files.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use verbatim::ids::{ChatId, MessageId, UpdateId, UserId};
use verbatim::store::{AnswerRecord, NewSchedule, Outcome, PendingUpdate, Store, UpdateQueue};

use super::child::{Process, folders};
use super::{ASKED, answers, answers_in_the_end, in_telegram, report};
use crate::fake_bot_api::{ADA, FakeBotApi, Fault, GROUP};
use crate::skipped;

const FULL: &str = "the store cannot be written";
const ROOM: &str = "the store can be written again";

/// Returns folders in which a bot has run before.
async fn used(telegram: &FakeBotApi) -> TempDir {
    let folders = folders();
    let bot = Process::start(&folders, &telegram.url);
    answers(telegram).await;
    bot.terminate();
    assert_eq!(bot.ended(Duration::from_secs(10)).await.0, Some(0));
    folders
}

fn count(log: &[String], part: &str) -> usize {
    log.iter().filter(|line| line.contains(part)).count()
}

#[test]
fn full_disk_leaves_questions_with_telegram_until_there_is_room() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        return skipped("a full disk, since there is no `prlimit`");
    }
    in_telegram(async |telegram| {
        let folders = used(telegram).await;
        let store = folders.path().join("data/verbatim.sqlite");
        // The store fits, and a little of SQLite's write-ahead log.
        let blocks = fs::metadata(&store).expect("it was made").len() as u32 / 512 + 100;
        let bot = Process::start_on_a_small_disk(&folders, &telegram.url, blocks);
        let questions: Vec<_> = (1..=60).map(|chat| telegram.chat(chat).post(ASKED)).collect();
        bot.logs(FULL).await;
        let later = Duration::from_secs(3);
        let calls = |method| telegram.calls(method).len();
        let (polled, sent) = (calls("getUpdates"), calls("sendMessage"));
        // Together these do not fit, however little room was left.
        let long = format!("{ASKED}{}", "\n".repeat(3_000));
        let more: Vec<_> = (61..=80).map(|chat| telegram.chat(chat).post(&long)).collect();
        tokio::time::sleep(later).await;
        let (polled, sent) = (calls("getUpdates") - polled, calls("sendMessage") - sent);
        assert!(telegram.unconfirmed() >= more.len(), "it confirmed what it could not write down");
        assert!(polled <= 10 && sent <= 5, "{polled} polls, {sent} messages");

        let freed = Command::new("prlimit")
            .args(["--pid", &bot.id().to_string(), "--fsize=unlimited:"])
            .status();
        assert!(freed.expect("it is there").success());
        let room = Instant::now();
        let mut answered = Vec::new();
        while !questions.iter().chain(&more).all(|question| answered.contains(&question.id)) {
            answered.extend(telegram.next_message().await.reply_to);
        }
        let again = answered.len() - questions.len() - more.len();
        report(format_args!(
            "a full disk: {polled} polls and {sent} messages in {} s, all {} questions answered {:.1} s \
             after there was room, {again} twice",
            later.as_secs(),
            questions.len() + more.len(),
            room.elapsed().as_secs_f32()
        ));
        bot.logs(ROOM).await;
        bot.terminate();
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!((code, count(&log, FULL), count(&log, ROOM)), (Some(0), 1, 1), "{log:#?}");
        assert_eq!(count(&log, "ERROR"), 1, "{log:#?}");
        assert_eq!(again, 0);
    });
}

#[test]
fn store_failure_after_a_message_was_sent_does_not_send_it_again() {
    in_telegram(async |telegram| {
        let folders = used(telegram).await;
        let data = folders.path().join("data");
        subscribe(&data);
        let sent = telegram.calls("sendMessage").len();
        for _ in ["a welcome", "a briefing"] {
            telegram.fail_next("sendMessage", Fault::Delay(Duration::from_secs(1)));
        }
        telegram.group().add_bot();
        let bot = Process::start(&folders, &telegram.url);
        telegram.called("sendMessage", sent + 2).await;
        let rival = rusqlite::Connection::open(data.join("verbatim.sqlite")).expect("it is there");
        rival.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
        bot.logs(FULL).await;
        rival.execute_batch("ROLLBACK").expect("it was begun");
        bot.logs(ROOM).await;
        bot.terminate();
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!((code, count(&log, FULL)), (Some(0), 1), "{log:#?}");
        let _bot = Process::start(&folders, &telegram.url);
        let question = telegram.private().post(ASKED);
        let mut said = vec![
            telegram.next_message().await,
            telegram.next_message().await,
            telegram.next_message().await,
        ];
        said.extend(telegram.unseen());
        said.sort_by_key(|shown| shown.id);
        let said: Vec<_> = said.iter().map(|shown| (shown.chat, shown.reply_to)).collect();
        assert_eq!(said.len(), 3, "{said:?}");
        assert_eq!(said[2], (ADA, Some(question.id)));
        assert!(said.contains(&(GROUP, None)) && said.contains(&(ADA, None)), "{said:?}");
    });
}

/// Adds a briefing that is due now, and not again before this test is over.
fn subscribe(data: &Path) {
    let now = jiff::Timestamp::now().as_second();
    let new = NewSchedule {
        chat: ChatId::new(ADA),
        topic: None,
        rule: format!("daily {:02}:00 UTC", (now / 3600 + 12) % 24),
        subject: String::new(),
        is_always: true,
        is_silent: false,
        seen: 0,
        due: now,
    };
    Store::open(data).expect("the bot is dead").add_schedule(&new, 5).expect("a new chat");
}

#[test]
fn destroyed_store_is_put_aside_and_destroyed_index_is_rebuilt() {
    in_telegram(async |telegram| {
        let folders = used(telegram).await;
        let data = folders.path().join("data");
        let store = data.join("verbatim.sqlite");
        let whole = fs::read(&store).expect("it was made");
        let destroyed = [
            (1, "no database at all ".repeat(500).into_bytes()),
            (2, whole[..whole.len() / 2].to_vec()),
            (3, [&whole[..4096], &vec![0x5a; whole.len() - 4096]].concat()),
        ];
        for (number, bytes) in destroyed {
            fs::write(&store, &bytes).expect("the bot is dead");
            let bot = Process::start(&folders, &telegram.url);
            answers(telegram).await;
            // A killed bot would leave a write-ahead log from which SQLite repairs the file.
            bot.terminate();
            let (_, log) = bot.ended(Duration::from_secs(10)).await;
            assert_eq!(count(&log, "the store was corrupt and is put aside"), 1, "{log:#?}");
            let aside = data.join(format!("verbatim.sqlite.broken-{number}"));
            assert_eq!(fs::read(aside).expect("it is kept").len(), bytes.len());
        }
        for destroy in [garbage, shorten, remove] {
            for entry in fs::read_dir(data.join("index")).expect("it was made") {
                destroy(&entry.expect("it was listed").path());
            }
            let bot = Process::start(&folders, &telegram.url);
            answers_in_the_end(telegram).await;
            let log = bot.kill();
            let found = ["the index cannot be used and is rebuilt", "is damaged and is rebuilt"];
            let rebuilt: usize = found.iter().map(|line| count(&log, line)).sum();
            assert_eq!(rebuilt, 1, "{log:#?}");
            assert_eq!(count(&log, "panicked"), 0, "{log:#?}");
        }
    });
}

/// Damage to a data directory.
type Harm = fn(&Path);

#[test]
fn store_that_is_removed_while_the_bot_runs_loses_nothing() {
    const WRITTEN: &str = "the store is written again, and nothing is lost";
    let harms: [(&str, Harm); 4] = [
        ("the store is removed", |data| remove(&data.join("verbatim.sqlite"))),
        ("the log is removed", |data| remove(&data.join("verbatim.sqlite-wal"))),
        // The directory is renamed first, since the bot may make it again while it is removed.
        ("the directory is removed", |data| {
            let old = data.with_extension("old");
            fs::rename(data, &old).and_then(|()| fs::remove_dir_all(old)).expect("it was made");
        }),
        ("the directory is moved", |data| {
            fs::rename(data, data.with_extension("old")).expect("it was made");
        }),
    ];
    for (what, harm) in harms {
        in_telegram(async |telegram| {
            let folders = used(telegram).await;
            let data = folders.path().join("data");
            let bot = Process::start(&folders, &telegram.url);
            telegram.private().post("/brief daily 08:30 UTC");
            telegram.next_message().await;
            // The order is completed when the next question of the chat is answered.
            answers(telegram).await;
            harm(&data);
            for _ in 0..100 {
                telegram.fail_next("sendMessage", Fault::DropBefore);
            }
            let sent = telegram.calls("sendMessage").len();
            let question = telegram.private().post(ASKED);
            telegram.called("sendMessage", sent + 1).await;
            let log = bot.kill();
            assert!(count(&log, WRITTEN) > 0, "{what}: {log:#?}");
            assert_eq!(count(&log, "panicked"), 0, "{what}: {log:#?}");
            telegram.mends();
            let _bot = Process::start(&folders, &telegram.url);
            let answer = telegram.next_message().await;
            assert_eq!(answer.reply_to, Some(question.id), "{what}");
            telegram.private().post("/brief status");
            assert!(telegram.next_message().await.text.contains("08:30"), "{what}");
        });
    }
}

#[test]
fn store_that_was_emptied_is_reported() {
    in_telegram(async |telegram| {
        let folders = used(telegram).await;
        fs::write(folders.path().join("data/verbatim.sqlite"), "").expect("the bot is dead");
        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        let log = bot.kill();
        assert_eq!(
            count(&log, "the store is empty or missing, though there was one"),
            1,
            "{log:#?}"
        );
    });
}

#[cfg(unix)]
#[test]
fn data_directory_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    fn open_to_others(dir: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(dir).expect("it was made").flatten() {
            let metadata = entry.metadata().expect("it was listed");
            if metadata.permissions().mode() & 0o077 != 0 {
                found.push(entry.path().display().to_string());
            }
            if metadata.is_dir() {
                open_to_others(&entry.path(), found);
            }
        }
    }
    in_telegram(async |telegram| {
        let folders = folders();
        let data = folders.path().join("data");
        let check = || {
            let mut found = Vec::new();
            open_to_others(&data, &mut found);
            let mode = fs::metadata(&data).expect("it was made").permissions().mode();
            assert_eq!((mode & 0o777, found), (0o700, Vec::new()));
        };
        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        check();
        drop(bot);
        fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).expect("it is ours");
        for name in ["verbatim.sqlite", "verbatim.sqlite-wal", "lock", "index"] {
            let path = data.join(name);
            let wider = if path.is_dir() { 0o755 } else { 0o644 };
            fs::set_permissions(path, fs::Permissions::from_mode(wider)).expect("it is ours");
        }
        let _bot = Process::start(&folders, &telegram.url);
        answers_in_the_end(telegram).await;
        check();
    });
}

fn garbage(file: &Path) {
    let length = fs::metadata(file).expect("it was listed").len() as usize;
    fs::write(file, vec![0x5a; length]).expect("the bot is dead");
}

fn shorten(file: &Path) {
    let whole = fs::read(file).expect("it was listed");
    fs::write(file, &whole[..whole.len() / 2]).expect("the bot is dead");
}

fn remove(file: &Path) {
    fs::remove_file(file).expect("it was listed");
}

#[test]
fn data_directory_that_cannot_be_written_is_reported() {
    in_telegram(async |telegram| {
        let folders = folders();
        let data = folders.path().join("data");
        fs::write(&data, "a file in its place").expect("a new file");
        let bot = Process::start(&folders, &telegram.url);
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!(code, Some(2), "{log:#?}");
        assert!(log[0].starts_with("verbatim: data"), "{log:#?}");

        fs::remove_file(&data).expect("it is there");
        if !protect(&data) {
            return skipped("a read-only data directory, since this user may write anywhere");
        }
        let bot = Process::start(&folders, &telegram.url);
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!(code, Some(2), "{log:#?}");
        assert!(log[0].starts_with("verbatim: data"), "{log:#?}");
    });
}

/// Makes a read-only directory. Returns whether this user cannot write there.
fn protect(dir: &Path) -> bool {
    fs::create_dir(dir).expect("a new directory");
    let mut rights = fs::metadata(dir).expect("it was made").permissions();
    rights.set_readonly(true);
    fs::set_permissions(dir, rights).expect("it is ours");
    fs::write(dir.join("probe"), "").is_err()
}

#[test]
fn journal_stays_small() {
    const QUESTIONS: i64 = 2_000;
    const BATCH: i64 = 100;
    let data = tempfile::tempdir().expect("a temporary directory");
    let store = Store::open(data.path()).expect("a new directory");
    let body = "a long update ".repeat(200);
    for first in (0..QUESTIONS).step_by(BATCH as usize) {
        let batch: Vec<_> = (first..first + BATCH)
            .map(|id| PendingUpdate {
                id: UpdateId::new(id),
                queue: UpdateQueue::Chat { chat: ChatId::new(id), topic: None },
                received_at: id,
                body: body.clone(),
            })
            .collect();
        store.journal(&batch).expect("there is room");
        for id in first..first + BATCH {
            let answered = AnswerRecord {
                chat: ChatId::new(id),
                question: MessageId::new(1),
                answer: Some(MessageId::new(2)),
                text: ASKED.into(),
                context: ASKED.into(),
                asker: Some(UserId::new(id)),
                quotes: Vec::new(),
                outcome: Outcome::Answered,
                at: id,
            };
            store.complete(UpdateId::new(id), Some(&answered)).expect("there is room");
        }
    }
    let size = |name: &str| fs::metadata(data.path().join(name)).expect("it is open").len();
    let (file, log) = (size("verbatim.sqlite") / 1024, size("verbatim.sqlite-wal") / 1024);
    report(format_args!(
        "after {QUESTIONS} questions of {} kB in all: the store {file} kB, its log {log} kB",
        QUESTIONS as usize * body.len() / 1024
    ));
    assert!(file < 2 * 1024 && log < 6 * 1024, "{file} kB, {log} kB");
    assert_eq!(store.pending().expect("it can be read"), []);
}

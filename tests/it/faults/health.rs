//! The command `verbatim health` next to running bots, and the log of a start.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::child::{self, Process};
use super::in_telegram;
use crate::cli::{err, out};
use crate::fake_bot_api::Fault;

/// Returns folders whose bot has a monitor on a free port.
fn folders() -> TempDir {
    let folders = child::folders();
    let path = folders.path().join("config/verbatim.toml");
    let config = std::fs::read_to_string(&path).expect("it was written");
    let config = format!("{config}[monitor]\nlisten = \"127.0.0.1:0\"\n");
    std::fs::write(path, config).expect("it can be written");
    folders
}

fn health(dir: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_verbatim"))
        .arg("health")
        .current_dir(dir)
        .env_remove("RUST_LOG")
        .output()
        .expect("the binary was built for this test")
}

fn check(dir: &Path, code: i32, says: &str) {
    let output = health(dir);
    let said = if code == 0 { out(&output) } else { err(&output) };
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(says), "{said}");
    assert!(
        code == 0 || code == 1 && says.starts_with("is not well") || said.contains("\nhint: "),
        "{said}"
    );
}

#[test]
fn health_asks_the_bot_of_its_data_directory_and_no_other() {
    in_telegram(async |telegram| {
        let (folders, others) = (folders(), self::folders());
        check(folders.path(), 1, "no bot runs with the data directory data");
        let bot = Process::start(&folders, &telegram.url);
        bot.logs("connected to Telegram").await;
        check(folders.path(), 0, "is well\n");
        check(others.path(), 1, "no bot runs with the data directory data");

        // The bot of the other directory was killed, and this bot got its address.
        let file = folders.path().join("data/instance.json");
        let written = std::fs::read(&file).expect("a bot runs");
        let mut instance: Value = serde_json::from_slice(&written).expect("it is JSON");
        instance["id"] = "0".into();
        let other = others.path().join("data");
        std::fs::create_dir_all(&other).expect("a new directory");
        std::fs::write(other.join("instance.json"), instance.to_string()).expect("a new file");
        check(others.path(), 1, "is gone, and another program answers at 127.0.0.1:");

        bot.kill();
        check(folders.path(), 1, "is gone: nothing listens at 127.0.0.1:");
        let bot = Process::start(&folders, &telegram.url);
        bot.logs("connected to Telegram").await;
        check(folders.path(), 0, "is well\n");
        bot.terminate();
        assert_eq!(bot.ended(Duration::from_secs(20)).await.0, Some(0));
        assert!(!file.exists(), "a clean stop removes it");
        check(folders.path(), 1, "no bot runs with the data directory data");
    });
}

#[test]
fn health_shows_the_failed_checks() {
    in_telegram(async |telegram| {
        let folders = folders();
        for _ in 0..1_000 {
            telegram.fail_next("getMe", Fault::refuse(502, "Bad Gateway"));
        }
        let bot = Process::start(&folders, &telegram.url);
        telegram.called("getMe", 1).await;
        check(folders.path(), 1, "is not well:\nindex: ok\nstore: ok\ntelegram: not reached yet");
        bot.kill();
    });
}

#[test]
fn health_names_a_bot_without_a_monitor() {
    in_telegram(async |telegram| {
        let folders = child::folders();
        let path = folders.path().join("config/verbatim.toml");
        let config = std::fs::read_to_string(&path).expect("it was written");
        std::fs::write(path, format!("{config}[monitor]\nlisten = \"\"\n")).expect("it can be");
        let bot = Process::start(&folders, &telegram.url);
        bot.logs("connected to Telegram").await;
        check(folders.path(), 2, "cannot be asked, since it has no monitor");
        bot.kill();
    });
}

#[test]
fn start_is_logged_with_the_corpus_the_data_and_the_addresses() {
    in_telegram(async |telegram| {
        let folders = folders();
        std::fs::write(folders.path().join("corpus/bad.md"), "a\0b").expect("a new file");
        let bot = Process::start(&folders, &telegram.url);
        bot.logs("connected to Telegram").await;
        let log = bot.kill().join("\n");
        let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
        for field in [
            &version,
            "corpus=",
            "articles=1",
            "passages=3",
            "left_out=1",
            "data=",
            "model=\"words alone\"",
            "monitor=127.0.0.1:",
            &format!("bot_api_server=\"{}\"", telegram.url.trim_end_matches('/')),
            "bot=\"",
        ] {
            assert!(log.contains(field), "{field}: {log}");
        }
        assert!(!log.contains("webhook"), "there is none: {log}");
        // With an existing index, files are scanned after the start.
        let bot = Process::start(&folders, &telegram.url);
        bot.logs("the index is up to date with the corpus").await;
        let log = bot.kill().join("\n");
        assert!(log.contains("articles=1 left_out=1"), "{log}");
    });
}

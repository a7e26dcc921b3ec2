//! Changes of the corpus of a bot that was started as README says, with a relative path.

use std::fs;
use std::time::Duration;

use super::child::{Process, folders};
use super::in_telegram;

/// Time after which the bot has scanned the corpus. Without the watcher it scans again after a
/// minute.
const FIRST_LOOK: Duration = Duration::from_secs(2);

#[test]
fn watcher_serves_an_edit_of_a_relative_corpus_within_seconds() {
    in_telegram(async |telegram| {
        let folders = folders();
        let bot = Process::start(&folders, &telegram.url);
        telegram.private().post("When does a neap tide happen?");
        assert!(telegram.next_message().await.text.starts_with("A neap tide happens"));
        tokio::time::sleep(FIRST_LOOK).await;
        let dikes = "---\ntitle: Dikes\n---\n\nA dike keeps the sea from the polder.\n";
        fs::write(folders.path().join("corpus/dikes.md"), dikes).expect("a new file");
        bot.logs("the corpus has changed").await;
        telegram.private().post("polder");
        assert!(telegram.next_message().await.text.starts_with("A dike keeps"));
        // The name of a file cannot forge a line of the log.
        fs::write(folders.path().join("corpus/a\n2026 ERROR forged\u{1b}[2J.md"), "x\0y")
            .expect("a new file");
        bot.logs("a\\n2026 ERROR forged\\u{1b}[2J.md").await;
        let log = bot.kill();
        assert!(
            !log.iter().any(|line| line.starts_with("2026 ERROR") || line.contains("\u{1b}[2J")),
            "{log:#?}"
        );
    });
}

//! The corpus changes under a bot that was started as README says: with a relative corpus.

use std::fs;
use std::time::Duration;

use super::child::{Process, folders};
use super::in_telegram;

/// The bot has looked at the corpus for the first time after so long; without a hint it looks again after a minute.
const FIRST_LOOK: Duration = Duration::from_secs(2);

#[test]
fn watcher_serves_an_edit_of_a_relative_corpus_within_seconds() {
    in_telegram(async |telegram| {
        let folders = folders();
        let bot = Process::start(&folders, &telegram.url);
        telegram.says("When does a neap tide happen?");
        assert!(telegram.next().await.text.starts_with("A neap tide happens"));
        tokio::time::sleep(FIRST_LOOK).await;
        let dikes = "---\ntitle: Dikes\n---\n\nA dike keeps the sea from the polder.\n";
        fs::write(folders.path().join("corpus/dikes.md"), dikes).expect("a new file");
        bot.logs("the corpus has changed").await;
        telegram.says("polder");
        assert!(telegram.next().await.text.starts_with("A dike keeps"));
        // The name of a file is no line of the log.
        fs::write(folders.path().join("corpus/a\n2026 ERROR forged\u{1b}[2J.md"), "x")
            .expect("a new file");
        bot.logs("a\\n2026 ERROR forged\\u{1b}[2J.md").await;
        let log = bot.kill();
        assert!(
            !log.iter().any(|line| line.starts_with("2026 ERROR") || line.contains("\u{1b}[2J")),
            "{log:#?}"
        );
    });
}

//! Articles that come and go while the bot runs: by the operator's hand, and by files.

use std::fs;

use verbatim::config::{Access, Telegram};

use crate::fake_bot_api::{ADA, FakeBotApi, Shown};
use crate::talk::{Running, conversation, folders, start, start_set, write};

const DIKES: &str = "---\ntitle: Dikes\nauthors: Bo\n---\n\nA dike keeps the sea from the polder.\n\n## Sheep\n\nSheep graze there.\n";

fn start_for_admin(telegram: &FakeBotApi) -> Running {
    let access = Access { admins: vec![ADA], ..Access::default() };
    start_set(telegram, folders(), Telegram { access, ..Telegram::default() })
}

/// Asks until the corpus has been taken over: the answer must begin like that in the end.
async fn comes_to_say(telegram: &FakeBotApi, question: &str, beginning: &str) -> Shown {
    for _ in 0..5_000 {
        telegram.says(question);
        let answer = telegram.next().await;
        if answer.text.starts_with(beginning) {
            return answer;
        }
    }
    panic!("the corpus was not taken over")
}

#[test]
fn what_happens_to_files_is_answered_within_seconds() {
    conversation(async |telegram| {
        let access = Access { user_per_minute: 0, ..Access::default() };
        let bot = start_set(telegram, folders(), Telegram { access, ..Telegram::default() });
        comes_to_say(telegram, "polder", "I found nothing").await;
        write(&bot.folders, "dikes.md", DIKES);
        comes_to_say(telegram, "polder", "A dike keeps").await;
        write(&bot.folders, "dikes.md", &DIKES.replace("the polder", "the lowland"));
        comes_to_say(telegram, "lowland", "A dike keeps").await;
        fs::remove_file(bot.folders.path().join("corpus/dikes.md")).unwrap();
        comes_to_say(telegram, "lowland", "I found nothing").await;
        bot.stop().await;
    });
}

#[test]
fn the_admins_hear_once_of_a_file_that_breaks() {
    conversation(async |telegram| {
        let bot = start_for_admin(telegram);
        telegram.says("/help");
        telegram.next().await;
        write(&bot.folders, "tides.md", "---\nauthors: Ada\n---\n\nNo title.\n");
        let told = telegram.next().await;
        assert_eq!((told.chat, told.reply_to), (ADA, None));
        assert!(told.text.contains("stays as it was before"), "{}", told.text);
        assert!(told.text.contains("the front matter has no `title`"), "{}", told.text);
        write(&bot.folders, "new.md", "---\nauthors: Ada\n---\n\nNo title either.\n");
        let told = telegram.next().await;
        assert!(told.text.contains("left out") && told.text.contains("new.md"), "{}", told.text);
        telegram.says("when is a neap tide?");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        bot.stop().await;
    });
}

#[test]
fn a_file_that_the_operator_sends_is_shown_then_put_and_can_be_taken_out() {
    conversation(async |telegram| {
        let bot = start_for_admin(telegram);
        let corpus = bot.folders.path().join("corpus");
        telegram.sends_file("../../etc/dikes.md", DIKES.as_bytes());
        let preview = telegram.next().await;
        insta::assert_snapshot!(preview.text, @r"
        dikes.md would become:

        Dikes
        by Bo
        Sections: 2. Paragraphs: 2.

        • Opening
        • Sheep
        ");
        telegram.presses(&preview, "Cancel");
        assert_eq!(telegram.next().await.text, "Nothing was changed.");
        telegram.presses_data(&preview, &preview.buttons[0][0].1);
        assert!(telegram.next().await.text.contains("not kept any more"));
        // Two files of one name, both shown before either is put. Neither says what is asked below.
        telegram.sends_file("two.md", DIKES.replace("polder", "marsh").as_bytes());
        let first = telegram.next().await;
        telegram.sends_file("two.md", DIKES.replace("polder", "fen").as_bytes());
        let second = telegram.next().await;
        telegram.presses(&first, "Add it");
        telegram.next().await;
        telegram.presses_data(&first, &first.buttons[0][0].1);
        telegram.presses(&second, "Add it");
        let asked = telegram.next().await;
        assert!(asked.text.contains("takes the place of"), "{}", asked.text);
        telegram.presses(&asked, "Cancel");
        telegram.next().await;
        fs::remove_file(corpus.join("two.md")).unwrap();
        assert_eq!(fs::read_dir(&corpus).unwrap().count(), 1);

        telegram.sends_file("../../etc/dikes.md", DIKES.as_bytes());
        let preview = telegram.next().await;
        telegram.presses(&preview, "Add it");
        assert!(telegram.next().await.text.starts_with("dikes.md is in the corpus"));
        assert_eq!(fs::read_to_string(corpus.join("dikes.md")).unwrap(), DIKES);
        comes_to_say(telegram, "polder", "A dike keeps").await;
        telegram.sends_file("dikes.md", DIKES.replace("the polder", "the lowland").as_bytes());
        let preview = telegram.next().await;
        assert!(preview.text.contains("takes the place of “Dikes”"), "{}", preview.text);
        telegram.presses(&preview, "Replace it");
        telegram.next().await;
        comes_to_say(telegram, "lowland", "A dike keeps").await;

        telegram.says("/remove");
        let choice = telegram.next().await;
        telegram.presses(&choice, "Dikes");
        let question = telegram.next().await;
        assert_eq!(question.text, "Remove “Dikes” (dikes.md) from the corpus?");
        telegram.presses(&question, "Remove");
        assert!(telegram.next().await.text.starts_with("“Dikes” is removed."));
        assert!(telegram.documents()[0].contains("A dike keeps the sea from the lowland."));
        assert!(!corpus.join("dikes.md").exists());
        comes_to_say(telegram, "lowland", "I found nothing").await;
        telegram.says("/remove");
        let choice = telegram.next().await;
        telegram.presses(&choice, "Tides & <Times>");
        let question = telegram.next().await;
        telegram.presses(&question, "Remove");
        assert!(telegram.next().await.text.contains("the only article"));
        assert!(corpus.join("tides.md").exists());
        bot.stop().await;
    });
}

#[test]
fn what_cannot_become_an_article_is_told_and_nobody_else_sends_any() {
    conversation(async |telegram| {
        let bot = start_for_admin(telegram);
        for (name, content, expected) in [
            ("notes.pdf", &b"%PDF"[..], "it is no article by its name"),
            ("..", b"x", "it is no article by its name"),
            ("latin.md", b"---\ntitle: A\n---\n\ncaf\xe9\n", "it is not UTF-8"),
            ("untitled.md", b"Some text.\n", "title"),
            ("tides.txt", b"Tides\n\nOther tides.\n", "it has the same id as tides.md"),
        ] {
            telegram.sends_file(name, content);
            let told = telegram.next().await;
            assert!(told.text.contains(expected), "{name}: {}", told.text);
            assert_eq!(told.buttons.len(), 0);
        }
        let folders = bot.stop().await;
        let bot = start(telegram, folders);
        telegram.sends_file("dikes.md", DIKES.as_bytes());
        assert!(telegram.next().await.text.starts_with("I can only read text"));
        telegram.says("/remove");
        let told = telegram.next().await;
        assert_eq!(told.text, "Only my operator can do that.");
        for data in ["u+1", "r0", "r!AAAAAAAAAAA"] {
            telegram.presses_data(&told, data);
        }
        telegram.stays_silent(ADA).await;
        assert_eq!(fs::read_dir(bot.folders.path().join("corpus")).unwrap().count(), 1);
        bot.stop().await;
    });
}

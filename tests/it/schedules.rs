//! Briefings that come by themselves: what people set up, and what they get.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use verbatim::bot::Clock;
use verbatim::schedule::Rule;
use verbatim::store::Store;

use crate::fake_bot_api::{ADA, GROUP};
use crate::talk::{at, conversation, folders, labels, monday, patient, said, status_says, write};

const DIKES: &str = "---\ntitle: Dikes\nauthors: Bo\n---\n\nA dike keeps the sea from the polder. It is made of clay.\n\n## Sheep\n\nSheep graze on the slopes.\n";

/// What is new so far; a briefing that is due tells of nothing else.
fn newest(folders: &Path) -> i64 {
    let store = Store::open(&folders.join("data")).expect("a bot has made it");
    store.newest_change().expect("it can be read")
}

/// Waits until the bot has written down that something is newer.
async fn noted(folders: &Path, known: i64) {
    for _ in 0..3_000 {
        if newest(folders) > known {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing is new")
}

#[test]
fn what_is_new_comes_at_its_time_and_nothing_else() {
    conversation(async |telegram| {
        let clock = Clock::fixed(monday());
        let bot = patient(telegram, folders(), &clock);
        let made = said(telegram, "/brief daily 08:30 Europe/Berlin").await;
        insta::assert_snapshot!(made.text, @r"
        Done. I send what is new:

        1. Every day at 08:30, Europe/Berlin
        Next: 2026-01-05 08:30
        Not sent yet
        ");
        assert_eq!(labels(&made), ["End 1", "1: without a sound", "1: always"]);

        clock.set(at("2026-01-05T07:30:00Z"));
        status_says(telegram, "nothing was new on 2026-01-05 08:30").await;
        let known = newest(bot.folders.path());
        write(&bot.folders, "dikes.md", DIKES);
        noted(bot.folders.path(), known).await;
        clock.set(at("2026-01-06T07:30:00Z"));
        let news = telegram.next().await;
        insta::assert_snapshot!(news.text, @r"
        What is new since 2026-01-05 08:30

        Dikes · new
        by Bo
        A dike keeps the sea from the polder.
        Sheep graze on the slopes.
        ");
        assert_eq!((news.chat, news.reply_to, news.is_silent), (ADA, None, false));
        telegram.presses(&news, "Dikes");
        assert!(telegram.next().await.text.contains("Sheep graze on the slopes."));

        let known = newest(bot.folders.path());
        write(&bot.folders, "dikes.md", &DIKES.replace("graze on", "trample"));
        noted(bot.folders.path(), known).await;
        clock.set(at("2026-01-07T07:30:00Z"));
        let news = telegram.next().await;
        insta::assert_snapshot!(news.text, @r"
        What is new since 2026-01-06 08:30

        Dikes · changed
        Sheep trample the slopes.
        ");
        let known = newest(bot.folders.path());
        std::fs::remove_file(bot.folders.path().join("corpus/dikes.md")).unwrap();
        noted(bot.folders.path(), known).await;
        clock.set(at("2026-01-08T07:30:00Z"));
        insta::assert_snapshot!(telegram.next().await.text, @r"
        What is new since 2026-01-07 08:30

        No longer here: Dikes
        ");
        clock.set(at("2026-01-09T07:30:00Z"));
        let status = status_says(telegram, "nothing was new on 2026-01-09 08:30").await;
        assert!(status.text.contains("Next: 2026-01-10 08:30"), "{}", status.text);
        bot.stop().await;
    });
}

#[test]
fn a_topic_hears_only_of_what_answers_it() {
    conversation(async |telegram| {
        let clock = Clock::fixed(monday());
        let bot = patient(telegram, folders(), &clock);
        said(telegram, "/brief weekdays 9:00 UTC polder").await;
        let known = newest(bot.folders.path());
        write(&bot.folders, "sheep.md", "---\ntitle: Sheep\n---\n\nSheep eat grass.\n");
        noted(bot.folders.path(), known).await;
        clock.set(at("2026-01-05T09:00:00Z"));
        status_says(telegram, "nothing was new").await;
        let known = newest(bot.folders.path());
        write(&bot.folders, "dikes.md", DIKES);
        noted(bot.folders.path(), known).await;
        clock.set(at("2026-01-06T09:00:00Z"));
        let news = telegram.next().await;
        assert!(
            news.text.starts_with("What is new since 2026-01-05 09:00 · “polder”"),
            "{}",
            news.text
        );
        assert!(news.text.contains("A dike keeps the sea from the polder."), "{}", news.text);
        assert!(!news.text.contains("grass"));
        bot.stop().await;
    });
}

#[test]
fn a_zone_is_asked_for_once_and_only_administrators_set_up() {
    conversation(async |telegram| {
        let clock = Clock::fixed(monday());
        let bot = patient(telegram, folders(), &clock);
        let topic =
            |text: &str| json!({"text": text, "message_thread_id": 7, "is_topic_message": true});
        telegram.writes(GROUP, topic("/brief daily 08:30 always silent"));
        assert!(telegram.next().await.text.starts_with("Only administrators"));
        telegram.make_administrator(ADA);
        telegram.writes(GROUP, topic("/brief daily 08:30 always silent"));
        let zones = telegram.next().await;
        assert!(zones.text.starts_with("Which time zone"), "{}", zones.text);
        assert_eq!(zones.thread, Some(7));
        telegram.presses(&zones, "America ›");
        let america = telegram.next().await;
        telegram.presses(&america, "Back");
        let zones = telegram.next().await;
        telegram.presses(&zones, "Asia ›");
        let asia = telegram.next().await;
        telegram.presses_data(&asia, "zAsia/Kabul");
        let made = telegram.next().await;
        assert!(made.text.contains("Every day at 08:30, Asia/Kabul"), "{}", made.text);
        telegram.writes(GROUP, topic("/brief weekly fri 10:00"));
        assert!(telegram.next().await.text.contains("Every Friday at 10:00, Asia/Kabul"));
        telegram.writes(GROUP, json!({"text": "/brief status"}));
        assert!(telegram.next().await.text.starts_with("No briefing is scheduled here"));

        clock.set(at("2026-01-06T04:00:00Z"));
        let briefing = telegram.next().await;
        assert_eq!((briefing.chat, briefing.thread, briefing.is_silent), (GROUP, Some(7), true));
        assert!(briefing.text.starts_with("Tides & <Times>\nby Ada"), "{}", briefing.text);

        let status = {
            telegram.writes(GROUP, topic("/brief status"));
            telegram.next().await
        };
        telegram.remove_administrator(ADA);
        let answered = telegram.calls("answerCallbackQuery").len();
        telegram.presses(&status, "End 1");
        telegram.called("answerCallbackQuery", answered + 1).await;
        telegram.make_administrator(ADA);
        telegram.presses(&status, "1: only what is new");
        let status = telegram.next().await;
        telegram.presses(&status, "1: with a sound");
        let status = telegram.next().await;
        assert!(!status.text.contains("Without a sound") && !status.text.contains("Also when"));
        assert!(
            telegram.notices().contains(&"Only administrators of this group can do that.".into())
        );
        telegram.presses(&status, "End 1");
        let status = telegram.next().await;
        assert!(status.text.starts_with("Ended.") && status.text.contains("2. Every Friday"));
        telegram.writes(GROUP, topic("/brief off"));
        assert!(telegram.next().await.text.starts_with("Ended."));
        bot.stop().await;
    });
}

#[test]
fn mistakes_are_told_and_there_is_a_limit() {
    conversation(async |telegram| {
        let clock = Clock::fixed(monday());
        let bot = patient(telegram, folders(), &clock);
        for (order, expected) in [
            ("/brief daily 25:00", "“25:00” is no time of day"),
            ("/brief weekly foo 09:00", "“foo” is no day of the week"),
            ("/brief daily 08:30 Europe/Atlantis", "no time zone “Europe/Atlantis”"),
            ("/brief off 3", "There is nothing like that to end."),
            (&format!("/brief daily 08:30 UTC {}", "water ".repeat(600)), "too long for a subject"),
            (&format!("/watch {}", "water ".repeat(600)), "too long for a subject"),
            ("/brief zone Europe/Berlin", "Times of day are those of Europe/Berlin here."),
            ("/brief daily 08:30", "Done."),
            ("/brief DAILY 8:30", "There is this schedule:"),
        ] {
            let told = said(telegram, order).await;
            assert!(told.text.contains(expected), "{order}: {}", told.text);
        }
        for hour in 10..14 {
            said(telegram, &format!("/brief daily {hour}:00")).await;
        }
        let told = said(telegram, "/brief daily 15:00").await;
        assert!(told.text.starts_with("There are 5 schedules here"), "{}", told.text);
        bot.stop().await;
    });
}

#[test]
fn over_weeks_and_changes_of_the_clocks_it_comes_once_a_day() {
    conversation(async |telegram| {
        let mut now = at("2026-03-27T12:00:00Z");
        let clock = Clock::fixed(now);
        let bot = patient(telegram, folders(), &clock);
        said(telegram, "/brief daily 02:30 Europe/Berlin always").await;
        let rule: Rule = "daily 02:30 Europe/Berlin".parse().unwrap();
        let mut moments = Vec::new();
        for _ in 0..4 {
            now = rule.next_after(now);
            clock.set(now);
            assert!(telegram.next().await.text.starts_with("Tides"));
            moments.push(rule.local(now));
        }
        // On the 29th, 02:30 does not exist.
        let expected =
            ["2026-03-28 02:30", "2026-03-29 03:30", "2026-03-30 02:30", "2026-03-31 02:30"];
        assert_eq!(moments, expected);
        for autumn in ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z"] {
            clock.set(at(autumn));
            telegram.next().await;
        }
        // On the 25th, it exists twice: an hour later it has been sent.
        clock.set(at("2026-10-25T01:30:00Z"));
        status_says(telegram, "Next: 2026-10-26 02:30").await;
        clock.set(at("2026-10-26T01:30:00Z"));
        telegram.next().await;
        bot.stop().await;
    });
}

#[test]
fn after_a_night_offline_it_comes_once_if_it_is_young_enough() {
    conversation(async |telegram| {
        let clock = Clock::fixed(monday());
        let bot = patient(telegram, folders(), &clock);
        said(telegram, "/brief daily 08:30 UTC always").await;
        let folders = bot.stop().await;
        clock.set(at("2026-01-08T09:00:00Z"));
        let bot = patient(telegram, folders, &clock);
        telegram.next().await;
        let status = status_says(telegram, "Last: sent on 2026-01-08 09:00").await;
        assert!(status.text.contains("Next: 2026-01-09 08:30"), "{}", status.text);
        let folders = bot.stop().await;
        // The last one that was missed is thirteen hours old.
        clock.set(at("2026-01-12T21:30:00Z"));
        let bot = patient(telegram, folders, &clock);
        let status = status_says(telegram, "was left out").await;
        assert!(status.text.contains("Next: 2026-01-13 08:30"), "{}", status.text);
        bot.stop().await;
    });
}

#[test]
fn news_that_came_while_the_bot_was_down_is_told() {
    conversation(async |telegram| {
        let clock = Clock::fixed(monday());
        let bot = patient(telegram, folders(), &clock);
        said(telegram, "/brief daily 08:30 UTC").await;
        let folders = bot.stop().await;
        write(&folders, "dikes.md", DIKES);
        let known = newest(folders.path());
        let bot = patient(telegram, folders, &clock);
        noted(bot.folders.path(), known).await;
        clock.set(at("2026-01-05T08:30:00Z"));
        assert!(telegram.next().await.text.contains("Dikes · new"));
        bot.stop().await;
    });
}

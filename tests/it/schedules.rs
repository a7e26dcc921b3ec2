//! Briefings that come by themselves: what people set up, what they get, over weeks and over crashes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tempfile::TempDir;
use verbatim::bot::Clock;
use verbatim::config::{Limits, Telegram};
use verbatim::schedule::Rule;
use verbatim::store::{NewSchedule, RunState, Scheduled, Store};

use crate::fake_bot_api::{ADA, BOT_ID, FakeBotApi, Fault, GROUP, Shown, TOKEN};
use crate::talk::{Running, conversation, folders, start_as, start_limited, write};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
const DIKES: &str = "---\ntitle: Dikes\nauthors: Bo\n---\n\nA dike keeps the sea from the polder. It is made of clay.\n\n## Sheep\n\nSheep graze on the slopes.\n";

/// A moment in Unix seconds.
fn at(moment: &str) -> i64 {
    moment.parse::<jiff::Timestamp>().unwrap().as_second()
}

/// A Monday in winter.
fn monday() -> i64 {
    at("2026-01-05T07:00:00Z")
}

async fn said(telegram: &FakeBotApi, text: &str) -> Shown {
    telegram.says(text);
    telegram.next().await
}

/// Asks for the status until it says this: what is not sent cannot be waited for.
async fn status_says(telegram: &FakeBotApi, part: &str) -> Shown {
    for _ in 0..5_000 {
        let status = said(telegram, "/brief status").await;
        if status.text.contains(part) {
            return status;
        }
    }
    panic!("the status never says {part}: {}", said(telegram, "/brief status").await.text)
}

async fn answers(telegram: &FakeBotApi, question: &str) {
    for _ in 0..5_000 {
        if !said(telegram, question).await.text.starts_with("I found nothing") {
            return;
        }
    }
    panic!("{question} is never answered")
}

/// A bot without limits for readers, so that a test may ask as often as it likes.
fn run(telegram: &FakeBotApi, folders: TempDir, clock: &Clock) -> Running {
    let mut settings = Telegram::default();
    (settings.access.user_per_minute, settings.access.chat_per_minute) = (0, 0);
    start_as(telegram, folders, TOKEN, settings, clock.clone())
}

fn labels(message: &Shown) -> Vec<&str> {
    message.buttons.iter().flatten().map(|(label, _)| label.as_str()).collect()
}

#[test]
fn what_is_new_comes_at_its_time_and_nothing_else() {
    conversation(async |telegram| {
        let clock = Clock::standing_at(monday());
        let bot = run(telegram, folders(), &clock);
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
        write(&bot.folders, "dikes.md", DIKES);
        answers(telegram, "polder").await;
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

        write(&bot.folders, "dikes.md", &DIKES.replace("graze on", "trample"));
        answers(telegram, "sheep trample").await;
        clock.set(at("2026-01-07T07:30:00Z"));
        let news = telegram.next().await;
        insta::assert_snapshot!(news.text, @r"
        What is new since 2026-01-06 08:30

        Dikes · changed
        Sheep trample the slopes.
        ");
        std::fs::remove_file(bot.folders.path().join("corpus/dikes.md")).unwrap();
        while said(telegram, "/sections").await.text.contains("Articles: 2") {}
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
        let clock = Clock::standing_at(monday());
        let bot = run(telegram, folders(), &clock);
        said(telegram, "/brief weekdays 9:00 UTC polder").await;
        write(&bot.folders, "sheep.md", "---\ntitle: Sheep\n---\n\nSheep eat grass.\n");
        answers(telegram, "grass").await;
        clock.set(at("2026-01-05T09:00:00Z"));
        status_says(telegram, "nothing was new").await;
        write(&bot.folders, "dikes.md", DIKES);
        answers(telegram, "polder").await;
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
        let clock = Clock::standing_at(monday());
        let bot = run(telegram, folders(), &clock);
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
        telegram.presses(&status, "1: only what is new");
        let status = telegram.next().await;
        telegram.presses(&status, "1: with a sound");
        let status = telegram.next().await;
        assert!(!status.text.contains("Without a sound") && !status.text.contains("Also when"));
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
        let clock = Clock::standing_at(monday());
        let bot = run(telegram, folders(), &clock);
        for (order, expected) in [
            ("/brief daily 25:00", "“25:00” is no time of day"),
            ("/brief weekly foo 09:00", "“foo” is no day of the week"),
            ("/brief daily 08:30 Europe/Atlantis", "no time zone “Europe/Atlantis”"),
            ("/brief off 3", "There is nothing like that to end."),
            ("/brief zone Europe/Berlin", "Times of day are those of Europe/Berlin here."),
            ("/brief daily 08:30", "Done."),
            ("/brief DAILY 8:30", "There is such a schedule already"),
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
        let clock = Clock::standing_at(now);
        let bot = run(telegram, folders(), &clock);
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
        let clock = Clock::standing_at(monday());
        let bot = run(telegram, folders(), &clock);
        said(telegram, "/brief daily 08:30 UTC always").await;
        let folders = bot.stop().await;
        clock.set(at("2026-01-08T09:00:00Z"));
        let bot = run(telegram, folders, &clock);
        telegram.next().await;
        let status = status_says(telegram, "Last: sent on 2026-01-08 09:00").await;
        assert!(status.text.contains("Next: 2026-01-09 08:30"), "{}", status.text);
        let folders = bot.stop().await;
        // The last one that was missed is thirteen hours old.
        clock.set(at("2026-01-12T21:30:00Z"));
        let bot = run(telegram, folders, &clock);
        let status = status_says(telegram, "was left out").await;
        assert!(status.text.contains("Next: 2026-01-13 08:30"), "{}", status.text);
        bot.stop().await;
    });
}

#[test]
fn news_that_came_while_the_bot_was_down_is_told() {
    conversation(async |telegram| {
        let clock = Clock::standing_at(monday());
        let bot = run(telegram, folders(), &clock);
        said(telegram, "/brief daily 08:30 UTC").await;
        let folders = bot.stop().await;
        write(&folders, "dikes.md", DIKES);
        let bot = run(telegram, folders, &clock);
        answers(telegram, "polder").await;
        clock.set(at("2026-01-05T08:30:00Z"));
        assert!(telegram.next().await.text.contains("Dikes · new"));
        bot.stop().await;
    });
}

fn store(folders: &TempDir) -> Store {
    let data = folders.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    Store::open(&data).unwrap()
}

/// A store with a schedule that is due, as far as a bot had come when it was killed.
fn killed(folders: &TempDir, steps: &[Step]) -> Scheduled {
    let store = store(folders);
    let due = monday();
    let new = NewSchedule {
        chat: ADA,
        thread: 0,
        rule: "daily 07:00 UTC".into(),
        words: String::new(),
        is_always: true,
        is_silent: false,
        seen: 0,
        due,
    };
    store.add_schedule(&new, 5).unwrap();
    let schedule = store.schedules(ADA, 0).unwrap().remove(0);
    for step in steps {
        match step {
            Step::Claim => assert!(store.claim(schedule.id, due, due + DAY, due).unwrap()),
            Step::Attempt => assert!(store.attempt(schedule.id, due, due).unwrap()),
            // On the wire: the store does not see it.
            Step::Send => {}
            Step::Finish => {
                store.finish(schedule.id, due, RunState::Sent, Some(1), None, due).unwrap();
            }
        }
    }
    schedule
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Claim,
    Attempt,
    Send,
    Finish,
}

#[test]
fn wherever_it_is_killed_a_briefing_is_neither_lost_nor_sent_twice() {
    const STEPS: [Step; 4] = [Step::Claim, Step::Attempt, Step::Send, Step::Finish];
    for count in 0..=STEPS.len() {
        conversation(async |telegram| {
            telegram.exists(ADA);
            let folders = folders();
            killed(&folders, &STEPS[..count]);
            let clock = Clock::standing_at(monday() + MINUTE);
            let bot = run(telegram, folders, &clock);
            match count {
                0 | 1 => {
                    assert!(telegram.next().await.text.starts_with("Tides"), "after {count} steps");
                    status_says(telegram, "Last: sent").await;
                }
                2 | 3 => {
                    let unsure = telegram.next().await;
                    assert!(unsure.text.contains("cannot tell whether it arrived"));
                    status_says(telegram, "Last: I was interrupted").await;
                    telegram.presses(&unsure, "It did not arrive: send it");
                    let briefing = telegram.next().await;
                    assert!(briefing.is_edit && briefing.text.starts_with("Tides"));
                }
                _ => {
                    status_says(telegram, "Last: sent").await;
                }
            }
            let folders = bot.stop().await;
            let bot = run(telegram, folders, &clock);
            status_says(telegram, "Last: sent").await;
            bot.stop().await;
        });
    }
}

#[test]
fn what_telegram_refuses_has_its_consequence_and_what_is_lost_on_the_way_is_said() {
    conversation(async |telegram| {
        telegram.exists(ADA);
        let mut now = monday();
        let clock = Clock::standing_at(now);
        let bot = run(telegram, folders(), &clock);
        said(telegram, "/brief daily 08:30 UTC always").await;
        let mut tomorrow = || {
            let rule: Rule = "daily 08:30 UTC".parse().unwrap();
            now = rule.next_after(now);
            clock.set(now);
        };
        telegram.fail_next("sendMessage", Fault::Gateway);
        telegram.fail_next(
            "sendMessage",
            Fault::Refuse(429, "Too Many Requests: retry after 1", json!({"retry_after": 1})),
        );
        tomorrow();
        assert!(telegram.next().await.text.starts_with("Tides"));
        status_says(telegram, "Last: sent").await;

        telegram.fail_next("sendMessage", Fault::DropAfter);
        tomorrow();
        assert!(
            telegram.next().await.text.starts_with("Tides"),
            "it arrived, but the bot cannot know"
        );
        assert!(telegram.next().await.text.contains("cannot tell whether it arrived"));
        status_says(telegram, "Last: I was interrupted").await;

        let blocked = Fault::Refuse(403, "Forbidden: bot was blocked by the user", Value::Null);
        telegram.fail_next("sendMessage", blocked);
        let sent = telegram.calls("sendMessage").len();
        tomorrow();
        telegram.called("sendMessage", sent + 1).await;
        status_says(telegram, "Last: Telegram refused it").await;
        tomorrow();
        // Nothing is sent to a paused chat, until it says that the bot is back.
        status_says(telegram, "Next: 2026-01-09").await;
        telegram.push(json!({"my_chat_member": {
            "chat": {"id": ADA, "type": "private"}, "date": 1, "from": {"id": ADA},
            "old_chat_member": {"status": "kicked", "user": {"id": BOT_ID}},
            "new_chat_member": {"status": "member", "user": {"id": BOT_ID}},
        }}));
        said(telegram, "/help").await;
        tomorrow();
        assert!(telegram.next().await.text.starts_with("Tides"));
        bot.stop().await;
    });
}

#[test]
fn a_group_that_becomes_a_supergroup_keeps_its_schedule() {
    conversation(async |telegram| {
        const OLD: i64 = -5;
        let clock = Clock::standing_at(monday());
        let bot = run(telegram, folders(), &clock);
        telegram.make_administrator(ADA);
        telegram.writes(OLD, json!({"text": "/brief daily 08:30 UTC always"}));
        telegram.next().await;
        telegram.exists(GROUP);
        telegram.writes(OLD, json!({"migrate_to_chat_id": GROUP}));
        // The old group and the new one have lanes of their own.
        let mut status = String::new();
        while !status.contains("1. Every day at 08:30, UTC") {
            telegram.writes(GROUP, json!({"text": "/brief status"}));
            status = telegram.next().await.text;
        }
        clock.set(at("2026-01-05T08:30:00Z"));
        assert_eq!(telegram.next().await.chat, GROUP);
        bot.stop().await;
    });
}

#[test]
fn many_go_out_under_the_limits_and_an_answer_goes_before_them() {
    const CHATS: i64 = 300;
    conversation(async |telegram| {
        let folders = folders();
        let store = store(&folders);
        for chat in 1_000..1_000 + CHATS {
            let new = NewSchedule {
                chat,
                thread: 0,
                rule: "daily 07:00 UTC".into(),
                words: String::new(),
                is_always: true,
                is_silent: false,
                seen: 0,
                due: monday(),
            };
            store.add_schedule(&new, 5).unwrap();
            telegram.exists(chat);
        }
        drop(store);
        let clock = Clock::standing_at(monday() - MINUTE);
        let limits = Limits { overall_per_second: 100, ..Limits::default() };
        let bot = start_limited(telegram, folders, &clock, limits);
        said(telegram, "/help").await;
        let begun = std::time::Instant::now();
        clock.set(monday());
        let mut chats = BTreeSet::from([telegram.next().await.chat]);
        let question = telegram.says("when is a neap tide?");
        let mut before_answer = 0;
        for count in 0..CHATS {
            let shown = telegram.next().await;
            match shown.reply_to {
                Some(known) => {
                    assert_eq!(known, question);
                    before_answer = count;
                }
                None => assert!(chats.insert(shown.chat), "twice to {}", shown.chat),
            }
        }
        assert_eq!(chats.len() as i64, CHATS);
        assert!(before_answer < CHATS / 2, "{before_answer} briefings went before the answer");
        // At first half of a second's worth, then so many a second.
        assert!(begun.elapsed().as_millis() >= 2_400, "{:?}", begun.elapsed());
        bot.stop().await;
    });
}

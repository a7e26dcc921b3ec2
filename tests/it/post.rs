//! Briefings that go out by themselves: under the limits, and over every step at which a bot can be killed.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tempfile::TempDir;
use verbatim::bot::Clock;
use verbatim::config::Limits;
use verbatim::schedule::Rule;
use verbatim::store::{DeliveryState, NewSchedule, Scheduled, Store};

use crate::fake_bot_api::{ADA, BOT_ID, Fault, GROUP};
use crate::talk::{at, conversation, folders, monday, patient, said, start_limited, status_says};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

fn store(folders: &TempDir) -> Store {
    let data = folders.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    Store::open(&data).unwrap()
}

/// A schedule that has something to send every day at seven.
fn always(chat: i64, due: i64) -> NewSchedule {
    NewSchedule {
        chat,
        thread: 0,
        rule: "daily 07:00 UTC".into(),
        words: String::new(),
        is_always: true,
        is_silent: false,
        seen: 0,
        due,
    }
}

/// A store with a schedule that is due, as far as a bot had come when it was killed.
fn killed(folders: &TempDir, steps: &[Step]) -> Scheduled {
    let store = store(folders);
    let due = monday();
    store.add_schedule(&always(ADA, due), 5).unwrap();
    let schedule = store.schedules(ADA, 0).unwrap().remove(0);
    for step in steps {
        match step {
            Step::Claim => {
                assert_eq!(store.claim(&[(schedule.id, due, due + DAY)], due).unwrap(), [true]);
            }
            Step::Attempt => assert!(store.attempt(schedule.id, due).unwrap()),
            // On the wire: the store does not see it.
            Step::Send => {}
            Step::Finish => {
                store.finish(schedule.id, due, DeliveryState::Sent, Some(1), None, due).unwrap();
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
            let clock = Clock::fixed(monday() + MINUTE);
            let bot = patient(telegram, folders, &clock);
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
                    // A second tap, and one of somebody elsewhere, change nothing.
                    telegram.presses_data(&briefing, &unsure.buttons[0][0].1);
                    telegram.writes(GROUP, json!({"text": "/ask@VerbatimBot neap tide"}));
                    let elsewhere = telegram.next().await;
                    telegram.presses_data(&elsewhere, &unsure.buttons[0][0].1);
                }
                _ => {
                    status_says(telegram, "Last: sent").await;
                }
            }
            let folders = bot.stop().await;
            let bot = patient(telegram, folders, &clock);
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
        let clock = Clock::fixed(now);
        let bot = patient(telegram, folders(), &clock);
        said(telegram, "/brief daily 08:30 UTC always").await;
        let mut tomorrow = || {
            let rule: Rule = "daily 08:30 UTC".parse().unwrap();
            now = rule.next_after(now);
            clock.set(now);
        };
        telegram.fail_next("sendMessage", Fault::Html(400));
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
        let status = status_says(telegram, "Last: Telegram refused it").await;

        // Nothing is sent to a paused chat, while another one hears of the same day.
        const BEN: i64 = 200;
        telegram.writes(BEN, json!({"text": "/brief daily 08:30 UTC always"}));
        telegram.next().await;
        let member = |before: &str, after: &str| {
            telegram.push(json!({"my_chat_member": {
                "chat": {"id": ADA, "type": "private"}, "date": 1, "from": {"id": ADA},
                "old_chat_member": {"status": before, "user": {"id": BOT_ID}},
                "new_chat_member": {"status": after, "user": {"id": BOT_ID}},
            }}));
        };
        member("member", "kicked");
        // The chat's lane has come so far when this is done.
        telegram.presses_data(&status, "c0");
        telegram.next().await;
        tomorrow();
        assert_eq!(telegram.next().await.chat, BEN);
        member("kicked", "member");
        status_says(telegram, "Next: 2026-01-09").await;
        tomorrow();
        let chats = BTreeSet::from([telegram.next().await.chat, telegram.next().await.chat]);
        assert_eq!(chats, BTreeSet::from([ADA, BEN]));
        bot.stop().await;
    });
}

#[test]
fn what_could_not_go_out_for_too_long_is_left_out_and_a_clock_that_ran_ahead_is_set_right() {
    conversation(async |telegram| {
        let clock = Clock::fixed(monday());
        let bot = patient(telegram, folders(), &clock);
        said(telegram, "/brief daily 08:30 UTC always").await;
        let hold = json!({"retry_after": 2});
        telegram.fail_next("sendMessage", Fault::Refuse(429, "Too Many Requests", hold));
        let sent = telegram.calls("sendMessage").len();
        clock.set(at("2026-01-05T08:30:00Z"));
        telegram.called("sendMessage", sent + 1).await;
        clock.set(at("2026-01-05T21:00:00Z"));
        status_says(telegram, "was left out").await;
        let folders = bot.stop().await;
        // For a while, the machine thinks that it is 2030.
        clock.set(at("2030-01-01T00:00:00Z"));
        let bot = patient(telegram, folders, &clock);
        status_says(telegram, "Next: 2030-01-01 08:30").await;
        let folders = bot.stop().await;
        clock.set(at("2026-01-06T07:00:00Z"));
        let bot = patient(telegram, folders, &clock);
        status_says(telegram, "Next: 2026-01-06 08:30").await;
        clock.set(at("2026-01-06T12:00:00Z"));
        status_says(telegram, "Next: 2026-01-07 08:30").await;
        clock.set(at("2026-01-07T08:30:00Z"));
        assert!(telegram.next().await.text.starts_with("Tides"));
        bot.stop().await;
    });
}

#[test]
fn a_group_that_becomes_a_supergroup_keeps_its_schedule() {
    conversation(async |telegram| {
        const OLD: i64 = -5;
        let clock = Clock::fixed(monday());
        let bot = patient(telegram, folders(), &clock);
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
            store.add_schedule(&always(chat, monday()), 5).unwrap();
            telegram.exists(chat);
        }
        drop(store);
        let clock = Clock::fixed(monday() - MINUTE);
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

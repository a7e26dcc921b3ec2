//! SIGTERM while updates of every kind wait: all that is open stays open, and is dealt with after the next
//! start.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use verbatim::store::{NewSchedule, Store};

use super::child::{Process, folders_with_backlog};
use super::{in_telegram, number, report};
use crate::fake_bot_api::{ADA, BOT_ID, FakeBotApi, Shown};

const STOPS: u64 = 3;
const CHATS: i64 = 40;
const GROUPS: i64 = 25;
/// For each stop.
const SUBSCRIBERS: i64 = 20;
const TIDE: &str = "When does a neap tide happen?";
const BARRAGE: &str = "Which barrage has made electricity?";
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Awaited {
    ReplyTo(i64),
    Edit(i64),
    InlineEdit(String),
    /// A welcome or a briefing.
    Unasked(i64),
}

impl Awaited {
    fn of(shown: &Shown) -> Awaited {
        match (&shown.inline, shown.is_edit, shown.reply_to) {
            (Some(inline), _, _) => Awaited::InlineEdit(inline.clone()),
            (None, true, _) => Awaited::Edit(shown.id),
            (None, false, Some(question)) => Awaited::ReplyTo(question),
            (None, false, None) => Awaited::Unasked(shown.chat),
        }
    }
}

/// An update of every kind for each chat.
fn backlog(telegram: &FakeBotApi, answers: &[Shown]) -> Vec<Awaited> {
    let mut awaited = Vec::new();
    for (number, answer) in answers.iter().enumerate() {
        let (chat, asked) = (answer.chat, answer.reply_to.expect("it is a reply"));
        awaited.push(Awaited::ReplyTo(telegram.writes(chat, json!({"text": TIDE}))));
        awaited.push(Awaited::ReplyTo(telegram.writes(chat, json!({"text": "/help"}))));
        // A question that had no answer, such as one that did not speak to the bot.
        let unanswered = telegram.writes(-2000, json!({"text": "nothing for the bot"}));
        telegram.edits(-2000, unanswered, json!({"text": format!("/ask {BARRAGE}")}));
        awaited.push(Awaited::ReplyTo(unanswered));
        match number % 2 {
            0 => telegram.edits(chat, asked, json!({"text": BARRAGE})),
            _ => telegram.presses(answer, "Context"),
        }
        awaited.push(Awaited::Edit(answer.id));
        let inline = format!("inline-{number}");
        let posted = Shown { inline: Some(inline.clone()), ..answer.clone() };
        telegram.presses(&posted, "Context");
        awaited.push(Awaited::InlineEdit(inline));
        if number % 4 == 0 {
            let content = format!("---\ntitle: New {number}\n---\n\nText.\n");
            let upload = telegram.sends_file(&format!("new{number}.md"), content.as_bytes());
            awaited.push(Awaited::ReplyTo(upload));
        }
    }
    for group in 1..=GROUPS {
        let chat = -3000 - group;
        telegram.exists(chat);
        telegram.push(json!({"my_chat_member": {
            "chat": {"id": chat, "type": "supergroup", "title": "Readers"}, "date": 1,
            "from": {"id": ADA, "is_bot": false, "first_name": "Ada"},
            "old_chat_member": {"status": "left", "user": {"id": BOT_ID}},
            "new_chat_member": {"status": "member", "user": {"id": BOT_ID}},
        }}));
        awaited.push(Awaited::Unasked(chat));
    }
    awaited
}

/// A briefing that is due at once.
fn subscribe(telegram: &FakeBotApi, folders: &TempDir, chat: i64) {
    telegram.exists(chat);
    let now = jiff::Timestamp::now().as_second();
    // Half a day from now: only the given moment comes within this test.
    let rule = format!("daily {:02}:00 UTC", (now / 3600 + 12) % 24);
    let new = NewSchedule {
        chat,
        thread: 0,
        rule,
        words: String::new(),
        is_always: true,
        is_silent: false,
        seen: 0,
        due: now,
    };
    let store = Store::open(&folders.path().join("data")).expect("the bot is not running");
    store.add_schedule(&new, 5).expect("a new chat");
}

#[test]
fn stop_leaves_a_backlog_of_every_kind_open_until_the_next_start() {
    in_telegram(async |telegram| {
        let stops = number("VERBATIM_FAULT_STOPS").unwrap_or(STOPS);
        let folders = folders_with_backlog(ADA);
        let bot = Process::start(&folders, &telegram.url);
        let questions: Vec<_> =
            (1..=CHATS).map(|chat| telegram.writes(chat, json!({"text": TIDE}))).collect();
        let mut answers = Vec::new();
        while answers.len() < questions.len() {
            answers.push(telegram.next().await);
        }
        let mut awaited = backlog(telegram, &answers);
        let mut bot = Some(bot);
        for stop in 1..=stops {
            let running = bot.take().unwrap_or_else(|| Process::start(&folders, &telegram.url));
            let sent = telegram.calls("sendMessage").len() as u64;
            telegram.called("sendMessage", (sent + 5 * stop.min(5)) as usize).await;
            running.terminate();
            let (code, log) = running.ended(Duration::from_secs(20)).await;
            assert_eq!(code, Some(0), "{log:#?}");
            assert!(!log.iter().any(|line| line.contains("panicked")), "{log:#?}");
            for subscriber in 1..=SUBSCRIBERS {
                let chat = 10_000 * stop as i64 + subscriber;
                subscribe(telegram, &folders, chat);
                awaited.push(Awaited::Unasked(chat));
            }
        }
        let last = Process::start(&folders, &telegram.url);
        let mut seen: BTreeMap<Awaited, usize> = BTreeMap::new();
        let begun = Instant::now();
        loop {
            for shown in telegram.unseen() {
                *seen.entry(Awaited::of(&shown)).or_default() += 1;
            }
            let missing: Vec<_> = awaited.iter().filter(|what| !seen.contains_key(what)).collect();
            if missing.is_empty() {
                break;
            }
            let log = last.log().join("\n");
            assert!(begun.elapsed() < PATIENCE, "{} missing: {missing:?}\n{log}", missing.len());
            tokio::time::sleep(LOOK_EVERY).await;
        }
        last.terminate();
        let (code, log) = last.ended(Duration::from_secs(20)).await;
        assert_eq!(code, Some(0), "{log:#?}");
        let again: usize = seen.values().map(|count| count - 1).sum();
        report(format_args!(
            "{stops} stops with {} updates waiting, all dealt with, {again} twice, {} s",
            awaited.len(),
            begun.elapsed().as_secs()
        ));
        assert!(again as u64 <= stops, "{again} twice: {seen:?}");
    });
}

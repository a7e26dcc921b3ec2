//! SIGTERM while updates of every kind wait: they stay pending and are handled after the next
//! start.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use verbatim::ids::ChatId;
use verbatim::store::{NewSchedule, Store};

use super::child::{Process, folders_with_backlog};
use super::{in_telegram, number, report};
use crate::fake_bot_api::{ADA, FakeBotApi, Message, Posted};

const STOPS: u64 = 3;
const CHATS: i64 = 40;
const GROUPS: i64 = 25;
/// Number of new subscribers after each stop.
const SUBSCRIBERS: i64 = 20;
const TIDE: &str = "When does a neap tide happen?";
const BARRAGE: &str = "Which barrage has made electricity?";
const MAX_WAIT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A message that a person waits for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Awaited {
    ReplyTo(i64),
    Edit(i64),
    InlineEdit(String),
    /// A welcome or a briefing in this chat.
    Unasked(i64),
}

impl Awaited {
    fn of(shown: &Message) -> Awaited {
        match (&shown.inline, shown.is_edit, shown.reply_to) {
            (Some(inline), _, _) => Awaited::InlineEdit(inline.clone()),
            (None, true, _) => Awaited::Edit(shown.id),
            (None, false, Some(question)) => Awaited::ReplyTo(question),
            (None, false, None) => Awaited::Unasked(shown.chat),
        }
    }
}

/// Queues updates of every kind for each chat, and returns the expected messages.
fn backlog(telegram: &FakeBotApi, answers: &[Message]) -> Vec<Awaited> {
    let mut awaited = Vec::new();
    for (number, answer) in answers.iter().enumerate() {
        let (chat, asked) = (answer.chat, answer.reply_to.expect("it is a reply"));
        awaited.push(Awaited::ReplyTo(telegram.chat(chat).post(TIDE).id));
        awaited.push(Awaited::ReplyTo(telegram.chat(chat).post("/help").id));
        // This message did not address the bot, so it has no answer yet.
        let unanswered = telegram.chat(-2000).post("nothing for the bot");
        telegram.chat(-2000).edit(unanswered, &format!("/ask {BARRAGE}"));
        awaited.push(Awaited::ReplyTo(unanswered.id));
        match number % 2 {
            0 => telegram.chat(chat).edit(Posted { id: asked, chat }, BARRAGE),
            _ => telegram.click(answer, "Context"),
        }
        awaited.push(Awaited::Edit(answer.id));
        let inline = format!("inline-{number}");
        telegram.click(&answer.posted_as(&inline), "Context");
        awaited.push(Awaited::InlineEdit(inline));
        if number % 4 == 0 {
            let content = format!("---\ntitle: New {number}\n---\n\nText.\n");
            let upload =
                telegram.private().post_file(&format!("new{number}.md"), content.as_bytes());
            awaited.push(Awaited::ReplyTo(upload.id));
        }
    }
    for group in 1..=GROUPS {
        let chat = -3000 - group;
        telegram.chat(chat).add_bot();
        awaited.push(Awaited::Unasked(chat));
    }
    awaited
}

/// Adds a briefing that is due at once.
fn subscribe(telegram: &FakeBotApi, folders: &TempDir, chat: i64) {
    telegram.exists(chat);
    let now = jiff::Timestamp::now().as_second();
    // The rule is due half a day from now, so only the given moment comes within this test.
    let rule = format!("daily {:02}:00 UTC", (now / 3600 + 12) % 24);
    let new = NewSchedule {
        chat: ChatId::new(chat),
        topic: None,
        rule,
        subject: String::new(),
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
        let questions: Vec<_> = (1..=CHATS).map(|chat| telegram.chat(chat).post(TIDE)).collect();
        let mut answers = Vec::new();
        while answers.len() < questions.len() {
            answers.push(telegram.next_message().await);
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
            assert!(begun.elapsed() < MAX_WAIT, "{} missing: {missing:?}\n{log}", missing.len());
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

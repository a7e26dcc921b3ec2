//! `kill -9` at random moments, round after round, while people go on asking.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use verbatim::store::{NewSchedule, Store};

use super::child::{Process, folders};
use super::{Dice, in_telegram, number, report, seed};
use crate::fake_bot_api::{FakeBotApi, Fault, GROUP, Shown};

const ROUNDS: u64 = 12;
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const CHATS: u64 = 24;
const TOPICS: u64 = 4;
/// Chats that only get briefings.
const FIRST_SUBSCRIBER: i64 = 9_000;
const TIDE: &str = "When does a neap tide happen?";
const TIDE_ANSWER: &str = "A neap tide happens twice a month";
const BARRAGE: &str = "Which barrage has made electricity?";
const BARRAGE_ANSWER: &str = "A barrage across the Rance";
const BRIEFING: &str = "Tides & <Times>";
const UNSURE: &str = "I was interrupted while I was sending";

/// When the bot is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// While it starts, or soon after.
    Starting,
    /// When it asks for updates again, which confirms those before.
    Confirming,
    /// Directly after it has sent so many messages.
    Sending(u64),
    Any,
}

impl Moment {
    fn random(dice: &mut Dice) -> Moment {
        match dice.below(6) {
            0 => Moment::Starting,
            1 => Moment::Confirming,
            2..5 => Moment::Sending(1 + dice.below(30)),
            _ => Moment::Any,
        }
    }
}

/// All that was asked, and all that was said to it.
#[derive(Default)]
struct Seen {
    questions: BTreeSet<i64>,
    edited: BTreeSet<i64>,
    pressed: BTreeSet<i64>,
    subscribers: Vec<i64>,
    /// Of each question, its answers, and after which of the kills the first came.
    answers: BTreeMap<i64, (u64, Vec<i64>)>,
    /// Of each message of the bot, all that it said.
    said: BTreeMap<i64, Vec<Shown>>,
    /// Of each kill, how many questions were answered again because of it.
    again: BTreeMap<u64, u64>,
    kills: u64,
}

impl Seen {
    fn look(&mut self, telegram: &FakeBotApi) {
        for shown in telegram.unseen() {
            let question = shown.reply_to.filter(|_| !shown.is_edit);
            if let Some(question) = question {
                let (kill, answers) =
                    self.answers.entry(question).or_insert_with(|| (self.kills, Vec::new()));
                if !answers.is_empty() {
                    *self.again.entry(*kill).or_default() += 1;
                    *kill = self.kills;
                }
                answers.push(shown.id);
            }
            self.said.entry(shown.id).or_default().push(shown);
        }
    }

    fn texts_to(&self, question: i64) -> impl Iterator<Item = &str> {
        let answers = self.answers.get(&question).into_iter().flat_map(|(_, answers)| answers);
        answers.flat_map(|answer| &self.said[answer]).map(|shown| shown.text.as_str())
    }

    fn briefings(&self, chat: i64, text: &str) -> usize {
        let shown = self.said.values().flatten();
        shown.filter(|shown| shown.chat == chat && shown.text.starts_with(text)).count()
    }

    /// What somebody still waits for.
    fn missing(&self) -> Vec<String> {
        let expected = |question: &i64| match self.edited.contains(question) {
            true => BARRAGE_ANSWER,
            false => TIDE_ANSWER,
        };
        let questions = self.questions.iter().filter(|question| {
            !self.texts_to(**question).any(|text| text.starts_with(expected(question)))
        });
        let presses = self
            .pressed
            .iter()
            .filter(|message| !self.said[message].iter().any(|shown| shown.is_edit));
        let briefings = self.subscribers.iter().filter(|chat| {
            self.briefings(**chat, BRIEFING) == 0 && self.briefings(**chat, UNSURE) == 0
        });
        let told = questions
            .map(|question| format!("question {question}: {:?}", self.answers.get(question)));
        told.chain(presses.map(|message| format!("press below {message}")))
            .chain(briefings.map(|chat| format!("briefing in {chat}")))
            .collect()
    }
}

/// Somebody asks, edits, or presses a button.
fn act(telegram: &FakeBotApi, seen: &mut Seen, dice: &mut Dice) {
    let answered: Vec<_> = seen.answers.keys().copied().collect();
    match dice.below(10) {
        0 => {
            let Some(question) = dice.one_of(&answered) else { return };
            let chat = seen.said[&seen.answers[question].1[0]][0].chat;
            if seen.edited.insert(*question) {
                let text = if chat < 0 { format!("/ask {BARRAGE}") } else { BARRAGE.into() };
                telegram.edits(chat, *question, json!({"text": text}));
            }
        }
        1 => {
            let Some(question) = dice.one_of(&answered) else { return };
            let answer = seen.answers[question].1[0];
            let Some(shown) = seen.said[&answer].last() else { return };
            let is_context = |(label, _): &&(String, String)| label == "Context";
            if let Some((_, data)) = shown.buttons.iter().flatten().find(is_context) {
                seen.pressed.insert(answer);
                telegram.presses_data(shown, data);
            }
        }
        2 | 3 => {
            let fields = json!({
                "text": format!("/ask {TIDE}"), "is_topic_message": true,
                "message_thread_id": 2 + dice.below(TOPICS),
            });
            seen.questions.insert(telegram.writes(GROUP, fields));
        }
        _ => {
            let chat = 1 + dice.below(CHATS) as i64;
            seen.questions.insert(telegram.writes(chat, json!({"text": TIDE})));
        }
    }
}

/// One of the faults after which nobody can believe that a message has arrived.
fn fault(dice: &mut Dice) -> (&'static str, Fault) {
    let method = ["sendMessage", "getUpdates", "getMe"][dice.below(3) as usize];
    let fault = match dice.below(4) {
        0 => Fault::DropBefore,
        1 => Fault::Html(400),
        2 => Fault::Delay(Duration::from_millis(dice.below(300))),
        _ => Fault::Refuse(
            429,
            "Too Many Requests: retry after 1",
            json!({"retry_after": dice.below(2)}),
        ),
    };
    (method, fault)
}

/// A briefing that is due within this round.
fn subscribe(folders: &TempDir, telegram: &FakeBotApi, seen: &mut Seen, dice: &mut Dice) {
    let data = folders.path().join("data");
    if !data.join("verbatim.sqlite").exists() {
        return;
    }
    let chat = FIRST_SUBSCRIBER + seen.subscribers.len() as i64;
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
        due: now + dice.below(2) as i64,
    };
    Store::open(&data).expect("the bot is dead").add_schedule(&new, 5).expect("a new chat");
    seen.subscribers.push(chat);
}

/// Lets the bot run until it is killed.
async fn round(folders: &TempDir, telegram: &FakeBotApi, seen: &mut Seen, dice: &mut Dice) {
    subscribe(folders, telegram, seen, dice);
    for _ in 0..dice.below(20) {
        act(telegram, seen, dice);
    }
    for _ in 0..dice.below(4) {
        let (method, fault) = fault(dice);
        telegram.fail_next(method, fault);
    }
    let before = |method| telegram.calls(method).len();
    let (sent, polled) = (before("sendMessage"), before("getUpdates"));
    let bot = Process::start(folders, &telegram.url);
    let moment = Moment::random(dice);
    let late = Duration::from_micros(dice.below(5_000));
    let patience = match moment {
        Moment::Starting => Duration::from_millis(dice.below(400)),
        Moment::Confirming | Moment::Sending(_) => Duration::from_secs(2),
        Moment::Any => Duration::from_millis(dice.below(1_500)),
    };
    let is_reached = async {
        match moment {
            Moment::Confirming => telegram.called("getUpdates", polled + 2).await,
            Moment::Sending(count) => telegram.called("sendMessage", sent + count as usize).await,
            Moment::Starting | Moment::Any => std::future::pending().await,
        }
        tokio::time::sleep(late).await;
    };
    let go_on = async {
        loop {
            seen.look(telegram);
            act(telegram, seen, dice);
            tokio::time::sleep(Duration::from_millis(dice.below(25))).await;
        }
    };
    tokio::select! {
        () = is_reached => {}
        () = go_on => {}
        () = tokio::time::sleep(patience) => {}
    }
    let log = bot.kill();
    assert!(!log.iter().any(|line| line.contains("panicked")), "{log:#?}");
    seen.look(telegram);
    seen.kills += 1;
    telegram.mends();
}

/// Lets the bot run until nobody waits for anything, and then end in peace.
async fn live(folders: &TempDir, telegram: &FakeBotApi, seen: &mut Seen, seed: u64) {
    let bot = Process::start(folders, &telegram.url);
    let begun = Instant::now();
    loop {
        seen.look(telegram);
        let missing = seen.missing();
        if missing.is_empty() {
            break;
        }
        let log = bot.log().join("\n");
        assert!(begun.elapsed() < PATIENCE, "seed {seed}: {missing:#?}\n{log}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bot.terminate();
    let (code, log) = bot.ended(Duration::from_secs(10)).await;
    assert_eq!(code, Some(0), "{log:#?}");
    seen.look(telegram);
}

#[test]
fn however_often_it_is_killed_every_question_is_answered() {
    in_telegram(async |telegram| {
        let (begun, seed) = (Instant::now(), seed());
        let rounds = number("VERBATIM_FAULT_ROUNDS").unwrap_or(ROUNDS);
        let (folders, mut seen, mut dice) = (folders(), Seen::default(), Dice(seed));
        for _ in 0..rounds {
            round(&folders, telegram, &mut seen, &mut dice).await;
        }
        live(&folders, telegram, &mut seen, seed).await;
        // What was answered is known in the next life, too.
        let known = seen.said.len();
        seen.questions.insert(telegram.writes(1, json!({"text": TIDE})));
        live(&folders, telegram, &mut seen, seed).await;
        assert_eq!(seen.said.len(), known + 1, "only the last question is new");

        let again: u64 = seen.again.values().sum();
        let unsure: usize = seen.subscribers.iter().map(|chat| seen.briefings(*chat, UNSURE)).sum();
        let most = seen.again.values().max().copied().unwrap_or(0);
        report(format_args!(
            "{rounds} rounds of kill -9, {} questions, {} answered, {again} answered twice (at most {most} \
             for one kill), {} edits, {} presses, {} briefings of which {unsure} asked; seed {seed}, {} s",
            seen.questions.len(),
            seen.answers.len(),
            seen.edited.len(),
            seen.pressed.len(),
            seen.subscribers.len(),
            begun.elapsed().as_secs(),
        ));
        for chat in &seen.subscribers {
            assert!(seen.briefings(*chat, BRIEFING) <= 1, "seed {seed}: twice in {chat}");
        }
        // One a kill, and more where the disk takes longer than messages wait for each other.
        assert!(again <= 2 * rounds, "seed {seed}: {:?}", seen.again);
    });
}

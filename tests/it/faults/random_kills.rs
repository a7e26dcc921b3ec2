//! Kills at random moments, in rounds, while people continue to ask.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use fastrand::Rng;
use tempfile::TempDir;
use verbatim::ids::ChatId;
use verbatim::store::{NewSchedule, Store};

use super::child::{Process, folders};
use super::{in_telegram, number, report, seed};
use crate::fake_bot_api::{FakeBotApi, Fault, Message, Posted};

const ROUNDS: u64 = 12;
const MAX_WAIT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);
const CHATS: u64 = 24;
const TOPICS: u64 = 4;
/// The first of the chats that only get briefings.
const FIRST_SUBSCRIBER: i64 = 9_000;
const TIDE: &str = "When does a neap tide happen?";
const TIDE_ANSWER: &str = "A neap tide happens twice a month";
const BARRAGE: &str = "Which barrage has made electricity?";
const BARRAGE_ANSWER: &str = "A barrage across the Rance";
const BRIEFING: &str = "Tides & <Times>";
const UNSURE: &str = "I was interrupted while sending";

/// The moment of a kill.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// During the start, or soon after.
    Starting,
    /// After the next poll, which confirms the updates before.
    Confirming,
    /// Directly after this many sent messages.
    Sending(u64),
    Any,
}

impl Moment {
    fn random(rng: &mut Rng) -> Moment {
        match rng.u64(..6) {
            0 => Moment::Starting,
            1 => Moment::Confirming,
            2..5 => Moment::Sending(1 + rng.u64(..30)),
            _ => Moment::Any,
        }
    }
}

/// All questions, and all messages of the bot.
#[derive(Default)]
struct Seen {
    questions: BTreeSet<i64>,
    edited: BTreeSet<i64>,
    pressed: BTreeSet<i64>,
    subscribers: Vec<i64>,
    /// The answers to each question, with the number of kills before the first.
    answers: BTreeMap<i64, (u64, Vec<i64>)>,
    /// All versions of each message of the bot.
    said: BTreeMap<i64, Vec<Message>>,
    /// The number of questions that were answered again because of each kill.
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

    /// Returns everything that people still wait for.
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

/// Asks a question, edits one, or presses a button.
fn act(telegram: &FakeBotApi, seen: &mut Seen, rng: &mut Rng) {
    let answered: Vec<_> = seen.answers.keys().copied().collect();
    match rng.u64(..10) {
        0 => {
            let Some(question) = rng.choice(&answered) else { return };
            let chat = seen.said[&seen.answers[question].1[0]][0].chat;
            if seen.edited.insert(*question) {
                let text = if chat < 0 { format!("/ask {BARRAGE}") } else { BARRAGE.into() };
                telegram.chat(chat).edit(Posted { id: *question, chat }, &text);
            }
        }
        1 => {
            let Some(question) = rng.choice(&answered) else { return };
            let answer = seen.answers[question].1[0];
            let Some(shown) = seen.said[&answer].last() else { return };
            let is_context = |(label, _): &&(String, String)| label == "Context";
            if let Some((_, data)) = shown.buttons.iter().flatten().find(is_context) {
                seen.pressed.insert(answer);
                telegram.click_data(shown, data);
            }
        }
        2 | 3 => {
            let topic = 2 + rng.u64(..TOPICS) as i64;
            let asked = telegram.group().topic(topic).post(&format!("/ask {TIDE}"));
            seen.questions.insert(asked.id);
        }
        _ => {
            let chat = 1 + rng.u64(..CHATS) as i64;
            seen.questions.insert(telegram.chat(chat).post(TIDE).id);
        }
    }
}

/// Returns a fault after which no message can have arrived without the bot's knowledge.
fn fault(rng: &mut Rng) -> (&'static str, Fault) {
    let method = ["sendMessage", "getUpdates", "getMe"][rng.u64(..3) as usize];
    let fault = match rng.u64(..4) {
        0 => Fault::DropBefore,
        1 => Fault::Html(400),
        2 => Fault::Delay(Duration::from_millis(rng.u64(..300))),
        _ => Fault::retry_after(rng.u64(..2)),
    };
    (method, fault)
}

/// Adds a briefing that is due within this round.
fn subscribe(folders: &TempDir, telegram: &FakeBotApi, seen: &mut Seen, rng: &mut Rng) {
    let data = folders.path().join("data");
    if !data.join("verbatim.sqlite").exists() {
        return;
    }
    let chat = FIRST_SUBSCRIBER + seen.subscribers.len() as i64;
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
        due: now + rng.u64(..2) as i64,
    };
    Store::open(&data).expect("the bot is dead").add_schedule(&new, 5).expect("a new chat");
    seen.subscribers.push(chat);
}

/// Lets the bot run until it is killed.
async fn round(folders: &TempDir, telegram: &FakeBotApi, seen: &mut Seen, rng: &mut Rng) {
    subscribe(folders, telegram, seen, rng);
    for _ in 0..rng.u64(..20) {
        act(telegram, seen, rng);
    }
    for _ in 0..rng.u64(..4) {
        let (method, fault) = fault(rng);
        telegram.fail_next(method, fault);
    }
    let before = |method| telegram.calls(method).len();
    let (sent, polled) = (before("sendMessage"), before("getUpdates"));
    let bot = Process::start(folders, &telegram.url);
    let moment = Moment::random(rng);
    let delay = Duration::from_micros(rng.u64(..5_000));
    let max_wait = match moment {
        Moment::Starting => Duration::from_millis(rng.u64(..400)),
        Moment::Confirming | Moment::Sending(_) => Duration::from_secs(2),
        Moment::Any => Duration::from_millis(rng.u64(..1_500)),
    };
    let is_reached = async {
        match moment {
            Moment::Confirming => telegram.called("getUpdates", polled + 2).await,
            Moment::Sending(count) => telegram.called("sendMessage", sent + count as usize).await,
            Moment::Starting | Moment::Any => std::future::pending().await,
        }
        tokio::time::sleep(delay).await;
    };
    let go_on = async {
        loop {
            seen.look(telegram);
            act(telegram, seen, rng);
            tokio::time::sleep(Duration::from_millis(rng.u64(..25))).await;
        }
    };
    tokio::select! {
        () = is_reached => {}
        () = go_on => {}
        () = tokio::time::sleep(max_wait) => {}
    }
    let log = bot.kill();
    assert!(!log.iter().any(|line| line.contains("panicked")), "{log:#?}");
    seen.look(telegram);
    seen.kills += 1;
    telegram.mends();
}

/// Lets the bot run until all people have their replies, and then stops it.
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
        assert!(begun.elapsed() < MAX_WAIT, "seed {seed}: {missing:#?}\n{log}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    bot.terminate();
    let (code, log) = bot.ended(Duration::from_secs(10)).await;
    assert_eq!(code, Some(0), "{log:#?}");
    seen.look(telegram);
}

#[test]
fn kills_at_random_moments_lose_no_question() {
    in_telegram(async |telegram| {
        let (begun, seed) = (Instant::now(), seed());
        let rounds = number("VERBATIM_FAULT_ROUNDS").unwrap_or(ROUNDS);
        let (folders, mut seen, mut rng) = (folders(), Seen::default(), Rng::with_seed(seed));
        for _ in 0..rounds {
            round(&folders, telegram, &mut seen, &mut rng).await;
        }
        live(&folders, telegram, &mut seen, seed).await;
        // The next process knows what was answered.
        let known = seen.said.len();
        seen.questions.insert(telegram.chat(1).post(TIDE).id);
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
        // One for each kill, and more where the disk is slower than the messages.
        assert!(again <= 2 * rounds, "seed {seed}: {:?}", seen.again);
    });
}

//! Kills while questions go to a person, answers of the person come back, and guests ask.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use fastrand::Rng;
use tempfile::TempDir;

use super::child::{Process, folders};
use super::{in_telegram, report, seed};
use crate::fake_bot_api::{FakeBotApi, Message};

const ROUNDS: u64 = 8;
const ASKERS: i64 = 12;
const HELPERS: i64 = -1009;
/// The chat of people in which the bot is not a member.
const GUEST_CHAT: i64 = -1077;
const OFFER: &str = "Send my question to a person";
const ANSWER: &str = "Answer from a person, not from the articles:";
const MAX_WAIT: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

#[derive(Default)]
struct Seen {
    /// Refusal of each asker's question.
    refusals: BTreeMap<i64, Message>,
    /// Messages to the person, by the asker that their text names.
    passed_on: BTreeMap<i64, Vec<Message>>,
    replied: BTreeSet<i64>,
    /// Answers of the person, by chat.
    answers: BTreeMap<i64, Vec<String>>,
    guest_answers: usize,
}

impl Seen {
    fn look(&mut self, telegram: &FakeBotApi) {
        for shown in telegram.unseen() {
            let text = shown.text.clone();
            if shown.inline.is_some() {
                assert!(text.contains("twice a month"), "{shown}");
                self.guest_answers += 1;
            } else if shown.chat == HELPERS {
                if let Some((_, asker)) = text.rsplit_once("sourdough ") {
                    let asker = asker.parse().expect("the number of the asker");
                    self.passed_on.entry(asker).or_default().push(shown);
                }
            } else if text.starts_with(ANSWER) {
                self.answers.entry(shown.chat).or_default().push(text);
            } else if shown.labels().contains(&OFFER) {
                self.refusals.insert(shown.chat, shown);
            }
        }
    }

    /// Returns what is still missing: questions that reached no person, answers that came to none.
    fn missing(&self) -> Vec<i64> {
        let is_done = |asker: &i64| {
            self.passed_on.contains_key(asker)
                && (!self.replied.contains(asker) || self.answers.contains_key(asker))
        };
        (1..=ASKERS).filter(|asker| !is_done(asker)).collect()
    }
}

/// Presses a button, answers as the person, or asks as a guest.
fn act(telegram: &FakeBotApi, seen: &mut Seen, rng: &mut Rng) {
    match rng.u64(..4) {
        0 => {
            telegram.chat(GUEST_CHAT).post_as_guest("@VerbatimBot when does a neap tide happen?");
        }
        1 | 2 => {
            let waiting =
                seen.refusals.iter().filter(|(asker, _)| !seen.passed_on.contains_key(asker));
            let waiting: Vec<_> =
                waiting.map(|(asker, refusal)| (*asker, refusal.clone())).collect();
            if let Some((asker, refusal)) = rng.choice(&waiting) {
                telegram.click_as(*asker, refusal, refusal.data(OFFER));
            }
        }
        _ => {
            let open = seen.passed_on.iter().filter(|(asker, _)| !seen.replied.contains(asker));
            let open: Vec<_> = open.map(|(asker, shown)| (*asker, shown[0].clone())).collect();
            if let Some((asker, question)) = rng.choice(&open) {
                telegram.chat(HELPERS).reply_to(question).post(&format!("bread for {asker}"));
                seen.replied.insert(*asker);
            }
        }
    }
}

fn folders_with_help() -> TempDir {
    let folders = folders();
    let config = folders.path().join("config/verbatim.toml");
    let text = std::fs::read_to_string(&config).expect("it was just written");
    std::fs::write(&config, format!("{text}[help]\nchat = {HELPERS}\n")).expect("it is writable");
    folders
}

async fn until(telegram: &FakeBotApi, seen: &mut Seen, is_done: impl Fn(&Seen) -> bool) {
    let begun = Instant::now();
    while !is_done(seen) {
        assert!(begun.elapsed() < MAX_WAIT, "missing: {:?}", seen.missing());
        tokio::time::sleep(LOOK_EVERY).await;
        seen.look(telegram);
    }
}

#[test]
fn kills_lose_no_question_to_a_person_and_bring_no_answer_to_another_chat() {
    in_telegram(async |telegram| {
        let (seed, folders) = (seed(), folders_with_help());
        let (mut rng, mut seen) = (Rng::with_seed(seed), Seen::default());
        telegram.turn_on_guest_mode();
        telegram.exists(HELPERS);
        for asker in 1..=ASKERS {
            telegram.private_of(asker).post(&format!("how to bake sourdough {asker}"));
        }
        let bot = Process::start(&folders, &telegram.url);
        until(telegram, &mut seen, |seen| seen.refusals.len() == ASKERS as usize).await;
        bot.kill();
        for _ in 0..ROUNDS {
            let sent = telegram.calls("sendMessage").len();
            let bot = Process::start(&folders, &telegram.url);
            let end = Instant::now() + Duration::from_secs(2);
            let last = sent + 1 + rng.usize(..6);
            while Instant::now() < end && telegram.calls("sendMessage").len() < last {
                act(telegram, &mut seen, &mut rng);
                tokio::time::sleep(Duration::from_millis(rng.u64(..30))).await;
                seen.look(telegram);
            }
            let log = bot.kill();
            assert!(!log.iter().any(|line| line.contains("panicked")), "seed {seed}: {log:#?}");
            seen.look(telegram);
        }
        let bot = Process::start(&folders, &telegram.url);
        let begun = Instant::now();
        while !seen.missing().is_empty() || seen.replied.len() < ASKERS as usize {
            assert!(begun.elapsed() < MAX_WAIT, "seed {seed}: missing {:?}", seen.missing());
            act(telegram, &mut seen, &mut rng);
            tokio::time::sleep(LOOK_EVERY).await;
            seen.look(telegram);
        }
        // All may have been done before, and a process that has just begun handles no signal.
        let known = seen.guest_answers;
        telegram.chat(GUEST_CHAT).post_as_guest("@VerbatimBot when does a neap tide happen?");
        until(telegram, &mut seen, |seen| seen.guest_answers > known).await;
        bot.terminate();
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!(code, Some(0), "{log:#?}");
        seen.look(telegram);
        for (chat, answers) in &seen.answers {
            let own = format!("bread for {chat}");
            assert!(answers.iter().all(|text| text.ends_with(&own)), "seed {seed}: {answers:?}");
        }
        let guests = telegram.calls("sendMessage");
        assert!(guests.iter().all(|call| call["chat_id"] != GUEST_CHAT), "seed {seed}");
        let questions: usize = seen.passed_on.values().map(Vec::len).sum();
        let answers: usize = seen.answers.values().map(Vec::len).sum();
        report(format_args!(
            "{ROUNDS} rounds of kill -9, {ASKERS} questions to a person sent {questions} times and \
             answered {answers} times, {} guest answers; seed {seed}",
            seen.guest_answers
        ));
        assert!(questions + answers <= 2 * ASKERS as usize + 2 * ROUNDS as usize, "seed {seed}");
    });
}

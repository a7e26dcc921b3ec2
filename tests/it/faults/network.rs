//! Telegram out of reach, out of order, or no longer ours; and the way down.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::cable::{Cable, Way};
use super::child::{Process, folders};
use super::{in_telegram, report};
use crate::fake_bot_api::{FakeBotApi, Fault, GROUP};

const ASKED: &str = "When does a neap tide happen?";
const ANSWER: &str = "A neap tide happens";
const BEGIN: &str = "Telegram cannot be reached";
const END: &str = "Telegram can be reached again";

async fn answers(telegram: &FakeBotApi) {
    let question = telegram.says(ASKED);
    let answer = telegram.next().await;
    assert_eq!(answer.reply_to, Some(question));
    assert!(answer.text.starts_with(ANSWER), "{}", answer.text);
}

/// Waits until all these are answered; how many were so again.
async fn all_answered(telegram: &FakeBotApi, questions: &[i64]) -> usize {
    let mut answered = Vec::new();
    while !questions.iter().all(|question| answered.contains(question)) {
        answered.extend(telegram.next().await.reply_to);
    }
    answered.len() - questions.len()
}

fn count(log: &[String], part: &str) -> usize {
    log.iter().filter(|line| line.contains(part)).count()
}

#[test]
fn it_starts_before_telegram_can_be_reached() {
    in_telegram(async |telegram| {
        let (cable, folders) = (Cable::to(telegram).await, folders());
        cable.set(Way::Closed);
        let bot = Process::start(&folders, &cable.url);
        bot.logs(BEGIN).await;
        cable.set(Way::Open);
        answers(telegram).await;
        let log = bot.log();
        assert_eq!((count(&log, BEGIN), count(&log, END)), (1, 1));
        let line = log.iter().find(|line| line.contains(BEGIN)).expect("it is counted");
        let host = cable.url.trim_start_matches("http://");
        for part in [host, "directly", "cause="] {
            assert!(line.contains(part), "{line}");
        }
        assert!(!log.iter().any(|line| line.contains("fake-Token")), "{log:#?}");
    });
}

#[test]
fn what_is_in_hand_is_finished_before_it_ends() {
    in_telegram(async |telegram| {
        let folders = folders();
        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        telegram.fail_next("sendMessage", Fault::Delay(Duration::from_secs(1)));
        let in_hand = telegram.writes(1, json!({"text": ASKED}));
        telegram.called("sendMessage", 2).await;
        let begun = Instant::now();
        bot.terminate();
        bot.logs("stopping").await;
        // Nobody asks for these any more.
        let left: Vec<_> =
            (2..=9).map(|chat| telegram.writes(chat, json!({"text": ASKED}))).collect();
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!(code, Some(0), "{log:#?}");
        report(format_args!("SIGTERM: over after {:.1} s", begun.elapsed().as_secs_f32()));
        assert_eq!(telegram.next().await.reply_to, Some(in_hand));
        assert_eq!(telegram.unseen(), []);
        assert!(telegram.unconfirmed() >= left.len());

        let bot = Process::start(&folders, &telegram.url);
        assert_eq!(all_answered(telegram, &left).await, 0);
        answers(telegram).await;
        bot.terminate();
        assert_eq!(bot.ended(Duration::from_secs(10)).await.0, Some(0));
        assert_eq!(telegram.unseen(), []);
    });
}

#[test]
fn a_wrong_token_ends_it_with_a_line() {
    in_telegram(async |telegram| {
        let folders = folders();
        let unknown = Fault::Refuse(401, "Unauthorized", Value::Null);
        telegram.fail_next("getMe", unknown.clone());
        let bot = Process::start(&folders, &telegram.url);
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!((code, count(&log, "does not know this bot token")), (Some(2), 1), "{log:#?}");

        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        // The token is revoked, which a message in hand hears of first.
        for method in ["sendMessage", "getUpdates"] {
            telegram.fail_next(method, unknown.clone());
        }
        let question = telegram.says(ASKED);
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!((code, count(&log, "does not know this bot token")), (Some(2), 1), "{log:#?}");
        telegram.mends();

        let _bot = Process::start(&folders, &telegram.url);
        assert_eq!(telegram.next().await.reply_to, Some(question));
        answers(telegram).await;
        assert_eq!(telegram.unseen(), []);
    });
}

/// Asks for updates without a pause.
async fn rival(telegram: &FakeBotApi) {
    loop {
        telegram.polls_too();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn conflict_while_running_is_an_outage_and_at_the_start_the_end() {
    const CONFLICT: &str = "another process asks for this bot's updates";
    const OVER: &str = "updates can be received again";
    in_telegram(async |telegram| {
        let folders = folders();
        let bot = Process::start(&folders, &telegram.url);
        let (code, log) = tokio::select! {
            ended = bot.ended(Duration::from_secs(10)) => ended,
            () = rival(telegram) => unreachable!("it does not end"),
        };
        // Not 2, which is never started again.
        assert_eq!((code, count(&log, CONFLICT)), (Some(75), 1), "{log:#?}");

        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        let question = tokio::select! {
            question = async {
                bot.logs(CONFLICT).await;
                let question = telegram.says(ASKED);
                tokio::time::sleep(Duration::from_secs(2)).await;
                question
            } => question,
            () = rival(telegram) => unreachable!("it does not end"),
        };
        assert_eq!(telegram.next().await.reply_to, Some(question));
        bot.logs(OVER).await;
        answers(telegram).await;
        let log = bot.log();
        assert_eq!((count(&log, CONFLICT), count(&log, OVER)), (1, 1), "{log:#?}");
        assert!(log.iter().any(|line| line.contains("hint=\"stop the other process")), "{log:#?}");
        assert_eq!(count(&log, BEGIN), 0, "{log:#?}");
        bot.terminate();
        assert_eq!(bot.ended(Duration::from_secs(10)).await.0, Some(0));
    });
}

#[test]
fn dropped_questions_are_logged_in_one_line() {
    in_telegram(async |telegram| {
        let folders = folders();
        let sent = jiff::Timestamp::now().as_second() - 25 * 3600;
        for chat in 1..=20 {
            telegram.writes(chat, json!({"text": ASKED, "date": sent}));
        }
        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        bot.logs("questions were dropped").await;
        bot.terminate();
        let (_, log) = bot.ended(Duration::from_secs(10)).await;
        let lines: Vec<_> = log.iter().filter(|line| line.contains("were dropped")).collect();
        assert!(matches!(lines[..], [line] if line.contains("questions=20")), "{log:#?}");
    });
}

/// Each of these waits for something that takes its time: side by side it takes as long as the longest.
#[test]
fn what_takes_long_loses_nothing() {
    in_telegram(async |hanging| {
        let (failing, stormy) = (FakeBotApi::start().await, FakeBotApi::start().await);
        let away = FakeBotApi::start().await;
        tokio::join!(hangs(hanging), fails(&failing), storms(&stormy), is_cut_off(&away));
    });
}

/// The log tells of an outage twice, and it is over at once.
async fn is_cut_off(telegram: &FakeBotApi) {
    let (cable, folders) = (Cable::to(telegram).await, folders());
    let bot = Process::start(&folders, &cable.url);
    answers(telegram).await;
    telegram.called("setMyShortDescription", 7).await;
    let (before, tried) = (bot.log().len(), cable.tries());
    let ask = |chat| telegram.writes(chat, json!({"text": ASKED}));
    // These are on the wire when it is cut.
    let sent = telegram.calls("sendMessage").len();
    for _ in 0..20 {
        telegram.fail_next("sendMessage", Fault::Delay(Duration::from_secs(60)));
    }
    let mut questions: Vec<_> = (1..=20).map(ask).collect();
    telegram.called("sendMessage", sent + 20).await;
    cable.set(Way::Closed);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let begun = cable.tries();
    cable.set(Way::Silent);
    questions.extend((21..=40).map(ask));
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (first, later) = (begun - tried, cable.tries() - begun);
    cable.set(Way::Open);
    let back = Instant::now();
    let again = all_answered(telegram, &questions).await;
    let seconds = back.elapsed().as_secs_f32();
    bot.logs(END).await;
    let log = bot.kill();
    report(format_args!(
        "an outage of 6 s: {first} + {later} tries, all answered {seconds:.1} s after it, {again} twice"
    ));
    let lines = &log[before..];
    assert_eq!((count(lines, BEGIN), count(lines, END), lines.len()), (1, 1, 2), "{lines:#?}");
    assert!(seconds < 5.0, "it takes {seconds} s to come back");
    // What was in hand tries until asking for updates has failed twice; then only that goes on.
    assert!(first <= 60 && later <= 4, "{first} + {later} tries");
}

/// A request that hangs does not keep the bot from ending.
async fn hangs(telegram: &FakeBotApi) {
    let folders = folders();
    let bot = Process::start(&folders, &telegram.url);
    answers(telegram).await;
    telegram.fail_next("sendMessage", Fault::Delay(Duration::from_secs(60)));
    telegram.writes(1, json!({"text": ASKED}));
    telegram.called("sendMessage", 2).await;
    let begun = Instant::now();
    bot.terminate();
    let (code, log) = bot.ended(Duration::from_secs(10)).await;
    report(format_args!(
        "SIGTERM while a message hangs: over after {:.1} s",
        begun.elapsed().as_secs_f32()
    ));
    assert_eq!(code, Some(0), "{log:#?}");
    assert_eq!(count(&log, "some answers were not finished"), 1, "{log:#?}");
    let _bot = Process::start(&folders, &telegram.url);
    assert!(telegram.next().await.text.starts_with(ANSWER));
}

/// A server that fails with a page of HTML is tried again.
async fn fails(telegram: &FakeBotApi) {
    let folders = folders();
    let _bot = Process::start(&folders, &telegram.url);
    answers(telegram).await;
    telegram.fail_next("sendMessage", Fault::Html(502));
    telegram.fail_next("getUpdates", Fault::Html(504));
    let late = telegram.says(ASKED);
    telegram.called("sendMessage", 2).await;
    let question = telegram.writes(1, json!({"text": ASKED}));
    assert_eq!(all_answered(telegram, &[late, question]).await, 0);
}

/// What is refused for a while, and what is half answered.
async fn storms(telegram: &FakeBotApi) {
    let folders = folders();
    let _bot = Process::start(&folders, &telegram.url);
    answers(telegram).await;
    let begun = Instant::now();
    for _ in 0..100 {
        let storm =
            Fault::Refuse(429, "Too Many Requests: retry after 1", json!({"retry_after": 1}));
        telegram.fail_next("sendMessage", storm);
    }
    let unavailable = Fault::Refuse(400, "Service Unavailable", Value::Null);
    for fault in [Fault::DropBefore, Fault::Html(400), unavailable] {
        telegram.fail_next("sendMessage", fault);
    }
    let ambiguous = [Fault::DropAfter, Fault::Truncated];
    for fault in &ambiguous {
        telegram.fail_next("sendMessage", fault.clone());
        telegram.fail_next("getUpdates", fault.clone());
    }
    let ask = |place: i64| match place % 3 {
        0 => telegram.writes(GROUP - place, json!({"text": format!("/ask {ASKED}")})),
        _ => telegram.writes(place, json!({"text": ASKED})),
    };
    let questions: Vec<_> = (1..=60).map(ask).collect();
    let again = all_answered(telegram, &questions).await;
    report(format_args!(
        "100 times 429 and 7 broken answers: 60 questions, all answered after {:.1} s, {again} twice",
        begun.elapsed().as_secs_f32()
    ));
    assert!(again <= ambiguous.len(), "{again}");
}

#[test]
fn a_question_that_waits_for_telegram_through_kills_is_answered_and_not_apologised_for() {
    in_telegram(async |telegram| {
        let folders = folders();
        let question = telegram.says("When does a neap tide happen?");
        for _ in 0..5 {
            for _ in 0..100 {
                telegram.fail_next("sendMessage", Fault::DropBefore);
            }
            let bot = Process::start(&folders, &telegram.url);
            telegram.called("sendMessage", telegram.calls("sendMessage").len() + 1).await;
            bot.kill();
        }
        telegram.mends();
        let _bot = Process::start(&folders, &telegram.url);
        let answer = telegram.next().await;
        assert_eq!(answer.reply_to, Some(question));
        assert!(answer.text.starts_with("A neap tide happens"), "{}", answer.text);
    });
}

//! Outages and refusals of Telegram, conflicts with another process, and the shutdown.

use std::time::{Duration, Instant};

use super::child::{Process, folders};
use super::proxy::{Proxy, Traffic};
use super::{ANSWER, ASKED, answers, in_telegram, report};
use crate::fake_bot_api::{FakeBotApi, Fault, GROUP, Posted};

const BEGIN: &str = "Telegram cannot be reached";
const END: &str = "Telegram can be reached again";

/// Waits until all these questions are answered, and returns how many were answered again.
async fn all_answered(telegram: &FakeBotApi, questions: &[Posted]) -> usize {
    let mut answered = Vec::new();
    while !questions.iter().all(|question| answered.contains(&question.id)) {
        answered.extend(telegram.next_message().await.reply_to);
    }
    answered.len() - questions.len()
}

fn count(log: &[String], part: &str) -> usize {
    log.iter().filter(|line| line.contains(part)).count()
}

#[test]
fn start_waits_until_telegram_can_be_reached() {
    in_telegram(async |telegram| {
        let (proxy, folders) = (Proxy::to(telegram).await, folders());
        proxy.set(Traffic::Closed);
        let bot = Process::start(&folders, &proxy.url);
        bot.logs(BEGIN).await;
        proxy.set(Traffic::Open);
        answers(telegram).await;
        let log = bot.log();
        assert_eq!((count(&log, BEGIN), count(&log, END)), (1, 1));
        let line = log.iter().find(|line| line.contains(BEGIN)).expect("it is counted");
        let host = proxy.url.trim_start_matches("http://");
        for part in [host, "directly", "cause="] {
            assert!(line.contains(part), "{line}");
        }
        assert!(!log.iter().any(|line| line.contains("fake-Token")), "{log:#?}");
    });
}

#[test]
fn stop_finishes_the_messages_in_flight() {
    in_telegram(async |telegram| {
        let folders = folders();
        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        telegram.fail_next("sendMessage", Fault::Delay(Duration::from_secs(1)));
        let in_hand = telegram.chat(1).post(ASKED);
        telegram.called("sendMessage", 2).await;
        let begun = Instant::now();
        bot.terminate();
        bot.logs("stopping").await;
        // The bot does not receive these any more.
        let left: Vec<_> = (2..=9).map(|chat| telegram.chat(chat).post(ASKED)).collect();
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!(code, Some(0), "{log:#?}");
        report(format_args!("SIGTERM: over after {:.1} s", begun.elapsed().as_secs_f32()));
        assert_eq!(telegram.next_message().await.reply_to, Some(in_hand.id));
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
fn token_that_is_wrong_ends_the_bot_with_a_log_line() {
    in_telegram(async |telegram| {
        let folders = folders();
        let unknown = Fault::refuse(401, "Unauthorized");
        telegram.fail_next("getMe", unknown.clone());
        let bot = Process::start(&folders, &telegram.url);
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!((code, count(&log, "does not know this bot token")), (Some(2), 1), "{log:#?}");

        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        // The token is revoked: a message in flight is the first to be refused.
        for method in ["sendMessage", "getUpdates"] {
            telegram.fail_next(method, unknown.clone());
        }
        let question = telegram.private().post(ASKED);
        let (code, log) = bot.ended(Duration::from_secs(10)).await;
        assert_eq!((code, count(&log, "does not know this bot token")), (Some(2), 1), "{log:#?}");
        telegram.mends();

        let _bot = Process::start(&folders, &telegram.url);
        assert_eq!(telegram.next_message().await.reply_to, Some(question.id));
        answers(telegram).await;
        assert_eq!(telegram.unseen(), []);
    });
}

/// Asks for updates again and again, as another process does.
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
        // After exit code 2, systemd would not start the bot again.
        assert_eq!((code, count(&log, CONFLICT)), (Some(75), 1), "{log:#?}");

        let bot = Process::start(&folders, &telegram.url);
        answers(telegram).await;
        let question = tokio::select! {
            question = async {
                bot.logs(CONFLICT).await;
                let question = telegram.private().post(ASKED);
                tokio::time::sleep(Duration::from_secs(2)).await;
                question
            } => question,
            () = rival(telegram) => unreachable!("it does not end"),
        };
        assert_eq!(telegram.next_message().await.reply_to, Some(question.id));
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
fn questions_that_are_dropped_are_logged_in_one_line() {
    in_telegram(async |telegram| {
        let folders = folders();
        let sent = jiff::Timestamp::now().as_second() - 25 * 3600;
        for chat in 1..=20 {
            telegram.chat(chat).sent_at(sent).post(ASKED);
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

/// These scenarios wait for long timeouts, so they run concurrently.
#[test]
fn outages_of_any_kind_lose_no_question() {
    in_telegram(async |hanging| {
        let (failing, stormy) = (FakeBotApi::start(), FakeBotApi::start());
        let away = FakeBotApi::start();
        tokio::join!(hangs(hanging), fails(&failing), storms(&stormy), is_cut_off(&away));
    });
}

/// Checks that an outage is logged in two lines and that the bot is back at once after it.
async fn is_cut_off(telegram: &FakeBotApi) {
    let (proxy, folders) = (Proxy::to(telegram).await, folders());
    let bot = Process::start(&folders, &proxy.url);
    answers(telegram).await;
    telegram.called("setMyShortDescription", 7).await;
    let (before, tried) = (bot.log().len(), proxy.tries());
    let ask = |chat| telegram.chat(chat).post(ASKED);
    // These messages are in flight when the connection breaks.
    let sent = telegram.calls("sendMessage").len();
    for _ in 0..20 {
        telegram.fail_next("sendMessage", Fault::Delay(Duration::from_secs(60)));
    }
    let mut questions: Vec<_> = (1..=20).map(ask).collect();
    telegram.called("sendMessage", sent + 20).await;
    proxy.set(Traffic::Closed);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let begun = proxy.tries();
    proxy.set(Traffic::Silent);
    questions.extend((21..=40).map(ask));
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (first, later) = (begun - tried, proxy.tries() - begun);
    proxy.set(Traffic::Open);
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
    // Messages in flight are retried until two polls have failed; then only polling continues.
    assert!(first <= 60 && later <= 4, "{first} + {later} tries");
}

/// Checks that a request that hangs does not keep the bot from ending.
async fn hangs(telegram: &FakeBotApi) {
    let folders = folders();
    let bot = Process::start(&folders, &telegram.url);
    answers(telegram).await;
    telegram.fail_next("sendMessage", Fault::Delay(Duration::from_secs(60)));
    telegram.chat(1).post(ASKED);
    telegram.called("sendMessage", 2).await;
    let begun = Instant::now();
    bot.terminate();
    let (code, log) = bot.ended(Duration::from_secs(10)).await;
    report(format_args!(
        "SIGTERM while a message hangs: over after {:.1} s",
        begun.elapsed().as_secs_f32()
    ));
    assert_eq!(code, Some(0), "{log:#?}");
    assert_eq!(count(&log, "some updates were not finished"), 1, "{log:#?}");
    let _bot = Process::start(&folders, &telegram.url);
    assert!(telegram.next_message().await.text.starts_with(ANSWER));
}

/// Checks that requests are retried after a page of HTML.
async fn fails(telegram: &FakeBotApi) {
    let folders = folders();
    let _bot = Process::start(&folders, &telegram.url);
    answers(telegram).await;
    telegram.fail_next("sendMessage", Fault::Html(502));
    telegram.fail_next("getUpdates", Fault::Html(504));
    let late = telegram.private().post(ASKED);
    telegram.called("sendMessage", 2).await;
    let question = telegram.chat(1).post(ASKED);
    assert_eq!(all_answered(telegram, &[late, question]).await, 0);
}

/// Checks that messages survive many refusals, and responses that are cut off.
async fn storms(telegram: &FakeBotApi) {
    let folders = folders();
    let _bot = Process::start(&folders, &telegram.url);
    answers(telegram).await;
    let begun = Instant::now();
    for _ in 0..100 {
        telegram.fail_next("sendMessage", Fault::retry_after(1));
    }
    let unavailable = Fault::refuse(400, "Service Unavailable");
    for fault in [Fault::DropBefore, Fault::Html(400), unavailable] {
        telegram.fail_next("sendMessage", fault);
    }
    let ambiguous = [Fault::DropAfter, Fault::Truncated];
    for fault in &ambiguous {
        telegram.fail_next("sendMessage", fault.clone());
        telegram.fail_next("getUpdates", fault.clone());
    }
    let ask = |place: i64| match place % 3 {
        0 => telegram.chat(GROUP - place).post(&format!("/ask {ASKED}")),
        _ => telegram.chat(place).post(ASKED),
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
fn question_that_waits_for_telegram_through_kills_is_answered_without_an_apology() {
    in_telegram(async |telegram| {
        let folders = folders();
        let question = telegram.private().post("When does a neap tide happen?");
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
        let answer = telegram.next_message().await;
        assert_eq!(answer.reply_to, Some(question.id));
        assert!(answer.text.starts_with("A neap tide happens"), "{}", answer.text);
    });
}

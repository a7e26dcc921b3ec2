//! Odd responses of the Bot API server, clocks that differ, and slow connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use url::Url;

use crate::fake_bot_api::{FakeBotApi, Fault};
use crate::tester::Bot;

const ANSWER: &str = "A neap tide happens";
const DAY: i64 = 86_400;

/// Queues updates that cannot be read, and a question before and after each of them, and returns
/// the number of questions.
fn queue_mixed(telegram: &FakeBotApi) -> usize {
    let nested = |id: i64, levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!("{{\"update_id\":{id},\"message\":{{\"a\":{open}{close}}}}}").into_bytes()
    };
    let with = |id: i64, text: &[u8]| {
        let start = format!("{{\"update_id\":{id},\"message\":{{\"text\":");
        [start.as_bytes(), text, b"}}"].concat()
    };
    telegram.private().post("neap tide");
    let unreadable: [&[u8]; 6] =
        [br#""\ud800""#, b"1e400", b"\"\xff\"", br#""\x""#, b"nope", b"\"a\x00b\""];
    for text in unreadable {
        telegram.push_raw(|id| with(id, text));
        telegram.private().post("neap tide");
    }
    for levels in [128, 5_000] {
        telegram.push_raw(|id| nested(id, levels));
        telegram.private().post("neap tide");
    }
    // An update without an id that can be confirmed is passed with the next one.
    telegram.push_raw(|_| br#"{"update_id":1e400,"message":{}}"#.to_vec());
    telegram.private().post("neap tide");
    unreadable.len() + 4
}

async fn are_answered(bot: &Bot, questions: usize) {
    for _ in 0..questions {
        let answer = bot.next_message().await;
        assert!(answer.text.starts_with(ANSWER), "{answer}");
    }
}

async fn is_answered(bot: &Bot) {
    let answer = bot.private().send("neap tide").await;
    assert!(answer.text.starts_with(ANSWER), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_cannot_be_read_are_skipped_and_the_others_answered() {
    let mut questions = 0;
    let mut bot = Bot::start().telegram(|telegram| questions = queue_mixed(telegram)).await;
    are_answered(&bot, questions).await;
    bot.confirmed().await;
    bot.restart().await;
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_cannot_be_read_are_acknowledged_at_a_webhook() {
    let mut questions = 0;
    let bot =
        Bot::start().with_webhook().telegram(|telegram| questions = queue_mixed(telegram)).await;
    are_answered(&bot, questions).await;
    bot.private().stays_silent().await;
    assert!(bot.brought().iter().all(|status| *status == 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn message_whose_success_cannot_be_read_is_not_sent_again() {
    let bot = Bot::start().without_reader_limits().await;
    let large = format!("{{\"ok\":true,\"result\":{{\"text\":\"{}\"}}}}", "a".repeat(2 << 20));
    for success in [
        "{\"ok\":true}",
        "{\"ok\":true,\"result\":null}",
        "{\"ok\":true,\"result\":[]}",
        "{\"ok\":true,\"result\":{\"message_id\":\"7\"}}",
        "{\"ok\":true,\"result\":{\"message_id\":99999999999}}",
        "{\"ok\":true,\"result\":{\"message_id\":7,\"date\":1e400}}",
        "{\"ok\":true,\"result\":{\"text\":\"\\ud800\"}}",
        " { \"ok\" : true, \"result\"",
        "{\"result\":{},\"ok\":true}",
        "{\"ok\":tr",
        &large,
    ] {
        bot.fail_next("sendMessage", Fault::Says(200, success.to_owned()));
        is_answered(&bot).await;
        bot.private().stays_silent().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn message_with_a_response_that_is_not_of_the_bot_api_is_sent_twice_at_most() {
    let bot = Bot::start().without_reader_limits().await;
    is_answered(&bot).await;
    for odd in ["", "<html>", "null", "[]", "{\"a\":1}"] {
        for _ in 0..10 {
            bot.fail_next("sendMessage", Fault::Says(200, odd.to_owned()));
        }
        let question = bot.private().post("neap tide");
        for _ in 0..2 {
            assert_eq!(bot.next_message().await.reply_to, Some(question.id), "{odd}");
        }
        bot.called("getMe", 2).await;
        bot.mends();
        bot.private().stays_silent().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_of_any_form_delays_the_message_only() {
    let mut bot = Bot::start().await;
    for wait in [json!(0.2), json!("0"), json!(-5), json!(null), json!({})] {
        bot.fail_next("sendMessage", Fault::retry_after(wait));
        is_answered(&bot).await;
    }
    for wait in [json!(u64::MAX), json!(1_u64 << 63), json!(1e300), json!("9e99")] {
        let before = bot.calls("sendMessage").len();
        bot.fail_next("sendMessage", Fault::retry_after(wait));
        let question = bot.private().post("neap tide");
        bot.called("sendMessage", before + 1).await;
        bot.restart().await;
        assert!(bot.reply_to(question).await.text.starts_with(ANSWER));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clock_that_is_wrong_closes_no_question() {
    for ahead in [-25 * 3600, -8 * DAY, 25 * 3600] {
        let mut bot =
            Bot::start().with_monitor().telegram(|telegram| telegram.clock_is_ahead(ahead)).await;
        let answer = bot.private().send("neap tide").await;
        assert!(answer.text.starts_with(ANSWER), "{answer}");
        let (status, report) = bot.get("readyz").await;
        let side = if ahead < 0 { "ahead of" } else { "behind" };
        assert!(report.contains("\nclock: ") && report.contains(side), "{report}");
        assert_eq!(status, 200);
        // A question that is too old by Telegram's own clock is dropped.
        let now = jiff::Timestamp::now().as_second();
        bot.private().sent_at(now + ahead - 25 * 3600).post("neap tide");
        bot.private().stays_silent().await;
        bot.restart().await;
        // Nothing was removed as too old.
        let follow_up = bot.private().reply_to(&answer).send("why?").await;
        assert!(follow_up.text.starts_with(ANSWER), "{follow_up}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conflict_while_running_makes_the_bot_unready_until_it_ends() {
    let bot = Bot::start().with_monitor().await;
    is_answered(&bot).await;
    bot.fail_next("getUpdates", Fault::conflict());
    is_answered(&bot).await;
    assert_eq!(bot.readiness("telegram: another process asks").await.0, 503);
    // A message is not lost by a conflict.
    bot.fail_next("sendMessage", Fault::conflict());
    is_answered(&bot).await;
    assert_eq!(bot.readiness("telegram: ok").await.0, 200);
}

/// Opens more connections than are allowed, which never finish a request.
async fn slow_connections(url: &Url) -> Vec<TcpStream> {
    let address = url.socket_addrs(|| None).expect("an address")[0];
    let open = move |number: usize| {
        let mut stream = TcpStream::connect(address).expect("the bot listens");
        let begun = ["", "GET /he", "GET /healthz HTTP/1.1\r\nX-A: b"][number % 3];
        // It may be closed already.
        let _ = stream.write_all(begun.as_bytes());
        stream
    };
    let opened = tokio::task::spawn_blocking(move || (0..300).map(open).collect());
    opened.await.expect("they are opened")
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_connections_do_not_keep_the_monitor_from_answering() {
    let bot = Bot::start().with_monitor().await;
    is_answered(&bot).await;
    let _slow = slow_connections(bot.monitor()).await;
    for _ in 0..5 {
        let answered = tokio::time::timeout(Duration::from_secs(5), bot.get("healthz"));
        assert_eq!(answered.await.expect("it is in time").0, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_connections_do_not_keep_telegram_from_the_webhook() {
    let bot = Bot::start().with_webhook().await;
    bot.secret().await;
    let mut slow = slow_connections(bot.webhook()).await;
    is_answered(&bot).await;
    // The oldest connections were closed to make room.
    let closed = slow[0].read(&mut [0; 1]);
    assert!(!matches!(closed, Ok(1..)), "{closed:?}");
}

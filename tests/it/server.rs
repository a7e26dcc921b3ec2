//! A Bot API server that answers oddly, and a clock that differs from it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;
use verbatim::bot::Clock;

use crate::fake_bot_api::{ADA, FakeBotApi, Fault};
use crate::talk::{conversation, folders, patient, start, start_hooked, start_watched};

const CONFLICT: &str = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

/// The status and the body.
async fn get(base: &Url, path: &str) -> (u16, String) {
    let url = base.join(path).expect("an address");
    let answer = reqwest::get(url).await.expect("the bot answers");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

/// Asks until the answer says this.
async fn readiness_says(base: &Url, part: &str) -> u16 {
    let asking = async {
        loop {
            let (status, text) = get(base, "readyz").await;
            if text.contains(part) {
                return status;
            }
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), asking).await;
    waited.unwrap_or_else(|_| panic!("nobody says {part}"))
}

async fn is_confirmed(telegram: &FakeBotApi) {
    let confirmed = async {
        while telegram.unconfirmed() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), confirmed).await.expect("all is confirmed");
}

/// Queues updates that cannot be read, and one that can before and after each.
fn mixed(telegram: &FakeBotApi) -> usize {
    let nested = |id: i64, levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!("{{\"update_id\":{id},\"message\":{{\"a\":{open}{close}}}}}").into_bytes()
    };
    let with = |id: i64, text: &[u8]| {
        let start = format!("{{\"update_id\":{id},\"message\":{{\"text\":");
        [start.as_bytes(), text, b"}}"].concat()
    };
    telegram.says("neap tide");
    let unreadable: [&[u8]; 6] =
        [br#""\ud800""#, b"1e400", b"\"\xff\"", br#""\x""#, b"nope", b"\"a\x00b\""];
    for text in unreadable {
        telegram.push_raw(|id| with(id, text));
        telegram.says("neap tide");
    }
    for levels in [128, 5_000] {
        telegram.push_raw(|id| nested(id, levels));
        telegram.says("neap tide");
    }
    // One without an id that can be confirmed is passed with the next one.
    telegram.push_raw(|_| br#"{"update_id":1e400,"message":{}}"#.to_vec());
    telegram.says("neap tide");
    unreadable.len() + 4
}

async fn all_are_answered(telegram: &FakeBotApi, questions: usize) {
    for _ in 0..questions {
        assert!(telegram.next().await.text.starts_with("A neap tide"));
    }
}

#[test]
fn updates_that_cannot_be_read_are_skipped_and_the_others_answered() {
    conversation(async |telegram| {
        let questions = mixed(telegram);
        let bot = start(telegram, folders());
        all_are_answered(telegram, questions).await;
        is_confirmed(telegram).await;
        let bot = start(telegram, bot.stop().await);
        telegram.stays_silent(ADA).await;
        bot.stop().await;
    });
}

#[test]
fn updates_that_are_brought_and_cannot_be_read_are_acknowledged() {
    conversation(async |telegram| {
        let questions = mixed(telegram);
        let (bot, _) = start_hooked(telegram, folders());
        all_are_answered(telegram, questions).await;
        telegram.stays_silent(ADA).await;
        assert!(telegram.brought().iter().all(|status| *status == 200));
        bot.stop().await;
    });
}

#[test]
fn message_whose_success_cannot_be_read_is_not_sent_again_and_again() {
    conversation(async |telegram| {
        let bot = patient(telegram, folders(), &Clock::default());
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
            telegram.fail_next("sendMessage", Fault::Says(200, success.to_owned()));
            telegram.says("neap tide");
            assert!(telegram.next().await.text.starts_with("A neap tide"));
            telegram.stays_silent(ADA).await;
        }
        // Something else may have answered that.
        for odd in ["", "<html>", "null", "[]", "{\"a\":1}"] {
            for _ in 0..10 {
                telegram.fail_next("sendMessage", Fault::Says(200, odd.to_owned()));
            }
            let question = telegram.says("neap tide");
            for _ in 0..2 {
                assert_eq!(telegram.next().await.reply_to, Some(question), "{odd}");
            }
            telegram.called("getMe", 2).await;
            telegram.mends();
            telegram.stays_silent(ADA).await;
        }
        bot.stop().await;
    });
}

#[test]
fn retry_after_of_any_form_harms_nothing() {
    conversation(async |telegram| {
        let mut bot = start(telegram, folders());
        let again = |wait: Value| {
            let parameters = json!({"retry_after": wait});
            telegram.fail_next("sendMessage", Fault::Refuse(429, "Too Many Requests", parameters));
        };
        for wait in [json!(0.2), json!("0"), json!(-5), json!(null), json!({})] {
            again(wait);
            telegram.says("neap tide");
            assert!(telegram.next().await.text.starts_with("A neap tide"));
        }
        for wait in [json!(u64::MAX), json!(1_u64 << 63), json!(1e300), json!("9e99")] {
            let before = telegram.calls("sendMessage").len();
            again(wait);
            telegram.says("neap tide");
            telegram.called("sendMessage", before + 1).await;
            bot = start(telegram, bot.stop().await);
            assert!(telegram.next().await.text.starts_with("A neap tide"));
        }
        bot.stop().await;
    });
}

#[test]
fn clock_that_is_wrong_closes_no_question() {
    for ahead in [-25 * 3600, -8 * 86_400, 25 * 3600] {
        conversation(async |telegram| {
            telegram.clock_is_ahead(ahead);
            let (bot, base) = start_watched(telegram, folders());
            telegram.says("neap tide");
            let answer = telegram.next().await;
            assert!(answer.text.starts_with("A neap tide"));
            let (status, text) = get(&base, "readyz").await;
            let side = if ahead < 0 { "ahead of" } else { "behind" };
            assert!(text.contains("\nclock: ") && text.contains(side), "{text}");
            assert_eq!(status, 200);
            // What is too old by Telegram's own clock is too old.
            let sent = jiff::Timestamp::now().as_second() + ahead - 25 * 3600;
            telegram.writes(ADA, json!({"text": "neap tide", "date": sent}));
            telegram.stays_silent(ADA).await;
            let bot = start(telegram, bot.stop().await);
            // Nothing was removed as too old.
            let reply = json!({"message_id": answer.id, "from": {"id": 4242}, "text": "…"});
            telegram.writes(ADA, json!({"text": "why?", "reply_to_message": reply}));
            assert!(telegram.next().await.text.starts_with("A neap tide"));
            bot.stop().await;
        });
    }
}

#[test]
fn conflict_while_running_makes_the_bot_unready_until_it_ends() {
    conversation(async |telegram| {
        let (bot, base) = start_watched(telegram, folders());
        telegram.says("neap tide");
        telegram.next().await;
        telegram.fail_next("getUpdates", Fault::Refuse(409, CONFLICT, Value::Null));
        telegram.says("neap tide");
        telegram.next().await;
        let status = readiness_says(&base, "telegram: another process asks").await;
        assert_eq!(status, 503);
        // A message is not lost because of it.
        telegram.fail_next("sendMessage", Fault::Refuse(409, CONFLICT, Value::Null));
        telegram.says("neap tide");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        assert_eq!(readiness_says(&base, "telegram: ok").await, 200);
        bot.stop().await;
    });
}

/// Opens more connections than are allowed, none of which comes to an end.
fn slow_connections(base: &Url) -> Vec<TcpStream> {
    let address = base.socket_addrs(|| None).expect("an address")[0];
    let open = |number: usize| {
        let mut stream = TcpStream::connect(address).expect("somebody listens");
        let begun = ["", "GET /he", "GET /healthz HTTP/1.1\r\nX-A: b"][number % 3];
        // It may be closed already.
        let _ = stream.write_all(begun.as_bytes());
        stream
    };
    (0..300).map(open).collect()
}

#[test]
fn web_answers_in_spite_of_many_slow_connections() {
    conversation(async |telegram| {
        let (bot, base) = start_watched(telegram, folders());
        telegram.says("neap tide");
        telegram.next().await;
        let address = base.clone();
        let slow = tokio::task::spawn_blocking(move || slow_connections(&address));
        let slow = slow.await.expect("they are opened");
        for _ in 0..5 {
            let answered = tokio::time::timeout(Duration::from_secs(5), get(&base, "healthz"));
            assert_eq!(answered.await.expect("it is in time").0, 200);
        }
        drop(slow);
        let folders = bot.stop().await;

        let (bot, url) = start_hooked(telegram, folders);
        telegram.secret().await;
        let slow = tokio::task::spawn_blocking(move || slow_connections(&url));
        let mut slow = slow.await.expect("they are opened");
        telegram.says("neap tide");
        assert!(telegram.next().await.text.starts_with("A neap tide"));
        // The first ones had to make room.
        let closed = slow[0].read(&mut [0; 1]);
        assert!(!matches!(closed, Ok(1..)), "{closed:?}");
        drop(slow);
        bot.stop().await;
    });
}

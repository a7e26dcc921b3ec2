//! Readiness, liveness and metrics of the bot over HTTP.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use insta::assert_snapshot;

use crate::fake_bot_api::Fault;
use crate::tester::{Bot, eventually};

/// Returns the numbers of the metrics, by their names with labels.
async fn metrics(bot: &Bot) -> BTreeMap<String, f64> {
    let (status, text) = bot.get("metrics").await;
    assert_eq!(status, 200);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let number = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a name and a number");
        (name.to_owned(), value.parse().expect("a number"))
    };
    lines.map(number).collect()
}

/// Waits until the metrics have these numbers. A reply is seen before it is counted.
async fn count(bot: &Bot, expected: &[(&str, f64)]) {
    let has = |known: &BTreeMap<String, f64>| {
        expected.iter().all(|(name, number)| known.get(*name) == Some(number))
    };
    eventually(&format!("the metrics have {expected:?}"), async || {
        has(&metrics(bot).await).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_updates_answers_and_starts() {
    let mut bot = Bot::start().with_monitor().await;
    for question in ["neap tide", "sourdough bread", "hello", "/brief daily 8:00 Europe/Berlin"] {
        bot.private().send(question).await;
    }
    bot.fail_next("sendMessage", Fault::retry_after(0));
    let sections = bot.private().send("/sections").await;
    bot.press(&sections, "Neap tides").await;
    bot.inline("barrage").await;
    bot.push_poll();
    bot.push_empty_membership();
    bot.write("bad.md", "a\0b");
    let expected = [
        ("verbatim_updates_total{kind=\"message\"}", 5.0),
        ("verbatim_updates_total{kind=\"callback_query\"}", 1.0),
        ("verbatim_updates_total{kind=\"inline_query\"}", 1.0),
        ("verbatim_updates_total{kind=\"my_chat_member\"}", 1.0),
        ("verbatim_updates_total{kind=\"edited_message\"}", 0.0),
        ("verbatim_answers_total{outcome=\"found\"}", 1.0),
        ("verbatim_answers_total{outcome=\"nothing_found\"}", 1.0),
        ("verbatim_answers_total{outcome=\"small_talk\"}", 1.0),
        ("verbatim_answers_total{outcome=\"failed\"}", 0.0),
        ("verbatim_reply_seconds_count{kind=\"message\"}", 5.0),
        ("verbatim_reply_seconds_count{kind=\"callback_query\"}", 1.0),
        ("verbatim_reply_seconds_count{kind=\"inline_query\"}", 1.0),
        ("verbatim_sent_total", 6.0),
        ("verbatim_telegram_refusals_total{kind=\"retry_after\"}", 1.0),
        ("verbatim_telegram_refusals_total{kind=\"gone_chat\"}", 0.0),
        ("verbatim_starts_total", 1.0),
        ("verbatim_lanes", 0.0),
        ("verbatim_lane_updates", 0.0),
        ("verbatim_index_articles", 1.0),
        ("verbatim_index_passages", 3.0),
        ("verbatim_corpus_problems", 1.0),
    ];
    count(&bot, &expected).await;
    let known = metrics(&bot).await;
    assert!(known["verbatim_index_bytes"] > 1000.0);
    let due = known["verbatim_next_briefing_timestamp_seconds"];
    assert!(due > 1.7e9 && due % 3600.0 == 0.0, "{due}");
    bot.restart().await;
    count(&bot, &[("verbatim_starts_total", 2.0), ("verbatim_sent_total", 0.0)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_the_updates_that_wait_for_the_one_before() {
    let bot = Bot::start().with_monitor().await;
    bot.private().send("hello").await;
    bot.fail_next("sendMessage", Fault::retry_after(1000));
    for _ in 0..3 {
        bot.private().post("neap tide");
    }
    count(&bot, &[("verbatim_lanes", 1.0), ("verbatim_lane_updates", 2.0)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_no_label_with_a_chat_a_person_or_their_words() {
    let bot = Bot::start().with_monitor().await;
    bot.private().send("neap tide").await;
    bot.inline("barrage").await;
    count(&bot, &[("verbatim_reply_seconds_count{kind=\"inline_query\"}", 1.0)]).await;
    let (_, text) = bot.get("metrics").await;
    let types: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    assert_snapshot!(types.join("\n"), @"
    verbatim_sent_total counter
    verbatim_starts_total counter
    verbatim_updates_total counter
    verbatim_answers_total counter
    verbatim_telegram_refusals_total counter
    verbatim_reply_seconds histogram
    verbatim_lanes gauge
    verbatim_lane_updates gauge
    verbatim_corpus_problems gauge
    verbatim_index_articles gauge
    verbatim_index_passages gauge
    verbatim_index_bytes gauge
    ");
    let mut labels = BTreeSet::new();
    for name in metrics(&bot).await.keys().filter_map(|name| name.split_once('{')) {
        for label in name.1.trim_end_matches('}').split(',') {
            labels.insert(label.to_owned());
        }
    }
    labels.retain(|label| !label.starts_with("le="));
    assert_snapshot!(labels.into_iter().collect::<Vec<_>>().join("\n"), @r#"
    kind="bad_quote"
    kind="bad_text"
    kind="callback_query"
    kind="channel_post"
    kind="conflict"
    kind="edited_channel_post"
    kind="edited_message"
    kind="gone_chat"
    kind="guest_message"
    kind="inline_query"
    kind="message"
    kind="migrated"
    kind="my_chat_member"
    kind="no_rights"
    kind="no_topic"
    kind="not_editable"
    kind="not_modified"
    kind="other"
    kind="retry_after"
    kind="stale_query"
    kind="transient"
    kind="wrong_token"
    outcome="articles"
    outcome="byline"
    outcome="empty"
    outcome="failed"
    outcome="found"
    outcome="nothing_found"
    outcome="request"
    outcome="small_talk"
    "#);
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_comes_once_telegram_was_reached_and_health_before() {
    let gateways = |telegram: &crate::fake_bot_api::FakeBotApi| {
        for _ in 0..1_000 {
            telegram.fail_next("getMe", Fault::refuse(502, "Bad Gateway"));
        }
    };
    let mut bot = Bot::start().with_monitor().telegram(gateways).await;
    bot.called("getMe", 1).await;
    assert_eq!(bot.get("healthz").await, (200, "ok\n".into()));
    let (status, report) = bot.get("readyz").await;
    assert_eq!(status, 503);
    assert_snapshot!(report, @"
    index: ok
    store: ok
    telegram: not reached yet
    updates: ok
    ");
    bot.stop().await;
    bot.mends();
    bot.run();
    bot.private().send("neap tide").await;
    let (status, report) = bot.get("readyz").await;
    assert_eq!(status, 200);
    assert_snapshot!(report, @"
    index: ok
    store: ok
    telegram: ok
    updates: ok
    ");
    assert_eq!(bot.get("").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_reports_a_store_that_cannot_be_read() {
    let bot = Bot::start().with_monitor().await;
    bot.private().send("neap tide").await;
    let store = rusqlite::Connection::open(bot.data().join("verbatim.sqlite"));
    let store = store.expect("the store is there");
    store.execute("ALTER TABLE schedules RENAME TO lost", []).expect("it is there");
    let (status, report) = bot.get("readyz").await;
    assert_eq!(status, 503);
    assert!(report.contains("store: the store failed: no such table"), "{report}");
    store.execute("ALTER TABLE lost RENAME TO schedules", []).expect("it is there");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn readiness_reports_a_store_that_was_removed() {
    let bot = Bot::start().with_monitor().await;
    bot.private().send("neap tide").await;
    // Nothing can be written below a file. What the bot writes between the two calls creates the
    // directory again.
    for round in 0.. {
        fs::rename(bot.data(), bot.place(&format!("moved-{round}"))).expect("it was made");
        if fs::write(bot.data(), "").is_ok() {
            break;
        }
    }
    let question = bot.private().post("Rance barrage");
    let file = bot.data().join("verbatim.sqlite");
    let reason = "this file of the store was removed while the bot runs";
    let (status, _) = bot.readiness(&format!("store: {}: {reason}", file.display())).await;
    assert_eq!(status, 503);
    fs::remove_file(bot.data()).expect("it was made");
    assert!(bot.reply_to(question).await.text.starts_with("A barrage"));
    bot.readiness("store: ok").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_reports_a_damaged_index_until_it_is_rebuilt() {
    let bot = Bot::start().with_monitor().await;
    bot.private().send("neap tide").await;
    fs::rename(bot.corpus(), bot.place("away")).expect("it is there");
    fs::remove_dir_all(bot.data().join("index")).expect("it was made");
    let (status, report) = bot.readiness("index: the index is damaged: ").await;
    assert_eq!(status, 503);
    assert!(report.contains("; it could not be rebuilt, which is tried again"), "{report}");
    assert!(bot.private().send("tidal power").await.text.starts_with("A barrage"));
    fs::rename(bot.place("away"), bot.corpus()).expect("it is there");
    let (status, _) = bot.readiness("index: ok").await;
    assert_eq!(status, 200);
}

//! The bot as those see it who watch it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Value, json};
use url::Url;

use crate::fake_bot_api::Fault;
use crate::talk::{conversation, folders, start_watched, write};

/// The status and the body.
async fn get(base: &Url, path: &str) -> (u16, String) {
    let url = base.join(path).expect("an address");
    let answer = reqwest::get(url).await.expect("the bot answers");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

/// The numbers, by their names with labels.
async fn metrics(base: &Url) -> BTreeMap<String, f64> {
    let (status, text) = get(base, "metrics").await;
    assert_eq!(status, 200);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let number = |line: &str| {
        let (name, value) = line.rsplit_once(' ').expect("a name and a number");
        (name.to_owned(), value.parse().expect("a number"))
    };
    lines.map(number).collect()
}

/// Looks until these numbers are there: a reply is seen before it is counted.
async fn counts(base: &Url, expected: &[(&str, f64)]) {
    for _ in 0..5_000 {
        let known = metrics(base).await;
        if expected.iter().all(|(name, number)| known.get(*name) == Some(number)) {
            return;
        }
    }
    panic!("expected {expected:?} of {:#?}", metrics(base).await);
}

#[test]
fn what_happens_is_counted_and_restarts_are_remembered() {
    conversation(async |telegram| {
        let (bot, base) = start_watched(telegram, folders());
        for question in ["neap tide", "sourdough bread", "hello", "/brief daily 8:00 Europe/Berlin"]
        {
            telegram.says(question);
            telegram.next().await;
        }
        telegram.fail_next(
            "sendMessage",
            Fault::Refuse(429, "Too Many Requests: retry after 0", json!({"retry_after": 0})),
        );
        telegram.says("/sections");
        let sections = telegram.next().await;
        telegram.presses(&sections, "Neap tides");
        telegram.next().await;
        telegram.types("barrage", "");
        telegram.next_inline().await;
        telegram.push(json!({"poll": {}}));
        telegram.push(json!({"my_chat_member": {}}));
        write(&bot.folders, "bad.md", "no title");
        counts(
            &base,
            &[
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
            ],
        )
        .await;
        let known = metrics(&base).await;
        assert!(known["verbatim_index_bytes"] > 1000.0);
        let due = known["verbatim_next_briefing_timestamp_seconds"];
        assert!(due > 1.7e9 && due % 3600.0 == 0.0, "{due}");
        let folders = bot.stop().await;

        let (bot, base) = start_watched(telegram, folders);
        counts(&base, &[("verbatim_starts_total", 2.0), ("verbatim_sent_total", 0.0)]).await;
        bot.stop().await;
    });
}

#[test]
fn an_update_waits_in_its_lane_while_the_one_before_is_in_hand() {
    conversation(async |telegram| {
        let (bot, base) = start_watched(telegram, folders());
        telegram.says("hello");
        telegram.next().await;
        telegram.fail_next(
            "sendMessage",
            Fault::Refuse(429, "Too Many Requests: retry after 9", json!({"retry_after": 1000})),
        );
        for _ in 0..3 {
            telegram.says("neap tide");
        }
        counts(&base, &[("verbatim_lanes", 1.0), ("verbatim_lane_updates", 2.0)]).await;
        bot.stop().await;
    });
}

#[test]
fn no_label_names_a_chat_or_a_person_or_has_words_of_theirs() {
    conversation(async |telegram| {
        let (bot, base) = start_watched(telegram, folders());
        telegram.says("neap tide");
        telegram.next().await;
        telegram.types("barrage", "");
        telegram.next_inline().await;
        counts(&base, &[("verbatim_reply_seconds_count{kind=\"inline_query\"}", 1.0)]).await;
        let (_, text) = get(&base, "metrics").await;
        let types: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
        insta::assert_snapshot!(types.join("\n"), @r"
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
        for name in metrics(&base).await.keys().filter_map(|name| name.split_once('{')) {
            for label in name.1.trim_end_matches('}').split(',') {
                labels.insert(label.to_owned());
            }
        }
        labels.retain(|label| !label.starts_with("le="));
        insta::assert_snapshot!(labels.into_iter().collect::<Vec<_>>().join(" "), @r#"kind="bad_quote" kind="bad_text" kind="callback_query" kind="conflict" kind="edited_message" kind="gone_chat" kind="inline_query" kind="message" kind="migrated" kind="my_chat_member" kind="no_rights" kind="no_topic" kind="not_editable" kind="not_modified" kind="other" kind="retry_after" kind="stale_query" kind="transient" kind="wrong_token" outcome="byline" outcome="empty" outcome="failed" outcome="found" outcome="nothing_found" outcome="small_talk""#);
        bot.stop().await;
    });
}

#[test]
fn it_is_ready_once_telegram_was_reached_and_healthy_before() {
    conversation(async |telegram| {
        for _ in 0..1_000 {
            telegram.fail_next("getMe", Fault::Refuse(502, "Bad Gateway", Value::Null));
        }
        let (bot, base) = start_watched(telegram, folders());
        telegram.called("getMe", 1).await;
        assert_eq!(get(&base, "healthz").await, (200, "ok\n".into()));
        let (status, text) = get(&base, "readyz").await;
        assert_eq!(status, 503);
        assert_eq!(text, "index: ok\nstore: ok\ntelegram: not reached yet\nupdates: ok\n");
        let folders = bot.stop().await;

        telegram.mends();
        let (bot, base) = start_watched(telegram, folders);
        telegram.says("neap tide");
        telegram.next().await;
        let (status, text) = get(&base, "readyz").await;
        assert_eq!(text, "index: ok\nstore: ok\ntelegram: ok\nupdates: ok\n");
        assert_eq!(status, 200);
        assert_eq!(get(&base, "").await.0, 404);
        let store = bot.folders.path().join("data/verbatim.sqlite");
        let store = rusqlite::Connection::open(store).expect("the store is there");
        store.execute("ALTER TABLE schedules RENAME TO lost", []).expect("it is there");
        let (status, text) = get(&base, "readyz").await;
        assert_eq!(status, 503);
        assert!(text.contains("store: the store failed: no such table"), "{text}");
        store.execute("ALTER TABLE lost RENAME TO schedules", []).expect("it is there");
        bot.stop().await;
    });
}

#[cfg(unix)]
#[test]
fn it_is_not_ready_while_its_store_is_not_in_its_place() {
    conversation(async |telegram| {
        let (bot, base) = start_watched(telegram, folders());
        telegram.says("neap tide");
        telegram.next().await;
        let data = bot.folders.path().join("data");
        let moved = bot.folders.path().join("moved");
        std::fs::rename(&data, &moved).expect("it was made");
        // Nothing can be written below a file.
        std::fs::write(&data, "").expect("a new file");
        telegram.says("Rance barrage");
        let (status, text) = get(&base, "readyz").await;
        assert_eq!(status, 503);
        let reason = "verbatim.sqlite: this file of the store was removed while the bot runs";
        assert!(text.contains(reason), "{text}");
        std::fs::remove_file(&data).expect("it was made");
        assert!(telegram.next().await.text.starts_with("A barrage"));
        let (_, text) = get(&base, "readyz").await;
        assert!(text.contains("store: ok"), "{text}");
        bot.stop().await;
    });
}

#[test]
fn readiness_tells_of_a_damaged_index_until_it_is_rebuilt() {
    conversation(async |telegram| {
        let (bot, base) = start_watched(telegram, folders());
        telegram.says("neap tide");
        telegram.next().await;
        let (corpus, away) = (bot.folders.path().join("corpus"), bot.folders.path().join("away"));
        fs::rename(&corpus, &away).expect("it is there");
        fs::remove_dir_all(bot.folders.path().join("data/index")).expect("it was made");
        let ready_says = async |expected: u16, part: &str| {
            for _ in 0..100_000 {
                let (status, text) = get(&base, "readyz").await;
                if status == expected && text.starts_with(part) {
                    return text;
                }
            }
            panic!("{expected}, {part}: {:?}", get(&base, "readyz").await)
        };
        let text = ready_says(503, "index: the index is damaged: ").await;
        assert!(text.contains("; it could not be rebuilt, which is tried again"), "{text}");
        telegram.says("tidal power");
        assert!(telegram.next().await.text.starts_with("A barrage"));
        fs::rename(&away, &corpus).expect("it is there");
        ready_says(200, "index: ok\n").await;
        bot.stop().await;
    });
}

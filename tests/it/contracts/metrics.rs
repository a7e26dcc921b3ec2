//! Names, types, units and labels of `/metrics`, and the lines of `/healthz` and `/readyz`.

use crate::talk::{conversation, folders, start_watched};

#[test]
fn contract_metrics_keep_names_types_and_labels() {
    conversation(async |telegram| {
        let (bot, base) = start_watched(telegram, folders());
        telegram.says("/brief daily 8:00 Europe/Berlin");
        telegram.next().await;
        let get = async |path: &str| {
            let answer =
                reqwest::get(base.join(path).expect("an address")).await.expect("it answers");
            let kind = answer.headers().get("content-type").cloned();
            (kind, answer.text().await.expect("a body"))
        };
        // A reply is counted after it is seen.
        let mut text = String::new();
        for _ in 0..5_000 {
            text = get("metrics").await.1;
            if text.contains("verbatim_reply_seconds_count") {
                break;
            }
        }
        // The help texts are prose, and the numbers are those of this run.
        let series: Vec<_> = text
            .lines()
            .filter(|line| !line.starts_with("# HELP "))
            .map(|line| match line.starts_with('#') {
                true => line,
                false => line.rsplit_once(' ').map_or(line, |(name, _)| name),
            })
            .collect();
        let (comments, mut samples): (Vec<&str>, Vec<&str>) =
            series.into_iter().partition(|line| line.starts_with('#'));
        samples.sort_unstable();
        insta::assert_snapshot!(comments.join("\n"), @r"
        # TYPE verbatim_sent_total counter
        # TYPE verbatim_starts_total counter
        # TYPE verbatim_updates_total counter
        # TYPE verbatim_answers_total counter
        # TYPE verbatim_telegram_refusals_total counter
        # TYPE verbatim_reply_seconds histogram
        # TYPE verbatim_lanes gauge
        # TYPE verbatim_lane_updates gauge
        # TYPE verbatim_corpus_problems gauge
        # TYPE verbatim_index_articles gauge
        # TYPE verbatim_index_passages gauge
        # TYPE verbatim_index_bytes gauge
        # TYPE verbatim_next_briefing_timestamp_seconds gauge
        ");
        insta::assert_snapshot!(samples.join("\n"), @r#"
        verbatim_answers_total{outcome="byline"}
        verbatim_answers_total{outcome="empty"}
        verbatim_answers_total{outcome="failed"}
        verbatim_answers_total{outcome="found"}
        verbatim_answers_total{outcome="nothing_found"}
        verbatim_answers_total{outcome="small_talk"}
        verbatim_corpus_problems
        verbatim_index_articles
        verbatim_index_bytes
        verbatim_index_passages
        verbatim_lane_updates
        verbatim_lanes
        verbatim_next_briefing_timestamp_seconds
        verbatim_reply_seconds_bucket{kind="message",le="+Inf"}
        verbatim_reply_seconds_bucket{kind="message",le="0.01"}
        verbatim_reply_seconds_bucket{kind="message",le="0.025"}
        verbatim_reply_seconds_bucket{kind="message",le="0.05"}
        verbatim_reply_seconds_bucket{kind="message",le="0.1"}
        verbatim_reply_seconds_bucket{kind="message",le="0.25"}
        verbatim_reply_seconds_bucket{kind="message",le="0.5"}
        verbatim_reply_seconds_bucket{kind="message",le="1"}
        verbatim_reply_seconds_bucket{kind="message",le="10"}
        verbatim_reply_seconds_bucket{kind="message",le="120"}
        verbatim_reply_seconds_bucket{kind="message",le="2.5"}
        verbatim_reply_seconds_bucket{kind="message",le="30"}
        verbatim_reply_seconds_bucket{kind="message",le="5"}
        verbatim_reply_seconds_count{kind="message"}
        verbatim_reply_seconds_sum{kind="message"}
        verbatim_sent_total
        verbatim_starts_total
        verbatim_telegram_refusals_total{kind="bad_quote"}
        verbatim_telegram_refusals_total{kind="bad_text"}
        verbatim_telegram_refusals_total{kind="conflict"}
        verbatim_telegram_refusals_total{kind="gone_chat"}
        verbatim_telegram_refusals_total{kind="migrated"}
        verbatim_telegram_refusals_total{kind="no_rights"}
        verbatim_telegram_refusals_total{kind="no_topic"}
        verbatim_telegram_refusals_total{kind="not_editable"}
        verbatim_telegram_refusals_total{kind="not_modified"}
        verbatim_telegram_refusals_total{kind="other"}
        verbatim_telegram_refusals_total{kind="retry_after"}
        verbatim_telegram_refusals_total{kind="stale_query"}
        verbatim_telegram_refusals_total{kind="transient"}
        verbatim_telegram_refusals_total{kind="wrong_token"}
        verbatim_updates_total{kind="callback_query"}
        verbatim_updates_total{kind="edited_message"}
        verbatim_updates_total{kind="inline_query"}
        verbatim_updates_total{kind="message"}
        verbatim_updates_total{kind="my_chat_member"}
        verbatim_updates_total{kind="other"}
        "#);
        let kind = get("metrics").await.0.expect("it has one");
        assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
        assert_eq!(get("healthz").await.1, "ok\n");
        assert_eq!(get("readyz").await.1, "index: ok\nstore: ok\ntelegram: ok\nupdates: ok\n");
        bot.stop().await;
    });
}

//! Names, types, units and labels of `/metrics`, and the lines of `/healthz` and `/readyz`.

use crate::tester::{Bot, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn contract_metrics_keep_names_types_and_labels() {
    let mut bot = Bot::start().with_monitor().await;
    bot.private().send("/brief daily 8:00 Europe/Berlin").await;
    // A reply is counted after it is seen.
    let text = eventually("the reply is counted", async || {
        let text = bot.get("metrics").await.1;
        text.contains("verbatim_reply_seconds_count").then_some(text)
    })
    .await;
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
    verbatim_answers_total{outcome="articles"}
    verbatim_answers_total{outcome="byline"}
    verbatim_answers_total{outcome="empty"}
    verbatim_answers_total{outcome="failed"}
    verbatim_answers_total{outcome="found"}
    verbatim_answers_total{outcome="nothing_found"}
    verbatim_answers_total{outcome="request"}
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
    verbatim_updates_total{kind="channel_post"}
    verbatim_updates_total{kind="edited_channel_post"}
    verbatim_updates_total{kind="edited_message"}
    verbatim_updates_total{kind="guest_message"}
    verbatim_updates_total{kind="inline_query"}
    verbatim_updates_total{kind="message"}
    verbatim_updates_total{kind="my_chat_member"}
    verbatim_updates_total{kind="other"}
    "#);
    let metrics = reqwest::get(bot.monitor().join("metrics").expect("an address")).await;
    let kind = metrics.expect("it answers").headers().get("content-type").cloned();
    assert_eq!(kind.expect("it has one"), "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(bot.get("healthz").await.1, "ok\n");
    assert_eq!(bot.get("readyz").await.1, "index: ok\nstore: ok\ntelegram: ok\nupdates: ok\n");
    bot.stop().await;
}

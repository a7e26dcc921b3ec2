//! Words and times of schedules, as people type and see them.

use insta::assert_snapshot;

use crate::fake_bot_api::Fault;
use crate::tester::Bot;

#[tokio::test(flavor = "multi_thread")]
async fn brief_times_are_shown_in_the_zone_of_the_reader_unless_the_server_is_too_old() {
    let bot = Bot::start().clock("2026-01-05T07:00Z").await;
    let status = bot.private().send("/brief daily 08:30 UTC").await;
    let time = "<tg-time unix=\"1767601800\" format=\"dt\">2026-01-05 08:30</tg-time>";
    assert!(status.html.contains(time), "{}", status.html);
    let refusal =
        "Bad Request: can't parse entities: Unsupported start tag \"tg-time\" at byte offset 9";
    bot.fail_next("sendMessage", Fault::refuse(400, refusal));
    let status = bot.private().send("/brief status").await;
    assert!(
        !status.html.contains("tg-time") && status.text.contains("2026-01-05 08:30"),
        "{status}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_is_understood_or_answered_with_how_to_say_it() {
    let bot = Bot::start().clock("2026-01-05T07:00Z").without_reader_limits().await;
    bot.private().send("/brief zone UTC").await;
    for typed in ["08:30", "every morning at 8:30", "jeden Tag um 8:30"] {
        let made = bot.private().send(&format!("/brief {typed}")).await;
        assert!(made.text.contains("Every day at 08:30"), "{typed}: {made}");
    }
    assert_snapshot!(bot.private().send("/brief monthly").await, @"
    (reply to “/brief monthly”)
    “monthly” is not possible. I can send every day, from Monday to Friday, or once a week: /brief daily 08:30, /brief weekdays 08:30 or /brief weekly mon 08:30
    ");
    assert_snapshot!(bot.private().send("/brief help").await, @"
    (reply to “/brief help”)
    /brief – the newest article on one screen
    /brief water treaty – what all articles say on a topic
    /brief daily 08:30 – news every day; also weekdays 08:30 or weekly mon 08:30
    /brief daily 08:30 water treaty – news on one topic only
    /brief status – your schedules, with buttons to change them
    /brief off – ends all schedules
    ");
}

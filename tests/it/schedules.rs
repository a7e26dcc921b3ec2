//! Briefings that come by themselves: how readers set them up, and what they get.

use insta::assert_snapshot;
use verbatim::schedule::Rule;

use crate::fake_bot_api::GROUP;
use crate::tester::Bot;

const DIKES: &str = "---\ntitle: Dikes\nauthors: Bo\n---\n\nA dike keeps the sea from the polder. It is made of clay.\n\n## Sheep\n\nSheep graze on the slopes.\n";
const MONDAY: &str = "2026-01-05T07:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn brief_daily_reports_only_changes() {
    let bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    assert_snapshot!(bot.private().send("/brief daily 08:30 Europe/Berlin").await, @"
    (reply to “/brief daily 08:30 Europe/Berlin”)
    Done. I will send what is new:

    1. Every day at 08:30, Europe/Berlin
    Next: 2026-01-05 08:30
    Not sent yet
    [Stop] [Without sound]
    [Send even without news]
    ");
    bot.advance_to("2026-01-05T07:30Z").await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, Europe/Berlin
    Next: 2026-01-06 08:30
    Last: nothing new on 2026-01-05 08:30
    [Stop] [Without sound]
    [Send even without news]
    ");

    bot.add_article("dikes.md", DIKES).await;
    bot.advance_to("2026-01-06T07:30Z").await;
    let news = bot.next_message().await;
    assert_snapshot!(news, @"
    What is new since 2026-01-05 08:30

    Dikes · new
    by Bo
    > A dike keeps the sea from the polder.
    > Sheep graze on the slopes.
    [Dikes]
    ");
    assert_snapshot!(bot.press(&news, "Dikes").await, @"
    (edit)
    Dikes
    by Bo
    > A dike keeps the sea from the polder.
    Opening
    > Sheep graze on the slopes.
    Sheep
    [Contents] [Other articles]
    ");

    bot.add_article("dikes.md", &DIKES.replace("graze on", "trample")).await;
    bot.advance_to("2026-01-07T07:30Z").await;
    assert_snapshot!(bot.next_message().await, @"
    What is new since 2026-01-06 08:30

    Dikes · changed
    > Sheep trample the slopes.
    [Dikes]
    ");

    bot.remove_article("dikes.md").await;
    bot.advance_to("2026-01-08T07:30Z").await;
    assert_snapshot!(bot.next_message().await, @"
    What is new since 2026-01-07 08:30

    Removed: Dikes
    ");

    bot.advance_to("2026-01-09T07:30Z").await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, Europe/Berlin
    Next: 2026-01-10 08:30
    Last: nothing new on 2026-01-09 08:30
    [Stop] [Without sound]
    [Send even without news]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_on_a_subject_reports_only_what_answers_it() {
    let bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    assert_snapshot!(bot.private().send("/brief weekdays 9:00 UTC polder").await, @"
    (reply to “/brief weekdays 9:00 UTC polder”)
    Done. I will send what is new:

    1. From Monday to Friday at 09:00, UTC, about “polder”
    Next: 2026-01-05 09:00
    Not sent yet
    [Stop] [Without sound]
    [Send even without news]
    ");
    bot.add_article("sheep.md", "---\ntitle: Sheep\n---\n\nSheep eat grass.\n").await;
    bot.advance_to("2026-01-05T09:00Z").await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. From Monday to Friday at 09:00, UTC, about “polder”
    Next: 2026-01-06 09:00
    Last: nothing new on 2026-01-05 09:00
    [Stop] [Without sound]
    [Send even without news]
    ");
    bot.add_article("dikes.md", DIKES).await;
    bot.advance_to("2026-01-06T09:00Z").await;
    assert_snapshot!(bot.next_message().await, @"
    What is new since 2026-01-05 09:00 · “polder”

    Dikes · new
    by Bo
    > A dike keeps the sea from the polder. It is made of clay.
    [Dikes]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_asks_for_the_time_zone_once() {
    let bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    let zones = bot.group().admin().topic(7).send("/brief daily 08:30 always silent").await;
    assert_snapshot!(zones, @"
    (group, topic 7, reply to “/brief daily 08:30 always silent”)
    Which time zone should I use here?

    Choose one, or send for example: /brief zone Europe/Berlin
    [London] [New York]
    [Los Angeles] [Kolkata]
    [UTC]
    [Africa ›] [America ›]
    [Antarctica ›] [Asia ›]
    [Atlantic ›] [Australia ›]
    [Europe ›] [Indian ›]
    [Pacific ›]
    ");
    let america = bot.press(&zones, "America ›").await;
    assert_snapshot!(america, @"
    (group, edit)
    America
    [Adak] [Anchorage]
    [Anguilla] [Antigua]
    [Araguaina] [Argentina/Buenos Aires]
    [Argentina/Catamarca] [Argentina/Cordoba]
    [Argentina/Jujuy] [Argentina/La Rioja]
    [Argentina/Mendoza] [Argentina/Rio Gallegos]
    [Argentina/Salta] [Argentina/San Juan]
    [Argentina/San Luis] [Argentina/Tucuman]
    [2/9 ›] [9/9 »]
    [Back]
    ");
    let zones = bot.press(&america, "Back").await;
    let asia = bot.press(&zones, "Asia ›").await;
    bot.click_data(&asia, "zAsia/Kabul");
    assert_snapshot!(bot.next_message().await, @"
    (group, edit)
    Times in this chat are in the time zone Asia/Kabul.

    Done. I will send what is new:

    1. Every day at 08:30, Asia/Kabul
    Also if nothing is new
    Without sound
    Next: 2026-01-06 08:30
    Not sent yet
    [Stop] [With sound]
    [Send only with news]
    ");
    assert_snapshot!(bot.group().topic(7).send("/brief weekly fri 10:00").await, @"
    (group, topic 7, reply to “/brief weekly fri 10:00”)
    Done. I will send what is new:

    1. Every day at 08:30, Asia/Kabul
    Also if nothing is new
    Without sound
    Next: 2026-01-06 08:30
    Not sent yet

    2. Every Friday at 10:00, Asia/Kabul
    Next: 2026-01-09 10:00
    Not sent yet
    [1: Stop] [1: With sound]
    [1: Send only with news]
    [2: Stop] [2: Without sound]
    [2: Send even without news]
    ");
    // Another topic has its own briefings.
    assert_snapshot!(bot.group().send("/brief status").await, @"
    (group, reply to “/brief status”)
    No briefing is scheduled here. For example, send /brief daily 08:30, or /brief weekly mon 09:00 followed by a topic.
    ");

    bot.advance_to("2026-01-06T04:00Z").await;
    assert_snapshot!(bot.next_message().await, @"
    (group, topic 7, silent)
    Tides & <Times>
    by Ada
    > Tides are the rise and fall of sea levels.
    Opening
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides
    > A barrage across the Rance estuary has made electricity since 1966.
    Tidal power
    [Contents]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_in_a_group_is_set_up_and_ended_by_administrators_only() {
    let bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    let order = "/brief daily 08:30 Asia/Kabul always silent";
    assert_snapshot!(bot.group().topic(7).send(order).await, @"
    (group, topic 7, reply to “/brief daily 08:30 Asia/Kabul always silent”)
    Only administrators of this group can do that.
    ");
    assert_snapshot!(bot.group().admin().topic(7).send(order).await, @"
    (group, topic 7, reply to “/brief daily 08:30 Asia/Kabul always silent”)
    Done. I will send what is new:

    1. Every day at 08:30, Asia/Kabul
    Also if nothing is new
    Without sound
    Next: 2026-01-06 08:30
    Not sent yet
    [Stop] [With sound]
    [Send only with news]
    ");
    bot.group().topic(7).send("/brief weekly fri 10:00").await;
    let status = bot.group().topic(7).send("/brief status").await;
    assert_snapshot!(status, @"
    (group, topic 7, reply to “/brief status”)
    1. Every day at 08:30, Asia/Kabul
    Also if nothing is new
    Without sound
    Next: 2026-01-06 08:30
    Not sent yet

    2. Every Friday at 10:00, Asia/Kabul
    Next: 2026-01-09 10:00
    Not sent yet
    [1: Stop] [1: With sound]
    [1: Send only with news]
    [2: Stop] [2: Without sound]
    [2: Send even without news]
    ");
    bot.remove_administrator(crate::fake_bot_api::ADA);
    assert_snapshot!(bot.press_for_notice(&status, "1: Stop").await, @"Only administrators of this group can do that.");
    bot.make_administrator(crate::fake_bot_api::ADA);
    let status = bot.press(&status, "1: Send only with news").await;
    let status = bot.press(&status, "1: With sound").await;
    assert_snapshot!(status, @"
    (group, edit)
    1. Every day at 08:30, Asia/Kabul
    Next: 2026-01-06 08:30
    Not sent yet

    2. Every Friday at 10:00, Asia/Kabul
    Next: 2026-01-09 10:00
    Not sent yet
    [1: Stop] [1: Without sound]
    [1: Send even without news]
    [2: Stop] [2: Without sound]
    [2: Send even without news]
    ");
    assert_snapshot!(bot.press(&status, "1: Stop").await, @"
    (group, edit)
    Ended.

    2. Every Friday at 10:00, Asia/Kabul
    Next: 2026-01-09 10:00
    Not sent yet
    [Stop] [Without sound]
    [Send even without news]
    ");
    assert_snapshot!(bot.group().topic(7).send("/brief off").await, @"
    (group, topic 7, reply to “/brief off”)
    Ended.

    No briefing is scheduled here. For example, send /brief daily 08:30, or /brief weekly mon 09:00 followed by a topic.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_explains_mistakes_in_an_order() {
    let bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    let send = async |order: &str| bot.private().send(order).await;
    assert_snapshot!(send("/brief daily 25:00").await, @"
    (reply to “/brief daily 25:00”)
    “25:00” is not a time of day. Write it like 08:30.
    ");
    assert_snapshot!(send("/brief weekly foo 09:00").await, @"
    (reply to “/brief weekly foo 09:00”)
    “foo” is not a day of the week. Write it in English, like mon.
    ");
    assert_snapshot!(send("/brief daily 08:30 Europe/Atlantis").await, @"
    (reply to “/brief daily 08:30 Europe/Atlantis”)
    I do not know the time zone “Europe/Atlantis”. Write it like Europe/Berlin.
    ");
    assert_snapshot!(send("/brief off 3").await, @"
    (reply to “/brief off 3”)
    There is nothing with this number to end.

    No briefing is scheduled here. For example, send /brief daily 08:30, or /brief weekly mon 09:00 followed by a topic.
    ");
    let long = "water ".repeat(600);
    assert_snapshot!(send(&format!("/brief daily 08:30 UTC {long}")).await, @"
    (reply to “/brief daily 08:30 UTC water water water water water water w…”)
    This topic is too long. A few words are enough.
    ");
    assert_snapshot!(send(&format!("/watch {long}")).await, @"
    (reply to “/watch water water water water water water water water water…”)
    This topic is too long. A few words are enough.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_refuses_a_schedule_twice_and_more_than_five() {
    let bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    assert_snapshot!(bot.private().send("/brief zone Europe/Berlin").await, @"
    (reply to “/brief zone Europe/Berlin”)
    Times in this chat are in the time zone Europe/Berlin.
    ");
    assert_snapshot!(bot.private().send("/brief daily 08:30").await, @"
    (reply to “/brief daily 08:30”)
    Done. I will send what is new:

    1. Every day at 08:30, Europe/Berlin
    Next: 2026-01-05 08:30
    Not sent yet
    [Stop] [Without sound]
    [Send even without news]
    ");
    assert_snapshot!(bot.private().send("/brief DAILY 8:30").await, @"
    (reply to “/brief DAILY 8:30”)
    This schedule already exists:

    1. Every day at 08:30, Europe/Berlin
    Next: 2026-01-05 08:30
    Not sent yet
    [Stop] [Without sound]
    [Send even without news]
    ");
    for hour in 10..14 {
        bot.private().send(&format!("/brief daily {hour}:00")).await;
    }
    assert_snapshot!(bot.private().send("/brief daily 15:00").await, @"
    (reply to “/brief daily 15:00”)
    This chat has 5 schedules, which is the limit. To end one, send /brief off and its number.
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_daily_comes_once_a_day_over_changes_to_and_from_summer_time() {
    let bot = Bot::start().clock("2026-03-27T12:00Z").without_reader_limits().await;
    bot.private().send("/brief daily 02:30 Europe/Berlin always").await;
    let rule: Rule = "daily 02:30 Europe/Berlin".parse().expect("a rule");
    let mut now = bot.now();
    let mut moments = Vec::new();
    for _ in 0..4 {
        now = rule.next_after(now);
        bot.advance_to_second(now).await;
        let briefing = bot.next_message().await;
        assert!(briefing.text.starts_with("Tides & <Times>\nby Ada"), "{briefing}");
        moments.push(rule.local(now));
    }
    // On the 29th, 02:30 does not exist.
    let expected = ["2026-03-28 02:30", "2026-03-29 03:30", "2026-03-30 02:30", "2026-03-31 02:30"];
    assert_eq!(moments, expected);
    for autumn in ["2026-10-24T00:30Z", "2026-10-25T00:30Z"] {
        bot.advance_to(autumn).await;
        bot.next_message().await;
    }
    // On the 25th, 02:30 exists twice: an hour later the briefing has been sent.
    bot.advance_to("2026-10-25T01:30Z").await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 02:30, Europe/Berlin
    Also if nothing is new
    Next: 2026-10-26 02:30
    Last: sent on 2026-10-25 02:30
    [Stop] [Without sound]
    [Send only with news]
    ");
    bot.advance_to("2026-10-26T01:30Z").await;
    bot.next_message().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_that_was_missed_comes_once_if_it_is_young_enough() {
    let mut bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    bot.private().send("/brief daily 08:30 UTC always").await;
    bot.stop().await;
    bot.set_clock("2026-01-08T09:00Z");
    bot.run();
    assert_eq!(bot.next_message().await.reply_to, None);
    bot.briefings_finished().await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2026-01-09 08:30
    Last: sent on 2026-01-08 09:00
    [Stop] [Without sound]
    [Send only with news]
    ");
    bot.stop().await;
    // The last briefing that was missed is thirteen hours old.
    bot.set_clock("2026-01-12T21:30Z");
    bot.run();
    bot.briefings_finished().await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2026-01-13 08:30
    Last: the one due on 2026-01-09 08:30 was skipped because it was too late
    [Stop] [Without sound]
    [Send only with news]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_reports_an_article_that_came_while_the_bot_was_stopped() {
    let mut bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    bot.private().send("/brief daily 08:30 UTC").await;
    bot.stop().await;
    let known = bot.newest_change();
    bot.write("dikes.md", DIKES);
    bot.run();
    bot.recorded_after(known).await;
    bot.advance_to("2026-01-05T08:30Z").await;
    assert_snapshot!(bot.next_message().await, @"
    What is new

    Dikes · new
    by Bo
    > A dike keeps the sea from the polder.
    > Sheep graze on the slopes.
    [Dikes]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn brief_schedule_follows_a_group_to_its_supergroup() {
    const OLD: i64 = -5;
    let bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    bot.chat(OLD).admin().send("/brief daily 08:30 UTC always").await;
    bot.exists(GROUP);
    bot.chat(OLD).migrate_to(GROUP);
    bot.schedules_of(GROUP).await;
    assert_snapshot!(bot.group().send("/brief status").await, @"
    (group, reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2026-01-05 08:30
    Not sent yet
    [Stop] [Without sound]
    [Send only with news]
    ");
    bot.advance_to("2026-01-05T08:30Z").await;
    assert_snapshot!(bot.next_message().await, @"
    (group)
    Tides & <Times>
    by Ada
    > Tides are the rise and fall of sea levels.
    Opening
    > A neap tide happens twice a month, when the Sun & the Moon are at right angles.
    Neap tides
    > A barrage across the Rance estuary has made electricity since 1966.
    Tidal power
    [Contents]
    ");
}

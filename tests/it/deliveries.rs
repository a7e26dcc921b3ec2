//! Deliveries of briefings: kills, refusals, lost responses, delays and limits.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use verbatim::config::Limits;
use verbatim::ids::{ChatId, MessageId};
use verbatim::store::{DeliveryKey, DeliveryState, NewSchedule, Schedule, Store};

use crate::fake_bot_api::{ADA, BEN, Fault};
use crate::tester::{Bot, Start, at, eventually};

const MONDAY: &str = "2026-01-05T07:00Z";
const DAY: i64 = 24 * 60 * 60;

/// Returns a schedule that has something to send every day at seven, and is due on Monday.
fn always(chat: i64) -> NewSchedule {
    NewSchedule {
        chat: ChatId::new(chat),
        topic: None,
        rule: "daily 07:00 UTC".into(),
        subject: String::new(),
        is_always: true,
        is_silent: false,
        seen: 0,
        due: at(MONDAY),
    }
}

/// Returns a bot that starts after another one was killed, which had come as far as `steps` with
/// the briefing of Monday.
fn killed(steps: impl FnOnce(&Store, &Schedule)) -> Start {
    Bot::start()
        .clock("2026-01-05T07:01Z")
        .without_reader_limits()
        .telegram(|telegram| telegram.exists(ADA))
        .store(|store| {
            store.add_schedule(&always(ADA), 5).expect("it is written");
            let schedule =
                store.schedules(ChatId::new(ADA), None).expect("it can be read").remove(0);
            steps(store, &schedule);
        })
}

/// Returns the key of the briefing of Monday.
fn key(schedule: &Schedule) -> DeliveryKey {
    DeliveryKey::Briefing { schedule: schedule.id, due: at(MONDAY) }
}

fn claim(store: &Store, schedule: &Schedule) {
    let due = at(MONDAY);
    let claimed = store.claim(&[(schedule.id, due, due + DAY)], due).expect("it is written");
    assert_eq!(claimed, [true]);
}

fn attempt(store: &Store, schedule: &Schedule) {
    claim(store, schedule);
    assert!(store.attempt(key(schedule)).expect("it is written"));
}

/// Checks that the briefing of Monday counts as sent, also after a restart, and is not sent again.
async fn is_sent_once(bot: &mut Bot) {
    bot.briefings_finished().await;
    bot.private().stays_silent().await;
    bot.restart().await;
    let status = bot.private().send("/brief status").await;
    assert!(status.text.contains("\nLast: sent on 2026-01-05 07:0"), "{status}");
    bot.private().stays_silent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_that_was_due_at_a_kill_is_made_after_it() {
    let mut bot = killed(|_, _| {}).await;
    assert_snapshot!(bot.next_message().await, @"
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
    is_sent_once(&mut bot).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_that_was_claimed_at_a_kill_is_made_after_it() {
    let mut bot = killed(claim).await;
    assert!(bot.next_message().await.text.starts_with("Tides & <Times>\nby Ada"));
    is_sent_once(&mut bot).await;
}

/// Whether the request had reached Telegram makes no difference to the store.
#[tokio::test(flavor = "multi_thread")]
async fn delivery_that_was_attempted_at_a_kill_is_repeated_only_on_request() {
    let mut bot = killed(attempt).await;
    let unsure = bot.next_message().await;
    assert_snapshot!(unsure, @"
    I was interrupted while sending a message here, and do not know whether it arrived.
    [It did not arrive: send it again]
    ");
    bot.briefings_finished().await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 07:00, UTC
    Also if nothing is new
    Next: 2026-01-06 07:00
    Last: I was interrupted on 2026-01-05 07:01 and do not know whether it arrived
    [Stop] [Without sound]
    [Send only with news]
    ");
    let briefing = bot.press(&unsure, "It did not arrive: send it again").await;
    assert_snapshot!(briefing, @"
    (edit)
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
    // Neither a second tap nor one in another chat changes anything.
    let data = unsure.data("It did not arrive: send it again");
    bot.click_data(&briefing, data);
    let elsewhere = bot.group().send("/ask neap tide").await;
    bot.click_data(&elsewhere, data);
    bot.group().stays_silent().await;
    is_sent_once(&mut bot).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_that_was_finished_at_a_kill_is_not_repeated() {
    let mut bot = killed(|store, schedule| {
        attempt(store, schedule);
        let due = at(MONDAY);
        store
            .finish(key(schedule), DeliveryState::Sent, Some(MessageId::new(1)), None, due)
            .expect("it is written");
    })
    .await;
    is_sent_once(&mut bot).await;
}

/// Returns a bot with a daily briefing in the private chat.
async fn subscribed() -> Bot {
    let bot = Bot::start().clock(MONDAY).without_reader_limits().await;
    bot.private().send("/brief daily 08:30 UTC always").await;
    bot
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_is_retried_after_failures() {
    let bot = subscribed().await;
    bot.fail_next("sendMessage", Fault::Html(400));
    bot.fail_next("sendMessage", Fault::retry_after(1));
    bot.advance_to("2026-01-05T08:30Z").await;
    assert!(bot.next_message().await.text.starts_with("Tides & <Times>\nby Ada"));
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2026-01-06 08:30
    Last: sent on 2026-01-05 08:30
    [Stop] [Without sound]
    [Send only with news]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_without_a_response_asks_whether_it_arrived() {
    let bot = subscribed().await;
    bot.fail_next("sendMessage", Fault::DropAfter);
    bot.advance_to("2026-01-05T08:30Z").await;
    // The briefing arrived, but the bot cannot know that.
    assert!(bot.next_message().await.text.starts_with("Tides & <Times>\nby Ada"));
    assert_snapshot!(bot.next_message().await, @"
    I was interrupted while sending a message here, and do not know whether it arrived.
    [It did not arrive: send it again]
    ");
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2026-01-06 08:30
    Last: I was interrupted on 2026-01-05 08:30 and do not know whether it arrived
    [Stop] [Without sound]
    [Send only with news]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_that_telegram_refuses_is_recorded() {
    let bot = subscribed().await;
    let sent = bot.calls("sendMessage").len();
    bot.fail_next("sendMessage", Fault::blocked());
    bot.advance_to("2026-01-05T08:30Z").await;
    bot.called("sendMessage", sent + 1).await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2026-01-06 08:30
    Last: rejected by Telegram on 2026-01-05 08:30
    [Stop] [Without sound]
    [Send only with news]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_to_a_reader_who_blocks_the_bot_pause_until_the_reader_returns() {
    let bot = subscribed().await;
    bot.private_of(BEN).send("/brief daily 08:30 UTC always").await;
    bot.private().block_bot();
    is_paused(&bot, true).await;
    bot.advance_to("2026-01-05T08:30Z").await;
    assert_eq!(bot.next_message().await.chat, BEN);
    bot.private().unblock_bot();
    is_paused(&bot, false).await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2026-01-06 08:30
    Not sent yet
    [Stop] [Without sound]
    [Send only with news]
    ");
    bot.advance_to("2026-01-06T08:30Z").await;
    let chats = BTreeSet::from([bot.next_message().await.chat, bot.next_message().await.chat]);
    assert_eq!(chats, BTreeSet::from([ADA, BEN]));
}

async fn is_paused(bot: &Bot, expected: bool) {
    let store = bot.store();
    eventually("the membership is recorded", async || {
        (store.is_paused(ChatId::new(ADA)).expect("it can be read") == expected).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_that_is_delayed_for_too_long_is_left_out() {
    let bot = subscribed().await;
    let sent = bot.calls("sendMessage").len();
    bot.fail_next("sendMessage", Fault::retry_after(2));
    bot.set_clock("2026-01-05T08:30Z");
    bot.called("sendMessage", sent + 1).await;
    bot.advance_to("2026-01-05T21:00Z").await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2026-01-06 08:30
    Last: the one due on 2026-01-05 08:30 was skipped because it was too late
    [Stop] [Without sound]
    [Send only with news]
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn delivery_goes_on_after_a_clock_that_was_ahead_for_a_while() {
    let mut bot = subscribed().await;
    bot.stop().await;
    bot.set_clock("2030-01-01T00:00Z");
    bot.run();
    bot.briefings_finished().await;
    assert_snapshot!(bot.private().send("/brief status").await, @"
    (reply to “/brief status”)
    1. Every day at 08:30, UTC
    Also if nothing is new
    Next: 2030-01-01 08:30
    Last: the one due on 2026-01-05 08:30 was skipped because it was too late
    [Stop] [Without sound]
    [Send only with news]
    ");
    bot.stop().await;
    bot.set_clock("2026-01-06T07:00Z");
    bot.run();
    bot.next_briefing_is("2026-01-06T08:30Z").await;
    bot.advance_to("2026-01-06T08:30Z").await;
    assert_snapshot!(bot.next_message().await, @"
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
async fn deliveries_of_many_chats_keep_the_limits_and_let_an_answer_pass() {
    const CHATS: i64 = 300;
    let limits = Limits { overall_per_second: 100, ..Limits::default() };
    let bot = Bot::start()
        .clock("2026-01-05T06:59Z")
        .send_limits(limits)
        .store(|store| {
            for chat in 1_000..1_000 + CHATS {
                store.add_schedule(&always(chat), 5).expect("it is written");
            }
        })
        .telegram(|telegram| (1_000..1_000 + CHATS).for_each(|chat| telegram.exists(chat)))
        .await;
    bot.private().send("/help").await;
    let begun = std::time::Instant::now();
    bot.set_clock(MONDAY);
    let mut chats = BTreeSet::from([bot.next_message().await.chat]);
    let question = bot.private().post("when is a neap tide?");
    let mut before_answer = 0;
    for count in 0..CHATS {
        let shown = bot.next_message().await;
        match shown.reply_to {
            Some(known) => {
                assert_eq!(known, question.id);
                before_answer = count;
            }
            None => assert!(chats.insert(shown.chat), "twice to {}", shown.chat),
        }
    }
    assert_eq!(chats.len() as i64, CHATS);
    assert!(before_answer < CHATS / 2, "{before_answer} briefings went before the answer");
    // First half of a second's worth of messages, then the limit of a second.
    assert!(begun.elapsed().as_millis() >= 2_400, "{:?}", begun.elapsed());
}

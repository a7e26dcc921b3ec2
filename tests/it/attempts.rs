//! Updates that ended the process: they are tried three times, then answered with an apology.

use insta::assert_snapshot;
use verbatim::store::Store;

use crate::fake_bot_api::{ADA, FakeBotApi, Update};
use crate::tester::{Bot, Start};

/// The end of the earlier run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Crashed,
    Stopped,
}

/// Returns a bot that starts after runs that began each of these updates so often, and ended so.
fn after(updates: Vec<(Update, usize)>, end: End) -> Start {
    Bot::start().telegram(|telegram| telegram.exists(ADA)).store(|store| {
        store.count_start().expect("it is written");
        for (update, attempts) in updates {
            let journalled = update.journalled();
            let id = journalled.id;
            store.journal(&[journalled]).expect("it is written");
            for _ in 0..attempts {
                store.count_attempt(id).expect("it is written");
            }
        }
        if end == End::Stopped {
            store.end().expect("it is written");
        }
    })
}

fn waiting(store: &Store) -> usize {
    store.pending().expect("it can be read").len()
}

/// Returns the next reply with the number of the message that it replies to.
async fn next(telegram: &FakeBotApi) -> String {
    let shown = telegram.next_message().await;
    format!("{}: {}", shown.reply_to.unwrap_or_default(), shown.text.lines().next().unwrap_or(""))
}

fn message(id: i64) -> Update {
    Update::message(id, "neap tide")
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_at_a_message_end_with_an_apology_and_then_it_is_closed() {
    let updates = vec![(message(1), 2), (message(2), 3), (message(3), 4), (message(4), 0)];
    let mut bot = after(updates, End::Crashed).await;
    assert_snapshot!(next(&bot).await, @"1: A neap tide happens twice a month, when the Sun & the Moon are at right angles.");
    assert_snapshot!(next(&bot).await, @"2: Something went wrong on my side. Please ask again in a moment.");
    // The third message has no reply.
    assert_snapshot!(next(&bot).await, @"4: A neap tide happens twice a month, when the Sun & the Moon are at right angles.");
    assert!(bot.private().send("neap tide").await.text.starts_with("A neap tide"));
    bot.stop().await;
    assert_eq!(waiting(&bot.store()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_at_an_edit_and_a_press_end_with_an_apology() {
    let updates = vec![(Update::edit(1, "neap tide"), 3), (Update::press(1, "c0"), 3)];
    let mut bot = after(updates, End::Crashed).await;
    assert_snapshot!(next(&bot).await, @"1: Something went wrong on my side. Please ask again in a moment.");
    // The press has only its notice. A question of the same person comes after it.
    assert!(bot.private().send("neap tide").await.text.starts_with("A neap tide"));
    bot.stop().await;
    assert_eq!(waiting(&bot.store()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_not_counted_after_a_stop() {
    let bot = after(vec![(message(1), 9)], End::Stopped).await;
    assert_snapshot!(next(&bot).await, @"1: A neap tide happens twice a month, when the Sun & the Moon are at right angles.");
}

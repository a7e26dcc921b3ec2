//! Updates that have ended the process: tried three times, then answered with an apology.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;
use verbatim::store::{PendingUpdate, Store};

use crate::fake_bot_api::{ADA, FakeBotApi};
use crate::talk::{conversation, folders, start};

const SORRY: &str = "Something went wrong on my side.";
/// Above the ids that the fake server gives.
const FIRST_ID: i64 = 1_000_000;

/// How the run before has ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Crashed,
    Stopped,
}

/// Folders as runs of the bot leave them that have each begun these updates so often, and ended so.
fn left(updates: &[(Value, usize)], end: End) -> TempDir {
    let folders = folders();
    let data = folders.path().join("data");
    fs::create_dir(&data).expect("a new directory");
    let store = Store::open(&data).expect("a new store");
    store.count_start().expect("it is written");
    for ((update, attempts), id) in updates.iter().zip(FIRST_ID..) {
        let mut update = update.clone();
        update["update_id"] = json!(id);
        let body = update.to_string();
        let journalled = PendingUpdate { id, chat: ADA, thread: 0, received_at: 100, body };
        store.journal(&[journalled]).expect("it is written");
        for _ in 0..*attempts {
            store.count_attempt(id).expect("it is written");
        }
    }
    if end == End::Stopped {
        store.end().expect("it is written");
    }
    folders
}

fn message(id: i64, text: &str) -> Value {
    json!({"message_id": id, "text": text, "date": jiff::Timestamp::now().as_second(),
        "chat": {"id": ADA, "type": "private"}, "from": {"id": ADA, "is_bot": false}})
}

fn waiting(folders: &TempDir) -> usize {
    let store = Store::open(&folders.path().join("data")).expect("the bot has stopped");
    store.pending().expect("it can be read").len()
}

async fn next(telegram: &FakeBotApi) -> (Option<i64>, bool) {
    let shown = telegram.next().await;
    (shown.reply_to, shown.text.starts_with(SORRY))
}

#[test]
fn attempts_at_a_message_end_with_an_apology_and_then_it_is_closed() {
    conversation(async |telegram| {
        let left = left(
            &[
                (json!({"message": message(1, "neap tide")}), 2),
                (json!({"message": message(2, "neap tide")}), 3),
                (json!({"message": message(3, "neap tide")}), 4),
                (json!({"message": message(4, "neap tide")}), 0),
            ],
            End::Crashed,
        );
        telegram.exists(ADA);
        let bot = start(telegram, left);
        assert_eq!(next(telegram).await, (Some(1), false));
        assert_eq!(next(telegram).await, (Some(2), true));
        assert_eq!(next(telegram).await, (Some(4), false), "the third has no reply");
        telegram.says("neap tide");
        assert!(!next(telegram).await.1);
        assert_eq!(waiting(&bot.stop().await), 0);
    });
}

#[test]
fn attempts_at_an_edit_and_a_press_end_with_an_apology() {
    conversation(async |telegram| {
        let press = json!({"id": "q", "from": {"id": ADA, "is_bot": false}, "data": "c0",
            "message": {"message_id": 1, "date": 0, "chat": {"id": ADA, "type": "private"}}});
        let left = left(
            &[
                (json!({"edited_message": message(1, "neap tide")}), 3),
                (json!({"callback_query": press}), 3),
            ],
            End::Crashed,
        );
        telegram.exists(ADA);
        let bot = start(telegram, left);
        assert_eq!(next(telegram).await, (Some(1), true));
        // The press has only its notice. A question of the same person comes after it.
        telegram.says("neap tide");
        assert!(!next(telegram).await.1);
        assert_eq!(waiting(&bot.stop().await), 0);
    });
}

#[test]
fn attempts_are_not_counted_after_a_stop() {
    conversation(async |telegram| {
        let left = left(&[(json!({"message": message(1, "neap tide")}), 9)], End::Stopped);
        telegram.exists(ADA);
        let bot = start(telegram, left);
        assert_eq!(next(telegram).await, (Some(1), false));
        bot.stop().await;
    });
}

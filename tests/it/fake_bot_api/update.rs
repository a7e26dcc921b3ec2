//! Updates of Ada as Telegram writes them, for tests that hand them over by other ways.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};
use verbatim::ids::{ChatId, UpdateId};
use verbatim::store::{PendingUpdate, UpdateQueue};

use super::{ADA, chat_of, now, person};

/// The first of these updates' ids, above the ids that the server gives.
const FIRST_ID: i64 = 1_000_000;

/// An update with an id of its own.
pub struct Update {
    id: i64,
    body: Value,
}

impl Update {
    pub fn message(id: i64, text: &str) -> Update {
        Update::of("message", message(id, text))
    }

    /// Returns the edit of a message into this text.
    pub fn edit(id: i64, text: &str) -> Update {
        Update::of("edited_message", message(id, text))
    }

    /// Returns the press of a button below the bot's message with this id.
    pub fn press(message: i64, data: &str) -> Update {
        let shown = json!({"message_id": message, "date": 0, "chat": chat_of(ADA)});
        let query = json!({"id": "q", "from": person(ADA), "data": data, "message": shown});
        Update::of("callback_query", query)
    }

    fn of(kind: &str, content: Value) -> Update {
        static NEXT: AtomicI64 = AtomicI64::new(FIRST_ID);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Update { id, body: json!({"update_id": id, kind: content}) }
    }

    pub fn body(&self) -> String {
        self.body.to_string()
    }

    /// Returns the update as the bot writes it down in its journal.
    pub fn journalled(&self) -> PendingUpdate {
        PendingUpdate {
            id: UpdateId::new(self.id),
            queue: UpdateQueue::Chat { chat: ChatId::new(ADA), topic: None },
            received_at: 100,
            body: self.body(),
        }
    }
}

fn message(id: i64, text: &str) -> Value {
    json!({
        "message_id": id, "text": text, "date": now(), "chat": chat_of(ADA), "from": person(ADA),
    })
}

//! Updates in, however they come: journalled, then handed to the lanes. Inline queries are not
//! journalled: Telegram forgets them within seconds.
//!
//! An update that is journalled is never lost, so whoever brought it may be told. Nothing of an update's
//! content is ever logged.

use std::sync::Arc;

use serde_json::Value;

use super::inline::Typing;
use super::lanes::Lanes;
use super::vitals::Vitals;
use super::{GRACE, incoming, now};
use crate::store::{Journalled, Store, StoreError};

/// What may come.
pub const ALLOWED: [&str; 5] =
    ["message", "edited_message", "callback_query", "my_chat_member", INLINE_QUERY];
pub const INLINE_QUERY: &str = "inline_query";

/// Where updates go.
pub struct Intake {
    pub(super) vitals: Arc<Vitals>,
    store: Arc<Store>,
    lanes: Lanes,
    typing: Typing,
}

impl Intake {
    pub fn new(vitals: Arc<Vitals>, store: Arc<Store>, lanes: Lanes, typing: Typing) -> Intake {
        Intake { vitals, store, lanes, typing }
    }

    /// Goes on with the updates that an earlier run of the bot left.
    pub fn take_up(&self) -> Result<(), StoreError> {
        for left in self.store.waiting()? {
            self.lanes.add(left.chat, left.thread, left.id, None);
        }
        Ok(())
    }

    /// Waits until more updates may come.
    pub async fn room(&self) {
        self.lanes.room().await;
    }

    /// Whether more updates may come.
    pub fn has_room(&self) -> bool {
        self.lanes.has_room()
    }

    /// Takes updates: when it returns, they are in the journal, and those that are new are on their way.
    pub async fn take(&self, updates: &[Value]) -> Result<(), StoreError> {
        for query in updates.iter().filter_map(incoming::inline_query) {
            self.vitals.metrics.came(Some(INLINE_QUERY));
            self.typing.add(query);
        }
        let received_at = now();
        let batch: Vec<_> = updates
            .iter()
            .filter(|update| update.get("inline_query").is_none())
            .filter_map(|update| {
                let (chat, thread) = incoming::lane_of(update);
                let id = id_of(update)?;
                Some(Journalled { id, chat, thread, received_at, body: update.to_string() })
            })
            .collect();
        if batch.is_empty() {
            return Ok(());
        }
        let store = Arc::clone(&self.store);
        let new = match tokio::task::spawn_blocking(move || store.journal(&batch)).await {
            Ok(new) => new?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        for update in updates {
            if let Some(id) = id_of(update).filter(|id| new.contains(id)) {
                let (chat, thread) = incoming::lane_of(update);
                let kind = kind_of(update);
                self.vitals.metrics.came(kind);
                self.lanes.add(chat, thread, id, kind);
            }
        }
        Ok(())
    }

    /// Waits for what is in hand; what takes too long stays in the journal.
    pub async fn finish(&self) {
        tokio::join!(self.lanes.finish(GRACE), self.typing.finish());
    }
}

/// The kind of an update, if it is asked for.
fn kind_of(update: &Value) -> Option<&'static str> {
    ALLOWED.into_iter().find(|kind| update.get(kind).is_some())
}

/// The id of an update, by which it is known when it comes again.
pub fn id_of(update: &Value) -> Option<i64> {
    update.get("update_id")?.as_i64()
}

//! Updates in, however they come: journalled, then handed to the lanes. Inline queries are not
//! journalled: Telegram forgets them within seconds.
//!
//! An update that is journalled is never lost, so whoever brought it may be told. Nothing of an update's
//! content is ever logged. A store that is corrupt is mended here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::batch::id_of;
use super::inline::Typing;
use super::lanes::Lanes;
use super::origin::Origin;
use super::react::Reactor;
use super::turns::Turns;
use super::vitals::Vitals;
use super::{GRACE, incoming};
use crate::store::{Journalled, StoreError};

/// What may come.
pub const ALLOWED: [&str; 5] =
    ["message", "edited_message", "callback_query", "my_chat_member", INLINE_QUERY];
pub const INLINE_QUERY: &str = "inline_query";

/// Where updates go.
pub struct Intake {
    reactor: Arc<Reactor>,
    lanes: Lanes,
    typing: Typing,
    /// The last updates could not be journalled.
    is_failing: AtomicBool,
}

/// What became of updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// They are in the journal.
    Journalled,
    /// The store fails, as the log says; they have to come again.
    NotNow,
}

impl Intake {
    pub fn new(reactor: Arc<Reactor>, lanes: Lanes, typing: Typing) -> Intake {
        Intake { reactor, lanes, typing, is_failing: AtomicBool::new(false) }
    }

    pub fn vitals(&self) -> &Vitals {
        &self.reactor.vitals
    }

    /// The turns on the wire, which whoever learns that Telegram is away cuts.
    pub fn turns(&self) -> &Turns {
        &self.reactor.sender.turns
    }

    /// Holds all messages for this time.
    pub fn hold_all(&self, wait: Duration) {
        self.reactor.sender.hold_all(wait);
    }

    /// Goes on with the updates that an earlier run of the bot left.
    pub fn take_up(&self) -> Result<(), StoreError> {
        let waiting = self.reactor.store.waiting()?;
        self.reactor.attempts.suspect(waiting.iter().map(|left| left.id))?;
        for left in waiting {
            let origin = Origin::of_text(&left.body);
            self.lanes.add(left.chat, left.thread, left.id, None, origin);
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

    /// Takes updates: those that are new are on their way when they are in the journal. An error is one after
    /// which the bot cannot go on.
    pub async fn take(&self, updates: &[Value]) -> Result<Taken, StoreError> {
        for query in updates.iter().filter_map(incoming::inline_query) {
            self.vitals().metrics.came(Some(INLINE_QUERY));
            self.typing.add(query);
        }
        let received_at = self.reactor.now();
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
            return Ok(Taken::Journalled);
        }
        let store = Arc::clone(&self.reactor.store);
        let may_mend = !self.is_failing.load(Ordering::Relaxed);
        let journal = move || -> Result<Result<Vec<i64>, _>, StoreError> {
            match store.journal(&batch) {
                Err(error) if error.is_corrupt() && may_mend => {
                    store.mend()?;
                    Ok(store.journal(&batch))
                }
                journalled => Ok(journalled),
            }
        };
        let journalling = tokio::task::spawn_blocking(journal);
        if let [only] = updates
            && self.lanes.are_idle()
        {
            // Where there is one core, the other thread gets to the disk first.
            std::thread::yield_now();
            self.reactor.foresee(only);
        }
        let journalled = match journalling.await {
            Ok(journalled) => journalled?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        let new = match journalled {
            Ok(new) => new,
            Err(error) => {
                self.is_failing.store(true, Ordering::Relaxed);
                self.reactor.store_fails(&error);
                return Ok(Taken::NotNow);
            }
        };
        if self.is_failing.swap(false, Ordering::Relaxed) {
            self.reactor.store_works();
        }
        for update in updates {
            if let Some(id) = id_of(update).filter(|id| new.contains(id)) {
                let (chat, thread) = incoming::lane_of(update);
                let kind = kind_of(update);
                self.vitals().metrics.came(kind);
                self.lanes.add(chat, thread, id, kind, Origin::of(update));
            }
        }
        Ok(Taken::Journalled)
    }

    /// Waits for what is in hand; what takes too long stays in the journal.
    pub async fn finish(&self) {
        tokio::join!(self.lanes.finish(GRACE), self.typing.finish());
        self.reactor.clerk.finish().await;
    }
}

/// The kind of an update, if it is asked for.
fn kind_of(update: &Value) -> Option<&'static str> {
    ALLOWED.into_iter().find(|kind| update.get(kind).is_some())
}

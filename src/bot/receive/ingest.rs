//! Ingest of updates, from long polling and from the webhook: updates are written into the journal,
//! then added to their queues.
//!
//! An update in the journal survives a crash, so it may be confirmed to Telegram. Inline queries
//! and guest queries are not journalled, since Telegram discards their answers after some seconds.
//! The content of an update is never logged. If the store is corrupt, it is recovered here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::bot::api::update_batch::id_of;
use crate::bot::context::{BotContext, SHUTDOWN_GRACE};
use crate::bot::operations::bot_health::Health;
use crate::bot::receive::chat_queues::ChatQueues;
use crate::bot::receive::handler::UpdateHandler;
use crate::bot::receive::queue_route::Route;
use crate::bot::receive::update;
use crate::bot::send::in_flight::InFlight;
use crate::bot::update_kind::UpdateKind;
use crate::ids::UpdateId;
use crate::store::{PendingUpdate, StoreError};

/// Writer of received updates into the journal and their queues.
pub struct Ingest {
    ctx: Arc<BotContext>,
    queues: ChatQueues,
    handler: Arc<UpdateHandler>,
    /// Whether the most recent write to the journal failed.
    is_failing: AtomicBool,
}

/// Outcome of an ingest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IngestOutcome {
    /// All updates are in the journal.
    Journalled,
    /// The store cannot be written, which is logged. Telegram must send the updates again.
    StoreUnavailable,
}

impl Ingest {
    pub fn new(ctx: Arc<BotContext>, queues: ChatQueues, handler: Arc<UpdateHandler>) -> Ingest {
        Ingest { ctx, queues, handler, is_failing: AtomicBool::new(false) }
    }

    pub fn health(&self) -> &Health {
        &self.ctx.health
    }

    /// Returns the in-flight window, which an outage pauses.
    pub fn in_flight(&self) -> &InFlight {
        &self.ctx.sender.in_flight
    }

    /// Blocks all sends for this time.
    pub fn block_sends(&self, wait: Duration) {
        self.ctx.sender.block_all(wait);
    }

    /// Adds the updates that an earlier run of the bot left in the journal to their queues.
    pub fn resume_pending(&self) -> Result<(), StoreError> {
        let pending = self.ctx.store.pending()?;
        self.ctx.attempts.add_suspects(pending.iter().map(|update| update.id))?;
        for update in pending {
            let route = Route { queue: update.queue, ..Route::of_json(&update.body) };
            self.queues.add(update.id, None, route);
        }
        Ok(())
    }

    /// Waits until the queues can take more updates.
    pub async fn wait_for_capacity(&self) {
        self.queues.wait_for_capacity().await;
    }

    /// Returns whether the queues can take more updates.
    pub fn has_capacity(&self) -> bool {
        self.queues.has_capacity()
    }

    /// Writes updates into the journal, and adds those that are new to their queues. Returns an
    /// error if the bot cannot continue.
    pub async fn ingest(&self, updates: &[Value]) -> Result<IngestOutcome, StoreError> {
        for query in updates.iter().filter_map(update::inline_query) {
            self.health().metrics.update_received(Some(UpdateKind::InlineQuery));
            (self.handler.answer_inline)(query);
        }
        for update in updates.iter().filter(|update| update.get("guest_message").is_some()) {
            self.health().metrics.update_received(Some(UpdateKind::GuestMessage));
            let query = update::guest_query(update, self.ctx.identity.id);
            if let (Some(id), Some(query)) = (id_of(update), query) {
                (self.handler.answer_guest)(id, query);
            }
        }
        let received_at = self.ctx.now();
        let (routes, batch): (Vec<_>, Vec<_>) = updates
            .iter()
            .filter(|update| !is_query(update))
            .filter_map(|update| {
                let (id, route) = (id_of(update)?, Route::of(update));
                let body = update.to_string();
                let pending = PendingUpdate { id, queue: route.queue, received_at, body };
                Some(((id, UpdateKind::of(update), route), pending))
            })
            .unzip();
        if batch.is_empty() {
            return Ok(IngestOutcome::Journalled);
        }
        let journalling = self.spawn_journalling(batch);
        if let [only] = updates
            && self.queues.is_idle()
        {
            // With a single core, this lets the other thread start the write to the disk.
            std::thread::yield_now();
            (self.handler.prefetch)(&self.ctx, only);
        }
        let journalled = match journalling.await {
            Ok(journalled) => journalled?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        let new = match journalled {
            Ok(new) => new,
            Err(error) => {
                self.is_failing.store(true, Ordering::Relaxed);
                self.ctx.degraded_mode.enter(&error);
                return Ok(IngestOutcome::StoreUnavailable);
            }
        };
        if self.is_failing.swap(false, Ordering::Relaxed) {
            self.ctx.degraded_mode.leave();
        }
        for (id, kind, route) in routes.into_iter().filter(|(id, ..)| new.contains(id)) {
            self.health().metrics.update_received(kind);
            self.queues.add(id, kind, route);
        }
        Ok(IngestOutcome::Journalled)
    }

    /// Writes updates into the journal, on a thread for blocking work. The task returns the ids of
    /// the new updates, or the error of the write. The outer error is that of a failed recovery.
    fn spawn_journalling(
        &self,
        batch: Vec<PendingUpdate>,
    ) -> tokio::task::JoinHandle<Result<Result<Vec<UpdateId>, StoreError>, StoreError>> {
        let store = Arc::clone(&self.ctx.store);
        let may_recover = !self.is_failing.load(Ordering::Relaxed);
        tokio::task::spawn_blocking(move || match store.journal(&batch) {
            Err(error) if error.is_corrupt() && may_recover => {
                store.recover()?;
                Ok(store.journal(&batch))
            }
            journalled => Ok(journalled),
        })
    }

    /// Waits for the updates that are being handled. Those that take too long stay in the journal.
    pub async fn finish(&self) {
        self.queues.finish(SHUTDOWN_GRACE).await;
    }
}

/// Returns whether an update is an inline query or a guest query, which are never journalled.
fn is_query(update: &Value) -> bool {
    ["inline_query", "guest_message"].iter().any(|kind| update.get(kind).is_some())
}

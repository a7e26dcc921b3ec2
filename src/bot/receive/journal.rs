//! Updates in, however they come: journalled, then handed to the lanes. Inline queries are not
//! journalled: Telegram forgets them within seconds.
//!
//! An update that is journalled is never lost, so whoever brought it may be told. Nothing of an update's
//! content is ever logged. A store that is corrupt is mended here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::bot::api::update_batch::id_of;
use crate::bot::context::BotContext;
use crate::bot::operations::health::Health;
use crate::bot::receive::handler::UpdateHandler;
use crate::bot::receive::origin::Origin;
use crate::bot::receive::queue::ChatQueues;
use crate::bot::receive::update::{self, UpdateKind};
use crate::bot::send::in_flight::InFlight;
use crate::bot::shutdown::SHUTDOWN_GRACE;
use crate::store::{PendingUpdate, StoreError};

/// Where updates go.
pub struct Ingest {
    ctx: Arc<BotContext>,
    queues: ChatQueues,
    handler: Arc<UpdateHandler>,
    /// The last updates could not be journalled.
    is_failing: AtomicBool,
}

/// What became of updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IngestOutcome {
    /// They are in the journal.
    Journalled,
    /// The store fails, as the log says; they have to come again.
    StoreUnavailable,
}

impl Ingest {
    pub fn new(ctx: Arc<BotContext>, queues: ChatQueues, handler: Arc<UpdateHandler>) -> Ingest {
        Ingest { ctx, queues, handler, is_failing: AtomicBool::new(false) }
    }

    pub fn health(&self) -> &Health {
        &self.ctx.health
    }

    /// The turns on the client, which whoever learns that Telegram is away cuts.
    pub fn in_flight(&self) -> &InFlight {
        &self.ctx.sender.in_flight
    }

    /// Holds all messages for this time.
    pub fn block_sends(&self, wait: Duration) {
        self.ctx.sender.block_all(wait);
    }

    /// Goes on with the updates that an earlier run of the bot left.
    pub fn resume_pending(&self) -> Result<(), StoreError> {
        let waiting = self.ctx.store.pending()?;
        self.ctx.attempts.suspect(waiting.iter().map(|left| left.id))?;
        for left in waiting {
            let origin = Origin::of_text(&left.body);
            self.queues.add(left.chat, left.thread, left.id, None, origin);
        }
        Ok(())
    }

    /// Waits until more updates may come.
    pub async fn wait_for_capacity(&self) {
        self.queues.wait_for_capacity().await;
    }

    /// Whether more updates may come.
    pub fn has_capacity(&self) -> bool {
        self.queues.has_capacity()
    }

    /// Takes updates: those that are new are on their way when they are in the journal. An error is one after
    /// which the bot cannot go on.
    pub async fn ingest(&self, updates: &[Value]) -> Result<IngestOutcome, StoreError> {
        for query in updates.iter().filter_map(update::inline_query) {
            self.health().metrics.update_received(Some(UpdateKind::InlineQuery));
            (self.handler.answer_inline)(query);
        }
        let received_at = self.ctx.now();
        let batch: Vec<_> = updates
            .iter()
            .filter(|update| update.get("inline_query").is_none())
            .filter_map(|update| {
                let (chat, thread) = update::chat_and_topic(update);
                let id = id_of(update)?;
                Some(PendingUpdate { id, chat, thread, received_at, body: update.to_string() })
            })
            .collect();
        if batch.is_empty() {
            return Ok(IngestOutcome::Journalled);
        }
        let store = Arc::clone(&self.ctx.store);
        let may_mend = !self.is_failing.load(Ordering::Relaxed);
        let journal = move || -> Result<Result<Vec<i64>, _>, StoreError> {
            match store.journal(&batch) {
                Err(error) if error.is_corrupt() && may_mend => {
                    store.recover()?;
                    Ok(store.journal(&batch))
                }
                journalled => Ok(journalled),
            }
        };
        let journalling = tokio::task::spawn_blocking(journal);
        if let [only] = updates
            && self.queues.is_idle()
        {
            // Where there is one core, the other thread gets to the disk first.
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
        for update in updates {
            if let Some(id) = id_of(update).filter(|id| new.contains(id)) {
                let (chat, thread) = update::chat_and_topic(update);
                let kind = UpdateKind::of(update);
                self.health().metrics.update_received(kind);
                self.queues.add(chat, thread, id, kind, Origin::of(update));
            }
        }
        Ok(IngestOutcome::Journalled)
    }

    /// Waits for what is in hand; what takes too long stays in the journal.
    pub async fn finish(&self) {
        self.queues.finish(SHUTDOWN_GRACE).await;
    }
}

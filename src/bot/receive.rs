//! Updates in: journalled, then confirmed, then handed to the lanes. Inline queries are not
//! journalled: Telegram forgets them within seconds.
//!
//! teloxide's own loop confirms before a handler ends and drops what it cannot parse, so this asks
//! for raw JSON. Nothing of an update's content is ever logged.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use teloxide::requests::Payload;
use tokio_util::sync::CancellationToken;

use super::incoming;
use super::inline::Typing;
use super::lanes::Lanes;
use super::refusal::{Refusal, classify};
use super::wire::Wire;
use super::{Trouble, now};
use crate::store::{Journalled, Store, StoreError};

#[derive(Debug, Clone, Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u8,
    allowed_updates: [&'static str; 5],
}

impl Payload for GetUpdates {
    type Output = Vec<Value>;
    const NAME: &'static str = "GetUpdates";
}

const ALLOWED: [&str; 5] =
    ["message", "edited_message", "callback_query", "my_chat_member", "inline_query"];
const POLL_SECONDS: u8 = 10;
/// A server that says nothing for so long is gone.
const POLL_WITHIN: Duration = Duration::from_secs(15);
const BATCH: u8 = 100;

/// Receives until `stop`; first come the updates that an earlier run left.
pub async fn run(
    wire: &Wire,
    store: &Arc<Store>,
    lanes: &Lanes,
    typing: &Typing,
    stop: &CancellationToken,
) -> Result<(), Trouble> {
    for left in store.waiting()? {
        lanes.add(left.chat, left.thread, left.id);
    }
    let mut offset = None;
    let mut outage = Outage::default();
    loop {
        tokio::select! {
            () = lanes.room() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let request =
            GetUpdates { offset, limit: BATCH, timeout: POLL_SECONDS, allowed_updates: ALLOWED };
        let polled = tokio::select! {
            polled = wire.call::<_, Vec<Value>>(&request, POLL_WITHIN) => polled,
            () = stop.cancelled() => return Ok(()),
        };
        match polled {
            Ok(updates) => {
                outage.ended();
                updates
                    .iter()
                    .filter_map(incoming::inline_query)
                    .for_each(|query| typing.add(query));
                match take(store, updates).await {
                    Ok(Some((new, next))) => {
                        offset = Some(next);
                        for update in new {
                            lanes.add(update.chat, update.thread, update.id);
                        }
                    }
                    Ok(None) => {}
                    // Not confirmed, so Telegram hands them out again.
                    Err(error) => {
                        tracing::error!(%error, "updates could not be journalled");
                        outage.wait(stop).await;
                    }
                }
            }
            Err(error) => match classify(&error) {
                Refusal::WrongToken => return Err(Trouble::WrongToken),
                Refusal::Conflict => return Err(Trouble::Conflict),
                Refusal::RetryAfter(wait) => pause(wait, stop).await,
                _ => outage.wait(stop).await,
            },
        }
    }
}

/// Journals a batch; the new ones and the offset that confirms all of them.
async fn take(
    store: &Arc<Store>,
    updates: Vec<Value>,
) -> Result<Option<(Vec<Journalled>, i64)>, StoreError> {
    let received_at = now();
    let batch: Vec<_> = updates
        .iter()
        .filter(|update| update.get("inline_query").is_none())
        .filter_map(|update| {
            let id = update.get("update_id")?.as_i64()?;
            let (chat, thread) = incoming::lane_of(update);
            Some(Journalled { id, chat, thread, received_at, body: update.to_string() })
        })
        .collect();
    let Some(last) = updates.iter().filter_map(|update| update.get("update_id")?.as_i64()).max()
    else {
        return Ok(None);
    };
    let store = store.clone();
    let journalled = tokio::task::spawn_blocking(move || {
        let new = store.journal(&batch)?;
        Ok(batch.into_iter().filter(|update| new.contains(&update.id)).collect())
    });
    match journalled.await {
        Ok(new) => new.map(|new| Some((new, last + 1))),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// A time without Telegram: one log line when it begins, one when it ends.
#[derive(Debug, Default)]
pub struct Outage {
    failures: u32,
}

impl Outage {
    /// Waits before the next try: 1, 2, 4, then 5 s.
    pub async fn wait(&mut self, stop: &CancellationToken) {
        if self.failures == 0 {
            tracing::warn!("Telegram cannot be reached; trying again until it can");
        }
        let seconds = (1_u64 << self.failures.min(3)).min(5);
        self.failures = self.failures.saturating_add(1);
        pause(Duration::from_secs(seconds), stop).await;
    }

    pub fn ended(&mut self) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "Telegram can be reached again");
            self.failures = 0;
        }
    }
}

/// Waits, but not longer than until `stop`.
pub async fn pause(wait: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = stop.cancelled() => {}
    }
}

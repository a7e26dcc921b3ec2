//! Updates in: journalled, then confirmed, then handed to the lanes. Inline queries are not
//! journalled: Telegram forgets them within seconds.
//!
//! teloxide's own loop confirms before a handler ends and drops what it cannot parse, so this asks
//! for raw JSON. Nothing of an update's content is ever logged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;
use teloxide::requests::{JsonRequest, Payload, Request};
use teloxide::{Bot, RequestError};
use tokio_util::sync::CancellationToken;

use super::incoming;
use super::inline::Typing;
use super::lanes::Lanes;
use super::react::Reactor;
use super::refusal::{Refusal, classify};
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
/// With the slack below teloxide's HTTP timeout of 17 s.
const POLL_SECONDS: u8 = 10;
/// So long the way to Telegram and back may take, so that who hears nothing in an outage tries anew.
const SLACK: Duration = Duration::from_secs(4);
const BATCH: u8 = 100;

/// Receives until `stop`; first come the updates that an earlier run left.
pub async fn run(
    bot: &Bot,
    reactor: &Reactor,
    lanes: &Lanes,
    typing: &Typing,
    stop: &CancellationToken,
) -> Result<(), Trouble> {
    let (store, wire) = (&reactor.store, &reactor.sender.wire);
    for left in store.waiting()? {
        lanes.add(left.chat, left.thread, left.id);
    }
    let mut offset = None;
    let mut outage = Outage::default();
    let mut cut = None;
    let mut refused = 0;
    loop {
        tokio::select! {
            () = lanes.room() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let begun = Instant::now();
        // In an outage the answer is wanted at once, since it ends with it.
        let timeout = if outage.failures > 0 { 0 } else { POLL_SECONDS };
        let request = GetUpdates { offset, limit: BATCH, timeout, allowed_updates: ALLOWED };
        let polled = tokio::select! {
            polled = asked(timeout, JsonRequest::new(bot.clone(), request).send()) => polled,
            () = stop.cancelled() => return Ok(()),
        };
        match polled {
            Ok(updates) => {
                outage.ended();
                cut = None;
                updates
                    .iter()
                    .filter_map(incoming::inline_query)
                    .for_each(|query| typing.add(query));
                match take(store, updates).await {
                    Ok(None) => {}
                    Ok(Some((new, next))) => {
                        if refused > 0 {
                            reactor.store_works();
                        }
                        refused = 0;
                        offset = Some(next);
                        for update in new {
                            lanes.add(update.chat, update.thread, update.id);
                        }
                    }
                    // Not confirmed, so Telegram hands them out again.
                    Err(error) if error.is_corrupt() && refused == 0 => {
                        store.mend()?;
                        refused = 1;
                    }
                    Err(error) => {
                        reactor.store_fails(&error);
                        pause(back_off(refused), stop).await;
                        refused += 1;
                    }
                }
            }
            Err(Refusal::WrongToken) => return Err(Trouble::WrongToken),
            Err(Refusal::Conflict) => return Err(Trouble::Conflict),
            Err(Refusal::RetryAfter(wait)) => pause(wait, stop).await,
            Err(_) => {
                // Once may be an accident.
                if outage.failures > 0 {
                    cut.get_or_insert_with(|| wire.cut());
                }
                outage.wait(begun, stop).await;
            }
        }
    }
}

/// What Telegram says to a request that it may take so many seconds for.
pub async fn asked<T>(
    seconds: u8,
    request: impl Future<Output = Result<T, RequestError>>,
) -> Result<T, Refusal> {
    match tokio::time::timeout(Duration::from_secs(seconds.into()) + SLACK, request).await {
        Ok(answer) => answer.map_err(|error| match &error {
            // A token of the wrong form is answered with 404.
            RequestError::Api(api) if api.to_string().contains("Not Found") => Refusal::WrongToken,
            error => classify(error),
        }),
        Err(_) => Err(Refusal::Transient),
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
    /// Waits until the next try, counted from when the one that failed was `begun`.
    pub async fn wait(&mut self, begun: Instant, stop: &CancellationToken) {
        if self.failures == 0 {
            tracing::warn!("Telegram cannot be reached; trying again until it can");
        }
        let wait = back_off(self.failures).saturating_sub(begun.elapsed());
        self.failures = self.failures.saturating_add(1);
        pause(wait, stop).await;
    }

    pub fn ended(&mut self) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "Telegram can be reached again");
            self.failures = 0;
        }
    }
}

/// The time between two tries: 1, 2, then 4 s.
fn back_off(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.min(2))
}

/// Waits, but not longer than until `stop`.
pub async fn pause(wait: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(wait) => {}
        () = stop.cancelled() => {}
    }
}

//! Updates that Telegram is asked for: journalled, then confirmed.
//!
//! teloxide's own loop confirms before a handler ends and drops what it cannot parse, so this asks
//! for raw JSON. An update that cannot be parsed is journalled by its id alone, and confirmed with the
//! others.

use std::time::Instant;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::get_updates::{GetUpdates, get_updates};
use crate::bot::api::response::UpdateBatch;
use crate::bot::api::update_batch::{Received, UnsplittableBatch, id_of};
use crate::bot::consumer::Consumer;
use crate::bot::error::BotError;
use crate::bot::outage::{NETWORK_TIMEOUT, OUTAGE_RETRY, Outage};
use crate::bot::receive::conflict::ConflictMonitor;
use crate::bot::receive::journal::{Ingest, IngestOutcome};
use crate::bot::receive::update::UpdateKind;
use crate::bot::retry::sleep_or_stop;

const POLL_SECONDS: u8 = 10;
/// Timeout of a long poll during a conflict: a short one notices its end sooner.
const CONFLICT_POLL_SECONDS: u8 = 2;
const BATCH: u8 = 100;
/// How often one update must spoil its response before it is skipped: the network may have done it.
const MAX_TRIES: u32 = 3;

/// Receives until `stop`.
pub async fn run(
    client: &ApiClient,
    ingest: &Ingest,
    stop: &CancellationToken,
) -> Result<(), BotError> {
    let mut position = Position::default();
    let mut outage = Outage::pausing_sends(ingest.in_flight());
    let mut conflict = ConflictMonitor::new(ingest.health());
    let mut has_received = false;
    let mut refused = 0;
    loop {
        tokio::select! {
            () = ingest.wait_for_capacity() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let begun = Instant::now();
        let timeout = match (outage.is_on(), conflict.is_on()) {
            // In an outage the answer is wanted at once, since it ends with it.
            (true, _) => 0,
            (false, true) => CONFLICT_POLL_SECONDS,
            (false, false) => POLL_SECONDS,
        };
        let (offset, limit) = (position.offset, position.limit());
        let allowed_updates = UpdateKind::ALL.to_vec();
        let request = GetUpdates { offset, limit, timeout, allowed_updates };
        let polled = tokio::select! {
            polled = get_updates(client, &request, NETWORK_TIMEOUT) => polled,
            () = stop.cancelled() => return Ok(()),
        };
        let updates = match polled {
            Ok(polled) => {
                outage.ended();
                conflict.not_refused(Instant::now());
                has_received = true;
                ingest.health().reached(Instant::now());
                match polled {
                    UpdateBatch::Batch(updates) => position.split(updates),
                    UpdateBatch::Unsplittable(unsplittable) => position.not_split(&unsplittable),
                }
            }
            // A token of the wrong form is answered with 404.
            Err(ApiError::Rejected { code: 404, .. }) => return Err(BotError::WrongToken),
            Err(error) => {
                match (ingest.health().count_error(&error), &error) {
                    (ApiErrorKind::WrongToken, _) => return Err(BotError::WrongToken),
                    (ApiErrorKind::Conflict, ApiError::Rejected { description, .. }) => {
                        let rival = Consumer::of(description);
                        if !has_received {
                            return Err(BotError::Conflict(rival));
                        }
                        // Telegram was reached.
                        outage.ended();
                        conflict.wait(rival, stop).await;
                    }
                    (ApiErrorKind::RetryAfter(wait), _) => {
                        ingest.block_sends(wait);
                        sleep_or_stop(wait, stop).await;
                    }
                    _ => outage.wait(client, &error, begun, stop).await,
                }
                continue;
            }
        };
        match ingest.ingest(&updates).await? {
            IngestOutcome::Journalled => {
                refused = 0;
                report_skipped(&updates);
                if position.confirm(&updates) == Progress::None {
                    // Without a pause, Telegram would return these updates again at once.
                    sleep_or_stop(OUTAGE_RETRY.delay(position.stays.saturating_sub(1)), stop).await;
                }
            }
            // Not confirmed, so Telegram hands them out again.
            IngestOutcome::StoreUnavailable => {
                sleep_or_stop(OUTAGE_RETRY.delay(refused), stop).await;
                refused += 1;
            }
        }
    }
}

/// How far the updates are confirmed.
#[derive(Debug, Default)]
struct Position {
    /// The first id that is not.
    offset: Option<i64>,
    /// Whether the next request is for one update alone, since a response with more could not be split.
    is_single: bool,
    /// How often in a row a request has led no further.
    stays: u32,
    is_stuck: bool,
}

/// Whether something was confirmed, or nothing was there to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Made,
    None,
}

impl Position {
    fn limit(&self) -> u8 {
        if self.is_single { 1 } else { BATCH }
    }

    /// Returns the updates of a response, with a placeholder for each that cannot be parsed.
    fn split(&mut self, updates: Vec<Received>) -> Vec<Value> {
        self.is_single = false;
        let mut is_nameless = false;
        let readable = |received| match received {
            Received::Parsed(update) => Some(update),
            Received::Unreadable { id: Some(id) } => Some(placeholder(id)),
            Received::Unreadable { id: None } => {
                is_nameless = true;
                None
            }
        };
        let updates = updates.into_iter().filter_map(readable).collect();
        if is_nameless && !self.is_stuck {
            tracing::warn!("an update without a readable id is skipped");
        }
        self.is_stuck = is_nameless;
        updates
    }

    /// Returns a placeholder for the one update that keeps the response from being split, once that is
    /// certain.
    fn not_split(&mut self, UnsplittableBatch { first }: &UnsplittableBatch) -> Vec<Value> {
        self.is_stuck = true;
        let is_certain = self.is_single && self.stays >= MAX_TRIES;
        self.is_single = true;
        first.filter(|_| is_certain).map(placeholder).into_iter().collect()
    }

    /// Confirms updates with the next request.
    fn confirm(&mut self, updates: &[Value]) -> Progress {
        let before = self.offset;
        let next = updates.iter().filter_map(id_of).max().map(|last| last + 1);
        self.offset = next.or(before);
        let is_further = self.offset != before || (updates.is_empty() && !self.is_stuck);
        if is_further {
            self.stays = 0;
            self.is_stuck = false;
            return Progress::Made;
        }
        self.stays = self.stays.saturating_add(1);
        Progress::None
    }
}

/// Returns what is journalled of an update that cannot be read.
pub fn placeholder(id: i64) -> Value {
    json!({ "update_id": id })
}

/// Logs which of these updates, now journalled, are skipped.
pub fn report_skipped(updates: &[Value]) {
    for update in updates {
        if let Some(id) = id_of(update).filter(|id| *update == placeholder(*id)) {
            tracing::warn!(update = id, "an update cannot be read; it is skipped");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(id: i64) -> Received {
        Received::Parsed(json!({ "update_id": id }))
    }

    #[test]
    fn updates_are_confirmed_with_those_that_cannot_be_read() {
        let mut position = Position::default();
        let read = position.split(vec![update(7), Received::Unreadable { id: Some(8) }]);
        assert_eq!(read, [json!({"update_id": 7}), json!({"update_id": 8})]);
        assert_eq!((position.confirm(&read), position.offset), (Progress::Made, Some(9)));
        let read = position.split(Vec::new());
        assert_eq!((position.confirm(&read), position.offset), (Progress::Made, Some(9)));
        // One without an id waits until another follows it.
        let read = position.split(vec![Received::Unreadable { id: None }]);
        assert_eq!((position.confirm(&read), position.offset), (Progress::None, Some(9)));
        let read = position.split(vec![Received::Unreadable { id: None }, update(10)]);
        assert_eq!((position.confirm(&read), position.offset), (Progress::Made, Some(11)));
    }

    #[test]
    fn updates_that_cannot_be_split_come_one_by_one_and_the_bad_one_is_skipped() {
        let mut position = Position::default();
        let unsplittable = UnsplittableBatch { first: Some(7) };
        let mut requests = 0;
        let skipped = loop {
            requests += 1;
            let read = position.not_split(&unsplittable);
            let progress = position.confirm(&read);
            if progress == Progress::Made {
                break read;
            }
            assert_eq!((read.len(), position.limit()), (0, 1));
        };
        assert_eq!((skipped, position.offset), (vec![json!({"update_id": 7})], Some(8)));
        assert_eq!(requests, 1 + MAX_TRIES);
        position.split(Vec::new());
        assert_eq!(position.limit(), BATCH);
    }

    #[test]
    fn updates_without_any_id_are_never_passed_over() {
        let mut position = Position { offset: Some(5), ..Position::default() };
        for _ in 0..100 {
            let read = position.not_split(&UnsplittableBatch { first: None });
            assert_eq!((position.confirm(&read), position.offset), (Progress::None, Some(5)));
        }
    }
}

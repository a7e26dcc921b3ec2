//! Long polling: updates are requested from Telegram, journalled, and then confirmed.
//!
//! teloxide's polling is not used, since it confirms an update before its handler ends, and drops
//! an update that it cannot parse. Here such an update is journalled by its id and confirmed like
//! the others.

use std::time::Instant;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::get_updates::{GetUpdates, get_updates};
use crate::bot::api::response::UpdateBatch;
use crate::bot::backoff::sleep_or_stop;
use crate::bot::consumer::Consumer;
use crate::bot::error::BotError;
use crate::bot::outage::{NETWORK_TIMEOUT, OUTAGE_RETRY, Outage};
use crate::bot::receive::conflict::ConflictMonitor;
use crate::bot::receive::ingest::{Ingest, IngestOutcome};
use crate::bot::receive::offset::{Offset, Progress};
use crate::bot::receive::placeholder::log_skipped;
use crate::bot::update_kind::UpdateKind;

/// Timeout of a long poll, in seconds.
const POLL_SECONDS: u8 = 10;
/// Timeout of a long poll during a conflict, in seconds. A short poll notices the end sooner.
const CONFLICT_POLL_SECONDS: u8 = 2;

/// State of long polling between two requests.
struct Poller<'a> {
    client: &'a ApiClient,
    ingest: &'a Ingest,
    stop: &'a CancellationToken,
    offset: Offset,
    outage: Outage<'a>,
    conflict: ConflictMonitor<'a>,
    has_received: bool,
    /// Number of batches in succession that the store did not take.
    store_failures: u32,
}

/// Receives updates until `stop`.
pub async fn run(
    client: &ApiClient,
    ingest: &Ingest,
    stop: &CancellationToken,
) -> Result<(), BotError> {
    let mut poller = Poller {
        client,
        ingest,
        stop,
        offset: Offset::default(),
        outage: Outage::pausing_sends(ingest.in_flight()),
        conflict: ConflictMonitor::new(ingest.health()),
        has_received: false,
        store_failures: 0,
    };
    loop {
        tokio::select! {
            () = ingest.wait_for_capacity() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let started = Instant::now();
        let request = poller.next_request();
        let response = tokio::select! {
            response = get_updates(client, &request, NETWORK_TIMEOUT) => response,
            () = stop.cancelled() => return Ok(()),
        };
        match response {
            Ok(batch) => {
                let updates = poller.updates_of(batch);
                poller.journal(&updates).await?;
            }
            Err(error) => poller.recover(&error, started).await?,
        }
    }
}

impl Poller<'_> {
    /// Returns the request for the next batch of updates.
    fn next_request(&self) -> GetUpdates<UpdateKind> {
        let timeout = match (self.outage.is_on(), self.conflict.is_on()) {
            // Telegram must respond at once, since the response ends the outage.
            (true, _) => 0,
            (false, true) => CONFLICT_POLL_SECONDS,
            (false, false) => POLL_SECONDS,
        };
        GetUpdates {
            offset: self.offset.next(),
            limit: self.offset.limit(),
            timeout,
            allowed_updates: UpdateKind::ALL.to_vec(),
        }
    }

    /// Records that Telegram responded, and returns the updates of the batch.
    fn updates_of(&mut self, batch: UpdateBatch) -> Vec<Value> {
        self.outage.ended();
        self.conflict.request_succeeded(Instant::now());
        self.has_received = true;
        self.ingest.health().telegram_seen(Instant::now());
        match batch {
            UpdateBatch::Batch(updates) => self.offset.split(updates),
            UpdateBatch::Unsplittable(unsplittable) => self.offset.not_split(&unsplittable),
        }
    }

    /// Writes the updates into the journal and confirms them. If the store fails, they are not
    /// confirmed, so Telegram returns them again.
    async fn journal(&mut self, updates: &[Value]) -> Result<(), BotError> {
        match self.ingest.ingest(updates).await? {
            IngestOutcome::Journalled => {
                self.store_failures = 0;
                log_skipped(updates);
                if let Progress::Stalled { before } = self.offset.confirm(updates) {
                    // Without a pause, Telegram would return these updates again at once.
                    sleep_or_stop(OUTAGE_RETRY.delay(before), self.stop).await;
                }
            }
            IngestOutcome::StoreUnavailable => {
                sleep_or_stop(OUTAGE_RETRY.delay(self.store_failures), self.stop).await;
                self.store_failures += 1;
            }
        }
        Ok(())
    }

    /// Waits before the next request. Returns the errors that another request cannot cure.
    async fn recover(&mut self, error: &ApiError, started: Instant) -> Result<(), BotError> {
        // Telegram answers a malformed token with 404.
        if let ApiError::Rejected { code: 404, .. } = error {
            return Err(BotError::WrongToken);
        }
        match (self.ingest.health().count_error(error), error) {
            (ApiErrorKind::WrongToken, _) => return Err(BotError::WrongToken),
            (ApiErrorKind::Conflict, ApiError::Rejected { description, .. }) => {
                let consumer = Consumer::of(description);
                if !self.has_received {
                    return Err(BotError::Conflict(consumer));
                }
                // A rejection shows that Telegram is reachable.
                self.outage.ended();
                self.conflict.wait(consumer, self.stop).await;
            }
            (ApiErrorKind::RetryAfter(wait), _) => {
                self.ingest.block_sends(wait);
                sleep_or_stop(wait, self.stop).await;
            }
            _ => self.outage.wait(self.client, error, started, self.stop).await,
        }
        Ok(())
    }
}

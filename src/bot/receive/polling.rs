//! Long polling: updates are requested from Telegram, journalled, and then confirmed.
//!
//! teloxide's polling is not used, since it confirms an update before its handler ends, and drops
//! an update that it cannot parse. Here such an update is journalled by its id and confirmed like
//! the others.

use std::time::Instant;

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

/// Receives updates until `stop`.
pub async fn run(
    client: &ApiClient,
    ingest: &Ingest,
    stop: &CancellationToken,
) -> Result<(), BotError> {
    let mut offset = Offset::default();
    let mut outage = Outage::pausing_sends(ingest.in_flight());
    let mut conflict = ConflictMonitor::new(ingest.health());
    let mut has_received = false;
    let mut store_failures = 0;
    loop {
        tokio::select! {
            () = ingest.wait_for_capacity() => {}
            () = stop.cancelled() => return Ok(()),
        }
        let started = Instant::now();
        let timeout = match (outage.is_on(), conflict.is_on()) {
            // Telegram must respond at once, since the response ends the outage.
            (true, _) => 0,
            (false, true) => CONFLICT_POLL_SECONDS,
            (false, false) => POLL_SECONDS,
        };
        let allowed_updates = UpdateKind::ALL.to_vec();
        let (next, limit) = (offset.next(), offset.limit());
        let request = GetUpdates { offset: next, limit, timeout, allowed_updates };
        let response = tokio::select! {
            response = get_updates(client, &request, NETWORK_TIMEOUT) => response,
            () = stop.cancelled() => return Ok(()),
        };
        let updates = match response {
            Ok(batch) => {
                outage.ended();
                conflict.request_succeeded(Instant::now());
                has_received = true;
                ingest.health().telegram_seen(Instant::now());
                match batch {
                    UpdateBatch::Batch(updates) => offset.split(updates),
                    UpdateBatch::Unsplittable(unsplittable) => offset.not_split(&unsplittable),
                }
            }
            // Telegram answers a malformed token with 404.
            Err(ApiError::Rejected { code: 404, .. }) => return Err(BotError::WrongToken),
            Err(error) => {
                match (ingest.health().count_error(&error), &error) {
                    (ApiErrorKind::WrongToken, _) => return Err(BotError::WrongToken),
                    (ApiErrorKind::Conflict, ApiError::Rejected { description, .. }) => {
                        let consumer = Consumer::of(description);
                        if !has_received {
                            return Err(BotError::Conflict(consumer));
                        }
                        // A rejection shows that Telegram is reachable.
                        outage.ended();
                        conflict.wait(consumer, stop).await;
                    }
                    (ApiErrorKind::RetryAfter(wait), _) => {
                        ingest.block_sends(wait);
                        sleep_or_stop(wait, stop).await;
                    }
                    _ => outage.wait(client, &error, started, stop).await,
                }
                continue;
            }
        };
        match ingest.ingest(&updates).await? {
            IngestOutcome::Journalled => {
                store_failures = 0;
                log_skipped(&updates);
                if let Progress::Stalled { before } = offset.confirm(&updates) {
                    // Without a pause, Telegram would return these updates again at once.
                    sleep_or_stop(OUTAGE_RETRY.delay(before), stop).await;
                }
            }
            // The updates are not confirmed, so Telegram returns them again.
            IngestOutcome::StoreUnavailable => {
                sleep_or_stop(OUTAGE_RETRY.delay(store_failures), stop).await;
                store_failures += 1;
            }
        }
    }
}

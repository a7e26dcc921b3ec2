//! Webhook: Telegram posts updates, which are journalled and then acknowledged.
//!
//! An update is acknowledged only once it is in the journal. An update that is posted again is
//! acknowledged and not handled again, and one that cannot be parsed is journalled by its id. A
//! request without the secret gets a status code only. The webhook stays set when the bot stops, so
//! Telegram keeps the updates until the next start.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{Method, StatusCode};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::{ApiError, ApiErrorKind};
use crate::bot::api::text::log_safe;
use crate::bot::api::update_batch::{self, Received};
use crate::bot::api::webhook::{SetWebhook, WebhookInfo, get_webhook_info, set_webhook};
use crate::bot::backoff::sleep_or_stop;
use crate::bot::consumer::Consumer;
use crate::bot::error::BotError;
use crate::bot::operations::http::BoundListener;
use crate::bot::outage::{NETWORK_TIMEOUT, Outage};
use crate::bot::receive::conflict::ConflictMonitor;
use crate::bot::receive::ingest::{Ingest, IngestOutcome};
use crate::bot::receive::placeholder::{log_skipped, placeholder};
use crate::bot::update_kind::UpdateKind;
use crate::config::{BotToken, Webhook, WebhookSecret};
use crate::store::StoreError;

/// Webhook with the listener that serves it.
#[derive(Debug)]
pub struct BoundWebhook {
    pub webhook: Webhook,
    pub listener: BoundListener,
}

/// State of the HTTP endpoint.
struct WebhookReceiver {
    path: String,
    secret: WebhookSecret,
    ingest: Arc<Ingest>,
    /// Error of the store after which the bot cannot continue.
    store_error: Mutex<Option<StoreError>>,
    stop: CancellationToken,
    /// Ingests in progress. Each has a task, since a journalled update must be added to its queue
    /// even if Telegram closes the connection.
    ingests: TaskTracker,
}

/// Request header with the secret.
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// Maximum number of Telegram's connections, which is Telegram's default. Telegram posts the
/// updates of one chat one after the other, whatever the number is.
const MAX_TELEGRAM_CONNECTIONS: u8 = 40;
const MAX_BODY_BYTES: usize = 1024 * 1024;
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Interval of the checks whether the webhook is still set.
const CHECK_INTERVAL: Duration = Duration::from_secs(30);
/// Interval of the checks while another process changes the webhook.
const CONFLICT_CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// Receives updates until `stop`.
pub async fn run(
    client: &ApiClient,
    token: &BotToken,
    bound: BoundWebhook,
    ingest: &Arc<Ingest>,
    stop: &CancellationToken,
) -> Result<(), BotError> {
    let BoundWebhook { webhook, listener } = bound;
    let secret = webhook.secret.clone().unwrap_or_else(|| WebhookSecret::derive_from(token));
    let request = SetWebhook {
        url: webhook.url.clone(),
        secret_token: secret.clone(),
        allowed_updates: UpdateKind::ALL.to_vec(),
        max_connections: MAX_TELEGRAM_CONNECTIONS,
        drop_pending_updates: false,
    };
    let receiver = Arc::new(WebhookReceiver {
        path: webhook.url.path().to_owned(),
        secret,
        ingest: Arc::clone(ingest),
        store_error: Mutex::default(),
        stop: stop.clone(),
        ingests: TaskTracker::new(),
    });
    let router = Router::new()
        .fallback(receive)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(Arc::clone(&receiver));
    // The endpoint is served before the webhook is set, since an earlier run may have set it
    // already.
    let (served, kept) = tokio::join!(
        async {
            let served = listener.serve(router, stop).await;
            stop.cancel();
            served
        },
        async {
            let kept = keep_registered(client, &request, ingest, stop).await;
            stop.cancel();
            kept
        },
    );
    receiver.ingests.close();
    receiver.ingests.wait().await;
    match receiver.store_error.lock().take() {
        Some(error) => Err(BotError::Store(error)),
        None => served.and(kept),
    }
}

/// Sets the webhook, and sets it again whenever it is not set any more.
async fn keep_registered(
    client: &ApiClient,
    request: &SetWebhook<UpdateKind>,
    ingest: &Ingest,
    stop: &CancellationToken,
) -> Result<(), BotError> {
    let mut outage = Outage::pausing_sends(ingest.in_flight());
    let mut conflict = ConflictMonitor::new(ingest.health());
    let mut is_set = false;
    let mut reported_until = ingest.health().time.now();
    while !stop.is_cancelled() {
        let started = Instant::now();
        let response = tokio::select! {
            response = register_or_check(client, request, is_set) => response,
            () = stop.cancelled() => return Ok(()),
        };
        if response.is_ok() {
            outage.ended();
            ingest.health().telegram_seen(Instant::now());
        }
        match response {
            Ok(None) => {
                tracing::info!("the webhook is set");
                is_set = true;
            }
            Ok(Some(info)) => {
                log_delivery_error(&info, &mut reported_until);
                is_set = Url::parse(&info.url).is_ok_and(|url| url == request.url);
                match is_set {
                    true => {
                        conflict.request_succeeded(Instant::now());
                        let interval = match conflict.is_on() {
                            true => CONFLICT_CHECK_INTERVAL,
                            false => CHECK_INTERVAL,
                        };
                        sleep_or_stop(interval, stop).await;
                    }
                    false => conflict.wait(Consumer::OtherWebhook, stop).await,
                }
            }
            Err(error) => match (ingest.health().count_error(&error), &error) {
                (ApiErrorKind::WrongToken, _) => return Err(BotError::WrongToken),
                (ApiErrorKind::RetryAfter(wait), _) => sleep_or_stop(wait, stop).await,
                (ApiErrorKind::Transient, _) => outage.wait(client, &error, started, stop).await,
                (ApiErrorKind::Conflict, ApiError::Rejected { description, .. }) => {
                    conflict.wait(Consumer::of(description), stop).await;
                }
                (_, ApiError::Rejected { description, .. }) if !is_set => {
                    return Err(BotError::WebhookRefused(description.clone()));
                }
                _ => outage.wait(client, &error, started, stop).await,
            },
        }
    }
    Ok(())
}

/// Logs the last update that Telegram could not deliver if it is later than `reported_until`.
fn log_delivery_error(info: &WebhookInfo, reported_until: &mut i64) {
    if let (Some(at), Some(reason)) = (info.last_error_date, &info.last_error_message)
        && at > *reported_until
    {
        *reported_until = at;
        let reason = log_safe(reason);
        tracing::warn!(reason, "Telegram could not deliver an update to the webhook");
    }
}

/// Sets the webhook, or returns its state if it was set before.
async fn register_or_check(
    client: &ApiClient,
    request: &SetWebhook<UpdateKind>,
    is_set: bool,
) -> Result<Option<WebhookInfo>, ApiError> {
    match is_set {
        true => get_webhook_info(client, NETWORK_TIMEOUT).await.map(Some),
        false => set_webhook(client, request).await.map(|()| None),
    }
}

/// Handles a request of the endpoint.
async fn receive(State(receiver): State<Arc<WebhookReceiver>>, request: Request) -> StatusCode {
    if request.uri().path() != receiver.path {
        return StatusCode::NOT_FOUND;
    }
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    let secret = request.headers().get(SECRET_HEADER);
    if !secret.is_some_and(|secret| receiver.secret.is(secret.as_bytes())) {
        return StatusCode::UNAUTHORIZED;
    }
    let update = match read(request, BODY_TIMEOUT).await {
        Ok(Some(update)) => update,
        Ok(None) => return StatusCode::OK,
        Err(status) => return status,
    };
    if !receiver.ingest.has_capacity() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let ingest = Arc::clone(&receiver.ingest);
    let ingesting = receiver.ingests.spawn(async move {
        let updates = [update];
        let outcome = ingest.ingest(&updates).await;
        if matches!(outcome, Ok(IngestOutcome::Journalled)) {
            log_skipped(&updates);
        }
        outcome
    });
    match ingesting.await {
        Ok(Ok(IngestOutcome::Journalled)) => StatusCode::OK,
        Ok(Ok(IngestOutcome::StoreUnavailable)) => StatusCode::SERVICE_UNAVAILABLE,
        Ok(Err(error)) => {
            *receiver.store_error.lock() = Some(error);
            receiver.stop.cancel();
            StatusCode::INTERNAL_SERVER_ERROR
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Reads the update of a request. Returns `None` for an update that is skipped, and an error status
/// if the request has no update.
async fn read(request: Request, time: Duration) -> Result<Option<Value>, StatusCode> {
    let body = timeout(time, Bytes::from_request(request, &())).await;
    let body = body.map_err(|_| StatusCode::REQUEST_TIMEOUT)?.map_err(|error| error.status())?;
    match update_batch::update(&body) {
        Received::Parsed(update) => Ok(Some(update)),
        // After an error status, Telegram would post the same update again and again.
        Received::Unreadable { id: Some(id) } => Ok(Some(placeholder(id))),
        Received::Unreadable { id: None } if update_batch::may_be_update(&body) => {
            tracing::warn!("an update without a readable id is skipped");
            Ok(None)
        }
        Received::Unreadable { id: None } => Err(StatusCode::BAD_REQUEST),
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::body::{Body, HttpBody};
    use hyper::body::Frame;

    use super::*;

    /// Body that never arrives.
    struct Withheld;

    impl HttpBody for Withheld {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn webhook_limits_the_time_of_a_body() {
        let whole = Request::new(Body::from("{\"update_id\": 1}"));
        assert!(read(whole, BODY_TIMEOUT).await.is_ok());
        let withheld = read(Request::new(Body::new(Withheld)), Duration::ZERO).await;
        assert_eq!(withheld, Err(StatusCode::REQUEST_TIMEOUT));
    }
}

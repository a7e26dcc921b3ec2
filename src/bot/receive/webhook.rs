//! Updates that Telegram brings: journalled, then acknowledged.
//!
//! An update is acknowledged only when it is in the journal; one that comes again is acknowledged and not
//! answered again, and one that cannot be parsed is journalled by its id alone. Whatever does not have
//! the secret learns nothing. The webhook stays set when the bot
//! stops: Telegram keeps what comes meanwhile.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{Method, StatusCode};
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
use crate::bot::consumer::Consumer;
use crate::bot::error::BotError;
use crate::bot::operations::http::BoundListener;
use crate::bot::outage::{NETWORK_TIMEOUT, Outage};
use crate::bot::receive::conflict::ConflictMonitor;
use crate::bot::receive::journal::{Ingest, IngestOutcome};
use crate::bot::receive::polling::{placeholder, report_skipped};
use crate::bot::receive::update::UpdateKind;
use crate::bot::retry::sleep_or_stop;
use crate::config::{BotToken, Webhook, WebhookSecret};
use crate::store::StoreError;

/// A webhook with the address that it is to be served on.
#[derive(Debug)]
pub struct BoundWebhook {
    pub webhook: Webhook,
    pub listener: BoundListener,
}

const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// Telegram's own default. Updates of one chat come one after the other, whatever this is.
const MAX_TELEGRAM_CONNECTIONS: u8 = 40;
const MAX_BODY_BYTES: usize = 1024 * 1024;
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
const CHECK_INTERVAL: Duration = Duration::from_secs(30);
/// The same while another process changes the webhook, too.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Takes updates until `stop`.
pub async fn run(
    client: &ApiClient,
    token: &BotToken,
    hook: BoundWebhook,
    ingest: &Arc<Ingest>,
    stop: &CancellationToken,
) -> Result<(), BotError> {
    let BoundWebhook { webhook, listener: door } = hook;
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
        failed: Mutex::default(),
        stop: stop.clone(),
        taking: TaskTracker::new(),
    });
    let router = Router::new()
        .fallback(receive)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(Arc::clone(&receiver));
    // Telegram may still call by what an earlier run of the bot has set.
    let (served, kept) = tokio::join!(
        async {
            let served = door.serve(router, stop).await;
            stop.cancel();
            served
        },
        async {
            let kept = keep_registered(client, &request, ingest, stop).await;
            stop.cancel();
            kept
        },
    );
    receiver.taking.close();
    receiver.taking.wait().await;
    match receiver.broken().take() {
        Some(error) => Err(BotError::Store(error)),
        None => served.and(kept),
    }
}

/// Sets the webhook, and sets it again when it is gone.
async fn keep_registered(
    client: &ApiClient,
    request: &SetWebhook<UpdateKind>,
    ingest: &Ingest,
    stop: &CancellationToken,
) -> Result<(), BotError> {
    let mut outage = Outage::pausing_sends(ingest.in_flight());
    let mut conflict = ConflictMonitor::new(ingest.health());
    let mut is_set = false;
    let mut told = ingest.health().time.now();
    while !stop.is_cancelled() {
        let begun = Instant::now();
        let asked = tokio::select! {
            asked = register_or_check(client, request, is_set) => asked,
            () = stop.cancelled() => return Ok(()),
        };
        if asked.is_ok() {
            outage.ended();
            ingest.health().reached(Instant::now());
        }
        match asked {
            Ok(None) => {
                tracing::info!("the webhook is set");
                is_set = true;
            }
            Ok(Some(info)) => {
                if let (Some(at), Some(reason)) = (info.last_error_date, &info.last_error_message)
                    && at > told
                {
                    told = at;
                    let reason = log_safe(reason);
                    tracing::warn!(reason, "Telegram could not bring an update");
                }
                is_set = Url::parse(&info.url).is_ok_and(|url| url == request.url);
                match is_set {
                    true => {
                        conflict.not_refused(Instant::now());
                        let wait = if conflict.is_on() { RETRY_INTERVAL } else { CHECK_INTERVAL };
                        sleep_or_stop(wait, stop).await;
                    }
                    false => conflict.wait(Consumer::OtherWebhook, stop).await,
                }
            }
            Err(error) => match (ingest.health().count_error(&error), &error) {
                (ApiErrorKind::WrongToken, _) => return Err(BotError::WrongToken),
                (ApiErrorKind::RetryAfter(wait), _) => sleep_or_stop(wait, stop).await,
                (ApiErrorKind::Transient, _) => outage.wait(client, &error, begun, stop).await,
                (ApiErrorKind::Conflict, ApiError::Rejected { description, .. }) => {
                    conflict.wait(Consumer::of(description), stop).await;
                }
                (_, ApiError::Rejected { description, .. }) if !is_set => {
                    return Err(BotError::WebhookRefused(description.clone()));
                }
                _ => outage.wait(client, &error, begun, stop).await,
            },
        }
    }
    Ok(())
}

/// Sets the webhook, or asks how it is.
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

struct WebhookReceiver {
    path: String,
    secret: WebhookSecret,
    ingest: Arc<Ingest>,
    /// After this the bot cannot go on.
    failed: Mutex<Option<StoreError>>,
    stop: CancellationToken,
    /// Tasks of their own: what is in the journal must reach the lanes, even if who brought it is gone.
    taking: TaskTracker,
}

impl WebhookReceiver {
    fn broken(&self) -> MutexGuard<'_, Option<StoreError>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn receive(State(receiver): State<Arc<WebhookReceiver>>, request: Request) -> StatusCode {
    if request.uri().path() != receiver.path {
        return StatusCode::NOT_FOUND;
    }
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    let given = request.headers().get(SECRET_HEADER);
    if !given.is_some_and(|given| receiver.secret.is(given.as_bytes())) {
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
    let taking = receiver.taking.spawn(async move {
        let updates = [update];
        let taken = ingest.ingest(&updates).await;
        if matches!(taken, Ok(IngestOutcome::Journalled)) {
            report_skipped(&updates);
        }
        taken
    });
    match taking.await {
        Ok(Ok(IngestOutcome::Journalled)) => StatusCode::OK,
        Ok(Ok(IngestOutcome::StoreUnavailable)) => StatusCode::SERVICE_UNAVAILABLE,
        Ok(Err(error)) => {
            *receiver.broken() = Some(error);
            receiver.stop.cancel();
            StatusCode::INTERNAL_SERVER_ERROR
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Returns the update in a request, none for one that is skipped, or why there is none.
async fn read(request: Request, time: Duration) -> Result<Option<Value>, StatusCode> {
    let body = timeout(time, Bytes::from_request(request, &())).await;
    let body = body.map_err(|_| StatusCode::REQUEST_TIMEOUT)?.map_err(|error| error.status())?;
    match update_batch::update(&body) {
        Received::Parsed(update) => Ok(Some(update)),
        // Telegram would bring it again and again.
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

    /// A body of which nothing ever comes.
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
    async fn a_body_has_its_time() {
        let whole = Request::new(Body::from("{\"update_id\": 1}"));
        assert!(read(whole, BODY_TIMEOUT).await.is_ok());
        let withheld = read(Request::new(Body::new(Withheld)), Duration::ZERO).await;
        assert_eq!(withheld, Err(StatusCode::REQUEST_TIMEOUT));
    }
}

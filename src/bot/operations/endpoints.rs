//! To be watched: `/healthz`, `/readyz`, and `/metrics` for Prometheus. It tells numbers and reasons, never a
//! chat, a person or words.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::bot::INSTANCE_HEADER;
use crate::bot::operations::health::Health;
use crate::bot::operations::http::BoundListener;
use crate::bot::operations::metrics::GaugeSnapshot;
use crate::library::Library;
use crate::store::Store;

/// What is watched.
pub struct MonitorState {
    pub library: Arc<Library>,
    pub store: Arc<Store>,
    pub health: Arc<Health>,
    /// Id of this bot, for a header of `/healthz` and `/readyz`.
    pub instance: String,
}

/// Something that must be in order for the bot to answer.
type Check = (&'static str, Result<(), String>);

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Shows how the bot is, until `stop`.
pub async fn run(door: Option<BoundListener>, watched: MonitorState, stop: &CancellationToken) {
    let Some(door) = door else { return };
    let router = Router::new()
        .route("/healthz", get(liveness))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(watched));
    if let Err(error) = door.serve(router, stop).await {
        tracing::warn!(%error, "the bot cannot be watched");
    }
}

async fn liveness(State(watched): State<Arc<MonitorState>>) -> Response {
    (watched.header(), "ok\n").into_response()
}

async fn readiness(State(watched): State<Arc<MonitorState>>) -> Response {
    let health = Arc::clone(&watched.health);
    let header = watched.header();
    let Ok(checks) = spawn_blocking(move || watched.checks(Instant::now())).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let is_ready = checks.iter().all(|(_, outcome)| outcome.is_ok());
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut text = lines(&checks);
    // A clock that is wrong keeps nobody from an answer.
    if let Some(clock) = health.clock_status() {
        text += &format!("clock: {clock}\n");
    }
    (status, header, text).into_response()
}

async fn metrics(State(watched): State<Arc<MonitorState>>) -> Response {
    match spawn_blocking(move || watched.metrics()).await {
        Ok(Some(text)) => ([(header::CONTENT_TYPE, PROMETHEUS_TEXT)], text).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn lines(checks: &[Check]) -> String {
    let mut text = String::new();
    for (name, outcome) in checks {
        let told = outcome.as_ref().map_or_else(String::as_str, |()| "ok");
        // An error may come with a hint on its own line.
        let line = told.lines().next().unwrap_or_default();
        writeln!(text, "{name}: {line}").expect("writing to a string does not fail");
    }
    text
}

impl MonitorState {
    /// Returns the header by which `verbatim health` tells this bot from others.
    fn header(&self) -> [(&'static str, String); 1] {
        [(INSTANCE_HEADER, self.instance.clone())]
    }

    fn checks(&self, now: Instant) -> [Check; 4] {
        [
            ("index", self.library.check().map_err(|error| error.to_string())),
            ("store", self.store.check().map_err(|error| error.to_string())),
            ("telegram", self.health.telegram_status(now)),
            ("updates", self.health.stuck_updates(now)),
        ]
    }

    /// `None` after an error, which is logged here.
    fn metrics(&self) -> Option<String> {
        let size = self
            .library
            .size()
            .map_err(|error| tracing::error!(%error, "the index could not be measured"))
            .ok()?;
        let next = self
            .store
            .next_due()
            .map_err(|error| tracing::error!(%error, "schedules could not be looked up"))
            .ok()?;
        // A schedule that cannot be read is never due.
        let next_briefing = next.filter(|due| *due < i64::MAX);
        Some(self.health.metrics.text(&GaugeSnapshot { size, next_briefing }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_has_a_line() {
        let checks = [("index", Ok(())), ("store", Err("broken\nhint: mend it".to_owned()))];
        assert_eq!(lines(&checks), "index: ok\nstore: broken\n");
    }
}

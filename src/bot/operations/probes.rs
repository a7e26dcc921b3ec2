//! Monitoring endpoints: `/healthz` (liveness), `/readyz` (readiness), and `/metrics` for
//! Prometheus.
//!
//! The responses contain numbers and reasons, never the id of a chat or user, a name or a text.

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

use crate::bot::operations::bot_health::Health;
use crate::bot::operations::http::BoundListener;
use crate::bot::operations::instance;
use crate::bot::operations::metrics::GaugeSnapshot;
use crate::library::{ArticleFilter, Library};
use crate::store::Store;

/// Parts of the bot that are monitored.
pub struct MonitorState {
    pub library: Arc<Library>,
    pub store: Arc<Store>,
    pub health: Arc<Health>,
    /// Filter of the articles that everybody may see. The metrics count no others.
    pub public: ArticleFilter,
    /// Id of this bot, for the header of `/healthz` and `/readyz`.
    pub instance: String,
}

/// Name and outcome of a readiness check.
type Check = (&'static str, Result<(), String>);

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Serves the endpoints until `stop`. Returns at once without a listener.
pub async fn run(listener: Option<BoundListener>, monitor: MonitorState, stop: &CancellationToken) {
    let Some(listener) = listener else { return };
    let router = Router::new()
        .route("/healthz", get(liveness))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(monitor));
    if let Err(error) = listener.serve(router, stop).await {
        tracing::warn!(%error, "the monitoring endpoints are unavailable");
    }
}

async fn liveness(State(monitor): State<Arc<MonitorState>>) -> Response {
    (monitor.header(), "ok\n").into_response()
}

async fn readiness(State(monitor): State<Arc<MonitorState>>) -> Response {
    let health = Arc::clone(&monitor.health);
    let header = monitor.header();
    let Ok(checks) = spawn_blocking(move || monitor.checks(Instant::now())).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let is_ready = checks.iter().all(|(_, outcome)| outcome.is_ok());
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut text = lines(&checks);
    // A wrong clock and a feed that fails are reported, but do not prevent answers.
    if let Some(clock) = health.clock_status() {
        text += &format!("clock: {clock}\n");
    }
    for feed in health.failing_feeds() {
        text += &format!("feed: {}\n", feed);
    }
    (status, header, text).into_response()
}

async fn metrics(State(monitor): State<Arc<MonitorState>>) -> Response {
    match spawn_blocking(move || monitor.metrics()).await {
        Ok(Some(text)) => ([(header::CONTENT_TYPE, PROMETHEUS_TEXT)], text).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Returns a line for each check.
fn lines(checks: &[Check]) -> String {
    let mut text = String::new();
    for (name, outcome) in checks {
        let status = outcome.as_ref().map_or_else(String::as_str, |()| "ok");
        // An error may have further lines, such as a hint.
        let line = status.lines().next().unwrap_or_default();
        writeln!(text, "{name}: {line}").expect("writing to a string does not fail");
    }
    text
}

impl MonitorState {
    /// Returns the header by which `verbatim health` recognizes this bot.
    fn header(&self) -> [(&'static str, String); 1] {
        [(instance::HEADER, self.instance.clone())]
    }

    /// Checks the parts that must work for the bot to be ready.
    fn checks(&self, now: Instant) -> [Check; 4] {
        [
            ("index", self.library.check().map_err(|error| error.to_string())),
            ("store", self.store.check().map_err(|error| error.to_string())),
            ("telegram", self.health.telegram_status(now)),
            ("updates", self.health.stuck_updates(now)),
        ]
    }

    /// Returns the metrics in the text format of Prometheus, or `None` after an error, which is
    /// logged.
    fn metrics(&self) -> Option<String> {
        let view = self.library.view(self.public.clone());
        let index_size = view
            .size()
            .map_err(|error| tracing::error!(%error, "the index could not be measured"))
            .ok()?;
        let next = self
            .store
            .next_due()
            .map_err(|error| tracing::error!(%error, "schedules could not be looked up"))
            .ok()?;
        // The store marks a schedule that cannot be parsed as never due.
        let next_briefing = next.filter(|due| *due < i64::MAX);
        Some(self.health.metrics.text(&GaugeSnapshot { index_size, next_briefing }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_has_a_line_for_each_check() {
        let checks = [("index", Ok(())), ("store", Err("broken\nhint: mend it".to_owned()))];
        assert_eq!(lines(&checks), "index: ok\nstore: broken\n");
    }
}

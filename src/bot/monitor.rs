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

use super::INSTANCE_HEADER;
use super::metrics::Standing;
use super::vitals::Vitals;
use super::web::Door;
use crate::library::Library;
use crate::store::Store;

/// What is watched.
pub struct Watched {
    pub library: Arc<Library>,
    pub store: Arc<Store>,
    pub vitals: Arc<Vitals>,
    /// Id of this bot, for a header of `/healthz` and `/readyz`.
    pub instance: String,
}

/// Something that must be in order for the bot to answer.
type Check = (&'static str, Result<(), String>);

const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Shows how the bot is, until `stop`.
pub async fn run(door: Option<Door>, watched: Watched, stop: &CancellationToken) {
    let Some(door) = door else { return };
    let router = Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(Arc::new(watched));
    if let Err(error) = door.serve(router, stop).await {
        tracing::warn!(%error, "the bot cannot be watched");
    }
}

async fn alive(State(watched): State<Arc<Watched>>) -> Response {
    (watched.header(), "ok\n").into_response()
}

async fn ready(State(watched): State<Arc<Watched>>) -> Response {
    let vitals = Arc::clone(&watched.vitals);
    let header = watched.header();
    let Ok(checks) = spawn_blocking(move || watched.checks(Instant::now())).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let is_ready = checks.iter().all(|(_, outcome)| outcome.is_ok());
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut text = lines(&checks);
    // A clock that is wrong keeps nobody from an answer.
    if let Some(clock) = vitals.clock() {
        text += &format!("clock: {clock}\n");
    }
    (status, header, text).into_response()
}

async fn metrics(State(watched): State<Arc<Watched>>) -> Response {
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

impl Watched {
    /// Returns the header by which `verbatim health` tells this bot from others.
    fn header(&self) -> [(&'static str, String); 1] {
        [(INSTANCE_HEADER, self.instance.clone())]
    }

    fn checks(&self, now: Instant) -> [Check; 4] {
        [
            ("index", self.library.check().map_err(|error| error.to_string())),
            ("store", self.store.check().map_err(|error| error.to_string())),
            ("telegram", self.vitals.silence(now)),
            ("updates", self.vitals.stuck(now)),
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
        Some(self.vitals.metrics.text(&Standing { size, next_briefing }))
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

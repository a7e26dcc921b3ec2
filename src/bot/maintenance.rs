//! Maintenance of the store while the bot runs: missing files are restored, and old entries are
//! removed.

use std::panic::resume_unwind;
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::backoff::sleep_or_stop;
use super::context::BotContext;
use super::server_time::ServerTime;
use crate::store::Store;

/// Interval of the removal of old entries.
const PRUNE_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// Interval of the check of the store's files.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(5);

/// Maintains the store until `stop`.
pub async fn run(ctx: &BotContext, time: &ServerTime, stop: &CancellationToken) {
    let mut pruned = Instant::now();
    let mut is_failing = false;
    loop {
        sleep_or_stop(MAINTENANCE_INTERVAL, stop).await;
        if stop.is_cancelled() {
            return;
        }
        let is_due = pruned.elapsed() >= PRUNE_INTERVAL;
        let (work, time) = (ctx.store.clone(), time.clone());
        let maintained = spawn_blocking(move || {
            let maintained = work.maintain();
            if is_due {
                prune_store(&work, &time);
            }
            maintained
        });
        if is_due {
            pruned = Instant::now();
        }
        match maintained.await.unwrap_or_else(|panic| resume_unwind(panic.into_panic())) {
            Ok(()) if std::mem::take(&mut is_failing) => ctx.degraded_mode.leave(),
            Ok(()) => {}
            Err(error) => {
                is_failing = true;
                ctx.degraded_mode.enter(&error);
            }
        }
    }
}

/// Removes the entries that are too old.
pub fn prune_store(store: &Store, time: &ServerTime) {
    if let Err(error) = store.prune(time.now()) {
        tracing::error!(%error, "old entries of the store could not be removed");
    }
}

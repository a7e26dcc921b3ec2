//! Feeds: new and changed entries become articles while the bot runs.
//!
//! The feeds are fetched one after the other, each at its interval. A feed that fails is retried
//! with back-off. The administrators of the bot are notified once, and `/readyz` has a line until
//! the feed works again.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::context::BotContext;
use crate::bot::backoff::RetryPolicy;
use crate::bot::receive::update::User;
use crate::bot::send::SendTarget;
use crate::config::FeedSource;
use crate::corpus::escaped;
use crate::import::document::Failure;
use crate::import::target::{Mode, Status};
use crate::import::{Importer, Report, Settings, refresh_feed};
use crate::render::telegram;

/// Maximum interval of the attempts at a feed that fails.
const MAX_RETRY_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);
/// Number of failures in a row after which the administrators are notified: a server may be away
/// for a moment.
const NOTIFIED_FAILURES: u32 = 2;

/// State of a feed.
struct Feed<'a> {
    source: &'a FeedSource,
    /// Time of the next request, in Unix seconds.
    due: i64,
    /// Number of failures in a row.
    failures: u32,
}

/// Fetches the feeds until `stop`.
pub async fn run(ctx: &Arc<BotContext>, stop: &CancellationToken) {
    let now = ctx.clock.now();
    let sources = ctx.imports.sources.feeds.iter();
    let mut feeds: Vec<_> = sources.map(|source| Feed { source, due: now, failures: 0 }).collect();
    loop {
        let Some(feed) = feeds.iter_mut().min_by_key(|feed| feed.due) else { return };
        tokio::select! {
            () = ctx.clock.wait_until(feed.due) => {}
            () = stop.cancelled() => return,
        }
        let outcome = refresh(ctx, feed.source, stop).await;
        if stop.is_cancelled() {
            return;
        }
        let url = &shown(&feed.source.url);
        match outcome {
            Ok(report) => {
                if feed.failures > 0 {
                    tracing::info!(url, "a feed works again");
                }
                feed.failures = 0;
                ctx.health.set_feed(url, None);
                log(url, &report);
            }
            Err(failure) => {
                feed.failures += 1;
                tracing::warn!(
                    url,
                    failures = feed.failures,
                    hint = failure.hint,
                    "a feed could not be imported: {failure}"
                );
                ctx.health.set_feed(url, Some(escaped(&failure.what).into_owned()));
                if feed.failures == NOTIFIED_FAILURES {
                    notify_admins(ctx, url, &failure).await;
                }
            }
        }
        let policy = RetryPolicy::exponential(feed.source.every, MAX_RETRY_INTERVAL);
        let wait = policy.nominal_delay(feed.failures.saturating_sub(1)).max(feed.source.every);
        // From the time at which it was due, so that a slow feed keeps its interval.
        feed.due = feed.due.saturating_add_unsigned(wait.as_secs()).max(ctx.clock.now());
    }
}

/// Returns an address without its query, in which a private feed may have a key.
fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.to_string()
}

/// Imports what is new in a feed, on a thread for blocking work, since files are written.
async fn refresh(
    ctx: &Arc<BotContext>,
    source: &FeedSource,
    stop: &CancellationToken,
) -> Result<Report, Failure> {
    let fetcher = ctx.imports.fetcher()?;
    let (ctx, source, stop) = (Arc::clone(ctx), source.clone(), stop.clone());
    let import = move || {
        let settings = Settings {
            import: ctx.imports.sources.import.clone(),
            into: source.folder,
            limit: 0,
            mode: Mode::Write,
            data: ctx.installation.data.clone(),
        };
        let converter = ctx.imports.converter.clone();
        let mut importer = Importer::new(&ctx.corpus, settings, converter, fetcher);
        Handle::current().block_on(async {
            tokio::select! {
                report = refresh_feed(&mut importer, &source.url) => report,
                () = stop.cancelled() => Ok(Report::default()),
            }
        })
    };
    spawn_blocking(import).await.unwrap_or_else(|_| {
        Err(Failure::new("the import panicked", "please report this with the address of the feed"))
    })
}

/// Logs the articles of a feed that are new or changed, and the entries that failed.
fn log(url: &str, report: &Report) {
    for file in &report.files {
        let (name, status) = (&file.file, &file.status);
        match status {
            Status::New | Status::Replaced => {
                tracing::info!(url, file = name, "an entry of a feed became an article");
            }
            Status::Edited(new_version) => {
                tracing::warn!(url, file = name, %new_version, "an entry of a feed has changed, and its article was edited; the article is kept");
            }
            Status::Unchanged => {}
        }
    }
    for (entry, failure) in &report.failed {
        tracing::warn!(
            url,
            entry,
            hint = failure.hint,
            "an entry of a feed was left out: {failure}"
        );
    }
}

async fn notify_admins(ctx: &BotContext, url: &str, failure: &Failure) {
    for admin in &ctx.settings.access.admins {
        let chat = admin.private_chat();
        let messages = ctx.locale(Some(chat), &User::default()).messages();
        let text = messages.feed_fails(url, &failure.what, &failure.hint);
        ctx.sender.send(&SendTarget::chat(chat, None), &telegram::plain(&text)).await;
    }
}

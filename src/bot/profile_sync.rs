//! Synchronization of the bot's profile: command menus and descriptions, which name articles.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use super::api::client::ApiClient;
use super::api::error::ApiErrorKind;
use super::api::profile::{self, BotProfile};
use super::backoff::{RetryPolicy, sleep_or_stop};
use super::context::{Audience, BotContext};
use super::handlers::command;

/// Delays between the attempts to set the profile while Telegram cannot be reached.
const PROFILE_RETRY: RetryPolicy = RetryPolicy::fixed(Duration::from_secs(30));

/// Keeps the profile up to date until `stop`.
pub async fn run(client: &ApiClient, ctx: &BotContext, stop: &CancellationToken) {
    let mut shown = None;
    while !stop.is_cancelled() {
        // Telegram shows the description to everybody, also to those who may not read the articles.
        let titles = match ctx.access.is_restricted() {
            true => Vec::new(),
            false => first_titles(ctx).await,
        };
        if shown.as_ref() != Some(&titles) {
            let name = ctx.settings.name.clone();
            let menus = command::menus(&ctx.settings.access.admins);
            let profile = BotProfile { name, titles: titles.clone(), menus };
            let registered = tokio::select! {
                registered = profile::register(client, &profile) => registered,
                () = stop.cancelled() => return,
            };
            if let Err(error) = registered {
                match ctx.health.count_error(&error) {
                    ApiErrorKind::Transient => {
                        sleep_or_stop(PROFILE_RETRY.delay(0), stop).await;
                        continue;
                    }
                    kind => tracing::warn!(?kind, "some menus or descriptions could not be set"),
                }
            }
            shown = Some(titles);
        }
        tokio::select! {
            () = ctx.events.corpus_changed.notified() => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Returns the titles of the first articles that everybody may see. All titles are compared for it,
/// so a thread for blocking work does it.
async fn first_titles(ctx: &BotContext) -> Vec<String> {
    let (library, scope) = (Arc::clone(&ctx.library), ctx.scope(Audience::Unknown));
    let first = move || scope.view(&library).first_titles(profile::MAX_TITLES);
    spawn_blocking(first).await.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
}

//! Telegram: questions in, answers out.
//!
//! An update is journalled before it is confirmed, waits in its chat's lane, and is done when its
//! reply is out. Whatever is cut off stays in the journal and is dealt with after the next start.

mod access_control;
mod api;
mod attempts;
pub mod briefings;
pub mod callback_data;
mod clock;
mod context;
mod corpus_sync;
pub mod deep_link;
mod handlers;
mod operations;
mod pages;
mod permissions;
mod receive;
mod reply;
mod retry;
mod send;
mod server_time;
mod stale;
mod stamped_cache;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use teloxide::payloads::GetMe;
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::config::{BotToken, Telegram};
use crate::corpus::CorpusDir;
use crate::library::Library;
use crate::store::{Store, StoreError};
use access_control::AccessControl;
use api::client::{ApiClient, ApiError};
use api::error::ApiErrorKind;
pub use api::webhook_state::{WebhookState, delete_webhook, webhook_state};
use attempts::AttemptCounter;
use briefings::scheduler;
pub use clock::Clock;
use context::{BotContext, BotIdentity, Caches, Events, Permits};
use handlers::command::{self, BotProfile, RegisterOutcome};
use handlers::inline::InlineQueries;
use operations::endpoints::{self, MonitorState};
use operations::health::Health;
pub use operations::http::BoundListener;
pub use operations::instance::{HEADER as INSTANCE_HEADER, Instance, InstanceFile};
pub use receive::conflict::Consumer;
use receive::handler::UpdateHandler;
use receive::journal::Ingest;
use receive::queue::ChatQueues;
pub use receive::webhook::BoundWebhook;
use receive::{polling, webhook};
use send::Sender;
use send::completion::CompletionBatcher;
use server_time::ServerTime;
use stale::StaleQuestions;
use std::sync::atomic::AtomicBool;

/// What a bot needs to be told.
pub struct BotConfig {
    pub token: BotToken,
    /// A Bot API server; Telegram's own without.
    pub api_url: Option<String>,
    pub telegram: Telegram,
    /// Telegram brings the updates; without it, it is asked for them.
    pub webhook: Option<BoundWebhook>,
    /// Where the bot can be watched.
    pub monitor: Option<BoundListener>,
    /// Id in the header [`INSTANCE_HEADER`] of the monitor's answers.
    pub instance: String,
    /// The directory of the articles, whose changes are taken over.
    pub corpus: CorpusDir,
    /// For how long a file there must not have changed before.
    pub settle: Duration,
    pub clock: Clock,
}

/// Why the bot cannot go on. The message is for the operator.
#[derive(Debug)]
pub enum BotError {
    /// Why it is none; without the address, which may have a password in it.
    BadApiUrl(String),
    WrongToken,
    /// Another process received the updates when the bot was started.
    Conflict(Consumer),
    /// A command could not ask Telegram.
    Unreachable {
        host: String,
        /// Directly, or by a proxy.
        way: String,
        cause: String,
    },
    /// Telegram does not take the webhook; its own words.
    WebhookRefused(String),
    /// The address that this key of the configuration names cannot be listened on.
    Listen {
        key: &'static str,
        address: Option<SocketAddr>,
        error: io::Error,
    },
    Store(StoreError),
}

/// The bot as Telegram describes it.
#[derive(Deserialize)]
struct GetMeResponse {
    id: i64,
    username: String,
    #[serde(default)]
    can_read_all_group_messages: bool,
    #[serde(default)]
    supports_inline_queries: bool,
}

/// How long a stopping bot works on what it has in hand.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(9);

/// After so long the menus are tried again, if the network failed.
const PROFILE_RETRY_INTERVAL: Duration = Duration::from_secs(30);
const PRUNE_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// Interval of the looks at the files of the store.
const MAINTENANCE_INTERVAL: Duration = Duration::from_secs(5);

/// Serves until `stop`, then finishes what is in hand.
pub async fn run(
    mut setup: BotConfig,
    library: Arc<Library>,
    store: Store,
    stop: CancellationToken,
) -> Result<(), BotError> {
    let store = Arc::new(store);
    let kept = store.clone();
    let starts = store.count_start().unwrap_or_else(|error| {
        tracing::error!(%error, "this start could not be counted");
        0
    });
    let health = Arc::new(Health::new(starts));
    let door = setup.monitor.take();
    let watched = MonitorState {
        library: library.clone(),
        store: store.clone(),
        health: health.clone(),
        instance: setup.instance.clone(),
    };
    let over = CancellationToken::new();
    let serving = async {
        let served = serve(setup, library, store, health, stop).await;
        over.cancel();
        served
    };
    let (served, ()) = tokio::join!(serving, endpoints::run(door, watched, &over));
    if let Err(error) = kept.end() {
        tracing::error!(%error, "the end of this run could not be written down");
    }
    served
}

async fn serve(
    mut setup: BotConfig,
    library: Arc<Library>,
    store: Arc<Store>,
    health: Arc<Health>,
    stop: CancellationToken,
) -> Result<(), BotError> {
    let api_url = setup.api_url.as_deref();
    let client = ApiClient::new(api_url, setup.token.expose(), health.time.clone());
    let client = client.map_err(BotError::BadApiUrl)?;
    setup.clock.follow(&health.time);
    let time = health.time.clone();
    let Some(identity) = identify(&client, &health, &stop).await? else { return Ok(()) };
    // Only now that Telegram's time is known: by a wrong clock, everything might be too old.
    prune_store(&store, &time);
    let limits = setup.telegram.limits;
    let sender = Sender::new(client.clone(), limits, store.clone(), health.clone(), stop.clone());
    let ctx = Arc::new(BotContext {
        identity,
        library,
        completions: CompletionBatcher::new(store.clone()),
        attempts: AttemptCounter::new(store.clone()),
        store,
        sender,
        health,
        access: AccessControl::new(&setup.telegram.access),
        permits: Permits::new(setup.telegram.max_concurrent_questions),
        settings: setup.telegram,
        corpus: setup.corpus,
        clock: setup.clock,
        events: Events::default(),
        caches: Caches::default(),
        stale: StaleQuestions::default(),
        is_store_failing: AtomicBool::new(false),
        stop: stop.clone(),
    });
    let inline_queries = Arc::new(InlineQueries::new(ctx.clone(), stop.clone()));
    let handler = Arc::new(update_handler(inline_queries.clone()));
    let queues = ChatQueues::new(ctx.clone(), handler.clone(), stop.clone());
    let ingest = Arc::new(Ingest::new(ctx.clone(), queues, handler));
    ingest.resume_pending()?;
    let receiving = async {
        let received = match setup.webhook.take() {
            Some(hook) => webhook::run(&client, &setup.token, hook, &ingest, &stop).await,
            None => polling::run(&client, &ingest, &stop).await,
        };
        // Whatever ended it, nothing else goes on.
        stop.cancel();
        tokio::join!(ingest.finish(), inline_queries.finish());
        ctx.completions.finish().await;
        received
    };
    let (received, (), (), (), (), (), ()) = tokio::join!(
        receiving,
        sync_profile(&client, &ctx, &stop),
        maintain_store(&ctx, &time, &stop),
        corpus_sync::run(&ctx, setup.settle, &stop),
        scheduler::run(&ctx, &stop),
        time.watch(&stop),
        ctx.stale.run(&stop),
    );
    ctx.stale.report();
    received
}

/// Connects the receiving side with the handlers.
fn update_handler(inline_queries: Arc<InlineQueries>) -> UpdateHandler {
    UpdateHandler {
        handle: |ctx, update, turn| {
            Box::pin(async move { handlers::handle(&ctx, &update, turn).await })
        },
        report_panic: |ctx, update| {
            Box::pin(async move { handlers::report_panic(&ctx, &update).await })
        },
        prefetch: handlers::prefetch::prefetch,
        answer_inline: Box::new(move |query| inline_queries.add(query)),
    }
}

/// Keeps the menus and descriptions up to date, which name the articles.
async fn sync_profile(client: &ApiClient, ctx: &BotContext, stop: &CancellationToken) {
    let mut shown = None;
    while !stop.is_cancelled() {
        // Telegram shows the bot's description to everybody.
        let titles = match ctx.access.is_restricted() {
            true => Vec::new(),
            false => first_titles(&ctx.library).await,
        };
        if shown.as_ref() != Some(&titles) {
            let admins = ctx.settings.access.admins.clone();
            let name = ctx.settings.name.clone();
            let profile = BotProfile { name, titles: titles.clone(), admins };
            let registered = tokio::select! {
                registered = command::register(client, &ctx.health, &profile) => registered,
                () = stop.cancelled() => return,
            };
            if registered == RegisterOutcome::RetryLater {
                polling::sleep_or_stop(PROFILE_RETRY_INTERVAL, stop).await;
                continue;
            }
            shown = Some(titles);
        }
        tokio::select! {
            () = ctx.events.corpus_changed.notified() => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Returns the titles that may be named. All titles of an archive are compared for them, on a thread of its own.
async fn first_titles(library: &Arc<Library>) -> Vec<String> {
    let library = Arc::clone(library);
    let first = move || library.first_titles(command::MAX_TITLES);
    spawn_blocking(first).await.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
}

/// Looks after the store: puts it back if it was removed, and removes what has become too old.
async fn maintain_store(ctx: &BotContext, time: &ServerTime, stop: &CancellationToken) {
    let mut pruned = Instant::now();
    let mut is_failing = false;
    loop {
        polling::sleep_or_stop(MAINTENANCE_INTERVAL, stop).await;
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
            Ok(()) if std::mem::take(&mut is_failing) => ctx.store_recovered(),
            Ok(()) => {}
            Err(error) => {
                is_failing = true;
                ctx.store_failed(&error);
            }
        }
    }
}

fn prune_store(store: &Store, time: &ServerTime) {
    if let Err(error) = store.prune(time.now()) {
        tracing::error!(%error, "old entries of the store could not be removed");
    }
}

/// Asks Telegram who we are, again and again while the network is away. `None` when stopped.
async fn identify(
    client: &ApiClient,
    health: &Health,
    stop: &CancellationToken,
) -> Result<Option<BotIdentity>, BotError> {
    let mut outage = polling::Outage::default();
    loop {
        let (begun, request) = (Instant::now(), GetMe::new());
        let asked = tokio::select! {
            asked = client.call::<_, GetMeResponse>(&request, polling::NETWORK_TIMEOUT) => asked,
            () = stop.cancelled() => return Ok(None),
        };
        match asked {
            Ok(me) => {
                outage.ended();
                health.reached(Instant::now());
                tracing::info!(
                    bot = me.username,
                    reads_all_group_messages = me.can_read_all_group_messages,
                    "connected to Telegram"
                );
                if !me.supports_inline_queries {
                    tracing::info!("inline mode is off; @BotFather turns it on with /setinline");
                }
                return Ok(Some(BotIdentity {
                    id: me.id,
                    username: me.username,
                    reads_all: me.can_read_all_group_messages,
                }));
            }
            // A token of the wrong form is answered with 404.
            Err(ApiError::Rejected { code: 404, .. }) => return Err(BotError::WrongToken),
            Err(failure) => match health.count_error(&failure) {
                ApiErrorKind::WrongToken => return Err(BotError::WrongToken),
                ApiErrorKind::RetryAfter(wait) => polling::sleep_or_stop(wait, stop).await,
                _ => outage.wait(client, &failure, begun, stop).await,
            },
        }
        if stop.is_cancelled() {
            return Ok(None);
        }
    }
}

impl From<StoreError> for BotError {
    fn from(error: StoreError) -> Self {
        BotError::Store(error)
    }
}

impl fmt::Display for BotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BotError::BadApiUrl(why) => write!(
                f,
                "TELOXIDE_API_URL is not the address of a Bot API server: {why}\nhint: set it to something like `http://localhost:8081`"
            ),
            BotError::WrongToken => f.write_str(
                "Telegram does not know this bot token\nhint: copy TELOXIDE_TOKEN again from @BotFather",
            ),
            BotError::Conflict(rival) => write!(f, "{rival}\nhint: {}", rival.hint()),
            BotError::Unreachable { host, way, cause } => write!(
                f,
                "{host} cannot be asked ({way}): {cause}\nhint: where the network needs a proxy, name it in HTTPS_PROXY"
            ),
            BotError::WebhookRefused(reason) => write!(
                f,
                "Telegram does not take the webhook: {reason}\nhint: `[webhook] url` must be reachable from the internet by HTTPS, on port 443, 80, 88 or 8443, with a certificate that browsers trust"
            ),
            BotError::Listen { key, address, error } => {
                write!(f, "{key}: ")?;
                if let Some(address) = address {
                    write!(f, "{address}: ")?;
                }
                write!(
                    f,
                    "{error}\nhint: stop the program that uses this address, or give another one"
                )
            }
            BotError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BotError {}

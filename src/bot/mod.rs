//! The Telegram bot: wiring of its parts, and their lifecycle from start to shutdown.
//!
//! The path of an update:
//!
//! ```text
//! Telegram ─► receive ─► journal ─► queue of its chat ─► handlers ─► Reply ─► send ─► Telegram
//!             (polling,  (store)    (one per topic)      (context, library)    (api)
//!              webhook)
//! ```
//!
//! 1. `receive` gets updates by long polling or at a webhook, writes them into the journal, and
//!    only then confirms them to Telegram. An update in the journal survives a crash and a power
//!    failure; only a corrupt store loses it.
//! 2. Each chat and topic has a queue. When the turn of an update has come, `handlers` maps it to a
//!    `Reply`.
//! 3. `handlers::dispatch` sends the reply through `send`, which limits the rate, orders new
//!    messages and retries; then it marks the update as completed. An update that is cut off by a
//!    crash or a shutdown is handled after the next start.
//!
//! `briefings` sends due briefings and watch quotes. `corpus_sync` follows the changes of the
//! corpus directory. `operations` serves probes and metrics. `api` is the only user of the Bot
//! API's client.
//!
//! Dependencies point one way: this module → `receive`, `handlers`, `briefings`, `operations` →
//! `context` → `send` → `api`. `receive` gets the handlers as arguments. The types of updates in
//! `receive::update` and the state in `operations::health` are leaves that others may use; the test
//! `architecture` has the exact rules.

mod access_control;
mod api;
mod attempts;
mod backoff;
pub mod briefings;
pub mod callback_data;
mod chat_admins;
mod clock;
mod consumer;
mod context;
mod corpus_sync;
pub mod deep_link_data;
mod degraded_mode;
mod error;
mod feeds;
mod guests;
mod handlers;
mod identity;
mod keyed_queue;
mod language_hints;
mod maintenance;
mod operations;
mod outage;
mod pages;
mod profile_sync;
mod receive;
mod reply;
mod send;
mod server_time;
mod shelf;
mod stale;
mod stamped_cache;
mod update_kind;
mod webhook_admin;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::config::{BotToken, BoundFolder, Proxies, Sources, Telegram};
use crate::corpus::{CorpusDir, escaped};
use crate::import::fetch_settings;
use crate::library::Library;
use crate::store::Store;
use access_control::AccessControl;
use api::client::ApiClient;
pub use api::webhook::WebhookState;
use attempts::AttemptCounter;
use briefings::scheduler;
pub use clock::Clock;
pub use consumer::Consumer;
use context::{BotContext, Caches, Events, Imports, Installation, Permits};
use degraded_mode::DegradedMode;
pub use error::BotError;
use guests::Guests;
use handlers::dispatch;
use handlers::guest::GuestQueries;
use handlers::inline::InlineQueries;
use language_hints::LanguageHints;
use operations::bot_health::Health;
pub use operations::http::BoundListener;
pub use operations::instance::{HEADER as INSTANCE_HEADER, Instance, InstanceFile};
use operations::probes::{self, MonitorState};
use receive::chat_queues::ChatQueues;
use receive::handler::UpdateHandler;
use receive::ingest::Ingest;
pub use receive::webhook::BoundWebhook;
use receive::{polling, webhook};
use send::Sender;
use send::completion::CompletionBatcher;
use stale::StaleQuestions;
pub use webhook_admin::{delete_webhook, look_at_telegram, webhook_state};

/// Configuration of the bot, with the listeners that are bound already.
pub struct BotConfig {
    pub token: BotToken,
    /// Address of a Bot API server, or `None` for Telegram's own.
    pub api_url: Option<String>,
    pub proxies: Proxies,
    pub telegram: Telegram,
    /// Webhook that receives the updates, or `None` for long polling.
    pub webhook: Option<BoundWebhook>,
    /// Listener of the monitoring endpoints.
    pub monitor: Option<BoundListener>,
    /// Id in the header [`INSTANCE_HEADER`] of the monitoring endpoints' responses.
    pub instance: String,
    /// Directory of the articles, whose changes are indexed.
    pub corpus: CorpusDir,
    /// Directory of the index and the store.
    pub data: PathBuf,
    /// Directory of the sentence model.
    pub model: PathBuf,
    /// Time for which a file must not have changed before it is indexed.
    pub debounce: Duration,
    /// Sources of new articles.
    pub sources: Sources,
    pub clock: Clock,
}

/// Runs the bot until `stop`, then finishes the updates in progress.
///
/// # Errors
///
/// Returns why the bot cannot run: see [`BotError`].
pub async fn run(
    mut config: BotConfig,
    library: Arc<Library>,
    store: Store,
    stop: CancellationToken,
) -> Result<(), BotError> {
    let store = Arc::new(store);
    let starts = store.count_start().unwrap_or_else(|error| {
        tracing::error!(%error, "this start could not be counted");
        0
    });
    let health = Arc::new(Health::new(starts));
    let listener = config.monitor.take();
    let monitor = MonitorState {
        library: library.clone(),
        store: store.clone(),
        health: health.clone(),
        public: AccessControl::new(&config.telegram.access).border(None),
        instance: config.instance.clone(),
    };
    // The endpoints answer until the last update is finished.
    let finished = CancellationToken::new();
    let serving = async {
        let served = serve(config, library, store.clone(), health, stop).await;
        finished.cancel();
        served
    };
    let (served, ()) = tokio::join!(serving, probes::run(listener, monitor, &finished));
    if let Err(error) = store.end() {
        tracing::error!(%error, "the end of this run could not be recorded");
    }
    served
}

async fn serve(
    mut config: BotConfig,
    library: Arc<Library>,
    store: Arc<Store>,
    health: Arc<Health>,
    stop: CancellationToken,
) -> Result<(), BotError> {
    let api_url = config.api_url.as_deref();
    let token = config.token.expose();
    let client = ApiClient::new(api_url, &config.proxies, token, health.time.clone());
    let client = client.map_err(BotError::BadApiUrl)?;
    config.clock.use_server_time(&health.time);
    warn_of_missing_folders(&config);
    let Some(identity) = identity::identify(&client, &health, &stop).await? else { return Ok(()) };
    // Telegram's time is known only now. With a wrong clock, every entry could look expired.
    maintenance::prune_store(&store, &health.time);
    let limits = config.telegram.limits;
    let sender = Sender::new(client.clone(), limits, store.clone(), health.clone(), stop.clone());
    let fetch_settings = fetch_settings(&config.sources.import, &config.proxies);
    let degraded_mode = DegradedMode::new(Arc::clone(&sender.in_flight), stop.clone());
    let ctx = Arc::new(BotContext {
        identity,
        library,
        completions: CompletionBatcher::new(store.clone()),
        attempts: AttemptCounter::new(store.clone()),
        store,
        sender,
        health,
        access: AccessControl::new(&config.telegram.access),
        permits: Permits::new(config.telegram.max_concurrent_questions),
        settings: config.telegram,
        corpus: config.corpus,
        installation: Arc::new(Installation {
            data: config.data,
            model: config.model,
            webhook: config.webhook.as_ref().map(|bound| bound.webhook.url.clone()),
        }),
        imports: Imports::new(config.sources, fetch_settings),
        clock: config.clock,
        events: Events::default(),
        caches: Caches::default(),
        language_hints: LanguageHints::new(),
        guests: Guests::new(),
        lacks_ephemeral: AtomicBool::new(false),
        stale: StaleQuestions::default(),
        degraded_mode,
        stop: stop.clone(),
    });
    let updates = Updates { token: config.token, webhook: config.webhook };
    run_tasks(&client, &ctx, updates, config.debounce, &stop).await
}

/// Logs the bound folders that do not exist. A folder with a mistyped name would be open to all.
fn warn_of_missing_folders(config: &BotConfig) {
    for BoundFolder { folder, .. } in &config.telegram.access.folders {
        if !config.corpus.path().join(folder.path()).is_dir() {
            let folder = escaped(folder.path());
            tracing::warn!(%folder, "a folder in `[access.folders]` is not in the corpus");
        }
    }
}

/// Source of the updates: a webhook, or long polling without one.
struct Updates {
    token: BotToken,
    webhook: Option<BoundWebhook>,
}

/// Runs all tasks of the bot until `stop`, or until no more updates can be received.
async fn run_tasks(
    client: &ApiClient,
    ctx: &Arc<BotContext>,
    updates: Updates,
    debounce: Duration,
    stop: &CancellationToken,
) -> Result<(), BotError> {
    let inline_queries = Arc::new(InlineQueries::new(ctx.clone(), stop.clone()));
    let guest_queries = Arc::new(GuestQueries::new(ctx.clone()));
    let handler = Arc::new(update_handler(inline_queries.clone(), guest_queries.clone()));
    let queues = ChatQueues::new(ctx.clone(), handler.clone(), stop.clone());
    let ingest = Arc::new(Ingest::new(ctx.clone(), queues, handler));
    ingest.resume_pending()?;
    let receiving = async {
        let received = match updates.webhook {
            Some(webhook) => webhook::run(client, &updates.token, webhook, &ingest, stop).await,
            None => polling::run(client, &ingest, stop).await,
        };
        // Without updates the other tasks have no purpose.
        stop.cancel();
        tokio::join!(ingest.finish(), inline_queries.finish(), guest_queries.finish());
        ctx.completions.finish().await;
        received
    };
    let (received, (), (), (), (), (), (), ()) = tokio::join!(
        receiving,
        profile_sync::run(client, ctx, stop),
        maintenance::run(ctx, &ctx.health.time, stop),
        corpus_sync::run(ctx, debounce, stop),
        scheduler::run(ctx, stop),
        feeds::run(ctx, stop),
        ctx.health.time.log_jumps(stop),
        ctx.stale.run(stop),
    );
    ctx.stale.report();
    received
}

/// Connects the receiving side with the handlers.
fn update_handler(
    inline_queries: Arc<InlineQueries>,
    guest_queries: Arc<GuestQueries>,
) -> UpdateHandler {
    UpdateHandler {
        handle: |ctx, update, turn| {
            Box::pin(async move { dispatch::handle(&ctx, &update, turn).await })
        },
        apologise: |ctx, update| Box::pin(async move { dispatch::apologise(&ctx, &update).await }),
        prefetch: handlers::prefetch::prefetch,
        answer_inline: Box::new(move |query| inline_queries.add(query)),
        answer_guest: Box::new(move |update, query| guest_queries.add(update, query)),
    }
}

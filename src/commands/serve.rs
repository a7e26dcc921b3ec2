//! `verbatim serve`: runs the bot until a signal stops it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use url::Url;

use verbatim::bot::{self, BotError, BoundListener, BoundWebhook, Instance, InstanceFile};
use verbatim::config::Config;
use verbatim::library::Library;
use verbatim::search::Mode;
use verbatim::store::Store;

use super::library;
use super::logging::init_logging;
use super::outcome::{Outcome, SUCCESS};

/// Error text where neither a bot nor a chat in the terminal can start.
pub const NO_TOKEN: &str = "no bot token, and no terminal to chat in\nhint: put TELOXIDE_TOKEN=… (from @BotFather) into `.env`, or ask with `verbatim ask QUESTION`";

/// Serves Telegram until SIGINT or SIGTERM.
pub fn serve(config: &Config) -> Outcome {
    init_logging(&config.log, config.log_format);
    log_panics_without_message();
    let Some(token) = config.token.clone() else { return Err(NO_TOKEN.into()) };
    let webhook = config.webhook.clone().map(|webhook| {
        let listener = BoundListener::bind(webhook.listen, "webhook.listen")?;
        Ok::<_, BotError>(BoundWebhook { webhook, listener })
    });
    let webhook = webhook.transpose()?;
    let library = Arc::new(library::resume(config)?);
    let mut telegram = config.telegram.clone();
    telegram.max_concurrent_questions =
        telegram.max_concurrent_questions.min(useful_concurrency(&library));
    let store = Store::open(&config.data)?;
    let monitor = config.monitor.and_then(bind_monitor);
    let instance = Instance::new(monitor.as_ref().and_then(BoundListener::address));
    // The lock of the library keeps other processes from writing this file, so the file is removed
    // before the library is dropped.
    let _instance_file = write_instance_file(&instance, &config.data);
    log_start(config, &library, &instance, webhook.as_ref());
    if let Some(hint) = library::hint_to_install_model(&library, config) {
        tracing::info!("{hint}");
    }
    let bot_config = bot::BotConfig {
        token,
        api_url: config.api_url.clone(),
        proxies: config.proxies.clone(),
        telegram,
        webhook,
        monitor,
        instance: instance.id,
        corpus: config.corpus.clone(),
        data: config.data.clone(),
        model: config.model.clone(),
        debounce: config.debounce,
        sources: config.sources.clone(),
        clock: bot::Clock::default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let serve = async {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let signals = tokio::spawn(async move {
            tokio::select! {
                () = stop_signal() => {
                    tracing::info!("stopping: no new updates are accepted, updates in progress are finished");
                    stopped.cancel();
                }
                () = stopped.cancelled() => {}
            }
        });
        let served = bot::run(bot_config, Arc::clone(&library), store, stop.clone()).await;
        stop.cancel();
        signals.await?;
        served?;
        Ok(SUCCESS)
    };
    let served = library::with_backfill(&library, || runtime.block_on(serve));
    // Blocking tasks that still read the library have no receiver for their results.
    runtime.shutdown_background();
    served
}

/// Logs the version, the corpus and the addresses of this process: the first lines that an operator
/// looks for.
fn log_start(
    config: &Config,
    library: &Library,
    instance: &Instance,
    webhook: Option<&BoundWebhook>,
) {
    let size = library.all().size().ok();
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        corpus = config.corpus.display_path(),
        articles = library.article_count(),
        passages = size.map(|size| size.passages),
        left_out = library.file_problems().map(<[_]>::len),
        data = %config.data.display(),
        model = match library.mode() {
            Mode::Semantic => "installed",
            Mode::Lexical => "words alone",
        },
        "starting"
    );
    let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin().ascii_serialization());
    tracing::info!(
        monitor = instance.monitor.map(tracing::field::display),
        webhook =
            webhook.and_then(|webhook| webhook.listener.address()).map(tracing::field::display),
        // The path and the user name of an address may be secrets, so only the origin is logged.
        webhook_url = webhook.map(|webhook| webhook.webhook.url.origin().ascii_serialization()),
        bot_api_server = config.api_url.as_deref().and_then(origin),
        "listening"
    );
}

/// Writes the instance file. If the file cannot be written, the bot runs all the same, but
/// `verbatim health` does not find the bot.
fn write_instance_file(instance: &Instance, data: &Path) -> Option<InstanceFile> {
    instance
        .announce(data)
        .map_err(|error| tracing::warn!(%error, data = %data.display(), "`verbatim health` will not find this bot, since the instance file cannot be written"))
        .ok()
}

/// Returns the number of questions that are worth answering at the same time. A question that waits
/// for the model costs only a thread. Lexical search is bound by the CPU, so more questions than
/// cores slow each other down.
fn useful_concurrency(library: &Library) -> usize {
    match library.mode() {
        Mode::Semantic => usize::MAX,
        Mode::Lexical => std::thread::available_parallelism().map_or(1, usize::from) + 1,
    }
}

/// Binds the address of the monitoring endpoints. If that fails, the bot runs without them.
fn bind_monitor(address: SocketAddr) -> Option<BoundListener> {
    BoundListener::bind(address, "monitor.listen")
        .map_err(|error| tracing::warn!(%error, "the monitoring endpoints are unavailable"))
        .ok()
}

/// Logs only the place of a panic: the message of a panic may quote a question.
fn log_panics_without_message() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a thread panicked");
    }));
}

/// Waits for SIGINT or SIGTERM.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // If no signal can be received, the process can only be killed. The journal makes this safe.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

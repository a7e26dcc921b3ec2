//! `serve`: the bot with its signals.

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

use super::{ANSWERED, Outcome, log};

pub const NO_TOKEN: &str = "no bot token, and no terminal to chat in\nhint: put TELOXIDE_TOKEN=… (from @BotFather) into `.env`, or ask with `verbatim ask QUESTION`";

/// Serves Telegram until it is told to stop.
pub fn serve(config: &Config) -> Outcome {
    log(&config.log, config.log_format);
    hush_panics();
    let Some(token) = config.token.clone() else { return Err(NO_TOKEN.into()) };
    let webhook = config.webhook.clone().map(|webhook| {
        let door = BoundListener::bind(webhook.listen, "webhook.listen")?;
        Ok::<_, BotError>(BoundWebhook { webhook, listener: door })
    });
    let webhook = webhook.transpose()?;
    let library = Arc::new(super::library::resume(config)?);
    let mut telegram = config.telegram.clone();
    telegram.max_concurrent_questions =
        telegram.max_concurrent_questions.min(worth_doing_at_once(&library));
    let store = Store::open(&config.data)?;
    let monitor = config.monitor.and_then(monitor);
    let instance = Instance::new(monitor.as_ref().and_then(BoundListener::address));
    // Dropped before the library, whose lock keeps other processes from writing the same file.
    let _announced = announced(&instance, &config.data);
    log_start(config, &library, &instance, webhook.as_ref());
    let setup = bot::BotConfig {
        token,
        api_url: config.api_url.clone(),
        telegram,
        webhook,
        monitor,
        instance: instance.id,
        corpus: config.corpus.clone(),
        debounce: config.debounce,
        clock: bot::Clock::default(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let serving = async {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let signals = tokio::spawn(async move {
            tokio::select! {
                () = signalled() => {
                    tracing::info!("stopping: no new updates are taken, what is in hand is finished");
                    stopped.cancel();
                }
                () = stopped.cancelled() => {}
            }
        });
        let served = bot::run(setup, Arc::clone(&library), store, stop.clone()).await;
        stop.cancel();
        signals.await?;
        served?;
        Ok(ANSWERED)
    };
    let served = super::library::while_catching_up(&library, || runtime.block_on(serving));
    // What reads the library now is for nobody.
    runtime.shutdown_background();
    served
}

/// Logs what this process serves, from where and where to: the first lines that an operator looks for.
fn log_start(config: &Config, library: &Library, instance: &Instance, hook: Option<&BoundWebhook>) {
    let size = library.size().ok();
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
        webhook = hook.and_then(|hook| hook.listener.address()).map(tracing::field::display),
        // Only the origin: a path or a user name may be a secret.
        webhook_url = hook.map(|hook| hook.webhook.url.origin().ascii_serialization()),
        bot_api_server = config.api_url.as_deref().and_then(origin),
        "listening"
    );
}

/// Writes the instance file. Without one, the bot answers, but `verbatim health` does not find it.
fn announced(instance: &Instance, data: &Path) -> Option<InstanceFile> {
    let announced = instance.announce(data);
    announced
        .map_err(|error| tracing::warn!(%error, data = %data.display(), "`verbatim health` will not find this bot, since its file cannot be written"))
        .ok()
}

/// How many questions are worth being worked on at once. One that waits for the model costs a thread and nothing
/// else; where words alone decide, more than the cores can do get into each other's way.
fn worth_doing_at_once(library: &Library) -> usize {
    match library.mode() {
        Mode::Semantic => usize::MAX,
        Mode::Lexical => std::thread::available_parallelism().map_or(1, usize::from) + 1,
    }
}

/// Where the bot can be watched. It answers without that, too.
fn monitor(address: SocketAddr) -> Option<BoundListener> {
    BoundListener::bind(address, "monitor.listen")
        .map_err(|error| tracing::warn!(%error, "the bot cannot be watched"))
        .ok()
}

/// The message of a panic may quote a question: only its place is logged.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "something panicked");
    }));
}

/// Waits for SIGINT or SIGTERM.
async fn signalled() {
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
    // Without signals, the process can only be killed; the journal is made for that.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

//! Telegram: questions in, answers out.
//!
//! An update is journalled before it is confirmed, waits in its chat's lane, and is done when its
//! reply is out. Whatever is cut off stays in the journal and is dealt with after the next start.

mod access;
mod ask;
mod attempts;
mod batch;
mod brief;
mod briefing;
mod buttons;
mod clerk;
mod clock;
mod conflict;
mod examples;
mod feedback;
mod follow;
mod foresight;
mod groups;
mod incoming;
mod inline;
mod instance;
mod intake;
mod lanes;
mod menu;
mod metrics;
mod monitor;
mod news;
pub mod orders;
mod origin;
mod pace;
mod patience;
pub mod payload;
mod post;
mod react;
mod receive;
mod refusal;
mod requests;
mod schedules;
mod send;
mod server_time;
mod shelf;
mod stale;
mod turns;
mod unrepeated;
mod views;
mod vitals;
mod watching;
mod web;
mod webhook;
mod webhook_state;
mod wire;

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
pub use clock::Clock;
pub use conflict::Rival;
use inline::Typing;
pub use instance::{HEADER as INSTANCE_HEADER, Instance, InstanceFile};
use intake::Intake;
use lanes::Lanes;
use menu::{Profile, Registered};
use monitor::Watched;
use react::Reactor;
use refusal::Refusal;
use send::Sender;
use server_time::ServerTime;
use vitals::Vitals;
pub use web::Door;
pub use webhook::Hook;
pub use webhook_state::{WebhookState, delete_webhook, webhook_state};
use wire::{Failure, Wire};

/// What a bot needs to be told.
pub struct Setup {
    pub token: BotToken,
    /// A Bot API server; Telegram's own without.
    pub api_url: Option<String>,
    pub telegram: Telegram,
    /// Telegram brings the updates; without it, it is asked for them.
    pub webhook: Option<Hook>,
    /// Where the bot can be watched.
    pub monitor: Option<Door>,
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
pub enum Trouble {
    /// Why it is none; without the address, which may have a password in it.
    BadApiUrl(String),
    WrongToken,
    /// Another process received the updates when the bot was started.
    Conflict(Rival),
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
    NoDoor {
        key: &'static str,
        address: Option<SocketAddr>,
        error: io::Error,
    },
    Store(StoreError),
}

/// Who the bot is.
#[derive(Debug, Clone)]
pub struct Me {
    pub id: i64,
    pub username: String,
    /// Whether privacy mode is off.
    pub reads_all: bool,
}

/// The bot as Telegram describes it.
#[derive(Deserialize)]
struct User {
    id: i64,
    username: String,
    #[serde(default)]
    can_read_all_group_messages: bool,
    #[serde(default)]
    supports_inline_queries: bool,
}

/// How long a stopping bot works on what it has in hand.
const GRACE: Duration = Duration::from_secs(9);

/// After so long the menus are tried again, if the network failed.
const REGISTER_AGAIN: Duration = Duration::from_secs(30);
const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);
/// Interval of the looks at the files of the store.
const MAINTAIN_EVERY: Duration = Duration::from_secs(5);

/// Serves until `stop`, then finishes what is in hand.
pub async fn run(
    mut setup: Setup,
    library: Arc<Library>,
    store: Store,
    stop: CancellationToken,
) -> Result<(), Trouble> {
    let store = Arc::new(store);
    let kept = store.clone();
    let starts = store.count_start().unwrap_or_else(|error| {
        tracing::error!(%error, "this start could not be counted");
        0
    });
    let vitals = Arc::new(Vitals::new(starts));
    let door = setup.monitor.take();
    let watched = Watched {
        library: library.clone(),
        store: store.clone(),
        vitals: vitals.clone(),
        instance: setup.instance.clone(),
    };
    let over = CancellationToken::new();
    let serving = async {
        let served = serve(setup, library, store, vitals, stop).await;
        over.cancel();
        served
    };
    let (served, ()) = tokio::join!(serving, monitor::run(door, watched, &over));
    if let Err(error) = kept.end() {
        tracing::error!(%error, "the end of this run could not be written down");
    }
    served
}

async fn serve(
    mut setup: Setup,
    library: Arc<Library>,
    store: Arc<Store>,
    vitals: Arc<Vitals>,
    stop: CancellationToken,
) -> Result<(), Trouble> {
    let api_url = setup.api_url.as_deref();
    let wire = Wire::new(api_url, setup.token.expose(), vitals.time.clone());
    let wire = wire.map_err(Trouble::BadApiUrl)?;
    setup.clock.follow(&vitals.time);
    let time = vitals.time.clone();
    let Some(me) = introduce(&wire, &vitals, &stop).await? else { return Ok(()) };
    // Only now that Telegram's time is known: by a wrong clock, everything might be too old.
    forget(&store, &time);
    let limits = setup.telegram.limits;
    let sender = Sender::new(wire.clone(), limits, store.clone(), vitals.clone(), stop.clone());
    let reactor = Reactor::new(me, library, store.clone(), sender, vitals, &setup, stop.clone());
    let reactor = Arc::new(reactor);
    let lanes = Lanes::new(reactor.clone(), stop.clone());
    let typing = Typing::new(reactor.clone(), stop.clone());
    let intake = Arc::new(Intake::new(reactor.clone(), lanes, typing));
    intake.take_up()?;
    let receiving = async {
        let received = match setup.webhook.take() {
            Some(hook) => webhook::run(&wire, &setup.token, hook, &intake, &stop).await,
            None => receive::run(&wire, &intake, &stop).await,
        };
        // Whatever ended it, nothing else goes on.
        stop.cancel();
        intake.finish().await;
        received
    };
    let (received, (), (), (), (), (), ()) = tokio::join!(
        receiving,
        introduce_ourselves(&wire, &reactor, &stop),
        keep(&reactor, &time, &stop),
        follow::run(&reactor, setup.settle, &stop),
        post::run(&reactor, &stop),
        time.watch(&stop),
        reactor.stale.run(&stop),
    );
    reactor.stale.report();
    received
}

/// Keeps the menus and descriptions up to date, which name the articles.
async fn introduce_ourselves(wire: &Wire, reactor: &Reactor, stop: &CancellationToken) {
    let mut shown = None;
    while !stop.is_cancelled() {
        // Telegram shows the bot's description to everybody.
        let titles = match reactor.access.is_restricted() {
            true => Vec::new(),
            false => first_titles(&reactor.library).await,
        };
        if shown.as_ref() != Some(&titles) {
            let admins = reactor.settings.access.admins.clone();
            let name = reactor.settings.name.clone();
            let profile = Profile { name, titles: titles.clone(), admins };
            let registered = tokio::select! {
                registered = menu::register(wire, &reactor.vitals, &profile) => registered,
                () = stop.cancelled() => return,
            };
            if registered == Registered::Later {
                receive::pause(REGISTER_AGAIN, stop).await;
                continue;
            }
            shown = Some(titles);
        }
        tokio::select! {
            () = reactor.has_changed.notified() => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Returns the titles that may be named. All titles of an archive are compared for them, on a thread of its own.
async fn first_titles(library: &Arc<Library>) -> Vec<String> {
    let library = Arc::clone(library);
    let first = move || library.first_titles(menu::MAX_TITLES);
    spawn_blocking(first).await.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
}

/// Looks after the store: puts it back if it was removed, and removes what has become too old.
async fn keep(reactor: &Reactor, time: &ServerTime, stop: &CancellationToken) {
    let mut pruned = Instant::now();
    let mut is_failing = false;
    loop {
        receive::pause(MAINTAIN_EVERY, stop).await;
        if stop.is_cancelled() {
            return;
        }
        let is_due = pruned.elapsed() >= PRUNE_EVERY;
        let (work, time) = (reactor.store.clone(), time.clone());
        let maintained = spawn_blocking(move || {
            let maintained = work.maintain();
            if is_due {
                forget(&work, &time);
            }
            maintained
        });
        if is_due {
            pruned = Instant::now();
        }
        match maintained.await.unwrap_or_else(|panic| resume_unwind(panic.into_panic())) {
            Ok(()) if std::mem::take(&mut is_failing) => reactor.store_works(),
            Ok(()) => {}
            Err(error) => {
                is_failing = true;
                reactor.store_fails(&error);
            }
        }
    }
}

fn forget(store: &Store, time: &ServerTime) {
    if let Err(error) = store.prune(time.now()) {
        tracing::error!(%error, "old entries of the store could not be removed");
    }
}

/// Asks Telegram who we are, again and again while the network is away. `None` when stopped.
async fn introduce(
    wire: &Wire,
    vitals: &Vitals,
    stop: &CancellationToken,
) -> Result<Option<Me>, Trouble> {
    let mut outage = receive::Outage::default();
    loop {
        let (begun, request) = (Instant::now(), GetMe::new());
        let asked = tokio::select! {
            asked = wire.call::<_, User>(&request, receive::SLACK) => asked,
            () = stop.cancelled() => return Ok(None),
        };
        match asked {
            Ok(me) => {
                outage.ended();
                vitals.reached(Instant::now());
                tracing::info!(
                    bot = me.username,
                    reads_all_group_messages = me.can_read_all_group_messages,
                    "connected to Telegram"
                );
                if !me.supports_inline_queries {
                    tracing::info!("inline mode is off; @BotFather turns it on with /setinline");
                }
                return Ok(Some(Me {
                    id: me.id,
                    username: me.username,
                    reads_all: me.can_read_all_group_messages,
                }));
            }
            // A token of the wrong form is answered with 404.
            Err(Failure::Refused { code: 404, .. }) => return Err(Trouble::WrongToken),
            Err(failure) => match vitals.refused(&failure) {
                Refusal::WrongToken => return Err(Trouble::WrongToken),
                Refusal::RetryAfter(wait) => receive::pause(wait, stop).await,
                _ => outage.wait(wire, &failure, begun, stop).await,
            },
        }
        if stop.is_cancelled() {
            return Ok(None);
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Trouble::Store(error)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::BadApiUrl(why) => write!(
                f,
                "TELOXIDE_API_URL is not the address of a Bot API server: {why}\nhint: set it to something like `http://localhost:8081`"
            ),
            Trouble::WrongToken => f.write_str(
                "Telegram does not know this bot token\nhint: copy TELOXIDE_TOKEN again from @BotFather",
            ),
            Trouble::Conflict(rival) => write!(f, "{rival}\nhint: {}", rival.hint()),
            Trouble::Unreachable { host, way, cause } => write!(
                f,
                "{host} cannot be asked ({way}): {cause}\nhint: where the network needs a proxy, name it in HTTPS_PROXY"
            ),
            Trouble::WebhookRefused(reason) => write!(
                f,
                "Telegram does not take the webhook: {reason}\nhint: `[webhook] url` must be reachable from the internet by HTTPS, on port 443, 80, 88 or 8443, with a certificate that browsers trust"
            ),
            Trouble::NoDoor { key, address, error } => {
                write!(f, "{key}: ")?;
                if let Some(address) = address {
                    write!(f, "{address}: ")?;
                }
                write!(
                    f,
                    "{error}\nhint: stop the program that uses this address, or give another one"
                )
            }
            Trouble::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Trouble {}

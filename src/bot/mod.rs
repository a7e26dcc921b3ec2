//! Telegram: questions in, answers out.
//!
//! An update is journalled before it is confirmed, waits in its chat's lane, and is done when its
//! reply is out. Whatever is cut off stays in the journal and is dealt with after the next start.

mod access;
mod ask;
mod brief;
mod briefing;
mod buttons;
mod clock;
mod examples;
mod feedback;
mod follow;
mod groups;
mod incoming;
mod inline;
mod lanes;
mod menu;
mod news;
mod orders;
mod pace;
mod payload;
mod post;
mod react;
mod receive;
mod refusal;
mod requests;
mod schedules;
mod send;
mod shelf;
mod views;
mod watching;
mod wire;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use teloxide::Bot;
use teloxide::prelude::Requester;
use tokio_util::sync::CancellationToken;

use crate::config::{BotToken, Telegram};
use crate::library::Library;
use crate::store::{Store, StoreError};
pub use clock::Clock;
use inline::Typing;
use lanes::Lanes;
use menu::{Profile, Registered};
use react::Reactor;
use refusal::Refusal;
use send::Sender;

/// What a bot needs to be told.
pub struct Setup {
    pub token: BotToken,
    /// A Bot API server; Telegram's own without.
    pub api_url: Option<String>,
    pub telegram: Telegram,
    /// The directory of the articles, whose changes are taken over.
    pub corpus: PathBuf,
    /// For how long a file there must not have changed before.
    pub settle: Duration,
    pub clock: Clock,
}

/// Why the bot cannot go on. The message is for the operator.
#[derive(Debug)]
pub enum Trouble {
    BadApiUrl(String),
    WrongToken,
    /// Another poller has taken over, or a webhook is set.
    Conflict,
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

/// How long a stopping bot works on what it has in hand.
const GRACE: Duration = Duration::from_secs(9);

/// After so long the menus are tried again, if the network failed.
const REGISTER_AGAIN: Duration = Duration::from_secs(30);
const PRUNE_EVERY: Duration = Duration::from_secs(60 * 60);

/// Serves until `stop`, then finishes what is in hand.
pub async fn run(
    setup: Setup,
    library: Arc<Library>,
    store: Store,
    stop: CancellationToken,
) -> Result<(), Trouble> {
    let mut bot = Bot::new(setup.token.expose());
    if let Some(url) = &setup.api_url {
        bot = bot.set_api_url(url.parse().map_err(|_| Trouble::BadApiUrl(url.clone()))?);
    }
    let store = Arc::new(store);
    forget(&store);
    let Some(me) = introduce(&bot, &stop).await? else { return Ok(()) };
    let sender = Sender::new(bot.clone(), setup.telegram.limits, store.clone(), stop.clone());
    let reactor = Arc::new(Reactor::new(me, library, store.clone(), sender, &setup, stop.clone()));
    let lanes = Lanes::new(reactor.clone(), stop.clone());
    let typing = Typing::new(reactor.clone(), stop.clone());
    let receiving = async {
        let received = receive::run(&bot, &reactor, &lanes, &typing, &stop).await;
        // Whatever ended it, nothing else goes on.
        stop.cancel();
        tokio::join!(lanes.finish(GRACE), typing.finish());
        received
    };
    let (received, (), (), (), ()) = tokio::join!(
        receiving,
        introduce_ourselves(&bot, &reactor, &stop),
        prune(&store, &stop),
        follow::run(&reactor, setup.settle, &stop),
        post::run(&reactor, &stop),
    );
    received
}

/// Keeps the menus and descriptions up to date, which name the articles.
async fn introduce_ourselves(bot: &Bot, reactor: &Reactor, stop: &CancellationToken) {
    let mut shown = None;
    while !stop.is_cancelled() {
        let titles = match reactor.library.articles() {
            Ok(articles) => articles.iter().map(|article| article.title.clone()).collect(),
            Err(error) => {
                tracing::error!(%error, "the articles could not be listed");
                Vec::new()
            }
        };
        if shown.as_ref() != Some(&titles) {
            let admins = reactor.settings.access.admins.clone();
            let name = reactor.settings.name.clone();
            let profile = Profile { name, titles: titles.clone(), admins };
            let registered = tokio::select! {
                registered = menu::register(bot, &profile) => registered,
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

/// Forgets, again and again, what has become too old.
async fn prune(store: &Store, stop: &CancellationToken) {
    loop {
        receive::pause(PRUNE_EVERY, stop).await;
        if stop.is_cancelled() {
            return;
        }
        forget(store);
    }
}

fn forget(store: &Store) {
    if let Err(error) = store.prune(now()) {
        tracing::error!(%error, "old entries of the store could not be removed");
    }
}

/// Asks Telegram who we are, again and again while the network is away. `None` when stopped.
async fn introduce(bot: &Bot, stop: &CancellationToken) -> Result<Option<Me>, Trouble> {
    let mut outage = receive::Outage::default();
    loop {
        let begun = Instant::now();
        let asked = tokio::select! {
            asked = receive::asked(0, bot.get_me().into_future()) => asked,
            () = stop.cancelled() => return Ok(None),
        };
        match asked {
            Ok(me) => {
                outage.ended();
                tracing::info!(
                    bot = me.username(),
                    reads_all_group_messages = me.can_read_all_group_messages,
                    "Telegram knows us"
                );
                if !me.supports_inline_queries {
                    tracing::info!("inline mode is off; @BotFather turns it on with /setinline");
                }
                return Ok(Some(Me {
                    id: me.id.0 as i64,
                    username: me.username().to_owned(),
                    reads_all: me.can_read_all_group_messages,
                }));
            }
            Err(Refusal::WrongToken) => return Err(Trouble::WrongToken),
            Err(Refusal::RetryAfter(wait)) => receive::pause(wait, stop).await,
            Err(_) => outage.wait(begun, stop).await,
        }
        if stop.is_cancelled() {
            return Ok(None);
        }
    }
}

/// The time as the store and Telegram count it.
fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |age| age.as_secs() as i64)
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Trouble::Store(error)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::BadApiUrl(url) => write!(
                f,
                "`{url}` is no address of a Bot API server\nhint: set TELOXIDE_API_URL to something like `http://localhost:8081`"
            ),
            Trouble::WrongToken => f.write_str(
                "Telegram does not know this bot token\nhint: copy TELOXIDE_TOKEN again from @BotFather",
            ),
            Trouble::Conflict => f.write_str(
                "another program receives this bot's updates, or a webhook is set\nhint: stop the other one, or call deleteWebhook",
            ),
            Trouble::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Trouble {}

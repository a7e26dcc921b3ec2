//! The tester: the real bot in temporary folders, in conversation with a strict Bot API server.
//!
//! ```ignore
//! let mut bot = Bot::start().clock("2026-01-05T07:00Z").article("dikes.md", DIKES).await;
//! assert_snapshot!(bot.private().send("/brief daily 08:30 UTC").await, @"Done. ...");
//! bot.advance_to("2026-01-06T08:30Z").await;
//! assert_snapshot!(bot.next_message().await, @"What is new since ...");
//! ```
//!
//! `cargo insta test --test it --review` shows and accepts replies that have changed on purpose.
//!
//! When a [`Bot`] is dropped, the bot stops in peace, and the test fails if a message was sent that
//! the test did not look at, if a request was invalid, or if a press was not answered.

mod folders;

use std::future::{Future, IntoFuture};
use std::net::Ipv4Addr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, block_in_place};
use tokio_util::sync::CancellationToken;
use url::Url;
use verbatim::bot::{self, BotConfig, BotError, BoundListener, BoundWebhook, Clock};
use verbatim::config::{
    BotToken, ChannelSource, FeedSource, Import, Limits, Proxies, Sources, Telegram, Webhook,
};
use verbatim::ids::{ChatId, UserId};
use verbatim::index::no_progress;
use verbatim::library::Library;
use verbatim::store::Store;

use crate::fake_bot_api::{FakeBotApi, Message, TOKEN};
pub use folders::{folders, write};

/// Time for which a file must not have changed before the bot reads it.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// Timeout of everything that a test waits for.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Interval between two looks at a state that the bot reports to nobody.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// The bot under test, its folders and its Telegram.
pub struct Bot {
    telegram: FakeBotApi,
    folders: TempDir,
    clock: Clock,
    settings: Telegram,
    token: String,
    has_webhook: bool,
    has_monitor: bool,
    sources: Sources,
    running: Option<Running>,
}

struct Running {
    stop: CancellationToken,
    task: JoinHandle<Result<(), BotError>>,
    library: Weak<Library>,
    /// Addresses at which the bot listens.
    webhook: Option<Url>,
    monitor: Option<Url>,
}

/// A bot that is about to start. It starts once it is awaited.
#[must_use = "the bot starts once this is awaited"]
pub struct Start(Bot);

impl Bot {
    /// Returns a bot with one article about tides, the machine's clock and no limits on sending.
    pub fn start() -> Start {
        let settings = Telegram { limits: no_limits(), ..Telegram::default() };
        Start(Bot {
            telegram: FakeBotApi::start(),
            folders: folders(),
            clock: Clock::default(),
            settings,
            token: TOKEN.to_owned(),
            has_webhook: false,
            has_monitor: false,
            sources: Sources {
                // The tests have web servers of their own on this machine.
                import: Import {
                    allow_private: true,
                    interval: Duration::ZERO,
                    ..Import::default()
                },
                program: env!("CARGO_BIN_EXE_verbatim").into(),
                ..Sources::default()
            },
            running: None,
        })
    }

    pub fn corpus(&self) -> PathBuf {
        self.folders.path().join("corpus")
    }

    pub fn data(&self) -> PathBuf {
        self.folders.path().join("data")
    }

    /// Returns a path next to the corpus and the data directory.
    pub fn place(&self, name: &str) -> PathBuf {
        self.folders.path().join(name)
    }

    /// Renders a message without the path of the temporary folders.
    pub fn without_path(&self, message: &Message) -> String {
        message.to_string().replace(&format!("{}/", self.folders.path().display()), "")
    }

    /// Opens the store while the bot has it open, too.
    pub fn store(&self) -> Store {
        Store::open(&self.data()).expect("the bot has made the store")
    }

    /// Writes an article without waiting until the bot has read it.
    pub fn write(&self, file: &str, text: &str) {
        write(&self.folders, file, text);
    }

    /// Writes an article and waits until the bot has recorded what is new.
    pub async fn add_article(&self, file: &str, text: &str) {
        self.changing_corpus(async || self.write(file, text)).await;
    }

    /// Removes an article and waits until the bot has recorded that.
    pub async fn remove_article(&self, file: &str) {
        let file = self.corpus().join(file);
        self.changing_corpus(async || std::fs::remove_file(&file).expect("the article exists"))
            .await;
    }

    /// Changes the corpus and waits until the bot has recorded what is new.
    pub async fn changing_corpus<T>(&self, change: impl AsyncFnOnce() -> T) -> T {
        let known = self.newest_change();
        let changed = change().await;
        self.recorded_after(known).await;
        changed
    }

    /// Returns the number of the newest recorded change of the corpus.
    pub fn newest_change(&self) -> i64 {
        self.store().newest_change().expect("the store can be read")
    }

    /// Waits until the bot has recorded a change of the corpus after this one.
    pub async fn recorded_after(&self, known: i64) {
        let store = self.store();
        eventually("a change of the corpus is recorded", async || {
            (store.newest_change().expect("the store can be read") > known).then_some(())
        })
        .await;
    }

    /// Moves the clock without waiting.
    pub fn set_clock(&self, moment: &str) {
        self.clock.set(at(moment));
    }

    /// Moves the clock and waits until every briefing that is due then is dealt with. A briefing
    /// that was sent is the next message.
    pub async fn advance_to(&self, moment: &str) {
        self.advance_to_second(at(moment)).await;
    }

    /// Moves the clock to a moment in Unix seconds, like [`Bot::advance_to`].
    pub async fn advance_to_second(&self, moment: i64) {
        self.clock.set(moment);
        self.briefings_finished().await;
    }

    /// Returns the time of the clock in Unix seconds.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Waits until the bot has planned the next briefing for this moment.
    pub async fn next_briefing_is(&self, moment: &str) {
        let store = self.store();
        eventually("the next briefing is planned", async || {
            let next = store.next_due().expect("the store can be read");
            (next == Some(at(moment))).then_some(())
        })
        .await;
    }

    /// Waits until a chat has schedules.
    pub async fn schedules_of(&self, chat: i64) {
        let store = self.store();
        eventually("the chat has a schedule", async || {
            let schedules =
                store.schedules(ChatId::new(chat), None).expect("the store can be read");
            (!schedules.is_empty()).then_some(())
        })
        .await;
    }

    /// Waits until no briefing is due or under way.
    pub async fn briefings_finished(&self) {
        let store = self.store();
        eventually("every due briefing is dealt with", async || {
            let next = store.next_due().expect("the store can be read");
            let is_due = next.is_some_and(|due| due <= self.clock.now());
            let unfinished = store.unfinished_briefings().expect("the store can be read");
            (!is_due && unfinished.is_empty()).then_some(())
        })
        .await;
    }

    /// Stops the bot, which must end in peace, and starts it again in the same folders.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.run();
    }

    /// Stops the bot, which must end in peace.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop.cancel();
            running.task.await.expect("the bot does not panic").expect("the bot stops in peace");
            // A blocking task may still read the index, whose directory is locked as long.
            eventually("the index is closed", async || {
                (running.library.strong_count() == 0).then_some(())
            })
            .await;
        }
    }

    /// Changes the settings of an operator, which hold from the next start.
    pub fn configure(&mut self, change: impl FnOnce(&mut Telegram)) {
        change(&mut self.settings);
    }

    /// Waits until the bot ends by itself, and returns why.
    pub async fn ended(&mut self) -> BotError {
        let running = self.running.take().expect("the bot runs");
        running.task.await.expect("the bot does not panic").expect_err("the bot ends by itself")
    }

    /// Returns the address of the webhook.
    pub fn webhook(&self) -> &Url {
        let running = self.running.as_ref().expect("the bot runs");
        running.webhook.as_ref().expect("the bot has a webhook")
    }

    /// Gets a path from the monitor and returns the status and the body.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let url = self.monitor().join(path).expect("an address");
        let answer = reqwest::get(url).await.expect("the bot answers");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    }

    pub fn monitor(&self) -> &Url {
        let running = self.running.as_ref().expect("the bot runs");
        running.monitor.as_ref().expect("the bot has a monitor")
    }

    /// Waits until the readiness report contains a line that starts like this, and returns the
    /// status and the report.
    pub async fn readiness(&self, line: &str) -> (u16, String) {
        eventually(&format!("readiness reports {line}"), async || {
            let (status, report) = self.get("readyz").await;
            report.lines().any(|known| known.starts_with(line)).then_some((status, report))
        })
        .await
    }

    /// Starts the bot without a webhook, whatever it had.
    pub async fn restart_polling(&mut self) {
        self.has_webhook = false;
        self.restart().await;
    }

    /// Starts a bot that is stopped.
    pub fn run(&mut self) {
        let library = Library::open(&self.corpus(), &self.data(), no_progress);
        let library = Arc::new(library.expect("the corpus is in order"));
        let store = Store::open(&self.data()).expect("the data directory can be written");
        let (mut webhook, mut monitor, mut hook, mut watched) = (None, None, None, None);
        if self.has_webhook {
            let (door, url) = door("/telegram");
            let listen = door.address().expect("it was just taken");
            hook = Some(BoundWebhook {
                webhook: Webhook { url: url.clone(), listen, secret: None },
                listener: door,
            });
            webhook = Some(url);
        }
        if self.has_monitor {
            let (door, url) = door("/");
            (watched, monitor) = (Some(door), Some(url));
        }
        let setup = BotConfig {
            token: BotToken::parse(&self.token).expect("a token"),
            api_url: Some(self.telegram.url.clone()),
            proxies: Proxies::default(),
            telegram: self.settings.clone(),
            corpus: (&self.corpus()).into(),
            data: self.data(),
            model: self.data().join("model"),
            webhook: hook,
            monitor: watched,
            instance: "of-a-test".to_owned(),
            debounce: DEBOUNCE,
            sources: self.sources.clone(),
            clock: self.clock.clone(),
        };
        let stop = CancellationToken::new();
        let weak = Arc::downgrade(&library);
        let task = tokio::spawn(bot::run(setup, library, store, stop.clone()));
        self.running = Some(Running { stop, task, library: weak, webhook, monitor });
    }
}

impl Deref for Bot {
    type Target = FakeBotApi;

    fn deref(&self) -> &FakeBotApi {
        &self.telegram
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        if std::thread::panicking() {
            if let Some(running) = self.running.take() {
                running.task.abort();
            }
            return;
        }
        block_in_place(|| {
            Handle::current().block_on(async {
                if self.running.is_some() {
                    self.presses_answered().await;
                }
                self.stop().await;
            });
        });
        let unseen: Vec<_> = self.unseen().iter().map(ToString::to_string).collect();
        assert!(
            unseen.is_empty(),
            "the test did not look at these messages:\n{}",
            unseen.join("\n\n")
        );
        let invalid = self.invalid_requests();
        assert!(invalid.is_empty(), "these requests are invalid: {invalid:#?}");
    }
}

impl Start {
    /// Sets a clock that the test moves.
    pub fn clock(mut self, moment: &str) -> Start {
        self.0.clock = Clock::fixed(at(moment));
        self
    }

    pub fn article(self, file: &str, text: &str) -> Start {
        self.0.write(file, text);
        self
    }

    /// Removes the article about tides.
    pub fn without_tides(self) -> Start {
        std::fs::remove_file(self.0.corpus().join("tides.md")).expect("it was just written");
        self
    }

    /// Sets what an operator configures.
    pub fn configure(mut self, change: impl FnOnce(&mut Telegram)) -> Start {
        change(&mut self.0.settings);
        self
    }

    /// Makes Ada an operator.
    pub fn with_admin(self) -> Start {
        self.configure(|settings| {
            settings.access.admins = vec![UserId::new(crate::fake_bot_api::ADA)]
        })
    }

    /// Lets readers ask as often as they like.
    pub fn without_reader_limits(self) -> Start {
        self.configure(|settings| {
            (settings.access.user_per_minute, settings.access.chat_per_minute) = (0, 0);
        })
    }

    pub fn send_limits(self, limits: Limits) -> Start {
        self.configure(|settings| settings.limits = limits)
    }

    pub fn token(mut self, token: &str) -> Start {
        self.0.token = token.to_owned();
        self
    }

    /// Lets Telegram bring the updates, over a webhook on a free port.
    pub fn with_webhook(mut self) -> Start {
        self.0.has_webhook = true;
        self
    }

    /// Serves health and metrics on a free port.
    pub fn with_monitor(mut self) -> Start {
        self.0.has_monitor = true;
        self
    }

    /// Configures feeds whose entries become articles.
    pub fn feeds(mut self, feeds: Vec<FeedSource>) -> Start {
        self.0.sources.feeds = feeds;
        self
    }

    /// Configures channels whose posts become articles.
    pub fn channels(mut self, channels: Vec<ChannelSource>) -> Start {
        self.0.sources.channels = channels;
        self
    }

    /// Prepares the store as an earlier run of the bot leaves it.
    pub fn store(self, prepare: impl FnOnce(&Store)) -> Start {
        let data = self.0.data();
        std::fs::create_dir_all(&data).expect("a new directory");
        prepare(&Store::open(&data).expect("a new store"));
        self
    }

    /// Prepares the folders before the bot starts.
    pub fn folders(self, prepare: impl FnOnce(&Path)) -> Start {
        prepare(self.0.folders.path());
        self
    }

    /// Prepares Telegram before the bot starts.
    pub fn telegram(self, prepare: impl FnOnce(&FakeBotApi)) -> Start {
        prepare(&self.0.telegram);
        self
    }
}

impl IntoFuture for Start {
    type Output = Bot;
    type IntoFuture = Pin<Box<dyn Future<Output = Bot> + Send>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            self.0.run();
            self.0
        })
    }
}

/// Waits until a look finds something. Only for states that the bot reports to nobody, such as its
/// store and its metrics: everything that it sends can be awaited.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let found = tokio::time::timeout(TIMEOUT, looking).await;
    found.unwrap_or_else(|_| panic!("timed out waiting until {what}"))
}

/// Returns a moment in Unix seconds.
pub fn at(moment: &str) -> i64 {
    moment.parse::<jiff::Timestamp>().expect("a moment").as_second()
}

fn door(path: &str) -> (BoundListener, Url) {
    let door = BoundListener::bind((Ipv4Addr::LOCALHOST, 0).into(), "listen").expect("a free port");
    let address = door.address().expect("it was just taken");
    let url = format!("http://{address}{path}").parse().expect("an address");
    (door, url)
}

fn no_limits() -> Limits {
    Limits { overall_per_second: 0, chat_per_second: 0, chat_burst: 0, group_per_minute: 0 }
}

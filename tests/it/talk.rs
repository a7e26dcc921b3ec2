//! A bot in temporary folders, and a Telegram to talk with it.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;
use verbatim::bot::{self, BotConfig, BotError, BoundListener, BoundWebhook, Clock};
use verbatim::config::{BotToken, Limits, Telegram, Webhook};
use verbatim::index::no_progress;
use verbatim::library::Library;
use verbatim::store::Store;

use crate::bot_api;
use crate::fake_bot_api::{FakeBotApi, Shown, TOKEN};

const TIDES: &str = "---\ntitle: Tides & <Times>\nauthors: Ada\n---\n\n\
    Tides are the rise and fall of sea levels. The Moon causes them.\n\n\
    ## Neap tides\n\nA neap tide happens twice a month, when the Sun & the Moon are at right angles.\n\n\
    ## Tidal power\n\nA barrage across the Rance estuary has made electricity since 1966.\n";

/// A running bot with its folders.
pub struct Running {
    pub folders: TempDir,
    pub stop: CancellationToken,
    pub task: JoinHandle<Result<(), BotError>>,
}

impl Running {
    pub async fn stop(self) -> TempDir {
        self.stop.cancel();
        self.task.await.expect("the bot does not panic").expect("the bot stops in peace");
        self.folders
    }
}

pub fn folders() -> TempDir {
    let folders = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(folders.path().join("corpus")).expect("a new directory");
    write(&folders, "tides.md", TIDES);
    folders
}

pub fn write(folders: &TempDir, file: &str, text: &str) {
    std::fs::write(folders.path().join("corpus").join(file), text)
        .expect("a file in a new directory");
}

pub fn start(telegram: &FakeBotApi, folders: TempDir) -> Running {
    start_with(telegram, folders, TOKEN)
}

pub fn start_with(telegram: &FakeBotApi, folders: TempDir, token: &str) -> Running {
    start_as(telegram, folders, token, Telegram::default(), Clock::default())
}

/// With settings of an operator; there are no limits on sending.
pub fn start_set(telegram: &FakeBotApi, folders: TempDir, settings: Telegram) -> Running {
    start_as(telegram, folders, TOKEN, settings, Clock::default())
}

pub fn start_as(
    telegram: &FakeBotApi,
    folders: TempDir,
    token: &str,
    settings: Telegram,
    clock: Clock,
) -> Running {
    let settings = Telegram { limits: unlimited().limits, ..settings };
    run(telegram, folders, token, settings, clock, Doors::default())
}

/// With a webhook on a free port, which is given.
pub fn start_hooked(telegram: &FakeBotApi, folders: TempDir) -> (Running, Url) {
    let (door, url) = door("/telegram");
    let listen = door.address().expect("it was just taken");
    let webhook = Webhook { url: url.clone(), listen, secret: None };
    let hook = Some(BoundWebhook { webhook, listener: door });
    (
        run(telegram, folders, TOKEN, unlimited(), Clock::default(), Doors { hook, monitor: None }),
        url,
    )
}

/// With somebody to watch it at the address that is given.
pub fn start_watched(telegram: &FakeBotApi, folders: TempDir) -> (Running, Url) {
    let (door, url) = door("/");
    let doors = Doors { hook: None, monitor: Some(door) };
    (run(telegram, folders, TOKEN, unlimited(), Clock::default(), doors), url)
}

/// What a bot listens on, beside asking for updates.
#[derive(Default)]
struct Doors {
    hook: Option<BoundWebhook>,
    monitor: Option<BoundListener>,
}

fn door(path: &str) -> (BoundListener, Url) {
    let door = BoundListener::bind((Ipv4Addr::LOCALHOST, 0).into(), "listen").expect("a free port");
    let address = door.address().expect("it was just taken");
    let url = format!("http://{address}{path}").parse().expect("an address");
    (door, url)
}

fn unlimited() -> Telegram {
    let limits =
        Limits { overall_per_second: 0, chat_per_second: 0, chat_burst: 0, group_per_minute: 0 };
    Telegram { limits, ..Telegram::default() }
}

/// With limits on sending and a clock that the test moves.
pub fn start_limited(
    telegram: &FakeBotApi,
    folders: TempDir,
    clock: &Clock,
    limits: Limits,
) -> Running {
    run(
        telegram,
        folders,
        TOKEN,
        Telegram { limits, ..Telegram::default() },
        clock.clone(),
        Doors::default(),
    )
}

fn run(
    telegram: &FakeBotApi,
    folders: TempDir,
    token: &str,
    settings: Telegram,
    clock: Clock,
    doors: Doors,
) -> Running {
    let data = folders.path().join("data");
    let library = Library::open(&folders.path().join("corpus"), &data, no_progress)
        .expect("the corpus is in order");
    let store = Store::open(&data).expect("the data directory is new");
    let setup = BotConfig {
        token: BotToken::parse(token).expect("a token"),
        api_url: Some(telegram.url.clone()),
        telegram: settings,
        corpus: (&folders.path().join("corpus")).into(),
        webhook: doors.hook,
        monitor: doors.monitor,
        instance: "of-a-test".to_owned(),
        debounce: Duration::from_millis(100),
        clock,
    };
    let stop = CancellationToken::new();
    let task = tokio::spawn(bot::run(setup, Arc::new(library), store, stop.clone()));
    Running { folders, stop, task }
}

/// A moment in Unix seconds.
pub fn at(moment: &str) -> i64 {
    moment.parse::<jiff::Timestamp>().unwrap().as_second()
}

/// A Monday in winter.
pub fn monday() -> i64 {
    at("2026-01-05T07:00:00Z")
}

pub async fn said(telegram: &FakeBotApi, text: &str) -> Shown {
    telegram.says(text);
    telegram.next().await
}

pub fn labels(message: &Shown) -> Vec<&str> {
    message.buttons.iter().flatten().map(|(label, _)| label.as_str()).collect()
}

/// What a button makes of its message.
pub async fn pressed(telegram: &FakeBotApi, message: &Shown, label: &str) -> Shown {
    telegram.presses(message, label);
    let shown = telegram.next().await;
    assert!(shown.is_edit && shown.id == message.id, "a button changes its own message");
    shown
}

/// Asks for the status until it says this: what is not sent cannot be waited for.
pub async fn status_says(telegram: &FakeBotApi, part: &str) -> Shown {
    for _ in 0..5_000 {
        let status = said(telegram, "/brief status").await;
        if status.text.contains(part) {
            return status;
        }
    }
    panic!("the status never says {part}: {}", said(telegram, "/brief status").await.text)
}

/// A bot without limits for readers, so that a test may ask as often as it likes.
pub fn patient(telegram: &FakeBotApi, folders: TempDir, clock: &Clock) -> Running {
    let mut settings = Telegram::default();
    (settings.access.user_per_minute, settings.access.chat_per_minute) = (0, 0);
    start_as(telegram, folders, TOKEN, settings, clock.clone())
}

/// Many threads, so that the bot and Telegram are as independent as they really are.
pub fn conversation(talk: impl AsyncFnOnce(&FakeBotApi)) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let telegram = FakeBotApi::start().await;
        talk(&telegram).await;
        assert_eq!(telegram.unseen(), [], "nothing is said that no test looks at");
        assert_eq!(bot_api::problems(&telegram.all_calls()), Vec::<String>::new());
    });
}

//! A Bot API server for tests, over HTTP, that refuses every request that Telegram refuses.
//!
//! A test talks to it like a person in Telegram: [`FakeBotApi::private`], [`FakeBotApi::press`],
//! [`FakeBotApi::inline`]. The messages of the bot come out of [`FakeBotApi::next_message`].

mod ephemeral;
pub mod html;
mod inline;
mod message;
mod methods;
mod people;
mod profile;
mod update;
mod webhook;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::bot_api;
pub use message::{InlineAnswer, InlinePost, Message};
pub use people::{Posted, Writer};
pub use update::Update;

pub const TOKEN: &str = "4242:fake-Token_for-tests";
pub const BOT_ID: i64 = 4242;
pub const BOT: &str = "VerbatimBot";
pub const ADA: i64 = 100;
pub const BEN: i64 = 101;
pub const GROUP: i64 = -1001;

/// A server that stops when it is dropped.
pub struct FakeBotApi {
    pub url: String,
    world: Arc<World>,
    server: JoinHandle<()>,
    bringing: JoinHandle<()>,
}

/// A fault of one request.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Refused with this code, description and parameters.
    Refuse(u16, &'static str, Value),
    /// The connection breaks before anything is done.
    DropBefore,
    /// Carried out, then the connection breaks.
    DropAfter,
    /// Carried out, but only the beginning of the answer arrives.
    Truncated,
    /// Carried out after this time.
    Delay(Duration),
    /// A gateway in front of the server fails with this status and a page of HTML.
    Html(u16),
    /// Carried out, then answered with this status and body.
    Says(u16, String),
}

const CONFLICT: &str = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

impl Fault {
    pub fn refuse(code: u16, description: &'static str) -> Fault {
        Fault::Refuse(code, description, Value::Null)
    }

    /// Returns the refusal that asks to wait for so many seconds.
    pub fn retry_after(seconds: impl Into<Value>) -> Fault {
        let parameters = json!({"retry_after": seconds.into()});
        Fault::Refuse(429, "Too Many Requests: retry after some time", parameters)
    }

    pub fn blocked() -> Fault {
        Fault::refuse(403, "Forbidden: bot was blocked by the user")
    }

    pub fn migrated_to(chat: i64) -> Fault {
        let parameters = json!({"migrate_to_chat_id": chat});
        Fault::Refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", parameters)
    }

    /// Returns the refusal for a bot whose updates another process asks for.
    pub fn conflict() -> Fault {
        Fault::refuse(409, CONFLICT)
    }
}

struct World {
    state: Mutex<Live>,
    changed: Notify,
}

#[derive(Default)]
struct Live {
    updates: VecDeque<Value>,
    /// Updates that are not valid JSON, by their ids.
    raw: BTreeMap<i64, Vec<u8>>,
    /// The seconds by which this server's clock is ahead of the machine's.
    ahead: i64,
    next_update: i64,
    next_message: i64,
    allowed: Option<Vec<String>>,
    /// The chat of every message, whether the bot sent it, and its content.
    messages: BTreeMap<i64, (i64, bool, Value)>,
    shown: VecDeque<Message>,
    open_callbacks: Vec<String>,
    answered_callbacks: Vec<String>,
    open_inline: Vec<String>,
    inline_answers: VecDeque<InlineAnswer>,
    has_guest_mode: bool,
    open_guests: Vec<String>,
    /// Messages that were posted inline, by their ids.
    inline_posts: BTreeMap<String, Value>,
    /// Whether chats permit messages that one person sees.
    has_ephemeral: bool,
    /// Whether the server is too old to know such messages.
    ignores_ephemeral: bool,
    bot_is_administrator: bool,
    /// Chat, receiver and content of the messages that one person sees.
    ephemeral: BTreeMap<i64, (i64, i64, Value)>,
    /// Updates as they were delivered.
    delivered: Vec<Value>,
    documents: Vec<String>,
    /// The files that were sent to the bot, by their ids.
    files: BTreeMap<String, Vec<u8>>,
    administrators: Vec<i64>,
    /// Commands, name and descriptions.
    profile: BTreeMap<String, Value>,
    calls: Vec<(String, Value)>,
    /// Requests that break a limit of the Bot API, with the refusals.
    invalid: Vec<String>,
    /// The number of polls. Only the newest poll gets updates.
    polls: u64,
    faults: VecDeque<(&'static str, Fault)>,
    /// The address of the webhook and its secret.
    webhook: Option<(String, String)>,
    loses_webhook: bool,
    /// The statuses with which the bot answered updates at its webhook.
    brought: Vec<u16>,
}

impl FakeBotApi {
    pub fn start() -> FakeBotApi {
        let live = Live { next_update: 1, next_message: 1, ..Live::default() };
        let world = Arc::new(World { state: Mutex::new(live), changed: Notify::new() });
        let router = Router::new()
            .route("/{bot}/{method}", post(handle))
            .route("/file/{bot}/{*path}", get(download))
            .with_state(world.clone());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        listener.set_nonblocking(true).expect("a socket can be set to that");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
        let url = format!("http://{}", listener.local_addr().expect("it was just bound"));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the server runs until it is stopped");
        });
        let bringing = tokio::spawn(webhook::bring(world.clone()));
        FakeBotApi { url, world, server, bringing }
    }

    pub async fn next_inline(&self) -> InlineAnswer {
        self.until("an inline query is answered", |live| live.inline_answers.pop_front()).await
    }

    /// Adds a chat in which nobody has written yet.
    pub fn exists(&self, chat: i64) {
        let mut live = self.world.lock();
        let hidden = -1 - live.messages.len() as i64;
        live.messages.insert(hidden, (chat, false, Value::Null));
    }

    pub fn remove_administrator(&self, person: i64) {
        self.world.lock().administrators.retain(|known| *known != person);
    }

    pub fn make_administrator(&self, person: i64) {
        self.world.lock().administrators.push(person);
    }

    pub fn documents(&self) -> Vec<String> {
        self.world.lock().documents.clone()
    }

    /// Turns guest mode on, as in BotFather.
    pub fn turn_on_guest_mode(&self) {
        self.world.lock().has_guest_mode = true;
    }

    /// Permits messages that one person sees.
    pub fn permit_ephemeral(&self) {
        self.world.lock().has_ephemeral = true;
    }

    /// Makes the server one of an earlier version, which ignores the parameters of such messages.
    pub fn ignore_ephemeral(&self) {
        self.world.lock().ignores_ephemeral = true;
    }

    /// Makes the bot an administrator of every group.
    pub fn promote_bot(&self) {
        self.world.lock().bot_is_administrator = true;
    }

    /// Returns the number of messages that one person sees now.
    pub fn ephemeral_count(&self) -> usize {
        self.world.lock().ephemeral.len()
    }

    /// Queues an update, to which an id is added.
    pub fn push(&self, mut update: Value) {
        let mut live = self.world.lock();
        update["update_id"] = json!(live.next_update);
        live.delivered.push(update.clone());
        live.next_update += 1;
        live.updates.push_back(update);
        drop(live);
        self.world.changed.notify_waiters();
    }

    /// Queues an update of any bytes, made from its id.
    pub fn push_raw(&self, bytes: impl FnOnce(i64) -> Vec<u8>) -> i64 {
        let mut live = self.world.lock();
        let id = live.next_update;
        live.raw.insert(id, bytes(id));
        drop(live);
        self.push(json!({"message": {"raw": true}}));
        id
    }

    /// Sets by how many seconds the server's clock is ahead of the machine's.
    pub fn clock_is_ahead(&self, seconds: i64) {
        self.world.lock().ahead = seconds;
    }

    /// Lets the next request for this method go wrong.
    pub fn fail_next(&self, method: &'static str, fault: Fault) {
        self.world.lock().faults.push_back((method, fault));
    }

    /// Removes the faults that are left.
    pub fn mends(&self) {
        self.world.lock().faults.clear();
    }

    /// Asks for the same bot's updates, as another program does.
    pub fn polls_too(&self) {
        self.world.lock().polls += 1;
        self.world.changed.notify_waiters();
    }

    /// Waits until every update is confirmed.
    pub async fn confirmed(&self) {
        self.until("every update is confirmed", |live| live.updates.is_empty().then_some(())).await;
    }

    /// Returns the number of updates that are not confirmed.
    pub fn unconfirmed(&self) -> usize {
        self.world.lock().updates.len()
    }

    /// Waits for the next message or edit of the bot.
    pub async fn next_message(&self) -> Message {
        self.until("the bot sends something", |live| live.shown.pop_front()).await
    }

    /// Waits for the next message of the bot, which must be the reply to this one.
    pub async fn reply_to(&self, posted: Posted) -> Message {
        let shown = self.next_message().await;
        assert_eq!(
            (shown.chat, shown.reply_to, shown.is_edit),
            (posted.chat, Some(posted.id), false),
            "the next message is not the expected reply:\n{shown}"
        );
        shown
    }

    /// Takes the messages that the bot sent and no test looked at.
    pub fn unseen(&self) -> Vec<Message> {
        self.world.lock().shown.drain(..).collect()
    }

    /// Returns the requests for a method so far.
    pub fn calls(&self, method: &str) -> Vec<Value> {
        let live = self.world.lock();
        live.calls
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(method))
            .map(|(_, body)| body.clone())
            .collect()
    }

    /// Waits until every press is answered.
    pub async fn presses_answered(&self) {
        self.until("every press is answered", |live| live.open_callbacks.is_empty().then_some(()))
            .await;
    }

    /// Returns everything that is wrong with the requests so far: limits of the Bot API that they
    /// break, and fields that its description does not have.
    pub fn invalid_requests(&self) -> Vec<String> {
        let mut invalid = self.world.lock().invalid.clone();
        invalid.extend(bot_api::problems(&self.all_calls()));
        invalid.extend(bot_api::unknown_fields(&self.world.lock().delivered));
        invalid
    }

    /// Returns all requests so far, as they were made.
    pub fn all_calls(&self) -> Vec<(String, Value)> {
        self.world.lock().calls.clone()
    }

    /// Waits until a method has been called this many times, whatever came of it.
    pub async fn called(&self, method: &str, count: usize) {
        let is_it = |(name, _): &&(String, Value)| name.eq_ignore_ascii_case(method);
        self.until("the method is called", |live| {
            (live.calls.iter().filter(is_it).count() >= count).then_some(())
        })
        .await;
    }

    /// Returns the notices with which presses were answered, empty ones included.
    pub fn notices(&self) -> Vec<String> {
        self.world.lock().answered_callbacks.clone()
    }

    async fn until<T>(&self, what: &str, mut happened: impl FnMut(&mut Live) -> Option<T>) -> T {
        let wait = async {
            loop {
                let changed = self.world.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if let Some(found) = happened(&mut self.world.lock()) {
                    return found;
                }
                changed.await;
            }
        };
        match tokio::time::timeout(Duration::from_secs(30), wait).await {
            Ok(found) => found,
            Err(_) => {
                let calls: Vec<_> =
                    self.world.lock().calls.iter().map(|(method, _)| method.clone()).collect();
                panic!("timed out waiting until {what}; calls so far: {calls:?}")
            }
        }
    }
}

impl Drop for FakeBotApi {
    fn drop(&mut self) {
        self.server.abort();
        self.bringing.abort();
    }
}

impl Live {
    /// Replaces the placeholders of updates that are not valid JSON by their bytes.
    fn with_raw(&self, text: String) -> Vec<u8> {
        let mut bytes = text.into_bytes();
        for (id, raw) in &self.raw {
            let place = json!({"update_id": id, "message": {"raw": true}}).to_string();
            let at = bytes.windows(place.len()).position(|part| part == place.as_bytes());
            if let Some(at) = at {
                bytes.splice(at..at + place.len(), raw.iter().copied());
            }
        }
        bytes
    }
}

impl World {
    fn lock(&self) -> MutexGuard<'_, Live> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn handle(
    State(world): State<Arc<World>>,
    Path((bot, method)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    if bot != format!("bot{TOKEN}") {
        return methods::refuse(401, "Unauthorized", Value::Null).into_response();
    }
    let body: Value = if body.is_empty() {
        json!({})
    } else {
        let raw = || json!({"raw": String::from_utf8_lossy(&body)});
        serde_json::from_slice(&body).unwrap_or_else(|_| raw())
    };
    let fault = {
        let mut live = world.lock();
        live.calls.push((method.clone(), body.clone()));
        let at = live.faults.iter().position(|(name, _)| name.eq_ignore_ascii_case(&method));
        at.and_then(|at| live.faults.remove(at))
    };
    world.changed.notify_waiters();
    let fault = fault.map(|(_, fault)| fault);
    match &fault {
        Some(Fault::Refuse(code, description, parameters)) => {
            return methods::refuse(*code, description, parameters.clone()).into_response();
        }
        Some(Fault::Html(code)) => {
            let code = StatusCode::from_u16(*code).expect("a test gives a status code");
            return (code, "<html>something in between</html>").into_response();
        }
        Some(Fault::DropBefore) => break_connection(),
        Some(Fault::Delay(delay)) => tokio::time::sleep(*delay).await,
        Some(Fault::DropAfter | Fault::Truncated | Fault::Says(..)) | None => {}
    }
    let (status, reply) = methods::call(&world, &method, &body).await;
    world.changed.notify_waiters();
    let (date, reply) = {
        let live = world.lock();
        let date = std::time::UNIX_EPOCH + Duration::from_secs((now() + live.ahead) as u64);
        (httpdate::fmt_http_date(date), live.with_raw(reply))
    };
    let reply = (status, [("date", date)], reply);
    match fault {
        Some(Fault::Says(code, text)) => {
            let code = StatusCode::from_u16(code).expect("a test gives a status code");
            (code, text).into_response()
        }
        Some(Fault::DropAfter) => break_connection(),
        Some(Fault::Truncated) => (StatusCode::OK, "{\"ok\":tr").into_response(),
        _ => reply.into_response(),
    }
}

/// Ends the task of the connection without a response and without a panic message.
fn break_connection() -> ! {
    std::panic::resume_unwind(Box::new("the connection is broken"))
}

async fn download(
    State(world): State<Arc<World>>,
    Path((bot, path)): Path<(String, String)>,
) -> Response {
    let file = world.lock().files.get(&path).cloned();
    match file {
        Some(content) if bot == format!("bot{TOKEN}") => content.into_response(),
        _ => (StatusCode::NOT_FOUND, "").into_response(),
    }
}

fn person(id: i64) -> Value {
    let name = match id {
        BEN => "Ben",
        _ => "Ada",
    };
    json!({"id": id, "is_bot": false, "first_name": name})
}

pub fn bot_user() -> Value {
    json!({"id": BOT_ID, "is_bot": true, "first_name": "Verbatim", "username": BOT})
}

fn chat_of(chat: i64) -> Value {
    if chat < 0 {
        json!({"id": chat, "type": "supergroup", "title": "Readers", "is_forum": true})
    } else {
        json!({"id": chat, "type": "private", "first_name": "Ada"})
    }
}

fn now() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .map_or(0, |age| age.as_secs() as i64)
}

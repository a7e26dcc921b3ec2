//! A minimal Bot API server over HTTP with readers who ask. It does little work, since it shares
//! the machine with the bot.

#![allow(dead_code, reason = "each benchmark uses a part of this module")]

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

const JUDGED: &str = include_str!("../../tests/questions/irans-taliban-tightrope.jsonl");
/// Further messages of readers: mistyped, keywords, off the topic, or small talk.
const MORE: [&str; 12] = [
    "which rivr is the water dispute about?",
    "helmnad river treaty",
    "what does the Taliban goverment want from Tehran",
    "who are the Haqani network",
    "afghan refugees deported",
    "opium narcotics border",
    "best sourdough bread recipe",
    "what is the capital of Mongolia",
    "how do I reset my password?",
    "who won the world cup in 2018",
    "is it?",
    "thanks a lot",
];
/// Rate of [`Telegram::ask_steadily`].
pub const QUESTIONS_PER_SECOND: u64 = 300;
/// Maximum number of updates per response, as in the Bot API.
const MAX_BATCH: usize = 100;
/// Number of chats: more than questions in flight, so no question waits for another of its chat.
const CHATS: i64 = 5_000;
/// Timeout of long polling.
const POLL: Duration = Duration::from_secs(5);

/// Returns real questions about the article.
pub fn questions() -> Vec<String> {
    let judged = JUDGED.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).expect("each line is an object");
        line["question"].as_str().map(str::to_owned)
    });
    judged.chain(MORE.map(str::to_owned)).collect()
}

/// A running server.
pub struct Telegram {
    pub url: String,
    readers: Arc<Readers>,
}

struct Readers {
    /// The messages, which are sent in turn.
    texts: Vec<String>,
    state: Mutex<State>,
    asked: Notify,
    answered: Notify,
}

#[derive(Default)]
struct State {
    /// Updates that the bot has not received, each with its chat.
    waiting: VecDeque<(i64, String)>,
    /// Times at which the bot received unanswered updates, by chat.
    received: HashMap<i64, Instant>,
    /// Number of updates.
    updates: i64,
    /// Time from the receipt of each answered update to the answer.
    latencies: Vec<Duration>,
    /// Whether a reader asks again after each answer.
    asks_again: bool,
}

#[derive(Deserialize)]
struct Message {
    chat_id: i64,
}

impl Telegram {
    /// Starts a server whose readers send these texts.
    pub async fn start(texts: Vec<String>) -> Telegram {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let url =
            format!("http://{}", listener.local_addr().expect("a bound listener has an address"));
        let readers = Arc::new(Readers {
            texts,
            state: Mutex::default(),
            asked: Notify::new(),
            answered: Notify::new(),
        });
        let shared = readers.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(shared.clone(), stream));
            }
        });
        Telegram { url, readers }
    }

    /// Sends one question.
    pub fn ask(&self) {
        self.readers.ask(&mut self.readers.state.lock());
    }

    /// Waits until every question is answered.
    pub async fn quiet(&self) {
        let is_quiet = || {
            let state = self.readers.state.lock();
            state.waiting.is_empty() && state.received.is_empty()
        };
        while !is_quiet() {
            self.readers.answered.notified().await;
        }
    }

    /// Keeps this many questions in flight for a time. Returns the number of answers in that time.
    pub async fn keep_busy(&self, in_flight: usize, time: Duration) -> usize {
        self.readers.state.lock().asks_again = true;
        let before = self.readers.state.lock().latencies.len();
        for _ in 0..in_flight {
            self.ask();
        }
        tokio::time::sleep(time).await;
        let answered = {
            let mut state = self.readers.state.lock();
            state.asks_again = false;
            state.latencies.len() - before
        };
        self.quiet().await;
        answered
    }

    /// Sends questions at a constant rate for a time. Returns the latency of each.
    pub async fn ask_steadily(&self, time: Duration) -> Vec<Duration> {
        let before = self.readers.state.lock().latencies.len();
        let start = Instant::now();
        let mut asked = 0;
        while start.elapsed() < time {
            let due = start.elapsed().as_millis() as u64 * QUESTIONS_PER_SECOND / 1000;
            for _ in asked..due {
                self.ask();
            }
            asked = due;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        self.quiet().await;
        self.readers.state.lock().latencies.split_off(before)
    }
}

impl Readers {
    /// Sends the next text from the next chat.
    fn ask(&self, state: &mut State) {
        state.updates += 1;
        let (id, chat) = (state.updates, 1 + state.updates % CHATS);
        let text = &self.texts[id as usize % self.texts.len()];
        let date = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs());
        let person = json!({"id": chat, "is_bot": false, "first_name": "Ada", "username": "ada", "language_code": "en"});
        let place = json!({"id": chat, "type": "private", "first_name": "Ada", "username": "ada"});
        let message =
            json!({"message_id": id, "from": person, "chat": place, "date": date, "text": text});
        let update = json!({"update_id": id, "message": message});
        state.waiting.push_back((chat, update.to_string()));
        self.asked.notify_one();
    }

    /// Returns the waiting updates, after the timeout of long polling none.
    async fn get_updates(&self) -> String {
        let wait = async {
            while self.state.lock().waiting.is_empty() {
                self.asked.notified().await;
            }
        };
        // After a timeout the response is empty.
        let _ = tokio::time::timeout(POLL, wait).await;
        let mut state = self.state.lock();
        let (count, now) = (state.waiting.len().min(MAX_BATCH), Instant::now());
        let received: Vec<_> = state.waiting.drain(..count).collect();
        state.received.extend(received.iter().map(|(chat, _)| (*chat, now)));
        let updates: Vec<_> = received.into_iter().map(|(_, update)| update).collect();
        format!("[{}]", updates.join(","))
    }

    /// Records the answer in the body of a `sendMessage` request.
    fn send_message(&self, body: &[u8]) -> String {
        let now = Instant::now();
        let Message { chat_id } = serde_json::from_slice(body).expect("a message has a chat");
        let mut state = self.state.lock();
        if let Some(received) = state.received.remove(&chat_id) {
            state.latencies.push(now - received);
            if state.asks_again {
                self.ask(&mut state);
            }
        }
        self.answered.notify_one();
        let id = state.updates;
        format!(
            r#"{{"message_id":{id},"date":0,"chat":{{"id":{chat_id},"type":"private","first_name":"Ada"}},"text":"."}}"#
        )
    }

    /// Returns the result of a request, as JSON.
    async fn result(&self, method: &str, body: &[u8]) -> String {
        match method.to_ascii_lowercase().as_str() {
            "getupdates" => self.get_updates().await,
            "sendmessage" => self.send_message(body),
            "getme" => r#"{"id":4242,"is_bot":true,"first_name":"V","username":"VBot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":true,"has_main_web_app":false}"#.into(),
            "getmycommands" => "[]".into(),
            "getmyname" | "getmydescription" | "getmyshortdescription" => r#"{"name":"","description":"","short_description":""}"#.into(),
            _ => "true".into(),
        }
    }
}

/// Serves a connection: the part of HTTP/1.1 that the two bots use, without chunks and pipelining.
/// Returns when the connection is closed.
async fn serve(readers: Arc<Readers>, mut stream: TcpStream) -> Option<()> {
    // A failure only delays responses.
    let _ = stream.set_nodelay(true);
    let (mut read, mut next) = (Vec::new(), [0]);
    loop {
        let head = loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                break String::from_utf8_lossy(&read[..end]).into_owned();
            }
            (stream.read_buf(&mut read).await.ok()? > 0).then_some(())?;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        let (begin, length) = (head.len() + 4, length.unwrap_or(0));
        while read.len() < begin + length {
            (stream.read_buf(&mut read).await.ok()? > 0).then_some(())?;
        }
        let method = head.split(' ').nth(1)?.rsplit('/').next()?.to_owned();
        let result = tokio::select! {
            biased;
            // A client that closed the connection must not receive updates.
            _ = stream.peek(&mut next) => return None,
            result = readers.result(&method, &read[begin..begin + length]) => result,
        };
        read.drain(..begin + length);
        let body = format!(r#"{{"ok":true,"result":{result}}}"#);
        let length = body.len();
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(response.as_bytes()).await.ok()?;
    }
}

//! A Bot API over HTTP with people who ask, as little of it as can be: what it costs falls on the same machine.

#![allow(dead_code, reason = "each benchmark needs a part of it")]

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

const JUDGED: &str = include_str!("../../tests/questions/irans-taliban-tightrope.jsonl");
/// What readers ask besides: mistyped, as keywords, in need of a refusal, or nothing to look for.
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
pub const QUESTIONS_PER_SECOND: u64 = 300;
const MAX_BATCH: usize = 100;
/// More than are ever in flight: no chat waits for itself.
const CHATS: i64 = 5_000;
const POLL: Duration = Duration::from_secs(5);

/// Real questions about the article.
pub fn questions() -> Vec<String> {
    let judged = JUDGED.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).expect("each line is an object");
        line["question"].as_str().map(str::to_owned)
    });
    judged.chain(MORE.map(str::to_owned)).collect()
}

/// A Bot API with people who ask.
pub struct Telegram {
    pub url: String,
    people: Arc<People>,
}

struct People {
    asks: Vec<String>,
    state: Mutex<State>,
    have_asked: Notify,
    were_answered: Notify,
}

#[derive(Default)]
struct State {
    /// Asked and not handed out: the chat and the update.
    waiting: VecDeque<(i64, String)>,
    /// Handed out and not answered, by chat.
    handed_out: HashMap<i64, Instant>,
    asked: i64,
    /// How long each answer took from when its question was handed out.
    answers: Vec<Duration>,
    /// Whoever is answered asks again.
    is_insatiable: bool,
}

#[derive(Deserialize)]
struct Message {
    chat_id: i64,
}

impl Telegram {
    pub async fn start(asks: Vec<String>) -> Telegram {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("it was just bound"));
        let people = Arc::new(People {
            asks,
            state: Mutex::default(),
            have_asked: Notify::new(),
            were_answered: Notify::new(),
        });
        let told = people.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(told.clone(), stream));
            }
        });
        Telegram { url, people }
    }

    /// Somebody asks.
    pub fn ask(&self) {
        self.people.ask(&mut self.people.lock());
    }

    /// Waits until everybody is answered.
    pub async fn quiet(&self) {
        let is_quiet = || {
            let state = self.people.lock();
            state.waiting.is_empty() && state.handed_out.is_empty()
        };
        while !is_quiet() {
            self.people.were_answered.notified().await;
        }
    }

    /// Keeps so many questions in flight for a time; how many were answered in it.
    pub async fn keep_busy(&self, in_flight: usize, time: Duration) -> usize {
        self.people.lock().is_insatiable = true;
        let before = self.people.lock().answers.len();
        for _ in 0..in_flight {
            self.ask();
        }
        tokio::time::sleep(time).await;
        let answered = {
            let mut state = self.people.lock();
            state.is_insatiable = false;
            state.answers.len() - before
        };
        self.quiet().await;
        answered
    }

    /// Has questions asked whether or not those before are answered; how long each took.
    pub async fn ask_steadily(&self, time: Duration) -> Vec<Duration> {
        let before = self.people.lock().answers.len();
        let begun = Instant::now();
        let mut asked = 0;
        while begun.elapsed() < time {
            let due = begun.elapsed().as_millis() as u64 * QUESTIONS_PER_SECOND / 1000;
            for _ in asked..due {
                self.ask();
            }
            asked = due;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        self.quiet().await;
        self.people.lock().answers.split_off(before)
    }
}

impl People {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, state: &mut State) {
        state.asked += 1;
        let (id, chat) = (state.asked, 1 + state.asked % CHATS);
        let text = &self.asks[id as usize % self.asks.len()];
        let date = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs());
        let person = json!({"id": chat, "is_bot": false, "first_name": "Ada", "username": "ada", "language_code": "en"});
        let place = json!({"id": chat, "type": "private", "first_name": "Ada", "username": "ada"});
        let message =
            json!({"message_id": id, "from": person, "chat": place, "date": date, "text": text});
        let update = json!({"update_id": id, "message": message});
        state.waiting.push_back((chat, update.to_string()));
        self.have_asked.notify_one();
    }

    /// What waits, or nothing after a while.
    async fn hand_out(&self) -> String {
        let some = async {
            while self.lock().waiting.is_empty() {
                self.have_asked.notified().await;
            }
        };
        // Whether it is over or not, what is there is handed out.
        let _ = tokio::time::timeout(POLL, some).await;
        let mut state = self.lock();
        let (count, now) = (state.waiting.len().min(MAX_BATCH), Instant::now());
        let handed: Vec<_> = state.waiting.drain(..count).collect();
        state.handed_out.extend(handed.iter().map(|(chat, _)| (*chat, now)));
        let updates: Vec<_> = handed.into_iter().map(|(_, update)| update).collect();
        format!("[{}]", updates.join(","))
    }

    fn take_answer(&self, body: &[u8]) -> String {
        let now = Instant::now();
        let Message { chat_id } = serde_json::from_slice(body).expect("a message has a chat");
        let mut state = self.lock();
        if let Some(handed_out) = state.handed_out.remove(&chat_id) {
            state.answers.push(now - handed_out);
            if state.is_insatiable {
                self.ask(&mut state);
            }
        }
        self.were_answered.notify_one();
        let id = state.asked;
        format!(
            r#"{{"message_id":{id},"date":0,"chat":{{"id":{chat_id},"type":"private","first_name":"Ada"}},"text":"."}}"#
        )
    }

    async fn answer(&self, method: &str, body: &[u8]) -> String {
        match method.to_ascii_lowercase().as_str() {
            "getupdates" => self.hand_out().await,
            "sendmessage" => self.take_answer(body),
            "getme" => r#"{"id":4242,"is_bot":true,"first_name":"V","username":"VBot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":true,"has_main_web_app":false}"#.into(),
            "getmycommands" => "[]".into(),
            "getmyname" | "getmydescription" | "getmyshortdescription" => r#"{"name":"","description":"","short_description":""}"#.into(),
            _ => "true".into(),
        }
    }
}

/// HTTP/1.1 as far as two bots speak it: no chunks, and one request after the other.
async fn serve(people: Arc<People>, mut stream: TcpStream) -> Option<()> {
    // Without it an answer just waits a little.
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
        let answer = tokio::select! {
            biased;
            // Whoever has gone is handed nothing out.
            _ = stream.peek(&mut next) => return None,
            answer = people.answer(&method, &read[begin..begin + length]) => answer,
        };
        read.drain(..begin + length);
        let body = format!(r#"{{"ok":true,"result":{answer}}}"#);
        let length = body.len();
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(response.as_bytes()).await.ok()?;
    }
}

//! How fast the whole bot serves: the real binary with its journal, over HTTP, against a Bot API that lives in
//! this process. Beside it, the same for its cheapest reply, and for an echo made with teloxide.
//!
//! ```text
//! cargo bench --bench serving
//! VERBATIM_BENCH_SECONDS=3 VERBATIM_BENCH_ROWS=questions cargo bench --bench serving
//! VERBATIM_BENCH_BINARY=/the/one/before cargo bench --bench serving
//! ```
//!
//! Where there is a `taskset`, each row's load is served by the first core alone, and this process has the
//! second. A start has all of them, as it has for an operator.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Value, json};
use teloxide::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

const JUDGED: &str = include_str!("../tests/questions/irans-taliban-tightrope.jsonl");
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
const PRIVACY: &str = "/privacy";
const TOKEN: &str = "4242:token-of-the-bench";
const CONFIG: &str = "[telegram.limits]\noverall_per_second = 0\nchat_per_second = 0\nchat_burst = 0\ngroup_per_minute = 0\n\
    [access]\nuser_per_minute = 0\nchat_per_minute = 0\n[monitor]\nlisten = \"\"\n[log]\nlevel = \"warn\"\n";
/// Where this very program is to be the echo.
const ECHO: &str = "VERBATIM_BENCH_ECHO";

const STARTS: usize = 11;
const QUESTIONS_PER_SECOND: u64 = 300;
const IN_FLIGHT: usize = 32;
const MAX_BATCH: usize = 100;
/// More than are ever in flight: no chat waits for itself.
const CHATS: i64 = 5_000;
/// Caches fill and connections are made before anything is counted.
const WARM_UP: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_secs(5);
/// What Linux counts CPU time in, for every program.
const TICK: Duration = Duration::from_millis(10);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    if let Ok(url) = std::env::var(ECHO) {
        return runtime.block_on(echo(&url));
    }
    // `cargo test --benches` only wants to know whether it starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let seconds = std::env::var("VERBATIM_BENCH_SECONDS").ok().and_then(|text| text.parse().ok());
    let time = Duration::from_secs(seconds.unwrap_or(10));
    let wanted = std::env::var("VERBATIM_BENCH_ROWS").unwrap_or_default();
    println!(
        "{:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "start ms", "MB then", "median ms", "p99 ms", "answers/s", "CPU µs", "MB after"
    );
    for row in [Row::Questions, Row::Privacy, Row::Echo] {
        if wanted.is_empty() || wanted.split(',').any(|name| name == row.name()) {
            runtime.block_on(measure(row, time));
        }
    }
    println!(
        "\nstart: process to first reply, median of {STARTS}, index made before. median, p99: handed out to reply, \
         {QUESTIONS_PER_SECOND} a second.\nanswers/s and CPU of each: {IN_FLIGHT} in flight. {} s each.",
        time.as_secs()
    );
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Questions,
    Privacy,
    Echo,
}

impl Row {
    fn name(self) -> &'static str {
        match self {
            Row::Questions => "questions",
            Row::Privacy => PRIVACY,
            Row::Echo => "echo",
        }
    }

    fn asks(self) -> Vec<String> {
        if self == Row::Privacy {
            return vec![PRIVACY.to_owned()];
        }
        let judged = JUDGED.lines().filter_map(|line| {
            let line: Value = serde_json::from_str(line).expect("each line is an object");
            line["question"].as_str().map(str::to_owned)
        });
        judged.chain(MORE.map(str::to_owned)).collect()
    }

    fn start(self, folders: &Path, url: &str, core: Option<&str>) -> Running {
        let program = match self {
            Row::Echo => std::env::current_exe().expect("this program is somewhere"),
            Row::Questions | Row::Privacy => std::env::var("VERBATIM_BENCH_BINARY")
                .unwrap_or_else(|_| env!("CARGO_BIN_EXE_verbatim").to_owned())
                .into(),
        };
        let mut command = Command::new("taskset");
        match core.filter(|_| has_taskset()) {
            Some(core) => drop(command.args(["-c", core]).arg(program)),
            None => command = Command::new(program),
        }
        match self {
            Row::Echo => command.env(ECHO, url),
            Row::Questions | Row::Privacy => command.arg("serve"),
        };
        let child = command
            .current_dir(folders)
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", url)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        Running(child.expect("the program was built for this"))
    }
}

/// Measures and prints one row.
async fn measure(row: Row, time: Duration) {
    // Of its own, since a store knows the updates that it had.
    let folders = folders();
    let telegram = Telegram::start(row.asks()).await;
    let (mut starts, mut memory) = (Vec::new(), 0.0);
    for start in 0..=STARTS {
        let begun = Instant::now();
        telegram.ask();
        let running = row.start(folders.path(), &telegram.url, None);
        telegram.quiet().await;
        // The first may have to make the index.
        if start > 0 {
            starts.push(begun.elapsed());
        }
        memory = running.megabytes();
        running.stop().await;
    }

    put_on_core(std::process::id(), "1");
    let running = row.start(folders.path(), &telegram.url, Some("0"));
    telegram.keep_busy(IN_FLIGHT, WARM_UP).await;
    let mut latencies = telegram.ask_steadily(time).await;
    let (begun, busy) = (Instant::now(), running.cpu_time());
    let answers = telegram.keep_busy(IN_FLIGHT, time).await;
    let (elapsed, busy) = (begun.elapsed(), running.cpu_time() - busy);
    println!(
        "{:<10} {:>9.1} {memory:>9.1} {:>9.2} {:>9.2} {:>9.0} {:>9.1} {:>9.1}",
        row.name(),
        milliseconds(&mut starts, 50),
        milliseconds(&mut latencies, 50),
        milliseconds(&mut latencies, 99),
        answers as f64 / elapsed.as_secs_f64(),
        busy.as_secs_f64() * 1e6 / answers.max(1) as f64,
        running.megabytes(),
    );
    running.stop().await;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    put_on_core(std::process::id(), &format!("0-{}", cores.max(2) - 1));
}

/// A percentile.
fn milliseconds(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let at = times.len() * percent / 100;
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// The article, and a configuration without limits.
fn folders() -> tempfile::TempDir {
    let folders = tempfile::tempdir().expect("a temporary directory");
    let (corpus, config) = (folders.path().join("corpus"), folders.path().join("config"));
    std::fs::create_dir(&corpus).expect("a new directory");
    std::fs::create_dir(&config).expect("a new directory");
    let article = "irans-taliban-tightrope.md";
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(article);
    std::fs::copy(here, corpus.join(article)).expect("the article");
    std::fs::write(config.join("verbatim.toml"), CONFIG).expect("a new file");
    folders
}

/// A bot. It never outlives its row.
struct Running(Child);

impl Running {
    async fn stop(mut self) {
        let id = self.0.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.is_ok_and(|told| told.success()), "the bot ended by itself");
        // Not waited for in one go, so that this side hears of its connections that they are closed.
        while self.0.try_wait().is_ok_and(|ended| ended.is_none()) {
            tokio::time::sleep(TICK).await;
        }
        tokio::time::sleep(TICK).await;
    }

    /// What it has in memory.
    fn megabytes(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        kilobytes.map_or(f64::NAN, |kilobytes| kilobytes * 1024.0 / 1e6)
    }

    /// What it has had of a core, in user space and in the kernel.
    fn cpu_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()));
        let stat = stat.unwrap_or_default();
        // Behind the name in brackets comes the third field; the times are the 14th and 15th.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: u32 =
            fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
        TICK * ticks
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn has_taskset() -> bool {
    let run = Command::new("taskset").arg("--version").stdout(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

fn put_on_core(process: u32, cores: &str) {
    // Without it, they share.
    let _ = Command::new("taskset")
        .args(["-a", "-c", "-p", cores, &process.to_string()])
        .stdout(Stdio::null())
        .status();
}

/// A Bot API with people who ask.
struct Telegram {
    url: String,
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
    async fn start(asks: Vec<String>) -> Telegram {
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

    fn ask(&self) {
        self.people.ask(&mut self.people.lock());
    }

    /// Waits until everybody is answered.
    async fn quiet(&self) {
        let is_quiet = || {
            let state = self.people.lock();
            state.waiting.is_empty() && state.handed_out.is_empty()
        };
        while !is_quiet() {
            self.people.were_answered.notified().await;
        }
    }

    /// Keeps so many questions in flight for a time; how many were answered in it.
    async fn keep_busy(&self, in_flight: usize, time: Duration) -> usize {
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
    async fn ask_steadily(&self, time: Duration) -> Vec<Duration> {
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

/// The least that a bot can do with teloxide.
async fn echo(url: &str) {
    let bot = Bot::new(TOKEN).set_api_url(url.parse().expect("the bench gives an address"));
    let reply = async |bot: Bot, message: teloxide::types::Message| {
        let text = message.text().unwrap_or("?");
        bot.send_message(message.chat.id, text).await.map(drop)
    };
    let handler = Update::filter_message().endpoint(reply);
    Dispatcher::builder(bot, handler).build().dispatch().await;
}

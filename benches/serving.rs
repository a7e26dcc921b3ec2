//! How fast the whole bot serves: the real binary with its journal, over HTTP, against a Bot API that lives in
//! this process. Beside it, the same for its cheapest reply, and for an echo made with teloxide.
//!
//! ```text
//! cargo bench --bench serving
//! VERBATIM_BENCH_SECONDS=3 VERBATIM_BENCH_ROWS=questions cargo bench --bench serving
//! VERBATIM_BENCH_BINARY=/the/one/before cargo bench --bench serving
//! VERBATIM_BENCH_PASSAGES=1000000 VERBATIM_BENCH_ROWS=questions cargo bench --bench serving
//! ```
//!
//! With a number of passages, it serves the archive that has so many, and its index, which is made before.
//!
//! Where there is a `taskset`, each row's load is served by the first core alone, and this process has the
//! second. A start has all of them, as it has for an operator.

mod bot_api;
mod inputs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use teloxide::prelude::*;

use bot_api::{QUESTIONS_PER_SECOND, Telegram};
use inputs::{Archive, Kind, Questions, REAL};
use verbatim::index::no_progress;
use verbatim::library::Library;

const PRIVACY: &str = "/privacy";
const TOKEN: &str = "4242:token-of-the-bench";
const CONFIG: &str = "[telegram.limits]\noverall_per_second = 0\nchat_per_second = 0\nchat_burst = 0\ngroup_per_minute = 0\n\
    [access]\nuser_per_minute = 0\nchat_per_minute = 0\n[monitor]\nlisten = \"\"\n[log]\nlevel = \"warn\"\n";
/// Where this very program is to be the echo.
const ECHO: &str = "VERBATIM_BENCH_ECHO";

const STARTS: usize = 11;
const IN_FLIGHT: usize = 32;
/// So long the first of all has, to write down the articles, which are new to its store.
const FIRST: Duration = Duration::from_secs(3);
/// Caches fill and connections are made before anything is counted.
const WARM_UP: Duration = Duration::from_secs(1);
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
    let passages = std::env::var("VERBATIM_BENCH_PASSAGES").ok();
    let archive = passages.map(|count| Archive::of(count.parse().expect("a number of passages")));
    println!(
        "{:<10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "start ms", "MB then", "median ms", "p99 ms", "answers/s", "CPU µs", "MB after"
    );
    for row in [Row::Questions, Row::Privacy, Row::Echo] {
        if wanted.is_empty() || wanted.split(',').any(|name| name == row.name()) {
            runtime.block_on(measure(row, archive.as_ref(), time));
        }
    }
    println!(
        "\nstart: process to first reply, median of {STARTS}, index made before. MB: without the index's files. median, p99: handed out to reply, \
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

    fn asks(self, archive: Option<&Archive>) -> Vec<String> {
        match (self, archive) {
            (Row::Privacy, _) => vec![PRIVACY.to_owned()],
            (_, None) => bot_api::questions(),
            (_, Some(archive)) => {
                let questions = Questions::about(archive);
                let of = |at: usize| Kind::ALL.map(|kind| questions.of(kind).get(at).cloned());
                let in_turn = (0..questions.of(Kind::Long).len()).flat_map(of);
                in_turn.flatten().collect()
            }
        }
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
async fn measure(row: Row, archive: Option<&Archive>, time: Duration) {
    let (folders, data) = folders(archive);
    let telegram = Telegram::start(row.asks(archive)).await;
    let (mut starts, mut memory) = (Vec::new(), 0.0);
    for start in 0..=STARTS {
        let begun = Instant::now();
        telegram.ask();
        let running = row.start(folders.path(), &telegram.url, None);
        telegram.quiet().await;
        match start {
            // Everything is new to it, which it writes down.
            0 => tokio::time::sleep(FIRST).await,
            _ => starts.push(begun.elapsed()),
        }
        memory = running.megabytes(&data);
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
        running.megabytes(&data),
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

/// A configuration without limits, and what else a bot needs; and where its data is.
fn folders(archive: Option<&Archive>) -> (tempfile::TempDir, PathBuf) {
    let folders = tempfile::tempdir().expect("a temporary directory");
    let config = folders.path().join("config");
    fs::create_dir(&config).expect("a new directory");
    // The index of an archive is kept from run to run.
    let (corpus, data) = match archive {
        Some(archive) => (archive.corpus.clone(), archive.corpus.with_file_name("data")),
        None => (PathBuf::from(REAL), folders.path().join("data")),
    };
    drop(Library::open(&corpus, &data, no_progress).expect("an index"));
    // But not the store, since it knows the updates that it had.
    for file in ["verbatim.sqlite", "verbatim.sqlite-wal", "verbatim.sqlite-shm"] {
        let _ = fs::remove_file(data.join(file));
    }
    let corpus = format!("[corpus]\ndir = {corpus:?}\n[data]\ndir = {data:?}\n");
    fs::write(config.join("verbatim.toml"), corpus + CONFIG).expect("a new file");
    (folders, data)
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

    /// What it has in memory, beside the index's files.
    fn megabytes(&self, data: &Path) -> f64 {
        let index = data.join("index");
        let index = index.to_string_lossy();
        let maps = fs::read_to_string(format!("/proc/{}/smaps", self.0.id())).unwrap_or_default();
        let (mut is_index, mut kilobytes) = (false, 0);
        for line in maps.lines() {
            let mut fields = line.split_whitespace();
            match fields.next() {
                Some("Rss:") if !is_index => {
                    let resident = fields.next().and_then(|number| number.parse::<u64>().ok());
                    kilobytes += resident.unwrap_or_default();
                }
                // A mapping begins, whose line ends with its file.
                Some(first) if !first.ends_with(':') => is_index = line.contains(&*index),
                _ => {}
            }
        }
        kilobytes as f64 * 1024.0 / 1e6
    }

    /// What it has had of a core, in user space and in the kernel.
    fn cpu_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()));
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

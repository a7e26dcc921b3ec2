//! Speed and memory of the whole bot: the real binary with its journal, over HTTP, with a Bot API
//! server in this process. For comparison, the cheapest reply of the bot, and an echo bot made with
//! teloxide.
//!
//! ```text
//! cargo bench --bench serving
//! VERBATIM_BENCH_SECONDS=3 VERBATIM_BENCH_ROWS=questions cargo bench --bench serving
//! VERBATIM_BENCH_BINARY=/the/one/before cargo bench --bench serving
//! VERBATIM_BENCH_PASSAGES=1000000 VERBATIM_BENCH_ROWS=questions cargo bench --bench serving
//! ```
//!
//! `VERBATIM_BENCH_PASSAGES` selects a generated archive of that size, with an index that is made
//! before.
//!
//! If `taskset` is installed, the bot runs on the first core and this process on the second, except
//! while the start of the bot is measured.

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
/// Variable that makes this program the echo bot, with the address of the Bot API server.
const ECHO: &str = "VERBATIM_BENCH_ECHO";

/// Number of measured starts.
const STARTS: usize = 11;
/// Number of questions in flight while the throughput is measured.
const IN_FLIGHT: usize = 32;
/// Time of the first start, in which the bot stores the versions of all articles.
const FIRST_START: Duration = Duration::from_secs(3);
/// Time in which caches fill and connections open, before the measurement.
const WARM_UP: Duration = Duration::from_secs(1);
/// Unit of CPU time in `/proc` of Linux.
const TICK: Duration = Duration::from_millis(10);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    if let Ok(url) = std::env::var(ECHO) {
        return runtime.block_on(echo(&url));
    }
    // `cargo test --benches` runs this program without `--bench`.
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
        "\nstart: process to first reply, median of {STARTS}, with an existing index. MB: without the index's files. median, p99: receipt to reply, \
         {QUESTIONS_PER_SECOND} a second.\nanswers/s and CPU per answer: {IN_FLIGHT} in flight. {} s each.",
        time.as_secs()
    );
}

/// A row of the table.
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

    /// Returns the messages that readers send.
    fn texts(self, archive: Option<&Archive>) -> Vec<String> {
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

    /// Starts the bot in a directory, on one core if `core` names one.
    fn start(self, dir: &Path, url: &str, core: Option<&str>) -> Running {
        let program = match self {
            Row::Echo => std::env::current_exe().expect("this program has a path"),
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
            .current_dir(dir)
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", url)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        Running(child.expect("cargo has built the program"))
    }
}

/// Measures and prints one row.
async fn measure(row: Row, archive: Option<&Archive>, time: Duration) {
    let (dir, data) = bot_dir(archive);
    let telegram = Telegram::start(row.texts(archive)).await;
    let (mut starts, mut memory) = (Vec::new(), 0.0);
    for start in 0..=STARTS {
        let start_time = Instant::now();
        telegram.ask();
        let running = row.start(dir.path(), &telegram.url, None);
        telegram.quiet().await;
        match start {
            0 => tokio::time::sleep(FIRST_START).await,
            _ => starts.push(start_time.elapsed()),
        }
        memory = running.megabytes(&data);
        running.stop().await;
    }

    set_cores(std::process::id(), "1");
    let running = row.start(dir.path(), &telegram.url, Some("0"));
    telegram.keep_busy(IN_FLIGHT, WARM_UP).await;
    let mut latencies = telegram.ask_steadily(time).await;
    let (start_time, cpu_time) = (Instant::now(), running.cpu_time());
    let answers = telegram.keep_busy(IN_FLIGHT, time).await;
    let (elapsed, cpu_time) = (start_time.elapsed(), running.cpu_time() - cpu_time);
    println!(
        "{:<10} {:>9.1} {memory:>9.1} {:>9.2} {:>9.2} {:>9.0} {:>9.1} {:>9.1}",
        row.name(),
        milliseconds(&mut starts, 50),
        milliseconds(&mut latencies, 50),
        milliseconds(&mut latencies, 99),
        answers as f64 / elapsed.as_secs_f64(),
        cpu_time.as_secs_f64() * 1e6 / answers.max(1) as f64,
        running.megabytes(&data),
    );
    running.stop().await;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    set_cores(std::process::id(), &format!("0-{}", cores.max(2) - 1));
}

/// Returns a percentile of times, in milliseconds.
fn milliseconds(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let at = times.len() * percent / 100;
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

/// Creates a directory with a configuration without limits, and an index. Returns the directory,
/// and the path of the bot's data.
fn bot_dir(archive: Option<&Archive>) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let config = dir.path().join("config");
    fs::create_dir(&config).expect("a new directory");
    // The index of an archive is kept from run to run, but not the store, which knows the updates
    // of the last run.
    let (corpus, data) = match archive {
        Some(archive) => (archive.corpus.clone(), archive.corpus.with_file_name("data")),
        None => (PathBuf::from(REAL), dir.path().join("data")),
    };
    drop(Library::open(&corpus, &data, no_progress).expect("an index"));
    for file in ["verbatim.sqlite", "verbatim.sqlite-wal", "verbatim.sqlite-shm"] {
        let _ = fs::remove_file(data.join(file));
    }
    let corpus = format!("[corpus]\ndir = {corpus:?}\n[data]\ndir = {data:?}\n");
    fs::write(config.join("verbatim.toml"), corpus + CONFIG).expect("a new file");
    (dir, data)
}

/// A process of a bot, which is killed on drop.
struct Running(Child);

impl Running {
    /// Stops the bot and waits for its end.
    async fn stop(mut self) {
        let id = self.0.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status();
        assert!(status.is_ok_and(|status| status.success()), "the bot ended by itself");
        // Waiting without blocking lets this process handle the closed connections.
        while self.0.try_wait().is_ok_and(|ended| ended.is_none()) {
            tokio::time::sleep(TICK).await;
        }
        tokio::time::sleep(TICK).await;
    }

    /// Returns the resident memory without the mapped files of the index, in MB.
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
                // The first line of a mapping ends with its file.
                Some(first) if !first.ends_with(':') => is_index = line.contains(&*index),
                _ => {}
            }
        }
        kilobytes as f64 * 1024.0 / 1e6
    }

    /// Returns the CPU time so far, in user space and in the kernel.
    fn cpu_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()));
        let stat = stat.unwrap_or_default();
        // The third field follows the name in brackets; the times are the fields 14 and 15.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: u32 =
            fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
        TICK * ticks
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn has_taskset() -> bool {
    let run = Command::new("taskset").arg("--version").stdout(Stdio::null()).status();
    run.is_ok_and(|status| status.success())
}

/// Runs a process on these cores only.
fn set_cores(process: u32, cores: &str) {
    // Without `taskset`, all processes share the cores.
    let _ = Command::new("taskset")
        .args(["-a", "-c", "-p", cores, &process.to_string()])
        .stdout(Stdio::null())
        .status();
}

/// Runs a bot that echoes messages, the least that a bot can do with teloxide.
async fn echo(url: &str) {
    let bot = Bot::new(TOKEN).set_api_url(url.parse().expect("the benchmark passes a URL"));
    let reply = async |bot: Bot, message: teloxide::types::Message| {
        let text = message.text().unwrap_or("?");
        bot.send_message(message.chat.id, text).await.map(drop)
    };
    let handler = Update::filter_message().endpoint(reply);
    Dispatcher::builder(bot, handler).build().dispatch().await;
}

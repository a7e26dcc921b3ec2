//! The real binary as a child process, which can be killed and never outlives its test.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::Notify;

use crate::fake_bot_api::TOKEN;
use crate::tester;

/// A running `verbatim serve`.
pub struct Process {
    child: Child,
    log: Arc<Log>,
    reader: Option<JoinHandle<()>>,
}

/// The lines of a log, and a notification of every new one.
#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    grown: Notify,
}

/// Interval of the checks whether a process has ended, since the standard library cannot notify.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// Timeout of a line of the log.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Returns folders with articles and a configuration whose limits no test reaches.
pub fn folders() -> TempDir {
    folders_for(10_000)
}

/// Returns folders with Telegram's own limit on all messages together and an operator.
pub fn folders_with_backlog(admin: i64) -> TempDir {
    let folders = folders_for(30);
    let config = folders.path().join("config/verbatim.toml");
    let text = std::fs::read_to_string(&config).expect("it was just written");
    // `[access]` is the last table.
    std::fs::write(&config, format!("{text}admins = [{admin}]\n")).expect("it is writable");
    folders
}

/// Returns folders without a limit on all messages together, which are sent concurrently.
pub fn folders_without_limit() -> TempDir {
    folders_for(0)
}

fn folders_for(overall_per_second: u32) -> TempDir {
    let folders = tester::folders();
    let config = format!(
        "[corpus]\nsettle = \"0s\"\n\
         [telegram.limits]\noverall_per_second = {overall_per_second}\n\
         chat_per_second = 0\nchat_burst = 0\ngroup_per_minute = 0\n\
         [access]\nuser_per_minute = 0\nchat_per_minute = 0\n"
    );
    std::fs::create_dir(folders.path().join("config")).expect("a new directory");
    std::fs::write(folders.path().join("config/verbatim.toml"), config).expect("a new file");
    folders
}

/// Returns the path of the binary under test, which `VERBATIM_FAULT_BINARY` can change.
fn binary() -> OsString {
    let built = || env!("CARGO_BIN_EXE_verbatim").into();
    std::env::var_os("VERBATIM_FAULT_BINARY").unwrap_or_else(built)
}

impl Process {
    pub fn start(folders: &TempDir, url: &str) -> Process {
        let mut command = Command::new(binary());
        command.arg("serve");
        Process::run(command, folders.path(), url)
    }

    /// Starts the bot with the absolute path of its corpus.
    pub fn start_with_whole_paths(folders: &TempDir, url: &str) -> Process {
        let mut command = Command::new(binary());
        command.arg("--corpus").arg(folders.path().join("corpus")).arg("serve");
        Process::run(command, folders.path(), url)
    }

    /// Starts the bot through a shell that limits the size of files to this many blocks of 512
    /// bytes. A write beyond the limit is an error and no signal.
    pub fn start_on_a_small_disk(folders: &TempDir, url: &str, blocks: u32) -> Process {
        let mut command = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" serve");
        command.args(["-c", &script]).arg(binary());
        Process::run(command, folders.path(), url)
    }

    fn run(mut command: Command, dir: &Path, url: &str) -> Process {
        let mut child = command
            .current_dir(dir)
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", url)
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built for this test");
        let log = Arc::new(Log::default());
        let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let written = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                written.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                written.grown.notify_waiters();
            }
        });
        Process { child, log, reader: Some(reader) }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the bot by SIGKILL and returns its log.
    pub fn kill(mut self) -> Vec<String> {
        self.end();
        self.log()
    }

    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(sent.expect("there is a `kill`").success());
    }

    /// Waits until the bot ends by itself, and returns its exit code and its log.
    pub async fn ended(mut self, within: Duration) -> (Option<i32>, Vec<String>) {
        let begun = Instant::now();
        let status: ExitStatus = loop {
            match self.child.try_wait().expect("it is our child") {
                Some(status) => break status,
                None if begun.elapsed() > within => {
                    panic!("it still runs after {within:?}; log:\n{}", self.log().join("\n"))
                }
                None => tokio::time::sleep(LOOK_EVERY).await,
            }
        };
        self.end();
        (status.code(), self.log())
    }

    /// Returns the log so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until a line of the log contains this.
    pub async fn logs(&self, part: &str) {
        self.until(&format!("a line contains {part}"), |log| {
            log.iter().any(|line| line.contains(part))
        })
        .await;
    }

    /// Waits until the log fulfils a condition.
    pub async fn until(&self, what: &str, is_fulfilled: impl Fn(&[String]) -> bool) {
        let wait = async {
            loop {
                let grown = self.log.grown.notified();
                tokio::pin!(grown);
                grown.as_mut().enable();
                if is_fulfilled(&self.log()) {
                    return;
                }
                grown.await;
            }
        };
        let waited = tokio::time::timeout(TIMEOUT, wait).await;
        waited.unwrap_or_else(|_| panic!("timed out until {what}:\n{}", self.log().join("\n")));
    }

    fn end(&mut self) {
        // The process may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

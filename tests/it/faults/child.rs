//! The real binary as a process of its own, which can be killed. It never outlives its test.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::fake_bot_api::TOKEN;
use crate::talk;

/// A running `verbatim serve`.
pub struct Process {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Folders with articles and a configuration whose limits nobody reaches.
pub fn folders() -> TempDir {
    folders_for(10_000)
}

/// The same with Telegram's own limit on all messages together and an administrator.
pub fn folders_with_backlog(admin: i64) -> TempDir {
    let folders = folders_for(30);
    let config = folders.path().join("config/verbatim.toml");
    let text = std::fs::read_to_string(&config).expect("it was just written");
    // `[access]` is the last table.
    std::fs::write(&config, format!("{text}admins = [{admin}]\n")).expect("it is writable");
    folders
}

/// The same without a limit on all messages together: they go side by side.
pub fn folders_without_limit() -> TempDir {
    folders_for(0)
}

fn folders_for(overall_per_second: u32) -> TempDir {
    let folders = talk::folders();
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

/// Returns the path of the binary that is tested: another one where `VERBATIM_FAULT_BINARY` names it.
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

    /// Starts it with the absolute path of its articles.
    pub fn start_with_whole_paths(folders: &TempDir, url: &str) -> Process {
        let mut command = Command::new(binary());
        command.arg("--corpus").arg(folders.path().join("corpus")).arg("serve");
        Process::run(command, folders.path(), url)
    }

    /// Starts it through a shell, which sees to it first that no file can grow beyond so many blocks
    /// of 512 bytes. It is told of that as an error, not by a signal.
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
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let written = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                written.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Process { child, log, reader: Some(reader) }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`. All that it has logged.
    pub fn kill(mut self) -> Vec<String> {
        self.end();
        self.log()
    }

    pub fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.id().to_string()]).status();
        assert!(sent.expect("there is a `kill`").success());
    }

    /// Waits until it ends by itself. Its exit code, and all that it has logged.
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

    /// What it has logged so far.
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until a line of its log says this.
    pub async fn logs(&self, part: &str) {
        let begun = Instant::now();
        while !self.log().iter().any(|line| line.contains(part)) {
            let log = self.log().join("\n");
            assert!(begun.elapsed() < Duration::from_secs(30), "no line says {part}:\n{log}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn end(&mut self) {
        // It may have ended by itself.
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

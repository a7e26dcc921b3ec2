//! Converters in a child process, with limits of time and memory.
//!
//! The parent starts this program again with the hidden subcommand `convert`, and writes a
//! [`Job`] and the bytes of the source to its standard input. The child writes an [`Output`] or a
//! [`Failure`] as JSON to its standard output. A source that crashes its converter, or makes it run
//! without end, costs only that source.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::convert::{self, Job, Output};
use super::document::Failure;

/// Maximum time of a conversion.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum processor time of the child, in seconds.
pub const CPU_SECONDS: u64 = 60;
/// Maximum address space of the child, in bytes.
pub const MEMORY_BYTES: u64 = 1 << 30;
/// Maximum length of the child's output, in bytes.
const MAX_OUTPUT_BYTES: u64 = 128 << 20;
/// Stack of the thread that converts, in bytes. Parsers recurse with the nesting of their input.
const STACK_BYTES: usize = 64 << 20;
/// Name of the hidden subcommand.
const SUBCOMMAND: &str = "convert";

/// Starts child processes that convert sources.
#[derive(Debug, Clone)]
pub struct Converter {
    program: PathBuf,
}

/// The first part of the child's input.
#[derive(Serialize, Deserialize)]
struct Header {
    job: Job,
}

impl Converter {
    /// Returns a converter. `program` is the path of this program.
    pub fn new(program: PathBuf) -> Converter {
        Converter { program }
    }

    /// Converts a source in a child process.
    pub async fn convert(&self, job: &Job, source: &[u8]) -> Result<Output, Failure> {
        let broken = |error: io::Error| {
            let what = format!("its converter cannot be started: {error}");
            Failure::new(
                what,
                "check that the program and the system's limits are as they should be",
            )
        };
        let mut child = Command::new(&self.program)
            .arg(SUBCOMMAND)
            // The environment may contain the token of the bot.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(broken)?;
        match tokio::time::timeout(TIMEOUT, exchange(&mut child, job, source)).await {
            Err(_) => Err(too_long()),
            Ok(Err(error)) => Err(broken(error)),
            Ok(Ok((status, output))) => match serde_json::from_slice(&output) {
                Ok(result) if status.success() => result,
                _ => Err(crashed(status)),
            },
        }
    }
}

/// Writes the input of a child and reads its output, until it ends.
async fn exchange(
    child: &mut Child,
    job: &Job,
    source: &[u8],
) -> io::Result<(ExitStatus, Vec<u8>)> {
    let missing = || io::Error::other("it has no pipes");
    let mut input = child.stdin.take().ok_or_else(missing)?;
    let output = child.stdout.take().ok_or_else(missing)?;
    let header = serde_json::to_vec(&Header { job: job.clone() })?;
    let length = u32::try_from(header.len()).map_err(io::Error::other)?;
    let write = async move {
        // A child that ended early has its reason in its output or its status.
        let _ = input.write_all(&length.to_le_bytes()).await;
        let _ = input.write_all(&header).await;
        let _ = input.write_all(source).await;
    };
    let read = async move {
        let mut found = Vec::new();
        output.take(MAX_OUTPUT_BYTES).read_to_end(&mut found).await.map(|_| found)
    };
    let ((), output) = tokio::join!(write, read);
    Ok((child.wait().await?, output?))
}

fn too_long() -> Failure {
    let what = format!("its conversion took longer than {} seconds", TIMEOUT.as_secs());
    Failure::new(what, "split it, or convert it with another program and import the result")
}

/// Returns why a child ended without a result.
fn crashed(status: ExitStatus) -> Failure {
    const HINT: &str = "the file may be damaged, or made to do harm; convert it with another program and import the result";
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        /// Signal of a process that used up its processor time.
        const SIGXCPU: i32 = 24;
        const SIGABRT: i32 = 6;
        const SIGKILL: i32 = 9;
        match status.signal() {
            Some(SIGXCPU | SIGKILL) => return too_long(),
            Some(SIGABRT) => {
                let memory = MEMORY_BYTES >> 20;
                let what = format!("its conversion needed more than {memory} MiB of memory");
                return Failure::new(what, HINT);
            }
            _ => {}
        }
    }
    let _ = status;
    Failure::new("its converter crashed", HINT)
}

/// Runs in the child process: reads a job and a source, converts, and writes the result. The caller
/// has set the limits of the process.
pub fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let mut header = vec![0; u32::from_le_bytes(length) as usize];
    input.read_exact(&mut header)?;
    let Header { job } = serde_json::from_slice(&header)?;
    let mut source = Vec::new();
    input.read_to_end(&mut source)?;
    let convert = move || convert::convert(&job, source);
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(convert)?;
    let result = thread.join().map_err(|_| io::Error::other("the converter panicked"))?;
    output.write_all(&serde_json::to_vec(&result)?)?;
    output.flush()
}

//! `verbatim convert`: the converter of a source, in a child process with limits.

use std::io;

use verbatim::import::worker;

use super::outcome::{Outcome, SUCCESS};

/// Limits this process, and converts the source on standard input.
pub fn convert() -> Outcome {
    limit_resources();
    worker::serve(io::stdin().lock(), io::stdout().lock())?;
    Ok(SUCCESS)
}

/// Limits memory and processor time, and forbids core files and the creation of files with content.
#[cfg(unix)]
fn limit_resources() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limits = [
        (Resource::As, worker::MEMORY_BYTES),
        (Resource::Cpu, worker::CPU_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
    ];
    for (resource, limit) in limits {
        // A system without this limit still has the time limit of the parent process.
        let _ = setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) });
    }
    // If memory runs out, Linux shall end this process and not the bot.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

#[cfg(not(unix))]
fn limit_resources() {}

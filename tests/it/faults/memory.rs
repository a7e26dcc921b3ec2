//! The memory of the real binary while its articles are edited and sent, and while it is asked.
//!
//! Measured is `RssAnon`: the memory that the kernel cannot take back, which a limit is there for.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::child::Process;
use super::{in_telegram, number, report};
use crate::fake_bot_api::{ADA, FakeBotApi};
use crate::{skipped, talk};

const EDITS: u64 = 40;
const UPLOADS: u64 = 10;
const QUESTIONS: u64 = 400;
/// Number of questions that wait for their answers at the same time.
const IN_FLIGHT: u64 = 50;
/// Maximum of anonymous memory: two thirds of the limit that the unit and the README promise. The rest is
/// for the kernel's buffers and for the pages of the program and the index.
const MAX_MEGABYTES: f64 = 42.0;
const CONFIG: &str = "[corpus]\nsettle = \"0s\"\n\
    [telegram.limits]\noverall_per_second = 0\nchat_per_second = 0\nchat_burst = 0\ngroup_per_minute = 0\n\
    [access]\nuser_per_minute = 0\nchat_per_minute = 0\n[monitor]\nlisten = \"\"\n";
const CHANGED: &str = "the corpus has changed";
const LOOK_EVERY: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(30);

/// Folders whose articles may be sent by Ada.
fn folders() -> TempDir {
    let folders = talk::folders();
    let config = CONFIG.replace("[access]\n", &format!("[access]\nadmins = [{ADA}]\n"));
    fs::create_dir(folders.path().join("config")).expect("a new directory");
    fs::write(folders.path().join("config/verbatim.toml"), config).expect("a new file");
    folders
}

/// Returns the anonymous memory of a process in megabytes; `None` where the system does not say it.
fn anonymous(process: &Process) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

/// Writes a new version of an article and waits until the bot has taken it over.
async fn edit(bot: &Process, folders: &TempDir, version: u64) {
    let changes = || bot.log().iter().filter(|line| line.contains(CHANGED)).count();
    let (before, begun) = (changes(), Instant::now());
    let text = format!("---\ntitle: Dikes\n---\n\nThe dike number {version} keeps the sea out.\n");
    // The name comes last, so that no half of the text is read.
    let corpus = folders.path().join("corpus");
    fs::write(corpus.join(".dikes"), text).expect("a file of this test");
    fs::rename(corpus.join(".dikes"), corpus.join("dikes.md")).expect("a file of this test");
    while changes() == before {
        assert!(begun.elapsed() < PATIENCE, "edit {version} was not noticed: {:#?}", bot.log());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Sends an article through the chat and confirms it.
async fn upload(telegram: &FakeBotApi, version: u64) {
    let text = format!("---\ntitle: Locks\n---\n\nThe lock number {version} lifts the barges.\n");
    telegram.sends_file("locks.md", text.as_bytes());
    let preview = telegram.next().await;
    let confirm = preview.buttons.first().unwrap_or_else(|| panic!("no buttons: {}", preview.text));
    telegram.presses_data(&preview, &confirm[0].1);
    let placed = telegram.next().await;
    assert!(placed.text.contains("locks.md is in the corpus"), "{}", placed.text);
}

#[test]
fn memory_stays_bounded_under_edits_uploads_and_questions() {
    in_telegram(async |telegram| {
        let folders = folders();
        let bot = Process::start_with_whole_paths(&folders, &telegram.url);
        telegram.says("When does a neap tide happen?");
        telegram.next().await;
        let Some(start) = anonymous(&bot) else {
            return skipped("memory, since the system does not say how much is anonymous");
        };
        let mut most: f64 = start;
        let mut sample = |what: &str| {
            let now = anonymous(&bot).expect("the bot still runs");
            most = most.max(now);
            report(format_args!("memory after {what}: {now:.1} MB, at most {most:.1} MB"));
            most
        };
        sample("the start");
        let (edits, begun) = (number("VERBATIM_FAULT_EDITS").unwrap_or(EDITS), Instant::now());
        for version in 0..edits {
            edit(&bot, &folders, version).await;
            if version.is_multiple_of(edits.div_ceil(4)) {
                sample(&format!("{} edits", version + 1));
            }
        }
        let each = begun.elapsed().as_secs_f64() * 1e3 / edits as f64;
        sample(&format!("{edits} edits of {each:.0} ms"));
        for version in 0..UPLOADS {
            upload(telegram, version).await;
        }
        sample("uploads");
        let questions = number("VERBATIM_FAULT_QUESTIONS").unwrap_or(QUESTIONS);
        for first in (0..questions).step_by(IN_FLIGHT as usize) {
            for question in first..(first + IN_FLIGHT).min(questions) {
                let text =
                    format!("When does a neap tide happen, and what is dike number {question}?");
                telegram.writes(1 + (question % 500) as i64, json!({"text": text}));
            }
            for _ in first..(first + IN_FLIGHT).min(questions) {
                telegram.next().await;
            }
        }
        let most = sample(&format!("{questions} questions"));
        assert!(most < MAX_MEGABYTES, "{most:.1} MB of anonymous memory");
    });
}

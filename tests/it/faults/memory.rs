//! The memory of the real binary while its articles are edited and sent, and while it is asked.
//!
//! The tests measure `RssAnon`, the memory that the kernel cannot reclaim.

use std::fs;
use std::time::Instant;

use tempfile::TempDir;

use super::child::Process;
use super::{in_telegram, number, report};
use crate::fake_bot_api::{ADA, FakeBotApi};
use crate::{skipped, tester};

const EDITS: u64 = 40;
const UPLOADS: u64 = 10;
const QUESTIONS: u64 = 400;
/// Number of questions that wait for their answers at the same time.
const IN_FLIGHT: u64 = 50;
/// Maximum of anonymous memory, in megabytes: two thirds of the limit that the unit and README
/// promise. The rest is for the kernel's buffers and for the pages of the program and the index.
const MAX_MEGABYTES: f64 = 42.0;
const CONFIG: &str = "[corpus]\nsettle = \"0s\"\n\
    [telegram.limits]\noverall_per_second = 0\nchat_per_second = 0\nchat_burst = 0\ngroup_per_minute = 0\n\
    [access]\nuser_per_minute = 0\nchat_per_minute = 0\n[monitor]\nlisten = \"\"\n";
const CHANGED: &str = "the corpus has changed";

/// Returns folders of a bot to which Ada may send articles.
fn folders() -> TempDir {
    let folders = tester::folders();
    let config = CONFIG.replace("[access]\n", &format!("[access]\nadmins = [{ADA}]\n"));
    fs::create_dir(folders.path().join("config")).expect("a new directory");
    fs::write(folders.path().join("config/verbatim.toml"), config).expect("a new file");
    folders
}

/// Returns the anonymous memory of a process in megabytes; `None` where the system does not report
/// it.
fn anonymous(process: &Process) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kilobytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

/// Writes a new version of an article and waits until the bot has indexed it.
async fn edit(bot: &Process, folders: &TempDir, version: u64) {
    let changes = |log: &[String]| log.iter().filter(|line| line.contains(CHANGED)).count();
    let before = changes(&bot.log());
    let text = format!("---\ntitle: Dikes\n---\n\nThe dike number {version} keeps the sea out.\n");
    // The file is renamed last, so that the bot never reads half of the text.
    let corpus = folders.path().join("corpus");
    fs::write(corpus.join(".dikes"), text).expect("a file of this test");
    fs::rename(corpus.join(".dikes"), corpus.join("dikes.md")).expect("a file of this test");
    bot.until(&format!("edit {version} is noticed"), |log| changes(log) > before).await;
}

/// Sends an article through the chat and confirms it.
async fn upload(telegram: &FakeBotApi, version: u64) {
    let text = format!("---\ntitle: Locks\n---\n\nThe lock number {version} lifts the barges.\n");
    telegram.private().post_file("locks.md", text.as_bytes());
    let preview = telegram.next_message().await;
    let confirm = preview.buttons.first().unwrap_or_else(|| panic!("no buttons: {}", preview.text));
    telegram.click_data(&preview, &confirm[0].1);
    let placed = telegram.next_message().await;
    assert!(placed.text.contains("locks.md has been added"), "{}", placed.text);
}

#[test]
fn memory_stays_bounded_under_edits_uploads_and_questions() {
    in_telegram(async |telegram| {
        let folders = folders();
        let bot = Process::start_with_whole_paths(&folders, &telegram.url);
        telegram.private().post("When does a neap tide happen?");
        telegram.next_message().await;
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
                telegram.chat(1 + (question % 500) as i64).post(&text);
            }
            for _ in first..(first + IN_FLIGHT).min(questions) {
                telegram.next_message().await;
            }
        }
        let most = sample(&format!("{questions} questions"));
        assert!(most < MAX_MEGABYTES, "{most:.1} MB of anonymous memory");
    });
}

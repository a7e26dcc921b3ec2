//! More questions at once than the bot takes in hand, and it is killed while it works on them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::child::{Process, folders, folders_without_limit};
use super::{in_telegram, number, report};
use crate::fake_bot_api::FakeBotApi;

const QUESTIONS: u64 = 400;
const CHATS: i64 = 500;
const KILLS: u64 = 4;
/// So many messages go out side by side.
const ON_THE_WIRE: u64 = 64;
/// Maximum number of messages in flight on a busy disk where they go out one by one.
const OVERLAPPING: u64 = 10;
const ASKED: &str = "When does a neap tide happen?";
const ANSWER: &str = "A neap tide happens";
/// So long nothing may happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks at what was answered, until it is so many questions.
async fn answered(telegram: &FakeBotApi, known: &mut BTreeSet<i64>, count: usize) -> usize {
    let (mut again, mut news) = (0, Instant::now());
    while known.len() < count {
        for shown in telegram.unseen() {
            assert!(shown.text.starts_with(ANSWER), "{}", shown.text);
            let is_new = known.insert(shown.reply_to.expect("it is a reply"));
            again += usize::from(!is_new);
            news = Instant::now();
        }
        assert!(news.elapsed() < PATIENCE, "after {} answers nothing happens", known.len());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    again
}

#[test]
fn a_flood_is_worked_off() {
    in_telegram(async |telegram| {
        let again = work_off(telegram, folders(), "one by one").await;
        // One a kill, and more where the disk takes longer than messages wait for each other.
        assert!(again as u64 <= OVERLAPPING * KILLS, "{again}");
    });
}

#[test]
fn a_flood_is_worked_off_side_by_side() {
    in_telegram(async |telegram| {
        let again = work_off(telegram, folders_without_limit(), "side by side").await;
        assert!(again as u64 <= ON_THE_WIRE * KILLS, "{again}");
    });
}

/// How many questions were answered twice.
async fn work_off(telegram: &FakeBotApi, folders: TempDir, how: &str) -> usize {
    let count = number("VERBATIM_FAULT_QUESTIONS").unwrap_or(QUESTIONS) as i64;
    let asked: BTreeSet<_> = (0..count)
        .map(|number| telegram.writes(1 + number % CHATS, json!({"text": ASKED})))
        .collect();
    let (begun, mut known, mut again) = (Instant::now(), BTreeSet::new(), 0);
    for kill in 1..=KILLS {
        let bot = Process::start(&folders, &telegram.url);
        let part = count as u64 * kill / (KILLS + 1);
        again += answered(telegram, &mut known, part as usize).await;
        bot.kill();
    }
    let _bot = Process::start(&folders, &telegram.url);
    again += answered(telegram, &mut known, asked.len()).await;
    let seconds = begun.elapsed().as_secs_f32();
    report(format_args!(
        "{count} questions of {CHATS} chats, {how}, and {KILLS} kills: all answered after {seconds:.1} s, {again} twice"
    ));
    assert_eq!(known, asked);
    again
}

//! More questions than the bot works on at once, and kills while it answers them.

use std::collections::BTreeSet;
use std::time::Instant;

use tempfile::TempDir;

use super::child::{Process, folders, folders_without_limit};
use super::{ANSWER, ASKED, in_telegram, number, report};
use crate::fake_bot_api::FakeBotApi;

const QUESTIONS: u64 = 400;
const CHATS: i64 = 500;
const KILLS: u64 = 4;
/// Maximum number of messages in flight.
const ON_THE_WIRE: u64 = 64;
/// Maximum number of messages in flight on a busy disk where they are sent one by one.
const OVERLAPPING: u64 = 10;

/// Waits until this many questions are answered, and returns how many were answered again.
async fn answered(telegram: &FakeBotApi, known: &mut BTreeSet<i64>, count: usize) -> usize {
    let mut again = 0;
    while known.len() < count {
        let shown = telegram.next_message().await;
        assert!(shown.text.starts_with(ANSWER), "{shown}");
        let is_new = known.insert(shown.reply_to.expect("it is a reply"));
        again += usize::from(!is_new);
    }
    again
}

#[test]
fn flood_of_questions_is_answered_one_by_one() {
    in_telegram(async |telegram| {
        let again = work_off(telegram, folders(), "one by one").await;
        // One for each kill, and more where the disk is slower than the messages.
        assert!(again as u64 <= OVERLAPPING * KILLS, "{again}");
    });
}

#[test]
fn flood_of_questions_is_answered_concurrently() {
    in_telegram(async |telegram| {
        let again = work_off(telegram, folders_without_limit(), "side by side").await;
        assert!(again as u64 <= ON_THE_WIRE * KILLS, "{again}");
    });
}

/// Floods and kills the bot, and returns how many questions were answered twice.
async fn work_off(telegram: &FakeBotApi, folders: TempDir, how: &str) -> usize {
    let count = number("VERBATIM_FAULT_QUESTIONS").unwrap_or(QUESTIONS) as i64;
    let asked: BTreeSet<_> =
        (0..count).map(|number| telegram.chat(1 + number % CHATS).post(ASKED).id).collect();
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

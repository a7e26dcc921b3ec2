//! Votes on answers, and `/gaps`: the operator's list of questions without an answer.

use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::{CallbackQuery, MessageRef};
use crate::bot::send::single_attempt;
use crate::render::telegram::{self, Action, Button, Message, Vote};
use crate::store::{AnswerVote, StoreError};

/// Maximum number of questions in the message. The exported file has all of them.
const MAX_LISTED: usize = 25;
/// Maximum length of a listed question, in UTF-16 code units.
const MAX_LISTED_UNITS: usize = 120;
/// Maximum number of questions in the exported file.
const MAX_EXPORTED: usize = 100_000;

/// Counts a vote. The message stays as it is.
pub fn vote(ctx: &BotContext, query: &CallbackQuery, vote: Vote) -> Result<(), StoreError> {
    // A message that was posted inline answers no question that the store knows.
    let MessageRef::Chat { chat, message, .. } = query.message else { return Ok(()) };
    let is_good = vote == Vote::Good;
    let question = match ctx.settings.record_questions {
        // The store has the newest questions. For older ones Telegram includes the message replied
        // to.
        true => {
            let known = ctx.store.question_of(chat, message)?.map(|asked| asked.text);
            known.or_else(|| query.question.clone())
        }
        false => None,
    };
    let vote = AnswerVote { chat, message, user: query.sender.id, is_good, at: ctx.now() };
    ctx.store.vote(vote, question.as_deref().filter(|text| !text.is_empty()))?;
    Ok(())
}

/// Makes the operator's list: the numbers of answers, refusals and votes, and the questions without
/// an answer.
pub fn gaps(ctx: &BotContext, reader: ReaderContext) -> Result<Message, StoreError> {
    let messages = reader.messages();
    let tallies = ctx.store.tallies()?;
    let counts = messages.gaps_counts(tallies.answered, tallies.refused, tallies.good, tallies.bad);
    let counts = match ctx.settings.help_chat {
        Some(_) => {
            let (sent, answered) = (tallies.sent_to_person, tallies.answered_by_person);
            format!("{counts}\n{}", messages.gaps_help_counts(sent, answered))
        }
        None => counts,
    };
    let gaps = ctx.store.gaps(MAX_LISTED)?;
    if gaps.is_empty() {
        let none = match ctx.settings.record_questions {
            true => messages.gaps_none(),
            false => messages.gaps_off(),
        };
        return Ok(telegram::plain(&format!("{counts}\n\n{none}")));
    }
    let mut text = format!("{counts}\n\n{}", messages.gaps_title());
    for gap in gaps {
        let line = one_line(&gap.text);
        text.push_str(&format!(
            "\n{} × {}",
            gap.count,
            telegram::truncate(&line, MAX_LISTED_UNITS)
        ));
    }
    Ok(telegram::plain(&text).with_row(vec![
        Button::new(&messages.gaps_export(), Action::ExportGaps),
        Button::new(&messages.gaps_clear(), Action::ClearGaps),
    ]))
}

/// Sends the whole list as a file of tab-separated lines: count, Unix time in seconds, question.
pub async fn export_gaps(ctx: &BotContext, query: &CallbackQuery) -> Result<(), StoreError> {
    let MessageRef::Chat { chat, .. } = query.message else { return Ok(()) };
    let mut lines = String::new();
    for gap in ctx.store.gaps(MAX_EXPORTED)? {
        lines.push_str(&format!("{}\t{}\t{}\n", gap.count, gap.last_at, one_line(&gap.text)));
    }
    single_attempt::send_file(&ctx.sender, chat, "gaps.tsv", lines.into_bytes()).await;
    Ok(())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

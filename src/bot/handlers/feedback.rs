//! Votes, the operator's list of what was asked in vain, and what a person can have forgotten.

use crate::bot::briefings::schedules;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update;
use crate::bot::receive::update::{CallbackQuery, ChatKind, IncomingMessage, MessageRef};
use crate::bot::send::single_attempt;
use crate::render::telegram::{self, Action, Button, Message, Vote};
use crate::store::{AnswerVote, PendingUpdate, StoreError};

/// How many questions the list shows; the export has them all.
const SHOWN: usize = 25;
const SHOWN_UNITS: usize = 120;
const EXPORTED: usize = 100_000;

/// Counts a vote. Nothing of the message changes.
pub fn vote(ctx: &BotContext, press: &CallbackQuery, verdict: Vote) -> Result<(), StoreError> {
    // A message that was posted inline is nobody's question.
    let MessageRef::Chat { chat, message, .. } = press.message else { return Ok(()) };
    let is_good = verdict == Vote::Good;
    let question = match ctx.settings.record_questions {
        // The store knows the newest; of older ones Telegram shows the message replied to.
        true => {
            let known = ctx.store.question_of(chat, message)?.map(|asked| asked.text);
            known.or_else(|| press.question.clone())
        }
        false => None,
    };
    let vote = AnswerVote { chat, message, person: press.sender.id, is_good, at: ctx.now() };
    ctx.store.vote(vote, question.as_deref().filter(|text| !text.is_empty()))?;
    Ok(())
}

/// Says what is kept, how long and why, and how to have it removed.
pub fn privacy(ctx: &BotContext, kind: ChatKind, setting: ReaderContext) -> Message {
    let words = setting.messages();
    let mut parts = match kind {
        ChatKind::Private => vec![words.privacy_private()],
        ChatKind::Group => vec![words.privacy_group()],
    };
    if ctx.settings.record_questions {
        parts.push(words.privacy_records());
    }
    parts.push(match kind {
        ChatKind::Private => words.privacy_forget(),
        ChatKind::Group => words.privacy_forget_group(),
    });
    telegram::plain(&parts.join("\n\n"))
}

/// Removes what is kept of a person. An administrator of a group is asked whether what is kept of the
/// group shall be removed, too.
pub async fn forget(
    ctx: &BotContext,
    update: &PendingUpdate,
    incoming: &IncomingMessage,
    setting: ReaderContext,
) -> Result<Message, StoreError> {
    let words = setting.messages();
    if let Some(person) = incoming.sender.known_id() {
        ctx.store.forget(person, Some(&without_words(update)))?;
    }
    let forgotten = words.forgotten();
    if incoming.kind.is_private() || !schedules::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&forgotten));
    }
    let ask = words.forget_group_ask();
    let button = Button::new(&words.button_forget_group(), Action::ForgetGroup);
    Ok(telegram::plain(&format!("{forgotten}\n\n{ask}")).with(vec![button]))
}

/// Removes what is kept of the group in which the button was pressed.
pub fn forget_group(
    ctx: &BotContext,
    update: &PendingUpdate,
    press: &CallbackQuery,
    setting: ReaderContext,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, kind: ChatKind::Group, .. } = press.message else {
        return Ok(None);
    };
    ctx.store.forget_group(chat, Some(&without_words(update)))?;
    Ok(Some(telegram::plain(&setting.messages().group_forgotten())))
}

/// For the operator: how often what happened, and what was asked in vain.
pub fn gaps(ctx: &BotContext, setting: ReaderContext) -> Result<Message, StoreError> {
    let words = setting.messages();
    let tallies = ctx.store.tallies()?;
    let counts = words.gaps_counts(tallies.answered, tallies.refused, tallies.good, tallies.bad);
    let gaps = ctx.store.gaps(SHOWN)?;
    if gaps.is_empty() {
        let none = match ctx.settings.record_questions {
            true => words.gaps_none(),
            false => words.gaps_off(),
        };
        return Ok(telegram::plain(&format!("{counts}\n\n{none}")));
    }
    let mut text = format!("{counts}\n\n{}", words.gaps_title());
    for gap in gaps {
        let line = one_line(&gap.text);
        text.push_str(&format!("\n{} × {}", gap.count, telegram::cut(&line, SHOWN_UNITS)));
    }
    Ok(telegram::plain(&text).with(vec![
        Button::new(&words.gaps_export(), Action::ExportGaps),
        Button::new(&words.gaps_clear(), Action::ClearGaps),
    ]))
}

/// Sends the whole list as a file of tab-separated lines: count, Unix time, question.
pub async fn export_gaps(ctx: &BotContext, press: &CallbackQuery) -> Result<(), StoreError> {
    let MessageRef::Chat { chat, .. } = press.message else { return Ok(()) };
    let mut lines = String::new();
    for gap in ctx.store.gaps(EXPORTED)? {
        lines.push_str(&format!("{}\t{}\t{}\n", gap.count, gap.last_at, one_line(&gap.text)));
    }
    single_attempt::send_file(&ctx.sender, chat, "gaps.tsv", lines.into_bytes()).await;
    Ok(())
}

/// Returns an update as it may be kept until it is done, though its sender is forgotten.
pub fn without_words(update: &PendingUpdate) -> PendingUpdate {
    let body = serde_json::from_str(&update.body).unwrap_or_default();
    PendingUpdate { body: update::without_personal_data(&body).to_string(), ..update.clone() }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

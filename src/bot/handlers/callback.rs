//! A pressed button to the change of its message.
//!
//! The press is answered before any work but a look at who presses, once. What a button shows comes from its bytes, and the
//! way back from the other buttons of its message; nothing is kept in memory or in the store. The bytes are what a
//! client sends: anybody can send any, below any message of the bot.

use crate::bot::briefings::deliver;
use crate::bot::briefings::watches;
use crate::bot::handlers::feedback;
use crate::bot::handlers::membership;
use crate::bot::handlers::upload;
use crate::bot::send::single_attempt;
use std::time::Instant;

use teloxide::types::CallbackQueryId;

use crate::answer::AnswerCursor;
use crate::bot::briefings::schedules;
use crate::bot::callback_data;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::handlers::pages;
use crate::bot::handlers::suggestions;
use crate::bot::handlers::upload::Overwrite;
use crate::bot::receive::queue::Turn;
use crate::bot::receive::update::{CallbackQuery, ChatKind, MessageRef};
use crate::bot::send::SendOutcome;
use crate::render::messages::{Locale, Messages};
use crate::render::telegram::{self, Action, Button, Message, Permit, Surface, Vote};
use crate::store::{PendingUpdate, StoreError};

pub async fn handle_callback(
    ctx: &BotContext,
    update: &PendingUpdate,
    press: &CallbackQuery,
    due: Turn,
) -> Result<(), StoreError> {
    let (chat, kind, surface) = match &press.message {
        MessageRef::Chat { chat, kind, .. } => (*chat, *kind, Surface::Chat),
        MessageRef::Inline(_) => (press.sender.id, ChatKind::Private, Surface::Inline),
    };
    let keyboard: Vec<_> =
        press.keyboard.iter().filter_map(|data| callback_data::parse_button(data).ok()).collect();
    let locale = ctx.locale(chat, &press.sender);
    let setting = ReaderContext { locale, surface };
    let back = BackLinks::of(&keyboard);
    let action = callback_data::parse_button(&press.data).ok();
    let is_let_in = match &press.message {
        MessageRef::Chat { chat, .. } => ctx.access.is_allowed(press.sender.id, Some(*chat)),
        // Nobody knows the chat in which it was posted.
        MessageRef::Inline(_) => ctx.access.is_allowed(press.sender.id, None),
    };
    let permit = action.map_or(Permit::Everybody, Action::permit);
    // One look at who presses comes first: without it nobody knows what to answer.
    let may = is_let_in
        && due == Turn::Now
        && match permit {
            Permit::Everybody => true,
            Permit::Administrators => schedules::may_press(ctx, press).await,
            Permit::Operator => ctx.access.is_admin(press.sender.id),
        };
    let words = setting.messages();
    let notice = match action {
        _ if !is_let_in => Some(words.not_allowed()),
        _ if due == Turn::Throttled => Some(words.slower()),
        _ if due == Turn::Superseded => None,
        _ if !may && permit == Permit::Operator => Some(words.only_operator()),
        _ if !may => Some(words.only_administrators()),
        Some(Action::Vote(Vote::Good)) => Some(words.vote_good()),
        Some(Action::Vote(Vote::Bad)) => Some(words.vote_bad()),
        _ => None,
    };
    let query = CallbackQueryId(press.id.clone());
    ctx.attempts.suspend(update.id);
    single_attempt::answer_callback(&ctx.sender, &query, notice.as_deref()).await;
    // The first `begin` has already decided that the press is worked on.
    ctx.attempts.begin(update.id).await;
    if !may {
        return ctx.complete(update.id, None).await;
    }
    if let Some(Action::SendAgain(schedule, run)) = action {
        ctx.attempts.composed(update.id);
        return deliver::send_again(ctx, update, press, schedule, run).await;
    }
    let Some(message) = apply_action(ctx, update, press, kind, setting, action, keyboard).await?
    else {
        return ctx.complete(update.id, None).await;
    };
    let message = back.add_to(message, action, setting.messages());
    ctx.attempts.composed(update.id);
    let changed = ctx.sender.edit_in_place(&press.message, &message).await;
    if matches!(changed, SendOutcome::Delivered { .. }) {
        ctx.health.replied(update.id, Instant::now());
    }
    match changed {
        SendOutcome::Delivered { .. } | SendOutcome::Rejected => {
            ctx.complete(update.id, None).await
        }
        SendOutcome::Stopped => Ok(()),
    }
}

/// The message as it is after the press; `None` to leave it.
async fn apply_action(
    ctx: &BotContext,
    update: &PendingUpdate,
    press: &CallbackQuery,
    kind: ChatKind,
    setting: ReaderContext,
    action: Option<Action>,
    keyboard: Vec<Action>,
) -> Result<Option<Message>, StoreError> {
    match action {
        Some(Action::Vote(verdict)) => {
            feedback::vote(ctx, press, verdict)?;
            return Ok(None);
        }
        Some(Action::Language(locale)) => {
            return set_language(ctx, press, locale);
        }
        Some(Action::ForgetGroup) => return feedback::forget_group(ctx, update, press, setting),
        Some(Action::ExportGaps) => {
            feedback::export_gaps(ctx, press).await?;
            return Ok(None);
        }
        Some(Action::ClearGaps) => {
            ctx.store.clear_gaps()?;
            return Ok(Some(telegram::plain(&setting.messages().gaps_cleared())));
        }
        Some(Action::PutUpload(upload)) => {
            let put = upload::confirm_upload(ctx, update.id, setting, upload, Overwrite::Refuse);
            return Ok(Some(put.await?));
        }
        Some(Action::ReplaceByUpload(upload)) => {
            let put = upload::confirm_upload(ctx, update.id, setting, upload, Overwrite::Replace);
            return Ok(Some(put.await?));
        }
        Some(Action::DropUpload(upload)) => {
            return Ok(Some(upload::drop_upload(ctx, setting, upload)?));
        }
        Some(Action::Remove(article)) => {
            return Ok(Some(upload::remove_article(ctx, update.id, press, setting, article).await));
        }
        Some(Action::Zone(zone)) => return schedules::choose_zone(ctx, press, setting, zone).await,
        Some(Action::Zones(region, page)) => {
            return Ok(Some(schedules::zones_of(region, page, setting)));
        }
        Some(Action::AllZones) => return Ok(Some(schedules::zones(setting))),
        Some(change @ (Action::EndSchedule(_) | Action::Silence(..) | Action::SendAlways(..))) => {
            return schedules::change_schedule(ctx, press, setting, change).await;
        }
        Some(Action::EndWatch(id)) => return watches::end_watch(ctx, press, setting, id).await,
        Some(Action::QuoteAgain(watch, article)) => {
            return deliver::quote_again(ctx, press, setting, watch, article).await;
        }
        Some(Action::Start) => {
            return Ok(Some(membership::start_page(ctx, update.id, kind, setting).await));
        }
        Some(
            Action::Quote(_)
            | Action::Context(_)
            | Action::Cite(_)
            | Action::Section(..)
            | Action::Article(..)
            | Action::Brief(..)
            | Action::Briefs(_)
            | Action::Contents(_)
            | Action::Example(..)
            | Action::Removals(_)
            | Action::AskRemoval(_)
            | Action::SendAgain(..),
        )
        | None => {}
    }
    let shown = ctx.render_or_apologise(update.id, setting, move |library, frame| {
        let shown = match action {
            Some(Action::Quote(trail)) => pages::quote(library, frame, trail)?,
            Some(Action::Context(trail)) => pages::context(library, frame, trail)?,
            Some(Action::Cite(trail)) => pages::citation(library, frame, trail)?,
            Some(Action::Section(id, page)) => {
                library.section(id)?.map(|reading| telegram::section(&reading, page, None, frame))
            }
            Some(Action::Article(id, page)) => {
                library.article(id)?.map(|outline| telegram::article(&outline, page, frame))
            }
            Some(Action::Brief(id, page)) => pages::brief(library, frame, id, page)?,
            Some(Action::Briefs(page)) => Some(telegram::briefs(&library.newest(), page, frame)),
            Some(Action::Contents(page)) => Some(pages::contents(library, frame, page)?),
            Some(Action::Removals(page)) => {
                Some(telegram::uploads::removals(&library.articles(), page, frame.messages))
            }
            Some(Action::AskRemoval(id)) => {
                let outline = library.article(id)?;
                outline.map(|outline| telegram::uploads::removal(&outline, frame.messages))
            }
            Some(Action::Example(passage, kind)) => {
                suggestions::show(library, frame, passage, kind)?
            }
            _ => None,
        };
        shown.map_or_else(|| pages::nearest_page(library, frame, &keyboard), Ok)
    });
    Ok(Some(shown.await))
}

fn set_language(
    ctx: &BotContext,
    press: &CallbackQuery,
    locale: Locale,
) -> Result<Option<Message>, StoreError> {
    let MessageRef::Chat { chat, .. } = press.message else { return Ok(None) };
    ctx.store.set_language(chat, locale.code())?;
    Ok(Some(telegram::plain(&locale.messages().language_set())))
}

/// What a reader can go back to, read from the buttons of the message that was pressed.
#[derive(Debug, Clone, Copy, Default)]
struct BackLinks {
    /// The answer that is shown, or the one that was left for a section.
    answer: Option<AnswerCursor>,
    has_examples: bool,
}

impl BackLinks {
    fn of(keyboard: &[Action]) -> BackLinks {
        let shown = keyboard.iter().find_map(|action| match action {
            Action::Context(trail) => Some(*trail),
            _ => None,
        });
        let left = keyboard.iter().find_map(|action| match action {
            Action::Quote(trail) => Some(*trail),
            _ => None,
        });
        let is_example = |action: &Action| matches!(action, Action::Start | Action::Example(..));
        let has_examples = keyboard.iter().any(is_example);
        BackLinks { answer: shown.or(left), has_examples }
    }

    fn add_to(self, message: Message, pressed: Option<Action>, words: &Messages) -> Message {
        let is_answer =
            matches!(pressed, Some(Action::Quote(_) | Action::Context(_) | Action::Cite(_)));
        let mut row = Vec::new();
        if let Some(trail) = self.answer.filter(|_| !is_answer && pressed != Some(Action::Start)) {
            row.push(Button::new(&words.button_answer(), Action::Quote(trail)));
        }
        if self.has_examples && pressed != Some(Action::Start) {
            row.push(Button::new(&words.button_examples(), Action::Start));
        }
        if row.is_empty() { message } else { message.with(row) }
    }
}
